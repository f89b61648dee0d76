"""Works the plugin at a large archive and takes the time; QGIS runs this at its start (`qgis --code`).

Environment: FRORS_CLICK_RASTER, the raster; FRORS_CLICK_ARCHIVE, the large archive; FRORS_STORY_FOLDER, where another
archive and click.json go.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread, current_thread, main_thread
from typing import Any

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, Qt, QTimer
from qgis.PyQt.QtWidgets import QSpinBox
from qgis.utils import iface

sys.path.insert(0, os.environ["FRORS_SCRIPTS"])

from qgis_story import FOLDER, Teller, Wait, index_project, load_raster, map_is_drawn, say, search_box, the_plugin

RASTER = Path(os.environ["FRORS_CLICK_RASTER"])
ARCHIVE = os.environ["FRORS_CLICK_ARCHIVE"]
TICK_MS = 2
SEARCHES = 20
MATCHES = 500
IDLE_S = 5.0
BOX_M = 60.0


class Watch:
    """A timer in the event loop; what it comes late by, something else has kept the loop busy."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self._gaps: list[float] = []
        self._collection = self._collecting = 0.0
        gc.callbacks.append(self._on_collection)
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)

    def _tick(self) -> None:
        now = time.perf_counter()
        self._gaps.append(now - self._last)
        self._last = now

    def take(self) -> dict[str, float]:
        """What the gaps since the last call tell, and how long Python's garbage collector was at work at most."""
        gaps = sorted(self._gaps)
        self._gaps = []
        collecting, self._collecting = self._collecting, 0.0
        return {
            "longest block ms": round(gaps[-1] * 1000, 1),
            "blocks over 50 ms": sum(gap > 0.05 for gap in gaps),
            "99.9 % below ms": round(gaps[int(len(gaps) * 0.999)] * 1000, 1),
            "longest of Python's garbage collections ms": round(collecting * 1000, 1),
            "seconds": round(sum(gaps), 1),
        }

    def _on_collection(self, phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            self._collection = time.perf_counter()
        elif current_thread() is main_thread():
            self._collecting = max(self._collecting, time.perf_counter() - self._collection)


class Clock(QObject):
    """When a search's layer and the thumbnails that the grid shows were there, in seconds since `start`."""

    def __init__(self, dock: Any) -> None:
        super().__init__(dock)
        self._view, self._model = dock.results.view, dock.results.model
        self._began = 0.0
        self.layer = self.thumbnails = 0.0
        QgsProject.instance().layersAdded.connect(self._on_layers)
        self._model.dataChanged.connect(self._on_thumbnail)

    def start(self) -> None:
        """A box is about to be drawn."""
        self.layer = self.thumbnails = 0.0
        self._began = time.perf_counter()

    def _on_layers(self, layers: list[Any]) -> None:
        if any("rank" in layer.fields().names() for layer in layers if hasattr(layer, "fields")):
            self.layer = time.perf_counter() - self._began

    def _on_thumbnail(self) -> None:
        shown = self._view.viewport().rect()
        indexes = [self._model.index(row) for row in range(len(self._model.matches()))]
        seen = [index for index in indexes if self._view.visualRect(index).intersects(shown)]
        chips = [self._model.matches()[index.row()].chip for index in seen]
        if not self.thumbnails and all(self._model.thumbnail(chip) is not None for chip in chips):
            self.thumbnails = time.perf_counter() - self._began

    def row(self) -> dict[str, float]:
        """Both times."""
        return {"layer and list s": round(self.layer, 3), "thumbnails s": round(self.thumbnails, 3)}


def boxes(layer: QgsRasterLayer) -> Iterator[tuple[float, float, float, float]]:
    """Boxes spread over a raster."""
    extent = layer.extent()
    for i in range(SEARCHES + 1):
        x = extent.xMinimum() + extent.width() * (i + 1) / (SEARCHES + 3)
        y = extent.yMinimum() + extent.height() * ((7 * i) % (SEARCHES + 1) + 1) / (SEARCHES + 3)
        yield (x, y, x + BOX_M, y + BOX_M)


def story() -> Iterator[Wait]:
    """Idle, index, search cold and warm, scroll."""
    plugin = the_plugin()
    dock = plugin.dock
    dock.setUserVisible(True)
    iface.mainWindow().resize(1680, 1050)
    yield from load_raster(RASTER, "raster")
    watch, clock, found = Watch(), Clock(dock), {}

    start = time.monotonic()
    yield Wait(lambda: time.monotonic() - start > IDLE_S, 60, "")
    blocks = {"idle": watch.take()}
    yield from index_project(FOLDER / "archive.gpkg")
    blocks["indexing"] = watch.take()

    dock.archive.archive_chosen.emit(ARCHIVE)
    yield Wait(lambda: "chips" in dock.archive.info, 120, "The large archive did not open.")
    found["archive"] = dock.archive.info
    stopping = Thread(target=plugin._client.stop_engine)
    stopping.start()
    yield Wait(lambda: not stopping.is_alive(), 60, "The engine did not end.")
    blocks["opening the large archive"] = watch.take()
    clicks = []
    for box in boxes(iface.activeLayer()):
        clock.start()
        yield from search_box(box)
        yield Wait(lambda: clock.thumbnails, 60, "The thumbnails did not arrive.")
        clicks.append(clock.row())
        yield map_is_drawn()
    found |= {"cold": clicks[0], "warm": clicks[1:]}
    blocks["searching"] = watch.take()

    dock.query.findChild(QSpinBox).setValue(MATCHES)
    yield from search_box(next(boxes(iface.activeLayer())))
    yield map_is_drawn()
    blocks[f"searching for {MATCHES} matches"] = watch.take()
    bar = dock.results.view.verticalScrollBar()
    while bar.value() < bar.maximum():
        bar.setValue(bar.value() + max(1, bar.pageStep() // 4))
        pause = time.monotonic()
        yield Wait(lambda since=pause: time.monotonic() - since > 0.05, 60, "")
    blocks["scrolling"] = watch.take()
    for name, row in blocks.items():
        say(f"{name}: {row}")
    (FOLDER / "click.json").write_text(json.dumps(found | {"blocks of the main thread": blocks}, indent=1) + "\n")


teller = Teller(story())
