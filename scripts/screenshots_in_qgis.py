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
from osgeo import gdal
from qgis.core import QgsProject, QgsRectangle
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtGui import QImage, QPixmap
from qgis.PyQt.QtWidgets import QInputDialog, QSpinBox, QTreeWidget
from qgis.utils import iface

sys.path.insert(0, os.environ["FRORS_SCRIPTS"])

from picture_story import HOUSES, dialog, index_project_rasters, lay_out_window, menu, options, pause, save
from qgis_story import (
    FOLDER,
    Teller,
    Wait,
    check,
    index_button,
    index_dialog,
    load_raster,
    map_is_drawn,
    nothing_runs,
    raster_action,
    result_layers,
    search_box,
    the_plugin,
)

from frors_qgis.shell import contact_sheet_controller

RASTER = Path(os.environ["FRORS_GUIDE_RASTER"])
OTHER_HOUSES = (524347.0, 5266616.0, 524385.4, 5266654.4)


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


def ask_where_and_when() -> Iterator[Wait]:
    """Four parts of the raster with dates made up: an acquisition on whose date sources disagree, and conditions."""
    dock = the_plugin().dock
    iface.newProject(False)
    source = gdal.Open(str(RASTER))
    width = source.RasterXSize // 4
    for number, day in enumerate(("2018-06-11", "2019-09-03", "2020-06-24", "2021-02-09")):
        path = FOLDER / f"town_{day}.tif"
        part = gdal.Translate(str(path), source, srcWin=[width * number, 0, width, source.RasterYSize])
        part.SetMetadata({"PLATFORM": "airborne", "ACQUISITION_DATE": day.replace("2019-09", "2019-08")})
        del part
        yield from load_raster(path, f"town {day[:4]}")
    raster_action("Index project rasters...").trigger()
    yield Wait(index_button, 60, "The indexing dialog did not become ready.")
    window = index_dialog()
    window.findChild(QgsFileWidget).setFilePath(str(FOLDER / "dates.gpkg"))
    yield pause(2)
    rasters = window.findChild(QTreeWidget)
    rasters.setCurrentItem(rasters.topLevelItem(1))
    window.show_acquisition()
    yield Wait(lambda: dialog("AcquisitionDialog"), 60, "The acquisition was not shown.")
    yield pause(0.5)
    save(dialog("AcquisitionDialog").grab(), "acquisition.jpg")
    dialog("AcquisitionDialog").close()
    yield Wait(lambda: index_button().isEnabled(), 60, "The indexing dialog did not accept the archive.")
    index_button().click()
    yield Wait(lambda: dock.index_progress.isHidden() and nothing_runs(), 600, "Indexing did not end.")
    QgsProject.instance().setCrs(iface.activeLayer().crs())
    whole = QgsRectangle()
    for layer in QgsProject.instance().mapLayers().values():
        whole.combineExtentWith(layer.extent())
    iface.mapCanvas().setExtent(whole)
    yield map_is_drawn()
    yield from search_box(OTHER_HOUSES)
    dock.words.set_params({"words": "june, within 2 km", "words_weight": 0.4})
    dock.words.changed.emit()
    yield pause(3)
    dock.results.view.setCurrentIndex(dock.results.model.index(1))
    iface.messageBar().clearWidgets()
    yield pause(0.5)
    save(dock.grab(), "words.jpg")


def story() -> Iterator[Wait]:
    """The guide, step by step."""
    lay_out_window(1400, 875)
    yield from load_raster(RASTER, "town")
    chapters: tuple[Callable[[], Iterator[Wait]], ...] = (
        index,
        search,
        understand,
        keep,
        automate,
        ask_where_and_when,
    )
    for chapter in chapters:
        yield from chapter()


teller = Teller(story())
