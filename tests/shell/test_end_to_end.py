"""The main job with nothing faked but the main window: real QGIS, real engine, real encoder, the sample raster."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from osgeo import gdal
from qgis.core import Qgis, QgsProject, QgsRasterLayer, QgsRectangle, QgsSettings, QgsVectorLayer
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDialogButtonBox, QInputDialog

from frors_qgis.location import archive_stem, is_database
from frors_qgis.resources import resource_path
from frors_qgis.shell.database_dialog import DatabaseDialog
from frors_qgis.shell.index_dialog import IndexDialog
from tests.qgis_process import QgisProcess
from tests.stored_connection import stored_connection

PASSWORD = "open sesame"  # noqa: S105  of a server that lives as long as the test


def menu_action(window, text):
    return next(action for _, action in window.raster_menu if action.text() == text)


def index_through_the_menu(window, plugin, location, wait_until):
    menu_action(window, "Index project rasters...").trigger()
    dialog = shown(window, IndexDialog)
    button = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    if is_database(location):
        dialog.database_wanted.emit()
        choose_in_database(window, location, wait_until)
    else:
        dialog.findChild(QgsFileWidget).setFilePath(location)
    wait_until(button.isEnabled, 60)
    button.click()
    wait_until(lambda: plugin._archive.is_open and plugin.dock.index_progress.isHidden(), 120)
    assert plugin._archive.path == location


def shown(window, kind):
    """The dialog of a kind that is shown."""
    [dialog] = [each for each in window.main.findChildren(kind) if each.isVisible()]
    return dialog


def choose_in_database(window, location, wait_until):
    """Chooses an archive by its name in the dialog that is open, and by the only connection."""
    dialog = shown(window, DatabaseDialog)
    wait_until(dialog._archives.isEnabled, 60)
    dialog._archives.setCurrentText(archive_stem(location))
    assert dialog.location == location
    dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok).click()


class Town:
    """An archive that is to be made: its location, and SQL in what it is kept in (`{}`: before a table's name)."""

    def __init__(self, location, execute):
        self.location = location
        self.execute = execute


def town_in_a_file(path):
    def execute(statement):
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute(statement.replace("{}", "")).fetchall()

    return Town(str(path), execute)


def town_in_a_database(server, schema):
    server.execute("DROP ROLE IF EXISTS mapper")
    server.execute(f"CREATE ROLE mapper LOGIN PASSWORD '{PASSWORD}'")
    server.execute("GRANT CREATE ON DATABASE frors TO mapper")
    location = f"postgresql:host=127.0.0.1 port={server.port} dbname=frors user=mapper schema={schema}"
    return Town(location, lambda statement: server.execute(statement.replace("{}", f"{schema}.")))


@pytest.fixture(params=["a file", "a database"])
def town(request, tmp_path, monkeypatch):
    """Where no archive is yet. A database is known to QGIS, whose authentication manager has the password."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    if request.param == "a file":
        yield town_in_a_file(tmp_path / "town.gpkg")
        return
    server = request.getfixturevalue("postgres")
    made = town_in_a_database(server, "town")
    with stored_connection("maps", "127.0.0.1", server.port, "mapper", PASSWORD):
        yield made
    # Whoever still reads would hold up, or lock out, what drops the tables.
    server.execute("ALTER ROLE mapper NOLOGIN")
    server.execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'mapper'")
    server.execute("DROP SCHEMA IF EXISTS town CASCADE")
    server.execute("DROP OWNED BY mapper")
    server.execute("DROP ROLE mapper")


def result_layers():
    layers = QgsProject.instance().mapLayers().values()
    return [layer for layer in layers if isinstance(layer, QgsVectorLayer) and "rank" in layer.fields().names()]


def chip_box(town, cells):
    """The bounds, in the raster's CRS, and the id of a chip in the middle of the raster."""
    rows = town.execute('SELECT fid, "column", "row", width, height, cells FROM {}chips ORDER BY fid')
    chip, column, top, width, height = next(row[:5] for row in rows if row[5] == cells and min(row[1:3]) > 100)
    left, pixel, _, upper, _, _ = gdal.Open(str(resource_path("sample", "kitsap.tif"))).GetGeoTransform()
    x, y = left + pixel * column, upper - pixel * top
    return QgsRectangle(x, y - pixel * height, x + pixel * width, y), chip


def test_an_analyst_indexes_through_the_menu_draws_a_box_and_gets_matches(window, real_plugin, town, wait_until):
    index_through_the_menu(window, real_plugin, town.location, wait_until)
    dock = real_plugin.dock

    box, chip = chip_box(town, 4)
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
    assert layer.renderer().type() == "RuleRenderer"

    dock.query.show_words_button.click()
    QTest.keyClicks(dock.words.line, "resolution < 1 m, within 100 km")
    QTest.keyClick(dock.words.line, Qt.Key.Key_Return)
    dock.words._weight.setValue(5)
    wait_until(lambda: dock.results.model.matches()[-1].score > matches[-1].score + 0.01, 60)
    assert {match.chip for match in dock.results.model.matches()} == {match.chip for match in matches}
    dock.words.alone_wanted.emit()
    wait_until(lambda: {match.score for match in dock.results.model.matches()} == {1.0}, 60)


@pytest.mark.parametrize("town", ["a database"], indirect=True)
def test_matches_in_a_database_are_a_layer_of_it_and_no_password_is_kept(
    window, real_plugin, town, tmp_path, wait_until
):
    index_through_the_menu(window, real_plugin, town.location, wait_until)
    menu_action(window, "Search by box").trigger()
    window.draw_box(chip_box(town, 4)[0])
    wait_until(result_layers, 60)
    results = real_plugin.dock.results
    results.menu_opened.emit()
    results.database_action.trigger()
    wait_until(lambda: len(result_layers()) == 2 or window.messages[1:], 60)
    assert window.messages[1:] == []
    [layer] = [layer for layer in result_layers() if layer.providerType() == "postgres"]
    assert ranked(layer) == [(match.chip, match.score) for match in results.model.matches()]
    assert next(layer.getFeatures())["raster"] == QgsProject.instance().mapLayersByName("part")[0].source()
    assert layer.renderer().type() == "RuleRenderer"
    QgsProject.instance().write(str(tmp_path / "town.qgs"))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {".qgs", ".gpkg"} <= {path.suffix for path in files}
    assert not any(PASSWORD.encode() in path.read_bytes() for path in files)
    assert not any(PASSWORD in str(value) for value in (QgsSettings().value(key) for key in QgsSettings().allKeys()))


def test_an_archive_in_a_database_is_opened_again_and_by_another_engine(window, real_plugin, town, wait_until):
    index_through_the_menu(window, real_plugin, town.location, wait_until)
    archive = real_plugin.dock.archive
    if is_database(town.location):
        archive.database_wanted.emit()
        choose_in_database(window, town.location, wait_until)
    else:
        archive.archive_chosen.emit(town.location)
    wait_until(lambda: "chips" in archive.info, 60)
    assert archive._combo.currentText() == "town"
    assert archive._combo.currentData() == town.location == real_plugin._settings.last_archive()


def test_a_second_index_run_and_a_killed_engine_lose_nothing(window, real_plugin, town, wait_until):
    index_through_the_menu(window, real_plugin, town.location, wait_until)
    box, chip = chip_box(town, 8)
    menu_action(window, "Search by box").trigger()
    real_plugin._client.stop_engine()
    window.draw_box(box)
    wait_until(result_layers, 60)
    assert real_plugin.dock.results.model.matches()[0].chip == chip


@pytest.fixture(scope="module")
def rankings():
    """The chips found by the steps of a story, which are to be the same wherever the archive is."""
    return {}


def test_marks_filters_saved_queries_and_the_toolbox_do_the_same_wherever_the_archive_is(
    window, real_plugin, town, sample, rankings, tmp_path, wait_until, monkeypatch, qgis_processing
):
    import processing

    index_through_the_menu(window, real_plugin, town.location, wait_until)
    dock, extents = real_plugin.dock, []
    results, saved, matches = dock.results, dock.query.saved_queries, dock.results.model.matches

    def found(step, until):
        wait_until(lambda: dock.search_progress.isHidden() and until(), 60)
        chips = [match.chip for match in matches()]
        assert rankings.setdefault(step, chips) == chips
        return chips

    def entry(number):
        return next(action for action in saved.menu().actions() if action.text() == "Roofs").menu().actions()[number]

    real_plugin.box_tool.box_drawn.connect(lambda drawn: extents.append(extent_of(drawn)))
    menu_action(window, "Search by box").trigger()
    window.draw_box(chip_box(town, 4)[0])
    plain = found("a box", result_layers)
    results.menu_opened.emit()
    assert results.database_action.isVisible() == is_database(town.location)
    values = {"ARCHIVE": town.location, "RASTER": sample.source(), "EXTENT": extents[0], "MATCHES": 100}
    layer = processing.run("frors:search", values | {"OUTPUT": "TEMPORARY_OUTPUT"})["OUTPUT"]
    assert ranked(layer) == [(match.chip, match.score) for match in matches()]
    chips = processing.run("frors:info", {"ARCHIVE": town.location})["CHIPS"]
    assert [(chips,)] == town.execute("SELECT count(*) FROM {}chips")

    right, wrong = plain[9], plain[1]
    results.view.verdict_given.emit(matches()[9], True)
    results.view.verdict_given.emit(matches()[1], False)
    marked = found("marks", lambda: matches()[-1].chip == wrong)
    assert marked.index(right) < 9
    [layer], labels = result_layers(), {right: "right", wrong: "wrong"}
    wait_until(lambda: {row["chip"]: row["label"] for row in layer.getFeatures() if row["label"]} == labels, 60)

    best = matches()[0].geometry.boundingBox()
    area = [best.xMinimum(), best.yMinimum(), best.xMaximum(), best.yMaximum()]
    dock.filters.set_params({"within": area, "crs": "EPSG:4326", "rasters": [1]})
    near = found("an area", lambda: len(matches()) < len(marked))
    assert near[0] == marked[0]
    dock.filters.set_params({"apart": 50.0})
    apart = found("apart", lambda: not {match.chip for match in matches()} <= set(near))
    assert len(apart) < len(marked)

    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("Roofs", True))
    saved.save_wanted.emit()
    wait_until(lambda: real_plugin._archive.saved_queries, 60)
    assert not entry(1).isEnabled()
    dock.filters.reset()
    found("marks", lambda: len(matches()) == len(marked))
    entry(0).trigger()
    assert found("apart", lambda: dock.query._title.text() == "Roofs") == apart
    assert dock.examples.text == "Examples: 1 right, 1 wrong"
    assert dock.filters.params() == {"apart": 50.0}

    other = tmp_path / "other.tif"
    gdal.Translate(str(other), str(resource_path("sample", "kitsap.tif")), srcWin=[900, 900, 300, 300])
    QgsProject.instance().addMapLayer(QgsRasterLayer(str(other), "other"))
    index_through_the_menu(window, real_plugin, town.location, wait_until)
    wait_until(lambda: entry(1).isEnabled(), 60)
    entry(1).trigger()
    found("what is new", lambda: matches()[0].chip > chips)
    assert {match.raster_name for match in matches() if match.rank} == {"other"}
    wait_until(lambda: not entry(1).isEnabled(), 60)
    assert {Qgis.MessageLevel.Warning, Qgis.MessageLevel.Critical}.isdisjoint(level for level, _ in window.messages)


