"""The folder of the virtual environment: what state it is in, and its removal."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Any

from frors_qgis.client.interpreter import READY_MARKER, environment_python
from frors_qgis.installation.failures import Failure, FailureKind, InstallationError, failure_of_error
from frors_qgis.installation.lock import InstallationLock
from frors_qgis.installation.plan import fingerprint

_OWNER_MARK = "made-by-frors.txt"
_OWNER_TEXT = "FRORS for QGIS made this folder and deletes all that is in it when it is told to remove its packages.\n"
_MIB = 1 << 20


class State(str, Enum):
    """HALF: an installation did not end. OUTDATED: of another release of FRORS. OTHER_PYTHON: QGIS's Python is another
    one now, or lies elsewhere. NOT_OURS: what lies there was not made by FRORS."""

    MISSING = "missing"
    HALF = "half"
    READY = "ready"
    OUTDATED = "outdated"
    OTHER_PYTHON = "other_python"
    NOT_OURS = "not_ours"


class Environment:
    """One virtual environment of FRORS. Nothing is kept in memory: each answer is of this moment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder / "pip-cache"
        self.temporary = folder / "tmp"
        self.python = environment_python(folder)

    def lock(self) -> InstallationLock:
        """The lock under which it is changed; its file stands beside the folder."""
        return InstallationLock(self.folder.with_name(f"{self.folder.name}.lock"))

    def state(self) -> State:
        """What lies there."""
        if not os.path.lexists(self.folder):
            return State.MISSING
        if self.folder.is_symlink() or not self.folder.is_dir():
            return State.NOT_OURS
        try:
            names = os.listdir(self.folder)
        except OSError:
            return State.NOT_OURS
        if _OWNER_MARK not in names:
            return State.NOT_OURS if names else State.MISSING
        record = self.record()
        if not record:
            return State.HALF
        if not self._python_is_there():
            return State.OTHER_PYTHON
        return State.READY if record.get("fingerprint") == fingerprint() else State.OUTDATED

    def record(self) -> dict[str, Any]:
        """What was noted when the installation had ended well; empty when it has not."""
        try:
            record = json.loads((self.folder / READY_MARKER).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return record if isinstance(record, dict) else {}

    def claim(self) -> None:
        """Makes the folder FRORS's own before anything goes into it. From now on it is not ready.

        Raises InstallationError(NOT_OURS) for anything but an empty or own folder, and what the file system says.
        """
        if self.state() is State.NOT_OURS:
            raise InstallationError(Failure(FailureKind.NOT_OURS, str(self.folder)))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / READY_MARKER).unlink(missing_ok=True)
            (self.folder / _OWNER_MARK).write_text(_OWNER_TEXT, encoding="utf-8")
            self.temporary.mkdir(exist_ok=True)
        except OSError as error:
            raise InstallationError(failure_of_error(error)) from error

    def finish(self, record: dict[str, Any]) -> None:
        """Deletes what only the installation needed and writes the marker, last of all and at once."""
        shutil.rmtree(self.cache, ignore_errors=True)
        shutil.rmtree(self.temporary, ignore_errors=True)
        whole = self.folder / f"{READY_MARKER}.new"
        try:
            record = record | {"fingerprint": fingerprint(), "disk_mb": self.used_mb()}
            whole.write_text(json.dumps(record, indent=1), encoding="utf-8")
            whole.replace(self.folder / READY_MARKER)
        except OSError as error:
            raise InstallationError(failure_of_error(error)) from error

    def clear(self) -> None:
        """Deletes all but the mark of its owner and what pip has fetched. Raises OSError."""
        self._delete(keep={_OWNER_MARK, self.cache.name})
        self.temporary.mkdir(exist_ok=True)

    def drop_unfinished(self) -> None:
        """Deletes what pip was just writing when it was killed, or it would take that for installed. Raises OSError."""
        for packages in self._package_folders():
            for path in packages.iterdir():
                if path.name.startswith("~") or (path.suffix == ".dist-info" and not (path / "RECORD").is_file()):
                    _delete(path)

    def remove(self) -> None:
        """Deletes the environment, its lock and, when nothing else is in it, the folder round it.

        Raises InstallationError: NOT_OURS, BUSY, and what the file system says (IN_USE where a program runs from it).
        """
        state = self.state()
        if state is State.NOT_OURS:
            raise InstallationError(Failure(FailureKind.NOT_OURS, str(self.folder)))
        if state is not State.MISSING:
            with self.lock() as lock:
                try:
                    (self.folder / READY_MARKER).unlink(missing_ok=True)
                    self._delete(keep={_OWNER_MARK})  # the mark goes last, so that the rest can be removed later
                    self._delete(keep=set())
                    self.folder.rmdir()
                except OSError as error:
                    raise InstallationError(failure_of_error(error)) from error
                lock.delete()
        with suppress(OSError):
            self.folder.with_name(f"{self.folder.name}.lock").unlink(missing_ok=True)
            self.folder.parent.rmdir()

    def used_mb(self) -> int:
        """How much disk it takes."""
        return sum(size for size in _sizes(self.folder)) // _MIB

    def free_mb(self) -> int:
        """Free space where it is or would be; raises OSError."""
        folder = self.folder
        while not folder.is_dir() and folder != folder.parent:
            folder = folder.parent
        return shutil.disk_usage(folder).free // _MIB

    def _python_is_there(self) -> bool:
        """Whether the Python that it was made on is still where it was, and still the same version."""
        try:
            text = (self.folder / "pyvenv.cfg").read_text(encoding="utf-8")
        except (OSError, ValueError):
            return False
        found = dict(re.findall(r"^(\w[\w-]*)\s*=\s*(.*?)\s*$", text, re.MULTILINE))
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        same = f"{found.get('version', '')}.".startswith(f"{version}.")
        return same and self.python.is_file() and Path(found.get("home", "")).is_dir()

    def _package_folders(self) -> Iterator[Path]:
        yield from self.folder.glob("lib/python*/site-packages")
        yield from self.folder.glob("Lib/site-packages")

    def _delete(self, keep: set[str]) -> None:
        for path in list(self.folder.iterdir()):
            if path.name not in keep:
                _delete(path)


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _sizes(folder: Path) -> Iterator[int]:
    for root, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                yield os.lstat(os.path.join(root, name)).st_size
