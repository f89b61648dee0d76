"""Takes pictures of what docs/guide.md does not show; QGIS runs this at its start (`qgis --code`).

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
from processing.gui.BatchAlgorithmDialog import BatchAlgorithmDialog
from processing.modeler.ModelerDialog import ModelerDialog
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsGeometry,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProject,
)
from qgis.gui import QgsFilterLineEdit
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from qgis.PyQt.QtGui import QDragEnterEvent, QDropEvent, QHelpEvent
from qgis.PyQt.QtWidgets import (
    QApplication,
    QDockWidget,
    QFileDialog,
    QInputDialog,
    QLineEdit,
    QTextBrowser,
    QWhatsThis,
    QWidget,
)
from qgis.utils import iface

sys.path.insert(0, os.environ["FRORS_SCRIPTS"])

from picture_story import HOUSES, index_open_dialog, index_project_rasters, lay_out_window, menu, pause, save, screen
from qgis_story import FOLDER, Teller, Wait, check, drag, drag_box, load_raster, map_is_drawn, result_layers, the_plugin

RASTERS = FOLDER / "rasters"
WEST, EAST = RASTERS / "2023" / "west.tif", RASTERS / "2024" / "east.tif"
ARCHIVE = FOLDER / "town.gpkg"


def drop() -> Iterator[Wait]:
    """A raster that is dropped on the panel is indexed."""
    dock = the_plugin().dock
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(WEST))])
    place, held = dock.rect().center(), (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QCoreApplication.sendEvent(dock, QDragEnterEvent(place, Qt.DropAction.CopyAction, files, *held))
    QCoreApplication.sendEvent(dock, QDropEvent(QPointF(place), Qt.DropAction.CopyAction, files, *held))
    yield from index_open_dialog(str(ARCHIVE), "drop.png")
    iface.mapCanvas().setExtent(QgsProject.instance().mapLayersByName("west")[0].extent())
    yield map_is_drawn()


def mark() -> Iterator[Wait]:
    """A match is marked by a click on the map, another one has its menu there, and a box is an example."""
    dock = the_plugin().dock
    the_plugin().actions[1].trigger()
    drag_box(HOUSES)
    yield Wait(result_layers, 120, "The search left no result layer.")
    yield pause(2)
    for row, key in ((2, Qt.KeyboardModifier.ShiftModifier), (30, Qt.KeyboardModifier.ControlModifier)):
        drag(_centre(row), _centre(row), key)
    check(dock.examples.text == "Examples: 1 right, 1 wrong", f"Clicks on the map marked nothing: {dock.examples.text}")
    yield pause(2)
    yield from menu(lambda: drag(_centre(3), _centre(3)), "map_menu.png")
    x, y = HOUSES[0], HOUSES[1] - 60
    drag(type(_centre(0))(x, y), type(_centre(0))(x + 38, y + 38), Qt.KeyboardModifier.ShiftModifier)
    yield pause(3)
    iface.messageBar().clearWidgets()
    yield map_is_drawn()
    save(iface.mainWindow().grab(), "examples.png")


def _centre(row: int) -> Any:
    """The centre of a match in the project's CRS."""
    place = QgsGeometry(the_plugin().dock.results.model.matches()[row].geometry.centroid())
    lonlat, project = QgsCoordinateReferenceSystem("EPSG:4326"), QgsProject.instance()
    place.transform(QgsCoordinateTransform(lonlat, project.crs(), project))
    return place.asPoint()


def come_back() -> Iterator[Wait]:
    """A saved query shows what is new when another raster has been indexed; groups of rasters are a filter."""
    dock = the_plugin().dock
    QInputDialog.getText = lambda *_, **__: ("Houses in rows", True)
    dock.query.saved_queries.save_wanted.emit()
    yield pause(2)
    yield from load_raster(EAST, "east")
    yield from index_project_rasters(str(ARCHIVE), "index_again.png")
    layers = len(result_layers())
    dock.query.saved_queries.search_wanted.emit("Houses in rows", True)
    yield Wait(lambda: len(result_layers()) > layers, 60, "Nothing new was found.")
    yield pause(2)
    iface.messageBar().clearWidgets()
    yield map_is_drawn()
    save(iface.mainWindow().grab(), "new.png")
    dock.filters.setCollapsed(False)
    yield pause(0.5)
    yield from menu(dock.filters._groups.showMenu, "groups.png")
    dock.filters.setCollapsed(True)


def relink() -> Iterator[Wait]:
    """Rasters that have moved are missing, and found again."""
    plugin = the_plugin()
    RASTERS.rename(FOLDER / "moved")
    plugin._archive.refresh()
    yield pause(2)
    save(plugin.dock.archive.grab(), "missing.png")
    QFileDialog.getExistingDirectory = lambda *_: str(FOLDER / "moved")
    plugin.dock.archive.ask_for_folder()
    yield pause(3)
    save(iface.mainWindow().grab(), "found.png")


