"""The rasters of an archive in PostgreSQL: their rows are those of a GeoPackage, but that no path is relative."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from psycopg2 import errors

from frors_qgis.engine.archive.postgis.blocks import lock_counters, write_counters
from frors_qgis.engine.archive.postgis.connection import Cursor
from frors_qgis.engine.archive.rasters import check_state, record_of, record_values, stored_path, unknown_raster
from frors_qgis.engine.archive.records import RasterRecord
from frors_qgis.protocol import EngineError, ErrorCode

_COLUMNS = (
    *("id", "path", "relative_path", "identity", "crs", "transform", "width", "height", "gsd", "stretch", "bands"),
    *("nodata", "platform", "sensor", "acquired", "cloud", "metadata", "plan", "state", "reason"),
)
_ALL = "SELECT {names} FROM rasters "
_NEW = "INSERT INTO rasters ({names}) VALUES ({values})"
_CHANGED = "UPDATE rasters SET {pairs} WHERE id = %(id)s"
_SELECT = _ALL.format(names=", ".join(_COLUMNS))
_INSERT = _NEW.format(names=", ".join(_COLUMNS), values=", ".join(f"%({name})s" for name in _COLUMNS))
_UPDATE = _CHANGED.format(pairs=", ".join(f"{name} = %({name})s" for name in _COLUMNS))


def select_rasters(cursor: Cursor) -> list[RasterRecord]:
    """Every raster, by id."""
    return _records(cursor, _SELECT + "ORDER BY id", ())


def select_raster(cursor: Cursor, raster_id: int) -> RasterRecord:
    """One raster. Raises EngineError(RASTER_UNKNOWN)."""
    found = _records(cursor, _SELECT + "WHERE id = %s", (raster_id,))
    if not found:
        raise unknown_raster(raster_id)
    return found[0]


def find_raster(cursor: Cursor, path: str | Path) -> RasterRecord | None:
    """The raster at a path."""
    return next(iter(_records(cursor, _SELECT + "WHERE path = %s", (stored_path(path),))), None)


def insert_raster(cursor: Cursor, record: RasterRecord) -> int:
    """Adds a raster and returns its id. Raises EngineError(BAD_REQUEST) for a path that is there already."""
    counters = lock_counters(cursor)
    number = counters.raster + 1
    _write(cursor, _INSERT, record_values(record, None) | {"id": number})
    write_counters(cursor, counters._replace(raster=number))
    return number


def restore_raster(cursor: Cursor, record: RasterRecord) -> None:
    """Writes a raster's record under its own id, over what is there. Raises EngineError(BAD_REQUEST)."""
    values = record_values(record, None)
    _write(cursor, _UPDATE, values)
    if cursor.rowcount != 1:
        counters = lock_counters(cursor)
        _write(cursor, _INSERT, values)
        write_counters(cursor, counters._replace(raster=max(counters.raster, values["id"])))


def update_raster(cursor: Cursor, record: RasterRecord) -> None:
    """Writes a raster's record over the one with its id. Raises EngineError(RASTER_UNKNOWN)."""
    _write(cursor, _UPDATE, record_values(record, None))
    if cursor.rowcount != 1:
        raise unknown_raster(record.id)


def set_state(cursor: Cursor, raster_id: int, state: str, reason: str | None) -> None:
    """Writes a raster's state. Raises EngineError: RASTER_UNKNOWN, BAD_REQUEST for an unknown state."""
    check_state(state)
    cursor.execute("UPDATE rasters SET state = %s, reason = %s WHERE id = %s", (state, reason, raster_id))
    if cursor.rowcount != 1:
        raise unknown_raster(raster_id)


def delete_raster(cursor: Cursor, raster_id: int) -> None:
    """Removes a raster, whose chips are gone."""
    cursor.execute("DELETE FROM rasters WHERE id = %s", (raster_id,))


def _write(cursor: Cursor, statement: str, values: dict[str, Any]) -> None:
    try:
        cursor.execute(statement, values)
    except errors.UniqueViolation as error:
        raise EngineError(
            ErrorCode.BAD_REQUEST, f"{values['path']} is in the archive already: update its record instead."
        ) from error


def _records(cursor: Cursor, statement: str, values: tuple[Any, ...]) -> list[RasterRecord]:
    cursor.execute(statement, values)
    return [record_of(dict(zip(_COLUMNS, row, strict=True))) for row in cursor.fetchall()]
