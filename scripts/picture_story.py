"""What stories that take pictures have in common; see qgis_story.py."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

from qgis.gui import QgsFileWidget, QgsOptionsPageWidget
from qgis.PyQt.QtCore import QRect, Qt, QTimer
from qgis.PyQt.QtGui import QPixmap, QRegion
from qgis.PyQt.QtWidgets import QApplication, QDialog, QDockWidget, QLabel, QMenu
from qgis.utils import iface
from qgis_story import FOLDER, Wait, check, index_button, index_dialog, nothing_runs, raster_action, say, the_plugin

HOUSES = (524440.8, 5266666.2, 524479.2, 5266704.6)
"""A box round houses of the sample raster, in its CRS."""

QUALITY = 85


def save(picture: QPixmap, name: str) -> None:
    """Keeps a picture, `name` with its ending."""
    kind = "JPG" if name.endswith(".jpg") else "PNG"
    check(picture.save(str(FOLDER / name), kind, QUALITY if kind == "JPG" else -1), f"{name} could not be written.")
    say(name)


def pause(seconds: float) -> Wait:
    """Waits until so much time is over and nothing runs."""
    until = time.monotonic() + seconds
    return Wait(lambda: time.monotonic() > until and nothing_runs(), 120, "Something did not end.")


def dialog(name: str) -> QDialog | None:
    """The open dialog of a class."""
    windows = [window for window in QApplication.topLevelWidgets() if window.isVisible()]
    return next((window for window in windows if type(window).__name__ == name), None)


def lay_out_window(width: int, height: int) -> None:
    """Gives the map and the FRORS panel the room."""
    window, dock = iface.mainWindow(), the_plugin().dock
    window.resize(width, height)
    for panel in window.findChildren(QDockWidget):
        if panel.objectName() not in ("Layers", dock.objectName()):
            panel.hide()
    dock.setUserVisible(True)
    window.resizeDocks([window.findChild(QDockWidget, "Layers"), dock], [230, 400], Qt.Orientation.Horizontal)


def index_open_dialog(archive: str, name: str) -> Iterator[Wait]:
    """Takes a picture of the indexing dialog that is about to open, and indexes."""
    dock = the_plugin().dock
    yield Wait(index_button, 60, "The indexing dialog did not become ready.")
    window = index_dialog()
    field = window.findChild(QgsFileWidget)
    field.setFilePath(archive)
    yield pause(2)
    field.lineEdit().setText("/home/you/town.gpkg")  # so that the picture is of anybody's computer
    save(window.grab(), name)
    field.setFilePath(archive)
    yield Wait(lambda: index_button().isEnabled(), 60, "The indexing dialog did not accept the archive.")
    index_button().click()
    yield Wait(lambda: dock.index_progress.isHidden() and nothing_runs(), 600, "Indexing did not end.")


def index_project_rasters(archive: str, name: str) -> Iterator[Wait]:
    """The same through the menu."""
    raster_action("Index project rasters...").trigger()
    yield from index_open_dialog(archive, name)


def options(name: str) -> Iterator[Wait]:
    """A picture of the page in QGIS's options."""
    taken: list[QPixmap] = []

    def take() -> None:
        window = QApplication.activeModalWidget()
        if window is None:
            return
        for page in window.findChildren(QgsOptionsPageWidget):
            for label in page.findChildren(QLabel):
                # of anybody's computer, too
                label.setText(label.text().replace(os.environ["FRORS_PYTHON"], "/home/you/.venv/bin/python"))
        taken.append(window.grab())
        window.close()

    QTimer.singleShot(1500, take)
    iface.showOptionsDialog(iface.mainWindow(), "frors")
    yield Wait(lambda: taken, 60, "The options did not open.")
    save(taken[0], name)


def menu(show: Callable[[], None], name: str) -> Iterator[Wait]:
    """A picture of a menu that `show` opens, with the submenu that is open and what lies round them."""
    window, desktop = iface.mainWindow(), QApplication.primaryScreen().geometry()
    size, taken = window.size(), []
    window.resize(desktop.width(), size.height())  # or menus at its right edge would hang over it
    yield pause(1)

    def take() -> None:
        menus = [popup for popup in QApplication.topLevelWidgets() if isinstance(popup, QMenu) and popup.isVisible()]
        place = QRegion()
        for popup in menus:
            place |= QRegion(popup.frameGeometry())
        if menus:
            taken.append(QApplication.primaryScreen().grabWindow(0).copy(_round(place.boundingRect())))
        for popup in menus:
            popup.close()

    QTimer.singleShot(0, show)
    QTimer.singleShot(800, take)
    yield pause(1.5)
    check(taken, f"There was no menu for {name}.")
    save(taken[0], name)
    window.resize(size)
    yield pause(0.5)


def screen(name: str) -> None:
    """A picture of QGIS's window with what lies on it."""
    save(QApplication.primaryScreen().grabWindow(0).copy(iface.mainWindow().frameGeometry()), name)


def _round(place: QRect) -> QRect:
    """A part of QGIS's window with some room round a place."""
    return place.adjusted(-240, -160, 60, 120).intersected(iface.mainWindow().frameGeometry())
