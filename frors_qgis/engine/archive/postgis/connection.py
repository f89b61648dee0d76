"""Connections to the database of an archive: what it must have, transactions, and PostgreSQL's errors in words."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2
from psycopg2 import errors, sql

from frors_qgis.engine.archive.check import Check, go_on
from frors_qgis.engine.archive.postgis.logins import login_of
from frors_qgis.location import DatabaseLocation
from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.version import VERSION

Connection = Any
"""psycopg2's connection and cursor, which have no type hints."""
Cursor = Any

READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
WRITE = "BEGIN"

FAILURES = (psycopg2.Error, UnicodeError)
_NO_CONNECTION = (psycopg2.OperationalError, psycopg2.InterfaceError)
_BUSY_SECONDS = 10
_ALIVE = "-c tcp_keepalives_idle=60 -c tcp_keepalives_interval=20 -c tcp_keepalives_count=3"
_LEAST_SERVER = 150000
_LEAST_PGVECTOR = (0, 8)
_CHECK_SECONDS = 0.1
SHARD_LOST = "A shard of {name} cannot be reached ({detail}): try again when its server runs, nothing was lost."
_EXTENSIONS = """
SELECT extname, extversion, quote_ident(nspname) FROM pg_catalog.pg_extension
JOIN pg_catalog.pg_namespace ON pg_namespace.oid = extnamespace WHERE extname IN ('vector', 'postgis')
"""

_CODES: tuple[tuple[tuple[type[Exception], ...], ErrorCode, str], ...] = (
    (
        (errors.LockNotAvailable, errors.ObjectInUse),
        ErrorCode.ARCHIVE_BUSY,
        "Another program is writing to {name}: wait until it is done and try again.",
    ),
    (
        (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction),
        ErrorCode.ARCHIVE_READ_ONLY,
        "{name} does not let this user do that ({detail}): ask who keeps the database.",
    ),
    (
        (errors.DiskFull,),
        ErrorCode.DISK_FULL,
        "The database's disk is full, where {name} is: free some space and go on, nothing was lost.",
    ),
    (
        (errors.UndefinedTable, errors.InvalidSchemaName),
        ErrorCode.ARCHIVE_MISSING,
        "There is no archive {name}: check the schema.",
    ),
    (
        # What the archive's own server, which is there, says of another one.
        (errors.SqlclientUnableToEstablishSqlconnection, errors.ConnectionFailure),
        ErrorCode.ARCHIVE_UNREACHABLE,
        SHARD_LOST,
    ),
    (
        _NO_CONNECTION,
        ErrorCode.ARCHIVE_UNREACHABLE,
        "The database of {name} cannot be reached ({detail}): check the connection and try again.",
    ),
)


def connect(location: DatabaseLocation, *, writable: bool) -> Connection:
    """A connection in autocommit mode that finds the archive's tables and the extensions by their bare names.

    Raises EngineError: ARCHIVE_UNREACHABLE, ARCHIVE_INVALID where the server, PostGIS or pgvector is missing or old.
    """
    options = {"connect_timeout": str(_BUSY_SECONDS)} | dict(location.options) | login_of(location)
    try:
        connection = psycopg2.connect(
            **options,
            application_name=f"FRORS {VERSION}",
            client_encoding="UTF8",
            # A client that lost its power holds the archive's writer lock until the server asks whether it is there.
            # Compiling a search of many distances, which takes milliseconds, takes seconds. PostGIS names costs so high
            # that workers would be started for searches that are over before these run.
            options=f"-c search_path= -c lock_timeout={_BUSY_SECONDS}s -c jit=off -c parallel_setup_cost=1e6 {_ALIVE}",
        )
    except FAILURES as error:
        raise engine_error(error, location) from None  # psycopg2's own error could hold what it was called with
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            _prepare(cursor, location, connection.server_version)
            if not writable:
                cursor.execute("SET default_transaction_read_only = on")
    except FAILURES as error:
        connection.close()
        raise engine_error(error, location) from error
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def transaction(connection: Connection, location: DatabaseLocation, begin: str) -> Iterator[Cursor]:
    """What happens in the block, all of it or, when it raises, nothing. psycopg2's errors leave it as EngineError."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(begin)
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                with suppress(*FAILURES):
                    cursor.execute("ROLLBACK")
                raise
    except FAILURES as error:
        if _is_lost(error):
            connection.close()  # so that whoever uses it next makes another
        raise engine_error(error, location) from error


def is_alive(connection: Connection) -> bool:
    """Whether the server still answers on a connection."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except psycopg2.Error:
        return False
    return True


@contextmanager
def cancellable(connection: Connection, check: Check) -> Iterator[None]:
    """Calls `check` now and then while a statement of the block runs, which ends when it raises."""
    if check is go_on:
        yield
        return
    done = threading.Event()
    raised: list[BaseException] = []

    def watch() -> None:
        while not done.wait(_CHECK_SECONDS):
            try:
                check()
            except BaseException as error:
                raised.append(error)
                connection.cancel()
                return

    watcher = threading.Thread(target=watch, name="cancelling", daemon=True)
    watcher.start()
    try:
        yield
    except FAILURES:
        done.set()
        watcher.join()
        if raised:
            raise raised[0] from None
        raise
    finally:
        done.set()
        watcher.join()


def engine_error(error: Exception, location: DatabaseLocation) -> EngineError:
    """PostgreSQL's error as one for people: its first line, which never holds a password."""
    detail = (str(error).strip().splitlines() or [type(error).__name__])[0]
    for kinds, code, sentence in _CODES:
        if isinstance(error, kinds) or (kinds is _NO_CONNECTION and _is_lost(error)):
            return EngineError(code, sentence.format(name=location.name, detail=detail))
    return EngineError(
        ErrorCode.ARCHIVE_DAMAGED, f"{location.name} is damaged ({detail}): restore it from a copy or index again."
    )


def _is_lost(error: Exception) -> bool:
    """Whether the error is not of the server's but says that there is no server any more."""
    return isinstance(error, psycopg2.DatabaseError) and error.pgcode is None


def _prepare(cursor: Cursor, location: DatabaseLocation, server: int) -> None:
    cursor.execute(_EXTENSIONS)
    found = {name: (version, schema) for name, version, schema in cursor.fetchall()}
    version = found.get("vector", ("0", ""))[0]
    recent = tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) >= _LEAST_PGVECTOR
    if server < _LEAST_SERVER or not recent or "postgis" not in found:
        raise EngineError(
            ErrorCode.ARCHIVE_INVALID,
            f"The database of {location.name} needs PostgreSQL 15, PostGIS and pgvector 0.8, or newer ones: ask who "
            "keeps it to update them and to CREATE EXTENSION postgis and vector.",
        )
    own = sql.Identifier(location.schema).as_string(cursor)
    schemas = dict.fromkeys([own, *(schema for _, schema in found.values())])
    cursor.execute("SELECT pg_catalog.set_config('search_path', %s, false)", (", ".join(schemas),))
