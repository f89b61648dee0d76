"""Rows of fixed length in PostgreSQL's binary COPY format, thousands at once as one numpy array.

Text would cost minutes a million chips and could lose digits; in binary a row of `chips` is a record of numpy.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.postgis.connection import Cursor

SRS_ID = 4326
FLOAT, WHOLE, INTEGER = ">f8", ">i8", ">i4"
"""double precision, bigint, integer."""

_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_POLYGON_3, _WITH_SRS = 3, 0x20000000
_POLYGON = [("order", "u1"), ("type", "<u4"), ("rings", "<u4"), ("points", "<u4"), ("ring", "<f8", (5, 2))]
READ_POLYGON = np.dtype(_POLYGON)
"""Of ST_AsBinary(geom, 'NDR'): one ring of four corners."""
WRITE_POLYGON = np.dtype([*_POLYGON[:2], ("srs", "<u4"), *_POLYGON[2:]])

Rows = npt.NDArray[Any]


def vector_type(dimension: int) -> np.dtype[Any]:
    """A halfvec of so many numbers."""
    return np.dtype([("dimension", ">i2"), ("unused", ">i2"), ("values", ">f2", (dimension,))])


def encode_polygons(footprints: npt.NDArray[np.float64]) -> Rows:
    """Polygons of PostGIS of footprints [n, 4, 2] (lon, lat), each closed by its first corner."""
    polygons = np.zeros(len(footprints), WRITE_POLYGON)
    for name, value in {"order": 1, "type": _POLYGON_3 | _WITH_SRS, "srs": SRS_ID, "rings": 1, "points": 5}.items():
        polygons[name] = value
    polygons["ring"][:, :4] = footprints
    polygons["ring"][:, 4] = footprints[:, 0]
    return polygons


def decode_polygons(polygons: Rows) -> npt.NDArray[np.float64]:
    """Footprints [n, 4, 2] of polygons of `READ_POLYGON`. Raises ValueError for any other geometry."""
    expected = {"order": 1, "type": _POLYGON_3, "rings": 1, "points": 5}
    if not all((polygons[name] == value).all() for name, value in expected.items()):
        raise ValueError("a footprint is not one that FRORS wrote")
    ring: npt.NDArray[np.float64] = polygons["ring"].astype(np.float64)
    if not np.isfinite(ring).all():
        raise ValueError("a footprint is not finite")
    return ring[:, :4]


def encode_vectors(vectors: npt.NDArray[np.float16]) -> Rows:
    """Halfvecs of vectors [n, d]."""
    rows = np.zeros(len(vectors), vector_type(vectors.shape[1]))
    rows["dimension"] = vectors.shape[1]
    rows["values"] = vectors
    return rows


def decode_vectors(rows: Rows) -> npt.NDArray[np.float16]:
    """Vectors [n, d] of halfvecs."""
    return rows["values"].astype("<f2")


def write_rows(cursor: Cursor, table: str, columns: dict[str, Rows]) -> None:
    """Appends rows to a table: arrays [n] of the columns' own types, by the columns' names."""
    count = len(next(iter(columns.values())))
    rows = np.zeros(count, _row_type({name: array.dtype for name, array in columns.items()}))
    rows["fields"] = len(columns)
    for name, array in columns.items():
        rows[f"bytes of {name}"] = array.dtype.itemsize
        rows[name] = array
    names = ", ".join(f'"{name}"' for name in columns)
    stream = io.BytesIO(_HEADER + rows.tobytes() + _TRAILER)
    cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN (FORMAT binary)", stream)


def read_rows(cursor: Cursor, query: str, values: dict[str, Any], columns: dict[str, Any]) -> Rows:
    """The rows of a query as a record array; `columns` are their numpy types by name, in the query's order.

    Raises ValueError where a row has another length, for example a NULL.
    """
    stream = io.BytesIO()
    cursor.copy_expert(b"COPY (" + cursor.mogrify(query, values) + b") TO STDOUT (FORMAT binary)", stream)
    data = memoryview(stream.getbuffer())[len(_HEADER) : -len(_TRAILER)]
    kind = _row_type({name: np.dtype(column) for name, column in columns.items()})
    if len(data) % kind.itemsize:
        raise ValueError("its rows are not of one length")
    rows: Rows = np.frombuffer(data, kind)
    if not all((rows[f"bytes of {name}"] == kind[name].itemsize).all() for name in columns):
        raise ValueError("its rows are not of one length")
    return rows


def _row_type(columns: dict[str, np.dtype[Any]]) -> np.dtype[Any]:
    parts: list[Any] = [("fields", ">i2")]
    for name, kind in columns.items():
        parts += [(f"bytes of {name}", ">i4"), (name, kind)]
    return np.dtype(parts)
