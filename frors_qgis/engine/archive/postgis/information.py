"""What an archive in PostgreSQL says about itself, and whether this user may read it, or write to it."""

from __future__ import annotations

from frors_qgis.engine.archive.information import ArchiveInformation, damaged_facts, information_of, read_version
from frors_qgis.engine.archive.postgis import blocks, schema
from frors_qgis.engine.archive.postgis.connection import READ, WRITE, Connection, Cursor, transaction
from frors_qgis.location import DatabaseLocation
from frors_qgis.protocol import EngineError, ErrorCode


def read_information(connection: Connection, place: DatabaseLocation, writable: bool) -> ArchiveInformation:
    """What an archive says of itself, brought to the newest version where it may be written to.

    Raises EngineError: ARCHIVE_MISSING, ARCHIVE_INVALID, ARCHIVE_NEWER, ARCHIVE_DAMAGED, ARCHIVE_READ_ONLY.
    """
    with transaction(connection, place, READ) as cursor:
        facts = _facts(cursor, place)
        version = read_version(facts, place.name, len(schema.MIGRATIONS))
        if writable:
            cursor.execute("SELECT has_table_privilege('chips', 'INSERT')")
            if not cursor.fetchone()[0]:
                raise EngineError(
                    ErrorCode.ARCHIVE_READ_ONLY,
                    f"{place.name} is read-only for this user: ask who made it for the rights of an indexer.",
                )
    information = information_of(facts, place.name)
    if version < len(schema.MIGRATIONS):
        if not writable:
            raise damaged_facts(place.name, "its format version is unknown")
        with transaction(connection, place, WRITE) as cursor:
            blocks.lock_counters(cursor)
            version = read_version(_facts(cursor, place), place.name, len(schema.MIGRATIONS))
            schema.migrate(cursor, version, information.dimension)
            schema.write_information(cursor, {"format_version": str(len(schema.MIGRATIONS))})
    return information


def _facts(cursor: Cursor, place: DatabaseLocation) -> dict[str, str]:
    cursor.execute(
        "SELECT (SELECT has_schema_privilege(oid, 'USAGE') FROM pg_catalog.pg_namespace WHERE nspname = %(schema)s), "
        "EXISTS (SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = %(schema)s AND tablename = 'archive_info')",
        {"schema": place.schema},
    )
    readable, ours = cursor.fetchone()
    if readable is None:
        raise EngineError(ErrorCode.ARCHIVE_MISSING, f"There is no archive {place.name}: check the schema.")
    if not readable:
        raise EngineError(
            ErrorCode.ARCHIVE_READ_ONLY,
            f"{place.name} may not be read by this user: ask who made it for the rights of an analyst.",
        )
    if not ours:
        raise EngineError(
            ErrorCode.ARCHIVE_INVALID, f"{place.name} is a schema but not a FRORS archive: choose one that FRORS made."
        )
    cursor.execute("SELECT key, value FROM archive_info")
    return dict(cursor.fetchall())
