"""Other ways into the plugin than its buttons: the locator bar, files dropped on the panel, the keyboard."""

from __future__ import annotations

import pytest
from osgeo import gdal
from qgis.core import QgsFeedback, QgsLocatorContext, QgsProject
from qgis.PyQt.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from qgis.PyQt.QtGui import QContextMenuEvent, QDragEnterEvent, QDropEvent
from qgis.PyQt.QtWidgets import QDialogButtonBox, QLineEdit, QToolButton, QWidget


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


def explained(widget, inside):
    """Whether Shift+F1 says something on a widget: it asks the widgets round it, up to the window."""
    while widget is not None:
        if widget.whatsThis():
            return True
        widget = None if widget is inside else widget.parentWidget()
    return False


def test_everything_that_can_be_reached_with_the_keyboard_explains_itself(plugin, window):
    plugin.actions[0].trigger()
    dialog, page = plugin._index._open_dialog(), window.options_pages[0].createWidget(None)
    silent = [
        f"{type(part).__name__} in {type(part.parentWidget()).__name__}"
        for whole in (plugin.dock, dialog, page)
        for part in whole.findChildren(QWidget)
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(part.parentWidget(), QDialogButtonBox)
        and not explained(part, whole)
    ]
    assert silent == []
    assert all(action.whatsThis() for action in plugin.actions)
    dialog.reject()


def test_buttons_without_words_have_a_tool_tip_and_a_name(plugin):
    ours = [
        button
        for button in plugin.dock.findChildren(QToolButton)
        if type(button.parentWidget()).__module__.startswith("frors_qgis")
        and button.objectName() != "collapseButton"  # of QGIS
        and not isinstance(button.parentWidget(), QLineEdit)  # Qt's own, that empties the line
    ]
    assert ours
    assert [
        button.toolTip() for button in ours if not (button.toolTip() and (button.accessibleName() or button.text()))
    ] == []


def test_the_menu_key_opens_the_menu_of_the_chosen_match(ready, found, monkeypatch):
    view = ready.dock.results.view
    view.setCurrentIndex(view.model().index(1))
    opened = []
    monkeypatch.setattr(view, "match_menu", lambda index: opened.append(index.row()) or _NoMenu())
    place = view.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle).center()  # where Qt says that the key is meant
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, view.mapToGlobal(place))
    QCoreApplication.sendEvent(view, event)
    assert opened == [1]


class _NoMenu:
    def exec(self, place):
        pass

    def deleteLater(self):  # noqa: N802
        pass
