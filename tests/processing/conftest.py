from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from osgeo import gdal
from qgis.core import QgsApplication, QgsProcessingFeedback

from frors_qgis.client.client import EngineClient
from frors_qgis.processing.provider import FrorsProvider
from frors_qgis.resources import resource_path

Run = Callable[..., dict[str, Any]]


class Feedback(QgsProcessingFeedback):
    """Notes what an algorithm says; `cancel_at` is the start of the progress text at which the user cancels."""

    def __init__(self, cancel_at: str | None = None) -> None:
        super().__init__(False)
        self.infos: list[str] = []
        self.errors: list[str] = []
        self.texts: list[str] = []
        self._cancel_at = cancel_at

    def pushInfo(self, info):  # noqa: N802
        self.infos.append(info)

    def reportError(self, error, fatalError=False):  # noqa: N802, N803
        self.errors.append(error)

    def setProgressText(self, text):  # noqa: N802
        self.texts.append(text)
        if self._cancel_at is not None and text.startswith(self._cancel_at):
            self.cancel()


@pytest.fixture
def make_feedback() -> type[Feedback]:
    return Feedback


@pytest.fixture(scope="module")
def client(qgis_app) -> Iterator[EngineClient]:
    """The real engine, started by the first test of a module that asks it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRORS_PYTHON", sys.executable)
        client = EngineClient()
        yield client
        client.shut_down()


@pytest.fixture(scope="module")
def run(qgis_processing, client) -> Iterator[Run]:
    """`processing.run` with the algorithms of FRORS in the toolbox."""
    import processing

    provider = FrorsProvider(client)
    assert QgsApplication.processingRegistry().addProvider(provider)
    yield processing.run
    QgsApplication.processingRegistry().removeProvider(provider)


@pytest.fixture(scope="session")
def raster(tmp_path_factory) -> Path:
    """A part of the sample raster: 400 x 400 pixels of 0.3 m in EPSG:26910."""
    return crop(tmp_path_factory.mktemp("rasters") / "part.tif", 900)


@pytest.fixture(scope="session")
def other_raster(tmp_path_factory) -> Path:
    """Another part of it."""
    return crop(tmp_path_factory.mktemp("rasters") / "other.tif", 100)


@pytest.fixture(scope="session")
def long_raster(tmp_path_factory) -> Path:
    """A part that is read in several blocks."""
    return crop(tmp_path_factory.mktemp("rasters") / "long.tif", 0, 2048)


def crop(path: Path, corner: int, width: int = 400) -> Path:
    gdal.Translate(str(path), str(resource_path("sample", "kitsap.tif")), srcWin=[corner, corner, width, 400])
    return path


@pytest.fixture(scope="module")
def archive(run, raster, tmp_path_factory) -> Path:
    """An archive of the raster, not to be changed."""
    path = tmp_path_factory.mktemp("archives") / "town.gpkg"
    run("frors:index", {"RASTERS": [str(raster)], "ARCHIVE": str(path)}, feedback=Feedback())
    return path


@pytest.fixture(scope="session")
def box(raster) -> tuple[float, float, float, float]:
    """xmin, ymin, xmax, ymax of a chip of the raster, 128 x 128 pixels, in EPSG:26910."""
    left, pixel, _, top, _, _ = gdal.Open(str(raster)).GetGeoTransform()
    return left + 128 * pixel, top - 256 * pixel, left + 256 * pixel, top - 128 * pixel


@pytest.fixture(scope="session")
def extent(box) -> str:
    """The box as Processing writes extents."""
    xmin, ymin, xmax, ymax = box
    return f"{xmin},{xmax},{ymin},{ymax} [EPSG:26910]"
