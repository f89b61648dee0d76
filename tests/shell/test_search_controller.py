from __future__ import annotations

import pytest
from osgeo import gdal
from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtGui import QColor, QImage

from frors_qgis.shell.raster_source import degrees_of
from frors_qgis.shell.result_layer import results_group_name

BOX = QgsRectangle(523530, 5267940, 523560, 5267970)


def groups():
    group = QgsProject.instance().layerTreeRoot().findGroup(results_group_name())
    return [] if group is None else [child.name() for child in group.children()]


@pytest.fixture
def search(ready, window, wait_until):
    """Draws a box with the map tool."""
    ready.actions[1].trigger()

    def draw(box=BOX):
        window.draw_box(box)

    return draw


@pytest.fixture
def found(ready, search, wait_until):
    search()
    wait_until(lambda: groups() and ready.dock.results.model.matches())
    return ready.dock.results.model.matches()


def test_a_box_fills_the_grid_the_query_and_the_map(ready, found, window, fake, archive):
    assert len(found) == 100
    assert len(groups()) == 1
    (embed,) = fake.requests("embed")
    assert embed["params"]["crs"] == "EPSG:26910"
    assert embed["params"]["box"] == pytest.approx(
        [BOX.xMinimum(), BOX.yMinimum(), BOX.xMaximum(), BOX.yMaximum()], abs=1
    )
    (request,) = fake.requests("search")
    assert request["params"]["archive"] == str(archive)
    assert request["params"]["ground_size"] == 38.4
    assert request["params"]["k"] == 100
    assert "within" not in request["params"]
    assert len(list(archive.with_name("town_matches").glob("*.gpkg"))) == 1
    assert window.messages == []


@pytest.mark.parametrize("code", ["EPSG:3857", "EPSG:4326"])
def test_a_box_may_be_drawn_in_any_project_crs(ready, window, raster_layer, search, fake, wait_until, code):
    crs = QgsCoordinateReferenceSystem(code)
    window.show(raster_layer, crs)
    extent = QgsRectangle(window.canvas.extent())
    extent.scale(0.3)
    search(extent)
    wait_until(lambda: fake.requests("embed"))
    params = fake.requests("embed")[0]["params"]
    assert params["crs"] == code
    assert params["box"][0] == pytest.approx(extent.xMinimum(), abs=2 * window.canvas.mapUnitsPerPixel())


def test_only_thumbnails_that_are_seen_are_fetched(ready, found, fake, run_for):
    run_for(1.0)
    asked = [request["params"]["chip"] for request in fake.requests("thumbnail")]
    assert 1001 in asked
    assert len(asked) == len(set(asked))
    assert len(asked) < 40
    assert not ready.dock.results.model.thumbnail(1001).isNull()


def test_options_reach_the_engine(ready, window, search, fake, wait_until):
    panel = ready.dock.query
    panel._any_size.setChecked(True)
    panel._only_extent.setChecked(True)
    panel._matches.setValue(7)
    search()
    wait_until(lambda: fake.requests("search"))
    params = fake.requests("search")[0]["params"]
    extent = window.canvas.extent()
    assert params["any_size"] is True
    assert params["k"] == 7
    west, south, east, north = params["within"]
    assert params["crs"] == "EPSG:4326"
    transform = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:4326"), QgsCoordinateReferenceSystem("EPSG:26910"), QgsProject.instance()
    )
    searched = transform.transformBoundingBox(QgsRectangle(west, south, east, north))
    assert searched.contains(extent)
    assert searched.width() < 1.1 * extent.width()


def test_a_view_far_larger_than_its_crs_does_not_limit_the_search(ready, window, search, fake, wait_until):
    ready.dock.query._only_extent.setChecked(True)
    search()
    wait_until(lambda: fake.requests("search"))
    assert "within" in fake.requests("search")[0]["params"]
    crs = QgsCoordinateReferenceSystem("EPSG:2154")
    assert degrees_of(QgsRectangle(-2e7, -2e7, 2e7, 2e7), crs) is None
    assert degrees_of(QgsRectangle(600000, 6500000, 700000, 6600000), crs) == pytest.approx(
        (1.7, 45.6, 3.0, 46.5), abs=0.1
    )


