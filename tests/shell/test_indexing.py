from __future__ import annotations

import math

import pytest
from qgis.core import Qgis, QgsCoordinateReferenceSystem, QgsDistanceArea, QgsProject, QgsRasterLayer
from qgis.gui import QgsRubberBand
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, QEvent, Qt
from qgis.PyQt.QtGui import QKeyEvent

from frors_qgis.shell.index_request import IndexRequest
from frors_qgis.shell.window_preview import ground_square


@pytest.fixture
def dialog(plugin, wait_until):
    plugin.actions[0].trigger()
    dialog = plugin._index._dialog
    wait_until(lambda: "chips" in dialog._estimate.text())
    return dialog


def names(dialog):
    tree = dialog._rasters
    return {tree.topLevelItem(row).text(0): tree.topLevelItem(row) for row in range(tree.topLevelItemCount())}


def squares(window):
    items = window.canvas.scene().items()
    return [item for item in items if isinstance(item, QgsRubberBand) and item.size() > 0]


def test_the_dialog_lists_what_can_be_indexed_and_why_the_rest_cannot(dialog, raster_file, wait_until):
    project = QgsProject.instance()
    project.addMapLayer(QgsRasterLayer(str(raster_file), "town again"))
    project.addMapLayer(QgsRasterLayer("type=xyz&url=file:///no/%7Bz%7D.png&zmax=2", "tiles", "wms"))
    rows = names(dialog)
    assert set(rows) == {"town", "tiles"}, "a file is listed once"
    assert rows["tiles"].isDisabled()
    assert "Not a file" in rows["tiles"].text(4)
    assert dialog.request().rasters == (str(raster_file),)


def test_layers_that_come_and_go_are_followed_and_ticks_kept(dialog, raster_layer, tmp_path, raster_file):
    names(dialog)["town"].setCheckState(0, Qt.CheckState.Unchecked)
    copy = tmp_path / "copy.tif"
    copy.write_bytes(raster_file.read_bytes())
    QgsProject.instance().addMapLayer(QgsRasterLayer(str(copy), "copy"))
    assert dialog.request().rasters == (str(copy),)
    QgsProject.instance().removeMapLayer(raster_layer.id())
    assert set(names(dialog)) == {"copy"}


def test_the_dialog_is_whole_on_the_screen_and_off_the_windows_shown_on_the_map(dialog, window):
    canvas = window.canvas
    assert canvas.window().screen().availableGeometry().contains(dialog.geometry())
    assert not dialog.geometry().contains(canvas.mapToGlobal(canvas.rect().center()))


def test_an_open_dialog_estimates_anew_when_an_engine_has_been_installed(plugin, dialog, fake, wait_until):
    dialog.show_plan_failure("There is no engine.")
    plugin._installation.ready.emit()
    wait_until(lambda: "120 chips" in dialog._estimate.text())
    assert len(fake.requests("plan")) == 2


def test_without_a_dialog_nothing_is_estimated_then(plugin, fake, run_for):
    plugin._installation.ready.emit()
    run_for(0.5)
    assert not fake.requests("plan")


def test_the_estimate_comes_from_the_engine(dialog, fake):
    assert dialog._estimate.text() == "About <b>120 chips</b>, 1 min, 87.9 KiB on disk"
    params = fake.requests("plan")[-1]["params"]
    assert params["windows"] == [8, 4]
    assert params["overlap"] == 0.5
    assert "gsd" not in params


def test_changes_are_estimated_anew(dialog, fake, wait_until):
    dialog._fixed.setChecked(True)
    dialog._gsd.setValue(1.25)
    dialog._windows[8].setChecked(False)
    wait_until(lambda: fake.requests("plan")[-1]["params"] | {"rasters": 0, "archive": ""} == {
        "archive": "", "rasters": 0, "gsd": 1.25, "windows": [4], "overlap": 0.5
    })  # fmt: skip


def test_a_raster_that_cannot_be_read_says_so_in_its_row(plugin, fake, wait_until, raster_file):
    error = {"code": "raster_unreadable", "message": "town.tif is cut off; copy it again."}
    fake.order(plan={"result": {"rasters": [{"path": str(raster_file), "error": error, "chips": 0}], "chips": 0}})
    plugin.actions[0].trigger()
    dialog = plugin._index._dialog
    wait_until(lambda: names(dialog)["town"].text(4))
    assert names(dialog)["town"].text(4) == error["message"]
    assert dialog._estimate.text() == "None of these rasters can be indexed."
    assert not dialog._buttons.buttons()[0].isEnabled()


