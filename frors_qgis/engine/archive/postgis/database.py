"""What a database has: its archives, and room for another. Each question has a connection of its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone

from psycopg2 import errors

from frors_qgis.engine.archive.postgis import schema
from frors_qgis.engine.archive.postgis.connection import READ, WRITE, Cursor, connect, transaction
from frors_qgis.location import DatabaseLocation
from frors_qgis.protocol import EngineError, ErrorCode

_STEMS = """
SELECT nspname FROM pg_catalog.pg_namespace JOIN pg_catalog.pg_class ON relnamespace = pg_namespace.oid
WHERE relname = 'archive_info' AND relkind = 'r' AND has_schema_privilege(pg_namespace.oid, 'USAGE')
    AND has_table_privilege(pg_class.oid, 'SELECT')
ORDER BY nspname
"""


def has_schema(place: DatabaseLocation) -> bool:
    """Whether there is a schema of this name, an archive or not."""
    with _reading(place) as cursor:
        cursor.execute("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %s", (place.schema,))
        return cursor.fetchone() is not None


def stems(place: DatabaseLocation) -> list[str]:
    """The names of the schemas that are archives and that this user may read."""
    with _reading(place) as cursor:
        cursor.execute(_STEMS)
        return [stem for (stem,) in cursor.fetchall()]


def require_room(place: DatabaseLocation) -> None:
    """Raises EngineError for a schema that is there (BAD_REQUEST) or that may not be made (ARCHIVE_READ_ONLY)."""
    with _reading(place) as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %s), "
            "has_database_privilege(current_database(), 'CREATE')",
            (place.schema,),
        )
        there, may_create = cursor.fetchone()
    if there:
        raise _exists(place)
    if not may_create:
        raise EngineError(
            ErrorCode.ARCHIVE_READ_ONLY,
            f"This user may not make {place.name}: ask who keeps the database for the right to CREATE in it.",
        )


def make_archive(
    place: DatabaseLocation, encoder: str, encoder_sha256: str, dimension: int, copied_from: str | None
) -> None:
    """Makes the schema with an archive's tables. Raises EngineError(BAD_REQUEST) where it is there already."""
    if dimension > schema.MOST_DIMENSIONS:
        raise EngineError(
            ErrorCode.BAD_REQUEST,
            f"PostgreSQL searches embeddings of at most {schema.MOST_DIMENSIONS} numbers, not {dimension}.",
        )
    information = {
        "id": str(uuid.uuid4()),
        "encoder": encoder,
        "encoder_sha256": encoder_sha256,
        "dimension": str(dimension),
        "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }
    if copied_from is not None:
        information["copied_from"] = copied_from
    connection = connect(place, writable=True)
    try:
        with transaction(connection, place, WRITE) as cursor:
            try:
                schema.create_tables(cursor, place.schema, information)
            except errors.DuplicateSchema:
                raise _exists(place) from None
    finally:
        connection.close()


@contextmanager
def _reading(place: DatabaseLocation) -> Iterator[Cursor]:
    connection = connect(place, writable=False)
    try:
        with transaction(connection, place, READ) as cursor:
            yield cursor
    finally:
        connection.close()


def _exists(place: DatabaseLocation) -> EngineError:
    return EngineError(ErrorCode.BAD_REQUEST, f"{place.name} exists already: open it, or choose another name.")
