"""Works the plugin inside a real QGIS as a person would, step by step, without blocking its event loop.

For scripts that QGIS runs at its start (`qgis --code`): a story is a generator that yields what it waits for.
Environment: FRORS_STORY_FOLDER, where results go. When a step fails, a sentence stands in failure.txt there. QGIS
closes by itself either way.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsPointXY, QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QEvent, QPointF, Qt, QTimer
from qgis.PyQt.QtGui import QAction, QMouseEvent
from qgis.PyQt.QtWidgets import QDialog, QDialogButtonBox
from qgis.utils import iface, plugins

FOLDER = Path(os.environ["FRORS_STORY_FOLDER"])


class StoryError(Exception):
    """A step did not do what it should; the message is for people."""


@dataclass(frozen=True)
class Wait:
    """The story goes on when `until` is true, or fails with the sentence after `seconds`."""

    until: Callable[[], Any]
    seconds: float
    sentence: str


def say(sentence: str) -> None:
    """Tells the terminal what is going on."""
    print(f"qgis: {sentence}", flush=True)


def check(condition: Any, sentence: str) -> None:
    """Raises StoryError with the sentence when the condition is false."""
    if not condition:
        raise StoryError(sentence)


def load_raster(path: Path, name: str) -> Iterator[Wait]:
    """Puts a raster on the map and shows it as a whole."""
    say(f"Loading {path.name}.")
    layer = QgsRasterLayer(str(path), name)
    check(layer.isValid(), f"QGIS cannot read {path}.")
    QgsProject.instance().addMapLayer(layer)
    iface.setActiveLayer(layer)
    yield map_is_drawn()
    iface.mapCanvas().setExtent(layer.extent())
    yield map_is_drawn()


def index_project(archive: Path) -> Iterator[Wait]:
    """Indexes the project's rasters through the menu, into a new archive."""
    say("Indexing it through the menu.")
    started = time.monotonic()
    dock = the_plugin().dock
    raster_action("Index project rasters...").trigger()
    yield Wait(index_button, 60, "The indexing dialog did not become ready.")
    index_dialog().findChild(QgsFileWidget).setFilePath(str(archive))
    yield Wait(lambda: index_button().isEnabled(), 60, "The indexing dialog did not accept the archive.")
    index_button().click()
    yield Wait(lambda: dock.index_progress.isHidden() and nothing_runs(), 1800, "Indexing did not end.")
    chips = QgsVectorLayer(f"{archive}|layername=chips", "chips", "ogr")
    check(chips.isValid() and chips.featureCount() > 0, f"Indexing left no chips in {archive}.")
    say(f"{chips.featureCount()} chips in {time.monotonic() - started:.1f} s.")


def search_box(box: tuple[float, float, float, float]) -> Iterator[Wait]:
    """Draws a box (xmin, ymin, xmax, ymax in the project's CRS) and waits for the result layer."""
    started = time.monotonic()
    before = len(result_layers())
    action = raster_action("Search by box")
    if not action.isChecked():
        action.trigger()
    drag_box(box)
    yield Wait(lambda: len(result_layers()) > before, 120, "The search left no result layer.")
    matches = the_plugin().dock.results.model.matches()
    check(matches, "The search found nothing.")
    say(f"{len(matches)} matches after {time.monotonic() - started:.1f} s, the best scores {matches[0].score:.3f}.")


def the_plugin() -> Any:
    """The plugin that QGIS has loaded."""
    check("frors_qgis" in plugins, "QGIS did not load the plugin; its message log says why.")
    return plugins["frors_qgis"]


def map_is_drawn() -> Wait:
    """Waits until the map has been still for a second."""
    canvas, still_since = iface.mapCanvas(), [time.monotonic()]

    def is_still() -> bool:
        if canvas.isDrawing():
            still_since[0] = time.monotonic()
        return time.monotonic() - still_since[0] > 1.0

    return Wait(is_still, 60, "The map was never drawn.")