def ways_in() -> Iterator[Wait]:
    """What's This, the locator bar, and QGIS's own dialog to export with."""
    window, dock = iface.mainWindow(), the_plugin().dock
    iface.messageBar().clearWidgets()
    dock.results.view.setFocus()
    place = QPoint(40, 40)
    view = dock.results.view.viewport()
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.WhatsThis, place, view.mapToGlobal(place)))
    yield pause(1)
    screen("whats_this.png")
    QWhatsThis.hideText()
    (bar,) = [part for part in window.findChildren(QWidget) if part.metaObject().className() == "QgsLocatorWidget"]
    field = bar.findChild(QLineEdit)
    window.activateWindow()
    field.setFocus()
    field.setText("frors ")
    yield pause(2)
    screen("locator.png")
    field.clear()
    yield from _modal(dock.results.export_action.trigger, "export.png")


def _modal(show: Callable[[], None], name: str) -> Iterator[Wait]:
    taken: list[bool] = []

    def take() -> None:
        window = QApplication.activeModalWidget()
        if window is not None:
            save(window.grab(), name)
            window.close()
            taken.append(True)

    QTimer.singleShot(1500, take)
    QTimer.singleShot(0, show)
    yield Wait(lambda: taken, 30, f"There was no dialog for {name}.")


def automate() -> Iterator[Wait]:
    """Toolbox, batch, the other algorithms, a model, and the report of an evaluation on marked matches."""
    window, dock = iface.mainWindow(), the_plugin().dock
    for name in ("index", "searchfeatures", "remove", "info", "evaluate", "train"):
        form = processing.createAlgorithmDialog(f"frors:{name}", {})
        form.show()
        yield pause(1)
        save(form.grab(), f"algorithm_{name}.png")
        form.close()
    batch = BatchAlgorithmDialog(QgsApplication.processingRegistry().createAlgorithmById("frors:search"), parent=window)
    batch.show()
    yield pause(1)
    save(batch.grab(), "batch.png")
    batch.close()
    modeler = ModelerDialog.create(_model())
    modeler.resize(900, 600)
    modeler.show()
    yield pause(1)
    save(modeler.grab(), "model.png")
    modeler.hide()
    for row in range(8):
        dock.results.view.verdict_given.emit(dock.results.model.matches()[row], row < 4)
    yield pause(3)
    marked = max(result_layers(), key=lambda layer: layer.source())
    rasters = [str(FOLDER / "moved" / "2023" / "west.tif"), str(FOLDER / "moved" / "2024" / "east.tif")]
    values = {"INPUT": marked, "FIELD": "label", "RASTERS": rasters, "ARCHIVE": str(ARCHIVE)}
    report = processing.run("frors:evaluate", values | {"REPORT": str(FOLDER / "report.html")})["REPORT"]
    page = QTextBrowser()
    page.setHtml(Path(report).read_text(encoding="utf-8"))
    page.resize(900, 900)
    save(page.grab(), "report.png")
    toolbox = window.findChild(QDockWidget, "ProcessingToolbox")
    dock.setUserVisible(False)
    toolbox.show()
    toolbox.findChild(QgsFilterLineEdit).setText("frors")
    yield pause(1)
    save(toolbox.grab(), "toolbox.png")


def _model() -> QgsProcessingModelAlgorithm:
    """Index, search, buffer."""
    model = QgsProcessingModelAlgorithm("Find and buffer", "FRORS")
    output_of = QgsProcessingModelChildParameterSource.fromChildOutput
    before = {"search": ("ARCHIVE", "index", "ARCHIVE"), "buffer": ("INPUT", "search", "OUTPUT")}
    for number, (name, id_) in enumerate(
        {"index": "frors:index", "search": "frors:search", "buffer": "native:buffer"}.items()
    ):
        child = QgsProcessingModelChildAlgorithm(id_)
        child.setChildId(name)
        child.setDescription(child.algorithm().displayName())
        child.setPosition(QPointF(250, 80 + 130 * number))
        if name in before:
            parameter, other, output = before[name]
            child.addParameterSources(parameter, [output_of(other, output)])
        model.addChildAlgorithm(child)
    return model


def story() -> Iterator[Wait]:
    """Everything, one after the other."""
    for path, window in ((WEST, [0, 900, 1100, 980]), (EAST, [900, 900, 1000, 980])):
        path.parent.mkdir(parents=True)
        gdal.Translate(str(path), os.environ["FRORS_GUIDE_RASTER"], srcWin=window)
    lay_out_window(1200, 800)
    yield pause(1)
    for chapter in (drop, mark, come_back, relink, ways_in, automate):
        yield from chapter()


teller = Teller(story())
