"""Has the line of conditions completed and checked, and searches by it alone, or with what is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.PyQt.QtCore import QObject

from frors_qgis.shell.archive_controller import ArchiveController
from frors_qgis.shell.dock import FrorsDock
from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.match import Match
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.one_click import elsewhere_line, same_place_line
from frors_qgis.shell.search_controller import SearchController
from frors_qgis.shell.search_work import ShownSearch
from frors_qgis.shell.translation import tr

_COMPLETE = "words"


class WordsController(QObject):
    """The row is shown when the archive knows more of its rasters than where they lie, or when the user wants it."""

    def __init__(
        self,
        dock: FrorsDock,
        archive: ArchiveController,
        tasks: EngineTasks,
        notices: Notices,
        search: SearchController,
    ) -> None:
        super().__init__(dock)
        self._dock = dock
        self._archive = archive
        self._tasks = tasks
        self._notices = notices
        self._search = search
        self._shown: ShownSearch | None = None
        self._known_path: str | None = None
        row, view = dock.words, dock.results.view
        row.line.completion_wanted.connect(self._complete)
        row.committed.connect(self._on_committed)
        row.menu_opened.connect(self._on_menu)
        row.alone_wanted.connect(self.search_alone)
        row.same_place_wanted.connect(self._same_place)
        row.elsewhere_wanted.connect(self._elsewhere)
        view.same_place_wanted.connect(self.search_same_place)
        view.elsewhere_wanted.connect(self.search_elsewhere)
        dock.query.menu_wanted.connect(dock.words.show_menu)
        archive.changed.connect(self._on_archive_changed)
        search.found.connect(self._on_found)
        search.left.connect(self._on_left)

    def search_alone(self) -> None:
        """Searches by the line alone."""
        if self._dock.words.words:
            self._search.search_words(self._dock.words.words)

    def search_same_place(self, match: Match) -> None:
        """Searches for what lies where a match lies, on other dates."""
        if match.acquired:
            self._use(same_place_line(match.ground_size, match.acquired))
            self._search.search_like(match)

    def search_elsewhere(self, match: Match) -> None:
        """Searches for what looks like a match far from it."""
        self._use(elsewhere_line(match.ground_size))
        self._search.search_like(match)

    def _same_place(self) -> None:
        if self._shown is not None and self._shown.found.acquired:
            self._use(same_place_line(max(self._shown.found.size), self._shown.found.acquired))
            self._dock.words.changed.emit()

    def _elsewhere(self) -> None:
        if self._shown is not None:
            self._use(elsewhere_line(max(self._shown.found.size)))
            self._dock.words.changed.emit()

    def _use(self, line: str) -> None:
        """Shows a line that must hold."""
        self._dock.query.show_words_button.setChecked(True)
        self._dock.words.set_params({"words": line})

    def _complete(self, text: str, cursor: int) -> None:
        if self._archive.path is None:
            return
        params: dict[str, Any] = {"archive": self._archive.path, "words": text, "cursor": cursor}

        def shown(answer: dict[str, Any]) -> None:
            words = [str(word) for word in answer.get("completions", [])]
            self._dock.words.line.show_completions(text, cursor, int(answer.get("start", cursor)), words)
            if not words:
                self._say(text, answer)

        self._ask(params, shown)

    def _on_committed(self, entered: bool) -> None:
        """What can be read is searched with, alone only after Enter; what cannot is told."""
        text = self._dock.words.line.text()
        if not text.strip() or self._archive.path is None:
            if self._has_looks():
                self._dock.words.changed.emit()
            return

        def checked(answer: dict[str, Any]) -> None:
            if self._say(text, answer):
                return
            if self._has_looks():
                self._dock.words.changed.emit()
            elif entered:
                self.search_alone()

        self._ask({"archive": self._archive.path, "words": text}, checked)

    def _ask(self, params: dict[str, Any], then: Callable[[dict[str, Any]], None]) -> None:
        self._tasks.start(
            tr("Read the line"),
            lambda call: call("complete_words", params),
            _COMPLETE,
            hidden=True,
            succeeded=then,
            failed=self._notices.failure,
        )

    def _say(self, text: str, answer: dict[str, Any]) -> bool:
        """Shows what is wrong with the line, if it is still that one; returns whether anything is."""
        message = answer.get("message")
        if text == self._dock.words.line.text():
            self._dock.words.show_message(str(message) if message else "")
        return bool(message)

    def _on_menu(self) -> None:
        self._archive.wake()
        row = self._dock.words
        row.alone_action.setEnabled(bool(row.words))
        row.elsewhere_action.setEnabled(self._has_looks())
        row.same_place_action.setEnabled(self._shown is not None and self._shown.found.acquired is not None)

    def _has_looks(self) -> bool:
        """Whether the query that is shown has a picture behind it, with which other words can be asked for."""
        return self._shown is not None and self._shown.found.is_by_looks

    def _on_archive_changed(self) -> None:
        """Shows the row with an archive that has something to ask for; the user may hide it."""
        if self._archive.is_open and self._known_path != self._archive.path:
            self._known_path = self._archive.path
            if any(set(raster.acquisition) - {"gsd", "place"} for raster in self._archive.rasters):
                self._dock.query.show_words_button.setChecked(True)

    def _on_found(self, shown: ShownSearch) -> None:
        self._shown = shown

    def _on_left(self) -> None:
        self._shown = None
