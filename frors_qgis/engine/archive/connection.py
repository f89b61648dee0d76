"""Connections to an archive's file: how it is opened, its write-ahead log, transactions, and SQLite's errors in words.

While the engine has an archive open for writing, the file is in WAL mode: other programs then read a consistent state
at any moment. The mode is set before anything is written and given back by whoever closes last. `start_log` says where
it cannot be had.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from frors_qgis.engine.archive.geopackage import register_functions
from frors_qgis.protocol import EngineError, ErrorCode

BUSY_SECONDS = 10.0
_PAGE_BYTES = 1 << 14  # a row of embeddings is 110 kB: one vector of it is read twice as fast as from pages of 4 kB
_RETRY_SECONDS = 0.05
_FULL_DISK_BYTES = 128 * 1024

_FAILURES = (
    ("disk is full", ErrorCode.DISK_FULL, "The disk of {path} is full: free some space and go on, nothing was lost."),
    ("locked", ErrorCode.ARCHIVE_BUSY, "Another program is writing to {path}: wait until it is done and try again."),
    ("not a database", ErrorCode.ARCHIVE_INVALID, "{path} is not a FRORS archive: choose a .gpkg that FRORS made."),
    ("readonly", ErrorCode.ARCHIVE_READ_ONLY, "{path} cannot be written to: copy it to a folder of yours."),
    (
        "disk I/O error",
        ErrorCode.ARCHIVE_DAMAGED,
        "The drive of {path} refuses to read or write it: copy it to a disk of this computer.",
    ),
    ("unable to open", ErrorCode.ARCHIVE_READ_ONLY, "{path} cannot be opened: check that you may write there."),
)
# A damaged file can make SQLite name things that are not text.
SQLITE_FAILURES = (sqlite3.Error, UnicodeDecodeError)
_DAMAGE = "{path} is damaged ({detail}): restore it from a copy or index again."
_RELEASING = threading.Lock()


def absolute(path: str | Path) -> Path:
    """The path with links followed. Raises EngineError(BAD_REQUEST) for a name that no file can have."""
    try:
        resolved = Path(path).resolve()
        str(resolved).encode()
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            resolved.stat()  # exists() tells nothing of a name that is too long from Python 3.14 on
        if resolved.is_symlink():  # from Python 3.13 on, links in a circle are no error of resolve()
            raise OSError("The links go in a circle.")
    except (ValueError, OSError, RuntimeError) as error:
        raise EngineError(
            ErrorCode.BAD_REQUEST, f"{str(path)[:200]!r} cannot be the name of a file: rename it and try again."
        ) from error
    return resolved


def connect(path: Path, *, writable: bool) -> sqlite3.Connection:
    """A connection in autocommit mode to an existing SQLite file.

    Raises EngineError: ARCHIVE_MISSING, ARCHIVE_INVALID (not SQLite), ARCHIVE_DAMAGED, ARCHIVE_READ_ONLY, ARCHIVE_BUSY.
    """
    _check_file(path)
    may_write = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    if writable and not may_write:
        raise EngineError(ErrorCode.ARCHIVE_READ_ONLY, f"{path} cannot be written to: copy it to a folder of yours.")
    connection = _connect(path, "mode=rw")
    try:
        connection.execute("SELECT COUNT(*) FROM sqlite_master")
        _check_length(connection, path)
    except SQLITE_FAILURES as error:
        connection.close()
        if may_write and _shares_no_memory(error) and _leave_log(path):  # it came to such a drive in WAL mode
            connection = _connect(path, "mode=rw")
        elif may_write or _has_log(path):
            raise engine_error(error, path) from error
        else:
            connection = _connect(path, "mode=ro&immutable=1")  # WAL mode on read-only media
    except EngineError:
        connection.close()
        raise
    if writable:
        register_functions(connection)
    else:
        connection.execute("PRAGMA query_only = 1")
        connection.execute("PRAGMA trusted_schema = 0")
    return connection


def connect_new(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode to a new, empty file. Raises EngineError when the folder refuses."""
    connection = _connect(path, "mode=rwc")
    connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
    connection.execute("PRAGMA journal_mode = OFF")
    return connection


