"""A wide push button that stands for an action."""

from __future__ import annotations

from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QAction
from qgis.PyQt.QtWidgets import QPushButton, QWidget

_HEIGHT = 32
_ICON = QSize(20, 20)


class ActionButton(QPushButton):
    """Triggers an action and shows its icon, short text and state (a tool button would set its text to the left)."""

    def __init__(self, action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = action
        self.setMinimumHeight(_HEIGHT)
        self.setIconSize(_ICON)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._show_action)
        self._show_action()

    def set_text(self, text: str) -> None:
        """Gives the action another text."""
        self._action.setText(text)
        self._action.setToolTip(text)

    def _show_action(self) -> None:
        self.setIcon(self._action.icon())
        self.setText(self._action.iconText())
        self.setToolTip(self._action.toolTip())
        self.setWhatsThis(self._action.whatsThis())
        self.setEnabled(self._action.isEnabled())
        self.setDown(self._action.isChecked())