def test_what_the_archive_holds_already_is_said_and_left_out_of_the_estimate(plugin, fake, wait_until, raster_file):
    row = {"path": str(raster_file), "error": None, "gsd": 0.3, "chips": 120, "new": 0}
    fake.order(plan={"result": {"rasters": [row], "chips": 0}})
    plugin.actions[0].trigger()
    dialog = plugin._index._dialog
    wait_until(lambda: dialog._estimate.text() == "The archive holds all of this already.")
    assert names(dialog)["town"].text(4) == "In the archive already"
    assert dialog._buttons.buttons()[0].isEnabled(), "for it also finds out what has changed or is missing"


def test_an_archive_that_cannot_be_written_is_told_before_the_dialog_closes(dialog, fake, wait_until, tmp_path):
    error = {"code": "bad_request", "message": "There is no folder <gone>."}
    fake.order(plan={"result": {"archive_error": error}})
    dialog._archive.setFilePath(str(tmp_path / "gone" / "a"))
    wait_until(lambda: dialog._estimate.text() == "There is no folder &lt;gone&gt;.")
    assert fake.requests("plan")[-1]["params"]["archive"] == str(tmp_path / "gone" / "a.gpkg")
    assert not dialog._buttons.buttons()[0].isEnabled()
    fake.order()
    dialog._archive.setFilePath(str(tmp_path / "b.gpkg"))
    assert dialog._buttons.buttons()[0].isEnabled()
    wait_until(lambda: "120 chips" in dialog._estimate.text())
    dialog._archive.setFilePath("")
    wait_until(lambda: dialog._estimate.text() == "Choose where the archive shall be.")


@pytest.mark.parametrize("code", ["EPSG:26910", "EPSG:3857", "EPSG:4326", "EPSG:3031"])
def test_windows_are_drawn_in_true_metres(window, raster_layer, code):
    crs = QgsCoordinateReferenceSystem(code)
    window.show(raster_layer, crs)
    measure = QgsDistanceArea()
    measure.setSourceCrs(crs, QgsProject.instance().transformContext())
    measure.setEllipsoid("WGS84")
    square = ground_square(window.canvas, 76.8)
    assert math.sqrt(measure.measureArea(square)) == pytest.approx(76.8, rel=2e-3)
    assert square.boundingBox().contains(window.canvas.center())


def test_windows_follow_the_ticks_and_vanish_with_the_dialog(dialog, window):
    assert len(squares(window)) == 2
    dialog._windows[4].setChecked(False)
    assert len(squares(window)) == 1
    dialog._show.setChecked(False)
    assert squares(window) == []
    dialog._show.setChecked(True)
    dialog.close()
    assert squares(window) == []


def test_esc_ends_the_dialog_and_takes_the_windows_off_the_map(dialog, window, run_for):
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    QCoreApplication.sendEvent(dialog, event)
    assert squares(window) == []
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert sip.isdeleted(dialog)


def test_indexing_makes_the_archive_and_chooses_it(plugin, dialog, fake, wait_until, tmp_path, raster_file, window):
    archive = tmp_path / "new"
    dialog._archive.setFilePath(str(archive))
    dialog._buttons.accepted.emit()
    wait_until(lambda: window.messages)
    params = fake.requests("index")[0]["params"]
    assert params["archive"] == f"{archive}.gpkg"
    assert params["rasters"] == [str(raster_file)]
    assert window.messages == [(Qgis.MessageLevel.Success, "1 raster in the archive, 120 chips, after 3 s.")]
    wait_until(lambda: "4321" in plugin.dock.archive.info.replace(",", ""))
    assert "1 missing" in plugin.dock.archive.info
    assert sip.isdeleted(dialog) or not dialog.isVisible()


def test_rasters_that_failed_are_told_with_their_reasons(plugin, fake, window, wait_until, tmp_path):
    failed = {"path": "/d/torn.tif", "state": "failed", "chips": 0, "error": {"code": "x", "message": "It is torn."}}
    fake.order(index={"result": {"rasters": [failed]}})
    plugin._index.index(str(tmp_path / "a.gpkg"), IndexRequest(("/d/torn.tif",), None, (8,), 0.5))
    wait_until(lambda: window.messages)
    assert window.messages[0][0] == Qgis.MessageLevel.Warning
    assert window.messages[0][1].startswith("1 raster could not be indexed.")