def test_of_two_boxes_in_a_row_only_the_second_is_shown(ready, search, fake, wait_until, run_for):
    fake.order(embed={"delay": 30}, search={"result": {"note": "the first"}})
    search()
    wait_until(lambda: fake.requests("embed"))
    fake.order(search={"result": {"note": "the second"}})
    search(QgsRectangle(523530, 5267940, 523570, 5267970))
    wait_until(groups)
    run_for(1.0)
    assert len(groups()) == 1
    assert "the second" in ready.dock.results._header.text()
    assert len(fake.requests("search")) == 1


def test_cancel_in_the_panel_ends_the_search(ready, search, fake, wait_until, run_for, window):
    fake.order(embed={"delay": 3})
    search()
    wait_until(lambda: ready.dock.search_progress.isVisible() and fake.requests("embed"))
    ready.dock.search_progress._cancel.click()
    run_for(0.5)
    assert not ready.dock.search_progress.isVisible()
    assert fake.requests("search") == []
    assert (groups(), window.messages) == ([], [])


def test_progress_and_time_left_are_shown(ready, search, fake, wait_until):
    fake.order(embed={"delay": 1})
    search()
    wait_until(lambda: ready.dock.search_progress._left.text())
    assert ready.dock.search_progress._left.text() == "25 %, 12 s left"
    assert ready.dock.search_progress._message.text() == "Working"


@pytest.mark.parametrize("method", ["embed", "search"])
def test_an_error_of_the_engine_is_one_message(ready, search, fake, wait_until, run_for, window, method):
    fake.order(**{method: {"error": {"code": "box_empty", "message": "There are no pixels in the box."}}})
    search()
    wait_until(lambda: window.messages)
    run_for(0.3)
    assert window.messages == [(Qgis.MessageLevel.Warning, "There are no pixels in the box.")]
    assert ready.dock.results.model.matches() == []
    assert groups() == []


def test_a_box_in_an_archive_of_foreign_embeddings_searches_with_the_chip_under_it(
    ready, search, fake, wait_until, window
):
    chip = {"chip": 1007, "footprint": [[0, 1], [1, 1], [1, 0], [0, 0]], "bounds": [0, 0, 1, 1], "crs": "EPSG:26910"}
    chip |= {"rank": 1, "score": 1.0, "raster": "", "raster_id": 1, "acquired": None}
    chip |= {"gsd": 0.3, "cells": 4, "ground_size": 38.4}
    error = {"code": "archive_foreign", "message": "Its embeddings were made elsewhere."}
    fake.order(embed={"error": error}, locate={"result": {"match": chip}})
    search()
    wait_until(lambda: groups() and ready.dock.results.model.matches())
    (request,) = fake.requests("search")
    assert request["params"]["chip"] == 1007
    assert "made elsewhere: it was searched with its own chip" in ready.dock.results._header.text()
    assert window.messages == []


def test_a_crash_is_one_message_and_the_next_box_works(ready, search, fake, wait_until, run_for, window):
    fake.order(embed={"crash": True})
    search()
    wait_until(lambda: window.messages)
    run_for(0.5)
    assert len(window.messages) == 1
    assert window.messages[0][0] == Qgis.MessageLevel.Critical
    fake.order()
    search()
    wait_until(groups)
    assert len(window.messages) == 1


@pytest.mark.parametrize(
    "answer", [{"matches": [{"rank": 1}]}, {"matches": None}, {"matches": [{"footprint": [[0, 0]]}]}]
)
def test_an_answer_that_makes_no_sense_is_a_message(search, fake, wait_until, window, answer):
    fake.order(search={"result": answer})
    search()
    wait_until(lambda: window.messages)
    assert window.messages[0][0] == Qgis.MessageLevel.Critical


