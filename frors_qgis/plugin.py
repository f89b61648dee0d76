"""Builds the plugin's parts in QGIS and takes them down again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsApplication
from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QAction
from qgis.PyQt.QtWidgets import QToolBar

from frors_qgis.client.client import EngineClient
from frors_qgis.client.private_folder import PrivateFolder
from frors_qgis.client.tasks import Call
from frors_qgis.processing.provider import FrorsProvider
from frors_qgis.shell.acquisition_controller import AcquisitionController
from frors_qgis.shell.archive_controller import ArchiveController
from frors_qgis.shell.box_tool import BoxTool
from frors_qgis.shell.contact_sheet_controller import ContactSheetController
from frors_qgis.shell.database_controller import DatabaseController
from frors_qgis.shell.diagnostics import Diagnostics
from frors_qgis.shell.dock import FrorsDock
from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.explanation_controller import ExplanationController
from frors_qgis.shell.export_controller import ExportController
from frors_qgis.shell.feedback_controller import FeedbackController
from frors_qgis.shell.icon import own_icon
from frors_qgis.shell.index_controller import IndexController
from frors_qgis.shell.installation_controller import InstallationController
from frors_qgis.shell.locator_filter import FrorsLocatorFilter
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.options_page import OptionsPageFactory
from frors_qgis.shell.outline_controller import OutlineController
from frors_qgis.shell.result_keeper import ResultKeeper
from frors_qgis.shell.saved_query_controller import SavedQueryController
from frors_qgis.shell.search_controller import SearchController
from frors_qgis.shell.settings import Settings
from frors_qgis.shell.translation import install_translator, remove_translator, tr
from frors_qgis.shell.words_controller import WordsController

_BOX_SHORTCUT = "Ctrl+Alt+B"
"""Can be changed in QGIS's keyboard shortcuts."""

MENU = "FRORS"


