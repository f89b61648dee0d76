"""Has the ranking follow what the user says of the matches, and what she wants to see of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from qgis.core import QgsRectangle
from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import QObject, QTimer

from frors_qgis.client.tasks import EngineTask
from frors_qgis.shell.box_reader import BoxReader, Corners
from frors_qgis.shell.dock import FrorsDock
from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.examples import Examples
from frors_qgis.shell.layer_picture import LayerPicture
from frors_qgis.shell.match import Match
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.result_keeper import ResultKeeper
from frors_qgis.shell.search_controller import SearchController
from frors_qgis.shell.search_work import SearchResult, ShownSearch, again_work, example_work
from frors_qgis.shell.translation import tr

_RANK = "rank"
_EXAMPLE = "example"
_PATIENCE_MS = 600
"""Marks that follow each other so closely are searched with together, so that the grid does not move under the hand."""


class FeedbackController(QObject):
    """Marks, example boxes and filters of the search that is shown."""

    def __init__(
        self,
        iface: QgisInterface,
        dock: FrorsDock,
        tasks: EngineTasks,
        notices: Notices,
        search: SearchController,
        keeper: ResultKeeper,
        picture_folder: Callable[[], Path],
    ) -> None:
        super().__init__(dock)
        self._canvas = iface.mapCanvas()
        self._dock = dock
        self._tasks = tasks
        self._notices = notices
        self._search = search
        self._keeper = keeper
        self._picture_folder = picture_folder
        self._shown: ShownSearch | None = None
        self._ranking: EngineTask | None = None
        self._reads_example = False
        self._reader = BoxReader(iface, notices, self)
        self._examples = Examples(self)
        self._examples.changed.connect(self._on_changed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PATIENCE_MS)
        self._timer.timeout.connect(self._rank_anew)
        dock.results.view.verdict_given.connect(self._examples.mark)
        dock.results.view.undo_wanted.connect(self._examples.undo)
        dock.examples.undo_wanted.connect(self._examples.undo)
        dock.examples.clear_wanted.connect(self._examples.clear)
        dock.filters.changed.connect(self._wait)
        dock.words.changed.connect(self._wait)
        dock.query.options_changed.connect(self._wait)
        dock.search_progress.cancel_wanted.connect(self._cancel)
        self._canvas.extentsChanged.connect(self._on_view_changed)
        search.left.connect(self._leave)
        search.found.connect(self._on_found)

    def add_box(self, box: QgsRectangle, right: bool) -> None:
        """Reads a box of the project's CRS as a right or a wrong example for the query that is shown."""
        if self._shown is None:
            self._notices.info(tr("Draw the box of a query first; more boxes may then be examples for it."))
            return
        if self._reads_example:
            self._notices.info(tr("The example before is still being read; draw this one again in a moment."))
            return
        layer = self._reader.layer_under(box)
        if layer is None:
            return
        archive = self._shown.options.archive

        def start(source: str | LayerPicture, corners: Corners, code: str) -> None:
            self._tasks.start(
                tr("Example: {title}").format(title=layer_name),
                example_work(archive, source, corners, code, self._picture_folder),
                _EXAMPLE,
                succeeded=lambda result: self._on_example(result["embedding"], right),
                failed=self._on_example_failed,
                cancelled=self._on_example_ended,
            )

        layer_name = layer.name()
        self._reads_example = True
        self._show_progress()
        self._reader.read(layer, box, start, lambda sentence: self._on_example_failed("", sentence))

    def query(self) -> tuple[str, dict[str, Any]] | None:
        """The archive of the search that is shown, and the parameters that stand for its query with all examples."""
        if self._shown is None:
            return None
        return self._shown.options.archive, self._shown.found.start | self._examples.params()

    @property
    def can_undo(self) -> bool:
        """Whether there is a mark or an example to take back."""
        return self._examples.can_undo

    def undo(self) -> None:
        """Takes the last mark or example back."""
        self._examples.undo()

    def remove(self) -> None:
        """Nothing is ranked or read any more; marks that are given are in their layer."""
        self._canvas.extentsChanged.disconnect(self._on_view_changed)
        self._leave()

    def _leave(self) -> None:
        self._end()
        self._shown = None
        self._examples.begin()
        self._show_examples()

    def _end(self) -> None:
        self._timer.stop()
        self._ranking = None
        self._reads_example = False
        self._reader.cancel()
        self._tasks.cancel(_RANK)
        self._tasks.cancel(_EXAMPLE)

    def _cancel(self) -> None:
        """The button beside the progress; a search itself is cancelled by its own controller."""
        if self._shown is not None:
            self._end()
            self._show_progress()

    def _on_found(self, shown: ShownSearch) -> None:
        self._shown = shown
        if shown.saved is None or (not shown.saved.examples.chips and not shown.saved.examples.boxes):
            return
        self._examples.begin(shown.saved.examples)
        self._show_examples()
        self._keeper.mark(self._examples.verdicts())
        if shown.found.matches:
            self._dock.results.rank_anew([*shown.found.matches, *self._marked_beside(shown.found)], shown.found.note)

    def _on_changed(self) -> None:
        self._show_examples()
        self._keeper.mark(self._examples.verdicts())
        self._wait()

    def _on_view_changed(self) -> None:
        if self._dock.query.only_extent and not self._search.goes_to_match:
            self._wait()

    def _wait(self) -> None:
        if self._shown is not None:
            self._timer.start()

    def _show_examples(self) -> None:
        examples = self._examples
        self._dock.results.model.set_verdicts(examples.verdicts())
        self._dock.examples.show_examples(examples.count(True), examples.count(False), examples.can_undo)

    def _show_progress(self) -> None:
        if self._reads_example:
            self._dock.search_progress.begin(tr("Reading the example..."))
        elif self._ranking is not None:
            self._dock.search_progress.begin(tr("Ranking anew..."))
        else:
            self._dock.search_progress.end()

    def _rank_anew(self) -> None:
        shown = self._shown
        if shown is None:
            return
        task = self._tasks.start(
            tr("Search: {title}").format(title=shown.query.title),
            again_work(self._search.options(), shown.found, self._examples.params()),
            _RANK,
            succeeded=lambda result: self._on_ranked(task, shown, result),
            failed=lambda code, sentence: self._on_failed(task, code, sentence),
            cancelled=lambda: self._on_rank_ended(task),
        )
        self._ranking = task
        self._show_progress()

    def _on_ranked(self, task: EngineTask, shown: ShownSearch, result: dict[str, Any]) -> None:
        self._on_rank_ended(task)
        if shown is not self._shown:
            return
        found: SearchResult = result["found"]
        query = replace(shown.query, matches=found.matches)
        if shown.found.matches:
            self._dock.results.rank_anew([*found.matches, *self._marked_beside(found)], found.note)
            self._keeper.rank_anew(query)
        elif found.matches:  # other filters let something through
            self._shown = replace(shown, found=found)
            self._dock.results.show_matches(found.matches, found.note)
            self._keeper.store(query, shown.options.archive)

    def _marked_beside(self, found: SearchResult) -> list[Match]:
        """The marked matches that the new ranking does not hold, so that their marks can be seen and taken away."""
        ranked = {match.chip for match in found.matches}
        return [replace(match, rank=0) for match in self._examples.matches() if match.chip not in ranked]

    def _on_failed(self, task: EngineTask, code: str, sentence: str) -> None:
        self._on_rank_ended(task)
        self._notices.failure(code, sentence)

    def _on_rank_ended(self, task: EngineTask) -> None:
        if task is self._ranking:  # else another one goes on, or another search
            self._ranking = None
            self._show_progress()

    def _on_example(self, embedding: tuple[float, ...], right: bool) -> None:
        self._on_example_ended()
        self._examples.add_box(embedding, right)

    def _on_example_failed(self, code: str, sentence: str) -> None:
        self._on_example_ended()
        self._notices.failure(code, sentence)

    def _on_example_ended(self) -> None:
        if self._reads_example:
            self._reads_example = False
            self._show_progress()
