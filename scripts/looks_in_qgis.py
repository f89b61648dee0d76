"""Takes pictures of the panel and its dialogs as they look in one theme, language or resolution (`qgis --code`).

Environment: FRORS_GUIDE_RASTER, the raster; FRORS_STORY_FOLDER, where the pictures go.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from qgis.PyQt.QtWidgets import QSpinBox
from qgis.utils import iface

sys.path.insert(0, os.environ["FRORS_SCRIPTS"])

from picture_story import HOUSES, dialog, index_open_dialog, lay_out_window, options, pause, save
from qgis_story import FOLDER, Teller, Wait, drag_box, load_raster, map_is_drawn, result_layers, the_plugin


def story() -> Iterator[Wait]:
    """Empty panel, dialog, matches with filters and marks, an explanation, options."""
    window, plugin = iface.mainWindow(), the_plugin()
    dock = plugin.dock
    lay_out_window(1200, 800)
    yield pause(1)
    save(dock.grab(), "empty.png")
    yield from load_raster(Path(os.environ["FRORS_GUIDE_RASTER"]), "town")
    plugin.actions[0].trigger()
    yield from index_open_dialog(str(FOLDER / "town.gpkg"), "index.png")
    dock.query.findChild(QSpinBox).setValue(24)
    plugin.actions[1].trigger()
    drag_box(HOUSES)
    yield Wait(result_layers, 120, "The search left no result layer.")
    dock.filters.setCollapsed(False)
    for row, right in ((1, True), (4, False)):
        dock.results.view.verdict_given.emit(dock.results.model.matches()[row], right)
    yield pause(3)
    iface.messageBar().clearWidgets()
    yield map_is_drawn()
    save(window.grab(), "window.png")
    dock.results.view.why_wanted.emit(dock.results.model.matches()[2])
    yield Wait(lambda: dialog("WhyDialog"), 60, "The explanation did not come.")
    yield pause(1)
    save(dialog("WhyDialog").grab(), "why.png")
    dialog("WhyDialog").close()
    yield from options("options.png")


teller = Teller(story())
