"""Paints one match of the grid: thumbnail, rank, score, raster."""

from __future__ import annotations

from qgis.PyQt.QtCore import QModelIndex, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPainterPath, QPalette, QPen
from qgis.PyQt.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from frors_qgis.shell.match import Match
from frors_qgis.shell.match_model import COLOUR_ROLE, MATCH_ROLE, VERDICT_ROLE
from frors_qgis.shell.verdict_sign import paint_sign, verdict_colour
from frors_qgis.shell.wording import decimal_text

MARGIN = 5
_RADIUS = 4.0
_BADGE = QColor(0, 0, 0, 165)
_BAR = 3
_SIGN = 22
_FAINT = QColor(0, 0, 0, 120)
_UNSURE = " ?"
"""Behind the score of a match of which it is not known whether it fulfils the conditions."""


class MatchDelegate(QStyledItemDelegate):
    """Items are as wide as `set_item_width` says; all have the same size."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._width = 128

    def set_item_width(self, width: int) -> None:
        """Sets the width of every item, in logical pixels."""
        self._width = width

    def thumbnail_side(self) -> int:
        """Side of a thumbnail, in logical pixels."""
        return self._width - 2 * MARGIN

    def item_size(self, font: QFont) -> QSize:
        """Size of every item with this font."""
        lines = QFontMetrics(font).height() + QFontMetrics(_small(font)).height()
        return QSize(self._width, 2 * MARGIN + self.thumbnail_side() + _BAR + 4 + lines + 2)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # noqa: N802
        return self.item_size(option.font)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        match: Match = index.data(MATCH_ROLE)
        area = option.rect.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        picture = QRect(area.left(), area.top(), area.width(), area.width())
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_ground(painter, option)
        self._paint_picture(painter, option.palette, picture, index.data(Qt.ItemDataRole.DecorationRole))
        self._paint_bar(painter, picture, index.data(COLOUR_ROLE))
        if match.rank:
            self._paint_rank(painter, option.font, picture, match.rank)
        self._paint_signs(painter, option, index.data(VERDICT_ROLE))
        text = QRect(
            area.left(), picture.bottom() + _BAR + 5, area.width(), area.bottom() - picture.bottom() - _BAR - 4
        )
        self._paint_text(painter, option, text, match)
        painter.restore()

    def sign_at(self, item: QRect, place: QPoint) -> bool | None:
        """Whether a place lies on an item's sign for right (True) or for wrong (False); None: on neither."""
        return next((right for right in (True, False) if self._sign(item, right).contains(QPointF(place))), None)

    def _sign(self, item: QRect, right: bool) -> QRectF:
        """Where an item has the sign for right, or for wrong: in the upper right corner of its picture."""
        picture_right = item.right() - MARGIN
        left = picture_right - (2 if right else 1) * (_SIGN + 3)
        return QRectF(left, item.top() + MARGIN + 4, _SIGN, _SIGN)

    def _paint_signs(self, painter: QPainter, option: QStyleOptionViewItem, verdict: bool | None) -> None:
        """The verdict, and both signs to click on under the mouse."""
        under_mouse = bool(option.state & QStyle.StateFlag.State_MouseOver)
        for right in (True, False):
            if verdict is right or under_mouse:
                colour = verdict_colour(right) if verdict is right else _FAINT
                paint_sign(painter, self._sign(option.rect, right), right, colour)

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if not chosen and not option.state & QStyle.StateFlag.State_MouseOver:
            return
        colour = QColor(option.palette.color(QPalette.ColorRole.Highlight))
        painter.setPen(QPen(colour, 1.5) if chosen else Qt.PenStyle.NoPen)
        colour.setAlpha(70 if chosen else 35)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(option.rect).adjusted(1, 1, -1, -1), _RADIUS + 1, _RADIUS + 1)

    def _paint_picture(self, painter: QPainter, palette: QPalette, area: QRect, image: QImage | None) -> None:
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(area), _RADIUS, _RADIUS)
        painter.save()
        painter.setClipPath(outline)
        ground = QColor(palette.color(QPalette.ColorRole.Text))
        ground.setAlpha(28)
        painter.fillRect(area, ground)
        if image is not None and not image.isNull():
            size = QSize(image.width(), image.height()).scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(area.topLeft(), size)
            place.moveCenter(area.center())
            painter.drawImage(place, image)
        elif image is not None:
            ground.setAlpha(120)
            painter.setPen(QPen(ground, 1.5))
            middle = QPointF(area.center())
            painter.drawLine(middle + QPointF(-7, -7), middle + QPointF(7, 7))
            painter.drawLine(middle + QPointF(-7, 7), middle + QPointF(7, -7))
        painter.restore()

    def _paint_bar(self, painter: QPainter, picture: QRect, colour: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(picture.left(), picture.bottom() + 3, picture.width(), _BAR), 1.5, 1.5)

    def _paint_rank(self, painter: QPainter, font: QFont, picture: QRect, rank: int) -> None:
        bold = QFont(font)
        bold.setBold(True)
        painter.setFont(bold)
        metrics = QFontMetrics(bold)
        text = str(rank)
        badge = QRectF(
            picture.left() + 4, picture.top() + 4, max(metrics.horizontalAdvance(text) + 10, 20), metrics.height() + 2
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_BADGE)
        painter.drawRoundedRect(badge, 3, 3)
        painter.setPen(QColor(255, 255, 255))
        painter.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), text)

    def _paint_text(self, painter: QPainter, option: QStyleOptionViewItem, area: QRect, match: Match) -> None:
        colour = QColor(option.palette.color(QPalette.ColorRole.Text))
        bold = QFont(option.font)
        bold.setBold(True)
        painter.setPen(colour)
        painter.setFont(bold)
        height = QFontMetrics(bold).height()
        painter.drawText(
            QRect(area.left(), area.top(), area.width(), height),
            int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter),
            decimal_text(match.score) + _UNSURE * bool(match.unknown),
        )
        small = _small(option.font)
        metrics = QFontMetrics(small)
        colour.setAlpha(170)
        painter.setPen(colour)
        painter.setFont(small)
        painter.drawText(
            QRect(area.left(), area.top() + height, area.width(), metrics.height()),
            int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter),
            metrics.elidedText(match.raster_name, Qt.TextElideMode.ElideMiddle, area.width()),
        )


def _small(font: QFont) -> QFont:
    small = QFont(font)
    if font.pointSizeF() > 0:
        small.setPointSizeF(font.pointSizeF() * 0.86)
    else:
        small.setPixelSize(max(9, round(font.pixelSize() * 0.86)))
    return small
