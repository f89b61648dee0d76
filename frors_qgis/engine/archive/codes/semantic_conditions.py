"""Which chips of a semantic tree a filter lets a search find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.chip_filter import ChipFilter, Extent, sizes_within
from frors_qgis.engine.archive.codes.semantic_columns import (
    MOST_BAND,
    NO_DAY,
    ChipColumns,
    CodeColumns,
    RasterColumns,
    bands_of,
)
from frors_qgis.engine.archive.codes.semantic_nodes import Nodes, TreeLevel
from frors_qgis.engine.archive.places import boxes_of, boxes_round, distances_km

Meets = Callable[[npt.NDArray[np.int32], Extent], npt.NDArray[np.bool_]]
"""Whether the footprints of the chips at some places [m] meet an extent: bool [m]."""

_Mask = npt.NDArray[np.bool_]
_Positions = npt.NDArray[np.int64]


class Conditions:
    """A filter made ready for one tree. `first_place` is that of the first chip that is new enough."""

    def __init__(
        self,
        chosen: ChipFilter,
        rasters: RasterColumns,
        chips: ChipColumns,
        codes: CodeColumns,
        meets: Meets,
        first_place: int = 0,
    ) -> None:
        self._chips = chips
        self._size = codes.size
        self._meets = meets
        self._first_place = first_place
        self._extent = chosen.extent
        self._near = chosen.near
        self._rasters = None if chosen.rasters is None else np.isin(rasters.ids, list(chosen.rasters))
        self._sizes = None if chosen.ground_size is None else sizes_within(codes.sizes, chosen.ground_size)
        self._values: dict[TreeLevel, _Mask] = {}
        self._days: tuple[int, int] | None = None
        self._regions = [] if chosen.extent is None else [boxes_of(chosen.extent)]
        self._regions += [
            [box for near in clause for box in boxes_round(near.place, near.km)]
            for clause in chosen.near
            if not any(near.beyond for near in clause)
        ]
        if self._rasters is not None:
            columns: dict[TreeLevel, npt.NDArray[Any]] = {
                TreeLevel.PLATFORM: rasters.platform,
                TreeLevel.SENSOR: rasters.sensor,
                TreeLevel.YEAR: rasters.year,
                TreeLevel.MONTH: rasters.month,
            }
            self._values = {level: _among(column[self._rasters], column) for level, column in columns.items()}
            self._values[TreeLevel.RASTER] = self._rasters
            days = rasters.day[self._rasters]
            if len(days) and (days != NO_DAY).all():
                self._days = int(days.min()), int(days.max())
        if self._sizes is not None:
            self._values[TreeLevel.BAND] = np.isin(np.arange(MOST_BAND + 1), bands_of(codes.sizes[self._sizes]))

    def may_hold(self, nodes: Nodes, chosen: _Positions) -> _Mask:
        """Which of the chosen nodes [m] are not known to hold no chip that passes: bool [m]."""
        may = np.ones(len(chosen), bool)
        level, value = nodes.level[chosen], nodes.value[chosen]
        for of_level, allowed in self._values.items():
            at = level == of_level
            may[at] = allowed[value[at]]
        if self._days is not None:
            first, last = nodes.days[chosen].T
            may &= (first <= self._days[1]) & (last >= self._days[0])
        for boxes in self._regions:
            may &= _meet(nodes.box[chosen], boxes)
        return may

    def passing(self, positions: _Positions) -> _Positions:
        """Those of the tree's chips at some positions [m] that pass, but for footprints that may just miss the extent.

        `surely` leaves those out: it has to read them.
        """
        if self._rasters is not None:
            positions = positions[self._rasters[self._chips.raster[positions]]]
        if self._sizes is not None:
            positions = positions[self._sizes[self._size[self._chips.place[positions]]]]
        if self._first_place:
            positions = positions[self._chips.place[positions] >= self._first_place]
        for boxes in self._regions:
            positions = positions[_meet(self._chips.box[positions], boxes)]
        for clause in self._near:
            box = self._chips.box[positions].astype(np.float64)
            centres = (box[:, :2] + box[:, 2:]) / 2  # as `Archive.chips_near` reckons them
            held = [(distances_km(centres, near.place) <= near.km) != near.beyond for near in clause]
            positions = positions[np.logical_or.reduce(held)]
        return positions

    def surely(self, positions: _Positions) -> _Mask:
        """Which of the positions [m] that `passing` gave have footprints that meet the extent: bool [m]."""
        if self._extent is None:
            return np.ones(len(positions), bool)
        box = self._chips.box[positions].astype(np.float64)
        sure = np.zeros(len(positions), bool)
        for west, south, east, north in boxes_of(self._extent):
            sure |= (box[:, 0] >= west) & (box[:, 1] >= south) & (box[:, 2] <= east) & (box[:, 3] <= north)
        sure[~sure] = self._meets(self._chips.place[positions[~sure]], self._extent)
        return sure


def _among(values: npt.NDArray[Any], every: npt.NDArray[Any]) -> _Mask:
    """For each number up to the largest of all, whether it is among the values."""
    allowed = np.zeros(1 + int(every.max(initial=0)), bool)
    allowed[values] = True
    return allowed


def _meet(box: npt.NDArray[np.float32], others: list[Extent]) -> _Mask:
    """Which of the boxes [m, 4] meet or touch one of the others."""
    low_x, low_y, high_x, high_y = box.astype(np.float64).T  # numpy would round the others to float32
    meets = [(low_x <= e) & (high_x >= w) & (low_y <= n) & (high_y >= s) for w, s, e, n in others]
    return np.logical_or.reduce(meets)
