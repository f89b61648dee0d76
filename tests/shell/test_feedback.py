from __future__ import annotations

import pytest
from qgis.core import (
    NULL,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFeature,
    QgsField,
    QgsFillSymbol,
    QgsGeometry,
    QgsLayerTreeModel,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsSingleSymbolRenderer,
    edit,
)
from qgis.PyQt.QtCore import QEvent, QMetaType, QPoint, Qt
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QToolButton

from frors_qgis.shell import result_keeper
from frors_qgis.shell.match_model import MATCH_ROLE, VERDICT_ROLE
from frors_qgis.shell.ranked_layer import rank_layer
from frors_qgis.shell.why_dialog import WhyDialog

BOX = QgsRectangle(523530, 5267940, 523560, 5267970)


def layer():
    (found,) = QgsProject.instance().mapLayersByName("Matches")
    return found


def rows(field):
    return {feature["chip"]: feature[field] for feature in layer().getFeatures()}


@pytest.fixture
def press(ready, found):
    view = ready.dock.results.view

    def press(key, row, modifiers=Qt.KeyboardModifier.NoModifier):
        view.setCurrentIndex(view.model().index(row))
        view.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, key, modifiers))

    return press


@pytest.fixture
def wait_for_ranking(fake, wait_until, ready):
    def wait(times=1):
        wait_until(lambda: len(fake.requests("search")) == 1 + times)
        wait_until(lambda: ready.dock.search_progress.isHidden())

    return wait


def test_keys_mark_and_go_on_and_the_ranking_follows_once(ready, press, fake, wait_for_ranking, wait_until, run_for):
    view, model = ready.dock.results.view, ready.dock.results.model
    press(Qt.Key.Key_Plus, 3)
    assert view.currentIndex().row() == 4
    press(Qt.Key.Key_Minus, 4)
    press(Qt.Key.Key_Minus, 0)
    assert ready.dock.examples.text == "Examples: 1 right, 2 wrong"
    wait_for_ranking()
    run_for(0.3)
    _, request = fake.requests("search")
    assert request["params"]["positive"] == [1004]
    assert request["params"]["negative"] == [1005, 1001]
    assert request["params"]["embedding"] == [0.0625] * 256
    assert [match.chip for match in model.matches()[:3]] == [1004, 1002, 1003]
    wait_until(lambda: rows("label").get(1004) == "right")


def test_what_is_marked_wrong_is_seen_behind_the_matches_and_can_be_taken_back(
    ready, press, wait_for_ranking, wait_until
):
    model = ready.dock.results.model
    press(Qt.Key.Key_Minus, 0)
    wait_for_ranking()
    last = model.index(model.rowCount() - 1)
    assert (model.matches()[-1].chip, model.matches()[-1].rank) == (1001, 0)
    assert last.data(VERDICT_ROLE) is False
    press(Qt.Key.Key_Delete, model.rowCount() - 1)
    wait_for_ranking(2)
    assert model.matches()[0].chip == 1001
    wait_until(lambda: rows("label").get(1001) in (None, NULL))


def test_a_marked_match_without_rank_is_not_called_match_0(ready, press, window, wait_for_ranking, wait_until):
    press(Qt.Key.Key_Minus, 0)
    wait_for_ranking()
    marked = ready.dock.results.model.matches()[-1]
    ready.dock.results.view.why_wanted.emit(marked)
    wait_until(lambda: window.main.findChildren(WhyDialog))
    assert window.main.findChildren(WhyDialog)[0].windowTitle() == "Marked match of town_2024"
    ready.dock.results.view.like_match_wanted.emit(marked)
    assert ready.dock.query._title.text() == "Marked match of town_2024"


def test_a_click_on_a_sign_marks_and_another_takes_it_back(ready, found):
    view, model = ready.dock.results.view, ready.dock.results.model
    item = view.visualRect(model.index(0))
    place = next(
        QPoint(x, item.top() + 18)
        for x in range(item.left(), item.right())
        if view._delegate.sign_at(item, QPoint(x + 8, item.top() + 18)) is False
    )
    for verdict in (False, None):
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place + QPoint(8, 0))
        assert model.index(0).data(VERDICT_ROLE) is verdict


