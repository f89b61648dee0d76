"""The window in which the user says how a raster was taken."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from frors_qgis.shell.acquisition import Facts
from frors_qgis.shell.acquisition_form import AcquisitionForm
from frors_qgis.shell.elided_label import NoteLabel
from frors_qgis.shell.translation import tr

_WIDTH = 620


class AcquisitionDialog(QDialog):
    """The acquisition of one of some rasters, each given by a key and its path.

    Signals: `facts_wanted(key)`, to be answered with `show_facts`; `save_wanted(key, dict fields)`, with `show_facts`
    or `show_failure`. While there are edits no other raster can be chosen.
    """

    facts_wanted = pyqtSignal(object)
    save_wanted = pyqtSignal(object, dict)

    def __init__(self, rasters: Sequence[tuple[object, str]], chosen: object, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Acquisition: where, when and by what"))
        self._rasters = QComboBox()
        self._rasters.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._rasters.setAccessibleName(tr("Raster"))
        for key, path in rasters:
            self._rasters.addItem(PurePath(path).name, key)
            self._rasters.setItemData(self._rasters.count() - 1, path, Qt.ItemDataRole.ToolTipRole)
        self.form = AcquisitionForm()
        self._sentence = NoteLabel(subdued=True)
        self._failure = NoteLabel()
        self._failure.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Close)
        self._save = buttons.button(QDialogButtonBox.StandardButton.Save)
        self._save.clicked.connect(self._on_save)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._rasters)
        layout.addWidget(self.form)
        layout.addWidget(self._failure)
        layout.addWidget(self._sentence)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.resize(_WIDTH, self.sizeHint().height())
        self.form.edited.connect(self._on_edited)
        self._rasters.setCurrentIndex(max(0, [key for key, _ in rasters].index(chosen)))
        self._rasters.currentIndexChanged.connect(lambda _: self.ask())
        self._on_edited()

    @property
    def key(self) -> object:
        """The raster that is shown."""
        return self._rasters.currentData()

    def ask(self) -> None:
        """Has what is known of the raster shown."""
        self.form.setEnabled(False)
        self.facts_wanted.emit(self.key)

    def show_facts(self, key: object, facts: Facts) -> None:
        """Shows what is known of a raster, if it is still the one that is chosen."""
        if key == self.key:
            self._failure.hide()
            self.form.show_facts(facts)
            self._sentence.setText(facts.sentence or tr("What you write goes before what files say."))
            self._on_edited()

    def show_failure(self, sentence: str) -> None:
        """Says why something was not saved, or not read."""
        self._failure.setText(sentence)
        self._failure.show()
        self.form.setEnabled(True)

    def _on_edited(self) -> None:
        is_edited = bool(self.form.edits())
        self._save.setEnabled(is_edited)
        self._rasters.setEnabled(not is_edited and self._rasters.count() > 1)

    def _on_save(self) -> None:
        self.form.setEnabled(False)
        self.save_wanted.emit(self.key, self.form.edits())
