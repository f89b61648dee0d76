"""Large archives of realistic embeddings, for benchmarks of search.

Embeddings are those of real rasters, perturbed: each is a real one, turned towards the difference of two others, so
that its cosine with its origin is that of some real chip with its tenth neighbour. Chips stand as an index run lays
them out, with windows of 8 and 4 cells at half overlap, in rasters that do not exist.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.records import NewChips, RasterRecord
from frors_qgis.engine.call import Call
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_sha256
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.progress_bar import ProgressBar
from frors_qgis.engine.service import Service

GSD = 0.3
CELL = 32
STRIDE = 28
_WINDOWS = np.array(
    [(x, y, size) for size, step in ((8, 4), (4, 2)) for y in range(0, STRIDE, step) for x in range(0, STRIDE, step)]
)
CHIPS_PER_BLOCK = len(_WINDOWS)
BLOCKS_PER_SIDE = 20
_NEIGHBOUR = 10
_DEGREE = 111_000.0


def real_embeddings(rasters: list[Path], work: Path) -> NDArray[np.float32]:
    """The embeddings [n, d] of real rasters, by the shipped encoder; kept in the work folder."""
    path = work / "real.npy"
    if not path.exists():
        work.mkdir(parents=True, exist_ok=True)
        archive_path = work / "real.gpkg"
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

    def draw(self, count: int) -> NDArray[np.float32]:
        """Unit embeddings [count, d]."""
        origin, one, other = self._real[self._random.integers(0, len(self._real), (3, count))]
        aside = one - other
        aside -= (aside * origin).sum(axis=1, keepdims=True) * origin
        aside /= np.linalg.norm(aside, axis=1, keepdims=True) + 1e-9
        cosine = self._random.choice(self._cosines, count)[:, None]
        drawn = cosine * origin + np.sqrt(1 - cosine**2) * aside
        return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


def make_archive(path: Path, chips: int, perturbation: Perturbation) -> None:
    """An archive of at least so many chips, unless it is there already."""
    if path.exists():
        return
    draft = path.with_suffix(".draft.gpkg")
    draft.unlink(missing_ok=True)
    sha256 = encoder_sha256(DEFAULT_ENCODER)
    with (
        Archive.create(draft, encoder=DEFAULT_ENCODER, encoder_sha256=sha256, dimension=256) as archive,
        ProgressBar() as bar,
    ):
        blocks = -(-chips // CHIPS_PER_BLOCK)
        for number in range(blocks):
            raster, block = divmod(number, BLOCKS_PER_SIDE**2)
            if block == 0:
                raster_id = archive.add_raster(_record(raster))
            archive.write_block(raster_id, block, _chips(raster, block, perturbation))
            bar.show((number + 1) / blocks, f"Writing {path.name}", None)
    draft.rename(path)


def _record(number: int) -> RasterRecord:
    side = BLOCKS_PER_SIDE * STRIDE * CELL
    return RasterRecord(
        path=f"/no/raster/{number}.tif", identity=f"{number}", crs="EPSG:32610",
        transform=(0.0, GSD, 0.0, 0.0, 0.0, -GSD), width=side, height=side, gsd=GSD,
        stretch={"bands": [1, 2, 3], "low": [0, 0, 0], "high": [255, 255, 255]}, bands=3, state="indexed",
    )  # fmt: skip


def _chips(raster: int, block: int, perturbation: Perturbation) -> NewChips:
    y, x = divmod(block, BLOCKS_PER_SIDE)
    left = (x * STRIDE + _WINDOWS[:, 0]) * CELL
    top = (y * STRIDE + _WINDOWS[:, 1]) * CELL
    side = _WINDOWS[:, 2] * CELL
    west = -122.0 + 0.1 * raster + left * GSD / _DEGREE
    north = 47.0 - top * GSD / _DEGREE
    size = side * GSD / _DEGREE
    corners = [(west, north), (west + size, north), (west + size, north - size), (west, north - size)]
    return NewChips(
        windows=np.stack([left, top, side, side], axis=1).astype(float),
        gsd=np.full(CHIPS_PER_BLOCK, GSD),
        cells=_WINDOWS[:, 2].astype(np.int32),
        valid=np.ones(CHIPS_PER_BLOCK, np.float32),
        footprints=np.stack([np.stack(corner, axis=1) for corner in corners], axis=1),
        vectors=perturbation.draw(CHIPS_PER_BLOCK),
    )
