"""A private temporary folder for the pictures that the engine hands over."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from pathlib import Path

from qgis.PyQt.QtCore import QLockFile

_PREFIX = "frors-qgis-"
_LOCK = "in_use.lock"
_YOUNG_S = 60.0  # another QGIS may just be making its folder and not have locked it yet


class PrivateFolder:
    """A folder only this user can read (mode 700), locked as long as this process lives."""

    def __init__(self) -> None:
        """Makes it. Raises OSError when the temporary folder cannot be written."""
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._lock = _folder_lock(self.path)
        self._lock.tryLock(0)

    def subfolder(self, name: str) -> Path:
        """A new folder in it whose name starts with `name`: no two are the same, whatever was there before."""
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.path))

    def remove(self) -> None:
        """Deletes it with all that is in it; what is held open (Windows) is left for `remove_stale_folders`."""
        self._lock.unlock()
        shutil.rmtree(self.path, ignore_errors=True)


def remove_stale_folders() -> None:
    """Deletes the private folders of this user whose QGIS has died without removing them."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if _is_old_and_ours(folder):
            lock = _folder_lock(folder)
            if lock.tryLock(0):
                lock.unlock()
                shutil.rmtree(folder, ignore_errors=True)


def _folder_lock(folder: Path) -> QLockFile:
    lock = QLockFile(str(folder / _LOCK))
    lock.setStaleLockTime(0)  # never stale by age alone: a QGIS may stay open for days
    return lock


def _is_old_and_ours(folder: Path) -> bool:
    try:
        status = folder.lstat()
    except OSError:
        return False
    own = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    return own and stat.S_ISDIR(status.st_mode) and time.time() - status.st_mtime > _YOUNG_S