def test_undo_and_clear_bring_the_ranking_back(ready, press, fake, wait_for_ranking):
    press(Qt.Key.Key_Plus, 5)
    wait_for_ranking()
    assert ready.dock.results.model.matches()[0].chip == 1006
    press(Qt.Key.Key_Z, 0, Qt.KeyboardModifier.ControlModifier)
    wait_for_ranking(2)
    assert ready.dock.results.model.matches()[0].chip == 1001
    press(Qt.Key.Key_Plus, 5)
    wait_for_ranking(3)
    _, clear = ready.dock.examples.findChildren(QToolButton)
    clear.click()
    wait_for_ranking(4)
    assert "positive" not in fake.requests("search")[-1]["params"]
    assert ready.dock.results.model.matches()[0].chip == 1001


def test_thumbnails_that_are_there_stay_when_the_ranking_changes(ready, press, wait_for_ranking, wait_until):
    model = ready.dock.results.model
    wait_until(lambda: model.thumbnail(1002) is not None)
    press(Qt.Key.Key_Minus, 0)
    wait_for_ranking()
    assert model.thumbnail(1002) is not None


def test_another_query_starts_without_examples(ready, press, window, fake, wait_until, run_for):
    press(Qt.Key.Key_Plus, 5)
    window.draw_box(QgsRectangle(523600, 5267940, 523630, 5267970))
    wait_until(lambda: len(fake.requests("search")) == 2)
    run_for(1.0)
    assert "positive" not in fake.requests("search")[-1]["params"]
    assert len(fake.requests("search")) == 2
    assert ready.dock.examples.isHidden()


def test_a_box_drawn_with_shift_or_ctrl_is_an_example(ready, found, window, fake, wait_for_ranking, wait_until):
    other = QgsRectangle(523600, 5267940, 523630, 5267970)
    window.draw_box(other, Qt.KeyboardModifier.ShiftModifier)
    wait_for_ranking()
    window.draw_box(other, Qt.KeyboardModifier.ControlModifier)
    wait_for_ranking(2)
    params = fake.requests("search")[-1]["params"]
    assert params["positive_boxes"] == params["negative_boxes"] == [[0.0625] * 256]
    assert ready.dock.examples.text == "Examples: 1 right, 1 wrong"


def test_an_example_without_a_query_is_a_sentence(ready, window, fake):
    ready.actions[1].trigger()
    window.draw_box(BOX, Qt.KeyboardModifier.ShiftModifier)
    assert "query first" in window.messages[-1][1]
    assert fake.requests("embed") == []


def change(chip, **values):
    with edit(layer()):
        for feature in layer().getFeatures():
            if feature["chip"] == chip:
                for name, value in values.items():
                    layer().changeAttributeValue(feature.id(), layer().fields().indexOf(name), value)


def test_what_the_user_has_written_outlives_every_ranking(ready, press, wait_for_ranking, wait_until):
    wait_until(lambda: len(rows("rank")) == 100)
    change(1002, note="my find")
    layer().dataProvider().addAttributes([QgsField("checked", QMetaType.Type.Int)])
    layer().updateFields()
    change(1003, checked=1)
    change(1004, label="pier")
    drawn = QgsFeature(layer().fields())
    drawn.setGeometry(QgsGeometry.fromRect(QgsRectangle(7, 43, 7.1, 43.1)))
    layer().dataProvider().addFeatures([drawn])
    for chip in (1002, 1003, 1004, 1005):
        press(Qt.Key.Key_Minus, ready.dock.results.model.row_of(chip))
    press(Qt.Key.Key_Delete, ready.dock.results.model.row_of(1004))
    wait_for_ranking()
    wait_until(lambda: sorted(r for r in rows("rank").values() if r not in (None, NULL)) == [*range(1, 101)])
    assert rows("note")[1002] == "my find"
    assert (rows("rank")[1002], rows("score")[1002]) == (NULL, NULL)
    assert rows("checked")[1003] == 1
    assert rows("label")[1005] == "wrong"
    assert NULL in rows("chip").values()


def test_a_label_of_the_user_s_own_outlives_marks_and_their_taking_back(ready, press, wait_for_ranking, wait_until):
    wait_until(lambda: len(rows("rank")) == 100)
    change(1004, label="pier")
    for times, (key, label) in enumerate([(Qt.Key.Key_Plus, "right"), (Qt.Key.Key_Delete, NULL)], 1):
        for chip in (1004, 1006):
            press(key, ready.dock.results.model.row_of(chip))
        wait_for_ranking(times)
        wait_until(lambda label=label: rows("label")[1006] == label)
        assert rows("label")[1004] == "pier"


def test_the_style_that_the_user_gave_the_layer_stays(ready, press, wait_for_ranking, wait_until, run_for):
    wait_until(lambda: len(rows("rank")) == 100)
    layer().setLabelsEnabled(False)
    layer().setRenderer(QgsSingleSymbolRenderer(QgsFillSymbol()))
    press(Qt.Key.Key_Plus, 3)
    wait_for_ranking()
    run_for(0.3)
    assert isinstance(layer().renderer(), QgsSingleSymbolRenderer)
    assert not layer().labelsEnabled()


