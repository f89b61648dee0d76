"""Which chips of a semantic tree may be found."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.search.semantic_columns import BANDS, NO_DAY, RasterColumns, day_of, turned
from frors_qgis.engine.search.semantic_nodes import Nodes, TreeLevel

_LAST_DAY = 1 << 30


@dataclass(frozen=True)
class SemanticFilter:
    """Conditions that all must hold; None: none of this kind. What is unknown of a chip fulfils no condition on it.

    `platforms` and `sensors` as they are written; `gsd` in metres, both ends included; `extent` (west, south, east,
    north) in degrees holds the centre of the chip, its edges included, and reaches over the antimeridian where west >
    east or a longitude is past 180; `since` and `until`, ISO dates, both included; `months` from 1 to 12; `classes`
    from 0. Raises ValueError for values that make no condition.
    """

    platforms: frozenset[str] | None = None
    sensors: frozenset[str] | None = None
    gsd: tuple[float, float] | None = None
    extent: tuple[float, float, float, float] | None = None
    since: str | None = None
    until: str | None = None
    months: frozenset[int] | None = None
    classes: frozenset[int] | None = None

    def __post_init__(self) -> None:
        numbers = (*(self.gsd or ()), *(self.extent or ()))
        if not all(map(math.isfinite, numbers)) or (self.extent is not None and self.extent[1] > self.extent[3]):
            raise ValueError("ranges and extents consist of finite numbers, south before north")
        if any(day is not None and (len(day) != 10 or day_of(day) is None) for day in (self.since, self.until)):
            raise ValueError("a date is written as in 2024-05-31")
        if self.months is not None and not self.months <= set(range(1, 13)):
            raise ValueError("months are numbers from 1 to 12")
        if self.classes is not None and any(not 0 <= number < 1 << 31 for number in self.classes):
            raise ValueError("classes are numbers from 0")


class Conditions:
    """A filter made ready for the rasters of one tree."""

    def __init__(self, filters: SemanticFilter, rasters: RasterColumns) -> None:
        self._values = _allowed_values(filters, rasters)
        self._days = _days(filters)
        self._extents = None if filters.extent is None else _parts(filters.extent)
        self._classes = None if filters.classes is None else np.array(sorted(filters.classes), np.int64)
        self._rasters = self._passing_rasters(filters, rasters)

    def may_hold(self, nodes: Nodes, chosen: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which of the chosen nodes [m] are not known to hold no chip that passes: bool [m]."""
        may = np.ones(len(chosen), bool)
        level, value = nodes.level[chosen], nodes.value[chosen]
        for of_level, allowed in self._values.items():
            at = level == of_level
            may[at] = allowed[value[at]]
        if self._classes is not None:
            at = level == TreeLevel.CLASS
            may[at] = np.isin(value[at], self._classes)
        if self._days is not None:
            first, last = nodes.days[chosen].T
            may &= (first <= self._days[1]) & (last >= self._days[0])
        if self._extents is not None:
            west, south, east, north = nodes.box[chosen].T
            meets = [(west <= e) & (east >= w) & (south <= n) & (north >= s) for w, s, e, n in self._extents]
            may &= np.logical_or.reduce(meets)
        return may

    def passing(
        self,
        positions: npt.NDArray[np.int64],
        raster: npt.NDArray[np.int32],
        longitude: npt.NDArray[np.float64],
        latitude: npt.NDArray[np.float64],
        classes: npt.NDArray[np.int32],
    ) -> npt.NDArray[np.int64]:
        """Those of the positions [m] whose chips pass; the columns [n] are of all chips."""
        if self._rasters is not None:
            positions = positions[self._rasters[raster[positions]]]
        if self._extents is not None:
            x, y = longitude[positions], latitude[positions]
            inside = [(x >= w) & (x <= e) & (y >= s) & (y <= n) for w, s, e, n in self._extents]
            positions = positions[np.logical_or.reduce(inside)]
        if self._classes is not None:
            positions = positions[np.isin(classes[positions], self._classes)]
        return positions

    def _passing_rasters(self, filters: SemanticFilter, rasters: RasterColumns) -> npt.NDArray[np.bool_] | None:
        """Whether each raster [r] passes all conditions on rasters; None where there are none."""
        if not self._values and self._days is None:
            return None
        passing = np.ones(len(rasters), bool)
        values = self._values
        if TreeLevel.PLATFORM in values:
            passing &= values[TreeLevel.PLATFORM][rasters.platform]
        if TreeLevel.SENSOR in values:
            passing &= values[TreeLevel.SENSOR][rasters.sensor]
        if TreeLevel.MONTH in values:
            passing &= values[TreeLevel.MONTH][rasters.month]
        if filters.gsd is not None:
            passing &= (rasters.gsd >= filters.gsd[0]) & (rasters.gsd <= filters.gsd[1])
        if self._days is not None:
            passing &= (rasters.day != NO_DAY) & (rasters.day >= self._days[0]) & (rasters.day <= self._days[1])
        return passing


def _allowed_values(filters: SemanticFilter, rasters: RasterColumns) -> dict[TreeLevel, npt.NDArray[np.bool_]]:
    """For each level with a condition, which of its values [v] a node may have; 0 is unknown, and never allowed."""
    allowed = {}
    if filters.platforms is not None:
        allowed[TreeLevel.PLATFORM] = np.array([False, *(name in filters.platforms for name in rasters.platforms)])
    if filters.sensors is not None:
        allowed[TreeLevel.SENSOR] = np.array([False, *(name in filters.sensors for name in rasters.sensors)])
    if filters.gsd is not None:
        begins, ends = np.array([0.0, *BANDS]), np.array([*BANDS, np.inf])
        allowed[TreeLevel.BAND] = np.array([False, *((begins <= filters.gsd[1]) & (ends > filters.gsd[0]))])
    if filters.months is not None:
        allowed[TreeLevel.MONTH] = np.array([False, *(month in filters.months for month in range(1, 13))])
    return allowed


def _days(filters: SemanticFilter) -> tuple[int, int] | None:
    if filters.since is None and filters.until is None:
        return None
    since = None if filters.since is None else day_of(filters.since)
    until = None if filters.until is None else day_of(filters.until)
    return since or NO_DAY + 1, until or _LAST_DAY


def _parts(extent: tuple[float, float, float, float]) -> list[tuple[float, float, float, float]]:
    """The extent as one or two that lie within -180 to 180."""
    west, south, east, north = extent
    if east - west >= 360:
        return [(-180.0, south, 180.0, north)]
    west, east = turned(np.array([west, east])).tolist()
    if west <= east:
        return [(west, south, east, north)]
    return [(west, south, 180.0, north), (-180.0, south, east, north)]