def test_a_search_runs_while_rasters_are_indexed(ready, fake, window, wait_until, archive):
    fake.order(index={"delay": 3})
    ready._index.index(str(archive), IndexRequest(("/d/town.tif",), None, (8,), 0.5))
    wait_until(lambda: ready.dock.index_progress.isVisible() and fake.requests("index"))
    ready.actions[1].trigger()
    window.draw_box(window.canvas.extent().buffered(-20))
    wait_until(lambda: ready.dock.results.model.matches())
    assert ready.dock.index_progress.isVisible()
    ready.dock.index_progress._cancel.click()
    wait_until(lambda: window.messages, 1.0)
    assert "goes on where it stopped" in window.messages[0][1]
    assert not ready.dock.index_progress.isVisible()


@pytest.mark.parametrize("is_there", [True, False])
def test_while_it_is_indexed_an_empty_archive_is_not_asked_to_be(plugin, fake, window, wait_until, archive, is_there):
    fake.order(index={"delay": 1}, open={"result": {"chips": 0, "rasters": []}})
    if not is_there:
        archive.unlink()
    plugin._index.index(str(archive), IndexRequest(("/d/town.tif",), None, (8,), 0.5))
    if is_there:
        wait_until(lambda: plugin._archive.is_empty)
    hint = plugin.dock.results._hint
    assert hint._title.text() == "Indexing..."
    assert [button for button in hint._buttons if not button.isHidden()] == []
    fake.order()
    wait_until(lambda: window.messages)
    wait_until(lambda: hint._title.text() == "Draw a box on the map")


def test_when_indexing_has_made_nothing_the_panel_asks_for_an_archive_again(plugin, fake, window, wait_until, tmp_path):
    fake.order(index={"error": {"code": "disk_full", "message": "The disk is full; free some space."}})
    plugin._index.index(str(tmp_path / "new.gpkg"), IndexRequest(("/d/town.tif",), None, (8,), 0.5))
    assert plugin.dock.results._hint._title.text() == "Indexing..."
    wait_until(lambda: window.messages)
    assert plugin.dock.results._hint._title.text() == "Start with an archive"


def test_a_second_indexing_waits_for_the_first(ready, fake, window, wait_until, archive):
    fake.order(index={"delay": 1})
    ready._index.index(str(archive), IndexRequest(("/d/town.tif",), None, (8,), 0.5))
    ready.actions[0].trigger()
    assert "still under way" in window.messages[0][1]
    wait_until(lambda: len(window.messages) == 2)
    assert len(fake.requests("index")) == 1


def test_a_failing_engine_is_one_message(ready, fake, window, wait_until, archive, run_for):
    fake.order(index={"error": {"code": "disk_full", "message": "The disk is full; free some space."}})
    ready._index.index(str(archive), IndexRequest(("/d/town.tif",), None, (8,), 0.5))
    wait_until(lambda: window.messages)
    run_for(0.3)
    assert window.messages == [(Qgis.MessageLevel.Critical, "The disk is full; free some space.")]
    assert not ready.dock.index_progress.isVisible()


def test_without_rasters_the_dialog_says_what_to_do(plugin, raster_layer, wait_until):
    QgsProject.instance().removeMapLayer(raster_layer.id())
    plugin.actions[0].trigger()
    dialog = plugin._index._dialog
    wait_until(lambda: "load one" in dialog._estimate.text())
    ok = dialog._buttons.button(dialog._buttons.StandardButton.Ok)
    assert not ok.isEnabled()


def test_a_cluster_encodes_where_its_address_is_given_and_is_proposed_again(plugin, dialog, fake, window, wait_until):
    assert dialog._cluster.isCollapsed()
    assert "cluster" not in dialog.request().params()
    dialog._cluster._address.setText(" tcp://10.0.0.1:8786 ")
    dialog._cluster._parts.setFilePath("/net/frors")
    dialog._on_index()
    wait_until(lambda: fake.requests("index"))
    params = fake.requests("index")[-1]["params"]
    assert (params["cluster"], params["parts"]) == ("tcp://10.0.0.1:8786", "/net/frors")
    wait_until(lambda: not plugin._index.is_running)
    plugin.actions[0].trigger()
    again = plugin._index._dialog
    assert not again._cluster.isCollapsed()
    assert again.request().cluster == "tcp://10.0.0.1:8786"
