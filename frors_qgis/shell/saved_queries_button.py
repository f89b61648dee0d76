"""The button of the dock that keeps queries and brings them back."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QMenu, QToolButton, QWidget

from frors_qgis.shell.icon import theme_icon
from frors_qgis.shell.saved_query import SavedQueryEntry
from frors_qgis.shell.translation import tr
from frors_qgis.shell.wording import counted_text

_LONGEST = 60


class SavedQueriesButton(QToolButton):
    """A menu: save the query that is shown, and for each saved one: search, search what is new, delete.

    Signals: `opened()`, the menu is about to be shown; `save_wanted()`; `search_wanted(str, bool)`, the name and
    whether only what is new is wanted; `delete_wanted(str)`.
    """

    opened = pyqtSignal()
    save_wanted = pyqtSignal()
    search_wanted = pyqtSignal(str, bool)
    delete_wanted = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIcon(theme_icon("mIconFavorites"))
        self.setToolTip(tr("Saved queries: keep this query with its examples, or search with one that was kept"))
        self.setAccessibleName(tr("Saved queries"))
        self.setWhatsThis(
            tr(
                "Queries that are kept in the archive, with their picture, their examples and their filters. Search "
                "with one again, or only in what has come into the archive since it was last searched with."
            )
        )
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMinimumHeight(32)
        self._menu = QMenu(self)
        self._submenus: list[QMenu] = []
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self.opened)
        self.setMenu(self._menu)
        self.show_queries([], can_save=False)

    def show_queries(self, entries: Sequence[SavedQueryEntry], can_save: bool, is_open: bool = True) -> None:
        """Fills the menu, which may be open."""
        self._menu.clear()
        for menu in self._submenus:  # which clear() leaves alive
            menu.deleteLater()
        self._submenus.clear()
        save = self._menu.addAction(theme_icon("mActionFileSave"), tr("Save this query..."))
        save.setEnabled(can_save)
        save.triggered.connect(self.save_wanted)
        self._menu.addSeparator()
        for entry in entries:
            self._add(entry)
        if not entries:
            told = tr("No saved queries") if is_open else tr("The archive is not open yet")
            self._menu.addAction(told).setEnabled(False)

    def _add(self, entry: SavedQueryEntry) -> None:
        menu = self._menu.addMenu(_shown(entry.name))
        self._submenus.append(menu)
        name = entry.name
        menu.addAction(theme_icon("mActionZoomToLayer"), tr("Search")).triggered.connect(
            lambda: self.search_wanted.emit(name, False)
        )
        new = counted_text(entry.new, tr("1 new chip"), tr("{count} new chips"))
        only_new = menu.addAction(
            theme_icon("mActionHistory"),
            tr("Search what is new since {date} ({new})").format(date=entry.searched[:10], new=new),
        )
        only_new.setEnabled(entry.new > 0)
        only_new.triggered.connect(lambda: self.search_wanted.emit(name, True))
        menu.addSeparator()
        menu.addAction(theme_icon("mActionDeleteSelected"), tr("Delete...")).triggered.connect(
            lambda: self.delete_wanted.emit(name)
        )


def _shown(name: str) -> str:
    """A name as the text of a menu: short, and with no letter taken for a shortcut."""
    return (name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…").replace("&", "&&")
