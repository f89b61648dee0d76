from __future__ import annotations

from datetime import date

import pytest
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest

from frors_qgis.shell.match_model import MATCH_ROLE
from frors_qgis.shell.timeline import Timeline, day_of
from tests.shell.test_match_view import made_match

DATES = ["2019-06-07", "2019-12-07", "2019-06-07", None, "2020-06", "2021"]


@pytest.fixture
def matches():
    return [made_match(rank, acquired=acquired) for rank, acquired in enumerate(DATES, 1)]


@pytest.fixture
def timeline(qgis_app, matches):
    timeline = Timeline()
    timeline.chosen = []
    timeline.match_chosen.connect(lambda match: timeline.chosen.append(match.rank))
    timeline.resize(360, timeline.sizeHint().height())
    timeline.show_matches(matches)
    timeline.show()
    yield timeline
    timeline.close()


def press(timeline, day):
    QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=QPoint(timeline._x(day), 15))


def test_dates_stand_in_their_order_and_what_has_none_is_left_out(timeline):
    assert timeline.dates == [date(2019, 6, 7), date(2019, 12, 7), date(2020, 6, 15), date(2021, 7, 2)]
    places = [timeline._x(day) for day in timeline.dates]
    assert places == sorted(places)
    assert places[0] < 15
    assert places[-1] > 345


def test_a_click_chooses_the_best_match_of_a_date_and_the_next_click_the_next_one(timeline):
    press(timeline, date(2019, 6, 7))
    press(timeline, date(2019, 6, 7))
    press(timeline, date(2019, 6, 7))
    press(timeline, date(2021, 7, 2))
    QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=QPoint(timeline._x(date(2019, 12, 7)) + 40, 15))
    assert timeline.chosen == [1, 3, 1, 6]


def test_the_arrow_keys_go_through_time(timeline):
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        QTest.keyClick(timeline, key)
    assert timeline.chosen == [1, 3, 2, 3]


def test_the_chosen_match_stands_out(timeline, matches):
    def picture():
        return timeline.grab().toImage()

    plain = picture()
    timeline.show_chosen(matches[1])
    assert picture() != plain
    timeline.show_chosen(None)
    assert picture() == plain


def test_without_any_date_a_sentence_stands_there(timeline):
    timeline.show_matches([made_match(1, acquired=None)])
    assert timeline.dates == []
    assert timeline.sizeHint().height() < 44
    assert not timeline.grab().toImage().isNull()


@pytest.mark.parametrize("text", [None, "", "soon", "2019-13", "2019-06-31"])
def test_what_is_no_date_counts_as_none(text):
    assert day_of(text) is None


def test_the_panel_shows_it_where_there_are_dates_to_compare_or_they_are_asked_for(ready, found, matches):
    results = ready.dock.results
    assert results.timeline.isHidden(), "all matches are of one date"
    ready.dock.query.show_words_button.setChecked(True)
    assert not results.timeline.isHidden()
    ready.dock.query.show_words_button.setChecked(False)
    results.show_matches(matches, None)
    assert not results.timeline.isHidden()
    pointed = []
    results.view.match_pointed.connect(lambda match: pointed.append(match.rank))
    results.timeline.match_chosen.emit(matches[4])
    assert pointed == [5]
    assert results.view.currentIndex().data(MATCH_ROLE).rank == 5
    results.view.setCurrentIndex(results.model.index(1))
    assert results.timeline._chosen == matches[1].chip
