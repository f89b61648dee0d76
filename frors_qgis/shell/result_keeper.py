"""Keeps what searches found in the project: writes their layers, and has them follow the ranking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from qgis.core import QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, QTimer

from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.result_file import FinishedQuery, results_folder, write_result_file
from frors_qgis.shell.result_layer import add_result_layers, rank_layer_anew
from frors_qgis.shell.translation import tr


class ResultKeeper(QObject):
    """The layers of the newest query, and of earlier ones, which stay as they are."""

    def __init__(self, tasks: EngineTasks, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._notices = notices
        self._round = 0
        self._layer = ""
        self._ranking: tuple[FinishedQuery, dict[int, bool]] | None = None
        self._busy = False

    def begin(self) -> None:
        """There is another query; layers that are still to be added will be, and follow no ranking any more."""
        self._layer = ""
        self._ranking = None

    def forget(self) -> None:
        """There is another project: nothing is added to it."""
        self._round += 1
        self.begin()

    def store(self, query: FinishedQuery, archive: str) -> None:
        """Writes a query beside its archive and adds its layers, without blocking."""
        project = self._round

        def add_layers(file: Path | None) -> None:
            if file is None:
                self._notices.info(
                    tr("The folder of the archive cannot be written to, so the matches are a temporary layer.")
                )
            steps = add_result_layers(query, file, QgsProject.instance())
            self._run_in_turns(steps, lambda: project == self._round, lambda layer: self._on_added(layer, query))

        self._tasks.start(
            tr("Write matches"),
            lambda _: {"file": write_result_file(query, results_folder(archive))},
            succeeded=lambda result: add_layers(result["file"]),
            failed=lambda *_: add_layers(None),
        )

    def rank_anew(self, query: FinishedQuery, verdicts: dict[int, bool]) -> None:
        """Has the layer of the newest query follow, at once or when it is there."""
        self._ranking = query, verdicts
        self._follow()

    def _on_added(self, layer: QgsVectorLayer | None, query: FinishedQuery) -> None:
        if layer is None:
            return
        if self._ranking is None or self._ranking[0].id == query.id:
            self._layer = layer.id()
            self._follow()

    def _follow(self) -> None:
        layer = QgsProject.instance().mapLayer(self._layer)
        if self._busy or self._ranking is None or not isinstance(layer, QgsVectorLayer):
            return
        if layer.isEditable():
            self._notices.info(
                tr("{layer} is being edited; it follows the next mark after you have saved it.").format(
                    layer=layer.name()
                )
            )
            return
        (query, verdicts), self._ranking, self._busy, id_ = self._ranking, None, True, layer.id()
        steps = rank_layer_anew(layer, query, verdicts)
        self._run_in_turns(steps, lambda: QgsProject.instance().mapLayer(id_) is not None, lambda _: self._on_ranked())

    def _on_ranked(self) -> None:
        self._busy = False
        self._follow()

    def _run_in_turns(self, steps: Iterator[None], goes_on: Callable[[], bool], done: Callable[[object], None]) -> None:
        """Runs one step per turn of the event loop for as long as that makes sense, then `done` with their result."""
        if not goes_on():  # the user may have deleted the layer, or closed the project
            self._busy = False
            return
        try:
            next(steps)
        except StopIteration as end:
            done(end.value)
        else:
            QTimer.singleShot(0, lambda: self._run_in_turns(steps, goes_on, done))
