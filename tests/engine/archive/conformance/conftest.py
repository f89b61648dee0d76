"""What every archive has to do, whatever it is kept in: these tests run once for each backend."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from frors_qgis.engine.archive.archive import Archive

BACKENDS = ("geopackage", "postgis", "postgis with two shards")
_numbers = itertools.count(1)


@pytest.fixture(scope="module", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """What archives are kept in."""
    return str(request.param)


@pytest.fixture(scope="module")
def new_location(
    backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """Locations where no archive is yet."""
    if backend == "geopackage":
        folder = tmp_path_factory.mktemp("conformance")
        return lambda: str(folder / f"archive-{next(_numbers)}.gpkg")
    server = request.getfixturevalue("postgres")
    return lambda: server.location(f"conformance_{next(_numbers)}")


@pytest.fixture(scope="module")
def new_archive(
    backend: str, new_location: Callable[[], str], request: pytest.FixtureRequest
) -> Callable[[int], Archive]:
    """Makes an empty archive of embeddings of so many numbers, open for writing."""

    def make(dimension: int) -> Archive:
        archive = Archive.create(new_location(), encoder="trial", encoder_sha256="ab" * 32, dimension=dimension)
        if backend == "postgis with two shards":
            for name, shard in request.getfixturevalue("shards").items():
                archive.add_shard(name, shard.location(archive.stem))
        return archive

    return make


@pytest.fixture
def archive(new_archive: Callable[[int], Archive]) -> Iterator[Archive]:
    """An empty archive of 16-d embeddings, open for writing."""
    with new_archive(16) as archive:
        yield archive
