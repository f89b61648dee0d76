"""The queries that users have saved in an archive in PostgreSQL."""

from __future__ import annotations

import json

from frors_qgis.engine.archive.postgis.connection import Cursor
from frors_qgis.engine.archive.queries import (
    MOST_LISTED,
    SavedQuery,
    SavedQueryEntry,
    name_taken,
    query_of,
    unknown_query,
)

_LIST = """
SELECT name, searched, (SELECT COALESCE(SUM(count), 0)::bigint FROM batches WHERE first_chip > newest) FROM queries
ORDER BY lower(name), name LIMIT %s
"""


def list_queries(cursor: Cursor) -> list[SavedQueryEntry]:
    """The saved queries by name, the first thousand."""
    cursor.execute(_LIST, (MOST_LISTED,))
    return [SavedQueryEntry(*row) for row in cursor.fetchall()]


def select_query(cursor: Cursor, name: str) -> SavedQuery:
    """One saved query. Raises EngineError(QUERY_UNKNOWN)."""
    cursor.execute("SELECT name, saved, searched, newest, request, picture FROM queries WHERE name = %s", (name,))
    row = cursor.fetchone()
    if row is None:
        raise unknown_query(name)
    *texts, picture = row
    return query_of((*texts, None if picture is None else bytes(picture)))


def save_query(cursor: Cursor, query: SavedQuery, replace: bool) -> None:
    """Writes a query; over the one of its name only where `replace` says so, else BAD_REQUEST."""
    if replace:
        cursor.execute("DELETE FROM queries WHERE name = %s", (query.name,))
    cursor.execute(
        "INSERT INTO queries (name, saved, searched, newest, request, picture) VALUES (%s, %s, %s, %s, %s, %s) "
        "ON CONFLICT (name) DO NOTHING",
        (query.name, query.saved, query.searched, query.newest, json.dumps(query.request), query.picture),
    )
    if cursor.rowcount != 1:
        raise name_taken(query.name)


def note_searched(cursor: Cursor, name: str, searched: str, newest: int) -> None:
    """Writes when a query was last searched with, and the last chip then. Raises EngineError(QUERY_UNKNOWN)."""
    cursor.execute("UPDATE queries SET searched = %s, newest = %s WHERE name = %s", (searched, newest, name))
    _require_change(cursor, name)


def delete_query(cursor: Cursor, name: str) -> None:
    """Deletes a saved query. Raises EngineError(QUERY_UNKNOWN)."""
    cursor.execute("DELETE FROM queries WHERE name = %s", (name,))
    _require_change(cursor, name)


def _require_change(cursor: Cursor, name: str) -> None:
    if cursor.rowcount != 1:
        raise unknown_query(name)
