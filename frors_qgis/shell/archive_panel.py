"""The part of the dock that says which archive is searched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QAction
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from frors_qgis.location import archive_stem, is_database
from frors_qgis.shell.elided_label import ElidedLabel
from frors_qgis.shell.icon import archive_icon, theme_icon
from frors_qgis.shell.plain_tip import plain_tip
from frors_qgis.shell.translation import tr


class ArchivePanel(QWidget):
    """Recent archives, "Open...", the indexing action and a line about the chosen archive.

    Signals: `archive_chosen(str path)` when the user chooses one; `database_wanted()` when she wants to choose one in a
    database; `folder_chosen(str path)` where rasters that are missing shall be looked for.
    """

    archive_chosen = pyqtSignal(str)
    database_wanted = pyqtSignal()
    folder_chosen = pyqtSignal(str)

    def __init__(self, index_action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWhatsThis(
            tr(
                "The archive that is searched: one file with footprints and embeddings of rasters, or a schema of a "
                "database. Choose one that was opened lately, open another, or index rasters into one. A raster or an "
                "archive may also be dropped on this panel. Where rasters have moved, Find... looks for them in a "
                "folder."
            )
        )
        self._combo = QComboBox()
        self._combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._combo.setMinimumContentsLength(8)
        self._combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._combo.setAccessibleName(tr("Archive"))
        self._combo.activated.connect(self._on_activated)
        open_button = QToolButton()
        open_button.setIcon(theme_icon("mActionFileOpen"))
        open_button.setToolTip(tr("Open an archive..."))
        open_button.setAccessibleName(tr("Open an archive..."))
        open_button.setAutoRaise(True)
        open_button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        open_button.clicked.connect(self.ask_for_file)
        menu = QMenu(open_button)
        menu.addAction(theme_icon("mIconGeopackage"), tr("From a file..."), self.ask_for_file)
        menu.addAction(theme_icon("mIconPostgis"), tr("From a database..."), self.database_wanted.emit)
        open_button.setMenu(menu)
        index_button = QToolButton()
        index_button.setDefaultAction(index_action)
        index_button.setAutoRaise(True)
        self._info = ElidedLabel(subdued=True)
        self._find = QToolButton()
        self._find.setText(tr("Find..."))
        self._find.setToolTip(tr("Say where the missing rasters are now"))
        self._find.setAutoRaise(True)
        self._find.clicked.connect(self.ask_for_folder)
        self._find.hide()
        line = QHBoxLayout()
        line.addWidget(self._info, 1)
        line.addWidget(self._find)
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addWidget(self._combo, 1)
        row.addWidget(open_button)
        row.addWidget(index_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(row)
        layout.addLayout(line)

    def show_archives(self, paths: Sequence[str], chosen: str | None) -> None:
        """Lists archives and shows one of them (or none) as chosen."""
        self._combo.clear()
        for path in paths:
            self._combo.addItem(archive_icon(path), archive_stem(path), path)
            self._combo.setItemData(self._combo.count() - 1, plain_tip(path), Qt.ItemDataRole.ToolTipRole)
        self._combo.setCurrentIndex(self._combo.findData(chosen) if chosen else -1)
        self._combo.setToolTip(plain_tip(chosen or ""))

    @property
    def info(self) -> str:
        """The line about the chosen archive."""
        return self._info.text()

    def show_info(self, sentence: str, missing: int = 0) -> None:
        """Shows a line about the chosen archive, and where rasters are missing a button to find them."""
        self._info.setText(sentence)
        self._find.setVisible(missing > 0)

    def ask_for_file(self) -> None:
        """Has the user choose an archive's file."""
        chosen = self._combo.currentData()
        folder = str(Path(chosen).parent) if chosen and not is_database(chosen) else ""
        path, _ = QFileDialog.getOpenFileName(self, tr("Open an archive"), folder, tr("FRORS archives (*.gpkg)"))
        if path:
            self.archive_chosen.emit(path)

    def ask_for_folder(self) -> None:
        """Has the user choose the folder that missing rasters are in."""
        folder = QFileDialog.getExistingDirectory(self, tr("Where are the missing rasters now?"))
        if folder:
            self.folder_chosen.emit(folder)

    def _on_activated(self, row: int) -> None:
        self.archive_chosen.emit(self._combo.itemData(row))
