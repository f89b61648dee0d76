"""GeoParquet files that were damaged or made by somebody who means harm, imported into archives."""

from __future__ import annotations

import json
import random
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.records import RasterRecord
from frors_qgis.engine.call import Call
from frors_qgis.engine.exchange.export import export_archive
from frors_qgis.engine.exchange.footprints import encode_footprints, squares
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.service import Service
from frors_qgis.protocol import EngineError
from tests.engine.archive.block_writer import make_chips
from tests.hard.mutation import NUMBERS, TEXTS, mutated_bytes, mutated_json, random_json

_DIMENSION = 8
_BLOCKS, _CHIPS = 2, 12
_ROWS = 30
_GEO = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}
_EMB = {"model": {"id": "clay"}, "quantization": {"scale": [0.5], "offset": 0.1}}
_KEYS = (b"geo", b"emb", b"frors")
_HUGE = (
    b"\xff\xff\xff\xff\x0f",
    b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    b"\x80\x80\x80\x80\x80\x01",
    b"\xff" * 12,
)
"""Whole numbers as Parquet's headers write them: -2^31, 2^63 - 1, 2^34, and one without end."""


class Inputs:
    """See `hostile_worker.Surface`."""

    def __init__(self, folder: Path) -> None:
        self._service = Service(folder)
        self._own = _exported(folder)
        foreign = _foreign()
        self._foreign = foreign.replace_schema_metadata({"geo": json.dumps(_GEO), "emb": json.dumps(_EMB)})
        pq.write_table(self._foreign, folder / "foreign.parquet", row_group_size=12)
        pq.write_table(foreign, folder / "plain.parquet", compression="none", use_dictionary=False)
        self._valid = [(folder / name).read_bytes() for name in ("own.parquet", "foreign.parquet", "plain.parquet")]
        self._sealed = _archive_file(folder, "sealed.gpkg", blocks=_BLOCKS, copied_from=None)
        self._begun = _archive_file(folder, "begun.gpkg", blocks=1, copied_from=self._id)

    @property
    def _id(self) -> str:
        """Of the archive that was exported."""
        found: str = json.loads(self._own.schema.metadata[b"frors"])["archive"]
        return found

    def read_valid(self, folder: Path) -> None:
        file, target = folder / "a.parquet", folder / "a.gpkg"
        for content in self._valid:
            for existing in (None, self._begun) if content is self._valid[0] else (None,):
                file.write_bytes(content)
                target.unlink(missing_ok=True)
                if existing is not None:
                    target.write_bytes(existing)
                self._import(file, target)
        self._exported_again(target)

    def read(self, chance: random.Random, folder: Path) -> str:
        file, target = folder / "a.parquet", folder / "a.gpkg"
        self._make(file, chance)
        kind = chance.randrange(10)
        if kind >= 8:
            target.write_bytes(self._sealed if kind == 8 else self._begun)
        try:
            answer = self._import(file, target, chance)
        except EngineError:
            if kind < 8 and target.exists():
                raise ValueError("a file that was refused left an archive behind") from None
            if kind >= 8:
                self._look(target, _CHIPS * _BLOCKS if kind == 8 else None)
            raise
        if kind == 8:
            raise ValueError("an archive that was there was imported into")
        if chance.randrange(10) == 0:
            self._exported_again(target)
        return answer

    def _import(self, file: Path, target: Path, chance: random.Random | None = None) -> str:
        options: dict[str, Any] = {"point_size": 1000.0}
        if chance is not None:
            options = chance.choice(({}, options, options, options, {"vectors": "embedding"}))
            if chance.randrange(20) == 0:
                options = {"point_size": chance.choice(NUMBERS), "vectors": chance.choice(TEXTS)}
        try:
            found = self._ask("import_parquet", archive=str(target), files=[str(file)], **options)
            self._look(target, found["chips"])
        finally:
            self._service.release_archives()
        return "foreign" if found["foreign"] else "own"

    def _look(self, target: Path, chips: int | None) -> None:
        """Raises ValueError for an archive that is not sound, or not of so many chips."""
        path = str(target)
        try:
            if problems := self._ask("verify", archive=path)["problems"]:
                raise ValueError(f"the archive is not sound: {problems[:3]}")
            found = self._ask("info", archive=path)["chips"]
            if chips not in (None, found):
                raise ValueError(f"the archive has {found} chips, not {chips}")
            if found and chips is not None:
                with Archive.open(target) as archive:
                    first = min(key.first_chip for key in archive.batch_keys() if key.chips)
                self._ask("search", archive=path, chip=first, k=3)
        finally:
            self._service.release_archives()

    def _exported_again(self, target: Path) -> None:
        """What was imported can be exported, and imported again."""
        file, again = target.with_name("b.parquet"), target.with_name("b.gpkg")
        try:
            self._ask("export_parquet", archive=str(target), file=str(file))
            self._ask("import_parquet", archive=str(again), files=[str(file)])
        except EngineError as error:
            raise ValueError(f"what was imported cannot be exported and imported again: {error.message}") from error
        finally:
            self._service.release_archives()

    def _ask(self, method: str, **values: Any) -> dict[str, Any]:
        try:
            return self._service.methods[method](Parameters(values), Call())
        except EngineError as error:
            if method in ("info", "verify", "search"):
                raise ValueError(f"{method} fails in an archive that was imported: {error.message}") from error
            raise

    def _make(self, file: Path, chance: random.Random) -> None:
        kind = chance.randrange(12)
        content = chance.choice(self._valid)
        if kind < 3:
            file.write_bytes(mutated_bytes(content, chance))
        elif kind == 3:
            file.write_bytes(content[: chance.randrange(len(content))])
        elif kind == 4:
            file.write_bytes(_with_other_footer(content, chance.choice(self._valid), chance))
        elif kind <= 6:
            file.write_bytes(_with_huge_numbers(content, chance))
        else:
            table = self._own if kind <= 8 else self._foreign
            if kind == 7 or chance.randrange(3) == 0:
                table = _with_other_metadata(table, chance)
            for _ in range(chance.choice((1, 1, 2, 3)) if kind > 7 else 0):
                with suppress(pa.ArrowException, ValueError, TypeError, OverflowError, UnicodeError):
                    table = _with_other_column(table, chance)
            _write(table, file, chance)


