"""The part of the dock that asks where, when and by what sensor."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QPoint, Qt, pyqtSignal
from qgis.PyQt.QtGui import QAction, QIcon
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QMenu, QSlider, QToolButton, QVBoxLayout, QWidget

from frors_qgis.shell.elided_label import NoteLabel
from frors_qgis.shell.icon import own_icon, theme_icon
from frors_qgis.shell.translation import tr
from frors_qgis.shell.words_line import WordsLine

_STEPS = 10
"""Of the slider; at the last one the words must hold."""


class WordsRow(QWidget):
    """A line of conditions on acquisitions, and while there are some, how much they weigh against the looks.

    It counts only while it is shown.

    Signals: `changed()`, another weight, or other words that have been checked; `committed(bool)`, see `WordsLine`:
    words that are to be checked; `alone_wanted()`, `same_place_wanted()`, `elsewhere_wanted()` and
    `acquisitions_wanted()` from its menu; `menu_opened()` before that is shown.
    """

    changed = pyqtSignal()
    committed = pyqtSignal(bool)
    alone_wanted = pyqtSignal()
    same_place_wanted = pyqtSignal()
    elsewhere_wanted = pyqtSignal()
    acquisitions_wanted = pyqtSignal()
    menu_opened = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = WordsLine()
        self.line.setPlaceholderText(tr("sentinel-2, summer, within 50 km"))
        conditions = tr(
            "Where, when and by what sensor: conditions with commas between them, such as sentinel-2, summer, "
            "within 50 km, resolution < 15 m, cloud < 20, June 2018, since 2019, before 2021. Enter searches."
        )
        self.line.setToolTip(conditions)
        self.line.setAccessibleName(tr("Place, time and sensor"))
        self.alone_action = self._action(tr("Search by these words alone"), own_icon("acquisition"), self.alone_wanted)
        self.same_place_action = self._action(
            tr("Same place, other dates"), theme_icon("mActionHistory"), self.same_place_wanted
        )
        self.elsewhere_action = self._action(
            tr("Same kind, elsewhere"), theme_icon("mActionZoomToLayer"), self.elsewhere_wanted
        )
        acquisitions = self._action(
            tr("Acquisitions of the rasters..."), theme_icon("mActionEditTable"), self.acquisitions_wanted
        )
        self._menu = menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.addActions([self.alone_action, self.same_place_action, self.elsewhere_action])
        menu.addSeparator()
        menu.addAction(acquisitions)
        menu.aboutToShow.connect(self.menu_opened)
        button = QToolButton()
        button.setIcon(theme_icon("mActionOptions"))
        button.setToolTip(tr("Queries by place, time and sensor"))
        button.setAccessibleName(tr("Queries by place, time and sensor"))
        button.setAutoRaise(True)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        self._weight = QSlider(Qt.Orientation.Horizontal)
        self._weight.setRange(0, _STEPS)
        self._weight.setValue(_STEPS)
        self._weight.setAccessibleName(tr("Weight of the words"))
        weight = tr(
            "How much the words weigh against the looks. Where it is not known of a raster whether it is what they ask "
            "for, it counts by how likely that is: by its platform, sensor, resolution and date as far as they are "
            "known, and by the other rasters of the archive. Such matches have a question mark behind their score. "
            "Where the words must hold they are left out."
        )
        self._weight.setToolTip(weight)
        self.setWhatsThis(f"{conditions}\n\n{weight}")
        self._told = QLabel()
        self._message = NoteLabel()
        self._message.hide()
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addWidget(self.line, 1)
        row.addWidget(button)
        self._weighing = QWidget()
        weighing = QHBoxLayout(self._weighing)
        weighing.setContentsMargins(0, 0, 0, 0)
        weighing.addWidget(QLabel(tr("Weight")))
        weighing.addWidget(self._weight, 1)
        weighing.addWidget(self._told)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(row)
        layout.addWidget(self._message)
        layout.addWidget(self._weighing)
        self.line.committed.connect(self.committed)
        self.line.textChanged.connect(self._on_text)
        self._weight.valueChanged.connect(self._on_weight)
        self._on_text()
        self._show_weight()

    @property
    def words(self) -> str:
        """The line."""
        return self.line.text().strip()

    def params(self) -> dict[str, Any]:
        """Parameters of the door method `search`."""
        words = self.line.counting.strip()
        if not words or self.isHidden():
            return {}
        must = self._weight.value() == _STEPS
        return {"words": words} | ({} if must else {"words_weight": self._weight.value() / _STEPS})

    def set_params(self, params: dict[str, Any]) -> None:
        """Sets what these parameters of `search` say; no signal tells of it."""
        weight = params.get("words_weight")
        self._weight.blockSignals(True)
        self._weight.setValue(_STEPS if weight is None else round(_STEPS * float(weight)))
        self._weight.blockSignals(False)
        self._show_weight()
        self.line.set_text(str(params.get("words", "")))

    def show_menu(self, place: QPoint) -> None:
        """Shows its menu at a place of the screen."""
        self._menu.popup(place)

    def show_message(self, sentence: str) -> None:
        """Says under the line what is wrong with it; an empty sentence: nothing."""
        self._message.setText(sentence)
        self._message.setVisible(bool(sentence))

    def _on_text(self) -> None:
        self.show_message("")
        self._weighing.setVisible(bool(self.words))

    def _on_weight(self) -> None:
        self._show_weight()
        self.changed.emit()

    def _show_weight(self) -> None:
        value = self._weight.value()
        must = value == _STEPS
        self._told.setText(tr("must hold") if must else tr("{percent} %").format(percent=100 * value // _STEPS))
        widest = max((tr("must hold"), tr("{percent} %").format(percent=100)), key=len)
        self._told.setMinimumWidth(self._told.fontMetrics().horizontalAdvance(widest))

    def _action(self, text: str, icon: QIcon, wanted: pyqtSignal) -> QAction:
        action = QAction(icon, text, self)
        action.triggered.connect(lambda: wanted.emit())
        return action
