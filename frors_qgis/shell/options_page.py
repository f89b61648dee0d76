"""The page "FRORS" in QGIS's options."""

from __future__ import annotations

import os
from collections.abc import Callable

from qgis.gui import QgsDoubleSpinBox, QgsFileWidget, QgsOptionsPageWidget, QgsOptionsWidgetFactory
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from frors_qgis.client.engine_options import ALL_CODES, AUTO, read_engine_options
from frors_qgis.shell.icon import own_icon
from frors_qgis.shell.index_request import CELL_PX
from frors_qgis.shell.installation_controller import InstallationController
from frors_qgis.shell.settings import MOST_GSD, WINDOWS, Settings
from frors_qgis.shell.translation import tr

_MOST_CACHE_MIB = 65_536


class OptionsPage(QgsOptionsPageWidget):
    """Settings of the engine, and what a new archive starts from."""

    def __init__(
        self,
        settings: Settings,
        installation: InstallationController,
        restart_engine: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        """restart_engine: called when it must start anew for what was set."""
        super().__init__(parent)
        self._settings = settings
        self._installation = installation
        self._restart_engine = restart_engine
        self._before = read_engine_options()
        self._device = QComboBox()
        for device, text in (
            (AUTO, tr("Automatic: a graphics card where one works, else the CPU")),
            ("cpu", tr("CPU")),
            ("cuda", tr("NVIDIA graphics card (CUDA)")),
            ("mps", tr("Apple graphics card (MPS)")),
        ):
            self._device.addItem(text, device)
        self._device.setCurrentIndex(max(0, self._device.findData(self._before.device)))
        self._threads = QSpinBox()
        self._threads.setRange(0, max(os.cpu_count() or 1, self._before.threads))
        self._threads.setSpecialValueText(tr("All cores"))
        self._threads.setValue(self._before.threads)
        self._threads.setToolTip(
            tr("The engine gives way to QGIS by itself; fewer threads leave more to other programs")
        )
        self._cache = QSpinBox()
        self._cache.setRange(8, _MOST_CACHE_MIB)
        self._cache.setSuffix(tr(" MiB"))
        self._cache.setValue(self._before.cache_mib)
        self._cache.setToolTip(tr("Disk for thumbnails while QGIS runs; the oldest go first"))
        self._codes = QComboBox()
        for text, codes in zip(
            (
                tr("Fast: some 270 bytes for each chip"),
                tr("Small: hash codes of 128 bits, 20 bytes for each chip"),
                tr("Small, finds more: hash codes as long as the embedding, 36 bytes"),
            ),
            ALL_CODES,
            strict=True,
        ):
            self._codes.addItem(text, codes)
        self._codes.setCurrentIndex(ALL_CODES.index(self._before.codes))
        self._codes.setToolTip(
            tr("For archives of many millions of chips in a file: some of the best matches may be missed by hash codes")
        )
        self._python = QgsFileWidget()
        self._python.setFilePath(settings.python)
        self._python.setToolTip(tr("Empty: the one that FRORS has installed"))
        self._packages = QLabel()
        self._packages.setWordWrap(True)
        self._install = QPushButton(tr("Install in the FRORS panel"))
        self._install.clicked.connect(installation.offer)
        self._remove = QPushButton(tr("Remove..."))
        self._remove.clicked.connect(self._ask_to_remove)
        installation.changed.connect(self._show_packages)
        self._show_packages()
        self._folder = QgsFileWidget()
        self._folder.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self._folder.setFilePath(settings.archive_folder)
        self._folder.setToolTip(tr("Empty: beside the project"))
        self._gsd = QgsDoubleSpinBox()
        self._gsd.setDecimals(3)
        self._gsd.setRange(0.0, MOST_GSD)
        self._gsd.setSpecialValueText(tr("Each raster at its own"))
        self._gsd.setClearValueMode(QgsDoubleSpinBox.ClearValueMode.MinimumValue)
        self._gsd.setSuffix(tr(" m per pixel"))
        self._gsd.setValue(settings.gsd or 0.0)
        self._gsd.setToolTip(tr("The scale that the indexing dialog proposes"))
        self._windows = {cells: QCheckBox(tr("{pixels} pixels").format(pixels=cells * CELL_PX)) for cells in WINDOWS}
        for cells, box in self._windows.items():
            box.setChecked(cells in settings.windows)
        self._lay_out()

    def apply(self) -> None:
        """Keeps what the page says; the engine starts anew where that concerns more than the device."""
        self._settings.set_engine(
            self._device.currentData(), self._threads.value(), self._cache.value(), self._codes.currentData()
        )
        self._settings.archive_folder = self._folder.filePath()
        self._settings.gsd = self._gsd.value() or None
        self._settings.windows = tuple(cells for cells, box in self._windows.items() if box.isChecked())
        before, self._before = self._before, read_engine_options()
        other_python = self._python.filePath() != self._settings.python
        self._settings.python = self._python.filePath()
        if other_python or self._before.arguments() != before.arguments():
            self._restart_engine()

    def _show_packages(self) -> None:
        self._packages.setText(self._installation.describe())
        self._remove.setEnabled(self._installation.can_remove)
        self._python.setFilePath(self._settings.python)

    def _ask_to_remove(self) -> None:
        question = tr("Delete the packages that FRORS has installed? Archives and encoders stay.")
        if QMessageBox.question(self, tr("FRORS"), question) == QMessageBox.StandardButton.Yes:
            self._installation.remove()

    def _lay_out(self) -> None:
        engine = QGroupBox(tr("Engine"))
        engine.setWhatsThis(
            tr(
                "The engine is a process of its own. Device: where it computes embeddings. Threads: how many cores it "
                "may use. Thumbnails: how much disk their cache may take while QGIS runs. Memory of a search: what it "
                "holds of an archive."
            )
        )
        form = QFormLayout(engine)
        form.addRow(tr("Device"), self._device)
        form.addRow(tr("Threads"), self._threads)
        form.addRow(tr("Thumbnails"), self._cache)
        form.addRow(tr("Memory of a search"), self._codes)
        packages = QGroupBox(tr("Packages of the engine"))
        packages.setWhatsThis(
            tr(
                "What the engine computes with, in a folder of its own that can be installed and deleted here, or the "
                "Python of an environment that has it already."
            )
        )
        form = QFormLayout(packages)
        form.addRow(tr("State"), self._packages)
        buttons = QHBoxLayout()
        buttons.addWidget(self._install)
        buttons.addWidget(self._remove)
        buttons.addStretch(1)
        form.addRow(QLabel(), buttons)
        form.addRow(tr("Python"), self._python)
        archives = QGroupBox(tr("New archives"))
        archives.setWhatsThis(
            tr(
                "What the indexing dialog proposes: where a new archive goes, at what ground GSD rasters are read and "
                "into windows of what size they are cut."
            )
        )
        form = QFormLayout(archives)
        form.addRow(tr("Folder"), self._folder)
        form.addRow(tr("Ground GSD"), self._gsd)
        for number, box in enumerate(self._windows.values()):
            form.addRow(tr("Windows") if number == 0 else QLabel(), box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(engine)
        layout.addWidget(packages)
        layout.addWidget(archives)
        layout.addStretch(1)


class OptionsPageFactory(QgsOptionsWidgetFactory):
    """Makes the page whenever the options are opened."""

    def __init__(
        self, settings: Settings, installation: InstallationController, restart_engine: Callable[[], None]
    ) -> None:
        super().__init__(tr("FRORS"), own_icon("frors"), "frors")
        self._settings = settings
        self._installation = installation
        self._restart_engine = restart_engine

    def createWidget(self, parent: QWidget | None = None) -> OptionsPage:  # noqa: N802
        return OptionsPage(self._settings, self._installation, self._restart_engine, parent)