def start_log(connection: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    """Put the file in WAL mode and hold it there; the connection to go on with, which may be another one.

    Some network and virtual drives share no memory between processes, which that mode needs: there the file stays in
    DELETE mode, in which SQLite's readers wait while it is written.
    Raises EngineError(ARCHIVE_BUSY) while others hold it otherwise.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")  # a power cut takes no block; a sync for each is cheap
            connection.execute("SELECT COUNT(*) FROM sqlite_master")
        except SQLITE_FAILURES as error:
            if _shares_no_memory(error):
                connection.close()
                return connect(path, writable=True)
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise engine_error(error, path) from error
            time.sleep(_RETRY_SECONDS)
        else:
            return connection


def _shares_no_memory(error: Exception) -> bool:
    """Whether that may be why SQLite failed: it has no words of its own for it."""
    return "disk I/O error" in str(error)


def _leave_log(path: Path) -> bool:
    """Puts a file out of WAL mode as only somebody who is alone with it can, who needs no shared memory for that."""
    with suppress(*SQLITE_FAILURES, EngineError), closing(_connect(path, "mode=rw")) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        return bool(connection.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",))
    return False


def release(connection: sqlite3.Connection) -> None:
    """Close the connection. Whoever closes last brings the log into the file and puts it back in DELETE mode.

    Never waits for other programs and never raises: where somebody still reads, or the disk refuses, the log simply
    stays. The threads of this process release one after another; together, none would be the last.
    """
    with _RELEASING:
        with suppress(*SQLITE_FAILURES):
            connection.execute("PRAGMA busy_timeout = 0")
            connection.execute("PRAGMA query_only = 0")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA journal_mode = DELETE")
        connection.close()


@contextmanager
def reading(connection: sqlite3.Connection, path: Path) -> Iterator[sqlite3.Connection]:
    """One consistent state of the file for the length of the block."""
    with transaction(connection, path, "BEGIN"):
        yield connection


@contextmanager
def writing(connection: sqlite3.Connection, path: Path) -> Iterator[sqlite3.Connection]:
    """One transaction, all or nothing, in which the triggers let this connection change the archive."""
    with transaction(connection, path, "BEGIN IMMEDIATE"):
        connection.execute("INSERT OR REPLACE INTO writer VALUES (1)")
        yield connection
        connection.execute("DELETE FROM writer")


def engine_error(error: Exception, path: Path) -> EngineError:
    """SQLite's error as one for people."""
    detail = str(error)
    if isinstance(error, sqlite3.ProgrammingError):
        return EngineError(ErrorCode.INTERNAL, f"{path} was used wrongly ({detail}): please report this.")
    if "disk I/O error" in detail and _is_full(path.parent):
        detail = "disk is full"
    for fragment, code, sentence in _FAILURES:
        if fragment in detail:
            return EngineError(code, sentence.format(path=path))
    return EngineError(ErrorCode.ARCHIVE_DAMAGED, _DAMAGE.format(path=path, detail=detail))


@contextmanager
def transaction(connection: sqlite3.Connection, path: Path, begin: str) -> Iterator[None]:
    """What happens in the block, all of it or, when it raises, nothing. SQLite's errors leave it as EngineError."""
    try:
        connection.execute(begin)
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            with suppress(*SQLITE_FAILURES):
                connection.execute("ROLLBACK")
            raise
    except SQLITE_FAILURES as error:
        raise engine_error(error, path) from error
    except OverflowError as error:
        raise EngineError(ErrorCode.BAD_REQUEST, "A number is too large for an archive: check the ids.") from error


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _FULL_DISK_BYTES
    except OSError:
        return False


def _check_file(path: Path) -> None:
    if not path.exists():
        raise EngineError(ErrorCode.ARCHIVE_MISSING, f"There is no archive at {path}: check the path.")
    if not path.is_file() or not os.access(path, os.R_OK):
        raise EngineError(ErrorCode.ARCHIVE_INVALID, f"{path} cannot be read as a file: check the path.")


def _check_length(connection: sqlite3.Connection, path: Path) -> None:
    """SQLite notices whole pages that are missing, but not half a page."""
    (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    if path.stat().st_size % page_size and not _has_log(path):
        raise EngineError(ErrorCode.ARCHIVE_DAMAGED, _DAMAGE.format(path=path, detail="it is cut off"))


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    name = quote(os.fsencode(path.as_posix()))
    uri = f"file://{'' if name.startswith('/') else '/'}{name}?{mode}"
    try:
        return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    except SQLITE_FAILURES as error:
        raise engine_error(error, path) from error


def _has_log(path: Path) -> bool:
    return any(
        beside.exists() and beside.stat().st_size > 0
        for beside in (path.with_name(path.name + suffix) for suffix in ("-wal", "-journal"))
    )
