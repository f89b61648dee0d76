"""Which chips a box of some ground size is compared with."""

from __future__ import annotations

import math
from collections.abc import Iterable

from frors_qgis.engine.archive.records import CELL_PIXELS, RasterRecord

SIMILAR = 1.5
"""Ground sizes within this factor are similar: windows of 4 and 8 cells leave no box between them out."""


def archive_levels(records: Iterable[RasterRecord]) -> list[tuple[float, int]]:
    """The distinct levels (ground GSD in metres, window size in cells) that rasters were indexed at."""
    levels = {(float(gsd), int(cells)) for r in records for gsd in r.plan["gsd"] for cells in r.plan["windows"]}
    return sorted(levels)


def ground_size(level: tuple[float, int]) -> float:
    """Metres along one side of a chip of this level."""
    gsd, cells = level
    return gsd * cells * CELL_PIXELS


def nearest_level(levels: list[tuple[float, int]], size: float) -> tuple[float, int]:
    """The level whose chips are nearest in ground size to `size` metres, by ratio."""
    return min(levels, key=lambda level: abs(math.log(ground_size(level) / size)))


def similar_range(levels: list[tuple[float, int]], size: float) -> tuple[tuple[float, float], str | None]:
    """Least and greatest ground size to compare with, and a sentence when no chip is of similar size."""
    if any(size / SIMILAR <= ground_size(level) <= size * SIMILAR for level in levels):
        return (size / SIMILAR, size * SIMILAR), None
    nearest = ground_size(nearest_level(levels, size))
    finer = "finer" if nearest > size else "coarser"
    note = (
        f"The box measures {size:,.0f} m and the nearest chips {nearest:,.0f} m; "
        f"for better matches index the rasters at a {finer} GSD too."
    )
    return (nearest * 0.99, nearest * 1.01), note
