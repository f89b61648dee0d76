"""Measures how long QGIS's main thread is busy at a time; QGIS runs this at its start (`qgis --code`).

Environment: FRORS_STALLS_RASTER, the raster; FRORS_STORY_FOLDER, where archive and stalls.json go.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from qgis.core import QgsRasterLayer
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtWidgets import QSpinBox
from qgis.utils import iface

sys.path.insert(0, os.environ["FRORS_SCRIPTS"])

from qgis_story import FOLDER, Teller, Wait, index_project, load_raster, map_is_drawn, say, search_box, the_plugin

RASTER = Path(os.environ["FRORS_STALLS_RASTER"])
TICK_MS = 2
SEARCHES = 5
MATCHES = 500
IDLE_S = 5.0


class Watch:
    """A timer in the event loop; what it comes late by, something else has kept the loop busy."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self._gaps: list[float] = []
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)

    def _tick(self) -> None:
        now = time.perf_counter()
        self._gaps.append(now - self._last)
        self._last = now

    def take(self) -> dict[str, float]:
        """The longest and the 99.9th percentile of the gaps since the last call, in milliseconds."""
        gaps = sorted(self._gaps)
        self._gaps = []
        return {
            "longest block ms": round(gaps[-1] * 1000, 1),
            "99.9 % below ms": round(gaps[int(len(gaps) * 0.999)] * 1000, 1),
            "seconds": round(sum(gaps), 1),
        }


def story() -> Iterator[Wait]:
    """Idle, index, search, scroll."""
    dock = the_plugin().dock
    dock.setUserVisible(True)
    iface.mainWindow().resize(1680, 1050)
    yield from load_raster(RASTER, "raster")
    watch, found = Watch(), {}

    start = time.monotonic()
    yield Wait(lambda: time.monotonic() - start > IDLE_S, 60, "")
    found["idle"] = watch.take()
    yield from index_project(FOLDER / "archive.gpkg")
    found["indexing"] = watch.take()

    dock.query.findChild(QSpinBox).setValue(MATCHES)
    layer: QgsRasterLayer = iface.activeLayer()
    extent = layer.extent()
    for i in range(SEARCHES):
        x = extent.xMinimum() + extent.width() * (i + 1) / (SEARCHES + 2)
        y = extent.yMinimum() + extent.height() * (i + 1) / (SEARCHES + 2)
        yield from search_box((x, y, x + 60, y + 60))
        yield map_is_drawn()
        found[f"search {i + 1}"] = watch.take()

    bar = dock.results.view.verticalScrollBar()
    while bar.value() < bar.maximum():
        bar.setValue(bar.value() + max(1, bar.pageStep() // 4))
        pause = time.monotonic()
        yield Wait(lambda since=pause: time.monotonic() - since > 0.05, 60, "")
    found["scrolling"] = watch.take()
    for name, row in found.items():
        say(f"{name}: {row}")
    (FOLDER / "stalls.json").write_text(json.dumps(found, indent=1) + "\n")


teller = Teller(story())
