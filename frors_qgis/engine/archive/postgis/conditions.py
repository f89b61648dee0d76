"""A filter of chips as SQL: what stands behind WHERE, and the values for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from frors_qgis.engine.acquisition.places import EARTH_RADIUS_KM
from frors_qgis.engine.archive.chip_filter import ChipFilter, Extent, Near
from frors_qgis.engine.archive.places import boxes_of, boxes_round
from frors_qgis.engine.archive.postgis.shards import Removal, not_removed
from frors_qgis.engine.archive.records import CELL_PIXELS

_SIZE_TOLERANCE = 1e-6  # ground sizes are float32
# ST_Envelope makes points and lines of boxes without an area; ST_Intersects of a point is "touches", as for others.
_MEETS = "ST_Intersects(geom, ST_Envelope(ST_SetSRID(ST_MakeLine(ST_Point({0}, {1}), ST_Point({2}, {3})), 4326)))"
_LONGITUDE = "(ST_XMin(geom) + ST_XMax(geom)) / 2"
_LATITUDE = "(ST_YMin(geom) + ST_YMax(geom)) / 2"
_HAVERSINE = (
    f"(sin(radians({_LATITUDE} - {{1}}) / 2) ^ 2"
    f" + cos(radians({_LATITUDE})) * cos(radians({{1}})) * sin(radians({_LONGITUDE} - {{0}}) / 2) ^ 2)"
)
"""Of the great-circle distance of a chip's centre from a place; the distance itself takes LEAST, which shards are not
asked for."""


class Conditions:
    """The conditions of a filter, joined by AND; `sql` is "true" where there are none. `values` are by name."""

    def __init__(self, chosen: ChipFilter, last: int | None = None, removals: Sequence[Removal] = ()) -> None:
        """last: the largest id that a chip was given, where there may be others; None: nowhere."""
        self.values: dict[str, Any] = {}
        parts = [] if last is None else [f"fid <= {self._value(last)}"]
        parts += [not_removed(removals)] if removals else []
        if chosen.ground_size is not None:
            low, high = chosen.ground_size
            size = f"gsd * cells * {CELL_PIXELS}"
            parts.append(f"{size} >= {self._value(low * (1 - _SIZE_TOLERANCE))}")
            parts.append(f"{size} <= {self._value(high * (1 + _SIZE_TOLERANCE))}")
        if chosen.rasters is not None:
            parts.append(f"raster = ANY({self._value(sorted(chosen.rasters))}::bigint[])")
        if chosen.newer_than is not None:
            parts.append(f"fid > {self._value(chosen.newer_than)}")
        if chosen.extent is not None:
            parts.append(_any_of([self._meets(box) for box in boxes_of(chosen.extent)]))
        parts += [_any_of([self._near(near) for near in clause]) for clause in chosen.near]
        self.sql = " AND ".join(parts) or "true"

    def _value(self, value: Any) -> str:
        name = f"value_{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"

    def _meets(self, box: Extent) -> str:
        return _MEETS.format(*map(self._value, box))

    def _near(self, near: Near) -> str:
        haversine, most = _HAVERSINE.format(*map(self._value, near.place)), _haversine(near.km)
        if near.beyond:  # the planner takes what lies between two numbers for next to nothing: so this is no such pair
            return f"-{haversine} < {self._value(-most)}"
        within = f"{haversine} <= {self._value(most)}"
        boxes = [self._meets(box) for box in boxes_round(near.place, near.km)]
        return f"({_any_of(boxes)} AND {within})"


def _haversine(km: float) -> float:
    """Of a distance, more than any where it reaches round the Earth."""
    angle = km / (2 * EARTH_RADIUS_KM)
    return 2.0 if angle >= math.pi / 2 else math.sin(angle) ** 2


def _any_of(parts: list[str]) -> str:
    return f"({' OR '.join(parts)})"
