"""A thorough check of an archive, as sentences."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

import numpy as np

from frors_qgis.engine.archive.blocks import next_row, read_batch
from frors_qgis.engine.archive.connection import SQLITE_FAILURES
from frors_qgis.engine.archive.geopackage import decode_polygons
from frors_qgis.engine.archive.rasters import select_rasters
from frors_qgis.engine.archive.schema import guard_triggers
from frors_qgis.protocol import EngineError

_MANY = 20
_LEAST = 1e-44
"""Of a coordinate: the spatial index keeps 32 bits, and SQLite does not round what is nearer to 0 away from it."""
_CHIPS = """
SELECT chips.geom, box.minx, box.maxx, box.miny, box.maxy FROM chips
JOIN rtree_chips_geom AS box ON box.id = chips.fid WHERE raster = ? AND fid BETWEEN ? AND ? ORDER BY fid
"""


def find_problems(connection: sqlite3.Connection, dimension: int) -> list[str]:
    """What is wrong with the archive, at most about 20 sentences a check; nothing when it is sound."""
    checks: tuple[Callable[[], Iterator[str]], ...] = (
        lambda: _sqlite_problems(connection),
        lambda: _guard_problems(connection),
        lambda: _raster_problems(connection),
        lambda: _count_problems(connection),
        lambda: _block_problems(connection, dimension),
    )
    problems = []
    for check in checks:
        try:
            for problem in check():
                problems.append(problem)
        except SQLITE_FAILURES as error:
            problems.append(f"SQLite cannot read on: {error}.")
        except EngineError as error:
            problems.append(error.message)
    return problems


def _sqlite_problems(connection: sqlite3.Connection) -> Iterator[str]:
    for (line,) in connection.execute(f"PRAGMA integrity_check({_MANY})"):
        if line != "ok":
            yield f"SQLite finds: {line}."
    (line,) = connection.execute("SELECT rtreecheck('main', 'rtree_chips_geom')").fetchone()
    if line != "ok":
        yield f"The spatial index is damaged: {line}."


def _guard_problems(connection: sqlite3.Connection) -> Iterator[str]:
    found = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    for name, sql in guard_triggers().items():
        if found.get(name) != sql:
            yield f"The trigger {name}, which refuses edits by other programs, is missing or changed."
    if connection.execute("SELECT 1 FROM writer").fetchone() is not None:
        yield "The archive is open to edits by other programs: the writer's mark was left behind."


def _raster_problems(connection: sqlite3.Connection) -> Iterator[str]:
    select_rasters(connection)
    for table in ("chips", "embeddings"):
        query = {
            "chips": "SELECT raster, COUNT(*) FROM chips WHERE raster NOT IN (SELECT id FROM rasters) GROUP BY raster",
            "embeddings": "SELECT raster, COUNT(*) FROM embeddings "
            "WHERE raster NOT IN (SELECT id FROM rasters) GROUP BY raster",
        }[table]
        for raster_id, count in connection.execute(query):
            yield f"{count} rows of {table} belong to raster {raster_id}, which the archive does not have."


def _count_problems(connection: sqlite3.Connection) -> Iterator[str]:
    (chips,) = connection.execute("SELECT COUNT(*) FROM chips").fetchone()
    counts = {
        "The spatial index": "SELECT COUNT(*) FROM rtree_chips_geom",
        "The table of embeddings": "SELECT COALESCE(SUM(count), 0) FROM embeddings",
        "The layer's feature count": "SELECT MAX(feature_count) FROM gpkg_ogr_contents WHERE table_name = 'chips'",
    }
    counted = "SELECT raster, gsd, cells, COUNT(*) FROM chips GROUP BY raster, gsd, cells ORDER BY 1, 2, 3"
    if connection.execute(counted).fetchall() != connection.execute("SELECT * FROM levels ORDER BY 1, 2, 3").fetchall():
        yield "The table of levels does not say which chips there are."
    (bad,) = connection.execute(
        "SELECT COUNT(*) FROM chips WHERE NOT (width > 0 AND height > 0 AND gsd > 0 AND cells > 0)"
    ).fetchone()
    if bad:
        yield f"{bad} chips have no size."
    for what, query in counts.items():
        (count,) = connection.execute(query).fetchone()
        if count != chips:
            yield f"{what} says {count} chips, and there are {chips}."


def _block_problems(connection: sqlite3.Connection, dimension: int) -> Iterator[str]:
    number = last_chip = 0
    while (row := next_row(connection, number)) is not None:
        if not isinstance(row[0], int) or row[0] <= number:  # or a damaged file goes round in a circle
            yield f"Embedding block {row[0]} overlaps the block before it."
            return
        number, raster_id, _, first, count, *_ = row
        try:
            read_batch(connection, row, dimension)
            chips = connection.execute(_CHIPS, (raster_id, first, first + count - 1)).fetchall()
            footprints = decode_polygons([chip[0] for chip in chips])
        except EngineError as error:
            yield error.message
            continue
        if first <= last_chip:
            yield f"Embedding block {number} overlaps the block before it."
        if len(chips) != count:
            yield f"Embedding block {number} has {count} vectors for {len(chips)} chips in the spatial index."
        last_chip = first + count - 1
        boxes = np.array([chip[1:] for chip in chips], np.float64).reshape(-1, 4)
        low, high = footprints.min(axis=1, initial=np.inf), footprints.max(axis=1, initial=-np.inf)
        if (boxes[:, 0::2] > low + _LEAST).any() or (boxes[:, 1::2] < high - _LEAST).any():
            yield f"Embedding block {number} has chips that the spatial index puts elsewhere."
