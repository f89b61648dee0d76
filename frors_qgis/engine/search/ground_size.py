"""Which chips a box of some ground size is compared with."""

from __future__ import annotations

import math
from collections.abc import Sequence

from frors_qgis.engine.archive.records import Level

MOST_UPSAMPLING = 4.5
"""A raster is not compared with chips of a GSD that is finer than its own by more than this: it does not show what they
do, even where a small box has their size. Rasters indexed upsampled four times are within."""

SIMILAR = 1.5
"""Ground sizes within this factor are similar: windows of 4 and 8 cells leave no box between them out."""


def nearest_level(levels: Sequence[Level], size: float) -> Level:
    """The level whose chips are nearest in ground size to `size` metres, by ratio."""
    return min(levels, key=lambda level: abs(math.log(level.ground_size / size)))


def readable_levels(levels: Sequence[Level], gsd: float) -> list[Level]:
    """The levels that a raster of this GSD in metres can be compared at: none much finer than it, unless all are."""
    return [level for level in levels if level.gsd * MOST_UPSAMPLING >= gsd] or list(levels)


def similar_range(sizes: Sequence[float], size: float) -> tuple[tuple[float, float], str | None]:
    """Least and greatest ground size to compare with, and a sentence when no chip is of similar size.

    sizes: the ground sizes in metres that there are, at least one.
    """
    if any(size / SIMILAR <= other <= size * SIMILAR for other in sizes):
        return (size / SIMILAR, size * SIMILAR), None
    nearest = min(sizes, key=lambda other: abs(math.log(other / size)))
    note = (
        f"The box measures {size:,.0f} m and the nearest chips {nearest:,.0f} m; for better matches "
        f"add chips of that size: index the rasters at a {'finer' if nearest > size else 'coarser'} GSD as well."
    )
    return (nearest * 0.99, nearest * 1.01), note
