from __future__ import annotations

import pytest
from qgis.core import Qgis, QgsProject, QgsRectangle
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QToolButton

BOX = QgsRectangle(523530, 5267940, 523560, 5267970)


def layers():
    return QgsProject.instance().mapLayersByName("Matches")


@pytest.fixture
def exports(window):
    """The layers that QGIS's dialog was opened for."""
    exported = []
    window.save_as.triggered.connect(lambda: exported.append(window.active))
    return exported


@pytest.fixture
def can_export(ready):
    """Whether the menu offers it."""

    def offered():
        ready.dock.results.menu_opened.emit()
        return ready.dock.results.export_action.isEnabled()

    return offered


@pytest.fixture
def search(ready, window, wait_until, can_export):
    ready.actions[1].trigger()

    def search():
        before = len(layers())
        window.draw_box(BOX)
        wait_until(lambda: len(layers()) > before and can_export())

    return search


def button(plugin):
    (found,) = [
        one for one in plugin.dock.results.findChildren(QToolButton) if one.accessibleName() == one.toolTip() != ""
    ]
    return found


def test_matches_are_exported_by_qgis_s_own_dialog(ready, search, can_export, exports, window):
    search()
    (layer,) = layers()
    assert can_export()
    ready.dock.results.export_action.trigger()
    assert exports == [layer]
    assert window.messages == []


def test_the_layer_of_the_newest_query_is_exported(ready, search, exports):
    search()
    first = layers()
    search()
    ready.dock.results.export_action.trigger()
    assert exports == [layer for layer in layers() if layer not in first]


def test_a_temporary_layer_is_exported_too(ready, search, exports, archive):
    archive.with_name("town_matches").write_text("a file where the folder should be")
    search()
    ready.dock.results.export_action.trigger()
    assert [layer.dataProvider().name() for layer in exports] == ["memory"]


def test_without_a_layer_nothing_can_be_exported(ready, search, can_export, exports, wait_until):
    assert not can_export()
    search()
    assert can_export()
    QgsProject.instance().removeMapLayer(layers()[0])
    ready.dock.results.export_action.trigger()
    assert not can_export()
    assert "was removed" in ready.dock.results.export_action.toolTip()
    assert exports == []


def test_a_layer_that_is_not_in_the_layers_panel_is_a_sentence(ready, search, exports, window, wait_until):
    search()
    root, bridge = QgsProject.instance().layerTreeRoot(), QgsProject.instance().layerTreeRegistryBridge()
    (layer,) = layers()
    node = root.findLayer(layer.id())
    bridge.setEnabled(False)
    try:
        node.parent().removeChildNode(node)
    finally:
        bridge.setEnabled(True)
    ready.dock.results.export_action.trigger()
    assert layers() == [layer]
    assert exports == []
    assert [(level, "Layers panel" in text) for level, text in window.messages] == [(Qgis.MessageLevel.Warning, True)]


def test_another_archive_ends_what_can_be_exported(ready, search, can_export, tmp_path):
    search()
    ready.dock.archive.archive_chosen.emit(str(tmp_path / "other.gpkg"))
    assert not can_export()


def test_the_menu_is_reached_with_the_keyboard_and_says_what_can_be_done(ready, search, wait_until):
    search()
    seen = []

    def look():
        menu = QApplication.activePopupWidget()
        offered = [action for action in menu.actions() if action.isVisible()]
        seen.extend((action.text(), action.isEnabled(), action.toolTip()) for action in offered)
        menu.close()

    QTimer.singleShot(200, look)
    assert button(ready).focusPolicy() & Qt.FocusPolicy.TabFocus
    QTest.keyClick(button(ready), Qt.Key.Key_Space)
    wait_until(lambda: seen)
    assert [(text, enabled) for text, enabled, _ in seen] == [
        ("Outline matches", True),
        ("Print contact sheet...", True),
        ("Export matches...", True),
    ]
    assert all(tip and tip != text for text, _, tip in seen)


def test_the_button_is_not_seen_before_there_are_matches(ready, search):
    assert not button(ready).isVisible()
    search()
    assert button(ready).isVisible()
