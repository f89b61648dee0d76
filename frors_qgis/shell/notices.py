"""Sentences for the user, in the message bar of QGIS and its log."""

from __future__ import annotations

import html
import time

from qgis.core import Qgis, QgsMessageLog
from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import QUrl

from frors_qgis.protocol import ErrorCode

_TITLE = "FRORS"
_SECONDS = 8
_ONCE_S = 5.0
_OWN_FAULTS = {
    ErrorCode.INTERNAL.value,
    ErrorCode.ENGINE_STOPPED.value,
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
        self._push(html.escape(sentence, quote=False), Qgis.MessageLevel.Info, _SECONDS)

    def file(self, sentence: str, path: str) -> None:
        """Says that a file is there; it can be opened where the sentence has its `{file}`."""
        link = f'<a href="{QUrl.fromLocalFile(path).toString()}">{html.escape(path)}</a>'
        self._push(html.escape(sentence, quote=False).format(file=link), Qgis.MessageLevel.Info, _SECONDS)

    def success(self, sentence: str) -> None:
        """Says that something long has ended well."""
        self._push(html.escape(sentence, quote=False), Qgis.MessageLevel.Success, _SECONDS)

    def warning(self, sentence: str, details: list[str] | None = None) -> None:
        """Says what did not work; details stand behind the bar's "Show more"."""
        if details:
            text = html.escape(sentence, quote=False)
            bar = self._iface.messageBar()
            bar.pushMessage(_TITLE, text, "\n".join(details), Qgis.MessageLevel.Warning, 0)
        else:
            self._push(html.escape(sentence, quote=False), Qgis.MessageLevel.Warning, _SECONDS)

    def failure(self, code: str, sentence: str) -> None:
        """Says an EngineError: the user's to mend as a warning, ours as critical.

        That there is no engine the installation panel says.
        """
        if code == ErrorCode.ENGINE_MISSING.value:
            self.log(sentence)
            return
        subject = code if code == ErrorCode.ENGINE_STOPPED.value else sentence
        now = time.monotonic()
        self._told = {other: then for other, then in self._told.items() if now - then < _ONCE_S}
        if subject in self._told:
            return
        self._told[subject] = now
        if code in _OWN_FAULTS:
            self._push(html.escape(sentence, quote=False), Qgis.MessageLevel.Critical, 0)
        else:
            self.warning(sentence)

    def log(self, line: str) -> None:
        """Writes a line of the engine to the FRORS tab of the log; shows nothing."""
        QgsMessageLog.logMessage(line, _TITLE, Qgis.MessageLevel.Info, False)

    def _push(self, text: str, level: Qgis.MessageLevel, seconds: int) -> None:
        """Shows a text, which the message bar takes for HTML."""
        self._iface.messageBar().pushMessage(_TITLE, text, level, seconds)
