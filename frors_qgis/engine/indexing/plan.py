"""Which windows of a raster become chips, and in which blocks they are read."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.encoders.interface import CELL
from frors_qgis.engine.imagery.grid import Grid
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.protocol import EngineError, ErrorCode

_CORE_CELLS = 32
_LARGEST_WINDOW = 16


@dataclass(frozen=True)
class Levels:
    """What is asked for: ground GSDs in metres (none: the raster's own), window sizes in cells, overlap 0 to 0.9.

    Raises EngineError(BAD_REQUEST) for values outside these.
    """

    gsds: tuple[float, ...] = ()
    windows: tuple[int, ...] = (8, 4)
    overlap: float = 0.5

    def __post_init__(self) -> None:
        if not all(math.isfinite(gsd) and gsd > 0 for gsd in self.gsds):
            raise EngineError(ErrorCode.BAD_REQUEST, "A GSD is a positive number of metres.")
        if not self.windows or not all(1 <= cells <= _LARGEST_WINDOW for cells in self.windows):
            raise EngineError(ErrorCode.BAD_REQUEST, f"Window sizes are 1 to {_LARGEST_WINDOW} cells of {CELL} pixels.")
        if not 0 <= self.overlap <= 0.9:
            raise EngineError(ErrorCode.BAD_REQUEST, "The overlap of windows is 0 to 0.9.")

    def step(self, cells: int) -> int:
        """Cells from one window of this size to the next."""
        return max(1, round(cells * (1 - self.overlap)))


@dataclass(frozen=True)
class Block:
    """One read of the raster: its number in the plan, its grid, and its core and windows in cells of that grid.

    `windows` is [n, 3]: x, y and size in cells, x and y from the core's upper left corner.
    """

    number: int
    grid: Grid
    x: int
    y: int
    columns: int
    rows: int
    windows: NDArray[np.int64]


class Plan:
    """Every block of one raster at the levels asked for.

    Windows start on whole cells, `step` apart; the last of a row or column ends with the raster's last cell, so that
    everything is covered. A block holds the windows that start in it.
    """

    def __init__(self, raster: Raster, levels: Levels) -> None:
        self.levels = levels
        self.grids = [raster.grid(gsd) for gsd in levels.gsds or (None,)]
        self._sizes = [
            (math.ceil(raster.width / grid.step_x / CELL), math.ceil(raster.height / grid.step_y / CELL))
            for grid in self.grids
        ]
        sizes = sorted(set(levels.windows), reverse=True)
        self._windows = [(cells, levels.step(cells)) for cells in sizes]
        self._stride = max(1, _CORE_CELLS - max(cells - step for cells, step in self._windows))

    def to_json(self) -> dict[str, Any]:
        """What decides the plan's blocks; a run may go on where another stopped when these are equal."""
        return {
            "gsd": [grid.gsd for grid in self.grids],
            "windows": [cells for cells, _ in self._windows],
            "overlap": self.levels.overlap,
            "stride": self._stride,
        }

    def chip_count(self) -> int:
        """Chips if every pixel is valid."""
        return sum(
            len(_starts(columns, cells, step)) * len(_starts(rows, cells, step))
            for columns, rows in self._sizes
            for cells, step in self._windows
        )

    def block_count(self) -> int:
        """How many blocks there are."""
        return sum(math.ceil(columns / self._stride) * math.ceil(rows / self._stride) for columns, rows in self._sizes)

    def blocks(self) -> Iterator[Block]:
        """The blocks, row by row, numbered from 0."""
        number = 0
        for grid, (columns, rows) in zip(self.grids, self._sizes, strict=True):
            for y in range(0, rows, self._stride):
                for x in range(0, columns, self._stride):
                    yield self._block(number, grid, x, y, columns, rows)
                    number += 1

    def _block(self, number: int, grid: Grid, x: int, y: int, columns: int, rows: int) -> Block:
        windows = [
            (left - x, top - y, cells)
            for cells, step in self._windows
            for top in _starts(rows, cells, step)
            if y <= top < y + self._stride
            for left in _starts(columns, cells, step)
            if x <= left < x + self._stride
        ]
        core = np.array(windows, dtype=np.int64).reshape(-1, 3)
        width = int((core[:, 0] + core[:, 2]).max(initial=1))
        height = int((core[:, 1] + core[:, 2]).max(initial=1))
        return Block(number, grid, x, y, width, height, core)


def _starts(length: int, cells: int, step: int) -> list[int]:
    """First cells of the windows along an axis of `length` cells."""
    last = max(0, length - cells)
    starts = list(range(0, last + 1, step))
    return starts if starts[-1] == last else [*starts, last]