def test_a_layer_without_its_fields_is_left_alone_and_the_next_query_s_follows(
    ready, press, window, wait_for_ranking, wait_until, fake
):
    wait_until(lambda: len(rows("rank")) == 100)
    layer().dataProvider().deleteAttributes([layer().fields().indexOf("chip")])
    layer().updateFields()
    press(Qt.Key.Key_Plus, 3)
    wait_for_ranking()
    wait_until(lambda: window.messages)
    QgsProject.instance().removeMapLayer(layer())
    window.draw_box(BOX)
    wait_until(lambda: QgsProject.instance().mapLayersByName("Matches"))
    press(Qt.Key.Key_Plus, 3)
    wait_until(lambda: rows("label").get(1004) == "right")


def test_the_last_marks_are_in_the_layer_even_when_another_box_is_drawn_at_once(ready, press, window, wait_until):
    wait_until(lambda: len(rows("rank")) == 100)
    first = layer()
    press(Qt.Key.Key_Plus, 3)
    window.draw_box(QgsRectangle(523600, 5267940, 523630, 5267970))
    wait_until(lambda: len(QgsProject.instance().mapLayersByName("Matches")) == 2)
    assert {f["chip"] for f in first.getFeatures() if f["label"] == "right"} == {1004}
    (second,) = [one for one in QgsProject.instance().mapLayersByName("Matches") if one is not first]
    assert not [f for f in second.getFeatures() if f["label"] == "right"]


def test_marks_that_are_given_before_the_layer_is_there_reach_it(ready, window, wait_until, monkeypatch, press, fake):
    QgsProject.instance().removeMapLayer(layer())
    held = []
    store = result_keeper.add_result_layers
    monkeypatch.setattr(result_keeper, "add_result_layers", lambda *a: held.append(a) or iter(()))
    window.draw_box(BOX)
    wait_until(lambda: held)
    press(Qt.Key.Key_Plus, 3)
    keeper, kept = ready._search._keeper, ready._search._keeper._shown
    keeper._run_in_turns(store(*held[0]), lambda: True, lambda added: keeper._on_added(added, kept))
    wait_until(lambda: QgsProject.instance().mapLayersByName("Matches") and rows("label").get(1004) == "right")


def test_filters_bring_the_grid_back_when_something_else_is_shown(ready, press, wait_for_ranking, wait_until):
    results = ready.dock.results
    results.show_failure("Something went wrong.")
    ready.dock.filters._apart.setValue(50)
    wait_for_ranking()
    wait_until(lambda: results._pages.currentWidget() is results._grid)
    assert len(results.model.matches()) == 100


def test_indexing_in_the_background_does_not_hide_a_search_that_filters_have_emptied(
    ready, press, fake, wait_for_ranking, wait_until
):
    fake.order(search={"result": {"matches": []}})
    ready.dock.filters._apart.setValue(50)
    wait_for_ranking()
    ready._archive.changed.emit()
    assert ready.dock.results._pages.currentWidget() is ready.dock.results._grid


def test_an_example_and_a_mark_at_once_both_count(ready, found, press, window, fake, wait_until):
    fake.order(embed={"delay": 1.0})
    window.draw_box(QgsRectangle(523600, 5267940, 523630, 5267970), Qt.KeyboardModifier.ShiftModifier)
    press(Qt.Key.Key_Plus, 5)
    wait_until(lambda: fake.requests("search")[-1]["params"].get("positive_boxes"))
    assert fake.requests("search")[-1]["params"]["positive"] == [1006]
    wait_until(lambda: ready.dock.search_progress.isHidden())


def test_a_new_box_during_a_ranking_keeps_its_progress_and_its_cancel(ready, press, window, fake, wait_until, run_for):
    fake.order(search={"delay": 3})
    press(Qt.Key.Key_Plus, 5)
    wait_until(lambda: len(fake.requests("search")) == 2)
    window.draw_box(QgsRectangle(523600, 5267940, 523630, 5267970))
    run_for(1.0)
    assert not ready.dock.search_progress.isHidden()
    ready.dock.search_progress.cancel_wanted.emit()
    wait_until(lambda: ready.dock.search_progress.isHidden())


