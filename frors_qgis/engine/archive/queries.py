"""The queries that a user has saved in an archive. The table is made with the first of them."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any, NamedTuple

from frors_qgis.protocol import EngineError, ErrorCode

LONGEST_NAME = 200
MOST_PICTURE_BYTES = 1 << 20
MOST_LISTED = 1000
_TABLE = """
CREATE TABLE IF NOT EXISTS queries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, name TEXT NOT NULL UNIQUE, saved TEXT NOT NULL,
    searched TEXT NOT NULL, newest INTEGER NOT NULL, request TEXT NOT NULL, picture BLOB)
"""
_SELECT = "SELECT name, saved, searched, newest, request, picture FROM queries WHERE name = ?"
_SAVE = "INSERT INTO queries (name, saved, searched, newest, request, picture) VALUES (?, ?, ?, ?, ?, ?)"
_LIST = """
SELECT name, searched, (SELECT COALESCE(SUM(count), 0) FROM embeddings WHERE first_chip > newest) FROM queries
WHERE typeof(name) = 'text' AND length(name) <= :longest AND typeof(searched) = 'text' AND length(searched) <= 40
    AND typeof(newest) = 'integer'
ORDER BY name COLLATE NOCASE, name LIMIT :most
"""


@dataclass(frozen=True)
class SavedQuery:
    """A query that can be searched again.

    `name` is the user's; `saved` and `searched` are ISO times in UTC, when it was saved and last searched with, and
    `newest` was the archive's last chip then. `request` holds JSON values only; `picture` is a PNG file's content.
    """

    name: str
    saved: str
    searched: str
    newest: int
    request: dict[str, Any]
    picture: bytes | None = None


class SavedQueryEntry(NamedTuple):
    """What a list of saved queries says: the name, when it was last searched with, how many chips are newer."""

    name: str
    searched: str
    new: int


def list_queries(connection: sqlite3.Connection) -> list[SavedQueryEntry]:
    """The saved queries by name, the first thousand; none where nothing was ever saved."""
    if not _has_table(connection):
        return []
    return [SavedQueryEntry(*row) for row in connection.execute(_LIST, {"longest": LONGEST_NAME, "most": MOST_LISTED})]


def select_query(connection: sqlite3.Connection, name: str) -> SavedQuery:
    """One saved query. Raises EngineError(QUERY_UNKNOWN)."""
    row = connection.execute(_SELECT, (name,)).fetchone() if _has_table(connection) else None
    if row is None:
        raise unknown_query(name)
    return query_of(row)


def last_chip(connection: sqlite3.Connection) -> int:
    """The largest id that a chip of the archive ever had; 0 where there was none."""
    found = connection.execute("SELECT CAST(MAX(seq) AS INTEGER) FROM sqlite_sequence WHERE name = 'chips'")
    return found.fetchone()[0] or 0


def save_query(connection: sqlite3.Connection, query: SavedQuery, replace: bool) -> None:
    """Writes a query; over the one of its name only where `replace` says so, else BAD_REQUEST."""
    connection.execute(_TABLE)
    if replace:
        connection.execute("DELETE FROM queries WHERE name = ?", (query.name,))
    elif connection.execute("SELECT 1 FROM queries WHERE name = ?", (query.name,)).fetchone() is not None:
        raise name_taken(query.name)
    values = (query.name, query.saved, query.searched, query.newest, json.dumps(query.request), query.picture)
    connection.execute(_SAVE, values)


def note_searched(connection: sqlite3.Connection, name: str, searched: str, newest: int) -> None:
    """Writes when a query was last searched with, and the last chip then. Raises EngineError(QUERY_UNKNOWN)."""
    _change(connection, name, "UPDATE queries SET searched = ?, newest = ? WHERE name = ?", (searched, newest, name))


def delete_query(connection: sqlite3.Connection, name: str) -> None:
    """Deletes a saved query. Raises EngineError(QUERY_UNKNOWN)."""
    _change(connection, name, "DELETE FROM queries WHERE name = ?", (name,))


def _change(connection: sqlite3.Connection, name: str, statement: str, values: tuple[object, ...]) -> None:
    if not _has_table(connection) or connection.execute(statement, values).rowcount == 0:
        raise unknown_query(name)


def _has_table(connection: sqlite3.Connection) -> bool:
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'queries'")
    return found.fetchone() is not None


def query_of(row: tuple[Any, ...]) -> SavedQuery:
    """The query of a row; what a stranger's archive holds may be anything."""
    name, saved, searched, newest, request, picture = row
    try:
        request = json.loads(request)
    except (ValueError, TypeError, RecursionError) as error:
        raise _damaged(name) from error
    texts = all(isinstance(text, str) for text in (name, saved, searched))
    if not (texts and isinstance(newest, int) and isinstance(request, dict)):
        raise _damaged(name)
    picture = picture if isinstance(picture, bytes) and len(picture) <= MOST_PICTURE_BYTES else None
    return SavedQuery(name, saved, searched, newest, request, picture)


def name_taken(name: str) -> EngineError:
    """The error for a new query with the name of another."""
    return EngineError(
        ErrorCode.BAD_REQUEST, f"There is a saved query {name} already; replace it or take another name."
    )


def unknown_query(name: str) -> EngineError:
    """The error for a name that no saved query has."""
    return EngineError(ErrorCode.QUERY_UNKNOWN, f"The archive has no saved query {name[:LONGEST_NAME]}.")


def _damaged(name: object) -> EngineError:
    return EngineError(
        ErrorCode.ARCHIVE_DAMAGED, f"The saved query {str(name)[:LONGEST_NAME]} cannot be read: delete it."
    )
