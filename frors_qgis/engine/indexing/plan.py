"""Which windows of a raster become chips, and in which blocks they are read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.encoders.interface import CELL
from frors_qgis.engine.imagery.grid import Grid
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.protocol import EngineError, ErrorCode

_CORE_CELLS = 48
"""Along one side of a block. Its halo makes small blocks costly: 48 cells need a quarter less time than 32, and 64 only
3 % less than 48, for twice the memory."""

_EARLIER_CORE_CELLS = (32,)
_LARGEST_WINDOW = 16
_BLOCKS_PER_PASS = 2**32
_SAME_GSD = 1e-6
_MOST_TIMES = 8


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


@dataclass(frozen=True)
class Block:
    """One read of the raster: its number in the archive, its grid, and its core and windows in cells of that grid.

    `windows` is [n, 3]: x, y and size in cells, x and y from the core's upper left corner.
    """

    number: int
    grid: Grid
    x: int
    y: int
    columns: int
    rows: int
    windows: NDArray[np.int64]


class _Starts:
    """First cells of the windows along an axis: one step apart, the last ends with the axis. Never listed whole."""

    def __init__(self, length: int, cells: int, step: int) -> None:
        self._last = max(0, length - cells)
        self._regular = range(0, self._last + 1, step)
        self._more = self._regular[-1] != self._last
        self.count = len(self._regular) + self._more

    def between(self, low: int, high: int) -> list[int]:
        """Those that are at least `low` and below `high`, ascending."""
        step = self._regular.step
        starts = list(self._regular[max(0, -(-low // step)) : max(0, -(-high // step))])
        return [*starts, self._last] if self._more and low <= self._last < high else starts


class Pass:
    """Every block of a raster at one ground GSD.

    Windows start on whole cells, one step apart; the last of a row or column ends with the raster's last cell, so that
    everything is covered. A block holds the windows that start in it.
    """

    def __init__(self, raster: Raster, grid: Grid, levels: Levels, stride: object = None) -> None:
        """stride: cells from block to block, of a pass that was made earlier; anything else means today's."""
        self.grid = grid
        self._overlap = levels.overlap
        self._columns = math.ceil(raster.width / grid.step_x / CELL)
        self._rows = math.ceil(raster.height / grid.step_y / CELL)
        sizes = sorted(set(levels.windows), reverse=True)
        self._windows = [(cells, max(1, round(cells * (1 - levels.overlap)))) for cells in sizes]
        shared = max(cells - step for cells, step in self._windows)
        strides = [max(1, cells - shared) for cells in (_CORE_CELLS, *_EARLIER_CORE_CELLS)]
        self._stride = next((known for known in strides if known == stride), strides[0])
        self._lefts = {cells: _Starts(self._columns, cells, step) for cells, step in self._windows}
        self._tops = {cells: _Starts(self._rows, cells, step) for cells, step in self._windows}

    def to_json(self) -> dict[str, Any]:
        """What decides the blocks; a run may go on where another stopped when these are equal."""
        return {
            "gsd": self.grid.gsd,
            "windows": [cells for cells, _ in self._windows],
            "overlap": self._overlap,
            "stride": self._stride,
            "blocks": self.block_count(),
        }

    def chip_count(self) -> int:
        """Chips if every pixel is valid."""
        return sum(self._lefts[cells].count * self._tops[cells].count for cells, _ in self._windows)

    def block_count(self) -> int:
        """How many blocks there are."""
        return self.blocks_per_row() * math.ceil(self._rows / self._stride)

    def blocks_per_row(self) -> int:
        """How many blocks there are in a row."""
        return math.ceil(self._columns / self._stride)

    def block(self, number: int, place: int) -> Block:
        """The block at a place, counted row by row from 0, under a number."""
        row, column = divmod(place, self.blocks_per_row())
        x, y = column * self._stride, row * self._stride
        windows = [
            (left - x, top - y, cells)
            for cells, _ in self._windows
            for top in self._tops[cells].between(y, y + self._stride)
            for left in self._lefts[cells].between(x, x + self._stride)
        ]
        core = np.array(windows, dtype=np.int64).reshape(-1, 3)
        width = int((core[:, 0] + core[:, 2]).max(initial=1))
        height = int((core[:, 1] + core[:, 2]).max(initial=1))
        return Block(number, self.grid, x, y, width, height, core)


