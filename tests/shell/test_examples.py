from __future__ import annotations

import pytest

from frors_qgis.shell.examples import Examples
from tests.shell.test_match_view import made_match


@pytest.fixture
def examples(qgis_app):
    examples = Examples()
    examples.told = []
    examples.changed.connect(lambda: examples.told.append(1))
    return examples


def test_marks_are_counted_and_reach_the_engine_by_their_chips(examples):
    examples.mark(made_match(1), True)
    examples.mark(made_match(2), False)
    examples.add_box((0.5, 0.5), False)
    assert (examples.count(True), examples.count(False), len(examples)) == (1, 2, 3)
    assert examples.params() == {"positive": [5001], "negative": [5002], "negative_boxes": [[0.5, 0.5]]}
    assert len(examples.told) == 3


def test_a_mark_can_be_changed_and_taken_away(examples):
    examples.mark(made_match(1), True)
    examples.mark(made_match(1), False)
    assert examples.verdicts() == {5001: False}
    examples.mark(made_match(1), None)
    assert (len(examples), examples.params()) == (0, {})


def test_the_same_mark_again_says_nothing(examples):
    examples.mark(made_match(1), True)
    examples.mark(made_match(1), True)
    examples.mark(made_match(2), None)
    assert len(examples.told) == 1


def test_every_change_can_be_undone_clearing_too(examples):
    examples.mark(made_match(1), True)
    examples.mark(made_match(1), False)
    examples.clear()
    verdicts = []
    while examples.can_undo:
        examples.undo()
        verdicts.append(examples.verdicts())
    assert verdicts == [{5001: False}, {5001: True}, {}]
    examples.undo()
    assert len(examples.told) == 6


def test_another_query_begins_without_examples_and_without_an_undo(examples):
    examples.mark(made_match(1), True)
    told = len(examples.told)
    examples.begin()
    assert (len(examples), examples.can_undo, len(examples.told)) == (0, False, told)
