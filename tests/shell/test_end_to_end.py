"""The main job with nothing faked but the main window: real QGIS, real engine, real encoder, the sample raster."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from osgeo import gdal
from qgis.core import QgsProject, QgsRectangle, QgsVectorLayer
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDialogButtonBox

from frors_qgis.resources import resource_path
from frors_qgis.shell.index_dialog import IndexDialog
from tests.qgis_process import QgisProcess


def menu_action(window, text):
    return next(action for _, action in window.raster_menu if action.text() == text)


def index_through_the_menu(window, plugin, archive, wait_until):
    menu_action(window, "Index project rasters...").trigger()
    [dialog] = [each for each in window.main.findChildren(IndexDialog) if each.isVisible()]
    button = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    dialog.findChild(QgsFileWidget).setFilePath(str(archive))
    wait_until(button.isEnabled, 60)
    button.click()
    wait_until(lambda: archive.exists() and plugin.dock.index_progress.isHidden(), 120)


def result_layers():
    layers = QgsProject.instance().mapLayers().values()
    return [layer for layer in layers if isinstance(layer, QgsVectorLayer) and "rank" in layer.fields().names()]


def chip_box(archive, cells):
    """The bounds, in the raster's CRS, and the id of a chip in the middle of the raster."""
    with sqlite3.connect(archive) as connection:
        row = connection.execute(
            "SELECT fid, column, row, width, height FROM chips WHERE cells = ? AND column > 100 AND row > 100", [cells]
        ).fetchone()
    connection.close()
    chip, column, top, width, height = row
    left, pixel, _, upper, _, _ = gdal.Open(str(resource_path("sample", "kitsap.tif"))).GetGeoTransform()
    x, y = left + pixel * column, upper - pixel * top
    return QgsRectangle(x, y - pixel * height, x + pixel * width, y), chip


def test_an_analyst_indexes_through_the_menu_draws_a_box_and_gets_matches(window, real_plugin, tmp_path, wait_until):
    archive = Path(tmp_path / "town.gpkg")
    index_through_the_menu(window, real_plugin, archive, wait_until)
    dock = real_plugin.dock

    box, chip = chip_box(archive, 4)
    menu_action(window, "Search by box").trigger()
    window.draw_box(box)
    wait_until(result_layers, 60)

    matches = dock.results.model.matches()
    assert matches[0].chip == chip
    assert [match.rank for match in matches] == list(range(1, len(matches) + 1))
    first = [match.chip for match in matches[:3]]
    wait_until(lambda: all(dock.results.model.thumbnail(number) for number in first), 60)

    [layer] = result_layers()
    features = sorted(layer.getFeatures(), key=lambda feature: feature["rank"])
    assert [feature["chip"] for feature in features] == [match.chip for match in matches]
    assert Path(features[0]["raster"]).name == "part.tif"
    assert layer.renderer().type() == "graduatedSymbol"

    dock.query.show_words_button.click()
    QTest.keyClicks(dock.words.line, "resolution < 1 m, within 100 km")
    QTest.keyClick(dock.words.line, Qt.Key.Key_Return)
    dock.words._weight.setValue(5)
    wait_until(lambda: dock.results.model.matches()[-1].score > matches[-1].score + 0.01, 60)
    assert {match.chip for match in dock.results.model.matches()} == {match.chip for match in matches}
    dock.words.alone_wanted.emit()
    wait_until(lambda: {match.score for match in dock.results.model.matches()} == {1.0}, 60)


def test_a_second_index_run_and_a_killed_engine_lose_nothing(window, real_plugin, tmp_path, wait_until):
    archive = Path(tmp_path / "town.gpkg")
    index_through_the_menu(window, real_plugin, archive, wait_until)
    box, chip = chip_box(archive, 8)
    menu_action(window, "Search by box").trigger()
    real_plugin._client.stop_engine()
    window.draw_box(box)
    wait_until(result_layers, 60)
    assert real_plugin.dock.results.model.matches()[0].chip == chip


def test_toolbox_and_qgis_process_give_the_same_as_the_panel(
    window, real_plugin, sample, tmp_path, wait_until, qgis_processing
):
    import processing

    archive, other = tmp_path / "town.gpkg", tmp_path / "other.gpkg"
    index_through_the_menu(window, real_plugin, archive, wait_until)
    (tmp_path / "home").mkdir()
    qgis_process = QgisProcess(tmp_path / "home")
    qgis_process("run", "frors:index", "--", f"RASTERS={sample.source()}", f"ARCHIVE={other}")
    assert contents(other) == contents(archive)

    box, _ = chip_box(archive, 4)
    boxes = []
    real_plugin.box_tool.box_drawn.connect(lambda drawn: boxes.append(QgsRectangle(drawn)))
    menu_action(window, "Search by box").trigger()
    window.draw_box(box)
    wait_until(result_layers, 60)
    shown = [(match.chip, match.score) for match in real_plugin.dock.results.model.matches()]
    [drawn] = boxes
    extent = f"{drawn.xMinimum()!r},{drawn.xMaximum()!r},{drawn.yMinimum()!r},{drawn.yMaximum()!r} [EPSG:26910]"
    values = {"ARCHIVE": str(archive), "RASTER": sample.source(), "EXTENT": extent, "MATCHES": 100}
    found = processing.run("frors:search", values | {"OUTPUT": "TEMPORARY_OUTPUT"})["OUTPUT"]
    assert ranked(found) == shown
    values = {**values, "ARCHIVE": str(other), "OUTPUT": str(tmp_path / "found.gpkg")}
    qgis_process("run", "frors:search", "--", *(f"{name}={value}" for name, value in values.items()))
    assert ranked(QgsVectorLayer(str(tmp_path / "found.gpkg"), "found")) == shown


def ranked(layer):
    """Chips and scores of a layer of matches, best first."""
    rows = sorted(layer.getFeatures(), key=lambda feature: feature["rank"])
    return [(feature["chip"], feature["score"]) for feature in rows]


def contents(archive):
    """The windows and the embeddings of an archive."""
    with sqlite3.connect(archive) as connection:
        chips = connection.execute("SELECT column, row, width, height, gsd, cells FROM chips ORDER BY fid").fetchall()
        vectors = connection.execute("SELECT first_chip, count, data FROM embeddings ORDER BY id").fetchall()
    connection.close()
    return chips, vectors
