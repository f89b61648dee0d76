"""The part of the dock that shows the matches, or says what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import pyqtBoundSignal, pyqtSignal
from qgis.PyQt.QtGui import QAction, QIcon
from qgis.PyQt.QtWidgets import QHBoxLayout, QMenu, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from frors_qgis.shell.action_button import ActionButton
from frors_qgis.shell.elided_label import NoteLabel
from frors_qgis.shell.hint_page import HintPage
from frors_qgis.shell.icon import own_icon, theme_icon
from frors_qgis.shell.match import Match
from frors_qgis.shell.match_model import MATCH_ROLE, MatchModel
from frors_qgis.shell.match_view import MatchView
from frors_qgis.shell.reindex_offer import ReindexOffer
from frors_qgis.shell.timeline import Timeline
from frors_qgis.shell.translation import tr
from frors_qgis.shell.wording import scores_text


class ResultsPanel(QWidget):
    """A header and the grid of matches; without matches a page that says what to do.

    Signals: `reindex_wanted(ReindexOffer)`; `chip_wanted(Match)`, the chip under a box that cannot be searched;
    `menu_opened()`, before the menu with `outline_action`, `print_action`, `export_action` and `database_action` is
    shown: say now what can be done.
    """

    reindex_wanted = pyqtSignal(object)
    chip_wanted = pyqtSignal(object)
    menu_opened = pyqtSignal()

    def __init__(self, index_action: QAction, box_action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._expects_dates = False
        self._index_button = ActionButton(index_action)
        self._box_button = ActionButton(box_action)
        self.model = MatchModel(self)
        self.view = MatchView()
        self.view.setModel(self.model)
        self._header = NoteLabel()
        self.timeline = Timeline()
        self.outline_action = QAction(theme_icon("mActionAddPolygon"), tr("Outline matches"), self)
        self.outline_action.setToolTip(tr("Draw the part of each match that is most like the query on the map"))
        self.print_action = QAction(theme_icon("mActionFilePrint"), tr("Print contact sheet..."), self)
        self.print_action.setToolTip(tr("The query and its matches with their pictures as a PDF document or an image"))
        self.export_action = QAction(theme_icon("mActionFileSaveAs"), tr("Export matches..."), self)
        self.database_action = QAction(theme_icon("mIconPostgis"), tr("Add as a PostGIS layer"), self)
        self.database_action.setToolTip(tr("The archive's own chips in the database, with rank and score"))
        self._reindex_action = self._own_action(own_icon("index"), tr("Re-index..."), self.reindex_wanted)
        self._chip_action = self._own_action(own_icon("search_box"), tr("Search by its chip"), self.chip_wanted)
        self._reindex_button = ActionButton(self._reindex_action)
        self._chip_button = ActionButton(self._chip_action)
        self._hint = HintPage((self._index_button, self._reindex_button, self._chip_button, self._box_button))
        self._hint.setWhatsThis(tr("This page says what to do next; its buttons do it."))
        grid = QWidget()
        grid_layout = QVBoxLayout(grid)
        grid_layout.setContentsMargins(0, 0, 0, 0)
        grid_layout.setSpacing(4)
        grid_layout.addLayout(self._header_row())
        grid_layout.addWidget(self.timeline)
        grid_layout.addWidget(self.view, 1)
        self._grid = grid
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._hint)
        self._pages.addWidget(grid)
        self.timeline.match_chosen.connect(self._choose)
        self.view.selectionModel().currentChanged.connect(
            lambda index, _: self.timeline.show_chosen(index.data(MATCH_ROLE))
        )
        self.ask_for_archive()

    def show_matches(self, matches: Sequence[Match], note: str | None) -> None:
        """Shows matches, best first; `note` is a remark of the engine on the search."""
        self.model.set_matches(matches)
        self._show_dates(matches)
        if not matches:
            self._show_hint(
                own_icon("search_box"),
                tr("Nothing found"),
                note or tr("Tick Any size, untick Only in view, or index more rasters."),
            )
            return
        self.view.scrollToTop()
        self._show_scores(matches, note)
        self._pages.setCurrentWidget(self._grid)

    def rank_anew(self, matches: Sequence[Match], note: str | None) -> None:
        """Shows the same query's matches in another order, the chosen one still chosen.

        Where it has dropped out, the one in its row is, so that marking with the keys goes on.
        """
        current = self.view.currentIndex()
        chosen = current.data(MATCH_ROLE)
        place = current.row()
        self.model.rank_anew(matches)
        self._show_dates(matches)
        if chosen is not None and matches:
            row = self.model.row_of(chosen.chip)
            if row is None or (chosen.rank and not matches[row].rank):
                row = min(place, len(matches) - 1)
            self.view.setCurrentIndex(self.model.index(row))
        ranked = [match for match in matches if match.rank]
        if ranked:
            self._show_scores(ranked, note)
        else:
            self._header.setText(note or tr("No match passes the filters; widen them."))
        self._pages.setCurrentWidget(self._grid)

    def expect_dates(self, on: bool) -> None:
        """Whether the timeline is wanted where it has nothing to compare: fewer than two dates."""
        self._expects_dates = on
        self._show_dates(self.model.matches())

    def _show_dates(self, matches: Sequence[Match]) -> None:
        self.timeline.show_matches(matches)
        self.timeline.setVisible(self._expects_dates or len(self.timeline.dates) > 1)

    def _choose(self, match: Match) -> None:
        """Shows a match of the timeline in the grid and on the map."""
        row = self.model.row_of(match.chip)
        if row is not None:
            self.view.setCurrentIndex(self.model.index(row))
            self.view.match_pointed.emit(match)

    def _show_scores(self, matches: Sequence[Match], note: str | None) -> None:
        scores = scores_text(len(matches), matches[0].score, matches[-1].score)
        self._header.setText(f"{scores}. {note}" if note else scores)

    def ask_for_archive(self) -> None:
        """Says how to come by an archive."""
        self._show_hint(
            own_icon("index"),
            tr("Start with an archive"),
            tr("Index the rasters of this project into a new archive, or open one that you already have."),
            self._index_button,
        )

    def ask_for_rasters(self) -> None:
        """Says that the archive is empty."""
        self._show_hint(
            own_icon("index"),
            tr("This archive is empty"),
            tr("Index rasters of this project into it; then draw a box to search."),
            self._index_button,
        )

    def show_indexing(self) -> None:
        """Says that the archive is empty because indexing has only begun."""
        self._show_hint(
            own_icon("index"), tr("Indexing..."), tr("What is indexed already can be searched: draw a box on the map.")
        )

    def show_unopened(self, sentence: str, archive: str | None) -> None:
        """Says why an archive was not opened; `archive` is in use and open, None where no other was."""
        buttons = []
        if archive is not None:
            sentence += "\n\n" + tr("{archive} is still in use.").format(archive=archive)
            buttons.append(self._box_button)
        self._show_hint(own_icon("index"), tr("The archive was not opened"), sentence, *buttons)

    def ask_for_box(self) -> None:
        """Says how to search."""
        self._show_hint(
            own_icon("search_box"),
            tr("Draw a box on the map"),
            tr("Drag it round one thing, on any raster layer. What looks most like it in the archive appears here."),
            self._box_button,
        )

    def show_searching(self) -> None:
        """Says that a search is going on."""
        self._show_hint(own_icon("search_box"), tr("Searching..."), tr("The best matches will appear here."))

    def show_failure(self, sentence: str) -> None:
        """Says why there are no matches."""
        self._show_hint(own_icon("search_box"), tr("No matches to show"), sentence, self._box_button)

    def offer_reindexing(self, offer: ReindexOffer, chip: Match | None) -> None:
        """Says why boxes cannot be searched in the archive, and offers what can be done.

        `chip` lies under the box that was drawn; None when none was, or none lies there.
        """
        self._reindex_action.setData(offer)
        self._chip_action.setData(chip)
        sentences = [
            offer.reason,
            tr("To search by box, index its rasters into a new archive by {encoder}; {archive} stays as it is.").format(
                encoder=offer.new_encoder, archive=offer.name
            ),
        ]
        buttons = [self._reindex_button]
        if chip is not None:
            sentences.append(tr("Its own chips can still be searched with, such as the one under the box."))
            buttons.append(self._chip_button)
        else:
            sentences.append(tr("Its own chips can still be searched with: draw a box over one of them."))
            buttons.append(self._box_button)
        self._show_hint(own_icon("index"), tr("Made by another encoder"), "\n\n".join(sentences), *buttons)

    @property
    def offers_reindexing(self) -> bool:
        """Whether the offer to re-index is what the panel shows."""
        return self._pages.currentWidget() is self._hint and not self._reindex_button.isHidden()

    def _header_row(self) -> QHBoxLayout:
        """The header, and a button with the menu of what can be made of the matches."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.addActions([self.outline_action, self.print_action, self.export_action, self.database_action])
        menu.aboutToShow.connect(self.menu_opened)
        button = QToolButton()
        button.setIcon(theme_icon("mActionSharingExport"))
        button.setToolTip(tr("Outline, print or export the matches"))
        button.setAccessibleName(tr("Outline, print or export the matches"))
        button.setWhatsThis(
            tr(
                "What can be made of the matches: a layer with the part of each that is most like the query, a contact "
                "sheet with their pictures, or a file in any vector format that QGIS writes."
            )
        )
        button.setAutoRaise(True)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addWidget(self._header, 1)
        row.addWidget(button)
        return row

    def _own_action(self, icon: QIcon, text: str, wanted: pyqtBoundSignal) -> QAction:
        """An action whose signal carries its data."""
        action = QAction(icon, text, self)
        action.setIconText(text)
        action.setToolTip(text)
        action.triggered.connect(lambda: wanted.emit(action.data()))
        return action

    def _show_hint(self, icon: QIcon, title: str, text: str, *buttons: ActionButton) -> None:
        self.model.set_matches([])
        self._hint.say(icon, title, text, buttons)
        self._pages.setCurrentWidget(self._hint)
