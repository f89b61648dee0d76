"""One process at a time indexes into an archive."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from frors_qgis.engine.archive.connection import absolute
from frors_qgis.protocol import EngineError, ErrorCode

_PID_BYTES = 20


class WriterLock:
    """A context manager that holds the right to index into an archive.

    SQLite keeps single transactions apart; this keeps whole runs apart, whose plans may differ. The lock is the
    operating system's, on a hidden file beside the archive, so it ends with the process, however that ends.
    Raises EngineError(BAD_REQUEST) for a name that no file can have, and on entering: ARCHIVE_BUSY naming the process
    that holds it, ARCHIVE_READ_ONLY, BAD_REQUEST.
    """

    def __init__(self, archive: str | Path) -> None:
        path = absolute(archive)
        if not path.name:
            raise EngineError(
                ErrorCode.BAD_REQUEST, f"{str(archive)!r} cannot be the name of a file: rename it and try again."
            )
        self._name = path.name
        self._path = path.with_name(f".{path.name}.lock")
        self._file: BinaryIO | None = None

    def __enter__(self) -> WriterLock:
        while self._file is None:
            file = self._open()
            if not _lock(file):
                holder = file.read(_PID_BYTES).decode("ascii", "replace").strip()
                file.close()
                raise EngineError(
                    ErrorCode.ARCHIVE_BUSY,
                    f"Another FRORS (process {holder}) is writing to {self._name}; wait until it has finished.",
                )
            if self._is_current(file):
                self._file = file
                with suppress(OSError):  # a full disk; others are then not told who it is
                    file.seek(0)
                    file.write(f"{os.getpid():<{_PID_BYTES}}".encode("ascii"))
            else:  # whoever held it has removed it in between
                file.close()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            with suppress(OSError):  # Windows does not remove an open file; it stays, and is used again
                self._path.unlink()
            self._file.close()
            self._file = None

    def _open(self) -> BinaryIO:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        try:
            return os.fdopen(os.open(self._path, flags, 0o600), "r+b", 0)
        except OSError as error:
            refused = error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
            raise EngineError(
                ErrorCode.ARCHIVE_READ_ONLY if refused else ErrorCode.BAD_REQUEST,
                f"{self._name} cannot be written in {self._path.parent}: {error.strerror}. Choose another folder.",
            ) from error

    def _is_current(self, file: BinaryIO) -> bool:
        with suppress(OSError):
            return os.path.samestat(os.fstat(file.fileno()), self._path.stat())
        return False


def _lock(file: BinaryIO) -> bool:
    """Locks a file without waiting; False when another process holds it. Closing the file unlocks it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(_PID_BYTES)  # the bytes before stay readable for those who want to know who it is
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        return False
    return True
