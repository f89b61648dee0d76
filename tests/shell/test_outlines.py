from __future__ import annotations

import shutil

import pytest
from qgis.core import Qgis, QgsProject, QgsRectangle

BOX = QgsRectangle(523530, 5267940, 523560, 5267970)


def layers(name):
    return QgsProject.instance().mapLayersByName(name)


def can_outline(plugin):
    plugin.dock.results.menu_opened.emit()
    return plugin.dock.results.outline_action.isEnabled()


@pytest.fixture
def outline(ready, found, wait_until):
    wait_until(lambda: can_outline(ready))
    return ready.dock.results.outline_action.trigger


def test_outlines_are_a_layer_in_the_group_of_their_query(outline, found, wait_until):
    outline()
    wait_until(lambda: layers("Outlines"))
    (layer,), (matches,) = layers("Outlines"), layers("Matches")
    root = QgsProject.instance().layerTreeRoot()
    assert root.findLayer(layer.id()).parent() is root.findLayer(matches.id()).parent()
    first = next(feature for feature in layer.getFeatures() if feature["rank"] == 1)
    whole = next(feature for feature in matches.getFeatures() if feature["rank"] == 1)
    assert layer.featureCount() == len(found)
    assert (first["chip"], first["query_id"]) == (whole["chip"], whole["query_id"])
    assert (first["score"], first["match_score"]) == (0.99, pytest.approx(whole["score"]))
    assert first.geometry().area() == pytest.approx(whole.geometry().area() / 4)
    assert whole.geometry().buffer(1e-9, 2).contains(first.geometry())


def test_outlines_lie_in_a_file_beside_the_archive(outline, archive, wait_until):
    outline()
    wait_until(lambda: layers("Outlines"))
    source = layers("Outlines")[0].source()
    assert source.startswith(str(archive.with_name("town_matches")))


def test_where_the_folder_refuses_they_are_a_temporary_layer(outline, archive, wait_until):
    folder = archive.with_name("town_matches")
    shutil.rmtree(folder)
    folder.write_text("in the way")
    outline()
    wait_until(lambda: layers("Outlines"))
    assert layers("Outlines")[0].providerType() == "memory"


def test_the_examples_count_for_outlines(ready, found, outline, fake, wait_until):
    ready.dock.results.view.verdict_given.emit(found[2], True)
    outline()
    wait_until(lambda: fake.requests("outline"))
    params = fake.requests("outline")[0]["params"]
    assert params["positive"] == [found[2].chip]
    assert params["matches"] == [match.chip for match in found]


def test_matches_without_an_outline_are_told_once_for_each_reason(window, outline, found, fake, wait_until):
    lost = {"chip": found[0].chip, "error": {"code": "raster_missing", "message": "The raster is gone."}}
    again = {"chip": found[1].chip, "error": {"code": "raster_missing", "message": "The raster is gone."}}
    fake.order(outline={"result": {"outlines": [lost, again]}})
    outline()
    wait_until(lambda: any("1 raster could not be read" in text for _, text in window.messages))
    assert not layers("Outlines")


def test_it_is_cancelled_by_its_button_and_by_another_query(ready, window, outline, fake, wait_until, run_for):
    fake.order(outline={"delay": 30})
    outline()
    wait_until(lambda: ready.dock.outline_progress.isVisible())
    ready.dock.outline_progress.cancel_wanted.emit()
    wait_until(lambda: not ready.dock.outline_progress.isVisible(), 1.0)
    outline()
    wait_until(lambda: ready.dock.outline_progress.isVisible())
    window.draw_box(BOX)
    wait_until(lambda: not ready.dock.outline_progress.isVisible())
    assert not layers("Outlines")


@pytest.mark.parametrize(
    "outlines", [None, [{}], [{"chip": 1, "error": None}], [{"chip": 1001, "error": None, "score": 1, "footprint": 7}]]
)
def test_outlines_that_are_none_end_in_a_sentence(window, outline, fake, wait_until, outlines):
    fake.order(outline={"result": {"outlines": outlines}})
    outline()
    wait_until(lambda: any("outlines cannot be read" in text for _, text in window.messages))


def test_a_layer_that_the_user_has_deleted_is_not_missed(ready, outline, fake, wait_until, run_for, window):
    fake.order(outline={"delay": 0.3})
    outline()
    QgsProject.instance().removeMapLayer(layers("Matches")[0].id())
    wait_until(lambda: not ready.dock.outline_progress.isVisible())
    run_for(0.3)
    assert not layers("Outlines")
    assert [level for level, _ in window.messages if level >= Qgis.MessageLevel.Warning] == []
    assert not can_outline(ready)


def test_outlines_of_a_query_that_has_changed_meanwhile_are_not_shown(
    ready, window, found, outline, fake, wait_until, run_for
):
    fake.order(outline={"delay": 0.5})
    outline()
    assert not can_outline(ready)
    ready.dock.results.view.verdict_given.emit(found[2], True)
    wait_until(lambda: any("has changed meanwhile" in text for _, text in window.messages))
    run_for(0.3)
    assert not layers("Outlines")
    assert can_outline(ready)


def test_outlines_are_taken_off_when_the_ranking_changes(ready, found, outline, fake, wait_until):
    outline()
    wait_until(lambda: layers("Outlines"))
    ready.dock.filters._apart.setValue(50)  # the fake engine ranks as before
    wait_until(lambda: len(fake.requests("search")) == 2 and ready.dock.search_progress.isHidden())
    assert layers("Outlines")
    ready.dock.results.view.verdict_given.emit(found[2], False)
    wait_until(lambda: not layers("Outlines"))
    outline()
    wait_until(lambda: layers("Outlines"))


def test_outlines_that_the_user_edits_or_has_deleted_are_left_to_her(ready, found, outline, fake, wait_until):
    for count in (1, 2):
        wait_until(lambda: can_outline(ready))
        outline()
        wait_until(lambda count=count: len(layers("Outlines")) == count)
    first, second = layers("Outlines")
    second.startEditing()
    QgsProject.instance().removeMapLayer(first.id())
    ready.dock.results.view.verdict_given.emit(found[2], False)
    wait_until(lambda: len(fake.requests("search")) == 2 and ready.dock.search_progress.isHidden())
    assert layers("Outlines") == [second]
    second.rollBack()


def test_outlines_of_matches_that_a_filter_has_changed_meanwhile_are_not_shown(
    ready, window, outline, fake, wait_until, run_for
):
    fake.order(outline={"delay": 2.0})
    outline()
    ready.dock.query._matches.setValue(7)
    wait_until(lambda: any("has changed meanwhile" in text for _, text in window.messages))
    run_for(0.3)
    assert not layers("Outlines")