def test_a_tiny_box_is_a_sentence_and_reaches_no_engine(ready, search, fake, window, run_for):
    window.canvas.zoomByFactor(0.02)
    centre = window.canvas.center()
    search(QgsRectangle(centre.x(), centre.y(), centre.x() + 1.5, centre.y() + 1.5))
    run_for(0.2)
    assert "smaller than 8 pixels" in window.messages[0][1]
    assert fake.requests("embed") == []


def test_a_box_beside_every_raster_is_a_sentence(search, fake, window):
    window.canvas.zoomByFactor(4)
    extent = window.canvas.extent()
    search(QgsRectangle(extent.xMinimum(), extent.yMinimum(), extent.xMinimum() + 40, extent.yMinimum() + 40))
    assert "no raster" in window.messages[0][1]
    assert fake.requests("embed") == []


def test_without_an_archive_the_user_is_told_what_to_do(plugin, window, fake):
    plugin.actions[1].trigger()
    window.draw_box(BOX)
    assert "archive" in window.messages[0][1]
    assert fake.requests() == []


def test_nothing_found_says_what_to_try(ready, search, fake, wait_until):
    fake.order(search={"result": {"matches": []}})
    search()
    wait_until(lambda: ready.dock.results._hint._title.text() == "Nothing found")
    assert groups() == []


def test_the_layer_may_be_deleted_while_it_is_searched(ready, search, fake, wait_until, raster_layer):
    fake.order(embed={"delay": 0.3})
    search()
    wait_until(lambda: fake.requests("embed"))
    QgsProject.instance().removeMapLayer(raster_layer)
    wait_until(groups)


def test_closing_the_project_ends_the_search_and_adds_no_layer_to_the_next(search, fake, wait_until, run_for, window):
    fake.order(embed={"delay": 0.4})
    search()
    wait_until(lambda: fake.requests("embed"))
    QgsProject.instance().clear()
    run_for(1.0)
    assert QgsProject.instance().mapLayers() == {}
    assert window.messages == []


def test_result_layers_may_be_deleted_and_the_next_search_makes_new_ones(found, search, wait_until):
    root = QgsProject.instance().layerTreeRoot()
    root.removeChildNode(root.findGroup(results_group_name()))
    wait_until(lambda: not groups())
    search()
    wait_until(lambda: len(groups()) == 1)


def test_search_again_with_a_match_asks_for_its_chip(ready, found, fake, wait_until):
    ready.dock.results.view.like_match_wanted.emit(found[4])
    wait_until(lambda: len(groups()) == 2)
    params = fake.requests("search")[-1]["params"]
    assert params["chip"] == found[4].chip
    assert "embedding" not in params
    assert ready.dock.query._title.text() == "Match 5 of town_2024"


def test_a_double_click_zooms_to_the_match_in_the_projects_crs(ready, found, window, raster_layer):
    window.show(raster_layer, QgsCoordinateReferenceSystem("EPSG:3857"))
    ready.dock.results.view.match_opened.emit(found[10])
    centre = window.canvas.center()
    expected = found[10].geometry.centroid().asPoint()
    lonlat = QgsCoordinateReferenceSystem("EPSG:4326")
    transform = QgsCoordinateTransform(QgsCoordinateReferenceSystem("EPSG:3857"), lonlat, QgsProject.instance())
    seen = transform.transform(centre)
    assert seen.x() == pytest.approx(expected.x(), abs=1e-6)
    assert seen.y() == pytest.approx(expected.y(), abs=1e-6)
    assert window.canvas.extent().width() < 400


