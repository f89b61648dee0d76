"""Which archive is in use, and what is known of it."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from frors_qgis.client.tasks import Call, EngineTask
from frors_qgis.location import absolute_location
from frors_qgis.protocol import ErrorCode
from frors_qgis.shell.archive_layers import reload_archive_layers
from frors_qgis.shell.archive_raster import ArchiveRaster, rasters_from_info
from frors_qgis.shell.database_controller import DatabaseController
from frors_qgis.shell.dock import FrorsDock
from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.reindex_offer import ReindexOffer, offer_from_info
from frors_qgis.shell.saved_query import SavedQueryEntry, entries_from_info
from frors_qgis.shell.settings import Settings
from frors_qgis.shell.translation import tr
from frors_qgis.shell.wording import bytes_text, count_text, counted_text

_TASK_KIND = "archive"
_FINDING = "finding"


class ArchiveController(QObject):
    """Opens the chosen archive in the engine and tells the dock about it.

    The archive of the last session is chosen at once but opened by the first action that needs it, so that loading the
    plugin starts no engine. Signals: `changed()`: another archive, or other contents; `rasters_found()`: files of its
    rasters, which were missing.
    """

    changed = pyqtSignal()
    rasters_found = pyqtSignal()

    def __init__(
        self,
        dock: FrorsDock,
        tasks: EngineTasks,
        notices: Notices,
        settings: Settings,
        databases: DatabaseController,
    ) -> None:
        super().__init__(dock)
        self._dock = dock
        self._tasks = tasks
        self._notices = notices
        self._settings = settings
        self._path: str | None = settings.last_archive() or None
        self._info: dict[str, Any] | None = None  # what the engine has said of it since it was chosen
        self._before: tuple[str | None, dict[str, Any] | None] | None = None  # in use until another was chosen
        self._failure = ""
        self._growing: str | None = None
        self._task: EngineTask | None = None
        self._finding: EngineTask | None = None
        self._held: set[str] = set()  # archives that the engine may hold open
        dock.archive.archive_chosen.connect(self.choose)
        dock.archive.database_wanted.connect(lambda: databases.ask(dock, self.choose))
        dock.archive.folder_chosen.connect(self.find_missing)
        dock.finding_progress.cancel_wanted.connect(lambda: tasks.cancel(_FINDING))
        self._show()

    @property
    def path(self) -> str | None:
        """The archive in use."""
        return self._path

    @property
    def is_open(self) -> bool:
        """Whether the engine has opened it; after a crash the client has it opened again."""
        return self._info is not None

    @property
    def is_empty(self) -> bool:
        """Whether the archive is known to hold no chips."""
        return self._info is not None and int(self._info.get("chips", 0)) == 0

    @property
    def is_growing(self) -> bool:
        """Whether rasters are being indexed into it, or into the first one that there will be."""
        return self._growing is not None and self._path in (None, self._growing)

    @property
    def failure(self) -> str:
        """Why the archive that was chosen last was not opened; empty where it was, or a search will come soon."""
        return self._failure

    @property
    def offer(self) -> ReindexOffer | None:
        """How to make the archive anew, when it is known that its encoder is not installed."""
        return None if self._info is None else offer_from_info(self._path or "", self._info)

    @property
    def rasters(self) -> tuple[ArchiveRaster, ...]:
        """The archive's rasters, as far as known."""
        return () if self._info is None else rasters_from_info(self._info)

    @property
    def saved_queries(self) -> tuple[SavedQueryEntry, ...]:
        """The saved queries, as far as known, by name."""
        return () if self._info is None else entries_from_info(self._info)

    def choose(self, path: str) -> None:
        """Uses another archive and opens it; where that fails, the one before is in use again."""
        path = absolute_location(path)
        if path != self._path:
            self._dock.filters.show_rasters([])
            if self._before is None or self._info is not None:  # else that one was never opened
                self._before = (self._path, self._info)
        self._path = path
        self._info = None
        self._failure = ""
        self._show()
        self.changed.emit()
        self._open()

    def wake(self) -> None:
        """Opens the archive in use if that has not been done: a search will come soon."""
        self._failure = ""
        if self._path is not None and self._info is None:
            self._open()

    def refresh(self) -> None:
        """Asks again what the archive holds."""
        if self._path is not None:
            self._open()

    def let_grow(self, path: str | None) -> None:
        """Rasters are being indexed into an archive, which need not be there yet; None: no more."""
        self._growing = path
        if path is not None or self._path is None:  # else its end is told by what the archive holds then
            self.changed.emit()

    def find_missing(self, folder: str) -> None:
        """Looks in a folder for the archive's rasters whose files are missing."""
        params = {"archive": self._path or "", "folder": folder}
        progress = self._dock.finding_progress
        progress.begin(tr("Looking for the missing rasters..."))
        self._finding = task = self._tasks.start(
            tr("Find missing rasters"),
            lambda call: call("relink", params),
            _FINDING,
            progressed=progress.advance,
            succeeded=self._on_relinked,
            failed=self._on_not_relinked,
            cancelled=lambda: self._on_finding_cancelled(task),
        )

    def _on_relinked(self, result: dict[str, Any]) -> None:
        self._dock.finding_progress.end()
        rasters = result.get("rasters", [])
        lost = [str(raster.get("path")) for raster in rasters if not raster.get("now")]
        found = counted_text(len(rasters) - len(lost), tr("1 raster was found"), tr("{count} rasters were found"))
        if lost:
            self._notices.warning(tr("{found}, {lost} not.").format(found=found, lost=count_text(len(lost))), lost)
        else:
            self._notices.success(tr("{found}.").format(found=found))
        if len(lost) < len(rasters):
            self.rasters_found.emit()
        self.refresh()

    def _on_not_relinked(self, code: str, message: str) -> None:
        self._dock.finding_progress.end()
        self._on_failed(code, message)

    def _on_finding_cancelled(self, task: EngineTask) -> None:
        """What was found by then stays found; where another folder is looked through already, its end tells of it."""
        if task is self._finding:
            self._dock.finding_progress.end()
            self.rasters_found.emit()
            self.refresh()

    def note_failure(self, code: str, message: str) -> None:
        """A search has failed: what is known of an archive that is gone is no longer shown."""
        if code == ErrorCode.ARCHIVE_MISSING.value:
            self._dock.archive.show_info(message)

    def on_reopened(self, archives: list[str]) -> None:
        """A new engine has opened archives: layers that show them must read them anew."""
        reload_archive_layers(QgsProject.instance(), archives)

    def _open(self) -> None:
        path, first = self._path or "", self._info is None
        others = self._held - {path}
        self._held.add(path)

        def work(call: Call) -> dict[str, Any]:
            info = call("open", {"archive": path})
            for other in sorted(others):
                call("close", {"archive": other})
            return info

        def opened(info: dict[str, Any]) -> None:
            self._held -= others
            self._on_opened(info, first)

        self._dock.archive.show_info(tr("Opening..."))
        self._task = task = self._tasks.start(
            tr("Open archive"),
            work,
            _TASK_KIND,
            succeeded=opened,
            failed=self._on_not_opened,
            cancelled=lambda: self._on_cancelled(task),
        )

    def _on_opened(self, info: dict[str, Any], first: bool) -> None:
        self._info = info
        self._before = None
        self._failure = ""
        if first and self._path is not None:
            self._settings.remember_archive(self._path)
            self._show()
            reload_archive_layers(QgsProject.instance(), [self._path])
        else:
            self._show_info()
        self.changed.emit()

    def _on_cancelled(self, task: EngineTask) -> None:
        """The engine was ended, or the user has cancelled in QGIS's own list; a superseded task is another one."""
        if task is self._task and self._info is None:
            self._show()

    def _on_not_opened(self, code: str, message: str) -> None:
        if self._info is not None or code == ErrorCode.ENGINE_MISSING.value:  # which says nothing of the archive
            self._on_failed(code, message)
            return
        self._failure = message
        if self._before is not None:
            (self._path, self._info), self._before = self._before, None
        self._show()
        self._notices.failure(code, message)
        self.changed.emit()

    def _on_failed(self, code: str, message: str) -> None:
        self._dock.archive.show_info(message)
        self._notices.failure(code, message)

    def _show(self) -> None:
        """Has the panel show which archive is in use and what is known of it."""
        archives = self._settings.recent_archives()
        if self._path is not None and self._path not in archives:
            archives.insert(0, self._path)
        self._dock.archive.show_archives(archives, self._path)
        self._show_info()

    def _show_info(self) -> None:
        if self._info is None:
            self._dock.archive.show_info(tr("Opens with the first search") if self._path else tr("No archive yet"))
            return
        self._dock.archive.show_info(_info_text(self._info), _missing(self._info))
        self._dock.filters.show_rasters([(raster.id, raster.path) for raster in self.rasters])


def _info_text(info: dict[str, Any]) -> str:
    rasters = info.get("rasters", [])
    missing = _missing(info)
    parts = [
        counted_text(int(info.get("chips", 0)), tr("1 chip"), tr("{count} chips")),
        counted_text(len(rasters), tr("1 raster"), tr("{count} rasters")),
        bytes_text(float(info.get("bytes", 0))),
    ]
    if missing:
        parts.append(tr("{count} missing").format(count=count_text(missing)))
    if info.get("encoder_available") is False:
        parts.append(tr("made by another encoder"))
    return "  ·  ".join(parts)


def _missing(info: dict[str, Any]) -> int:
    """How many of the archive's rasters are missing."""
    return sum(1 for raster in info.get("rasters", []) if raster.get("state") == "missing")
