"""Which archive is in use, and what is known of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from frors_qgis.client.tasks import Call, EngineTask
from frors_qgis.shell.archive_layers import reload_archive_layers
from frors_qgis.shell.dock import FrorsDock
from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.reindex_offer import ReindexOffer, offer_from_info
from frors_qgis.shell.saved_query import SavedQueryEntry, entries_from_info
from frors_qgis.shell.settings import Settings
from frors_qgis.shell.translation import tr
from frors_qgis.shell.wording import bytes_text, count_text, counted_text

_TASK_KIND = "archive"


class ArchiveController(QObject):
    """Opens the chosen archive in the engine and tells the dock about it.

    The archive of the last session is chosen at once but opened by the first action that needs it, so that loading the
    plugin starts no engine. Signal `changed()`: another archive, or other contents.
    """

    changed = pyqtSignal()

    def __init__(self, dock: FrorsDock, tasks: EngineTasks, notices: Notices, settings: Settings) -> None:
        super().__init__(dock)
        self._dock = dock
        self._tasks = tasks
        self._notices = notices
        self._settings = settings
        self._path: str | None = settings.last_archive() or None
        self._chips: int | None = None
        self._offer: ReindexOffer | None = None
        self._saved_queries: tuple[SavedQueryEntry, ...] = ()
        self._opened = False
        self._task: EngineTask | None = None
        self._held: set[str] = set()  # archives that the engine may hold open
        dock.archive.archive_chosen.connect(self.choose)
        dock.archive.folder_chosen.connect(self.find_missing)
        self._show()

    @property
    def path(self) -> str | None:
        """The archive in use."""
        return self._path

    @property
    def is_open(self) -> bool:
        """Whether the engine has opened it; after a crash the client has it opened again."""
        return self._opened

    @property
    def is_empty(self) -> bool:
        """Whether the archive is known to hold no chips."""
        return self._chips == 0

    @property
    def offer(self) -> ReindexOffer | None:
        """How to make the archive anew, when it is known that its encoder is not installed."""
        return self._offer

    @property
    def saved_queries(self) -> tuple[SavedQueryEntry, ...]:
        """The saved queries, as far as known, by name."""
        return self._saved_queries

    def choose(self, path: str) -> None:
        """Uses another archive and opens it."""
        path = str(Path(path).absolute())
        if path != self._path:
            self._dock.filters.show_rasters([])
        self._path = path
        self._chips = None
        self._offer = None
        self._saved_queries = ()
        self._opened = False
        self._settings.remember_archive(path)
        self._show()
        self.changed.emit()
        self._open()

    def wake(self) -> None:
        """Opens the archive in use if that has not been done: a search will come soon."""
        if self._path is not None and not self._opened:
            self._open()

    def refresh(self) -> None:
        """Asks again what the archive holds."""
        if self._path is not None:
            self._open()

    def find_missing(self, folder: str) -> None:
        """Looks in a folder for the archive's rasters whose files are missing."""
        params = {"archive": self._path or "", "folder": folder}
        self._dock.archive.show_info(tr("Looking for the missing rasters..."))
        self._tasks.start(
            tr("Find missing rasters"),
            lambda call: call("relink", params),
            succeeded=self._on_relinked,
            failed=self._on_failed,
            cancelled=self.refresh,
        )

    def _on_relinked(self, result: dict[str, Any]) -> None:
        rasters = result.get("rasters", [])
        lost = [str(raster.get("path")) for raster in rasters if not raster.get("now")]
        found = counted_text(len(rasters) - len(lost), tr("1 raster was found"), tr("{count} rasters were found"))
        if lost:
            self._notices.warning(tr("{found}, {lost} not.").format(found=found, lost=count_text(len(lost))), lost)
        else:
            self._notices.success(tr("{found}.").format(found=found))
        self.refresh()

    def on_reopened(self, archives: list[str]) -> None:
        """A new engine has opened archives: layers that show them must read them anew."""
        reload_archive_layers(QgsProject.instance(), archives)

    def _open(self) -> None:
        path, first = self._path or "", not self._opened
        others = self._held - {path}
        self._held.add(path)

        def work(call: Call) -> dict[str, Any]:
            for other in sorted(others):
                call("close", {"archive": other})
            return call("open", {"archive": path})

        def opened(info: dict[str, Any]) -> None:
            self._held -= others
            self._on_opened(info, first)

        self._dock.archive.show_info(tr("Opening..."))
        self._task = task = self._tasks.start(
            tr("Open archive"),
            work,
            _TASK_KIND,
            succeeded=opened,
            failed=self._on_failed,
            cancelled=lambda: self._on_cancelled(task),
        )

    def _on_opened(self, info: dict[str, Any], first: bool) -> None:
        self._opened = True
        self._chips = int(info.get("chips", 0))
        self._offer = offer_from_info(self._path or "", info)
        self._saved_queries = entries_from_info(info)
        self._dock.archive.show_info(_info_text(info), _missing(info))
        rasters = [raster for raster in info.get("rasters", []) if "id" in raster]
        self._dock.filters.show_rasters([(int(raster["id"]), str(raster["path"])) for raster in rasters])
        if first and self._path is not None:
            reload_archive_layers(QgsProject.instance(), [self._path])
        self.changed.emit()

    def _on_cancelled(self, task: EngineTask) -> None:
        """The engine was ended, or the user has cancelled in QGIS's own list; a superseded task is another one."""
        if task is self._task and not self._opened:
            self._show()

    def _on_failed(self, code: str, message: str) -> None:
        self._dock.archive.show_info(message)
        self._notices.failure(code, message)

    def _show(self) -> None:
        self._dock.archive.show_archives(self._settings.recent_archives(), self._path)
        self._dock.archive.show_info(tr("Opens with the first search") if self._path else tr("No archive yet"))


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