def test_a_ranking_can_be_cancelled_and_leaves_the_grid_as_it_is(ready, press, fake, wait_until):
    fake.order(search={"delay": 30})
    press(Qt.Key.Key_Plus, 5)
    wait_until(lambda: len(fake.requests("search")) == 2)
    ready.dock.search_progress.cancel_wanted.emit()
    assert ready.dock.search_progress.isHidden()
    assert ready.dock.results.model.matches()[0].chip == 1001


def test_an_open_menu_means_the_match_that_it_was_opened_for(ready, press, wait_for_ranking):
    view, model = ready.dock.results.view, ready.dock.results.model
    menu = view.match_menu(model.index(6))
    press(Qt.Key.Key_Minus, 0)
    wait_for_ranking()
    next(action for action in menu.actions() if action.text().startswith("Wrong")).trigger()
    assert model.index(model.row_of(1007)).data(VERDICT_ROLE) is False


def test_keys_with_ctrl_are_not_verdicts(ready, press):
    press(Qt.Key.Key_Minus, 2, Qt.KeyboardModifier.ControlModifier)
    assert ready.dock.examples.isHidden()


def test_the_legend_follows_the_ranking(ready, press, fake, wait_for_ranking, wait_until):
    press(Qt.Key.Key_Minus, 0)
    wait_for_ranking()
    best = ready.dock.results.model.matches()[0].score
    bridge = QgsLayerTreeModel(QgsProject.instance().layerTreeRoot())
    node = QgsProject.instance().layerTreeRoot().findLayer(layer().id())
    wait_until(lambda: f"{best:.3f}" in bridge.layerLegendNodes(node)[0].data(Qt.ItemDataRole.DisplayRole))


def test_a_layer_that_is_being_edited_is_left_alone_until_that_ends_and_the_user_is_told_once(
    ready, press, wait_for_ranking, window, wait_until
):
    wait_until(lambda: len(rows("rank")) == 100)
    layer().startEditing()
    press(Qt.Key.Key_Minus, 0)
    wait_for_ranking()
    wait_until(lambda: window.messages)
    assert ["being edited" in text for _, text in window.messages] == [True]
    layer().rollBack()
    wait_until(lambda: rows("label").get(1001) == "wrong")
    wait_until(lambda: rows("rank")[1002] == 1)


def test_the_layer_may_be_deleted_while_marks_are_given(ready, press, wait_for_ranking, run_for, window):
    QgsProject.instance().removeMapLayer(layer())
    press(Qt.Key.Key_Plus, 0)
    wait_for_ranking()
    run_for(0.3)
    assert window.messages == []


def test_the_layer_may_be_deleted_while_it_follows_the_ranking(
    ready, press, wait_for_ranking, run_for, window, monkeypatch
):
    steps = []

    def spoiled(layer, query, verdicts):
        for step in rank_layer(layer, query, verdicts):
            steps.append(1)
            if len(steps) == 2:
                QgsProject.instance().removeMapLayer(layer.id())
            yield step

    monkeypatch.setattr(result_keeper, "rank_layer", spoiled)
    press(Qt.Key.Key_Minus, 0)
    wait_for_ranking()
    run_for(0.5)
    assert len(steps) == 2
    assert window.messages == []


def test_an_error_of_the_engine_leaves_the_ranking_as_it_is(ready, press, fake, window, wait_until):
    fake.order(search={"error": {"code": "internal", "message": "The engine tripped."}})
    press(Qt.Key.Key_Plus, 4)
    wait_until(lambda: window.messages)
    assert "tripped" in window.messages[-1][1]
    assert [match.chip for match in ready.dock.results.model.matches()[:2]] == [1001, 1002]


def test_a_click_on_a_match_on_the_map_offers_its_menu(ready, found, window, wait_until):
    view = ready.dock.results.view
    chosen = []
    view.match_menu = lambda index: chosen.append(index.row()) or type(view).match_menu(view, index)
    centre = found[7].geometry.centroid()
    lonlat = QgsCoordinateReferenceSystem("EPSG:4326")
    centre.transform(
        QgsCoordinateTransform(lonlat, window.canvas.mapSettings().destinationCrs(), QgsProject.instance())
    )
    ready.box_tool.clicked.emit(centre.asPoint())
    assert chosen == [7]
    QApplication.activePopupWidget().close()


