"""A line of text whose words are completed as they are written."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QModelIndex, QStringListModel, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtWidgets import QCompleter, QLineEdit, QWidget

_PAUSE_MS = 250
_GLUE = (",", "..", "<", ">", "=", "%")
"""Words after which no space is wanted, or which need none before them."""


class WordsLine(QLineEdit):
    """Signals: `completion_wanted(str text, int cursor)` after a pause in writing, answered with `show_completions`;
    `committed(bool)`: Enter (True), or the line was left, emptied or set, with another text than before.
    """

    completion_wanted = pyqtSignal(str, int)
    committed = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._used = ""
        self._is_written = False
        self._start = 0
        self._words = QStringListModel(self)
        self._completer = QCompleter(self._words, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setWidget(self)
        self._completer.activated[QModelIndex].connect(lambda index: self._take(index.data()))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(lambda: self.completion_wanted.emit(self.text(), self.cursorPosition()))
        self.setClearButtonEnabled(True)
        self.textEdited.connect(self._on_edited)
        self.textChanged.connect(self._on_changed)
        self.returnPressed.connect(lambda: self._commit(entered=True))
        self.editingFinished.connect(self._on_left)

    @property
    def counting(self) -> str:
        """What counts: while the line is being written, what was committed last."""
        return self._used if self._is_written else self.text()

    def set_text(self, text: str) -> None:
        """Sets a text that counts as it is."""
        self._timer.stop()
        self._used = text
        self._is_written = False
        self.setText(text)

    def show_completions(self, text: str, cursor: int, start: int, words: Sequence[str]) -> None:
        """Offers words in place of what begins at `start`, if the line is still what was asked about."""
        if (text, cursor) != (self.text(), self.cursorPosition()) or not self.hasFocus():
            return
        self._start = start
        self._words.setStringList(list(words))
        if words:
            self._completer.complete()
        else:
            self._completer.popup().hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        popup = self._completer.popup()
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Escape)
        if popup.isVisible() and event.key() in keys and (popup.currentIndex().isValid() or event.key() == keys[-1]):
            event.ignore()  # the list of words takes it
            return
        super().keyPressEvent(event)

    def _commit(self, *, entered: bool) -> None:
        self._timer.stop()
        self._completer.popup().hide()
        self._is_written = False
        if entered or self.text() != self._used:
            self._used = self.text()
            self.committed.emit(entered)

    def _take(self, word: str) -> None:
        """Puts a word that was chosen in the place of the one begun, and offers what can follow."""
        before, after = self.text()[: self._start], self.text()[self.cursorPosition() :]
        if before and not before.endswith((" ", "..")) and word not in _GLUE:
            before += " "
        elif word in (",", "..", "%"):
            before = before.rstrip()
        gap = "" if word == ".." else " "
        self.setText(f"{before}{word}{gap}{after.lstrip()}")
        self.setCursorPosition(len(before) + len(word) + len(gap))
        self._timer.start()

    def _on_edited(self) -> None:
        self._is_written = True
        self._timer.start()

    def _on_changed(self, text: str) -> None:
        if not text and self._used:
            self._commit(entered=False)

    def _on_left(self) -> None:
        """The list of words takes the focus, too, and Enter has been heard of."""
        if not self._completer.popup().isVisible():
            self._commit(entered=False)
