"""Archives that were damaged or made by somebody who means harm: opened, described, searched, verified, changed."""

from __future__ import annotations

import random
import sqlite3
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.geopackage import register_functions
from frors_qgis.engine.archive.queries import SavedQuery
from frors_qgis.engine.archive.records import RasterRecord
from frors_qgis.engine.call import Call
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.service import Service
from frors_qgis.protocol import EngineError
from tests.engine.archive.block_writer import make_chips
from tests.hard.mutation import NUMBERS, TEXTS, mutated_bytes

_DIMENSION = 16
_COLUMNS = {
    "chips": ("geom", "raster", '"column"', '"row"', "width", "height", "gsd", "cells", "valid", "fid"),
    "rasters": (
        "path", "relative_path", "identity", "crs", "transform", "width", "height", "gsd", "stretch", "bands",
        "nodata", "acquired", "cloud", "metadata", "plan", "state", "reason", "id",
    ),
    "embeddings": ("raster", "block", "first_chip", "count", "dimension", "checksum", "data", "id"),
    "levels": ("raster", "gsd", "cells", "chips"),
    "archive_info": ("key", "value"),
    "queries": ("name", "saved", "searched", "newest", "request", "picture"),
    "gpkg_contents": ("min_x", "max_y", "table_name"),
    "gpkg_ogr_contents": ("feature_count",),
    "rtree_chips_geom": ("minx", "maxx", "miny", "maxy", "id"),
    "sqlite_sequence": ("seq", "name"),
}  # fmt: skip
_SCHEMA = (
    "DROP TABLE {table}",
    "DELETE FROM {table}",
    "ALTER TABLE {table} RENAME TO other",
    "ALTER TABLE {table} RENAME COLUMN {column} TO other",
    "ALTER TABLE {table} DROP COLUMN {column}",
    "ALTER TABLE {table} ADD COLUMN more TEXT DEFAULT 'x'",
    "CREATE VIEW {table} AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id FROM n",
    "CREATE TRIGGER harm AFTER INSERT ON {table} BEGIN DELETE FROM chips; END",
    "CREATE TRIGGER harm BEFORE DELETE ON {table} BEGIN SELECT load_extension('harm'); END",
    "CREATE INDEX harm ON {table} ({column})",
    "INSERT INTO {table} SELECT * FROM {table}",
    "PRAGMA user_version = -1",
    "PRAGMA application_id = 7",
    "UPDATE archive_info SET value = '2' WHERE key = 'format_version'",
    "UPDATE archive_info SET value = '99999999' WHERE key = 'format_version'",
)


class Inputs:
    """See `hostile_worker.Surface`."""

    def __init__(self, folder: Path) -> None:
        self._service = Service(folder)
        self._valid = _make(folder / "valid.gpkg")
        with Archive.open(folder / "valid.gpkg") as archive:
            self._vector = archive.embedding(3).tolist()

    def read_valid(self, folder: Path) -> None:
        path = folder / "a.gpkg"
        path.write_bytes(self._valid)
        answers = self._use(str(path), ("open", "info", "search", "by box", "saved_query", "verify", "remove"))
        if set(answers) != {"read"}:
            raise ValueError(f"a valid archive was refused: {answers}")

    def read(self, chance: random.Random, folder: Path) -> str:
        path = folder / "a.gpkg"
        content = self._valid
        kind = chance.randrange(10)
        if kind < 3:
            content = mutated_bytes(content, chance)
        elif kind == 3:
            content = content[: chance.randrange(len(content))]
        elif kind == 4 and chance.randrange(4) == 0:
            content = content[:100] + chance.randbytes(chance.choice((0, 100, 20_000)))
        path.write_bytes(content)
        if kind >= 4:
            _tamper(path, chance)
        ways = ["info", "search", "by box", "saved_query", "verify"]
        chance.shuffle(ways)
        ways = ["open"] * (chance.randrange(5) == 0) + ways + ["remove"] * (chance.randrange(10) == 0)
        answers = self._use(str(path), ways)
        return next((answer for answer in answers if answer != "read"), "read")

    def _use(self, path: str, ways: list[str] | tuple[str, ...]) -> list[str]:
        """What became of each way to use an archive; anything but an EngineError comes out."""
        answers = []
        asked: dict[str, dict[str, Any]] = {
            "search": {"chip": 3, "k": 5},
            "by box": {"embedding": self._vector, "ground_size": 76.8, "within": [-180, -90, 180, 90], "k": 50},
            "saved_query": {"name": "roofs"},
            "remove": {"rasters": ["/data/one.tif"]},
        }
        try:
            for way in ways:
                method = self._service.methods["search" if way == "by box" else way]
                try:
                    method(Parameters({"archive": path, **asked.get(way, {})}), Call())
                    answers.append("read")
                except EngineError as error:
                    if error.code.value == "internal":
                        raise
                    answers.append(error.code.value)
        finally:
            self._service.release_archives()
        return answers


