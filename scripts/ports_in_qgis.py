"""The analyst of ports.py: QGIS runs this at its start (`qgis --code`).

Environment: FRORS_PORTS, a folder with rasters/sentinel2_<port>_10m.tif; FRORS_STORY_FOLDER, where pictures go and the
simulated scenes are, see other_dates.py.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from qgis.core import QgsProject, QgsRectangle
from qgis.PyQt.QtWidgets import QSpinBox
from qgis.utils import iface

sys.path.insert(0, os.environ["FRORS_SCRIPTS"])

from picture_story import lay_out_window, pause, save
from qgis_story import (
    FOLDER,
    Teller,
    Wait,
    check,
    index_project,
    load_raster,
    map_is_drawn,
    say,
    search_box,
    the_plugin,
)

SCENES = sorted(Path(os.environ["FRORS_PORTS"], "rasters").glob("sentinel2_*_10m.tif"))
QUAYS = (596044.0, 5360044.0, 597004.0, 5361004.0)
"""A box round quays of Marseille, EPSG:3857."""
NEAR = {"marseille", "genoa", "valencia", "algiers"}
"""The ports within 1000 km of it; all taken in July or August of 2023."""


def story() -> Iterator[Wait]:
    """Looks with conditions, conditions alone, the same kind far away, and the same place on other dates."""
    check(SCENES, f"There are no scenes in {os.environ['FRORS_PORTS']}.")
    lay_out_window(1400, 875)
    dock = the_plugin().dock
    for scene in SCENES:
        yield from load_raster(scene, port_of(scene.stem))
    yield from index_project(FOLDER / "ports.gpkg")
    check(dock.words.isVisible(), "The archive knows dates and platforms, but the line of conditions is hidden.")
    iface.mapCanvas().setExtent(QgsRectangle(*QUAYS).buffered(3000))
    yield map_is_drawn()
    dock.query.findChild(QSpinBox).setValue(60)
    yield from search_box(QUAYS)
    yield from show("looks.png", None, zoomed=False)
    yield from ask("sentinel-2, summer, within 1000 km", "near.png", NEAR)
    yield from ask("may, sentinel-2", "may.png", {"busan"})
    dock.results.view.elsewhere_wanted.emit(dock.results.model.matches()[0])
    yield pause(4)
    yield from show("elsewhere.png", {port_of(scene.stem) for scene in SCENES} - {"busan"})
    dock.words.set_params({"words": "within 50 km of 43.3 N 5.4 E, august"})
    dock.words.alone_wanted.emit()
    yield pause(4)
    yield from show("alone.png", {"marseille"})
    yield from other_dates()


def other_dates() -> Iterator[Wait]:
    """Adds what is simulated of Marseille, and asks for the quays on these dates."""
    dock = the_plugin().dock
    simulated = sorted(FOLDER.glob("sentinel2_*_10m.tif"))
    for scene in simulated:
        yield from load_raster(scene, port_of(scene.stem))
    yield from index_project(FOLDER / "ports.gpkg")
    dock.words.set_params({"words": ""})
    iface.setActiveLayer(QgsProject.instance().mapLayersByName("marseille")[0])
    iface.mapCanvas().setExtent(QgsRectangle(*QUAYS).buffered(3000))
    yield map_is_drawn()
    yield from search_box(QUAYS)
    dock.words.same_place_wanted.emit()
    yield pause(4)
    yield from show("other_dates.png", {port_of(scene.stem) for scene in simulated})
    found = {match.raster_name for match in dock.results.model.matches()}
    check(len(found) == len(simulated), "One of the dates was not found.")


def ask(line: str, name: str, ports: set[str]) -> Iterator[Wait]:
    """Writes conditions that must hold, and takes a picture of what is found."""
    words = the_plugin().dock.words
    words.set_params({"words": line})
    words.changed.emit()
    yield pause(4)
    yield from show(name, ports)


def show(name: str, ports: set[str] | None, zoomed: bool = True) -> Iterator[Wait]:
    """Checks that all matches are of some ports, and takes a picture, zoomed to the best of them."""
    dock = the_plugin().dock
    matches = dock.results.model.matches()
    counts = Counter(port_of(match.raster_name) for match in matches)
    say(f"{dock.words.words or 'No conditions'}: {dict(counts.most_common())}")
    check(matches, "Nothing was found.")
    check(ports is None or set(counts) <= ports, f"There are matches elsewhere than in {ports}.")
    if zoomed:
        dock.results.view.setCurrentIndex(dock.results.model.index(0))
        dock.results.view.match_opened.emit(matches[0])
    iface.messageBar().clearWidgets()
    yield pause(2)
    yield map_is_drawn()
    save(iface.mainWindow().grab(), name)


def port_of(stem: str) -> str:
    """The port that a scene's file is named after."""
    return stem.removeprefix("sentinel2_").removesuffix("_10m")


teller = Teller(story())
