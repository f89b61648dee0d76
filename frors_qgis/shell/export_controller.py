"""Hands on the matches that are shown, as what QGIS itself reads and writes."""

from __future__ import annotations

from qgis.core import QgsProject, QgsVectorLayer
from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import QObject

from frors_qgis.location import is_database
from frors_qgis.shell.database_layer import database_layer_work
from frors_qgis.shell.dock import FrorsDock
from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.result_keeper import ResultKeeper
from frors_qgis.shell.search_controller import SearchController
from frors_qgis.shell.search_work import ShownSearch
from frors_qgis.shell.translation import tr


class ExportController(QObject):
    """Hands the layer of the matches to QGIS's own "Save Vector Layer as", which knows every format, and opens those of
    an archive in a database as a layer of that."""

    def __init__(
        self,
        iface: QgisInterface,
        dock: FrorsDock,
        tasks: EngineTasks,
        notices: Notices,
        search: SearchController,
        keeper: ResultKeeper,
    ) -> None:
        super().__init__(dock)
        self._tasks = tasks
        self._archive = ""
        self._iface = iface
        self._dock = dock
        self._notices = notices
        self._keeper = keeper
        dock.results.menu_opened.connect(self._say_what_can_be_done)
        dock.results.export_action.triggered.connect(self.export_matches)
        dock.results.database_action.triggered.connect(self.add_database_layer)
        search.found.connect(self._on_found)

    def export_matches(self) -> None:
        """Makes the layer of the matches the active one and opens QGIS's dialog for it."""
        layer = self._keeper.layer()
        if layer is None:
            return
        if self._iface.setActiveLayer(layer):
            self._iface.actionLayerSaveAs().trigger()
        else:
            self._notices.warning(tr("The layer of matches is not in the Layers panel; add it there to export it."))

    def add_database_layer(self) -> None:
        """Adds the matches that are shown as a layer of the archive's database, without blocking."""
        matches = [match for match in self._dock.results.model.matches() if match.rank]
        self._tasks.start(
            tr("Open matches in the database"),
            database_layer_work(self._archive, matches),
            succeeded=lambda result: self._add(result["layer"]),
            failed=self._notices.failure,
        )

    def _add(self, layer: QgsVectorLayer) -> None:
        QgsProject.instance().addMapLayer(layer)

    def _on_found(self, shown: ShownSearch) -> None:
        self._archive = shown.options.archive

    def _say_what_can_be_done(self) -> None:
        self._dock.results.database_action.setVisible(is_database(self._archive))
        self._dock.results.database_action.setEnabled(self._dock.results.model.rowCount() > 0)
        action, there = self._dock.results.export_action, self._keeper.layer() is not None
        action.setEnabled(there)
        action.setToolTip(
            tr("The layer of matches in any vector format that QGIS writes")
            if there
            else tr("There is no layer of these matches: it is not written yet, or was removed. Search again for one.")
        )
