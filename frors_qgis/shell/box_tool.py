"""The map tool that draws the query box."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import Qgis, QgsPointXY, QgsRectangle
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent, QgsMapTool, QgsRubberBand
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEvent, QObject, QPoint, Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent, QKeySequence

from frors_qgis.shell.map_colours import CASING_COLOUR, QUERY_COLOUR, QUERY_FILL, RIGHT_COLOUR, WRONG_COLOUR

_LEAST_DRAG = 3


class BoxTool(QgsMapTool):
    """Dragging draws a rectangle along the axes of the project's CRS; Esc ends the tool, Ctrl+Z takes back.

    Signals: `box_drawn(QgsRectangle)` in the project's CRS; `example_drawn(QgsRectangle, bool)` for one that is drawn
    with Shift (a right example) or Ctrl (a wrong one); `clicked(QgsPointXY)` for a press without a drag, and
    `match_marked(QgsPointXY, bool)` for one with such a key; `undo_wanted()`.
    """

    box_drawn = pyqtSignal(QgsRectangle)
    example_drawn = pyqtSignal(QgsRectangle, bool)
    clicked = pyqtSignal(QgsPointXY)
    match_marked = pyqtSignal(QgsPointXY, bool)
    undo_wanted = pyqtSignal()

    def __init__(self, canvas: QgsMapCanvas, can_undo: Callable[[], bool] = lambda: False) -> None:
        """`can_undo`: whether there is anything to take back; else Ctrl+Z is QGIS's own."""
        super().__init__(canvas)
        self._canvas = canvas
        self._can_undo = can_undo
        self._start: QgsPointXY | None = None
        self._start_pixel = QPoint()
        self._example: bool | None = None
        self._previous: QgsMapTool | None = None
        self._band = QgsRubberBand(canvas, Qgis.GeometryType.Polygon)
        self._band.setStrokeColor(QUERY_COLOUR)
        self._band.setSecondaryStrokeColor(CASING_COLOUR)
        self._band.setFillColor(QUERY_FILL)
        self._band.setWidth(2)
        self.setCursor(Qt.CursorShape.CrossCursor)
        canvas.mapToolSet.connect(self._on_map_tool_set)

    def remove(self) -> None:
        """Takes the tool and its rubber band off the canvas."""
        self._canvas.mapToolSet.disconnect(self._on_map_tool_set)
        self._canvas.unsetMapTool(self)
        self._canvas.scene().removeItem(self._band)
        self.deleteLater()

    def give_back(self) -> None:
        """Ends the tool and gives the canvas back to the one before it."""
        self._forget_drag()
        previous = self._previous
        if previous is not None and not sip.isdeleted(previous):
            self._canvas.setMapTool(previous)
        else:
            self._canvas.unsetMapTool(self)

    def canvasPressEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:
            self._start, self._start_pixel = event.mapPoint(), event.pixelPoint()
            self._example = _example(event.modifiers())
            self._band.setStrokeColor(
                QUERY_COLOUR if self._example is None else RIGHT_COLOUR if self._example else WRONG_COLOUR
            )
        elif self._start is not None:
            self._forget_drag()

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802
        if self._start is not None:
            self._draw(QgsRectangle(self._start, event.mapPoint()))

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802
        if event.button() != Qt.MouseButton.LeftButton or self._start is None:
            return
        box = QgsRectangle(self._start, event.mapPoint())
        drag = event.pixelPoint() - self._start_pixel
        self._forget_drag()
        if min(abs(drag.x()), abs(drag.y())) < _LEAST_DRAG or box.isEmpty():
            if self._example is None:
                self.clicked.emit(event.mapPoint())
            else:
                self.match_marked.emit(event.mapPoint(), self._example)
        elif self._example is None:
            self.box_drawn.emit(box)
        else:
            self.example_drawn.emit(box, self._example)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            event.accept()
            self.give_back()
        elif event.matches(QKeySequence.StandardKey.Undo) and self._can_undo():
            event.accept()
            self.undo_wanted.emit()
        else:
            event.ignore()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Esc in mid-drag: the canvas hands no keys to its tool while a mouse button is down. Ctrl+Z: claimed before
        QGIS's own shortcut gets it."""
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and event.matches(QKeySequence.StandardKey.Undo) and self._can_undo():
            event.accept()
            return True
        dragging = self._start is not None and event.type() == QEvent.Type.KeyPress
        if dragging and event.key() == Qt.Key.Key_Escape:
            self.give_back()
            return True
        return super().eventFilter(watched, event)

    def activate(self) -> None:
        self._canvas.installEventFilter(self)
        super().activate()

    def deactivate(self) -> None:
        self._canvas.removeEventFilter(self)
        self._forget_drag()
        super().deactivate()

    def _draw(self, box: QgsRectangle) -> None:
        self._band.reset(Qgis.GeometryType.Polygon)
        corners = (
            (box.xMinimum(), box.yMinimum()),
            (box.xMinimum(), box.yMaximum()),
            (box.xMaximum(), box.yMaximum()),
            (box.xMaximum(), box.yMinimum()),
        )
        for number, (x, y) in enumerate(corners):
            self._band.addPoint(QgsPointXY(x, y), number == len(corners) - 1)

    def _forget_drag(self) -> None:
        self._start = None
        self._band.reset(Qgis.GeometryType.Polygon)

    def _on_map_tool_set(self, new: QgsMapTool | None, old: QgsMapTool | None) -> None:
        if new is self and old is not self:
            self._previous = old


def _example(modifiers: Qt.KeyboardModifier) -> bool | None:
    """Whether a box drawn with these keys held is a right (True) or a wrong (False) example; None: it is a query."""
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        return True
    return False if modifiers & Qt.KeyboardModifier.ControlModifier else None
