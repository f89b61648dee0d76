from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from qgis.core import QgsProject, QgsSettingsTree
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QPoint
from qgis.PyQt.QtWidgets import QDockWidget, QToolBar

import frors_qgis
from frors_qgis.plugin import FrorsPlugin

REPOSITORY = Path(__file__).resolve().parents[2]


def test_the_plugin_package_imports_nothing_at_the_top():
    code = "import sys, frors_qgis; sys.exit(bool({'qgis', 'PyQt5', 'PyQt6', 'osgeo', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False).returncode == 0


def test_the_class_factory_makes_the_plugin_without_touching_qgis(window):
    assert isinstance(frors_qgis.classFactory(window), FrorsPlugin)
    assert window.raster_menu == []


def test_loading_shows_actions_panel_and_menu_but_starts_no_engine(plugin, window, fake, run_for):
    run_for(0.3)
    assert [action.text() for action in plugin.actions] == [
        "Index project rasters...",
        "Search by box",
        "FRORS panel",
    ]
    in_menu = [action for _, action in window.raster_menu]
    assert in_menu[:-1] == list(plugin.actions)
    assert in_menu[-1].text() == "Copy a report of FRORS for support"
    assert window.main.findChild(QDockWidget, "FrorsDock") is plugin.dock
    assert fake.requests() == []
    assert all(not action.icon().isNull() for action in plugin.actions)


def test_no_heavy_module_is_imported_in_the_qgis_process(plugin):
    assert not {"torch", "torchvision", "faiss"} & set(sys.modules)


def test_unloading_leaves_nothing_behind(window, raster_layer, client):
    def remains():
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        project = QgsProject.instance()
        return {
            "docks": len(window.main.findChildren(QDockWidget)),
            "toolbars": len(window.main.findChildren(QToolBar)),
            "children": len([child for child in window.main.children() if child.metaObject().className() == "QAction"]),
            "menu": len(window.raster_menu),
            "options pages": len(window.options_pages),
            "locator": len(window.locator_filters),
            "shortcuts": len(window.shortcuts),
            "canvas items": len(window.canvas.scene().items()),
            "listeners": project.receivers(project.cleared),
            "tool": window.canvas.mapTool(),
            "settings": [node.key() for node in QgsSettingsTree.node("plugins").childrenNodes()],
        }

    before = remains()
    for _ in range(2):
        plugin = FrorsPlugin(window, client)
        plugin.initGui()
        plugin.actions[1].trigger()
        window.drag(QPoint(100, 100), QPoint(200, 200), let_go=False)
        plugin.actions[0].trigger()
        plugin.unload()
        del plugin
    assert remains() == before


@pytest.mark.parametrize("delay", [0, 5])
def test_unloading_in_mid_search_ends_it_without_a_word(ready, window, fake, run_for, delay):
    fake.order(embed={"delay": delay})
    window.draw_box(window.canvas.extent().buffered(-20))
    ready.unload()
    run_for(0.5)
    assert window.messages == []
    ready.initGui()


def test_the_box_action_takes_the_map_tool_and_gives_it_back(plugin, window):
    before = window.canvas.mapTool()
    action = plugin.actions[1]
    action.trigger()
    assert window.canvas.mapTool() is plugin.box_tool
    assert action.isChecked()
    window.press_escape()
    assert not action.isChecked()
    assert window.canvas.mapTool() is before
    action.trigger()
    action.trigger()
    assert window.canvas.mapTool() is before


def test_the_panel_action_shows_and_hides_the_panel(plugin):
    panel_action = plugin.actions[2]
    assert panel_action.isChecked() == plugin.dock.isUserVisible()
    panel_action.trigger()
    panel_action.trigger()
    assert panel_action.isChecked() == plugin.dock.isUserVisible()
