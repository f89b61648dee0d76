"""The levels of an archive in PostgreSQL, with how many chips each raster has of them."""

from __future__ import annotations

from frors_qgis.engine.archive.chips import checked_levels
from frors_qgis.engine.archive.postgis.connection import Cursor
from frors_qgis.engine.archive.records import Level


def select_levels(cursor: Cursor) -> list[Level]:
    """By GSD and cells. Raises EngineError(ARCHIVE_DAMAGED)."""
    cursor.execute("SELECT gsd, cells, SUM(chips)::bigint FROM levels GROUP BY gsd, cells ORDER BY gsd, cells")
    return checked_levels([Level(*row) for row in cursor.fetchall()])


def count_chips(cursor: Cursor, raster_id: int | None) -> int:
    """The chips of a raster, or of all (None)."""
    cursor.execute(
        "SELECT COALESCE(SUM(chips), 0)::bigint FROM levels WHERE %s IS NULL OR raster = %s", (raster_id, raster_id)
    )
    return int(cursor.fetchone()[0])
