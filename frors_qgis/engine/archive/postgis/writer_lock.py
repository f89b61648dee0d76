"""One process at a time indexes into an archive in PostgreSQL."""

from __future__ import annotations

from types import TracebackType

from frors_qgis.engine.archive.postgis.connection import FAILURES, Connection, connect, engine_error
from frors_qgis.location import DatabaseLocation
from frors_qgis.protocol import EngineError, ErrorCode

_KEY = "hashtextextended('FRORS ' || %(schema)s, 0)"
_LOCK = f"SELECT pg_try_advisory_lock({_KEY})"
_HOLDER = """
SELECT pid, usename FROM pg_catalog.pg_locks JOIN pg_catalog.pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND (classid::bigint << 32) | objid::bigint = {key}
    AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
"""


class DatabaseWriterLock:
    """A context manager that holds the right to index into an archive, which need not be there yet.

    The lock is the server's, for a connection of its own, so it ends with the process, however that ends.
    Raises EngineError on entering: ARCHIVE_BUSY naming the server process that holds it, and what `connect` raises.
    """

    def __init__(self, location: DatabaseLocation) -> None:
        self._location = location
        self._connection: Connection | None = None

    def __enter__(self) -> DatabaseWriterLock:
        connection = connect(self._location, writable=True)
        schema = {"schema": self._location.schema}
        try:
            with connection.cursor() as cursor:
                cursor.execute(_LOCK, schema)
                if not cursor.fetchone()[0]:
                    cursor.execute(_HOLDER.format(key=_KEY), schema)
                    process, user = cursor.fetchone() or ("?", "?")
                    raise EngineError(
                        ErrorCode.ARCHIVE_BUSY,
                        f"Another FRORS (process {process} of the database, user {user}) is writing to "
                        f"{self._location.name}; wait until it has finished.",
                    )
        except FAILURES as error:
            connection.close()
            raise engine_error(error, self._location) from error
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
