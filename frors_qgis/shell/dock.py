"""The FRORS panel."""

from __future__ import annotations

from qgis.gui import QgsDockWidget
from qgis.PyQt.QtCore import QMimeData, pyqtSignal
from qgis.PyQt.QtGui import QAction, QDragEnterEvent, QDropEvent
from qgis.PyQt.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from frors_qgis.shell.archive_panel import ArchivePanel
from frors_qgis.shell.examples_row import ExamplesRow
from frors_qgis.shell.filters_panel import FiltersPanel
from frors_qgis.shell.installation_panel import InstallationPanel
from frors_qgis.shell.progress_row import ProgressRow
from frors_qgis.shell.query_panel import QueryPanel
from frors_qgis.shell.results_panel import ResultsPanel
from frors_qgis.shell.settings import Settings
from frors_qgis.shell.translation import tr
from frors_qgis.shell.words_row import WordsRow


class FrorsDock(QgsDockWidget):
    """Archive, query, words, filters, examples, progress and matches under each other; the controllers fill them.

    In place of them all stands the installation panel while there is no engine.

    Signal `files_dropped(list)`: paths of files that were dropped on it.
    """

    files_dropped = pyqtSignal(list)

    def __init__(
        self, index_action: QAction, box_action: QAction, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(tr("FRORS"), parent)
        self.setObjectName("FrorsDock")
        self.archive = ArchivePanel(index_action)
        self.query = QueryPanel(box_action, settings)
        self.words = WordsRow()
        self.filters = FiltersPanel()
        self.examples = ExamplesRow()
        self.search_progress = ProgressRow()
        self.index_progress = ProgressRow()
        self.outline_progress = ProgressRow()
        self.sheet_progress = ProgressRow()
        self.finding_progress = ProgressRow()
        self.results = ResultsPanel(index_action, box_action)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(8, 8, 8, 4)
        layout.setSpacing(8)
        layout.addWidget(self.archive)
        layout.addWidget(self.finding_progress)
        layout.addWidget(_line())
        layout.addWidget(self.query)
        layout.addWidget(self.words)
        layout.addWidget(self.filters)
        layout.addWidget(self.examples)
        layout.addWidget(self.search_progress)
        layout.addWidget(self.index_progress)
        layout.addWidget(self.outline_progress)
        layout.addWidget(self.sheet_progress)
        layout.addWidget(_line())
        layout.addWidget(self.results, 1)
        self.installation = InstallationPanel()
        self._pages = QStackedWidget()
        self._pages.addWidget(content)
        self._pages.addWidget(self.installation)
        self.setWidget(self._pages)
        self.query.only_extent_toggled.connect(lambda on: self.filters.allow_area(not on))
        self.words.hide()
        self.query.show_words_button.toggled.connect(self._show_words)
        self.query.show_words_button.toggled.connect(self.results.expect_dates)
        self.setAcceptDrops(True)

    @property
    def shows_installation(self) -> bool:
        """Whether the installation panel is shown."""
        return self._pages.currentWidget() is self.installation

    def show_installation(self, on: bool) -> None:
        """Shows the installation panel, or everything else again."""
        self._pages.setCurrentIndex(int(on))
        if on:
            self.setUserVisible(True)

    def _show_words(self, on: bool) -> None:
        self.words.setVisible(on)
        if self.words.words:
            self.words.changed.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if _files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        if files := _files(event.mimeData()):
            event.acceptProposedAction()
            self.files_dropped.emit(files)


def _files(dragged: QMimeData) -> list[str]:
    """The paths of local files that are dragged, from a file manager or from QGIS's browser."""
    return [url.toLocalFile() for url in dragged.urls() if url.isLocalFile()]


def _line() -> QFrame:
    line = QFrame()
    line.setFrameShape(QFrame.Shape.HLine)
    line.setFrameShadow(QFrame.Shadow.Sunken)
    return line
