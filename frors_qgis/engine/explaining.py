"""Tells why a chip is a match: which part of it is most like the query, and what the encoder takes it for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.archive.records import ChipRecord
from frors_qgis.engine.encoder_pool import SharedEncoder
from frors_qgis.engine.encoders.interface import CELL
from frors_qgis.engine.imagery.grid import Grid
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.reader import Pixels, Reader
from frors_qgis.engine.imagery.stretch import Stretch
from frors_qgis.protocol import EngineError, ErrorCode

_MOST_CELLS = 16
_MOST_CLASSES = 3


@dataclass(frozen=True)
class Explanation:
    """What speaks for a match.

    heat: [cells, cells], the mean score of the parts that hold a cell. best: x, y, width and height of the part with
    the best score, in cells from the chip's upper left corner, `score` its score, and `footprint` its four corners as
    (longitude, latitude) in EPSG:4326. classes: the most probable ones with their probabilities, best first; none where
    the encoder knows none.
    """

    heat: NDArray[np.float32]
    best: tuple[int, int, int, int]
    score: float
    footprint: NDArray[np.float64]
    classes: list[tuple[str, float]]


@dataclass(frozen=True)
class Outline:
    """The part of a match that is most like the query.

    part: x, y, width and height in cells from the chip's upper left corner; `score` its score; `footprint` its corners
    [4, 2] (lon, lat) in EPSG:4326.
    """

    part: tuple[int, int, int, int]
    score: float
    footprint: NDArray[np.float64]


def explain(
    raster: Raster, stretch: Stretch, chip: ChipRecord, query: NDArray[np.float32], encoder: SharedEncoder
) -> Explanation:
    """Compares every part of a chip, from half its side on and in steps of a cell, with the query [d].

    Raises EngineError: RASTER_UNREADABLE, ARCHIVE_DAMAGED for a chip of impossible size.
    """
    grid, pixels = _read(raster, stretch, chip, encoder)
    parts = _parts(chip.cells)
    scores = _scores(pixels, parts, query, encoder)
    best = _best(parts, scores)
    whole = np.array([[0.0, 0.0, chip.cells, chip.cells]])
    classes: list[tuple[str, float]] = []
    if encoder.classes:
        probabilities = encoder.suggest(pixels.rgb[None], pixels.valid[None], whole)[0, 0]
        likely = np.argsort(-probabilities, kind="stable")[:_MOST_CLASSES]
        classes = [(encoder.classes[number], float(probabilities[number])) for number in likely]
    x, y, width, height = map(int, parts[best])
    footprint = _footprint(raster, grid, parts[best])
    return Explanation(_heat(chip.cells, parts, scores), (x, y, width, height), float(scores[best]), footprint, classes)


def outline(
    raster: Raster, stretch: Stretch, chip: ChipRecord, query: NDArray[np.float32], encoder: SharedEncoder
) -> Outline:
    """The part of a chip that is most like the query [d], among those that `explain` compares; raises what it does."""
    grid, pixels = _read(raster, stretch, chip, encoder)
    parts = _parts(chip.cells)
    scores = _scores(pixels, parts, query, encoder)
    best = _best(parts, scores)
    x, y, width, height = map(int, parts[best])
    return Outline((x, y, width, height), float(scores[best]), _footprint(raster, grid, parts[best]))


def _read(raster: Raster, stretch: Stretch, chip: ChipRecord, encoder: SharedEncoder) -> tuple[Grid, Pixels]:
    """A chip with its halo, and the grid whose origin is its upper left corner."""
    if not 1 <= chip.cells <= _MOST_CELLS:
        raise EngineError(ErrorCode.ARCHIVE_DAMAGED, f"Chip {chip.id} has {chip.cells} cells; index its raster anew.")
    grid = raster.grid(chip.gsd, chip.column, chip.row)
    side = chip.cells * CELL + 2 * encoder.halo
    return grid, Reader(raster, stretch).read(grid, -encoder.halo, -encoder.halo, side, side)


def _scores(
    pixels: Pixels, parts: NDArray[np.int64], query: NDArray[np.float32], encoder: SharedEncoder
) -> NDArray[np.float32]:
    """The scores of parts [n]."""
    return encoder.encode(pixels.rgb[None], pixels.valid[None], parts.astype(np.float64))[0] @ query


def _best(parts: NDArray[np.int64], scores: NDArray[np.float32]) -> int:
    """The place of the part with the best score; of equal ones the smallest."""
    return int(np.lexsort((parts[:, 2], -scores))[0])


def _footprint(raster: Raster, grid: Grid, part: NDArray[np.int64]) -> NDArray[np.float64]:
    return raster.footprints(grid.windows(CELL * part[None].astype(np.float64)))[0]


def _parts(cells: int) -> NDArray[np.int64]:
    """Every square part of a chip, from half its side on [n, 4]: x, y, width, height in cells."""
    sizes = range(max(1, cells // 2), cells + 1)
    return np.array(
        [(x, y, size, size) for size in sizes for y in range(cells - size + 1) for x in range(cells - size + 1)]
    )


def _heat(cells: int, parts: NDArray[np.int64], scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean score of the smallest parts that hold a cell [cells, cells]."""
    total, count = np.zeros((cells, cells)), np.zeros((cells, cells))
    least = parts[:, 2].min()
    for (x, y, size, _), score in zip(parts.tolist(), scores.tolist(), strict=True):
        if size == least:
            total[y : y + size, x : x + size] += score
            count[y : y + size, x : x + size] += 1
    return (total / count).astype(np.float32)
