"""The matches of a search as a Qt model; thumbnails are asked for when a view first paints them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from qgis.PyQt.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QImage

from frors_qgis.shell.map_colours import SCORE_COLOURS, score_class
from frors_qgis.shell.match import Match
from frors_qgis.shell.plain_tip import plain_tip
from frors_qgis.shell.translation import tr
from frors_qgis.shell.wording import decimal_text, metres_text

MATCH_ROLE = Qt.ItemDataRole.UserRole + 1
COLOUR_ROLE = Qt.ItemDataRole.UserRole + 2
VERDICT_ROLE = Qt.ItemDataRole.UserRole + 3
_MOST_THUMBNAILS = 400


class MatchModel(QAbstractListModel):
    """One row per match, best first.

    Roles: MATCH_ROLE the Match, COLOUR_ROLE the colour of its score, VERDICT_ROLE whether the user has marked it as
    right (True) or wrong (False), DecorationRole its thumbnail (QImage or None).
    `thumbnail_wanted(int chip)` is emitted when a thumbnail is asked for that is not there; answer with
    `set_thumbnail`.
    """

    thumbnail_wanted = pyqtSignal(object)  # chip id: an int of Qt has 32 bits

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._matches: list[Match] = []
        self._rows: dict[int, int] = {}
        self._verdicts: dict[int, bool] = {}
        self._thumbnails: OrderedDict[int, QImage] = OrderedDict()

    def matches(self) -> Sequence[Match]:
        """The matches shown."""
        return self._matches

    def set_matches(self, matches: Sequence[Match]) -> None:
        """Shows other matches; thumbnails of the earlier ones are forgotten."""
        self._thumbnails.clear()
        self.rank_anew(matches)

    def rank_anew(self, matches: Sequence[Match]) -> None:
        """Shows the matches of the same query in another order; thumbnails stay."""
        self.beginResetModel()
        self._matches = list(matches)
        self._rows = {match.chip: row for row, match in enumerate(self._matches)}
        self.endResetModel()

    def set_verdicts(self, verdicts: Mapping[int, bool]) -> None:
        """Shows which chips are marked as right or wrong."""
        changed = {chip for chip in {*verdicts, *self._verdicts} if verdicts.get(chip) != self._verdicts.get(chip)}
        self._verdicts = dict(verdicts)
        for row in sorted(self._rows[chip] for chip in changed if chip in self._rows):
            index = self.index(row)
            self.dataChanged.emit(index, index, [VERDICT_ROLE])

    def row_of(self, chip: int) -> int | None:
        """The row of a chip, None where it is not shown."""
        return self._rows.get(chip)

    def set_thumbnail(self, chip: int, image: QImage) -> None:
        """Shows a thumbnail; a null image says that there is none and stops the asking."""
        row = self._rows.get(chip)
        if row is None:
            return
        self._thumbnails[chip] = image
        if len(self._thumbnails) > _MOST_THUMBNAILS:
            self._thumbnails.popitem(last=False)
        index = self.index(row)
        self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])

    def want_missing(self) -> None:
        """Has the thumbnails that were not there asked for once more, when they are next painted."""
        for chip in [chip for chip, image in self._thumbnails.items() if image.isNull()]:
            del self._thumbnails[chip]
        if self._matches:
            roles = [Qt.ItemDataRole.DecorationRole]
            self.dataChanged.emit(self.index(0), self.index(len(self._matches) - 1), roles)

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self._matches)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._matches):
            return None
        match = self._matches[index.row()]
        if role == MATCH_ROLE:
            return match
        if role == COLOUR_ROLE:
            ranked = sum(match.rank > 0 for match in self._matches)
            return QColor(SCORE_COLOURS[score_class(min(index.row(), ranked - 1), max(1, ranked))])
        if role == VERDICT_ROLE:
            return self._verdicts.get(match.chip)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._wanted_thumbnail(match.chip)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _words(match, self._verdicts.get(match.chip))
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(_tool_tip(match))
        return None

    def thumbnail(self, chip: int) -> QImage | None:
        """The thumbnail of a chip if it is there; asks for nothing."""
        return self._thumbnails.get(chip)

    def _wanted_thumbnail(self, chip: int) -> QImage | None:
        image = self._thumbnails.get(chip)
        if image is None:
            self.thumbnail_wanted.emit(chip)
            return None
        self._thumbnails.move_to_end(chip)
        return image


def _words(match: Match, verdict: bool | None) -> str:
    """A match in words, for those who hear it."""
    if match.rank:
        words = tr("Match {rank}, score {score}, {raster}").format(
            rank=match.rank, score=decimal_text(match.score), raster=match.raster_name
        )
    else:
        words = tr("Not among the matches any more, {raster}").format(raster=match.raster_name)
    if verdict is not None:
        words += f", {tr('right') if verdict else tr('wrong')}"
    return ". ".join([words, *_unknown_lines(match)])


def _unknown_lines(match: Match) -> list[str]:
    """A line for each condition of which it is not known whether the match fulfils it."""
    told = tr("{condition}: not known, {percent} % likely")
    return [told.format(condition=words, percent=round(100 * odds)) for words, odds in match.unknown]


def _tool_tip(match: Match) -> str:
    rank = tr("Rank {rank}, score {score}").format(rank=match.rank, score=decimal_text(match.score, 4))
    lines = [
        rank if match.rank else tr("Not among the matches any more"),
        match.raster,
        tr("{size} on the ground").format(size=metres_text(match.ground_size)),
    ]
    if match.acquired:
        lines.append(tr("Acquired {date}").format(date=match.acquired))
    lines += _unknown_lines(match)
    return "\n".join(lines)
