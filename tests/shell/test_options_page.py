from __future__ import annotations

from pathlib import Path

import pytest
from qgis.core import QgsSettings
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtWidgets import QCheckBox

from frors_qgis.client.engine_options import EngineOptions, read_engine_options
from frors_qgis.shell.index_request import IndexRequest
from frors_qgis.shell.options_page import OptionsPage


@pytest.fixture
def page(plugin, window):
    (factory,) = window.options_pages
    return factory.createWidget(None)


def test_the_page_shows_what_is_set_and_a_fresh_profile_has_the_defaults(page):
    assert isinstance(page, OptionsPage)
    assert (page._device.currentData(), page._threads.value(), page._cache.value()) == ("auto", 0, 64)
    assert page._codes.currentData() == ""
    assert [box.isChecked() for box in page.findChildren(QCheckBox)] == [True, True]


def test_what_is_applied_reaches_the_engine_s_command_and_stays(page, plugin, window):
    page._device.setCurrentIndex(page._device.findData("cpu"))
    page._threads.setValue(1)
    page._cache.setValue(200)
    page._codes.setCurrentIndex(page._codes.findData("full"))
    page.apply()
    assert read_engine_options() == EngineOptions("cpu", 1, 200, "full")
    assert read_engine_options().arguments() == ["--threads", "1", "--cache-mib", "200", "--codes", "full"]
    again = window.options_pages[0].createWidget(None)
    assert again._codes.currentData() == "full"
    assert (again._device.currentData(), again._threads.value(), again._cache.value()) == ("cpu", 1, 200)


def test_the_engine_starts_anew_only_for_what_it_is_told_at_its_start(ready, window, fake, client, wait_until):
    stopped = []
    client.engine_stopped.connect(stopped.append)
    page = window.options_pages[0].createWidget(None)
    page._device.setCurrentIndex(page._device.findData("cpu"))
    page.apply()
    assert client.call("hello")
    assert stopped == []
    page._threads.setValue(1)
    page.apply()
    wait_until(lambda: stopped)


def test_indexing_is_not_ended_for_it(ready, window, fake, client, tmp_path, wait_until, run_for):
    stopped = []
    client.engine_stopped.connect(stopped.append)
    fake.order(index={"delay": 1.5})
    ready._index.index(str(tmp_path / "new.gpkg"), IndexRequest(("a.tif",), None, (8,), 0.5))
    page = window.options_pages[0].createWidget(None)
    page._threads.setValue(1)
    page.apply()
    assert "when indexing has ended" in window.messages[-1][1]
    wait_until(lambda: stopped)
    assert not ready._index.is_running


def test_the_device_goes_with_what_is_to_be_encoded(ready, window, fake, wait_until):
    QgsSettings().setValue("plugins/frors/device", "cpu")
    ready.actions[1].trigger()
    window.draw_box(window.canvas.extent().buffered(-20))
    wait_until(lambda: fake.requests("search"))
    assert fake.requests("embed")[0]["params"]["device"] == "cpu"
    assert "device" not in fake.requests("search")[0]["params"]


def test_new_archives_start_from_what_is_set(plugin, window, tmp_path, wait_until):
    page = window.options_pages[0].createWidget(None)
    page._folder.setFilePath(str(tmp_path))
    page._windows[4].setChecked(False)
    page._gsd.setValue(0.25)
    page.apply()
    plugin.actions[0].trigger()
    dialog = plugin._index._open_dialog()
    assert Path(dialog.findChild(QgsFileWidget).filePath()).parent == tmp_path
    assert (dialog.request().windows, dialog.request().gsd) == ((8,), 0.25)
    dialog.reject()
    assert window.options_pages[0].createWidget(None)._gsd.value() == 0.25


@pytest.mark.parametrize("junk", ["", "fine", "-3", "1e99", "nan"])
def test_without_a_sensible_ground_gsd_each_raster_is_proposed_at_its_own(plugin, window, junk):
    QgsSettings().setValue("plugins/frors/gsd", junk)
    assert plugin._settings.gsd is None
    page = window.options_pages[0].createWidget(None)
    assert page._gsd.text() == "Each raster at its own"
    page.apply()
    plugin.actions[0].trigger()
    dialog = plugin._index._open_dialog()
    assert dialog.request().gsd is None
    dialog.reject()


def test_no_window_ticked_means_all_of_them(page, plugin):
    for box in page.findChildren(QCheckBox):
        box.setChecked(False)
    page.apply()
    assert plugin._settings.windows == (8, 4)


@pytest.mark.parametrize("junk", ["", "many", "-3", "1e99"])
def test_settings_that_make_no_sense_are_taken_as_not_set(plugin, junk):
    QgsSettings().setValue("plugins/frors/threads", junk)
    QgsSettings().setValue("plugins/frors/cache-mib", junk)
    options = read_engine_options()
    assert options.threads == 0
    assert options.cache_mib in (1, 64)
