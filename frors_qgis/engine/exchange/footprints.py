"""Footprints as well-known binary, many at once."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from osgeo import ogr

from frors_qgis.engine.imagery.gdal_errors import checked, gdal_errors
from frors_qgis.protocol import EngineError, ErrorCode

_POLYGON = np.dtype([("order", "u1"), ("type", "<u4"), ("rings", "<u4"), ("points", "<u4"), ("ring", "<f8", (5, 2))])
_HEADER = {"order": 1, "type": 3, "rings": 1, "points": 5}
_POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("place", "<f8", (2,))])
_METRES_PER_DEGREE = 111_195.0
_CORNERS = np.array([(-0.5, 0.5), (0.5, 0.5), (0.5, -0.5), (-0.5, -0.5)])
_LEAST_COSINE = 0.01

Footprints = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]
"""West, south, east and north."""


def encode_footprints(footprints: Footprints) -> list[bytes]:
    """Well-known binary of footprints [n, 4, 2] (lon, lat), each ring closed by its first corner."""
    polygons = np.zeros(len(footprints), _POLYGON)
    for name, value in _HEADER.items():
        polygons[name] = value
    polygons["ring"][:, :4] = footprints
    polygons["ring"][:, 4] = footprints[:, 0]
    data = polygons.tobytes()
    return [data[at : at + _POLYGON.itemsize] for at in range(0, len(data), _POLYGON.itemsize)]


def decode_footprints(geometries: Sequence[bytes]) -> Footprints | None:
    """Footprints [n, 4, 2] of what `encode_footprints` made; None where one is anything else."""
    rows = _records(geometries, _POLYGON)
    if rows is None or not all((rows[name] == value).all() for name, value in _HEADER.items()):
        return None
    closed = (rows["ring"][:, 0] == rows["ring"][:, 4]).all()
    return rows["ring"][:, :4].copy() if closed and np.isfinite(rows["ring"]).all() else None


def corners_of(geometries: Sequence[bytes | str]) -> Footprints:
    """Corners [n, 4, 2] of geometries of any kind, as well-known binary or text, in their own coordinates.

    A polygon of four corners has its own, all others those of the box round them; four times the same are a point.
    Raises EngineError(BAD_REQUEST) for what is no geometry.
    """
    binary = [geometry for geometry in geometries if isinstance(geometry, bytes)]
    if len(binary) == len(geometries):
        if (own := decode_footprints(binary)) is not None:
            return own
        points = _records(binary, _POINT)
        if points is not None and (points["order"] == 1).all() and (points["type"] == 1).all():
            return np.repeat(points["place"][:, None], 4, axis=1)
    return np.array([_corners(geometry) for geometry in geometries], np.float64).reshape(-1, 4, 2)


def squares(places: npt.NDArray[np.float64], metres: float) -> Footprints:
    """Footprints [n, 4, 2] of squares with a side of so many metres round places [n, 2] (lon, lat)."""
    degrees = metres / _METRES_PER_DEGREE
    across = degrees / np.maximum(np.cos(np.radians(places[:, 1])), _LEAST_COSINE)
    return places[:, None] + _CORNERS * np.stack([across, np.full(len(places), degrees)], axis=1)[:, None]


def turned(corners: Footprints) -> Footprints:
    """Footprints in which neighbouring corners are on the same turn of longitude, the westernmost in [-180, 180)."""
    longitudes = np.unwrap(corners[:, :, 0], axis=1, period=360.0)
    longitudes -= 360.0 * np.floor((longitudes.min(axis=1, keepdims=True) + 180.0) / 360.0)
    return np.stack([longitudes, corners[:, :, 1]], axis=2)


def sides(footprints: Footprints) -> npt.NDArray[np.float64]:
    """Metres along one side [n] of squares on the ground that are as large as the footprints."""
    x, y = np.moveaxis(footprints, 2, 0)
    twice = (x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1)).sum(axis=1)
    squeezed = np.cos(np.radians(np.clip(y.mean(axis=1), -90.0, 90.0)))
    metres: npt.NDArray[np.float64] = np.sqrt(np.abs(twice) / 2 * squeezed) * _METRES_PER_DEGREE
    return metres


def bounds(footprints: Footprints) -> npt.NDArray[np.float64]:
    """West, south, east and north [n, 4] of footprints."""
    return np.concatenate([footprints.min(axis=1), footprints.max(axis=1)], axis=1)


def box_round(footprints: Footprints) -> Box:
    """The box round all footprints; there is at least one."""
    (west, south), (east, north) = footprints.min(axis=(0, 1)).tolist(), footprints.max(axis=(0, 1)).tolist()
    return west, south, east, north


def union(one: Box, other: Box) -> Box:
    """The box round two."""
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _records(geometries: Sequence[bytes], kind: np.dtype[np.void]) -> npt.NDArray[np.void] | None:
    if any(len(geometry) != kind.itemsize for geometry in geometries):
        return None
    return np.frombuffer(b"".join(geometries), kind)


def _corners(geometry: bytes | str) -> list[tuple[float, float]]:
    with gdal_errors(ErrorCode.BAD_REQUEST, "A geometry is none that GDAL can read."):
        read = ogr.CreateGeometryFromWkb if isinstance(geometry, bytes) else ogr.CreateGeometryFromWkt
        shape = checked(read(geometry))
        ring = shape.GetGeometryRef(0) if shape.GetGeometryCount() == 1 else None
        if shape.GetGeometryName() == "POLYGON" and ring is not None and ring.GetPointCount() == 5:
            corners = [ring.GetPoint_2D(number) for number in range(5)]
            if corners[0] == corners[4] and all(map(math.isfinite, sum(corners, ()))):
                return corners[:4]
        west, east, south, north = shape.GetEnvelope()
    if shape.IsEmpty() or not all(map(math.isfinite, (west, east, south, north))):
        raise EngineError(ErrorCode.BAD_REQUEST, "A geometry is empty, or its coordinates are no numbers.")
    return [(west, north), (east, north), (east, south), (west, south)]
