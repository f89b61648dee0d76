"""A page that says what to do, where there is nothing else to show."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QLabel, QVBoxLayout, QWidget

from frors_qgis.shell.action_button import ActionButton

_MARGIN = 36
_BODY_MARGIN = 12
_BUTTON_WIDTH = 190


class HintPage(QWidget):
    """An icon, a title, some sentences and the buttons that go with them; `body` stands before the buttons."""

    def __init__(self, buttons: Sequence[ActionButton], body: QWidget | None = None) -> None:
        super().__init__()
        self._buttons = buttons
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = QLabel()
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        font = self._title.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.15)
        self._title.setFont(font)
        self._text = QLabel()
        self._text.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        layout = QVBoxLayout(self)
        margin = _MARGIN if body is None else _BODY_MARGIN
        layout.setContentsMargins(margin, 0, margin, 0)
        layout.setSpacing(8)
        layout.addStretch(2)
        layout.addWidget(self._icon)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        if body is not None:
            layout.addWidget(body)
        layout.addSpacing(4)
        for button in buttons:
            button.setMinimumWidth(_BUTTON_WIDTH)
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def say(self, icon: QIcon, title: str, text: str, buttons: Sequence[ActionButton]) -> None:
        """Shows these, and of the buttons only `buttons`."""
        self._icon.setPixmap(icon.pixmap(QSize(40, 40)))
        self._title.setText(title)
        self._text.setText(text)
        for button in self._buttons:
            button.setVisible(button in buttons)
