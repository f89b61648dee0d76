"""What every archive has to do, whatever it is kept in: these tests run once for each backend."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from frors_qgis.engine.archive.archive import Archive

BACKENDS = ("geopackage", "postgis")
_numbers = itertools.count(1)


@pytest.fixture(scope="module", params=BACKENDS)
def new_location(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Locations where no archive is yet."""
    if request.param == "geopackage":
        folder = tmp_path_factory.mktemp("conformance")
        return lambda: str(folder / f"archive-{next(_numbers)}.gpkg")
    server = request.getfixturevalue("postgres")
    return lambda: server.location(f"conformance_{next(_numbers)}")


@pytest.fixture
def archive(new_location: Callable[[], str]) -> Iterator[Archive]:
    """An empty archive of 16-d embeddings, open for writing."""
    with Archive.create(new_location(), encoder="trial", encoder_sha256="ab" * 32, dimension=16) as archive:
        yield archive
