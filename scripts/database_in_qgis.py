"""Searches an archive in PostgreSQL and loses a shard of it; QGIS runs this at its start (`qgis --code`).

Environment: FRORS_GUIDE_RASTER, the raster; FRORS_SHARD, the process of a shard's server, see database_servers.py;
FRORS_STORY_FOLDER, where the pictures go.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from qgis.PyQt.QtWidgets import QDialogButtonBox, QLabel, QSpinBox
from qgis.utils import iface

sys.path.insert(0, os.environ["FRORS_SCRIPTS"])

from picture_story import HOUSES, dialog, lay_out_window, pause, save
from qgis_story import Teller, Wait, check, load_raster, map_is_drawn, search_box, the_plugin


def picture(name: str) -> Iterator[Wait]:
    """The window when all has come."""
    iface.messageBar().clearWidgets()
    yield pause(3)
    yield map_is_drawn()
    save(iface.mainWindow().grab(), name)


def story() -> Iterator[Wait]:
    """Opens the archive, searches with marks, and searches without a shard."""
    lay_out_window(1400, 875)
    yield from load_raster(Path(os.environ["FRORS_GUIDE_RASTER"]), "town")
    dock = the_plugin().dock
    dock.archive.database_wanted.emit()
    yield Wait(lambda: dialog("DatabaseDialog"), 60, "The dialog for databases did not open.")
    button = dialog("DatabaseDialog").findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    yield Wait(button.isEnabled, 60, "The archives of the database were not listed.")
    save(dialog("DatabaseDialog").grab(), "open.png")
    button.click()
    yield pause(2)
    dock.query.findChild(QSpinBox).setValue(24)
    yield from search_box(HOUSES)
    for row, right in ((1, True), (9, False), (11, False)):
        dock.results.view.verdict_given.emit(dock.results.model.matches()[row], right)
    yield from picture("marks.png")
    os.kill(int(os.environ["FRORS_SHARD"]), signal.SIGQUIT)
    yield from search_box(HOUSES)
    yield from picture("lost.png")
    told = any("shard_one" in label.text() for label in dock.results.findChildren(QLabel))
    check(told, "The panel does not say that a shard is lost.")


teller = Teller(story())
