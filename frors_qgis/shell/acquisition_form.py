"""The fields of an acquisition, each with its source."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from frors_qgis.shell.acquisition import FIELDS, Facts, Fields, field_name, source_name, value_of, value_text
from frors_qgis.shell.elided_label import ElidedLabel
from frors_qgis.shell.icon import theme_icon
from frors_qgis.shell.translation import tr

_ICON_PX = 16


class AcquisitionForm(QWidget):
    """One line per field: its value, and who says so, or who says otherwise. What the user writes goes before all.

    An emptied field takes back what she has said before. Signal `edited()`.
    """

    edited = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWhatsThis(
            tr(
                "Where, when and by what the raster was taken, and what says so. What you write goes before what files "
                "say; an emptied field takes back what you have written."
            )
        )
        self._facts = Facts()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self._lines: dict[str, QLineEdit] = {}
        self._signs: dict[str, QLabel] = {}
        self._sources: dict[str, ElidedLabel] = {}
        for row, name in enumerate(FIELDS):
            self._lines[name] = line = QLineEdit()
            line.setPlaceholderText(_example(name))
            line.setAccessibleName(field_name(name))
            line.setClearButtonEnabled(True)
            line.textChanged.connect(lambda _, name=name: self._on_text(name))
            self._signs[name] = sign = QLabel()
            sign.setFixedWidth(_ICON_PX)
            self._sources[name] = ElidedLabel(subdued=True)
            label = QLabel(field_name(name))
            label.setBuddy(line)
            grid.addWidget(label, row, 0)
            grid.addWidget(line, row, 1)
            grid.addWidget(sign, row, 2, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(self._sources[name], row, 3)
        self.setEnabled(False)

    def show_facts(self, facts: Facts) -> None:
        """Shows what is known of a raster; edits that were not saved are gone."""
        self._facts = facts
        for name, line in self._lines.items():
            fact = facts.counting(name)
            line.setText("" if fact is None else value_text(name, fact.value))
            line.setCursorPosition(0)
            self._show_source(name)
        self.setEnabled(True)

    def edits(self) -> Fields:
        """What was edited: fields and their values, None for those to take back."""
        return {name: self._value(name) for name in FIELDS if self._is_edited(name)}

    def _value(self, name: str) -> object:
        text = self._lines[name].text().strip()
        return value_of(name, text) if text else None

    def _is_edited(self, name: str) -> bool:
        text, fact = self._lines[name].text().strip(), self._facts.counting(name)
        if not text:
            return fact is not None and fact.source == "user"
        return fact is None or text != value_text(name, fact.value)

    def _on_text(self, name: str) -> None:
        self._show_source(name)
        self.edited.emit()

    def _show_source(self, name: str) -> None:
        """Who says what stands in the line, and who contradicts."""
        fact, sign, told = self._facts.counting(name), QIcon(), ""
        others = [one for one in self._facts.conflicts if one.field == name]
        if self._is_edited(name) and self._lines[name].text().strip():
            told = source_name("user")
        elif not self._lines[name].text().strip():
            fact = self._facts.without_user(name)
            if fact is not None:
                told = _says(fact.source, value_text(name, fact.value))
        elif fact is not None:
            told = source_name(fact.source)
            if others:
                sign = theme_icon("mIconWarning")
                told += "; " + "; ".join(_says(one.source, value_text(name, one.value)) for one in others)
        self._signs[name].setPixmap(sign.pixmap(_ICON_PX, _ICON_PX))
        self._sources[name].setText(told)


def _says(source: str, value: str) -> str:
    return tr("{source}: {value}").format(source=source_name(source), value=value)


def _example(name: str) -> str:
    """What could stand in an empty field."""
    example = {
        "acquired": "2024-06-07",
        "platform": "sentinel-2a",
        "sensor": "msi",
        "level": "L2A",
        "gsd": "10",
        "cloud": "20",
        "off_nadir": "5",
        "place": "43.3, 5.4",
        "place_name": "Marseille",
    }[name]
    return tr("unknown, for example {example}").format(example=example)
