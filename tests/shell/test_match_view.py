from __future__ import annotations

import pytest
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QImage, QKeyEvent, QMouseEvent
from qgis.PyQt.QtTest import QTest

from frors_qgis.protocol import EngineError
from frors_qgis.shell.match import match_from_json
from frors_qgis.shell.match_model import COLOUR_ROLE, MatchModel
from frors_qgis.shell.match_view import MatchView

TOOL_TIP = Qt.ItemDataRole.ToolTipRole
SUMMER = "summer: not known, 25 % likely"
CORNERS = [[7.0, 43.0], [7.1, 43.0], [7.1, 42.9], [7.0, 42.9]]


def made_match(rank, **changes):
    value = {
        "rank": rank, "score": 1 - rank / 2000, "chip": rank + 5000, "raster": "/data/port.tif", "raster_id": 1,
        "acquired": "2020-02-03", "ground_size": 38.4, "footprint": CORNERS,
    }  # fmt: skip
    return match_from_json(value | changes)


@pytest.fixture
def view(qgis_app):
    view = MatchView()
    model = MatchModel(view)
    model.wanted = []
    model.thumbnail_wanted.connect(model.wanted.append)
    view.setModel(model)
    view.resize(420, 600)
    view.show()
    yield view
    view.close()


@pytest.fixture
def full_view(view, run_for):
    view.model().set_matches([made_match(rank) for rank in range(1, 1001)])
    run_for(0.3)
    return view


def test_of_a_thousand_matches_only_the_visible_ones_ask_for_thumbnails(full_view):
    asked = set(full_view.model().wanted)
    assert 5001 in asked
    assert len(asked) <= 24


def test_scrolling_asks_for_what_comes_into_sight(full_view, run_for):
    first = set(full_view.model().wanted)
    full_view.scrollTo(full_view.model().index(999))
    run_for(0.2)
    later = set(full_view.model().wanted) - first
    assert 6000 in later
    assert len(later) <= 24


def test_a_thumbnail_is_asked_for_no_more_once_it_is_there(full_view, run_for):
    model = full_view.model()
    image = QImage(64, 64, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.green)
    model.set_thumbnail(5001, image)
    model.set_thumbnail(5002, QImage())
    model.wanted.clear()
    full_view.viewport().update()
    run_for(0.1)
    assert not {5001, 5002} & set(model.wanted)
    assert 5003 in model.wanted


def test_thumbnails_that_were_missing_are_asked_for_again_when_rasters_were_found(full_view, run_for):
    model = full_view.model()
    image = QImage(64, 64, QImage.Format.Format_RGB32)
    model.set_thumbnail(5001, image)
    model.set_thumbnail(5002, QImage())
    run_for(0.1)
    model.wanted.clear()
    model.want_missing()
    run_for(0.1)
    assert 5002 in model.wanted
    assert 5001 not in model.wanted


def test_a_thumbnail_of_an_earlier_search_is_ignored(full_view):
    model = full_view.model()
    model.set_matches([made_match(1)])
    model.set_thumbnail(5900, QImage(8, 8, QImage.Format.Format_RGB32))
    assert model.thumbnail(5900) is None


@pytest.mark.parametrize("width", [150, 322, 420, 777])
def test_columns_fill_the_width_without_a_horizontal_scroll_bar(full_view, run_for, width):
    full_view.resize(width, 600)
    run_for(0.2)
    rects = [full_view.visualRect(full_view.model().index(row)) for row in range(8)]
    columns = sum(1 for rect in rects if rect.top() == rects[0].top())
    assert rects[columns - 1].right() <= full_view.viewport().width()
    free = full_view.viewport().width() - columns * rects[0].width()
    assert 0 <= free < max(30, rects[0].width())
    if columns < 8:
        assert free <= columns + 20


def test_enter_opens_and_arrow_keys_point(full_view):
    pointed, opened = [], []
    full_view.match_pointed.connect(lambda match: pointed.append(match.rank))
    full_view.match_opened.connect(lambda match: opened.append(match.rank))
    full_view.setCurrentIndex(full_view.model().index(0))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Return):
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        QCoreApplication.sendEvent(full_view, event)
    assert (pointed, opened) == ([2], [2])


def test_a_click_points_and_a_double_click_opens(full_view):
    pointed, opened = [], []
    full_view.match_pointed.connect(lambda match: pointed.append(match.rank))
    full_view.match_opened.connect(lambda match: opened.append(match.rank))
    place = full_view.visualRect(full_view.model().index(1)).center()
    QTest.mouseClick(full_view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert (pointed, opened) == ([2], [])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(QEvent.Type.MouseButtonDblClick, QPointF(place), QPointF(QPoint(place)), left, left, none)
    QCoreApplication.sendEvent(full_view.viewport(), event)
    assert opened == [2]


def test_the_menu_of_a_match_searches_again_with_it(full_view):
    wanted = []
    full_view.like_match_wanted.connect(lambda match: wanted.append(match.chip))
    menu = full_view.match_menu(full_view.model().index(4))
    menu.actions()[0].trigger()
    assert wanted == [5005]


def test_the_grid_paints_every_kind_of_match(view, run_for):
    wide = QImage(200, 40, QImage.Format.Format_RGB32)
    matches = [
        made_match(1), made_match(2, acquired=None), made_match(3, raster="x" * 300), made_match(12345, score=-0.25)
    ]  # fmt: skip
    view.model().set_matches(matches)
    view.model().set_thumbnail(matches[0].chip, wide)
    view.model().set_thumbnail(matches[1].chip, QImage())
    view.selectAll()
    run_for(0.1)
    assert not view.grab().isNull()


def test_classes_of_colour_hold_equally_many_matches(full_view):
    model = full_view.model()
    colours = [model.data(model.index(row), COLOUR_ROLE).name() for row in range(1000)]
    assert [colours.count(colour) for colour in dict.fromkeys(colours)] == [200] * 5


@pytest.mark.parametrize(
    "changes",
    [
        {"footprint": []},
        {"footprint": CORNERS[:3]},
        {"footprint": [*CORNERS[:3], [float("nan"), 1]]},
        {"footprint": None},
        {"score": "high"},
        {"score": float("inf")},
        {"chip": None},
        {"unknown": [{"words": "summer", "odds": float("nan")}]},
        {"unknown": [{"words": "summer"}]},
    ],
)
def test_a_match_that_is_none_is_refused(changes):
    with pytest.raises(EngineError):
        made_match(1, **changes)


def test_a_match_of_which_something_is_not_known_has_a_question_mark(view, run_for):
    unknown = [{"words": "summer", "odds": 0.25}]
    model, pictures = view.model(), []
    for changes in ({}, {"unknown": unknown}):
        model.set_matches([made_match(1, **changes)])
        assert model.data(model.index(0), TOOL_TIP).endswith(SUMMER) == bool(changes)
        run_for(0.1)
        pictures.append(view.grab().toImage())
    assert pictures[0] != pictures[1]
