"""Sentences for the user, in the message bar of QGIS and its log."""

from __future__ import annotations

import time

from qgis.core import Qgis, QgsMessageLog
from qgis.gui import QgisInterface

from frors_qgis.protocol import ErrorCode

_TITLE = "FRORS"
_SECONDS = 8
_ONCE_S = 5.0
_OWN_FAULTS = {
    ErrorCode.INTERNAL.value,
    ErrorCode.ENGINE_STOPPED.value,
    ErrorCode.ENGINE_MISSING.value,
    ErrorCode.ENCODER_DAMAGED.value,
    ErrorCode.ARCHIVE_DAMAGED.value,
    ErrorCode.DISK_FULL.value,
}


class Notices:
    """Pushes messages. A failure is told once, however many tasks it has ended; so is any stop of the engine."""

    def __init__(self, iface: QgisInterface) -> None:
        self._iface = iface
        self._told: dict[str, float] = {}

    def info(self, sentence: str) -> None:
        """Says what the user may want to know."""
        self._iface.messageBar().pushMessage(_TITLE, sentence, Qgis.MessageLevel.Info, _SECONDS)

    def success(self, sentence: str) -> None:
        """Says that something long has ended well."""
        self._iface.messageBar().pushMessage(_TITLE, sentence, Qgis.MessageLevel.Success, _SECONDS)

    def warning(self, sentence: str, details: list[str] | None = None) -> None:
        """Says what did not work; details stand behind the bar's "Show more"."""
        if details:
            bar = self._iface.messageBar()
            bar.pushMessage(_TITLE, sentence, "\n".join(details), Qgis.MessageLevel.Warning, 0)
        else:
            self._iface.messageBar().pushMessage(_TITLE, sentence, Qgis.MessageLevel.Warning, _SECONDS)

    def failure(self, code: str, sentence: str) -> None:
        """Says an EngineError: the user's to mend as a warning, ours as critical."""
        subject = code if code == ErrorCode.ENGINE_STOPPED.value else sentence
        now = time.monotonic()
        self._told = {other: then for other, then in self._told.items() if now - then < _ONCE_S}
        if subject in self._told:
            return
        self._told[subject] = now
        if code in _OWN_FAULTS:
            self._iface.messageBar().pushMessage(_TITLE, sentence, Qgis.MessageLevel.Critical, 0)
        else:
            self.warning(sentence)

    def log(self, line: str) -> None:
        """Writes a line of the engine to the FRORS tab of the log; shows nothing."""
        QgsMessageLog.logMessage(line, _TITLE, Qgis.MessageLevel.Info, False)