def test_a_box_on_an_online_layer_is_rendered_for_the_engine(ready, window, fake, wait_until, tmp_path, archive):
    for x in range(2):
        (tmp_path / "1" / str(x)).mkdir(parents=True)
        for y in range(2):
            tile = QImage(256, 256, QImage.Format.Format_RGB32)
            for column in range(256):
                tile.setPixelColor(column, 9, QColor(1, 2, 3))
                for row in range(0, 256, 8):
                    tile.setPixelColor(column, row, QColor(column, row, 90))
            tile.save(str(tmp_path / "1" / str(x) / f"{y}.png"))
    url = f"file://{tmp_path}/%7Bz%7D/%7Bx%7D/%7By%7D.png"
    layer = QgsRasterLayer(f"type=xyz&url={url}&zmin=1&zmax=1", "tiles", "wms")
    QgsProject.instance().addMapLayer(layer)
    window.show(layer, QgsCoordinateReferenceSystem("EPSG:3857"))
    window.active = layer
    ready.actions[1].trigger()
    fake.order(embed={"delay": 0.5})
    window.draw_box(QgsRectangle(-4e6, -4e6, 4e6, 4e6))
    wait_until(lambda: fake.requests("embed"))
    params = fake.requests("embed")[0]["params"]
    assert params["raster"].endswith(".vrt")
    dataset = gdal.Open(params["raster"])
    assert max(dataset.RasterXSize, dataset.RasterYSize) == 1024
    assert dataset.RasterCount == 4
    wait_until(groups)
    assert gdal.VSIStatL(params["raster"]) is None, "the picture is deleted after use"


def test_the_last_archive_is_remembered_but_not_opened(ready, fake, archive, run_for):
    asked = len(fake.requests())
    ready.unload()
    ready.initGui()
    run_for(0.2)
    assert ready.dock.archive._combo.currentData() == str(archive)
    assert len(fake.requests()) == asked


def test_without_a_project_crs_a_box_is_one_of_the_layers_crs(ready, window, raster_layer, fake, wait_until):
    window.show(raster_layer, QgsCoordinateReferenceSystem())
    ready.dock.query._only_extent.setChecked(True)
    ready.actions[1].trigger()
    window.draw_box(BOX)
    wait_until(groups)
    assert fake.requests("embed")[0]["params"]["crs"] == "EPSG:26910"
    assert "within" not in fake.requests("search")[0]["params"]
    box_layer = QgsProject.instance().mapLayersByName("Query box")[0]
    assert box_layer.extent().xMinimum() == pytest.approx(-122.69, abs=0.01)


def test_other_archives_are_closed_when_one_is_chosen(ready, fake, archive, tmp_path, wait_until):
    for name in ("second.gpkg", "third.gpkg"):
        ready.dock.archive.archive_chosen.emit(str(tmp_path / name))
    wait_until(lambda: {request["params"]["archive"] for request in fake.requests("close")} >= {str(archive)})
    wait_until(lambda: any(request["params"]["archive"].endswith("third.gpkg") for request in fake.requests("open")))
    assert ready.dock.archive._combo.currentText() == "third"


def test_an_archive_that_cannot_be_opened_is_told_once(ready, fake, tmp_path, window, wait_until, run_for):
    sentence = "There is no archive gone.gpkg; choose another."
    fake.order(open={"error": {"code": "archive_missing", "message": sentence}})
    ready.dock.archive.archive_chosen.emit(str(tmp_path / "gone.gpkg"))
    ready.actions[1].trigger()
    window.draw_box(BOX)
    wait_until(lambda: window.messages)
    run_for(0.5)
    assert window.messages == [(Qgis.MessageLevel.Warning, sentence)]


def test_an_archive_that_is_gone_is_no_longer_described(ready, fake, window, wait_until):
    sentence = "There is no archive town.gpkg; choose another."
    fake.order(search={"error": {"code": "archive_missing", "message": sentence}})
    ready.actions[1].trigger()
    window.draw_box(BOX)
    wait_until(lambda: window.messages)
    assert ready.dock.archive.info == sentence
