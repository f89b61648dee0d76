"""A contact sheet: what stands on it, where, and how it is painted. Lengths are millimetres."""

from __future__ import annotations

import math
from dataclasses import dataclass

from qgis.PyQt.QtCore import QPointF, QRectF, QSizeF, Qt
from qgis.PyQt.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from frors_qgis.shell.match import Match
from frors_qgis.shell.translation import tr
from frors_qgis.shell.verdict_sign import paint_sign, verdict_colour
from frors_qgis.shell.wording import decimal_text

PICTURE = 34.0
_PAGE_WIDTH = 210.0
_PAGE_HEIGHT = 297.0
_MARGIN = 12.0
_COLUMN_GAP = 4.0
_ROW_GAP = 3.4
_CAPTION = 7.8
_HEADER_GAP = 8.0
_HEADER = PICTURE + _HEADER_GAP
_LEAST_COLUMNS = 5  # they fill the width of an A4 page
_SHAPE = 1.5  # rows for each column of a sheet on one page
_FRAME = 0.7
_SIGN = 5.2

_INK = QColor(20, 20, 20)
_FAINT_INK = QColor(95, 95, 95)
_GROUND = QColor(240, 240, 240)
_LINE = QColor(170, 170, 170)
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class ContactSheet:
    """What stands on a sheet. `title` says what was asked for, `lines` say more; `image` is the query's picture, null
    where there is none; `matches` are those that the panel shows, in its order, each with the user's verdict."""

    title: str
    lines: tuple[str, ...]
    image: QImage
    matches: tuple[tuple[Match, bool | None], ...]


@dataclass(frozen=True)
class SheetLayout:
    """Where the pictures of the matches stand: in `columns`, and `first_rows` on the first page, `rows` on others."""

    columns: int
    first_rows: int
    rows: int

    @property
    def width(self) -> float:
        """Width of a page."""
        return 2 * _MARGIN + self.columns * PICTURE + (self.columns - 1) * _COLUMN_GAP

    @property
    def first_height(self) -> float:
        """Height that the first page needs without a footer."""
        return 2 * _MARGIN + _HEADER + self.first_rows * (PICTURE + _CAPTION + _ROW_GAP) - _ROW_GAP

    def page(self, number: int) -> int:
        """The page, from 0, of a match with this number in the sheet, from 0."""
        first = self.columns * self.first_rows
        return 0 if number < first else 1 + (number - first) // (self.columns * self.rows)

    def picture(self, number: int) -> QRectF:
        """The square on its page that the picture of a match fills."""
        first = self.columns * self.first_rows
        page = self.page(number)
        row, column = divmod(number if page == 0 else (number - first) % (self.columns * self.rows), self.columns)
        left = _MARGIN + column * (PICTURE + _COLUMN_GAP)
        top = _MARGIN + (_HEADER if page == 0 else 0.0) + row * (PICTURE + _CAPTION + _ROW_GAP)
        return QRectF(left, top, PICTURE, PICTURE)


A4_LAYOUT = SheetLayout(columns=_LEAST_COLUMNS, first_rows=5, rows=6)


def one_page_layout(matches: int) -> SheetLayout:
    """The layout of so many matches, at least one, on a page of its own size: upright, never narrower than A4."""
    columns = max(_LEAST_COLUMNS, math.ceil(math.sqrt(matches / _SHAPE)))
    rows = math.ceil(matches / columns)
    return SheetLayout(columns, rows, rows)


