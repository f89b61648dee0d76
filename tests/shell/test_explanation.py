from __future__ import annotations

from itertools import pairwise

import pytest
from qgis.core import QgsProject, QgsRectangle
from qgis.PyQt.QtWidgets import QApplication, QCheckBox, QDialogButtonBox, QLabel

from frors_qgis.protocol import EngineError
from frors_qgis.shell.explanation import _explanation
from frors_qgis.shell.heat_picture import HeatPicture, heat_image
from frors_qgis.shell.why_dialog import WhyDialog, merged_classes
from tests.shell.test_match_view import made_match

BOX = QgsRectangle(523530, 5267940, 523560, 5267970)


def dialogs():
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, WhyDialog) and one.isVisible()]


@pytest.fixture
def explained(ready, window, wait_until):
    ready.actions[1].trigger()
    window.draw_box(BOX)
    wait_until(lambda: QgsProject.instance().mapLayersByName("Matches"))
    view = ready.dock.results.view
    menu = view.match_menu(view.model().index(2))
    next(action for action in menu.actions() if action.text() == "Why this match?").trigger()
    wait_until(dialogs)
    return dialogs()[0]


def test_a_match_is_explained_in_words_and_with_its_heat(explained, fake):
    (request,) = fake.requests("explain")
    assert request["params"]["match"] == 1003
    assert request["params"]["embedding"] == [0.0625] * 256
    words = explained.findChild(QLabel).text()
    assert "19.2 m wide" in words
    assert "score 0.970" in words
    assert "harbor 62 %, beach 20 %" in words
    picture = explained.findChild(HeatPicture)
    with_heat = picture.grab().toImage()
    explained.findChild(QCheckBox).setChecked(False)
    assert picture.grab().toImage() != with_heat


def test_on_a_small_screen_the_picture_makes_room_for_the_words(explained, wait_until):
    explained.resize(380, 380)
    parts = [explained.findChild(kind) for kind in (HeatPicture, QCheckBox, QLabel, QDialogButtonBox)]
    wait_until(lambda: parts[0].height() < 300)
    for above, below in pairwise(parts):
        assert above.geometry().bottom() < below.geometry().top()


def test_the_examples_count_in_the_explanation(ready, explained, fake, wait_until):
    ready.dock.results.view.verdict_given.emit(ready.dock.results.model.matches()[5], True)
    ready.dock.results.view.why_wanted.emit(ready.dock.results.model.matches()[0])
    wait_until(lambda: len(fake.requests("explain")) == 2)
    assert fake.requests("explain")[1]["params"]["positive"] == [1006]


def test_the_best_part_can_be_shown_on_the_map(explained, window):
    before = window.canvas.extent()
    buttons = explained.findChild(QDialogButtonBox)
    next(button for button in buttons.buttons() if button.text() == "Show on the map").click()
    assert window.canvas.extent() != before


def test_another_match_takes_the_window_s_place_and_unloading_closes_it(ready, explained, fake, wait_until):
    ready.dock.results.view.why_wanted.emit(ready.dock.results.model.matches()[0])
    wait_until(lambda: dialogs() and dialogs()[0] is not explained)
    assert len(dialogs()) == 1
    ready.unload()
    assert dialogs() == []
    ready.initGui()


def test_a_raster_that_is_gone_gets_the_engine_s_sentence(ready, window, fake, wait_until):
    fake.order(explain={"error": {"code": "raster_missing", "message": "The raster is not there."}})
    ready.actions[1].trigger()
    window.draw_box(BOX)
    wait_until(lambda: ready.dock.results.model.matches())
    ready.dock.results.view.why_wanted.emit(ready.dock.results.model.matches()[0])
    wait_until(lambda: window.messages)
    assert "not there" in window.messages[-1][1]
    assert dialogs() == []


def test_without_a_query_nothing_is_asked(ready, fake, run_for):
    ready.dock.results.view.why_wanted.emit(made_match(1))
    run_for(0.2)
    assert fake.requests("explain") == []


@pytest.mark.parametrize(
    "changes",
    [{"cells": 0}, {"cells": 5}, {"heat": []}, {"heat": [[1.0, float("nan")]] * 4}, {"best": [1]}, {"classes": [1]}],
)
def test_an_explanation_that_is_none_is_refused(qgis_app, changes):
    answer = {
        "cells": 4, "heat": [[0.5] * 4] * 4, "best": [0, 0, 2, 2], "score": 0.9,
        "footprint": [[7, 43], [8, 43], [8, 42], [7, 42]], "classes": [],
    }  # fmt: skip
    assert _explanation(made_match(1), answer, None).score == 0.9
    with pytest.raises(EngineError):
        _explanation(made_match(1), answer | changes, None)


def test_heat_covers_what_matters_least_most(qgis_app):
    image = heat_image([[0.1, 0.9], [0.5, 0.5]])
    assert image.pixelColor(1, 0).alpha() == 0
    assert image.pixelColor(0, 0).alpha() > image.pixelColor(0, 1).alpha() > 0
    assert heat_image([[0.5]]).pixelColor(0, 0).alpha() == 0


def test_classes_are_named_without_their_data_sets_and_those_of_one_name_are_one():
    classes = [
        ("ucmerced/mobilehomepark", 0.4), ("aid/Beach", 0.3), ("ucmerced/beach", 0.2), ("aid/MediumResidential", 0.06),
        ("a/medium residential", 0.04),
    ]  # fmt: skip
    merged = [(name, round(probability, 3)) for name, probability in merged_classes(classes)]
    assert merged == [("Beach", 0.5), ("mobilehomepark", 0.4), ("Medium Residential", 0.1)]


def test_the_window_stands_off_the_middle_of_the_map_where_the_best_part_is_shown(explained, window):
    canvas = window.canvas
    middle = canvas.mapToGlobal(canvas.rect().center())
    assert canvas.window().screen().availableGeometry().contains(explained.geometry())
    assert not explained.geometry().contains(middle)
