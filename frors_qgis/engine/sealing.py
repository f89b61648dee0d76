"""Writes the indexes of archives while nobody waits for them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.check import Check, go_on
from frors_qgis.protocol import EngineError, ErrorCode


class Sealing:
    """Seals one archive at a time, in a thread that ends with the process.

    An index is a cache, so what goes wrong is only logged.
    """

    def __init__(self, folder: Path, log: Callable[[str, str], None], code_bits: int | None = None) -> None:
        """folder: takes the indexes of archives whose own folder refuses; log: told a level and a sentence.

        code_bits: see `Archive.chip_index`.
        """
        self._folder = folder
        self._code_bits = code_bits
        self._log = log
        self._guard = threading.Lock()

    def start(self, location: str) -> None:
        """Begins to seal an archive, unless one is being sealed."""
        if self._guard.acquire(blocking=False):
            threading.Thread(target=self._work, args=(location,), name="sealing", daemon=True).start()

    def seal(self, archive: Archive, check: Check = go_on) -> None:
        """Seals an archive now, unless one is being sealed here or this one elsewhere: a search begins what is left.

        check: called before each segment; where it raises EngineError, the rest is left.
        """
        if self._guard.acquire(blocking=False):
            try:
                self._seal(archive, check)
            finally:
                self._guard.release()

    def _seal(self, archive: Archive, check: Check = go_on) -> None:
        try:
            written = archive.seal_index(self._folder, check, self._code_bits)
        except (EngineError, OSError) as error:
            if isinstance(error, EngineError) and error.code == ErrorCode.ARCHIVE_BUSY:
                return
            self._log("warning", f"The index of {archive.name} was not written, searching takes longer: {error}")
        else:
            if written:
                self._log("info", f"The index of {archive.name} grew by {written} files.")

    def _work(self, location: str) -> None:
        try:
            with Archive.open(location) as archive:
                self._seal(archive)
        except (EngineError, OSError) as error:
            self._log("warning", f"The index of {location} was not written: {error}")
        finally:
            self._guard.release()