def test_toolbox_and_qgis_process_give_the_same_as_the_panel(
    window, real_plugin, sample, tmp_path, wait_until, qgis_processing
):
    import processing

    archive, other = tmp_path / "town.gpkg", tmp_path / "other.gpkg"
    index_through_the_menu(window, real_plugin, str(archive), wait_until)
    (tmp_path / "home").mkdir()
    qgis_process = QgisProcess(tmp_path / "home")
    qgis_process("run", "frors:index", "--", f"RASTERS={sample.source()}", f"ARCHIVE={other}")
    assert contents(other) == contents(archive)

    box, _ = chip_box(town_in_a_file(archive), 4)
    boxes = []
    real_plugin.box_tool.box_drawn.connect(lambda drawn: boxes.append(QgsRectangle(drawn)))
    menu_action(window, "Search by box").trigger()
    window.draw_box(box)
    wait_until(result_layers, 60)
    shown = [(match.chip, match.score) for match in real_plugin.dock.results.model.matches()]
    [drawn] = boxes
    values = {"ARCHIVE": str(archive), "RASTER": sample.source(), "EXTENT": extent_of(drawn), "MATCHES": 100}
    found = processing.run("frors:search", values | {"OUTPUT": "TEMPORARY_OUTPUT"})["OUTPUT"]
    assert ranked(found) == shown
    values = {**values, "ARCHIVE": str(other), "OUTPUT": str(tmp_path / "found.gpkg")}
    qgis_process("run", "frors:search", "--", *(f"{name}={value}" for name, value in values.items()))
    assert ranked(QgsVectorLayer(str(tmp_path / "found.gpkg"), "found")) == shown


def extent_of(box):
    """A box on the sample raster as Processing writes extents."""
    return f"{box.xMinimum()!r},{box.xMaximum()!r},{box.yMinimum()!r},{box.yMaximum()!r} [EPSG:26910]"


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
