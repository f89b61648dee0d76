"""A thorough check of an archive in PostgreSQL, as sentences."""

from __future__ import annotations

from collections.abc import Iterator

from frors_qgis.engine.archive.postgis.blocks import read_counters, select_batch, select_chips, select_keys
from frors_qgis.engine.archive.postgis.connection import Cursor
from frors_qgis.engine.archive.postgis.rasters import select_rasters
from frors_qgis.engine.archive.postgis.shards import not_removed, select_removals
from frors_qgis.protocol import EngineError

_LEVELS = "SELECT raster, gsd, cells, chips FROM levels"
_COUNTED = "SELECT raster, gsd, cells, COUNT(*) FROM chips WHERE {seen} GROUP BY raster, gsd, cells"
_STRANGERS = """
SELECT raster, COUNT(*) FROM chips WHERE raster NOT IN (SELECT id FROM rasters) AND {seen} GROUP BY raster
"""
_NUMBER = "SELECT COUNT(*), COALESCE(MAX(fid), 0) FROM chips WHERE {seen}"


def find_problems(cursor: Cursor, dimension: int) -> list[str]:
    """What is wrong with the archive; nothing when it is sound. Reads everything."""
    problems = []
    for check in (_raster_problems, _count_problems, _index_problems):
        try:
            problems += list(check(cursor))
        except EngineError as error:
            problems.append(error.message)
    return [*problems, *_batch_problems(cursor, dimension)]


def _raster_problems(cursor: Cursor) -> Iterator[str]:
    select_rasters(cursor)
    cursor.execute(_STRANGERS.format(seen=not_removed(select_removals(cursor))))
    for raster_id, count in cursor.fetchall():
        yield f"{count} rows of chips belong to raster {raster_id}, which the archive does not have."


def _count_problems(cursor: Cursor) -> Iterator[str]:
    seen = not_removed(select_removals(cursor))
    counted = _COUNTED.format(seen=seen)
    cursor.execute(f"({_LEVELS} EXCEPT {counted}) UNION ALL ({counted} EXCEPT {_LEVELS})")
    if cursor.fetchall():
        yield "The table of levels does not say which chips there are."
    cursor.execute(_NUMBER.format(seen=seen))
    chips, last = cursor.fetchone()
    cursor.execute("SELECT COALESCE(SUM(count), 0), COALESCE(MAX(id), 0) FROM batches")
    counted, last_batch = cursor.fetchone()
    if counted != chips:
        yield f"The table of embeddings says {counted} chips, and there are {chips}."
    counters = read_counters(cursor)
    if last > counters.chip or last_batch > counters.batch:
        yield "Ids of chips would be given twice: restore the archive from a copy or index again."


def _index_problems(cursor: Cursor) -> Iterator[str]:
    cursor.execute(
        "SELECT relname FROM pg_catalog.pg_index JOIN pg_catalog.pg_class ON pg_class.oid = indexrelid "
        "WHERE indrelid = 'chips_0'::regclass AND NOT indisvalid"
    )
    for (name,) in cursor.fetchall():
        yield f"The index {name} is not valid: REINDEX it."


def _batch_problems(cursor: Cursor, dimension: int) -> Iterator[str]:
    try:
        keys = select_keys(cursor)
    except EngineError as error:
        yield error.message
        return
    for key in keys:
        try:
            select_batch(cursor, key.id, dimension)
            select_chips(cursor, range(key.first_chip, key.first_chip + key.chips))
        except EngineError as error:
            yield error.message
