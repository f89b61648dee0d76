"""The new user of first_use.py: QGIS runs this at its start (`qgis --code`).

Environment: FRORS_PACKAGE, the zip; FRORS_DEMO_RASTER, the raster; FRORS_STORY_FOLDER, where archive and pictures go.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyplugin_installer
from qgis.PyQt.QtWidgets import QProgressBar, QPushButton
from qgis.utils import iface

sys.path.insert(0, os.environ["FRORS_SCRIPTS"])

from qgis_story import (
    FOLDER,
    Teller,
    Wait,
    check,
    index_dialog,
    index_project,
    load_raster,
    map_is_drawn,
    raster_action,
    say,
    search_box,
    the_plugin,
)

BOX = (524440.8, 5266666.2, 524479.2, 5266704.6)
WINDOW = (1680, 1050)
INSTALLING_S = 1800
RUNNING = 200  # of 1000: a picture is taken from here on


def story() -> Iterator[Wait]:
    """The first use, step by step."""
    window = iface.mainWindow()
    window.resize(*WINDOW)
    yield from load_raster(Path(os.environ["FRORS_DEMO_RASTER"]), "Kitsap aerial, 0.30 m")
    say("Installing the package with the plugin manager.")
    pyplugin_installer.instance().installFromZipFile(os.environ["FRORS_PACKAGE"])
    the_plugin().dock.setUserVisible(True)
    yield map_is_drawn()
    picture("1_installed")
    yield from install_engine()
    yield from index_project(FOLDER / "archive.gpkg")
    yield from search_box(BOX)
    model = the_plugin().dock.results.model
    first = [match.chip for match in model.matches()[:4]]
    yield Wait(lambda: all(model.thumbnail(chip) for chip in first), 60, "The thumbnails did not arrive.")
    yield map_is_drawn()
    picture("7_found")


def install_engine() -> Iterator[Wait]:
    """Wants to index, and is offered the engine's packages; presses the buttons that the panel shows."""
    dock = the_plugin().dock
    raster_action("Index project rasters...").trigger()
    yield Wait(lambda: dock.shows_installation, 60, "The panel does not offer to install the engine.")
    dialog = index_dialog()
    check(dialog, "The indexing dialog is gone.")
    dialog.reject()
    yield Wait(lambda: button("Install"), 10, "There is no button to install.")
    picture("2_offer")
    press("Install")
    say("Installing the engine's packages.")
    yield Wait(lambda: not button("Install"), 10, "The installation does not begin.")
    yield Wait(any_of("Start", "Try again"), INSTALLING_S, "The installation does not end.")
    if button("Try again"):
        picture("3_failed")
        package = button("Install python")
        check(package, "The installation failed, and there is no button that helps.")
        say(f"{package.text()}.")
        press(package.text())
        yield Wait(lambda: not button("Try again"), 10, "The package is not installed.")
        yield Wait(any_of("Start", "Try again"), INSTALLING_S, "The installation does not end.")
    check(button("Start"), "The installation failed.")
    picture("6_ready")
    press("Start")


def any_of(*texts: str) -> Callable[[], bool]:
    """Whether a button with one of these texts is there; takes a picture of the panel while there is none."""
    seen: list[int] = []

    def found() -> bool:
        bar = the_plugin().dock.installation.findChild(QProgressBar)
        if bar.isVisible() and bar.value() > RUNNING and not seen:
            seen.append(bar.value())
            picture("5_running")
        return any(button(text) for text in texts)

    return found


def button(text: str) -> QPushButton | None:
    """The button of the panel whose text begins so, None while it is not shown."""
    buttons = the_plugin().dock.findChildren(QPushButton)
    return next((each for each in buttons if each.isVisible() and each.text().startswith(text)), None)


def press(text: str) -> None:
    """Presses a button of the panel."""
    found = button(text)
    check(found, f"There is no button {text}.")
    found.click()


def picture(name: str) -> None:
    """A picture of the window as it is."""
    check(iface.mainWindow().grab().save(str(FOLDER / f"{name}.png")), f"The picture {name} could not be written.")


teller = Teller(story())
