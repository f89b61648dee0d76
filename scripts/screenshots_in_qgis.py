"""Walks through docs/guide.md and takes its pictures; QGIS runs this at its start (`qgis --code`).

Environment: FRORS_GUIDE_RASTER, the raster; FRORS_STORY_FOLDER, where the pictures go.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import processing
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtGui import QImage, QPixmap
from qgis.PyQt.QtWidgets import QInputDialog, QSpinBox
from qgis.utils import iface

sys.path.insert(0, os.environ["FRORS_SCRIPTS"])

from picture_story import HOUSES, dialog, index_project_rasters, lay_out_window, menu, options, pause, save
from qgis_story import FOLDER, Teller, Wait, check, load_raster, map_is_drawn, result_layers, search_box, the_plugin

from frors_qgis.shell import contact_sheet_controller

RASTER = Path(os.environ["FRORS_GUIDE_RASTER"])


def index() -> Iterator[Wait]:
    """The dialog, then indexing."""
    yield from index_project_rasters(str(FOLDER / "town.gpkg"), "index.jpg")


def search() -> Iterator[Wait]:
    """A box, its matches, marks and filters."""
    dock, window = the_plugin().dock, iface.mainWindow()
    dock.query.findChild(QSpinBox).setValue(24)
    yield from search_box(HOUSES)
    iface.messageBar().clearWidgets()
    yield pause(2)
    yield map_is_drawn()
    save(window.grab(), "search.jpg")
    for row, right in ((1, True), (9, False), (11, False)):
        dock.results.view.verdict_given.emit(dock.results.model.matches()[row], right)
    yield pause(3)
    save(dock.grab(), "marks.jpg")
    dock.filters.setCollapsed(False)
    yield pause(1)
    save(dock.grab(), "filters.jpg")
    dock.filters.setCollapsed(True)


def understand() -> Iterator[Wait]:
    """Why a match is one, and the outlines of all."""
    dock, window = the_plugin().dock, iface.mainWindow()
    dock.results.view.why_wanted.emit(dock.results.model.matches()[2])
    yield Wait(lambda: dialog("WhyDialog"), 60, "The explanation did not come.")
    yield pause(1)
    save(dialog("WhyDialog").grab(), "why.jpg")
    dialog("WhyDialog").close()
    dock.results.menu_opened.emit()
    dock.results.outline_action.trigger()
    yield pause(3)
    canvas, layer = iface.mapCanvas(), result_layers()[0]
    extent = canvas.mapSettings().layerExtentToOutputExtent(layer, layer.extent())
    extent.scale(1.1)
    canvas.setExtent(extent)
    iface.messageBar().clearWidgets()
    yield map_is_drawn()
    save(window.grab(), "outlines.jpg")


def keep() -> Iterator[Wait]:
    """A saved query and a contact sheet."""
    dock = the_plugin().dock
    QInputDialog.getText = lambda *_, **__: ("Houses in rows", True)
    dock.query.saved_queries.save_wanted.emit()
    yield pause(2)
    iface.messageBar().clearWidgets()
    saved = dock.query.saved_queries
    yield from menu(lambda: _open_with_submenu(saved), "saved.jpg")
    sheet = FOLDER / "sheet.png"
    contact_sheet_controller.ask_for_file = lambda *_: str(sheet)
    dock.results.print_action.trigger()
    yield pause(3)
    check(sheet.exists(), "The contact sheet was not printed.")
    picture = QImage(str(sheet)).scaledToWidth(900, Qt.TransformationMode.SmoothTransformation)
    save(QPixmap.fromImage(picture), "sheet.jpg")


def _open_with_submenu(button: Any) -> None:
    """Opens the menu of the saved queries with that of the first one."""
    QTimer.singleShot(300, lambda: button.menu().setActiveAction(button.menu().actions()[-1]))
    button.showMenu()


def automate() -> Iterator[Wait]:
    """The algorithm's dialog and the page in the options."""
    window = processing.createAlgorithmDialog("frors:search", {"MATCHES": 24})
    window.show()
    yield pause(2)
    save(window.grab(), "algorithm.jpg")
    window.close()
    yield from options("options.jpg")


def story() -> Iterator[Wait]:
    """The guide, step by step."""
    lay_out_window(1400, 875)
    yield from load_raster(RASTER, "town")
    chapters: tuple[Callable[[], Iterator[Wait]], ...] = (index, search, understand, keep, automate)
    for chapter in chapters:
        yield from chapter()


teller = Teller(story())
