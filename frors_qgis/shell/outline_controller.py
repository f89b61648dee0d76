"""Outlines in the matches what is most like the query."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QObject

from frors_qgis.shell.dock import FrorsDock
from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.feedback_controller import FeedbackController
from frors_qgis.shell.match import Match
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.outline import outline_work
from frors_qgis.shell.result_keeper import ResultKeeper
from frors_qgis.shell.search_controller import SearchController
from frors_qgis.shell.translation import tr
from frors_qgis.shell.wording import counted_text

_TASK_KIND = "outline"


class OutlineController(QObject):
    """Adds a layer of outlines to those of the query that is shown; a new query ends the work on it."""

    def __init__(
        self,
        dock: FrorsDock,
        tasks: EngineTasks,
        notices: Notices,
        search: SearchController,
        feedback: FeedbackController,
        keeper: ResultKeeper,
    ) -> None:
        super().__init__(dock)
        self._dock = dock
        self._tasks = tasks
        self._notices = notices
        self._feedback = feedback
        self._keeper = keeper
        self._running = False
        dock.results.menu_opened.connect(self._say_what_can_be_done)
        dock.results.outline_action.triggered.connect(self.outline)
        dock.outline_progress.cancel_wanted.connect(self._cancel)
        search.left.connect(self._cancel)

    def outline(self) -> None:
        """Asks the engine for the outlines of all matches that are shown."""
        query = self._feedback.query()
        matches = self._matches()
        if query is None or not matches or self._running:
            return
        archive, params = query
        self._running = True
        self._dock.outline_progress.begin(tr("Outlining the matches..."))
        self._tasks.start(
            tr("Outline matches"),
            outline_work(archive, matches, params),
            _TASK_KIND,
            progressed=self._dock.outline_progress.advance,
            succeeded=lambda result: self._on_outlined(archive, params, matches, result),
            failed=self._on_failed,
            cancelled=self._on_ended,
        )

    def _on_outlined(self, archive: str, params: dict[str, Any], matches: list[Match], result: dict[str, Any]) -> None:
        self._on_ended()
        outlines, failed = result["outlines"], list(result["failed"])
        if outlines and self._feedback.query() == (archive, params) and self._matches() == matches:
            self._keeper.store_outlines(outlines, archive)
        elif outlines:
            self._notices.info(tr("The query has changed meanwhile; outline its matches again."))
        if failed:
            told = counted_text(
                len(failed), tr("1 raster could not be read."), tr("{count} rasters could not be read.")
            )
            self._notices.warning(tr("Some matches have no outline: {told}").format(told=told), failed)

    def _on_failed(self, code: str, sentence: str) -> None:
        self._on_ended()
        self._notices.failure(code, sentence)

    def _on_ended(self) -> None:
        self._running = False
        self._dock.outline_progress.end()

    def _matches(self) -> list[Match]:
        return [match for match in self._dock.results.model.matches() if match.rank]

    def _cancel(self) -> None:
        self._tasks.cancel(_TASK_KIND)

    def _say_what_can_be_done(self) -> None:
        self._dock.results.outline_action.setEnabled(self._keeper.layer() is not None and not self._running)
