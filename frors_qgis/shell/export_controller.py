"""Exports the matches that are shown."""

from __future__ import annotations

from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import QObject

from frors_qgis.shell.dock import FrorsDock
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.result_keeper import ResultKeeper
from frors_qgis.shell.translation import tr


class ExportController(QObject):
    """Hands the layer of the matches to QGIS's own "Save Vector Layer as", which knows every format."""

    def __init__(self, iface: QgisInterface, dock: FrorsDock, notices: Notices, keeper: ResultKeeper) -> None:
        super().__init__(dock)
        self._iface = iface
        self._dock = dock
        self._notices = notices
        self._keeper = keeper
        dock.results.menu_opened.connect(self._say_what_can_be_done)
        dock.results.export_action.triggered.connect(self.export_matches)

    def export_matches(self) -> None:
        """Makes the layer of the matches the active one and opens QGIS's dialog for it."""
        layer = self._keeper.layer()
        if layer is None:
            return
        if self._iface.setActiveLayer(layer):
            self._iface.actionLayerSaveAs().trigger()
        else:
            self._notices.warning(tr("The layer of matches is not in the Layers panel; add it there to export it."))

    def _say_what_can_be_done(self) -> None:
        action, there = self._dock.results.export_action, self._keeper.layer() is not None
        action.setEnabled(there)
        action.setToolTip(
            tr("The layer of matches in any vector format that QGIS writes")
            if there
            else tr("There is no layer of these matches: it is not written yet, or was removed. Search again for one.")
        )