class Plan:
    """The passes of one raster: those asked for, and those at other GSDs that its chips already come from.

    A pass keeps its number, and with it the numbers of its blocks, for as long as it stays the same; asking for other
    windows at the same GSD replaces it.
    """

    def __init__(self, raster: Raster, levels: Levels, known: Sequence[dict[str, Any]] = ()) -> None:
        """known: the "passes" of an earlier plan's `to_json` for the same file."""
        self._passes: dict[int, Pass] = {}
        self._kept = {int(entry["number"]): dict(entry) for entry in known}
        self.replaced: list[range] = []
        for grid in map(raster.grid, levels.gsds or (None,)):
            if any(_same_gsd(grid.gsd, one.grid.gsd) for one in self._passes.values()):
                continue
            wanted, number = Pass(raster, grid, levels), 1 + max([*self._kept, *self._passes], default=-1)
            earlier = [number for number, entry in self._kept.items() if _same_gsd(entry["gsd"], grid.gsd)]
            for other in earlier:
                like = Pass(raster, grid, levels, self._kept[other].get("stride"))
                if {**self._kept[other], "gsd": grid.gsd} == {"number": other, **like.to_json()}:
                    wanted, number = like, other
                    break
            for other in earlier:
                del self._kept[other]
                if other != number:
                    self.replaced.append(_numbers(other))
            self._passes[number] = wanted

    def to_json(self) -> dict[str, Any]:
        """The passes with their numbers, for the archive."""
        passes = self._kept | {number: {"number": number, **one.to_json()} for number, one in self._passes.items()}
        return {"passes": [passes[number] for number in sorted(passes)]}

    def chip_count(self) -> int:
        """Chips of the passes asked for, if every pixel is valid."""
        return sum(one.chip_count() for one in self._passes.values())

    def blocks(self) -> Iterator[Block]:
        """The blocks of the passes asked for."""
        for number, one in self._passes.items():
            yield from self.blocks_in(_first(number, one.block_count()))

    def blocks_in(self, numbers: range) -> Iterator[Block]:
        """The blocks of these numbers, all of one of the passes asked for."""
        for number in numbers:
            one, place = divmod(number, _BLOCKS_PER_PASS)
            yield self._passes[one].block(number, place)

    def stripes(self, least: int) -> Iterator[range]:
        """The numbers of the blocks of the passes asked for, in stripes of whole rows that have `least` blocks or more.

        The last stripe of a pass may have fewer; of a row that has many times as many a stripe is a part only.
        """
        for number, one in self._passes.items():
            blocks, in_row = _first(number, one.block_count()), one.blocks_per_row()
            size = min(math.ceil(least / in_row) * in_row, _MOST_TIMES * least)
            yield from (blocks[start : start + size] for start in range(0, len(blocks), size))

    def missing(self, finished: set[int]) -> int:
        """How many blocks of the passes asked for are not among the finished ones."""
        blocks = {number: _first(number, one.block_count()) for number, one in self._passes.items()}
        return sum(len(every) - sum(block in every for block in finished) for every in blocks.values())

    def is_complete(self, finished: set[int]) -> bool:
        """Whether every block of every pass is finished."""
        return len(finished) >= sum(entry["blocks"] for entry in self.to_json()["passes"])


def _same_gsd(a: float, b: float) -> bool:
    return abs(a / b - 1) < _SAME_GSD


def _numbers(number: int) -> range:
    """The block numbers of a pass."""
    return range(number * _BLOCKS_PER_PASS, (number + 1) * _BLOCKS_PER_PASS)


def _first(number: int, count: int) -> range:
    start = _numbers(number).start
    return range(start, start + count)
