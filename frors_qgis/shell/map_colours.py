"""Colours on the map and in the grid."""

from __future__ import annotations

from qgis.PyQt.QtGui import QColor

# The query: rare in imagery, and no colour of the scores.
QUERY_COLOUR = QColor(0, 229, 255)
QUERY_FILL = QColor(0, 229, 255, 36)
CASING_COLOUR = QColor(0, 0, 0, 190)

OUTLINE_COLOUR = QColor(255, 255, 255)

# Right and wrong: blue and orange of Okabe and Ito's palette, told apart by any colour vision; signs say it, too.
RIGHT_COLOUR = QColor("#0072b2")
WRONG_COLOUR = QColor("#d55e00")

# Five classes with equally many matches, best first, as in `resources/styles/matches.qml`: matplotlib's "plasma" from
# its brightest downwards. Its lightness falls steadily, so that it also reads in grey and to the colour-blind; the
# darkest third is left out because it vanishes on imagery.
SCORE_COLOURS = ("#f0f724", "#fdb130", "#f07f4f", "#d5536f", "#a62098")


def score_class(row: int, rows: int) -> int:
    """The class, 0 is best, of the match in a row of `rows` that are sorted best first."""
    return row * len(SCORE_COLOURS) // rows
