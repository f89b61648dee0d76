"""The demo's user: QGIS runs this at its start (`qgis --code`), and it works the plugin as a person would.

Environment: FRORS_DEMO_RASTER, the raster; FRORS_STORY_FOLDER, where archive, matches and screenshot go.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qgis.core import QgsProject, QgsVectorFileWriter, QgsVectorLayer
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDockWidget, QSpinBox
from qgis.utils import iface

sys.path.insert(0, os.environ["FRORS_SCRIPTS"])

from qgis_story import (
    FOLDER,
    Teller,
    Wait,
    check,
    index_project,
    load_raster,
    map_is_drawn,
    result_layers,
    say,
    search_box,
    the_plugin,
)

RASTER = Path(os.environ["FRORS_DEMO_RASTER"])
BOX = (524440.8, 5266666.2, 524479.2, 5266704.6)  # a few of the houses that stand in rows; metres of the raster's CRS
MATCHES = 24
THUMBNAILS = 12  # as many as the panel shows at once
WINDOW = (1680, 1050)


def story() -> Iterator[Wait]:
    """The demo, step by step."""
    window, dock = iface.mainWindow(), the_plugin().dock
    window.resize(*WINDOW)
    lay_out_window(window, dock)
    yield from load_raster(RASTER, "Kitsap aerial, 0.30 m")
    yield from index_project(FOLDER / "archive.gpkg")

    say("Drawing a box round some houses.")
    dock.query.findChild(QSpinBox).setValue(MATCHES)
    yield from search_box(BOX)
    model = dock.results.model
    first = [match.chip for match in model.matches()[:THUMBNAILS]]
    yield Wait(lambda: all(model.thumbnail(chip) for chip in first), 60, "The thumbnails did not arrive.")

    say("Saving the matches and the screenshot.")
    save_layer(result_layers()[0], FOLDER / "matches.gpkg")
    iface.actionPan().trigger()
    iface.messageBar().clearWidgets()
    yield map_is_drawn()
    check(window.grab().save(str(FOLDER / "screenshot.png")), "The screenshot could not be written.")


def lay_out_window(window: Any, dock: Any) -> None:
    """Gives the map and the FRORS panel the room; what the demo does not need is hidden."""
    for panel in window.findChildren(QDockWidget):
        if panel.objectName() not in ("Layers", dock.objectName()):
            panel.hide()
    dock.setUserVisible(True)
    window.resizeDocks([window.findChild(QDockWidget, "Layers"), dock], [290, 430], Qt.Orientation.Horizontal)


def save_layer(layer: QgsVectorLayer, path: Path) -> None:
    """Writes a layer to a GeoPackage of its own."""
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName, options.layerName = "GPKG", "matches"
    context = QgsProject.instance().transformContext()
    error, message, *_ = QgsVectorFileWriter.writeAsVectorFormatV3(layer, str(path), context, options)
    check(error == QgsVectorFileWriter.WriterError.NoError, f"The matches could not be saved: {message}")


teller = Teller(story())
