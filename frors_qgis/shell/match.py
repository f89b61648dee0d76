"""A match as the shell sees it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from qgis.core import QgsGeometry, QgsPointXY

from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.shell.translation import tr


@dataclass(frozen=True)
class Match:
    """A chip with its rank and score; `footprint` holds its four corners as (longitude, latitude) in EPSG:4326.

    `unknown` has the conditions of which it is not known whether its raster fulfils them, in the words of the query's
    line, each with the probability that it was judged by.
    """

    rank: int
    score: float
    chip: int
    raster: str
    raster_id: int
    acquired: str | None
    ground_size: float
    footprint: tuple[tuple[float, float], ...]
    unknown: tuple[tuple[str, float], ...] = ()

    @property
    def raster_name(self) -> str:
        """The raster's file name without its ending."""
        return PurePath(self.raster).stem or self.raster

    @property
    def geometry(self) -> QgsGeometry:
        """The footprint as a polygon in EPSG:4326."""
        return polygon_of(self.footprint)


def match_title(match: Match) -> str:
    """What a match is called; one that was marked may have no rank any more."""
    if match.rank:
        return tr("Match {rank} of {raster}").format(rank=match.rank, raster=match.raster_name)
    return tr("Marked match of {raster}").format(raster=match.raster_name)


def polygon_of(corners: Sequence[tuple[float, float]]) -> QgsGeometry:
    """The polygon with these corners (longitude, latitude)."""
    return QgsGeometry.fromPolygonXY([[QgsPointXY(x, y) for x, y in (*corners, corners[0])]])


def match_from_json(value: dict[str, Any]) -> Match:
    """The match that the engine's answer describes; raises EngineError(INTERNAL) if it is not one."""
    try:
        footprint = tuple((float(x), float(y)) for x, y in value["footprint"])
        match = Match(
            rank=int(value["rank"]),
            score=float(value["score"]),
            chip=int(value["chip"]),
            raster=str(value["raster"]),
            raster_id=int(value["raster_id"]),
            acquired=None if value.get("acquired") is None else str(value["acquired"]),
            ground_size=float(value["ground_size"]),
            footprint=footprint,
            unknown=tuple((str(one["words"]), float(one["odds"])) for one in value.get("unknown", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise EngineError(ErrorCode.INTERNAL, f"The engine sent a match that cannot be read: {error!r}.") from error
    numbers = (match.score, match.ground_size, *(number for corner in footprint for number in corner))
    numbers += tuple(odds for _, odds in match.unknown)
    if len(footprint) != 4 or not all(map(math.isfinite, numbers)):
        raise EngineError(ErrorCode.INTERNAL, "The engine sent a match without a proper footprint.")
    return match
