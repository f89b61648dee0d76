"""The dialog that asks what shall be indexed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any

from qgis.core import QgsProject
from qgis.gui import QgsDoubleSpinBox, QgsFileWidget, QgsMapCanvas
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QIcon, QPixmap
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from frors_qgis.location import is_database
from frors_qgis.protocol import EngineError
from frors_qgis.shell.acquisition import Facts, Fields, facts_from_json
from frors_qgis.shell.acquisition_dialog import AcquisitionDialog
from frors_qgis.shell.elided_label import NoteLabel
from frors_qgis.shell.icon import own_icon, theme_icon
from frors_qgis.shell.index_request import CELL_PX, IndexRequest
from frors_qgis.shell.raster_list import RasterList
from frors_qgis.shell.reindex_offer import ReindexOffer
from frors_qgis.shell.settings import LEAST_GSD, MOST_GSD, WINDOWS
from frors_qgis.shell.translation import tr
from frors_qgis.shell.window_preview import PREVIEW_COLOURS, WindowPreview
from frors_qgis.shell.wording import bytes_text, count_text, duration_text, metres_text

_PLAN_DELAY_MS = 300


class IndexDialog(QDialog):
    """Rasters, archive, scale and estimate. It stands beside the map, which stays usable.

    Signals: `plan_wanted(str archive, IndexRequest)`, answered with `show_plan` or `show_plan_failure`;
    `index_wanted(str archive, IndexRequest)` when the user has pressed Index; `check_wanted(str path, dict fields)`,
    what she says of how a raster was taken, answered with `take_word` or `refuse_word`; `database_wanted()` when she
    wants to choose an archive in a database, answered with `set_archive`.
    """

    plan_wanted = pyqtSignal(str, object)
    index_wanted = pyqtSignal(str, object)
    check_wanted = pyqtSignal(str, dict)
    database_wanted = pyqtSignal()

    def __init__(
        self,
        canvas: QgsMapCanvas,
        archive: str,
        parent: QWidget | None = None,
        *,
        gsd: float | None = None,
        windows: Collection[int] = WINDOWS,
        offer: ReindexOffer | None = None,
        hint: str = "",
    ) -> None:
        """`gsd`: the scale proposed, in metres, None for each raster's own. `windows`: sizes in cells that are ticked.

        `offer`: lists the rasters of its archive instead of the
        project's, at the levels of that archive.

        `hint` stands under the archive's path; an empty one says what may be chosen there.
        """
        super().__init__(parent)
        self._offer = offer
        self._proposed_gsd = gsd
        self._ticked = windows
        self._hint = hint or tr("A new file, or an archive to add to: what it already holds is not indexed again.")
        self.setWindowTitle(
            tr("Re-index {archive}").format(archive=offer.name) if offer else tr("Index project rasters")
        )
        self.setWindowIcon(own_icon("index"))
        self._preview = WindowPreview(canvas)
        self._rasters = RasterList()
        self._archive = QgsFileWidget()
        self._archive.setStorageMode(QgsFileWidget.StorageMode.SaveFile)
        self._archive.setConfirmOverwrite(False)
        self._archive.setFilter(tr("FRORS archives (*.gpkg)"))
        self._archive.setDialogTitle(tr("New or existing archive"))
        self._archive.setFilePath(archive)
        self._facts: dict[str, Facts] = {}
        self._planned: list[dict[str, Any]] = []
        self._said: dict[str, Fields] = {}
        self._acquisition: AcquisitionDialog | None = None
        self._acquisition_button = QPushButton(own_icon("acquisition"), tr("Acquisition..."))
        self._acquisition_button.setToolTip(
            tr("Where, when and by what the chosen raster was taken; also a double-click")
        )
        self._acquisition_button.setEnabled(False)
        self._hopeless = False  # the last estimate says that nothing could be indexed
        self._estimate = QLabel()
        self._estimate.setWordWrap(True)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setText(tr("Index"))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PLAN_DELAY_MS)
        self._lay_out()
        self._take_levels()
        self._rasters.checks_changed.connect(self._on_changed)
        self._rasters.raster_pointed.connect(self._on_pointed)
        self._rasters.raster_opened.connect(self.show_acquisition)
        self._acquisition_button.clicked.connect(self.show_acquisition)
        self._archive.fileChanged.connect(self._on_changed)
        self._buttons.accepted.connect(self._on_index)
        self._buttons.rejected.connect(self.reject)
        self._timer.timeout.connect(self._ask_for_plan)
        project = QgsProject.instance()
        project.layersAdded.connect(self._list_rasters)
        project.layersRemoved.connect(self._list_rasters)
        self._list_rasters()

    def request(self) -> IndexRequest:
        """What the dialog says now."""
        windows = tuple(cells for cells, box in self._windows.items() if box.isChecked())
        gsd = self._gsd.value() if self._fixed.isChecked() else None
        rasters = self._rasters.checked_paths()
        said = {path: fields for path, fields in self._said.items() if path in rasters}
        return IndexRequest(rasters, gsd, windows, self._overlap.value() / 100, said)

    def show_acquisition(self) -> None:
        """Shows how the current row's raster was taken, to be corrected."""
        path = self._rasters.current_path()
        if path not in self._facts:
            return
        dialog = AcquisitionDialog([(path, path)], path, self)
        dialog.setModal(True)
        dialog.save_wanted.connect(lambda path, fields: self.check_wanted.emit(path, fields))
        dialog.finished.connect(dialog.deleteLater)
        dialog.show_facts(path, self._facts[path])
        dialog.show()
        self._acquisition = dialog

    def take_word(self, path: str, fields: Fields) -> None:
        """Keeps what the user says of a raster, in the engine's spelling, until it is indexed."""
        self._said[path] = self._said.get(path, {}) | fields
        self._show_facts()
        self._open_acquisition(lambda dialog: dialog.accept())

    def refuse_word(self, sentence: str) -> None:
        """Says what is wrong with it."""
        self._open_acquisition(lambda dialog: dialog.show_failure(sentence))

    def set_archive(self, location: str) -> None:
        """Shows an archive as chosen."""
        self._archive.setFilePath(location)

    def plan_anew(self) -> None:
        """Asks for the estimate once more, because there is an engine now."""
        self._timer.start()

    def show_plan(self, plan: dict[str, Any]) -> None:
        """Shows the engine's estimate."""
        rasters = [raster for raster in plan.get("rasters", []) if isinstance(raster, dict)]
        self._rasters.show_plan(rasters)
        self._planned = rasters
        self._show_facts()
        refusal = plan.get("archive_error")
        readable = any(not raster.get("error") for raster in rasters)
        self._hopeless = bool(refusal) or not readable
        if refusal:
            sentence = escape(str(refusal.get("message", "")))
        elif not readable:
            sentence = tr("None of these rasters can be indexed.")
        elif not plan.get("chips"):
            sentence = tr("The archive holds all of this already.")
        else:
            sentence = tr("About <b>{chips} chips</b>, {time}, {disk} on disk").format(
                chips=count_text(int(plan["chips"])),
                time=duration_text(float(plan.get("seconds", 0))),
                disk=bytes_text(float(plan.get("bytes", 0))),
            )
        self._estimate.setText(sentence)
        self._update_button()

    def show_plan_failure(self, sentence: str) -> None:
        """Shows why there is no estimate."""
        self._estimate.setText(sentence)

    def done(self, result: int) -> None:
        """Every way out of the dialog (Index, Cancel, Esc, its window's button) comes here, once."""
        project = QgsProject.instance()
        project.layersAdded.disconnect(self._list_rasters)
        project.layersRemoved.disconnect(self._list_rasters)
        self._timer.stop()
        self._preview.remove()
        super().done(result)
        self.deleteLater()

    def _lay_out(self) -> None:
        title = tr("Rasters of {archive}").format(archive=self._offer.name) if self._offer else None
        rasters = QGroupBox(title or tr("Rasters of this project"))
        list_layout = QVBoxLayout(rasters)
        list_layout.addWidget(self._rasters)
        list_layout.addWidget(self._acquisition_button, 0, Qt.AlignmentFlag.AlignLeft)
        rasters.setWhatsThis(
            tr(
                "Tick what shall be searched. Rasters that cannot be indexed say why in the last column. The one that "
                "is chosen is the example for the sizes below; a double-click shows how it was taken, to be corrected."
            )
        )
        archive = QGroupBox(tr("Archive"))
        archive.setWhatsThis(
            tr(
                "The file that the rasters' chips go into; chips are a layer that every GIS can open, your rasters "
                "stay."
            )
        )
        database = QToolButton()
        database.setIcon(theme_icon("mIconPostgis"))
        database.setToolTip(tr("An archive in a database..."))
        database.setAccessibleName(database.toolTip())
        database.clicked.connect(self.database_wanted)
        place = QHBoxLayout()
        place.addWidget(self._archive, 1)
        place.addWidget(database)
        archive_layout = QVBoxLayout(archive)
        archive_layout.addLayout(place)
        hint = NoteLabel(subdued=True)
        hint.setText(self._hint)
        archive_layout.addWidget(hint)
        foot = QHBoxLayout()
        foot.addWidget(self._estimate, 1)
        foot.addWidget(self._buttons)
        layout = QVBoxLayout(self)
        layout.addWidget(rasters, 1)
        layout.addWidget(archive)
        layout.addWidget(self._scale_box())
        layout.addLayout(foot)

    def _scale_box(self) -> QGroupBox:
        group = QGroupBox(tr("Scale"))
        group.setWhatsThis(
            tr(
                "What can be found. Ground GSD: what a pixel measures on the ground; a coarser one finds larger things "
                "and is quicker. Windows: the sides of the squares into which rasters are cut; what you look for "
                "should fill at least a quarter of one. Overlap: how much neighbouring squares share; more finds "
                "things that lie across them, and takes longer."
            )
        )
        self._own = QRadioButton(tr("Each raster at its own"))
        self._fixed = QRadioButton(tr("All rasters at"))
        (self._own if self._proposed_gsd is None else self._fixed).setChecked(True)
        self._gsd = QgsDoubleSpinBox()
        self._gsd.setDecimals(3)
        self._gsd.setRange(LEAST_GSD, MOST_GSD)
        self._gsd.setValue(self._proposed_gsd or 0.5)
        self._gsd.setSuffix(tr(" m per pixel"))
        self._gsd.setShowClearButton(False)
        self._gsd.setEnabled(self._fixed.isChecked())
        self._fixed.toggled.connect(self._gsd.setEnabled)
        self._overlap = QSpinBox()
        self._overlap.setRange(0, 75)
        self._overlap.setSingleStep(25)
        self._overlap.setValue(50)
        self._overlap.setSuffix(tr(" %"))
        self._show = QCheckBox(tr("Show window sizes on the map"))
        self._show.setChecked(True)
        self._show.toggled.connect(self._show_windows)
        self._windows = {cells: QCheckBox() for cells in WINDOWS}
        grid = QGridLayout(group)
        grid.setColumnStretch(2, 1)
        grid.addWidget(QLabel(tr("Ground GSD")), 0, 0)
        grid.addWidget(self._own, 0, 1, 1, 2)
        fixed = QHBoxLayout()
        fixed.addWidget(self._fixed)
        fixed.addWidget(self._gsd)
        fixed.addStretch(1)
        grid.addLayout(fixed, 1, 1, 1, 2)
        grid.addWidget(QLabel(tr("Windows")), 2, 0)
        for row, (colour, (cells, box)) in enumerate(zip(PREVIEW_COLOURS, self._windows.items(), strict=True), start=2):
            swatch = QPixmap(12, 12)
            swatch.fill(colour)
            box.setIcon(QIcon(swatch))
            box.setChecked(cells in self._ticked)
            box.toggled.connect(self._on_changed)
            grid.addWidget(box, row, 1, 1, 2)
        last = 2 + len(self._windows)
        grid.addWidget(QLabel(tr("Overlap")), last, 0)
        grid.addWidget(self._overlap, last, 1)
        grid.addWidget(self._show, last + 1, 1, 1, 2)
        self._left_out = NoteLabel(subdued=True)
        self._left_out.hide()
        grid.addWidget(self._left_out, last + 2, 1, 1, 2)
        for signal in (self._own.toggled, self._gsd.valueChanged, self._overlap.valueChanged):
            signal.connect(self._on_changed)
        return group

    def _take_levels(self) -> None:
        """Sets the scale to that of the offer, and says what the dialog cannot take over."""
        if self._offer is None:
            return
        gsd, *other_gsds = self._offer.gsds or (None,)
        if gsd is not None:
            self._fixed.setChecked(True)
            self._gsd.setValue(gsd)
        if known := set(self._windows).intersection(self._offer.windows):
            for cells, box in self._windows.items():
                box.setChecked(cells in known)
        self._overlap.setValue(round(100 * self._offer.overlap))
        left_out = [metres_text(other) for other in other_gsds if other is not None]
        left_out += [
            tr("windows of {pixels} pixels").format(pixels=cells * CELL_PX)
            for cells in self._offer.windows
            if cells not in self._windows
        ]
        if self._overlap.value() != (overlap := round(100 * self._offer.overlap)):
            left_out.append(tr("an overlap of {overlap} %").format(overlap=overlap))
        self._left_out.setText(
            tr("{archive} also has {levels}: not taken over.").format(
                archive=self._offer.name, levels=", ".join(left_out)
            )
        )
        self._left_out.setVisible(bool(left_out))

    def _list_rasters(self) -> None:
        if self._offer is None:
            self._rasters.list_rasters(QgsProject.instance())
        else:
            self._rasters.list_files(self._offer.rasters, self._offer.missing)

    def _show_facts(self) -> None:
        """Shows how rasters were taken, with what has been said of it here."""
        for raster in self._planned:
            path = str(raster.get("path"))
            with suppress(EngineError):  # of a raster that cannot be read nothing is known
                self._facts[path] = facts_from_json(raster).with_users_word(self._said.get(path, {}))
        self._rasters.show_facts(self._facts)
        self._on_pointed()

    def _on_pointed(self) -> None:
        self._acquisition_button.setEnabled(self._rasters.current_path() in self._facts)
        self._show_windows()

    def _open_acquisition(self, then: Callable[[AcquisitionDialog], None]) -> None:
        dialog = self._acquisition
        if dialog is not None and not sip.isdeleted(dialog) and dialog.isVisible():
            then(dialog)

    def _on_changed(self) -> None:
        self._hopeless = False
        self._show_windows()
        self._update_button()
        self._timer.start()

    def _update_button(self) -> None:
        request = self.request()
        ready = bool(request.rasters and request.windows and self._archive.filePath()) and not self._hopeless
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(ready)

    def _ask_for_plan(self) -> None:
        request = self.request()
        if not request.rasters:
            self._estimate.setText(
                tr("Tick at least one raster; load one into the project if the list is empty.")
                if self._offer is None
                else tr("Tick at least one raster; those whose files are missing cannot be indexed.")
            )
        elif not request.windows:
            self._estimate.setText(tr("Tick at least one window size."))
        elif not self._archive.filePath():
            self._estimate.setText(tr("Choose where the archive shall be."))
        else:
            self._estimate.setText(tr("Estimating..."))
            self.plan_wanted.emit(self._archive_path(), request)

    def _show_windows(self) -> None:
        name, gsd = self._rasters.example() or ("", None)
        if self._fixed.isChecked():
            name, gsd = tr("all rasters"), self._gsd.value()
        for cells, box in self._windows.items():
            size = tr("{pixels} pixels").format(pixels=cells * CELL_PX)
            if gsd is not None:
                metres = metres_text(cells * CELL_PX * gsd)
                size = tr("{pixels}: {metres} on the ground in {raster}").format(
                    pixels=size, metres=metres, raster=name
                )
            box.setText(size)
        squares = []
        if self._show.isChecked() and gsd is not None:
            for colour, (cells, box) in zip(PREVIEW_COLOURS, self._windows.items(), strict=True):
                if box.isChecked():
                    squares.append((cells * CELL_PX * gsd, colour))
        self._preview.show(squares)

    def _archive_path(self) -> str:
        if is_database(self._archive.filePath()):
            return self._archive.filePath()
        path = Path(self._archive.filePath()).absolute()
        return str(path if path.suffix.lower() == ".gpkg" else path.with_name(f"{path.name}.gpkg"))

    def _on_index(self) -> None:
        self.index_wanted.emit(self._archive_path(), self.request())
        self.accept()
