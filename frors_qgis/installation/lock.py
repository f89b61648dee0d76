"""A lock between processes: two QGIS never install or remove at once."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from frors_qgis.installation.failures import Failure, FailureKind, InstallationError, failure_of_error

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_LOCKED_BYTE = 1 << 20
"""On Windows a locked byte cannot be read by others; the text stands before it."""


class InstallationLock:
    """A context manager. The system lets go of the lock when its process dies.

    Children that inherit `descriptor` (not on Windows) hold it too: what a killed QGIS leaves running goes on alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.descriptor = -1

    def __enter__(self) -> InstallationLock:
        """Raises InstallationError: BUSY with the number of the process that holds it, or what the file system says."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            while True:
                self._take()
                with suppress(FileNotFoundError):
                    if os.path.samestat(os.stat(self._path), os.fstat(self.descriptor)):
                        break
                os.close(self.descriptor)  # whoever had it has deleted the file: this lock is nobody's any more
            os.ftruncate(self.descriptor, 0)
            os.write(self.descriptor, str(os.getpid()).encode())
        except OSError as error:
            raise InstallationError(failure_of_error(error)) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        os.close(self.descriptor)

    def delete(self) -> None:
        """Deletes the file while the lock is held; Windows leaves it, because it is open."""
        with suppress(PermissionError):
            self._path.unlink(missing_ok=True)

    def _take(self) -> None:
        self.descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if sys.platform == "win32":
                os.lseek(self.descriptor, _LOCKED_BYTE, os.SEEK_SET)
                msvcrt.locking(self.descriptor, msvcrt.LK_NBLCK, 1)
                os.lseek(self.descriptor, 0, os.SEEK_SET)
            else:
                fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.lseek(self.descriptor, 0, os.SEEK_SET)
            holder = os.read(self.descriptor, 32).decode(errors="replace").strip()
            os.close(self.descriptor)
            raise InstallationError(Failure(FailureKind.BUSY, holder)) from error
