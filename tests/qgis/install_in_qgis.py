"""What QGIS does for test_install_from_zip.py: installs a zip as the plugin manager does, and removes it again.

QGIS runs it at its start (`qgis --code`). Environment: FRORS_INSTALL_FOLDER, which holds frors.zip. What was seen goes
into seen.json there, or into failure.txt why it did not work. QGIS closes by itself either way.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

import pyplugin_installer
from qgis import utils
from qgis.core import QgsApplication, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QTimer
from qgis.PyQt.QtWidgets import QDockWidget, QToolBar

FOLDER = Path(os.environ["FRORS_INSTALL_FOLDER"])
PLUGIN = "frors_qgis"
opened: set[str] = set()
"""Every file that Python has opened since this script began."""


def note(event: str, arguments: tuple[Any, ...]) -> None:
    """Takes down which files are opened."""
    if event == "open" and isinstance(arguments[0], str):
        opened.add(arguments[0])


def visible_parts() -> dict[str, Any]:
    """What QGIS shows of the plugin, and whether it holds it for loaded."""
    window = utils.iface.mainWindow()
    menus = [entry.menu() for entry in utils.iface.rasterMenu().actions() if entry.text().replace("&", "") == "FRORS"]
    provider = QgsApplication.processingRegistry().providerById("frors")
    return {
        "loaded": PLUGIN in utils.plugins,
        "active": PLUGIN in utils.active_plugins,
        "menu": [action.text().replace("&", "") for menu in menus for action in menu.actions()],
        "icons": [not action.icon().isNull() for menu in menus for action in menu.actions()],
        "toolbars": len(window.findChildren(QToolBar, "FrorsToolbar")),
        "panels": [dock.objectName() for dock in window.findChildren(QDockWidget) if "Frors" in dock.objectName()],
        "algorithms": sorted(algorithm.id() for algorithm in provider.algorithms()) if provider else [],
        "switched on": QgsSettings().value(f"PythonPlugins/{PLUGIN}", False, bool),
    }


def settle() -> None:
    """Lets QGIS delete what waits for it."""
    for _ in range(3):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def install_and_remove() -> dict[str, Any]:
    """Installs the zip, looks, removes it, looks again."""
    installer = pyplugin_installer.instance()
    installer.installFromZipFile(str(FOLDER / "frors.zip"))
    settle()
    modules = [module for name, module in sys.modules.items() if name.split(".")[0] == PLUGIN]
    seen = {
        "installed": visible_parts(),
        "modules": sorted(module.__file__ for module in modules),
        "version": utils.pluginMetadata(PLUGIN, "version"),
    }
    utils.unloadPlugin(PLUGIN)
    settle()
    seen["unloaded"] = visible_parts()
    seen["loads again"] = utils.loadPlugin(PLUGIN) and utils.startPlugin(PLUGIN)
    seen["loaded again"] = visible_parts()
    utils.unloadPlugin(PLUGIN)
    installer.uninstallPlugin(PLUGIN, quiet=True)
    settle()
    seen["removed"] = visible_parts()
    seen["opened"] = sorted(opened)
    return seen


def run() -> None:
    """Does it and closes QGIS."""
    try:
        seen = install_and_remove()
        (FOLDER / "seen.json").write_text(json.dumps(seen), encoding="utf-8")
    except Exception:  # QGIS would show a dialog that nobody answers
        (FOLDER / "failure.txt").write_text(traceback.format_exc(), encoding="utf-8")
    sys.displayhook = lambda value: None  # QGIS prints what its own last statements return
    utils.iface.actionExit().trigger()


sys.addaudithook(note)
QTimer.singleShot(500, run)  # when QGIS's event loop runs
