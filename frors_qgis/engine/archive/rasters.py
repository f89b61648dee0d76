"""The rasters of an archive: rows of `rasters` to records and back."""

from __future__ import annotations

import json
import math
import os
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from frors_qgis.engine.archive.connection import absolute
from frors_qgis.engine.archive.records import RASTER_STATES, RasterRecord
from frors_qgis.protocol import EngineError, ErrorCode

_Number = TypeVar("_Number", int, float)

_SELECT = """
SELECT id, path, relative_path, identity, crs, transform, width, height, gsd, stretch, bands, nodata, platform, sensor,
    acquired, cloud, metadata, plan, state, reason FROM rasters
"""
_INSERT = """
INSERT INTO rasters VALUES (:id, :path, :relative_path, :identity, :crs, :transform, :width, :height, :gsd, :stretch,
    :bands, :nodata, :platform, :sensor, :acquired, :cloud, :metadata, :plan, :state, :reason)
"""
_UPDATE = """
UPDATE rasters SET path = :path, relative_path = :relative_path, identity = :identity, crs = :crs,
    transform = :transform, width = :width, height = :height, gsd = :gsd, stretch = :stretch, bands = :bands,
    nodata = :nodata, platform = :platform, sensor = :sensor, acquired = :acquired, cloud = :cloud,
    metadata = :metadata, plan = :plan, state = :state, reason = :reason WHERE id = :id
"""


_PART = re.compile(r"[A-Za-z0-9_]{2,}:")  # two letters at least: C: is a drive


def stored_path(path: str | Path) -> str:
    """The path as the archive stores it: absolute, links followed; GDAL's /vsi... names stay as they are.

    Raises EngineError(BAD_REQUEST) for a name that no file can have.
    """
    name = str(path)
    return name if is_virtual(name) else str(absolute(name))


def is_virtual(name: str) -> bool:
    """Whether a name is GDAL's (/vsi..., GPKG:file:table) and not that of a file."""
    return name.startswith("/vsi") or _PART.match(name) is not None


def relative_path(path: str, folder: Path) -> str | None:
    """The path seen from the archive's folder, with forward slashes; None where there is none (/vsi, other drive)."""
    if is_virtual(path):
        return None
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return None


def select_rasters(connection: sqlite3.Connection) -> list[RasterRecord]:
    """Every raster, by id."""
    return _records(connection.execute(_SELECT + "ORDER BY id"))


def select_raster(connection: sqlite3.Connection, raster_id: int) -> RasterRecord:
    """One raster. Raises EngineError(RASTER_UNKNOWN)."""
    found = _records(connection.execute(_SELECT + "WHERE id = ?", (raster_id,)))
    if not found:
        raise unknown_raster(raster_id)
    return found[0]


def find_raster(connection: sqlite3.Connection, path: str | Path, folder: Path) -> RasterRecord | None:
    """The raster at a path: first by its place beside the archive (which may have moved), then by absolute path."""
    wanted = stored_path(path)
    cursor = connection.execute(
        _SELECT + "WHERE relative_path = ? OR path = ? ORDER BY relative_path IS NOT ? LIMIT 1",
        (beside := relative_path(wanted, folder), wanted, beside),
    )
    return next(iter(_records(cursor)), None)


def insert_raster(connection: sqlite3.Connection, record: RasterRecord, folder: Path) -> int:
    """Add a raster and return its id. Raises EngineError(BAD_REQUEST) for a path that is there already."""
    cursor = _write(connection, _INSERT, record_values(record, folder) | {"id": None})
    return int(cursor.lastrowid or 0)


def restore_raster(connection: sqlite3.Connection, record: RasterRecord, folder: Path) -> None:
    """Write a raster's record under its own id, over what is there. Raises EngineError(BAD_REQUEST)."""
    values = record_values(record, folder)
    if _write(connection, _UPDATE, values).rowcount != 1:
        _write(connection, _INSERT, values)


def update_raster(connection: sqlite3.Connection, record: RasterRecord, folder: Path) -> None:
    """Write a raster's record over the one with its id. Raises EngineError(RASTER_UNKNOWN)."""
    _require_change(_write(connection, _UPDATE, record_values(record, folder)), record.id)