def raster_action(text: str) -> QAction:
    """An entry of the plugin in the Raster menu."""
    menus = [entry.menu() for entry in iface.rasterMenu().actions() if entry.text().replace("&", "") == "FRORS"]
    actions = [action for menu in menus for action in menu.actions() if action.text().replace("&", "") == text]
    check(actions, f"The Raster menu has no entry FRORS > {text}")
    return actions[0]


def index_dialog() -> QDialog | None:
    """The indexing dialog, if it is open."""
    windows = QgsApplication.topLevelWidgets()  # not all children of the main window, which takes 40 ms
    return next((each for each in windows if type(each).__name__ == "IndexDialog" and each.isVisible()), None)


def index_button() -> Any:
    """The button "Index" of the indexing dialog, None while there is none."""
    dialog = index_dialog()
    return dialog and dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)


def nothing_runs() -> bool:
    """Whether QGIS has no task left."""
    return QgsApplication.taskManager().countActiveTasks() == 0


def drag_box(box: tuple[float, float, float, float]) -> None:
    """Drags the mouse over the map round a box (xmin, ymin, xmax, ymax) of the project's CRS."""
    drag(QgsPointXY(box[0], box[1]), QgsPointXY(box[2], box[3]))


def drag(start: QgsPointXY, end: QgsPointXY, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Drags the mouse over the map, from one point of the project's CRS to another, some keys held."""
    canvas = iface.mapCanvas()
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    for kind, point, button, buttons in (
        (QEvent.Type.MouseButtonPress, start, left, left),
        (QEvent.Type.MouseMove, QgsPointXY((start.x() + end.x()) / 2, (start.y() + end.y()) / 2), none, left),
        (QEvent.Type.MouseMove, end, none, left),
        (QEvent.Type.MouseButtonRelease, end, left, none),
    ):
        pixel = canvas.getCoordinateTransform().transform(point)
        place = QPointF(round(pixel.x()), round(pixel.y()))
        screen = QPointF(canvas.viewport().mapToGlobal(place.toPoint()))
        event = QMouseEvent(kind, place, screen, button, buttons, keys)
        QgsApplication.sendEvent(canvas.viewport(), event)


def result_layers() -> list[QgsVectorLayer]:
    """The layers of matches that searches have put on the map."""
    layers = [layer for layer in QgsProject.instance().mapLayers().values() if isinstance(layer, QgsVectorLayer)]
    return [layer for layer in layers if "rank" in layer.fields().names()]


class Teller:
    """Runs the story inside QGIS's event loop and closes QGIS after it."""

    def __init__(self, story: Iterator[Wait]) -> None:
        self._story = story
        self._wait: Wait | None = None
        self._deadline = 0.0
        self._timer = QTimer()
        self._timer.timeout.connect(self._go_on)
        self._timer.start(100)

    def _go_on(self) -> None:
        try:
            if self._wait and not self._wait.until():
                check(time.monotonic() < self._deadline, self._wait.sentence)
                return
            self._wait = next(self._story)
            self._deadline = time.monotonic() + self._wait.seconds
        except StopIteration:
            self._close("")
        except Exception as error:  # QGIS would show a dialog that nobody answers
            self._close(f"{error}" if isinstance(error, StoryError) else f"{type(error).__name__}: {error}")

    def _close(self, failure: str) -> None:
        self._timer.stop()
        if failure:
            told = iface.messageBar().currentItem()
            failure += f" QGIS says: {told.text()}" if told else ""
            (FOLDER / "failure.txt").write_text(failure, encoding="utf-8")
            iface.mainWindow().grab().save(str(FOLDER / "failure.png"))
        QgsProject.instance().clear()
        QgsProject.instance().setDirty(False)
        sys.displayhook = lambda value: None  # QGIS prints what its own last statements return
        iface.actionExit().trigger()