def test_a_click_on_a_match_on_the_map_with_shift_or_ctrl_marks_it_and_another_takes_the_mark_away(
    ready, found, window, fake, wait_for_ranking
):
    transform = window.canvas.getCoordinateTransform()
    crs = window.canvas.mapSettings().destinationCrs()

    def click(row, key):
        place = found[row].geometry.centroid()
        place.transform(QgsCoordinateTransform(QgsCoordinateReferenceSystem("EPSG:4326"), crs, QgsProject.instance()))
        pixel = transform.transform(place.asPoint())
        at = QPoint(round(pixel.x()), round(pixel.y()))
        window.drag(at, at, keys=key)

    click(2, Qt.KeyboardModifier.ShiftModifier)
    click(3, Qt.KeyboardModifier.ControlModifier)
    assert ready.dock.examples.text == "Examples: 1 right, 1 wrong"
    wait_for_ranking()
    params = fake.requests("search")[-1]["params"]
    assert (params["positive"], params["negative"]) == ([1003], [1004])
    click(2, Qt.KeyboardModifier.ShiftModifier)
    assert ready.dock.examples.text == "Examples: 0 right, 1 wrong"
    ready.box_tool.match_marked.emit(QgsPointXY(0, 0), True)
    assert "no match to mark" in window.messages[-1][1]


def test_a_click_beside_every_match_explains_how_boxes_are_drawn(ready, found, window):
    ready.box_tool.clicked.emit(QgsPointXY(0, 0))
    assert "Drag a box" in window.messages[-1][1]


def test_ctrl_z_on_the_map_takes_the_last_mark_back_while_the_box_tool_is_in_use(ready, press, window):
    press(Qt.Key.Key_Plus, 3)
    press(Qt.Key.Key_Minus, 4)
    assert window.canvas.mapTool() is ready.box_tool
    for rest in ("Examples: 1 right, 0 wrong", "Examples: 0 right, 0 wrong"):
        QTest.keyClick(window.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert ready.dock.examples.text == rest
    QTest.keyClick(window.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert ready.dock.examples.text == "Examples: 0 right, 0 wrong"


def test_marking_with_the_keys_goes_on_in_the_same_row_when_the_chosen_match_drops_out(
    ready, press, fake, wait_for_ranking
):
    view, model = ready.dock.results.view, ready.dock.results.model
    without = [match for match in model.matches() if match.chip not in (1004, 1005)]
    answer = [
        {"rank": rank, "score": one.score, "chip": one.chip, "raster": one.raster, "raster_id": 1,
         "acquired": None, "ground_size": one.ground_size, "footprint": one.footprint}
        for rank, one in enumerate(without, 1)
    ]  # fmt: skip
    fake.order(search={"result": {"matches": answer}})
    press(Qt.Key.Key_Minus, 3)
    assert view.currentIndex().data(MATCH_ROLE).chip == 1005
    wait_for_ranking()
    assert model.row_of(1005) is None
    assert (view.currentIndex().row(), view.currentIndex().data(MATCH_ROLE).chip) == (4, 1007)
    view.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Plus, Qt.KeyboardModifier.NoModifier))
    assert model.index(model.row_of(1007)).data(VERDICT_ROLE) is True


def test_the_chosen_match_is_not_followed_behind_the_ranked_ones(ready, press, wait_for_ranking):
    view = ready.dock.results.view
    press(Qt.Key.Key_Minus, 4)
    press(Qt.Key.Key_Minus, 3)
    wait_for_ranking()
    assert view.currentIndex().row() == 4
    assert view.currentIndex().data(MATCH_ROLE).rank == 5


def test_only_in_view_follows_the_map_once_it_rests(ready, found, window, fake, wait_for_ranking, run_for):
    ready.dock.query._only_extent.setChecked(True)
    wait_for_ranking()
    for _ in range(3):
        window.canvas.zoomByFactor(0.5)
    wait_for_ranking(2)
    run_for(0.8)
    _, wide, close = fake.requests("search")
    assert close["params"]["within"][0] > wide["params"]["within"][0]
    assert close["params"]["within"][2] < wide["params"]["within"][2]


def test_going_to_a_match_does_not_narrow_the_matches_in_view_down_to_it(
    ready, found, press, fake, wait_for_ranking, run_for
):
    ready.dock.query._only_extent.setChecked(True)
    wait_for_ranking()
    ready.dock.results.view.match_opened.emit(found[3])
    run_for(0.8)
    assert len(fake.requests("search")) == 2
    press(Qt.Key.Key_Plus, 3)
    wait_for_ranking(2)
    _, before, marked = fake.requests("search")
    assert marked["params"]["within"] == before["params"]["within"]


def test_without_only_in_view_the_map_moves_freely(ready, found, window, fake, run_for):
    window.canvas.zoomByFactor(0.5)
    run_for(0.8)
    assert len(fake.requests("search")) == 1
