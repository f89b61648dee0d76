"""Progress of one task inside the dock: message, time left, bar, Cancel."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QVBoxLayout, QWidget

from frors_qgis.shell.elided_label import ElidedLabel
from frors_qgis.shell.icon import theme_icon
from frors_qgis.shell.translation import tr
from frors_qgis.shell.wording import duration_text


class ProgressRow(QWidget):
    """Hidden until `begin`. Signal `cancel_wanted()`."""

    cancel_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWhatsThis(tr("Something that takes its time, and the button that ends it. You can work on meanwhile."))
        self._message = ElidedLabel()
        self._left = QLabel()
        self._left.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(10)
        self._cancel = QToolButton()
        self._cancel.setIcon(theme_icon("mTaskCancel"))
        self._cancel.setText(tr("Cancel"))
        self._cancel.setToolTip(tr("Cancel"))
        self._cancel.setAutoRaise(True)
        self._cancel.clicked.connect(self.cancel_wanted)
        words = QHBoxLayout()
        words.addWidget(self._message, 1)
        words.addWidget(self._left)
        bar = QHBoxLayout()
        bar.setSpacing(4)
        bar.addWidget(self._bar, 1)
        bar.addWidget(self._cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(words)
        layout.addLayout(bar)
        self.hide()

    def begin(self, message: str) -> None:
        """Shows the row, with a bar that only says that something is going on."""
        self._message.setText(message)
        self._left.clear()
        self._bar.setRange(0, 0)
        self._cancel.setEnabled(True)
        self.show()

    def advance(self, fraction: float, message: str, eta: float | None) -> None:
        """Shows how far the task is; `fraction` 0..1, `eta` seconds left or None."""
        self._bar.setRange(0, 1000)
        self._bar.setValue(round(fraction * 1000))
        if message:
            self._message.setText(message)
        percent = tr("{percent} %").format(percent=round(fraction * 100))
        self._left.setText(
            percent if eta is None else tr("{percent}, {time} left").format(percent=percent, time=duration_text(eta))
        )

    def end(self) -> None:
        """Hides the row."""
        self.hide()
