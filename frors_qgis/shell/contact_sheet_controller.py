"""Prints the matches that are shown as a contact sheet."""

from __future__ import annotations

from pathlib import Path

from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import QDate, QObject, Qt
from qgis.PyQt.QtWidgets import QFileDialog, QWidget

from frors_qgis.location import archive_stem
from frors_qgis.shell.archive_place import file_stem, folder_of
from frors_qgis.shell.contact_sheet import ContactSheet
from frors_qgis.shell.contact_sheet_file import SUFFIXES, contact_sheet_work
from frors_qgis.shell.dock import FrorsDock
from frors_qgis.shell.engine_tasks import EngineTasks
from frors_qgis.shell.match_model import VERDICT_ROLE
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.search_controller import SearchController
from frors_qgis.shell.search_work import ShownSearch
from frors_qgis.shell.settings import Settings
from frors_qgis.shell.translation import tr
from frors_qgis.shell.wording import count_text, scores_text

_TASK_KIND = "sheet"


class ContactSheetController(QObject):
    """One sheet at a time; it shows what the panel showed when it was asked for, whatever is searched meanwhile."""

    def __init__(
        self,
        iface: QgisInterface,
        dock: FrorsDock,
        tasks: EngineTasks,
        notices: Notices,
        search: SearchController,
        settings: Settings,
    ) -> None:
        super().__init__(dock)
        self._settings = settings
        self._iface = iface
        self._dock = dock
        self._tasks = tasks
        self._notices = notices
        self._shown: ShownSearch | None = None
        self._running = False
        dock.results.menu_opened.connect(self._say_what_can_be_done)
        dock.results.print_action.triggered.connect(self.print_matches)
        dock.sheet_progress.cancel_wanted.connect(lambda: tasks.cancel(_TASK_KIND))
        search.found.connect(self._on_found)
        search.left.connect(self._on_left)

    def print_matches(self) -> None:
        """Asks for a file and prints the matches that are shown into it."""
        if self._shown is None or not self._can_print():
            return
        archive = self._shown.options.archive
        sheet = self._sheet(self._shown, archive)
        path = ask_for_file(
            self._iface.mainWindow(),
            folder_of(archive, self._settings.archive_folder) / f"{file_stem(archive).replace('.', '_')}_matches",
        )
        if not path:
            return
        if Path(path).suffix.lower() not in SUFFIXES:
            self._notices.warning(tr("The name of a contact sheet ends in .pdf or .png; choose one that does."))
            return
        self._running = True
        self._dock.sheet_progress.begin(tr("Printing the contact sheet..."))
        self._tasks.start(
            tr("Contact sheet"),
            contact_sheet_work(sheet, archive, path),
            _TASK_KIND,
            succeeded=lambda _: self._on_printed(path),
            failed=self._on_failed,
            cancelled=self._on_ended,
            delivered=lambda painted: self._dock.sheet_progress.advance(painted / len(sheet.matches), "", None),
        )

    def _sheet(self, shown: ShownSearch, archive: str) -> ContactSheet:
        model = self._dock.results.model
        matches = tuple((match, model.index(row).data(VERDICT_ROLE)) for row, match in enumerate(model.matches()))
        scores = [match.score for match, _ in matches if match.rank]
        verdicts = [verdict for _, verdict in matches]
        lines = [tr("Archive: {archive}").format(archive=archive_stem(archive))]
        if scores:
            lines.append(scores_text(len(scores), scores[0], scores[-1]))
        if any(verdict is not None for verdict in verdicts):
            lines.append(
                tr("Marked: {right} right, {wrong} wrong").format(
                    right=count_text(verdicts.count(True)), wrong=count_text(verdicts.count(False))
                )
            )
        today = QDate.currentDate().toString(Qt.DateFormat.ISODate)
        lines.append(tr("Printed on {date}").format(date=today))
        return ContactSheet(shown.query.title, tuple(lines), shown.found.image, matches)

    def _can_print(self) -> bool:
        return not self._running and self._dock.results.model.rowCount() > 0

    def _say_what_can_be_done(self) -> None:
        self._dock.results.print_action.setEnabled(self._can_print())

    def _on_found(self, shown: ShownSearch) -> None:
        self._shown = shown

    def _on_left(self) -> None:
        self._shown = None

    def _on_printed(self, path: str) -> None:
        self._on_ended()
        self._notices.file(tr("The contact sheet is in {file}"), path)

    def _on_failed(self, code: str, sentence: str) -> None:
        self._on_ended()
        self._notices.failure(code, sentence)

    def _on_ended(self) -> None:
        self._running = False
        self._dock.sheet_progress.end()


def ask_for_file(parent: QWidget, proposed: Path) -> str:
    """Has the user say where a sheet goes, "" for nowhere; the dialog asks before it returns a file that is there.

    `proposed` is a path without an ending: the chosen kind of file adds its own.
    """
    endings = {tr("PDF documents (*.pdf)"): "pdf", tr("PNG images (*.png)"): "png"}
    dialog = QFileDialog(parent, tr("Print contact sheet"), str(proposed.parent))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(list(endings))
    dialog.setDefaultSuffix("pdf")
    dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix(endings.get(kind, "")))
    dialog.selectFile(proposed.name)
    files = dialog.selectedFiles() if dialog.exec() else []
    dialog.deleteLater()
    return files[0] if files else ""
