"""Other ways into the plugin than its buttons: the locator bar, files dropped on the panel, the keyboard."""

from __future__ import annotations

import pytest
from osgeo import gdal
from qgis.core import QgsFeedback, QgsLocatorContext, QgsProject
from qgis.PyQt.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from qgis.PyQt.QtGui import QDragEnterEvent, QDropEvent


@pytest.fixture
def results(window):
    def find(text, *, prefix=False):
        (locator,) = window.locator_filters
        found = []
        locator.resultFetched.connect(found.append)
        context = QgsLocatorContext()
        context.usingPrefix = prefix
        locator.fetchResults(text, context, QgsFeedback())
        locator.resultFetched.disconnect(found.append)
        return found

    return find


def test_the_locator_finds_actions_by_any_part_of_their_names(plugin, window, results):
    (found,) = results("by BOX")
    assert found.displayString == "Search by box"
    window.locator_filters[0].triggerResult(found)
    assert plugin.actions[1].isChecked()


def test_the_locator_opens_archives_that_were_opened_lately(ready, window, results, archive, tmp_path, wait_until):
    (found,) = results(archive.stem)
    ready.dock.archive.archive_chosen.emit(str(tmp_path / "other.gpkg"))
    window.locator_filters[0].triggerResult(found)
    assert ready._archive.path == str(archive)


def test_the_locator_lists_everything_for_its_prefix_and_nothing_for_no_text(ready, results):
    assert len(results("", prefix=True)) == len(ready.actions) + 1
    assert results("") == []
    assert results("no such thing") == []


def drop(dock, *paths):
    dragged = QMimeData()
    dragged.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    place, copy, left, none = QPoint(5, 5), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    entering = QDragEnterEvent(place, copy, dragged, left, none)
    QCoreApplication.sendEvent(dock, entering)
    if entering.isAccepted():
        QCoreApplication.sendEvent(dock, QDropEvent(QPointF(place), copy, dragged, left, none))
    return entering.isAccepted()


def test_a_raster_dropped_on_the_panel_comes_into_the_project_and_the_dialog_lists_it(plugin, tmp_path):
    path = tmp_path / "dropped.tif"
    gdal.GetDriverByName("GTiff").Create(str(path), 64, 64, 3)
    assert drop(plugin.dock, path)
    assert QgsProject.instance().mapLayersByName("dropped")
    dialog = plugin._index._open_dialog()
    assert dialog.isVisible()
    assert drop(plugin.dock, path)
    assert len(QgsProject.instance().mapLayersByName("dropped")) == 1
    dialog.reject()


def test_an_archive_dropped_on_the_panel_is_opened(plugin, archive):
    assert drop(plugin.dock, archive)
    assert plugin._archive.path == str(archive)
    assert plugin._index._open_dialog() is None


def test_a_file_that_is_no_raster_gets_a_sentence(plugin, window, tmp_path):
    (tmp_path / "notes.txt").write_text("no raster")
    assert drop(plugin.dock, tmp_path / "notes.txt")
    assert "No raster: notes.txt" in window.messages[-1][1]
    assert plugin._index._open_dialog() is None


def test_what_is_no_file_cannot_be_dropped(plugin):
    dragged = QMimeData()
    dragged.setText("some words")
    entering = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, dragged, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    )
    entering.ignore()
    QCoreApplication.sendEvent(plugin.dock, entering)
    assert not entering.isAccepted()


def test_the_box_tool_has_a_shortcut_that_users_can_change(plugin, window):
    assert window.shortcuts == {plugin.actions[1]: "Ctrl+Alt+B"}
