"""Runs the indexing dialog and the indexing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProject, QgsRasterLayer
from qgis.gui import QgisInterface
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, QSize, pyqtSignal

from frors_qgis.client.tasks import Call
from frors_qgis.location import is_database
from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.shell.acquisition import Fields
from frors_qgis.shell.archive_controller import ArchiveController
from frors_qgis.shell.archive_place import file_stem, own_folder
from frors_qgis.shell.database_controller import DatabaseController
from frors_qgis.shell.dock import FrorsDock
from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.index_dialog import IndexDialog
from frors_qgis.shell.index_request import IndexRequest
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.placing import move_off, place_beside_map
from frors_qgis.shell.reindex_offer import ReindexOffer, offer_after
from frors_qgis.shell.settings import Settings
from frors_qgis.shell.translation import tr
from frors_qgis.shell.wording import counted_text, duration_text

_ARCHIVE_SUFFIX = ".gpkg"
_INDEX = "index"
_PLAN = "plan"
_DIALOG_SIZE = QSize(780, 620)
_ENGINE_TROUBLE = {ErrorCode.ENGINE_STOPPED.value, ErrorCode.ENGINE_MISSING.value}


class IndexController(QObject):
    """One indexing at a time; searches go on meanwhile. Signal `ended()`, however it ended."""

    ended = pyqtSignal()

    def __init__(
        self,
        iface: QgisInterface,
        dock: FrorsDock,
        archive: ArchiveController,
        tasks: EngineTasks,
        notices: Notices,
        settings: Settings,
        databases: DatabaseController,
    ) -> None:
        super().__init__(dock)
        self._databases = databases
        self._iface = iface
        self._dock = dock
        self._archive = archive
        self._tasks = tasks
        self._notices = notices
        self._settings = settings
        self._dialog: IndexDialog | None = None
        self._running = False
        self._archive_shown = False
        dock.files_dropped.connect(self.index_files)
        dock.results.reindex_wanted.connect(self.show_reindex_dialog)
        dock.index_progress.cancel_wanted.connect(lambda: tasks.cancel(_INDEX))

    @property
    def is_running(self) -> bool:
        """Whether rasters are being indexed."""
        return self._running

    def remove(self) -> None:
        """Closes the dialog. The tasks are ended by their owner; what is indexed so far stays in the archive."""
        dialog = self._open_dialog()
        if dialog is not None:
            dialog.reject()

    def show_dialog(self) -> None:
        """Shows the indexing dialog for the project's rasters, or brings the one that is open to the front."""
        offer = self._archive.offer
        if offer is None:
            self._show(self._archive.path or _new_archive(self._settings.archive_folder))
        else:
            hint = tr("{reason} These rasters go into a new archive.").format(reason=offer.reason)
            self._show(offer.new, hint=hint)

    def index_files(self, paths: list[str]) -> None:
        """Puts raster files into the project and shows the indexing dialog; archives among them are opened instead."""
        archives = [path for path in paths if path.lower().endswith(_ARCHIVE_SUFFIX)]
        unreadable = []
        known = {layer.source() for layer in QgsProject.instance().mapLayers().values()}
        for path in paths:
            if path in archives or path in known:
                continue
            layer = QgsRasterLayer(path, Path(path).stem)
            if layer.isValid():
                QgsProject.instance().addMapLayer(layer)
            else:
                unreadable.append(Path(path).name)
        if unreadable:
            self._notices.warning(tr("No raster: {files}").format(files=", ".join(unreadable)))
        if archives:
            self._archive.choose(archives[0])
        if len(archives) + len(unreadable) < len(paths):
            self.show_dialog()

    def show_reindex_dialog(self, offer: ReindexOffer) -> None:
        """Shows the indexing dialog for the rasters of an archive whose encoder is not installed."""
        self.remove()
        hint = tr("A new archive by the encoder {encoder}; {archive} stays as it is.").format(
            encoder=offer.new_encoder, archive=offer.name
        )
        self._show(offer.new, offer=offer, hint=hint)

    def _show(self, archive: str, *, offer: ReindexOffer | None = None, hint: str = "") -> None:
        if self._running:
            self._notices.info(tr("Indexing is still under way; wait for it, or cancel it in the FRORS panel."))
            return
        dialog = self._open_dialog()
        if dialog is None:
            dialog = IndexDialog(
                self._iface.mapCanvas(),
                archive,
                self._iface.mainWindow(),
                gsd=self._settings.gsd,
                windows=self._settings.windows,
                offer=offer,
                hint=hint,
            )
            dialog.plan_wanted.connect(self._plan)
            dialog.index_wanted.connect(self.index)
            dialog.check_wanted.connect(self._check)
            dialog.database_wanted.connect(lambda: self._ask_for_database(dialog))
            self._dialog = dialog
            # Off the middle of the map, which shows the windows.
            place_beside_map(dialog, self._iface.mapCanvas(), _DIALOG_SIZE)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def _ask_for_database(self, dialog: IndexDialog) -> None:
        proposed = file_stem(self._archive.path or _new_archive(self._settings.archive_folder))
        self._databases.ask(dialog, dialog.set_archive, new=True, proposed=proposed)

    def index(self, archive: str, request: IndexRequest) -> None:
        """Indexes rasters into an archive, which is made if there is none."""
        self._tasks.cancel(_PLAN)
        params = {"archive": archive, **request.params()}
        self._running = True
        self._archive_shown = False
        self._archive.let_grow(archive)
        self._show_archive(archive, is_there=not is_database(archive) and Path(archive).exists())
        self._dock.setUserVisible(True)
        self._dock.index_progress.begin(tr("Indexing..."))
        self._tasks.start(
            tr("Index rasters"),
            lambda call: _index_work(call, params),
            _INDEX,
            progressed=lambda *progress: self._on_progress(archive, *progress),
            succeeded=lambda result: self._on_indexed(archive, result),
            failed=lambda code, message: self._on_failed(archive, code, message),
            cancelled=lambda: self._on_cancelled(archive),
        )

    def plan_anew(self) -> None:
        """Has an open dialog ask for its estimate once more, because there is an engine now."""
        dialog = self._open_dialog()
        if dialog is not None:
            dialog.plan_anew()

    def _on_progress(self, archive: str, fraction: float, message: str, eta: float | None) -> None:
        self._dock.index_progress.advance(fraction, message, eta)
        self._show_archive(archive, is_there=is_database(archive) or Path(archive).exists())

    def _show_archive(self, archive: str, *, is_there: bool) -> None:
        """Chooses the archive as soon as there is one, so that it can be searched while it grows.

        One in a database is there when the engine tells how far it has come.
        """
        if not self._archive_shown and is_there:
            self._archive_shown = True
            self._archive.choose(archive)

    def _plan(self, archive: str, request: IndexRequest) -> None:
        params = {"archive": archive, **request.params()}
        self._tasks.start(
            tr("Estimate indexing"),
            lambda call: call("plan", params),
            _PLAN,
            succeeded=self._on_planned,
            failed=self._on_plan_failed,
        )

    def _check(self, path: str, fields: Fields) -> None:
        """Has the engine spell out, or refuse, what the user says of a raster before it is indexed."""
        self._tasks.start(
            tr("Check acquisition"),
            lambda call: call("check_acquisition", {"fields": fields}),
            succeeded=lambda result: self._on_checked(path, dict.fromkeys(fields) | result["acquisition"]),
            failed=self._on_word_refused,
        )

    def _on_checked(self, path: str, fields: Fields) -> None:
        dialog = self._open_dialog()
        if dialog is not None:
            dialog.take_word(path, fields)

    def _on_word_refused(self, _: str, sentence: str) -> None:
        dialog = self._open_dialog()
        if dialog is not None:
            dialog.refuse_word(sentence)

    def _on_planned(self, plan: dict[str, Any]) -> None:
        dialog = self._open_dialog()
        if dialog is not None:
            dialog.show_plan(plan)

    def _on_plan_failed(self, code: str, message: str) -> None:
        dialog = self._open_dialog()
        if dialog is not None:
            dialog.show_plan_failure(message)
            if code == ErrorCode.ENGINE_MISSING.value:  # what to do then stands in the panel
                move_off(dialog, self._dock)
        if code in _ENGINE_TROUBLE:
            self._notices.failure(code, message)

    def _on_indexed(self, archive: str, result: dict[str, Any]) -> None:
        self._end(archive, done="offer" not in result)
        if "offer" in result:
            self._on_refused(result["offer"])
            return
        rasters = result.get("rasters", [])
        failed = [raster for raster in rasters if raster.get("state") == "failed"]
        sentence = tr("{rasters} in the archive, {chips}, after {time}.").format(
            rasters=counted_text(len(rasters) - len(failed), tr("1 raster"), tr("{count} rasters")),
            chips=counted_text(int(result.get("chips", 0)), tr("1 chip"), tr("{count} chips")),
            time=duration_text(float(result.get("seconds", 0))),
        )
        if failed:
            self._notices.warning(
                tr("{failed} could not be indexed. {done}").format(
                    failed=counted_text(len(failed), tr("1 raster"), tr("{count} rasters")), done=sentence
                ),
                [_failure_text(raster) for raster in failed],
            )
        else:
            self._notices.success(sentence)

    def _on_refused(self, offer: ReindexOffer) -> None:
        self._dock.results.offer_reindexing(offer, None)
        self._notices.warning(tr("{reason} The FRORS panel offers to re-index.").format(reason=offer.reason))

    def _on_failed(self, archive: str, code: str, message: str) -> None:
        self._end(archive)
        self._notices.failure(code, message)

    def _on_cancelled(self, archive: str) -> None:
        self._end(archive)
        self._notices.info(tr("Indexing was cancelled; indexing again goes on where it stopped."))

    def _end(self, archive: str, *, done: bool = False) -> None:
        self._running = False
        self._archive.let_grow(None)
        self._dock.index_progress.end()
        if not self._archive_shown:
            self._show_archive(archive, is_there=done if is_database(archive) else Path(archive).exists())
        elif self._archive.path == archive:
            self._archive.refresh()
        self.ended.emit()

    def _open_dialog(self) -> IndexDialog | None:
        if self._dialog is not None and (sip.isdeleted(self._dialog) or not self._dialog.isVisible()):
            self._dialog = None
        return self._dialog


def _index_work(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """The engine's result, or {"offer": ReindexOffer} where the archive's encoder is not installed."""
    try:
        return call("index", params)
    except EngineError as error:
        return {"offer": offer_after(error, call, params["archive"])}


def _failure_text(raster: dict[str, Any]) -> str:
    error = raster.get("error")
    message = error.get("message") if isinstance(error, dict) else error
    return tr("{raster}: {reason}").format(raster=Path(str(raster.get("path"))).name, reason=message)


def _new_archive(chosen: str) -> str:
    """Where a first archive is proposed; `chosen` as of `own_folder`."""
    return str(own_folder(chosen) / f"{QgsProject.instance().baseName() or 'frors'}_archive.gpkg")