def set_state(connection: sqlite3.Connection, raster_id: int, state: str, reason: str | None) -> None:
    """Write a raster's state. Raises EngineError: RASTER_UNKNOWN, BAD_REQUEST for an unknown state."""
    check_state(state)
    cursor = connection.execute("UPDATE rasters SET state = ?, reason = ? WHERE id = ?", (state, reason, raster_id))
    _require_change(cursor, raster_id)


def _write(connection: sqlite3.Connection, statement: str, values: dict[str, Any]) -> sqlite3.Cursor:
    try:
        return connection.execute(statement, values)
    except sqlite3.IntegrityError as error:
        if "UNIQUE" not in str(error):
            raise
        raise EngineError(
            ErrorCode.BAD_REQUEST, f"{values['path']} is in the archive already: update its record instead."
        ) from error


def _require_change(cursor: sqlite3.Cursor, raster_id: int | None) -> None:
    if cursor.rowcount != 1:
        raise unknown_raster(raster_id)


def unknown_raster(raster_id: int | None) -> EngineError:
    """The error for an id that no raster has."""
    return EngineError(ErrorCode.RASTER_UNKNOWN, f"The archive has no raster {raster_id}: list its rasters first.")


def check_state(state: str) -> None:
    """Raises EngineError(BAD_REQUEST) for a state that no raster has."""
    if state not in RASTER_STATES:
        raise EngineError(ErrorCode.BAD_REQUEST, f"{state!r} is no state of a raster: use one of {RASTER_STATES}.")


def record_values(record: RasterRecord, folder: Path | None) -> dict[str, Any]:
    """A record as the columns of its row; folder: that relative paths are seen from, None where there are none.

    Raises EngineError: BAD_REQUEST for a state or a path that cannot be, INTERNAL for a record that is not one to keep.
    """
    check_state(record.state)
    path = stored_path(record.path)
    values = vars(record) | {
        "path": path,
        "relative_path": None if folder is None else record.relative_path or relative_path(path, folder),
        "transform": json.dumps(list(record.transform)),
        "stretch": json.dumps(record.stretch),
        "metadata": json.dumps(record.metadata),
        "plan": json.dumps(record.plan),
    }
    try:
        _parsed(values | {"id": 0})
    except (TypeError, ValueError, ArithmeticError) as error:
        raise EngineError(ErrorCode.INTERNAL, f"The record of {path} is not one to keep: {error}.") from error
    return values


def _records(cursor: sqlite3.Cursor) -> list[RasterRecord]:
    names = [column[0] for column in cursor.description]
    return [record_of(dict(zip(names, row, strict=True))) for row in cursor]


def record_of(values: dict[str, Any]) -> RasterRecord:
    """The record of a row, by the names of its columns. Raises EngineError(ARCHIVE_DAMAGED)."""
    try:
        return _parsed(values)
    except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise EngineError(
            ErrorCode.ARCHIVE_DAMAGED,
            f"The record of raster {values['id']} is damaged ({error}): restore the archive or index again.",
        ) from error


def _parsed(values: dict[str, Any]) -> RasterRecord:
    if values["state"] not in RASTER_STATES:
        raise ValueError(f"{values['state']!r} is no state")
    checks: dict[str, Callable[[Any], Any]] = dict.fromkeys(("path", "identity", "crs", "state"), _text)
    checks |= dict.fromkeys(("relative_path", "nodata", "platform", "sensor", "acquired", "reason"), _optional_text)
    checks |= dict.fromkeys(("stretch", "metadata", "plan"), _object)
    checks |= dict.fromkeys(("width", "height", "gsd"), _positive)
    checks |= {"id": int, "bands": int, "transform": _transform, "cloud": _optional_number}
    return RasterRecord(**{name: checks[name](value) for name, value in values.items()})


def _text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(f"{value!r:.200} is not text")
    return value


def _optional_text(value: object) -> str | None:
    return None if value is None else _text(value)


def _optional_number(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]


def _positive(value: _Number) -> _Number:
    if not (value > 0 and math.isfinite(value)):
        raise ValueError(f"{value} is not positive")
    return value


def _object(value: str) -> dict[str, Any]:
    parsed = json.loads(value)
    if not isinstance(parsed, dict):
        raise ValueError("an object was expected")
    return parsed


def _transform(value: str) -> tuple[float, float, float, float, float, float]:
    a, b, c, d, e, f = (float(number) for number in json.loads(value))
    if not all(map(math.isfinite, (a, b, c, d, e, f))):
        raise ValueError("a geotransform has six finite numbers")
    return a, b, c, d, e, f
