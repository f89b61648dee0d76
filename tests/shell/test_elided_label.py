from __future__ import annotations

from qgis.PyQt.QtWidgets import QVBoxLayout, QWidget

from frors_qgis.shell.elided_label import ElidedLabel, NoteLabel

SENTENCE = "100 matches, scores 0.412 to 0.973. The archive has chips of a finer GSD as well."


def test_a_note_takes_the_lines_that_it_needs_and_widens_nothing(qgis_app):
    panel, note = QWidget(), NoteLabel()
    layout = QVBoxLayout(panel)
    layout.addWidget(note)
    layout.addStretch(1)
    note.setText(SENTENCE + "a" * 200)
    panel.resize(250, 600)
    panel.show()
    assert panel.width() == 250
    assert note.height() >= 3 * note.fontMetrics().height()


def test_the_beginning_of_a_line_that_does_not_fit_is_what_is_seen(qgis_app):
    label, other = ElidedLabel(), ElidedLabel()
    label.setText(SENTENCE)
    other.setText(SENTENCE.replace("as well.", "too."))
    for one in (label, other):
        one.resize(150, 20)
    assert label.grab().toImage() == other.grab().toImage(), "the end is left out"
    assert label.toolTip() == SENTENCE


def test_a_name_that_looks_like_markup_is_shown_as_it_is_in_the_tool_tip(qgis_app):
    label = ElidedLabel()
    label.setText("<img src='//host.invalid/a.png'>\nb & c")
    assert label.toolTip() == "<qt>&lt;img src=&#x27;//host.invalid/a.png&#x27;&gt;<br>b &amp; c</qt>"
    label.setText("a & b > c")
    assert label.toolTip() == "a & b > c"