def _archive(path: Path, blocks: int, copied_from: str | None) -> Archive:
    archive = Archive.create(
        path, encoder="trial", encoder_sha256="ab" * 32, dimension=_DIMENSION, copied_from=copied_from
    )
    record = RasterRecord(
        "/data/one.tif", "1-2", "EPSG:32610", (5e5, 0.3, 0.0, 5.2e6, 0.0, -0.3), 4096, 2048, 0.3,
        {"bands": [1, 2, 3], "low": [0, 0, 0], "high": [255, 255, 255]}, 3, acquired="2024-05-01T10:00:00Z",
        state="indexed",
    )  # fmt: skip
    raster = archive.add_raster(record)
    for block in range(blocks):
        archive.write_block(raster, block, make_chips(_CHIPS, seed=block, dimension=_DIMENSION))
    return archive


def _archive_file(folder: Path, name: str, blocks: int, copied_from: str | None) -> bytes:
    _archive(folder / name, blocks, copied_from).close()
    return (folder / name).read_bytes()


def _exported(folder: Path) -> Any:
    """The table of a file that FRORS has exported, which lies in the folder."""
    with _archive(folder / "own.gpkg", _BLOCKS, None) as archive:
        export_archive(archive, folder / "own.parquet", lambda *_: None)
    file = pq.ParquetFile(folder / "own.parquet")
    return file.read().replace_schema_metadata(file.metadata.metadata)


def _foreign() -> Any:
    """Embeddings of two images and days, made elsewhere."""
    places = np.stack([10.0 + np.arange(_ROWS) * 0.03, 45.0 + np.arange(_ROWS) * 0.02], axis=1)
    vectors = np.random.default_rng(0).standard_normal((_ROWS, _DIMENSION)).astype(np.float32)
    return pa.table(
        {
            "source_url": [f"s3://a/{row // 20}.tif" for row in range(_ROWS)],
            "date": pa.array([19_000 + row // 15 for row in range(_ROWS)], pa.int32()).cast(pa.date32()),
            "geometry": encode_footprints(squares(places, 2000.0)),
            "embedding": pa.array(list(vectors)),
        }
    )


def _with_other_footer(content: bytes, other: bytes, chance: random.Random) -> bytes:
    """The rows of one file with the footer of another, or with a length of the footer that is not its own."""
    (length,) = struct.unpack("<I", content[-8:-4])
    (others,) = struct.unpack("<I", other[-8:-4])
    if chance.randrange(3):
        return content[: -8 - length] + other[-8 - others :]
    length = chance.choice((0, 1, length - 1, length + 1, len(content), 2**31 - 1, 2**31, 2**32 - 1))
    return content[:-8] + struct.pack("<I", length) + content[-4:]


def _with_huge_numbers(content: bytes, chance: random.Random) -> bytes:
    """The file with impossible sizes and counts, in the footer or the headers of its pages."""
    changed = bytearray(content)
    (length,) = struct.unpack("<I", content[-8:-4])
    for _ in range(chance.choice((1, 1, 2, 5))):
        first, end = (len(content) - 8 - length, len(content) - 8) if chance.randrange(3) else (4, len(content) - 8)
        at, number = chance.randrange(first, end), chance.choice(_HUGE)
        if chance.randrange(2):
            changed[at : at + len(number)] = number
        else:
            changed[at : at + 1] = number
            changed[-8:-4] = struct.pack("<I", length + len(number) - 1)
    return bytes(changed)


def _with_other_metadata(table: Any, chance: random.Random) -> Any:
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


def _with_other_column(table: Any, chance: random.Random) -> Any:
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
    length = chance.choice((0, 1, *[_DIMENSION] * 6, 300))
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
    if kind == 1:
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


def _write(table: Any, file: Path, chance: random.Random) -> None:
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