def _make(path: Path) -> bytes:
    """A small archive: three rasters, 40 chips, one saved query."""
    with Archive.create(path, encoder="trial", encoder_sha256="ab" * 32, dimension=_DIMENSION) as archive:
        for number, name in enumerate(("one", "two", "three")):
            record = RasterRecord(
                f"/data/{name}.tif", "1-2", "EPSG:32610", (5e5, 0.3, 0.0, 5.2e6, 0.0, -0.3), 4096, 2048, 0.3,
                {"bands": [1, 2, 3], "low": [0, 0, 0], "high": [255, 255, 255]}, 3, acquired="2024-05-01T10:00:00Z",
                state="indexed",
            )  # fmt: skip
            raster = archive.add_raster(record)
            for block in range(2 - number % 2):
                archive.write_block(raster, block, make_chips(8, seed=9 * number + block, dimension=_DIMENSION))
        vector = archive.embedding(3).tolist()
        start = {"embedding": vector, "ground_size": 76.8}
        request = {"title": "roofs", "box": [], "size": [10, 10], "start": start, "filters": {"k": 5}} | {
            name: [] for name in ("positive", "negative", "positive_boxes", "negative_boxes")
        }
        time = "2026-01-01T00:00:00+00:00"
        archive.save_query(SavedQuery("roofs", time, time, 7, request), replace=False)
    return path.read_bytes()


def _tamper(path: Path, chance: random.Random) -> None:
    """Changes the file as whoever made it could have."""
    with suppress(sqlite3.Error, OverflowError, UnicodeError):
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            register_functions(connection)
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("INSERT INTO writer VALUES (1)")
            if chance.randrange(3) == 0:
                for name in ("rtree_chips_geom_update1", "rtree_chips_geom_update2"):
                    connection.execute(f"DROP TRIGGER {name}")
            for _ in range(chance.choice((1, 1, 2, 4))):
                with suppress(sqlite3.Error, OverflowError, UnicodeError):
                    _change(connection, chance)
            connection.execute("DELETE FROM writer WHERE active = 1")
        finally:
            connection.close()


def _change(connection: sqlite3.Connection, chance: random.Random) -> None:
    table = chance.choice(sorted(_COLUMNS))
    column = chance.choice(_COLUMNS[table])
    if chance.randrange(4) == 0:
        statement = chance.choice(_SCHEMA).format(table=table, column=column)
        if statement.startswith("CREATE VIEW"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute(statement)
        return
    where = chance.choice(("", " WHERE rowid = 1", " WHERE rowid = 7", " WHERE rowid % 2"))
    statement = f"UPDATE {table} SET {column} = ?{where}"  # noqa: S608 - from the table of columns above
    if column == "geom" and chance.randrange(3):
        connection.execute(statement, (_geometry(chance),))
    elif chance.randrange(8) == 0:
        word = chance.choice((f"{column} + 1", f"-{column}", f"substr({column}, 2)", "zeroblob(200000)", "1e999"))
        connection.execute(statement.replace("?", word, 1))
    else:
        connection.execute(statement, (_value(chance),))


def _value(chance: random.Random) -> Any:
    kind = chance.randrange(6)
    if kind == 0:
        return None
    if kind == 1:
        return chance.randbytes(chance.choice((0, 1, 16, 101, 512)))
    if kind == 2:
        return chance.choice(("[1,2,3,4,5,NaN]", '{"a":' * 3000, "[" * 50_000, "{}", "[0,0,0,0,0,0]", '{"bands":[1]}'))
    if kind == 3:
        return chance.choice(TEXTS)
    number = chance.choice(NUMBERS)
    return str(number) if isinstance(number, int) and abs(number) >= 2**63 else number


def _geometry(chance: random.Random) -> bytes:
    """A geometry that no footprint is: of other kinds, of sizes that are not there, one in another without end."""
    header = b"GP\0\x01" + struct.pack("<i", chance.choice((4326, -1, 0, 2**31 - 1)))
    kind = chance.randrange(5)
    if kind == 0:
        return header + struct.pack("<BII", 1, 3, chance.choice((0, 1, 2**32 - 1)))
    if kind == 1:
        return header + struct.pack("<BIII", 1, 3, 1, chance.choice((0, 5, 2**31, 2**32 - 1))) + bytes(80)
    if kind == 2:
        return header + struct.pack("<BII", 1, 7, 1) * chance.choice((2, 100, 20_000))
    if kind == 3:
        numbers = [float(chance.choice((0, 1, 180, 1e300, float("nan"), float("inf"), -1e-320))) for _ in range(10)]
        return header + struct.pack("<BIII10d", 1, 3, 1, 5, *numbers)
    return header + chance.randbytes(93)