class SheetPainter:
    """Paints the parts of a sheet, in any thread; `unit` is how many of the painter's pixels a millimetre has."""

    def __init__(self, painter: QPainter, unit: float, layout: SheetLayout) -> None:
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self._painter = painter
        self._unit = unit
        self._layout = layout

    def paint_header(self, sheet: ContactSheet) -> None:
        """Paints the query's picture and its words at the top of the first page, and a line under them."""
        left, right = _MARGIN, self._layout.width - _MARGIN
        if not sheet.image.isNull():
            size = QSizeF(sheet.image.size()).scaled(PICTURE, PICTURE, Qt.AspectRatioMode.KeepAspectRatio)
            self._painter.drawImage(self._scaled(QRectF(QPointF(left, _MARGIN), size)), sheet.image)
            left += PICTURE + _COLUMN_GAP
        width = right - left
        self._paint_text(QRectF(left, _MARGIN, width, 7.0), sheet.title, 5.0, bold=True)
        for number, line in enumerate(sheet.lines):
            self._paint_text(QRectF(left, _MARGIN + 8.6 + number * 5.2, width, 4.6), line, 3.3, colour=_FAINT_INK)
        under = (_MARGIN + PICTURE + _HEADER_GAP / 2) * self._unit
        self._painter.setPen(QPen(_LINE, 0.2 * self._unit))
        self._painter.drawLine(QPointF(_MARGIN * self._unit, under), QPointF(right * self._unit, under))

    def paint_match(self, number: int, match: Match, verdict: bool | None, image: QImage, reason: str) -> None:
        """Paints the match with this number in the sheet, on its page; without an image the frame holds the reason."""
        picture = self._layout.picture(number)
        if image.isNull():
            self._paint_reason(picture, reason)
        else:
            self._paint_picture(picture, image)
        if verdict is not None:
            self._paint_verdict(picture, verdict)
        self._paint_caption(picture, match)

    def paint_footer(self, left: str, right: str) -> None:
        """Paints a line at the foot of an A4 page."""
        line = QRectF(_MARGIN, _PAGE_HEIGHT - _MARGIN - 3.4, _PAGE_WIDTH - 2 * _MARGIN, 3.4)
        taken = self._paint_text(line, right, 2.5, colour=_FAINT_INK, alignment=_RIGHT)
        line.setWidth(line.width() - taken - _COLUMN_GAP)
        self._paint_text(line, left, 2.5, colour=_FAINT_INK)

    def _paint_caption(self, picture: QRectF, match: Match) -> None:
        line = QRectF(picture.left(), picture.bottom() + 0.8, PICTURE, 3.7)
        if match.rank:
            date = (match.acquired or "")[:10]
            line.setLeft(line.left() + self._paint_text(line, str(match.rank), 2.7, bold=True) + 1.5)
            line.setLeft(line.left() + self._paint_text(line, decimal_text(match.score), 2.7) + 1.0)
            self._paint_text(line, date, 2.3, colour=_FAINT_INK, alignment=_RIGHT)
        else:
            self._paint_text(line, tr("No match any more"), 2.3, colour=_FAINT_INK)
        line = QRectF(picture.left(), line.bottom(), PICTURE, 3.3)
        self._paint_text(line, match.raster_name, 2.3, colour=_FAINT_INK)

    def _paint_picture(self, area: QRectF, image: QImage) -> None:
        self._painter.fillRect(self._scaled(area), _GROUND)
        size = QSizeF(image.size()).scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(QPointF(), size)
        place.moveCenter(area.center())
        self._painter.drawImage(self._scaled(place), image)

    def _paint_reason(self, area: QRectF, reason: str) -> None:
        painter = self._painter
        painter.setPen(QPen(_LINE, 0.2 * self._unit, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self._scaled(area.adjusted(0.1, 0.1, -0.1, -0.1)))
        painter.setPen(_FAINT_INK)
        painter.setFont(self._font(2.5, bold=False))
        flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(self._scaled(area.adjusted(3, 3, -3, -3)), flags, reason)

    def _paint_verdict(self, picture: QRectF, right: bool) -> None:
        painter = self._painter
        half = _FRAME / 2
        painter.setPen(QPen(verdict_colour(right), _FRAME * self._unit, join=Qt.PenJoinStyle.MiterJoin))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self._scaled(picture.adjusted(half, half, -half, -half)))
        sign = QRectF(picture.right() - _SIGN - 1.6, picture.top() + 1.6, _SIGN, _SIGN)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(255, 255, 255))
        painter.drawEllipse(self._scaled(sign.adjusted(-0.5, -0.5, 0.5, 0.5)))
        paint_sign(painter, self._scaled(sign), right, verdict_colour(right))

    def _paint_text(
        self,
        area: QRectF,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: QColor = _INK,
        alignment: Qt.AlignmentFlag = _LEFT,
    ) -> float:
        """Paints one line, shortened in its middle where it is too long; returns its width."""
        font = self._font(size, bold=bold)
        metrics = QFontMetricsF(font)
        place = self._scaled(area)
        line = metrics.elidedText(" ".join(text.split()), Qt.TextElideMode.ElideMiddle, place.width())
        self._painter.setFont(font)
        self._painter.setPen(colour)
        self._painter.drawText(place, int(alignment) | int(Qt.TextFlag.TextSingleLine), line)
        return metrics.horizontalAdvance(line) / self._unit

    def _font(self, size: float, *, bold: bool) -> QFont:
        font = QFont()
        font.setPixelSize(max(1, round(size * self._unit)))
        font.setBold(bold)
        return font

    def _scaled(self, area: QRectF) -> QRectF:
        unit = self._unit
        return QRectF(area.left() * unit, area.top() * unit, area.width() * unit, area.height() * unit)