class FrorsPlugin:
    """The plugin as QGIS sees it: `unload` undoes `initGui` step by step. No engine is started by loading."""

    def __init__(self, iface: QgisInterface, client: EngineClient | None = None) -> None:
        """`client`: the engine to use, for tests; None makes one."""
        self._iface = iface
        self._given_client = client
        self._pictures: PrivateFolder | None = None
        self._restart_waits = False

    def initProcessing(self) -> None:  # noqa: N802
        """Puts the algorithms into the Processing toolbox. All that qgis_process calls; QGIS itself calls initGui."""
        self._translator = install_translator()
        self._client = self._given_client or EngineClient()
        self._provider = FrorsProvider(self._client)
        QgsApplication.processingRegistry().addProvider(self._provider)

    def initGui(self) -> None:  # noqa: N802
        """Puts actions, panel and map tool into QGIS."""
        window = self._iface.mainWindow()
        self._settings = Settings()
        self.initProcessing()
        self._tasks = EngineTasks(self._client)
        self._notices = Notices(self._iface)
        self._box_tool = BoxTool(self._iface.mapCanvas(), lambda: self._feedback.can_undo)
        self._index_action = QAction(own_icon("index"), tr("Index project rasters..."), window)
        self._index_action.setWhatsThis(
            tr("Brings rasters of this project into an archive, so that what looks alike in them can be found.")
        )
        self._box_action = QAction(own_icon("search_box"), tr("Search by box"), window)
        self._box_action.setIconText(tr("Draw box"))
        self._box_action.setCheckable(True)
        self._box_action.setToolTip(
            tr(
                "Search by box: draw a box and find what looks like it. With Shift a box or a click on a match is a "
                "right example for the query that is shown, with Ctrl a wrong one; a mere click on a match offers its "
                "menu."
            )
        )
        self._box_action.setWhatsThis(self._box_action.toolTip())
        self._report_action = QAction(tr("Copy a report of FRORS for support"), window)
        self._report_action.setToolTip(
            tr("Puts versions, device, archive and the end of the log on the clipboard, without names of your folders.")
        )
        self._dock = FrorsDock(self._index_action, self._box_action, self._settings, window)
        self._dock.setToggleVisibilityAction(self._make_panel_action())
        self._iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self._dock)
        self._databases = DatabaseController(self._tasks, self._dock)
        self._archive = ArchiveController(self._dock, self._tasks, self._notices, self._settings, self._databases)
        keeper = ResultKeeper(self._tasks, self._notices, self._settings, self._dock)
        self._search = SearchController(
            self._iface, self._dock, self._archive, self._tasks, self._notices, keeper, self._picture_folder
        )
        self._feedback = FeedbackController(
            self._iface, self._dock, self._tasks, self._notices, self._search, keeper, self._picture_folder
        )
        self._dock.filters.use_canvas(self._iface.mapCanvas())
        SavedQueryController(
            self._dock, self._archive, self._tasks, self._notices, self._search, self._feedback, self._picture_folder
        )
        WordsController(self._dock, self._archive, self._tasks, self._notices, self._search)
        self._acquisition = AcquisitionController(self._iface, self._dock, self._archive, self._tasks, self._notices)
        self._explanation = ExplanationController(self._iface, self._dock, self._tasks, self._notices, self._feedback)
        OutlineController(self._dock, self._tasks, self._notices, self._search, self._feedback, keeper)
        ContactSheetController(self._iface, self._dock, self._tasks, self._notices, self._search, self._settings)
        ExportController(self._iface, self._dock, self._tasks, self._notices, self._search, keeper)
        self._index = IndexController(
            self._iface, self._dock, self._archive, self._tasks, self._notices, self._settings, self._databases
        )
        self._installation = InstallationController(
            self._dock, self._tasks, self._notices, self._client, self._settings
        )
        self._diagnostics = Diagnostics(
            self._client, self._tasks, self._notices, lambda: self._archive.path, self._dock
        )
        self._options = OptionsPageFactory(self._settings, self._installation, self._restart_engine)
        self._iface.registerOptionsWidgetFactory(self._options)
        self._locator = FrorsLocatorFilter(self.actions, self._settings.recent_archives, self._archive.choose)
        self._iface.registerLocatorFilter(self._locator)
        self._connect()
        self._add_actions()

    def unload(self) -> None:
        """Takes everything out of QGIS and ends the engine."""
        self._remove_actions()
        self._iface.unregisterOptionsWidgetFactory(self._options)
        self._iface.deregisterLocatorFilter(self._locator)
        self._tasks.close()
        self._acquisition.remove()
        self._explanation.remove()
        self._feedback.remove()
        self._search.remove()
        self._index.remove()
        self._databases.remove()
        self._box_tool.remove()
        self._iface.removeDockWidget(self._dock)
        self._dock.deleteLater()
        for action in (*self.actions, self._report_action):
            action.deleteLater()
        QgsApplication.processingRegistry().removeProvider(self._provider)
        self._client.shut_down()
        if self._pictures is not None:
            self._pictures.remove()
            self._pictures = None
        self._settings.unregister()
        remove_translator(self._translator)
        del self._dock, self._search, self._feedback, self._index, self._archive, self._box_tool
        del self._provider, self._client, self._options, self._locator, self._explanation, self._installation
        del self._diagnostics, self._acquisition, self._databases

    @property
    def actions(self) -> tuple[QAction, ...]:
        """The actions in toolbar and menu: index, search by box, panel."""
        return self._index_action, self._box_action, self._panel_action

    @property
    def dock(self) -> FrorsDock:
        """The panel."""
        return self._dock

    @property
    def box_tool(self) -> BoxTool:
        """The map tool of "Search by box"."""
        return self._box_tool

    def _make_panel_action(self) -> QAction:
        self._panel_action = QAction(own_icon("frors"), tr("FRORS panel"), self._iface.mainWindow())
        self._panel_action.setCheckable(True)
        self._panel_action.setWhatsThis(tr("Shows or hides the panel with the archive, the query and its matches."))
        return self._panel_action

    def _connect(self) -> None:
        self._index_action.triggered.connect(self._index.show_dialog)
        self._report_action.triggered.connect(self._diagnostics.copy)
        self._index.ended.connect(self._on_index_ended)
        self._box_action.triggered.connect(self._on_box_action)
        self._box_tool.setAction(self._box_action)
        self._box_tool.box_drawn.connect(self._search.search_box)
        self._box_tool.example_drawn.connect(self._feedback.add_box)
        self._box_tool.undo_wanted.connect(self._feedback.undo)
        self._box_tool.clicked.connect(self._search.show_menu_at)
        self._box_tool.match_marked.connect(self._search.mark_at)
        self._installation.ready.connect(self._archive.wake)
        self._installation.ready.connect(self._index.plan_anew)
        self._client.archive_reopened.connect(self._archive.on_reopened)
        self._client.line_logged.connect(self._notices.log)

    def _add_actions(self) -> None:
        self._toolbar: QToolBar = self._iface.addToolBar(tr("FRORS"))
        self._toolbar.setObjectName("FrorsToolbar")
        for action in self.actions:
            self._toolbar.addAction(action)
            self._iface.addPluginToRasterMenu(MENU, action)
        self._iface.addPluginToRasterMenu(MENU, self._report_action)
        self._iface.registerMainWindowAction(self._box_action, _BOX_SHORTCUT)

    def _remove_actions(self) -> None:
        self._iface.unregisterMainWindowAction(self._box_action)
        self._iface.removePluginRasterMenu(MENU, self._report_action)
        for action in self.actions:
            self._iface.removePluginRasterMenu(MENU, action)
        self._iface.mainWindow().removeToolBar(self._toolbar)
        self._toolbar.deleteLater()
        del self._toolbar

    def _on_box_action(self, checked: bool) -> None:
        if not checked:
            self._box_tool.give_back()
            return
        self._iface.mapCanvas().setMapTool(self._box_tool)
        self._iface.mapCanvas().setFocus()
        self._archive.wake()

    def _restart_engine(self) -> None:
        """Ends the engine in a task, because that may take a second; the next search starts another one."""
        if self._index.is_running:
            self._notices.info(tr("The engine takes the new settings when indexing has ended."))
            self._restart_waits = True
            return
        self._restart_waits = False
        client = self._client

        def work(_: Call) -> dict[str, Any]:
            client.stop_engine()
            return {}

        self._tasks.start(tr("Restart the FRORS engine"), work)

    def _on_index_ended(self) -> None:
        if self._restart_waits:
            self._restart_engine()

    def _picture_folder(self) -> Path:
        """The folder for pictures of layers; called in a task, when the first one is written."""
        if self._pictures is None:
            self._pictures = PrivateFolder()
        return self._pictures.path
