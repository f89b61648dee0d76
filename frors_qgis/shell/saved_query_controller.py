"""Keeps queries in the archive, and searches with those that were kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.core import QgsGeometry
from qgis.PyQt.QtCore import QObject, Qt
from qgis.PyQt.QtGui import QImage
from qgis.PyQt.QtWidgets import QInputDialog, QMessageBox

from frors_qgis.client.tasks import Call, Work
from frors_qgis.protocol import ErrorCode
from frors_qgis.shell.archive_controller import ArchiveController
from frors_qgis.shell.dock import FrorsDock
from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.feedback_controller import FeedbackController
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.saved_query import SavedQuery, load_work
from frors_qgis.shell.search_controller import SearchController
from frors_qgis.shell.search_work import ShownSearch
from frors_qgis.shell.translation import tr
from frors_qgis.shell.wording import counted_text

_LOAD = "saved query"
_MOST_CORNERS = 1000


class SavedQueryController(QObject):
    """What the button of the saved queries does."""

    def __init__(
        self,
        dock: FrorsDock,
        archive: ArchiveController,
        tasks: EngineTasks,
        notices: Notices,
        search: SearchController,
        feedback: FeedbackController,
        picture_folder: Callable[[], Path],
    ) -> None:
        super().__init__(dock)
        self._dock = dock
        self._archive = archive
        self._tasks = tasks
        self._notices = notices
        self._search = search
        self._feedback = feedback
        self._picture_folder = picture_folder
        self._shown: ShownSearch | None = None
        self._button = dock.query.saved_queries
        self._button.opened.connect(self._on_opened)
        self._button.save_wanted.connect(self.ask_to_save)
        self._button.search_wanted.connect(self.search)
        self._button.delete_wanted.connect(self.ask_to_delete)
        archive.changed.connect(self._show)
        search.found.connect(self._on_found)
        search.left.connect(self._on_left)
        self._show()

    def ask_to_save(self) -> None:
        """Asks for a name and saves the query that is shown."""
        shown = self._shown
        if shown is None:
            return
        self._tasks.cancel(_LOAD)
        proposal = shown.saved.name if shown.saved else shown.query.title
        name, wanted = QInputDialog.getText(
            self._dock, tr("Save this query"), tr("Name of the query in the archive:"), text=proposal
        )
        name = name.strip()
        if not wanted or not name:
            return
        taken = any(entry.name == name for entry in self._archive.saved_queries)
        if taken and not self._confirmed(
            tr("Replace a query"), tr("There is a saved query {name} already. Replace it?").format(name=name)
        ):
            return
        if self._shown is shown:  # else another search has ended while a dialog was open
            self.save(name, replace=taken)

    def save(self, name: str, replace: bool) -> None:
        """Saves the query that is shown, with its examples and filters."""
        query = self._feedback.query()
        if self._shown is None or query is None:
            return
        archive, params = query
        params = {key: value for key, value in params.items() if key != "newer_than"}
        params = self._search.options().params() | params | _described(self._shown)
        params |= {"archive": archive, "name": name, "replace": replace}
        if self._shown.found.last_chip is not None:
            params["newest"] = self._shown.found.last_chip
        image, folder = self._shown.found.image, self._picture_folder
        self._tasks.start(
            tr("Save query"),
            _save_work(params, image, folder),
            succeeded=lambda _: self._on_saved(name),
            failed=self._notices.failure,
        )

    def search(self, name: str, only_new: bool) -> None:
        """Searches with a saved query, or with what has come into the archive since it was last searched with."""
        archive = self._archive.path
        if archive is None:
            return
        self._tasks.start(
            tr("Read query"),
            load_work(archive, name),
            _LOAD,
            succeeded=lambda result: self._on_loaded(archive, result["saved"], only_new),
            failed=self._notices.failure,
        )

    def ask_to_delete(self, name: str) -> None:
        """Deletes a saved query when the user confirms."""
        archive = self._archive.path
        if archive is None or not self._confirmed(
            tr("Delete a query"), tr("Delete the saved query {name} from the archive?").format(name=name)
        ):
            return
        self._tasks.start(
            tr("Delete query"),
            lambda call: call("delete_query", {"archive": archive, "name": name}),
            succeeded=lambda _: self._archive.refresh(),
            failed=self._notices.failure,
        )

    def _on_opened(self) -> None:
        self._archive.wake()
        self._show()

    def _show(self) -> None:
        self._button.show_queries(self._archive.saved_queries, self._shown is not None, self._archive.is_open)

    def _on_saved(self, name: str) -> None:
        self._notices.success(tr("{name} is saved in the archive.").format(name=name))
        self._archive.refresh()

    def _on_loaded(self, archive: str, saved: SavedQuery, only_new: bool) -> None:
        if archive != self._archive.path:
            return
        self._dock.filters.set_params(saved.filters)
        gone = set(saved.filters.get("rasters", [])) - set(self._dock.filters.params().get("rasters", []))
        if gone:
            told = counted_text(len(gone), tr("1 raster"), tr("{count} rasters"))
            self._notices.warning(
                tr("{rasters} of the filter of {query} are in the archive no more.").format(
                    rasters=told, query=saved.name
                )
            )
        self._dock.query.set_params(saved.filters)
        self._dock.words.set_params(saved.filters)
        if saved.filters.get("words"):
            self._dock.query.show_words_button.setChecked(True)
        self._search.search_saved(saved, only_new)

    def _on_found(self, shown: ShownSearch) -> None:
        self._shown = shown
        self._show()
        if shown.saved is not None:
            params = {
                **{"archive": shown.options.archive, "name": shown.saved.name},
                "last_chip": shown.saved.last_chip,
            }
            self._tasks.start(
                tr("Note the search"),
                lambda call: call("note_searched", params),
                hidden=True,
                succeeded=lambda _: self._archive.refresh(),
                failed=self._on_not_noted,
            )

    def _on_not_noted(self, code: str, sentence: str) -> None:
        """An archive that cannot be written to now is searched all the same; what is new stays new there."""
        if code not in (ErrorCode.ARCHIVE_READ_ONLY.value, ErrorCode.ARCHIVE_BUSY.value):
            self._notices.failure(code, sentence)

    def _on_left(self) -> None:
        self._shown = None
        self._tasks.cancel(_LOAD)
        self._show()

    def _confirmed(self, title: str, question: str) -> bool:
        yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
        box = QMessageBox(QMessageBox.Icon.Question, title, question, yes | no, self._dock)
        box.setTextFormat(Qt.TextFormat.PlainText)  # a name may be a stranger's
        box.setDefaultButton(no)
        answer = box.exec()
        box.deleteLater()
        return answer == yes


def _described(shown: ShownSearch) -> dict[str, Any]:
    """What the user sees of a query, for the engine to keep."""
    described: dict[str, Any] = {"title": shown.query.title}
    corners = _corners(shown.query.box)
    if 2 < len(corners) <= _MOST_CORNERS:
        described["box"] = corners
    if min(shown.found.size) > 0:
        described["size"] = list(shown.found.size)
    return described


def _corners(polygon: QgsGeometry) -> list[list[float]]:
    return [[vertex.x(), vertex.y()] for vertex in polygon.vertices()]


def _save_work(params: dict[str, Any], image: QImage, folder: Callable[[], Path]) -> Work:
    def work(call: Call) -> dict[str, Any]:
        path = folder() / f"{id(call)}.png"
        try:
            picture = {"picture": str(path)} if not image.isNull() and image.save(str(path)) else {}
            return call("save_query", params | picture)
        finally:
            path.unlink(missing_ok=True)

    return work
