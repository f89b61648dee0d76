"""Tables as somebody who means harm could write them into a GeoParquet file."""

from __future__ import annotations

import json
import random
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.hard.mutation import NUMBERS, TEXTS, mutated_bytes, mutated_json, random_json

DIMENSION = 8
"""Of the embeddings in tables that are sound."""
_KEYS = (b"geo", b"emb", b"frors")


def with_other_metadata(table: Any, chance: random.Random) -> Any:
    """A table that says something else of itself."""
    metadata: dict[str, str] = {}
    for key, text in table.schema.metadata.items():
        if key in _KEYS:
            metadata[key.decode()] = text.decode()
    key = chance.choice(sorted(metadata))
    kind = chance.randrange(10)
    if kind == 0:
        metadata.pop(key)
    elif kind == 1:
        metadata[key] = chance.choice(("", "{", "[]", "[" * 100_000, '{"a":' * 5000, "null", "NaN", *TEXTS[:10]))
    else:
        value = json.loads(metadata[key])
        for _ in range(chance.choice((1, 1, 2, 4))):
            changed = _deeper(value, chance)
            value = changed if isinstance(changed, dict) else value
        if key == "geo" and chance.randrange(3) == 0:
            value = _with_other_crs(chance)
        metadata[key] = json.dumps(value)
    return table.replace_schema_metadata({one: text.encode("utf-8", "replace") for one, text in metadata.items()})


def _deeper(value: Any, chance: random.Random) -> Any:
    """`mutated_json`, half of the time somewhere in the lists that tell of rasters and blocks."""
    lists = [name for name in ("rasters", "blocks") if isinstance(value, dict) and isinstance(value.get(name), list)]
    if not lists or chance.randrange(2):
        return mutated_json(value, chance)
    name = chance.choice(lists)
    if not value[name]:
        return value
    at = chance.randrange(len(value[name]))
    changed = [*value[name][:at], mutated_json(value[name][at], chance), *value[name][at + 1 :]]
    return value | {name: changed}


def _with_other_crs(chance: random.Random) -> dict[str, Any]:
    crs: dict[str, Any] = {
        "type": "GeographicCRS", "name": "x", "id": {"authority": "EPSG", "code": chance.choice((4326, 3857, 32632, 1))}
    }  # fmt: skip
    crs = chance.choice((crs, mutated_json(crs, chance), random_json(chance), "+proj=utm +zone=32", None))
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", "crs": crs}}}


def with_other_column(table: Any, chance: random.Random) -> Any:
    """A table one of whose columns has other values, another type or another name, or is there twice or no more."""
    if not table.num_columns:
        return table
    at = chance.randrange(len(table.column_names))
    name = table.column_names[at]
    kind = chance.randrange(8)
    if kind == 0:
        return table.remove_column(at)
    if kind == 1:
        return table.rename_columns([chance.choice(TEXTS) if one == name else one for one in table.column_names])
    if kind == 2:
        other = chance.choice((*table.column_names, "vector", "lon", "geom", "raster", *TEXTS[:8]))
        return table.append_column(other, table.column(chance.randrange(len(table.column_names))))
    if kind == 3:
        rows = range(chance.choice((0, 1, 1024, 5000)) if table.num_rows else 0)
        return table.take(pa.array([row % table.num_rows for row in rows], pa.int64()))
    if chance.randrange(3) == 0:
        return table.set_column(at, table.schema.field(at), _almost(table.column(at), chance))
    usual = {"embedding": _vectors, "geometry": _geometries}.get(name, _anything)
    values = chance.choice((usual, usual, usual, _vectors, _geometries, _anything))(chance, table.num_rows)
    return table.set_column(at, name, values)


def _almost(column: Any, chance: random.Random) -> Any:
    """The column with one value exchanged for another one of its type; for none where that is no number or bytes."""
    values = column.to_pylist()
    at = chance.randrange(len(values))
    one = values[at]
    if isinstance(one, bytes):
        values[at] = mutated_bytes(one, chance) if chance.randrange(2) else one[:13] + chance.randbytes(len(one) - 13)
    elif isinstance(one, (int, float)):
        values[at] = type(one)(chance.choice(NUMBERS))
    elif isinstance(one, list):
        values[at] = [chance.choice((0.0, float("nan"), 1.0)) for _ in one]
    else:
        values[at] = None
    return pa.array(values, column.type)


