"""Has the ranking follow what the user says of the matches, and what she wants to see of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from qgis.PyQt.QtCore import QObject, QTimer

from frors_qgis.shell.dock import FrorsDock
from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.examples import Examples
from frors_qgis.shell.match import Match
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.result_keeper import ResultKeeper
from frors_qgis.shell.search_controller import SEARCH, SearchController
from frors_qgis.shell.search_work import SearchResult, ShownSearch, again_work
from frors_qgis.shell.translation import tr

_PATIENCE_MS = 600
"""Marks that follow each other so closely are searched with together, so that the grid does not move under the hand."""


class FeedbackController(QObject):
    """Right and wrong examples of the search that is shown."""

    def __init__(
        self, dock: FrorsDock, tasks: EngineTasks, notices: Notices, search: SearchController, keeper: ResultKeeper
    ) -> None:
        super().__init__(dock)
        self._dock = dock
        self._tasks = tasks
        self._notices = notices
        self._keeper = keeper
        self._search = search
        self._shown: ShownSearch | None = None
        self._examples = Examples(self)
        self._examples.changed.connect(self._on_changed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PATIENCE_MS)
        self._timer.timeout.connect(self._search_again)
        dock.results.view.verdict_given.connect(self._examples.mark)
        dock.examples.undo_wanted.connect(self._examples.undo)
        dock.results.view.undo_wanted.connect(self._examples.undo)
        dock.examples.clear_wanted.connect(self._examples.clear)
        dock.filters.changed.connect(self._wait)
        dock.query.options_changed.connect(self._wait)
        search.left.connect(self._forget)
        search.found.connect(self._on_found)
        search.example_read.connect(self._examples.add_box)

    def _forget(self) -> None:
        self._timer.stop()
        self._shown = None
        self._examples.begin()
        self._show_examples()

    def _on_found(self, shown: ShownSearch) -> None:
        self._shown = shown

    def _on_changed(self) -> None:
        self._show_examples()
        self._wait()

    def _wait(self) -> None:
        if self._shown is not None:
            self._timer.start()

    def _show_examples(self) -> None:
        examples = self._examples
        self._dock.results.model.set_verdicts(examples.verdicts())
        self._dock.examples.show_examples(examples.count(True), examples.count(False), examples.can_undo)

    def _search_again(self) -> None:
        shown = self._shown
        if shown is None:
            return
        self._dock.search_progress.begin(tr("Ranking anew..."))
        self._tasks.start(
            tr("Search: {title}").format(title=shown.query.title),
            again_work(self._search.options(), shown.found, self._examples.params()),
            SEARCH,
            succeeded=lambda result: self._on_ranked(shown, result),
            failed=self._on_failed,
            cancelled=self._dock.search_progress.end,
        )

    def _on_ranked(self, shown: ShownSearch, result: dict[str, Any]) -> None:
        self._dock.search_progress.end()
        if shown is not self._shown:
            return
        found: SearchResult = result["found"]
        query = replace(shown.query, matches=found.matches)
        if shown.found.matches:
            self._dock.results.rank_anew([*found.matches, *self._marked_beside(found)], found.note)
            self._keeper.rank_anew(query, self._examples.verdicts())
        elif found.matches:  # other filters let something through
            self._shown = replace(shown, found=found)
            self._dock.results.show_matches(found.matches, found.note)
            self._keeper.store(query, shown.options.archive)

    def _marked_beside(self, found: SearchResult) -> list[Match]:
        """The marked matches that the new ranking does not hold, so that their marks can be seen and taken away."""
        ranked = {match.chip for match in found.matches}
        return [replace(match, rank=0) for match in self._examples.matches() if match.chip not in ranked]

    def _on_failed(self, code: str, sentence: str) -> None:
        self._dock.search_progress.end()
        self._notices.failure(code, sentence)
