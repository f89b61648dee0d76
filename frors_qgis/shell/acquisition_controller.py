"""Shows how the rasters of the archive were taken, and keeps what the user says of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.gui import QgisInterface
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject

from frors_qgis.shell.acquisition import Fields, facts_from_json
from frors_qgis.shell.acquisition_dialog import AcquisitionDialog
from frors_qgis.shell.archive_controller import ArchiveController
from frors_qgis.shell.dock import FrorsDock
from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.match import Match
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.translation import tr

_READ = "acquisition"


class AcquisitionController(QObject):
    """One window, for the archive that was in use when it was opened."""

    def __init__(
        self,
        iface: QgisInterface,
        dock: FrorsDock,
        archive: ArchiveController,
        tasks: EngineTasks,
        notices: Notices,
    ) -> None:
        super().__init__(dock)
        self._iface = iface
        self._archive = archive
        self._tasks = tasks
        self._notices = notices
        self._dialog: AcquisitionDialog | None = None
        dock.words.acquisitions_wanted.connect(self.show_all)
        dock.results.view.acquisition_wanted.connect(self.show_of)
        archive.changed.connect(self._on_archive_changed)
        self._path = archive.path

    def remove(self) -> None:
        """Closes the window."""
        dialog, self._dialog = self._dialog, None
        if dialog is not None and not sip.isdeleted(dialog):
            dialog.close()
            dialog.deleteLater()

    def show_all(self) -> None:
        """Shows the rasters of the archive, beginning with one of which little is known or sources disagree."""
        rasters = self._archive.rasters
        if not rasters:
            self._notices.info(tr("The archive is not open yet, or holds no rasters; open it first."))
            return
        first = min(rasters, key=lambda raster: (not raster.conflicts, "acquired" in raster.acquisition))
        self._show(first.id)

    def show_of(self, match: Match) -> None:
        """Shows the raster of a match."""
        self._show(match.raster_id)

    def _show(self, raster: int) -> None:
        rasters = [(one.id, one.path) for one in self._archive.rasters]
        if raster not in [id_ for id_, _ in rasters]:
            return
        self.remove()
        self._path = self._archive.path
        self._dialog = AcquisitionDialog(rasters, raster, self._iface.mainWindow())
        self._dialog.facts_wanted.connect(self._read)
        self._dialog.save_wanted.connect(self._save)
        self._dialog.show()
        self._dialog.ask()

    def _read(self, raster: int) -> None:
        params = {"archive": self._path, "raster": raster}
        self._start(tr("Read acquisition"), "describe_raster", raster, params)

    def _save(self, raster: int, fields: Fields) -> None:
        params = {"archive": self._path, "raster": raster, "fields": fields}
        self._start(tr("Save acquisition"), "set_acquisition", raster, params, self._archive.refresh)

    def _start(
        self,
        title: str,
        method: str,
        raster: int,
        params: dict[str, Any],
        then: Callable[[], None] = lambda: None,
    ) -> None:
        dialog = self._dialog

        def shown(result: dict[str, Any]) -> None:
            if dialog is not None and dialog is self._dialog and not sip.isdeleted(dialog):
                dialog.show_facts(raster, result["facts"])
            then()

        def failed(_: str, sentence: str) -> None:
            if dialog is not None and dialog is self._dialog and not sip.isdeleted(dialog):
                dialog.show_failure(sentence)

        self._tasks.start(
            title,
            lambda call: {"facts": facts_from_json(call(method, params))},
            _READ,
            succeeded=shown,
            failed=failed,
        )

    def _on_archive_changed(self) -> None:
        if self._path != self._archive.path:
            self.remove()
            self._path = self._archive.path
