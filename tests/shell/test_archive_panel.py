from __future__ import annotations

from qgis.PyQt.QtWidgets import QFileDialog


def test_missing_rasters_can_be_looked_for_in_a_folder(ready, window, fake, wait_until, monkeypatch, archive):
    panel = ready.dock.archive
    assert not panel._find.isHidden()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/media/drive")
    panel._find.click()
    wait_until(lambda: window.messages)
    (request,) = fake.requests("relink")
    assert request["params"] == {"archive": str(archive), "folder": "/media/drive"}
    assert "1 raster was found, 1 not." in window.messages[-1][1]
    wait_until(lambda: "rasters" in panel.info)


def test_without_a_folder_nothing_is_looked_for(ready, fake, monkeypatch, run_for):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    ready.dock.archive._find.click()
    run_for(0.2)
    assert fake.requests("relink") == []


def test_the_button_is_there_only_where_something_is_missing(plugin):
    plugin.dock.archive.show_info("fine")
    assert plugin.dock.archive._find.isHidden()
