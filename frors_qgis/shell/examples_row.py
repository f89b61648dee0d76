"""The row of the dock that says how many examples there are."""

from __future__ import annotations

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QToolButton, QWidget

from frors_qgis.shell.elided_label import ElidedLabel
from frors_qgis.shell.icon import theme_icon
from frors_qgis.shell.translation import tr
from frors_qgis.shell.wording import count_text


class ExamplesRow(QWidget):
    """Counts of right and wrong examples, "Undo" and "Clear"; hidden while there is nothing to say.

    Signals: `undo_wanted()`, `clear_wanted()`.
    """

    undo_wanted = pyqtSignal()
    clear_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWhatsThis(
            tr(
                "Right and wrong examples: marked matches, and boxes drawn with Shift or Ctrl. They turn the query "
                "towards what is right and away from what is wrong; the ranking and the layer follow."
            )
        )
        self._label = ElidedLabel()
        self._undo = QToolButton()
        self._undo.setIcon(theme_icon("mActionUndo"))
        self._undo.setToolTip(tr("Take the last mark back (Ctrl+Z)"))
        self._undo.setAccessibleName(tr("Take the last mark back"))
        self._undo.clicked.connect(self.undo_wanted)
        self._clear = QToolButton()
        self._clear.setIcon(theme_icon("mActionDeleteSelected"))
        self._clear.setToolTip(tr("Take all marks away"))
        self._clear.setAccessibleName(tr("Take all marks away"))
        self._clear.clicked.connect(self.clear_wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._label, 1)
        for button in (self._undo, self._clear):
            button.setAutoRaise(True)
            layout.addWidget(button)
        self.show_examples(0, 0, can_undo=False)

    @property
    def text(self) -> str:
        """What the row says."""
        return self._label.text()

    def show_examples(self, right: int, wrong: int, can_undo: bool) -> None:
        """Shows how many examples are right and wrong."""
        self._label.setText(
            tr("Examples: {right} right, {wrong} wrong").format(right=count_text(right), wrong=count_text(wrong))
        )
        self._undo.setEnabled(can_undo)
        self._clear.setEnabled(right + wrong > 0)
        self.setVisible(can_undo or right + wrong > 0)
