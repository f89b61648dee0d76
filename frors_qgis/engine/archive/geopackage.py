"""GeoPackage polygons as bytes, and the SQL functions that a GeoPackage's R-tree triggers call.

Every footprint is one ring of four corners, so every blob has the same 101 bytes: the GeoPackage header without
an envelope (32 bytes a chip for what the R-tree knows), then a WKB polygon. Fixed bytes let numpy write and check
thousands at once.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from frors_qgis.protocol import EngineError, ErrorCode

SRS_ID = 4326

_BLOB = np.dtype(
    [
        ("magic", "S2"),
        ("version", "u1"),
        ("flags", "u1"),
        ("srs", "<i4"),
        ("order", "u1"),
        ("type", "<u4"),
        ("rings", "<u4"),
        ("points", "<u4"),
        ("ring", "<f8", (5, 2)),
    ]
)
_HEADER = {"magic": b"GP", "version": 0, "flags": 1, "srs": SRS_ID, "order": 1, "type": 3, "rings": 1, "points": 5}
_EMPTY_FLAG = 0b10000
_unpack_corners = struct.Struct("<8d").unpack_from
_CORNERS_OFFSET = 21


def encode_polygons(footprints: npt.NDArray[np.float64]) -> list[bytes]:
    """GeoPackage blobs of footprints [n, 4, 2] (lon, lat), each closed by its first corner."""
    blobs = np.zeros(len(footprints), _BLOB)
    for name, value in _HEADER.items():
        blobs[name] = value
    blobs["ring"][:, :4] = footprints
    blobs["ring"][:, 4] = footprints[:, 0]
    data = blobs.tobytes()
    return [data[at : at + _BLOB.itemsize] for at in range(0, len(data), _BLOB.itemsize)]


def decode_polygons(blobs: Sequence[object]) -> npt.NDArray[np.float64]:
    """Footprints [n, 4, 2] of blobs made by `encode_polygons`. Raises EngineError(ARCHIVE_DAMAGED) for any other."""
    parts = [blob for blob in blobs if isinstance(blob, bytes) and len(blob) == _BLOB.itemsize]
    rows = np.frombuffer(b"".join(parts), _BLOB)
    good = len(parts) == len(blobs) and all((rows[name] == value).all() for name, value in _HEADER.items())
    if not good or not np.isfinite(rows["ring"]).all():
        raise EngineError(
            ErrorCode.ARCHIVE_DAMAGED,
            "A footprint in the archive is not one that FRORS wrote: restore the archive from a copy or index again.",
        )
    return rows["ring"][:, :4].copy()


def register_functions(connection: sqlite3.Connection) -> None:
    """Give the connection ST_IsEmpty, ST_MinX, ST_MaxX, ST_MinY and ST_MaxY for blobs made by `encode_polygons`."""
    connection.create_function("ST_IsEmpty", 1, _is_empty, deterministic=True)
    for name, extreme, axis in (("ST_MinX", min, 0), ("ST_MaxX", max, 0), ("ST_MinY", min, 1), ("ST_MaxY", max, 1)):
        connection.create_function(name, 1, _bound(extreme, axis), deterministic=True)


def _is_empty(blob: bytes) -> bool:
    return bool(blob[3] & _EMPTY_FLAG)


def _bound(extreme: Callable[[tuple[float, ...]], float], axis: int) -> Callable[[bytes], float]:
    return lambda blob: extreme(_unpack_corners(blob, _CORNERS_OFFSET)[axis::2])
