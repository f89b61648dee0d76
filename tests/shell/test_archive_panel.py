from __future__ import annotations

import pytest
from qgis.core import Qgis, QgsSettings
from qgis.PyQt.QtWidgets import QFileDialog

from frors_qgis.plugin import FrorsPlugin

SENTENCE = "There is no archive gone.gpkg; choose another."


@pytest.fixture
def no_archive(fake):
    """No archive can be opened."""
    fake.order(open={"error": {"code": "archive_missing", "message": SENTENCE}})


def hint(plugin):
    return plugin.dock.results._hint


def listed(plugin):
    combo = plugin.dock.archive._combo
    return [combo.itemData(row) for row in range(combo.count())]


def test_what_is_no_archive_is_told_in_the_panel_and_never_remembered(plugin, no_archive, window, tmp_path, wait_until):
    plugin.dock.archive.archive_chosen.emit(str(tmp_path / "gone.gpkg"))
    wait_until(lambda: window.messages)
    assert window.messages == [(Qgis.MessageLevel.Warning, SENTENCE)]
    assert hint(plugin)._title.text() == "The archive was not opened"
    assert hint(plugin)._text.text() == SENTENCE
    assert (plugin._archive.path, plugin.dock.archive.info) == (None, "No archive yet")
    assert listed(plugin) == plugin._settings.recent_archives() == []


def test_the_archive_before_one_that_cannot_be_opened_stays_in_use(
    ready, archive, no_archive, fake, window, tmp_path, wait_until
):
    info = ready.dock.archive.info
    for name in ("gone.gpkg", "lost.gpkg"):
        ready.dock.archive.archive_chosen.emit(str(tmp_path / name))
    wait_until(lambda: window.messages)
    assert ready.dock.archive._combo.currentData() == ready._archive.path == str(archive)
    assert (ready._archive.is_open, ready.dock.archive.info) == (True, info)
    assert listed(ready) == ready._settings.recent_archives() == [str(archive)]
    assert hint(ready)._text.text() == f"{SENTENCE}\n\ntown is still in use."
    assert fake.requests("close") == []
    ready.actions[1].trigger()
    window.draw_box(window.canvas.extent().buffered(-20))
    wait_until(lambda: ready.dock.results.model.matches())
    assert fake.requests("search")[0]["params"]["archive"] == str(archive)


def test_a_failure_is_forgotten_when_a_search_comes(ready, no_archive, fake, window, tmp_path, wait_until):
    ready.dock.archive.archive_chosen.emit(str(tmp_path / "gone.gpkg"))
    wait_until(lambda: window.messages)
    fake.order(embed={"delay": 5})
    ready.actions[1].trigger()
    window.draw_box(window.canvas.extent().buffered(-20))
    wait_until(lambda: fake.requests("embed"))
    ready.dock.search_progress._cancel.click()
    assert hint(ready)._title.text() == "Draw a box on the map"


def test_the_last_archive_is_still_listed_when_its_disk_is_away(
    window, raster_layer, client, archive, no_archive, wait_until
):
    QgsSettings().setValue("plugins/frors/recent-archives", [str(archive)])
    plugin = FrorsPlugin(window, client)
    plugin.initGui()
    plugin._archive.wake()
    wait_until(lambda: window.messages)
    assert listed(plugin) == [str(archive)]
    assert plugin.dock.archive.info == "Opens with the first search"
    assert hint(plugin)._text.text() == SENTENCE
    plugin.unload()


def test_an_archive_that_was_chosen_without_an_engine_is_opened_when_there_is_one(
    plugin, archive, fake, window, wait_until
):
    fake.order(open={"error": {"code": "engine_missing", "message": "There is no engine."}})
    plugin.dock.archive.archive_chosen.emit(str(archive))
    wait_until(lambda: plugin.dock.archive.info == "There is no engine.")
    fake.order()
    plugin._installation.ready.emit()
    wait_until(lambda: plugin._archive.is_open)
    assert plugin._settings.recent_archives() == [str(archive)]


def test_missing_rasters_can_be_looked_for_in_a_folder(ready, window, fake, wait_until, monkeypatch, archive):
    panel = ready.dock.archive
    assert not panel._find.isHidden()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/media/drive")
    panel._find.click()
    found = []
    ready._archive.rasters_found.connect(lambda: found.append(True))
    wait_until(lambda: window.messages)
    assert found == [True]
    (request,) = fake.requests("relink")
    assert request["params"] == {"archive": str(archive), "folder": "/media/drive"}
    assert "1 raster was found, 1 not." in window.messages[-1][1]
    wait_until(lambda: "rasters" in panel.info)


def test_the_search_for_missing_rasters_is_cancelled_at_once_and_what_was_found_stays(
    ready, window, fake, wait_until, monkeypatch
):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/media/drive")
    fake.order(relink={"delay": 5})
    ready.dock.archive._find.click()
    wait_until(lambda: ready.dock.finding_progress._left.text())
    opened = len(fake.requests("open"))
    ready.dock.finding_progress._cancel.click()
    wait_until(lambda: ready.dock.finding_progress.isHidden(), 1.0)
    assert window.messages == []
    wait_until(lambda: len(fake.requests("open")) > opened)


def test_without_a_folder_nothing_is_looked_for(ready, fake, monkeypatch, run_for):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    ready.dock.archive._find.click()
    run_for(0.2)
    assert fake.requests("relink") == []


def test_the_button_is_there_only_where_something_is_missing(plugin):
    plugin.dock.archive.show_info("fine")
    assert plugin.dock.archive._find.isHidden()
