"""Keeps what searches found in the project: writes their layers, and has them follow marks and rankings."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from qgis.core import QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, QTimer

from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.match import Match
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.outline import Outline
from frors_qgis.shell.ranked_layer import label_layer, rank_layer
from frors_qgis.shell.result_file import FinishedQuery, results_folder, write_outline_file, write_result_file
from frors_qgis.shell.result_layer import add_outline_layer, add_result_layers
from frors_qgis.shell.settings import Settings
from frors_qgis.shell.translation import tr


class ResultKeeper(QObject):
    """The layer of the query that is shown; those of earlier queries stay as they are."""

    def __init__(self, tasks: EngineTasks, notices: Notices, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._tasks = tasks
        self._notices = notices
        self._project = 0
        self._shown = _Kept("")
        self._ranking: FinishedQuery | None = None
        self._ranks = False
        self._told = False
        self._watched: set[str] = set()  # layers that were being edited

    def begin(self) -> None:
        """Another query is shown; the layer of the one before gets the marks that it has not got yet."""
        self._label(self._shown)
        self._shown = _Kept("")
        self._ranking = None

    def forget(self) -> None:
        """There is another project: nothing is added to it."""
        self._project += 1
        self._shown = _Kept("")
        self._ranking = None

    def store(self, query: FinishedQuery, archive: str) -> None:
        """Writes the query that is shown now beside its archive and adds its layers, without blocking."""
        self._shown = kept = _Kept(query.id, query.matches)
        self._told = False
        project, folder = self._project, results_folder(archive, self._settings.archive_folder)

        def add_layers(file: Path | None) -> None:
            if file is None:
                self._notices.info(
                    tr("The folder of the archive cannot be written to, so the matches are a temporary layer.")
                )
            steps = add_result_layers(query, file, QgsProject.instance())
            self._run_in_turns(steps, lambda: project == self._project, lambda layer: self._on_added(layer, kept))

        self._tasks.start(
            tr("Write matches"),
            lambda _: {"file": write_result_file(query, folder)},
            succeeded=lambda result: add_layers(result["file"]),
            failed=lambda *_: add_layers(None),
        )

    def layer(self) -> QgsVectorLayer | None:
        """The layer of the matches that are shown; None while there is none, or where the user has deleted it."""
        layer = QgsProject.instance().mapLayer(self._shown.layer)
        return layer if isinstance(layer, QgsVectorLayer) and layer.isValid() else None

    def store_outlines(self, outlines: Sequence[Outline], archive: str) -> None:
        """Writes outlines of the matches that are shown beside their archive and adds their layer."""
        kept, matches = self._shown, self._shown.matches
        beside, query_id, project = self.layer(), kept.query, self._project
        folder = results_folder(archive, self._settings.archive_folder)
        if beside is None:
            return

        def add_layer(file: Path | None) -> None:
            steps = add_outline_layer(query_id, outlines, file, beside, QgsProject.instance())
            self._run_in_turns(steps, lambda: project == self._project and kept.matches == matches, on_added)

        def on_added(layer: QgsVectorLayer | None) -> None:
            if layer is not None:
                kept.outlines.append(layer.id())

        self._tasks.start(
            tr("Write outlines"),
            lambda _: {"file": write_outline_file(query_id, outlines, folder)},
            succeeded=lambda result: add_layer(result["file"]),
            failed=lambda *_: add_layer(None),
        )

    def mark(self, verdicts: dict[int, bool]) -> None:
        """Writes the marks of the query that is shown into its layer, at once or when it is there."""
        self._shown.verdicts = verdicts
        self._label(self._shown)

    def rank_anew(self, query: FinishedQuery) -> None:
        """Has the layer of the query that is shown follow its ranking, at once or when it is there.

        Outlines of another ranking are taken off: where they lie may be no match any more.
        """
        if query.id == self._shown.query and query.matches != self._shown.matches:
            self._shown.matches = query.matches
            self._remove_outlines(self._shown)
        self._ranking = query
        self._follow()

    def _remove_outlines(self, kept: _Kept) -> None:
        project = QgsProject.instance()
        for id_ in kept.outlines:
            layer = project.mapLayer(id_)
            if isinstance(layer, QgsVectorLayer) and not layer.isEditable():  # else the user is at work on it
                project.removeMapLayer(id_)
        kept.outlines = []

    def _on_added(self, layer: QgsVectorLayer | None, kept: _Kept) -> None:
        if layer is not None:
            kept.layer = layer.id()
            self._label(kept)
            self._follow()

    def _label(self, kept: _Kept) -> None:
        layer = self._writable(kept)
        if layer is not None and kept.verdicts != kept.written:
            if label_layer(layer, kept.query, kept.verdicts, kept.written):
                kept.written = kept.verdicts
                layer.reload()
            else:
                self._tell(tr("{layer} cannot be written to; it does not follow the marks.").format(layer=layer.name()))

    def _follow(self) -> None:
        layer = self._writable(self._shown)
        if self._ranks or layer is None or self._ranking is None or self._ranking.id != self._shown.query:
            return
        query, self._ranking, self._ranks = self._ranking, None, True
        steps, id_ = rank_layer(layer, query, self._shown.verdicts), layer.id()
        self._run_in_turns(steps, lambda: QgsProject.instance().mapLayer(id_) is not None, self._on_ranked)

    def _on_ranked(self, done: bool | None) -> None:
        self._ranks = False
        if done is False:
            self._tell(tr("The layer of matches cannot be written to; it does not follow the ranking."))
        self._follow()

    def _writable(self, kept: _Kept) -> QgsVectorLayer | None:
        layer = QgsProject.instance().mapLayer(kept.layer)
        if not isinstance(layer, QgsVectorLayer) or not layer.isValid():
            return None
        if layer.isEditable():
            self._tell(tr("{layer} is being edited; it follows when you have saved it.").format(layer=layer.name()))
            if layer.id() not in self._watched:
                self._watched.add(layer.id())
                layer.editingStopped.connect(self._catch_up)
            return None
        return layer

    def _catch_up(self) -> None:
        """A layer is no longer being edited."""
        self._label(self._shown)
        self._follow()

    def _tell(self, sentence: str) -> None:
        """Says it once for each query."""
        if not self._told:
            self._told = True
            self._notices.info(sentence)

    def _run_in_turns(
        self, steps: Generator[None, None, object], goes_on: Callable[[], bool], done: Callable[[object], None]
    ) -> None:
        """Runs one step per turn of the event loop for as long as that makes sense, then `done` with their result."""
        if not goes_on():  # the user may have deleted the layer, or closed the project
            done(None)
            return
        try:
            next(steps)
        except StopIteration as end:
            done(end.value)
        else:
            QTimer.singleShot(0, lambda: self._run_in_turns(steps, goes_on, done))


class _Kept:
    """A query's matches, its layer and those of outlines, by their ids, and which verdicts it should hold and holds."""

    def __init__(self, query: str, matches: tuple[Match, ...] = ()) -> None:
        self.query = query
        self.matches = matches
        self.layer = ""
        self.outlines: list[str] = []
        self.verdicts: dict[int, bool] = {}
        self.written: dict[int, bool] = {}