def _vectors(chance: random.Random, count: int) -> Any:
    """Lists of numbers as no embeddings are."""
    if chance.randrange(8) == 0:  # far more numbers than bytes
        length = chance.choice((70_000, 2_000_000))
        starts = np.arange(min(count, 1_000_000 // length + 2) + 1, dtype=np.int32) * length
        lists = pa.ListArray.from_arrays(starts, np.full(int(starts[-1]), 0.5, np.float32))
        return pa.concat_arrays([lists, pa.nulls(count - len(lists), lists.type)])
    number = chance.choice((pa.float32(), pa.float64(), pa.float16(), pa.int8(), pa.uint64(), pa.bool_(), pa.string()))
    length = chance.choice((0, 1, *[DIMENSION] * 6, 300))
    if pa.types.is_floating(number):
        odd = chance.choice((0.0, 1e-45, 1e30, 6e4, float("nan"), float("inf"), -float("inf"), 1e18))
        rows: list[Any] = [[odd if row == 1 else 1.0 + place % 7 for place in range(length)] for row in range(count)]
        rows = [[np.float16(one) for one in row] for row in rows] if pa.types.is_float16(number) else rows
    else:
        one: Any = "1" if pa.types.is_string(number) else 1
        rows = [[one] * length for _ in range(count)]
    for _ in range(chance.choice((0, 0, 1, 2)) if rows else 0):
        row = chance.randrange(len(rows))
        rows[row] = chance.choice((None, [], rows[row][:-1], [*rows[row], *rows[row]], [None] * length))
    kind = chance.randrange(6)
    if kind == 0:
        return pa.array([None if row is None else [row] for row in rows], pa.list_(pa.list_(number)))
    if kind == 1 and length:  # Arrow does not survive writing lists of no numbers
        rows = [row if row is None or len(row) == length else None for row in rows]
        return pa.array(rows, pa.list_(number, length))
    if kind == 2:
        return pa.array(rows, pa.large_list(number))
    if kind == 3:
        return pa.array([None if row is None else {"a": row} for row in rows], pa.struct([("a", pa.list_(number))]))
    return pa.array(rows, pa.list_(number))


def _geometries(chance: random.Random, count: int) -> Any:
    """Geometries of other kinds, without end, of sizes that are not there, or as text."""
    kind = chance.randrange(6)
    if kind == 0:
        one: bytes | str = struct.pack("<BII", 1, 7, 1) * chance.choice((1, 100, 20_000))
    elif kind == 1:
        one = struct.pack("<BIII", 1, 3, 1, chance.choice((0, 5, 2**31, 2**32 - 1))) + bytes(80)
    elif kind == 2:
        numbers = [float(chance.choice((0, 1, 180, 1e300, float("nan"), float("inf"), -1e-320))) for _ in range(10)]
        one = struct.pack("<BIII10d", 1, 3, 1, 5, *numbers)
    elif kind == 3:
        one = struct.pack("<BI2d", 1, 1, *(chance.choice((0.0, 90.0, 181.0, 1e300, float("nan"))) for _ in range(2)))
    elif kind == 4:
        one = chance.choice(
            (
                "POINT (7 47)",
                "POLYGON EMPTY",
                "GEOMETRYCOLLECTION (" * 9000,
                "POINT (1e999 nan)",
                "CIRCULARSTRING (0 0)",
            )
        )
    else:
        one = chance.randbytes(chance.choice((0, 1, 93)))
    every = chance.choice((1, 1, count + 1))
    sound: bytes | str = "POINT (7 47)" if isinstance(one, str) else struct.pack("<BI2d", 1, 1, 7.0, 47.0)
    return pa.array([one if row % every == 0 else sound for row in range(count)])


def _anything(chance: random.Random, count: int) -> Any:
    """A column of any type: numbers, texts, times, dictionaries, extensions, runs and nothing."""
    kind = chance.randrange(9)
    if kind == 0:
        return pa.nulls(count, chance.choice((pa.null(), pa.string(), pa.binary(), pa.list_(pa.float32()))))
    if kind == 1:
        return pa.array([str(chance.choice(TEXTS)).encode("utf-8", "replace").decode() for _ in range(count)])
    if kind == 2:
        return pa.DictionaryArray.from_arrays(np.zeros(count, np.int8), ["x" * chance.choice((1, 10, 400_000))])
    if kind == 3:
        return pa.array([chance.choice((0.0, 91.0, float("nan"), 1e300)) for _ in range(count)])
    if kind == 4:
        return pa.array([chance.choice((0, 1, 2**62, -(2**62)))] * count).cast(pa.timestamp(chance.choice(("s", "ns"))))
    if kind == 5:
        return pa.array([{"b": [["a"]] * 3}] * count)
    if kind == 6:
        texts = [chance.randbytes(16) for _ in range(count)]
        return pa.ExtensionArray.from_storage(pa.uuid(), pa.array(texts, pa.binary(16)))
    if kind == 7:
        return pa.array([b"\xff\xfe'; DROP TABLE chips; --"] * count, pa.binary()).view(pa.string())
    return pa.array([[("a", 1)]] * count, pa.map_(pa.string(), pa.int64()))


def write_table(table: Any, file: Path, chance: random.Random) -> None:
    """Writes a table in one of the ways that there are; what cannot even be written becomes an empty file."""
    options = {
        "compression": chance.choice(("none", "snappy", "zstd")),
        "use_dictionary": bool(chance.randrange(2)),
        "row_group_size": chance.choice((1, 7, 700, 100_000)) if table.num_rows < 200 else 100_000,
        "data_page_version": chance.choice(("1.0", "2.0")),
    }
    try:
        pq.write_table(table, file, **options)
    except (pa.ArrowException, ValueError, TypeError, OverflowError, UnicodeError, NotImplementedError):
        file.write_bytes(b"")
