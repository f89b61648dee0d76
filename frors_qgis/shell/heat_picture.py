"""A match's picture with how like the query its parts are."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from qgis.PyQt.QtWidgets import QWidget

from frors_qgis.shell.explanation import Explanation
from frors_qgis.shell.map_colours import CASING_COLOUR, QUERY_COLOUR
from frors_qgis.shell.translation import tr

SIDE = 360
_ALPHA = 150


class HeatPicture(QWidget):
    """The picture; over it, if wanted, the heat, and round the best part a box."""

    def __init__(self, explanation: Explanation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = explanation.image
        self._heat = heat_image(explanation.heat)
        self._best = explanation.best
        self._shows_heat = True
        self.setMinimumSize(SIDE // 2, SIDE // 2)  # on small screens it makes room for the words
        self.setAccessibleName(tr("The match, and where it is most like the query"))

    def show_heat(self, on: bool) -> None:
        """Shows the heat or the bare picture."""
        self._shows_heat = on
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(SIDE, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        side = min(self.width(), self.height())
        area = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        if self._image.isNull():
            painter.fillRect(area, QColor(128, 128, 128, 60))
        else:
            painter.drawImage(area, self._image)
        if self._shows_heat:
            painter.drawImage(area, self._heat)
        x, y, width, height = (side * value for value in self._best)
        best = QRectF(area.left() + x, area.top() + y, width, height).adjusted(2, 2, -2, -2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, thickness in ((CASING_COLOUR, 5.0), (QUERY_COLOUR, 2.5)):
            painter.setPen(QPen(colour, thickness))
            painter.drawRect(best)


def heat_image(heat: Sequence[Sequence[float]]) -> QImage:
    """One pixel per cell, the more like the query the less covered: what does not matter is dimmed."""
    scores = [score for row in heat for score in row]
    least, most = min(scores), max(scores)
    image = QImage(len(heat[0]), len(heat), QImage.Format.Format_ARGB32)
    for y, row in enumerate(heat):
        for x, score in enumerate(row):
            share = (score - least) / (most - least) if most > least else 1.0
            image.setPixelColor(x, y, QColor(0, 0, 0, round(_ALPHA * (1 - share))))
    return image
