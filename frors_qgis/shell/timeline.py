"""When the matches were taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from qgis.PyQt.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from qgis.PyQt.QtWidgets import QSizePolicy, QToolTip, QWidget

from frors_qgis.shell.elided_label import SUBDUED_ALPHA
from frors_qgis.shell.match import Match
from frors_qgis.shell.translation import tr
from frors_qgis.shell.wording import counted_text

_MARGIN = 6
_AXIS = 26
_LEAST_TICK, _MOST_TICK, _MORE = 9, 22, 2
_REACH = 8
_HEIGHT = 44


class Timeline(QWidget):
    """A date axis with a tick for each match, higher where several fall together; the chosen one stands out.

    Matches of unknown date have none; without any date a sentence stands there. Signal `match_chosen(Match)`: a click
    on a tick, once more for the next match there, or the arrow keys.
    """

    match_chosen = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Timeline of the matches"))
        self.setWhatsThis(
            tr(
                "When the matches were taken: a tick for each, higher where several fall together. A click or the "
                "arrow keys choose a match."
            )
        )
        self._days: list[tuple[date, Match]] = []
        self._undated = 0
        self._chosen: int | None = None

    @property
    def dates(self) -> list[date]:
        """The different days of the matches, in order."""
        return sorted({day for day, _ in self._days})

    def show_matches(self, matches: Sequence[Match]) -> None:
        """Shows other matches."""
        dated = [(day, match) for match in matches if (day := day_of(match.acquired)) is not None]
        self._days = sorted(dated, key=lambda one: (one[0], one[1].rank))
        self._undated = len(matches) - len(dated)
        self.updateGeometry()
        self.update()

    def show_chosen(self, match: Match | None) -> None:
        """Has the tick of a match stand out."""
        self._chosen = None if match is None else match.chip
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(200, _HEIGHT if len(self._days) else self.fontMetrics().height() + 4)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        colour = QColor(self.palette().color(QPalette.ColorRole.WindowText))
        colour.setAlpha(SUBDUED_ALPHA)
        painter.setPen(colour)
        if not self._days:
            flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(self.rect(), flags, tr("No match has a date"))
            return
        painter.drawLine(QPointF(_MARGIN, _AXIS), QPointF(self.width() - _MARGIN, _AXIS))
        self._paint_labels(painter)
        counts: dict[int, int] = {}
        for day, _ in self._days:
            counts[self._x(day)] = counts.get(self._x(day), 0) + 1
        for x, count in counts.items():
            self._paint_tick(painter, x, count, colour, 1.6)
        for day, match in self._days:
            if match.chip == self._chosen:
                accent = self.palette().color(QPalette.ColorRole.Highlight)
                self._paint_tick(painter, self._x(day), counts[self._x(day)], accent, 3.4)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        near = self._near(event.pos().x())
        if near and event.button() == Qt.MouseButton.LeftButton:
            chips = [match.chip for match in near]
            following = chips.index(self._chosen) + 1 if self._chosen in chips else 0
            self._choose(near[following % len(near)])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(event.key())
        if step is None or not self._days:
            super().keyPressEvent(event)
            return
        matches = [match for _, match in self._days]
        at = next((row for row, match in enumerate(matches) if match.chip == self._chosen), None)
        self._choose(matches[0 if at is None else min(max(at + step, 0), len(matches) - 1)])

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            near = self._near(event.pos().x())
            if near:
                told = counted_text(len(near), tr("1 match"), tr("{count} matches"))
                QToolTip.showText(event.globalPos(), f"{near[0].acquired}: {told}", self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def _choose(self, match: Match) -> None:
        self.show_chosen(match)
        self.match_chosen.emit(match)

    def _near(self, x: int) -> list[Match]:
        """The matches of the tick nearest to a place, best first; none where that is far."""
        away = min((abs(self._x(day) - x) for day, _ in self._days), default=_REACH + 1)
        if away > _REACH:
            return []
        nearest = next(self._x(day) for day, _ in self._days if abs(self._x(day) - x) == away)
        found = [match for day, match in self._days if self._x(day) == nearest]
        return sorted(found, key=lambda match: match.rank or len(self._days) + 1)

    def _x(self, day: date) -> int:
        """Where a day lies; one alone in the middle."""
        first, last = self._days[0][0], self._days[-1][0]
        share = (day - first).days / (last - first).days if last > first else 0.5
        return round(_MARGIN + 2 + share * (self.width() - 2 * _MARGIN - 4))

    def _paint_tick(self, painter: QPainter, x: int, count: int, colour: QColor, width: float) -> None:
        height = min(_MOST_TICK, _LEAST_TICK + _MORE * (count - 1))
        painter.setPen(QPen(colour, width))
        painter.drawLine(QPointF(x, _AXIS - 1), QPointF(x, _AXIS - height))

    def _paint_labels(self, painter: QPainter) -> None:
        first, last = self._days[0], self._days[-1]
        area = QRectF(_MARGIN, _AXIS + 1, self.width() - 2 * _MARGIN, self.height() - _AXIS - 1)
        left, right, top = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignTop
        middle = Qt.AlignmentFlag.AlignHCenter
        is_one = first[0] == last[0]
        painter.drawText(area, int((middle if is_one else left) | top), str(first[1].acquired)[:10])
        if not is_one:
            painter.drawText(area, int(right | top), str(last[1].acquired)[:10])
        if self._undated and not is_one:
            painter.drawText(area, int(middle | top), tr("{count} without a date").format(count=self._undated))


def day_of(acquired: str | None) -> date | None:
    """The day of an ISO date, the middle of its month or year where that is all that is known; None for no date."""
    text = (acquired or "")[:10]
    try:
        if len(text) == 4:
            return date.fromisoformat(f"{text}-07-02")
        if len(text) == 7:
            return date.fromisoformat(f"{text}-01") + timedelta(days=14)
        return date.fromisoformat(text)
    except ValueError:
        return None
