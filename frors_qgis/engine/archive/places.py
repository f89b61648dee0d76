"""Boxes of longitude and latitude round what is searched for, on every turn of longitude."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.acquisition.places import EARTH_RADIUS_KM
from frors_qgis.engine.archive.chip_filter import Extent
from frors_qgis.protocol import EngineError, ErrorCode

_TURNS = (-360.0, 0.0, 360.0)
"""Footprints at the antimeridian reach past 180 or -180."""


def boxes_of(extent: Extent) -> list[Extent]:
    """The boxes that an extent stands for: west > east, or a longitude past 180, reaches over the antimeridian.

    Raises EngineError(BAD_REQUEST) for an extent that is not one.
    """
    west, south, east, north = (float(value) for value in extent)
    if not all(map(math.isfinite, (west, south, east, north))) or south > north:
        raise EngineError(ErrorCode.BAD_REQUEST, f"{extent} is no extent: give west, south, east and north in degrees.")
    width = min(east - west if west <= east else east - west + 360.0 * math.ceil((west - east) / 360.0), 360.0)
    west = (west + 180.0) % 360.0 - 180.0
    return [(west + turn, south, west + turn + width, north) for turn in _TURNS]


def boxes_round(place: tuple[float, float], km: float) -> list[tuple[float, float, float, float]]:
    """Boxes (west, south, east, north) that hold all that lies within `km` of a place, on each turn of longitude."""
    longitude, latitude = place
    angle = km / EARTH_RADIUS_KM + 1e-6
    south, north = latitude - math.degrees(angle), latitude + math.degrees(angle)
    if south <= -90.0 or north >= 90.0:  # a pole lies within
        return [(-360.0, south, 540.0, north)]
    reach = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(math.radians(latitude)))))
    return [(longitude + turn - reach, south, longitude + turn + reach, north) for turn in _TURNS]


def distances_km(points: npt.NDArray[np.float64], place: tuple[float, float]) -> npt.NDArray[np.float64]:
    """Great-circle distances of points [n, 2] (lon, lat) in degrees from a place."""
    longitude, latitude = np.radians(place)
    across, along = np.radians(points[:, 0]) - longitude, np.radians(points[:, 1])
    chord = np.sin((along - latitude) / 2) ** 2 + np.cos(along) * np.cos(latitude) * np.sin(across / 2) ** 2
    distances: npt.NDArray[np.float64] = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, np.sqrt(chord)))
    return distances
