"""The archives that an engine has open."""

from __future__ import annotations

import hashlib
import os
import threading
from contextlib import suppress
from pathlib import Path

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.search.searcher import Searcher
from frors_qgis.protocol import EngineError, ErrorCode


class _Opened:
    """One archive, open for one thread, and the file that it was."""

    def __init__(self, path: str, folder: Path, code_bits: int | None, *, writable: bool) -> None:
        self.archive = Archive.open(path, writable=writable)
        self.searcher = Searcher(self.archive, self.archive.chip_index(folder, code_bits))
        self.file = _file(path)
        self.writable = writable


class ArchiveShelf:
    """Open archives by path, of each thread its own; a file that was replaced is opened anew."""

    def __init__(self, folder: Path, code_bits: int | None = None) -> None:
        """folder: takes the indexes of archives whose own folder refuses; code_bits: see `Archive.chip_index`."""
        self._folder = folder
        self._code_bits = code_bits
        self._local = threading.local()

    def archive(self, path: str) -> Archive:
        """The archive for reading; raises what `Archive.open` raises."""
        return self._get(path).archive

    def searcher(self, path: str) -> Searcher:
        """The archive's searcher; raises what `Archive.open` raises."""
        return self._get(path).searcher

    def mark(self, path: str) -> str:
        """A name for the file that is open, fit for file names: copies of an archive have different ones."""
        identity = f"{Path(path).resolve()} {self._get(path).file} {self._get(path).archive.id}"
        return hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:24]

    def hold(self, path: str) -> None:
        """Opens the archive for writing where that can be, so that others may read it while it is written.

        A plain file in an ordinary folder is put in WAL mode here and stays so until `release`.
        """
        opened = self._opened()
        if path in opened and opened[path].file == _file(path) and opened[path].writable:
            return
        self.release(path)
        try:
            opened[path] = _Opened(path, self._folder, self._code_bits, writable=True)
        except EngineError as error:
            if error.code not in (ErrorCode.ARCHIVE_READ_ONLY, ErrorCode.ARCHIVE_BUSY):
                raise
            opened[path] = _Opened(path, self._folder, self._code_bits, writable=False)

    def release(self, path: str) -> None:
        """Closes the archive for this thread, if it is open."""
        if (known := self._opened().pop(path, None)) is not None:
            known.searcher.close()
            known.archive.close()

    def release_all(self) -> None:
        """Closes every archive of this thread."""
        for path in list(self._opened()):
            self.release(path)

    def _get(self, path: str) -> _Opened:
        opened = self._opened()
        known = opened.get(path)
        if known is None or known.file != _file(path):
            self.release(path)
            known = opened[path] = _Opened(path, self._folder, self._code_bits, writable=False)
        return known

    def _opened(self) -> dict[str, _Opened]:
        if not hasattr(self._local, "opened"):
            self._local.opened = {}
        opened: dict[str, _Opened] = self._local.opened
        return opened


def _file(path: str) -> tuple[int, int] | None:
    with suppress(OSError):
        stat = os.stat(Path(path))
        return stat.st_dev, stat.st_ino
    return None
