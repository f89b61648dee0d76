"""Large archives of realistic embeddings, for benchmarks of search.

Embeddings are those of real rasters, perturbed: each is a real one, turned towards the difference of two others, so
that its cosine with its origin is that of some real chip with its tenth neighbour. Chips stand as an index run lays
them out in one raster, of which there are as many copies as are needed, each a VRT that lies somewhere else.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.call import Call
from frors_qgis.engine.encoders.encoder import HALO
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_sha256
from frors_qgis.engine.encoders.interface import Pause, no_pause
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.indexing.plan import Levels, Plan
from frors_qgis.engine.indexing.run import IndexRun
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.progress_bar import ProgressBar
from frors_qgis.engine.service import Service

_NEIGHBOUR = 10
_COPIES_PER_ROW = 40


def real_embeddings(rasters: list[Path], work: Path) -> NDArray[np.float32]:
    """The embeddings [n, d] of real rasters, by the shipped encoder; kept in the work folder."""
    path = work / f"real-{encoder_sha256(DEFAULT_ENCODER)[:12]}.npy"
    if not path.exists():
        work.mkdir(parents=True, exist_ok=True)
        archive_path = work / "real.gpkg"
        archive_path.unlink(missing_ok=True)
        with ProgressBar() as bar:
            request = {"archive": str(archive_path), "rasters": [str(raster) for raster in rasters]}
            Service(work).methods["index"](Parameters(request), Call(bar.show))
        with Archive.open(archive_path) as archive:
            np.save(path, np.concatenate([batch.vectors for batch in archive.batches()]))
    return np.load(path).astype(np.float32)


class Perturbation:
    """Draws embeddings that are spread as real ones are."""

    def __init__(self, real: NDArray[np.float32], seed: int) -> None:
        self._real = real
        self._random = np.random.default_rng(seed)
        sample = real[self._random.choice(len(real), min(2000, len(real)), replace=False)]
        self._cosines = np.sort(sample @ real.T, axis=1)[:, -1 - _NEIGHBOUR]

    @property
    def dimension(self) -> int:
        """Dimensions of an embedding."""
        return self._real.shape[1]

    def draw(self, count: int) -> NDArray[np.float32]:
        """Unit embeddings [count, d]."""
        origin, one, other = self._real[self._random.integers(0, len(self._real), (3, count))]
        aside = one - other
        aside -= (aside * origin).sum(axis=1, keepdims=True) * origin
        aside /= np.linalg.norm(aside, axis=1, keepdims=True) + 1e-9
        cosine = self._random.choice(self._cosines, count)[:, None]
        drawn = cosine * origin + np.sqrt(1 - cosine**2) * aside
        return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


class _DrawingEncoder:
    """Gives every window an embedding that has nothing to do with it."""

    halo, joins = HALO, False

    def __init__(self, perturbation: Perturbation) -> None:
        self._perturbation = perturbation
        self.dimension = perturbation.dimension

    def batch(self, height: int, width: int) -> int:
        """One block at a time."""
        return 1

    def encode(
        self,
        rgb: NDArray[np.uint8],
        valid: NDArray[np.bool_],
        windows: NDArray[np.float64],
        pause: Pause = no_pause,
    ) -> NDArray[np.float32]:
        """Embeddings [1, n, d]."""
        return self._perturbation.draw(len(windows))[None]


def make_archive(path: Path, chips: int, perturbation: Perturbation, raster: Path) -> None:
    """An archive of at least so many chips, in copies of a raster, unless it is there already."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft.gpkg")
    draft.unlink(missing_ok=True)
    with Raster(raster) as opened:
        copies = math.ceil(chips / Plan(opened, Levels()).chip_count())
    paths = [str(_copy(raster, path.parent / "copies", number)) for number in range(copies)]
    encoder = _DrawingEncoder(perturbation)
    sha256 = encoder_sha256(DEFAULT_ENCODER)
    with (
        Archive.create(draft, encoder=DEFAULT_ENCODER, encoder_sha256=sha256, dimension=encoder.dimension) as archive,
        ProgressBar() as bar,
    ):
        IndexRun(archive, Levels(), lambda: encoder, bar.show, lambda: None).index(paths)
    draft.rename(path)


def _copy(raster: Path, folder: Path, number: int) -> Path:
    """A VRT of the raster that lies beside those of other numbers."""
    path = folder / f"{number}.vrt"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        source = gdal.Open(str(raster))
        west, step_x, _, north, _, step_y = source.GetGeoTransform()
        width, height = source.RasterXSize * step_x, source.RasterYSize * step_y
        down, across = divmod(number, _COPIES_PER_ROW)
        left, top = west + across * width, north + down * height
        gdal.Translate(str(path), source, format="VRT", outputBounds=[left, top, left + width, top + height])
    return path
