"""Labels that do not widen the dock: of one line, which is shortened, or of as many lines as it takes."""

from __future__ import annotations

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QColor, QPainter, QPaintEvent, QPalette
from qgis.PyQt.QtWidgets import QLabel, QSizePolicy, QWidget

from frors_qgis.shell.plain_tip import plain_tip

SUBDUED_ALPHA = 165
_BESIDE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class _PlainLabel(QLabel):
    """A plain text that no layout has to make room for. A subdued one stands back behind others, in every theme."""

    def __init__(self, parent: QWidget | None = None, *, subdued: bool = False) -> None:
        super().__init__(parent)
        self._subdued = subdued
        self.setTextFormat(Qt.TextFormat.PlainText)

    def _draw(self, text: str, flags: int) -> None:
        painter = QPainter(self)
        colour = QColor(self.palette().color(QPalette.ColorRole.WindowText))
        if self._subdued:
            colour.setAlpha(SUBDUED_ALPHA)
        painter.setPen(colour)
        painter.drawText(self.rect(), flags, text)


class ElidedLabel(_PlainLabel):
    """Shows the beginning of a text that does not fit; the whole text is its tool tip."""

    def __init__(self, parent: QWidget | None = None, *, subdued: bool = False) -> None:
        super().__init__(parent, subdued=subdued)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:  # noqa: N802
        super().setText(text)
        self.setToolTip(plain_tip(text))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(40, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self._draw(text, int(_BESIDE))


class NoteLabel(_PlainLabel):
    """Shows the whole of a text, in as many lines as it takes; for what must be read."""

    def __init__(self, parent: QWidget | None = None, *, subdued: bool = False) -> None:
        super().__init__(parent, subdued=subdued)
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        self._draw(self.text(), int(_BESIDE) | int(Qt.TextFlag.TextWordWrap))
