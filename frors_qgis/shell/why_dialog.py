"""The window that says why a match is one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from frors_qgis.shell.explanation import Explanation
from frors_qgis.shell.heat_picture import HeatPicture
from frors_qgis.shell.match import match_title
from frors_qgis.shell.translation import tr
from frors_qgis.shell.wording import decimal_text, metres_text

_WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MARKS = re.compile(r"[A-Z ]")


class WhyDialog(QDialog):
    """Picture, heat, the best part and the suggested classes. It stands beside the map, which stays usable.

    Signal `part_pointed(Explanation)`: the best part shall be shown on the map.
    """

    part_pointed = pyqtSignal(object)

    def __init__(self, explanation: Explanation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(match_title(explanation.match))
        picture = HeatPicture(explanation)
        heat = QCheckBox(tr("Dim what is less like the query"))
        heat.setChecked(True)
        self.setWhatsThis(
            tr(
                "The match as the engine sees it: the less a part of it is like the query, the darker it is, and the "
                "box is round the part that is most like it. The classes are those that the encoder was trained on."
            )
        )
        heat.toggled.connect(picture.show_heat)
        words = QLabel("\n".join(explanation_lines(explanation)))
        words.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        show = buttons.addButton(tr("Show on the map"), QDialogButtonBox.ButtonRole.ActionRole)
        show.clicked.connect(lambda: self.part_pointed.emit(explanation))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(picture, 1)
        layout.addWidget(heat)
        layout.addWidget(words)
        layout.addWidget(buttons)


def merged_classes(classes: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """Classes (data set/name, probability) without their data sets, best first; those of one name are one."""
    spellings: dict[str, list[str]] = {}
    sums: dict[str, float] = {}
    for name, probability in classes:
        words = _WORD_START.sub(" ", name.rsplit("/", 1)[-1].strip())
        key = "".join(words.split()).casefold()
        spellings.setdefault(key, []).append(words)
        sums[key] = sums.get(key, 0.0) + probability
    # The spelling with the most capitals and spaces is the easiest to read.
    read = {key: max(names, key=lambda words: len(_MARKS.findall(words))) for key, names in spellings.items()}
    return sorted(((read[key], total) for key, total in sums.items()), key=lambda entry: -entry[1])


def explanation_lines(explanation: Explanation) -> list[str]:
    """The explanation in words."""
    match = explanation.match
    width = explanation.best[2]
    if width >= 1:
        lines = [tr("All of it is like the query: score {score}.").format(score=decimal_text(explanation.score))]
    else:
        lines = [
            tr("The part in the box, {size} wide, is most like the query: score {part}, the whole {whole}.").format(
                size=metres_text(width * match.ground_size),
                part=decimal_text(explanation.score),
                whole=decimal_text(match.score),
            )
        ]
    if explanation.classes:
        classes = ", ".join(
            tr("{name} {percent} %").format(name=name, percent=round(100 * probability))
            for name, probability in merged_classes(explanation.classes)
        )
        lines.append(
            tr("Of the classes that the encoder has learnt it is most like: {classes}.").format(classes=classes)
        )
    return lines
