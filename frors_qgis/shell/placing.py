"""Where a dialog stands that is worked with beside the map."""

from __future__ import annotations

from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QPoint, QRect, QSize
from qgis.PyQt.QtWidgets import QDialog, QWidget

_TITLE_BAR = 36
"""Room for the frame, which a window has only once it is shown."""
_EDGE = 8
_CLEAR = 120
"""How far round its centre the map stays free, where there is room."""


def place_beside_map(dialog: QDialog, canvas: QgsMapCanvas, wanted: QSize) -> None:
    """Sizes and moves a dialog so that it is whole on the canvas's screen and, where there is room, off the centre of
    the map; it may get narrower for that, down to its least width."""
    screen = canvas.window().screen().availableGeometry()
    centre = canvas.mapToGlobal(canvas.rect().center())
    least = dialog.minimumSizeHint().expandedTo(dialog.minimumSize())
    dialog.setGeometry(place_on(screen, centre, least, wanted))


def move_off(dialog: QDialog, panel: QWidget) -> None:
    """Moves a dialog to a side of a panel that it covers, which has something to say, where there is room."""
    screen = panel.window().screen().availableGeometry()
    said = QRect(panel.mapToGlobal(QPoint(0, 0)), panel.size())
    dialog.move(dialog.pos() + QPoint(way_off(screen, said, dialog.frameGeometry()), 0))


def way_off(screen: QRect, panel: QRect, window: QRect) -> int:
    """How far to the right (negative: to the left) a window gets off a panel; 0 where it is, or cannot be, off it."""
    if not window.intersects(panel):
        return 0
    if panel.left() - window.width() - _EDGE >= screen.left():
        return panel.left() - _EDGE - window.right()
    if panel.right() + window.width() + _EDGE <= screen.right():
        return panel.right() + _EDGE - window.left()
    return 0


def place_on(screen: QRect, spot: QPoint, least: QSize, wanted: QSize) -> QRect:
    """A window's place on a screen, beside a spot on its wider side."""
    free = screen.adjusted(_EDGE, _TITLE_BAR, -_EDGE, -_EDGE)
    left, right = spot.x() - _CLEAR - free.left(), free.right() - spot.x() - _CLEAR
    width = min(max(least.width(), min(wanted.width(), max(left, right))), free.width())
    height = min(max(least.height(), wanted.height()), free.height())
    x = free.left() if left >= min(right, wanted.width()) else free.right() + 1 - width
    y = min(max(spot.y() - height // 2, free.top()), free.bottom() + 1 - height)
    return QRect(x, y, width, height)
