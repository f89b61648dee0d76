"""Measures what an engine makes a user wait for, at its door: the start, cancelling, queries meanwhile, nothing to do.

    .venv/bin/python scripts/benchmark_engine.py --data DATA -o docs/results/engine.json

"Start to first matches": a new engine, a box on the Kitsap aerial, an archive of a million chips whose index is there.
"Cancel": the aerial is being indexed, with upsampled levels so that it takes long; times from the word to the engine's
answer, at twenty moments drawn at random. "Box while indexing": embedding and search meanwhile. "100 unchanged
rasters": index again what is indexed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from benchmark_picture import Bar, draw_bars
from osgeo import gdal
from synthetic_archive import Perturbation, make_archive, real_embeddings

from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.protocol import decode_message, encode_message

CHIPS = 1_000_000
CANCELS = 20
BOXES = 20
RASTERS = 100
BOX_M = 60.0
FINE = [0.075]


class Engine:
    """An engine process at its door."""

    def __init__(self, folder: str) -> None:
        command = [sys.executable, "-m", "frors_qgis.engine", "serve", "--folder", folder]
        paths = [str(Path(__file__).resolve().parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        self._last = 0

    def send(self, method: str, **params: Any) -> int:
        """Sends a request and returns its id."""
        self._last += 1
        self._write({"id": self._last, "method": method, "params": params})
        return self._last

    def cancel(self, request: int) -> None:
        """Asks a request to stop."""
        self._write({"cancel": request})

    def wait(self, request: int, *keys: str) -> dict[str, Any]:
        """The next event of a request that has one of the keys."""
        while True:
            event = decode_message(self._process.stdout.readline())
            if event.get("id") == request and any(key in event for key in keys):
                return event

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """The result of a request."""
        event = self.wait(self.send(method, **params), "result", "error")
        if "error" in event:
            raise SystemExit(event["error"]["message"])
        return event["result"]

    def search(self, archive: Path, raster: Path, box: list[float]) -> float:
        """Seconds from a box to its matches."""
        start = time.perf_counter()
        found = self.call("embed", archive=str(archive), raster=str(raster), box=box)
        self.call("search", archive=str(archive), embedding=found["embedding"], ground_size=found["chip_size"])
        return time.perf_counter() - start

    def close(self) -> None:
        """Ends it."""
        self._process.stdin.close()
        self._process.wait(20)

    def _write(self, message: dict[str, Any]) -> None:
        self._process.stdin.write(encode_message(message))
        self._process.stdin.flush()


def boxes(raster: Path) -> list[list[float]]:
    """Boxes drawn at random on a raster, in its CRS."""
    with Raster(str(raster)) as opened:
        west, step_x, _, north, _, step_y = opened.transform
        width, height = opened.width * step_x, opened.height * step_y
    places = np.random.default_rng(0).random((BOXES, 2)) * 0.9
    corners = [(west + x * width, north + (y + 0.05) * height) for x, y in places]
    return [[x, y, x + BOX_M, y + BOX_M] for x, y in corners]


def start_to_matches(folder: str, archive: Path, raster: Path) -> dict[str, float]:
    """A new engine: until it greets, until the archive is open, until the first matches; then the same box again."""
    start = time.perf_counter()
    engine = Engine(folder)
    engine.call("hello")
    greeted = time.perf_counter() - start
    engine.call("open", archive=str(archive))
    opened = time.perf_counter() - start
    box = boxes(raster)[0]
    engine.search(archive, raster, box)
    first = time.perf_counter() - start
    warm = [engine.search(archive, raster, box) for box in boxes(raster)]
    engine.close()
    return {
        "greeting s": round(greeted, 2),
        "archive open s": round(opened, 2),
        "first matches s": round(first, 2),
        "warm p50 s": round(float(np.median(warm)), 3),
    }


def cancelling(folder: str, work: Path, raster: Path) -> dict[str, float]:
    """Seconds from cancel to the answer, and of boxes that are searched meanwhile."""
    archive = work / "cancelled.gpkg"
    archive.unlink(missing_ok=True)
    engine = Engine(folder)
    moments, waited = np.random.default_rng(0).uniform(2, 4, CANCELS), []
    for moment in moments:
        request = engine.send("index", archive=str(archive), rasters=[str(raster)], gsd=FINE)
        engine.wait(request, "progress")
        time.sleep(moment)
        start = time.perf_counter()
        engine.cancel(request)
        if "error" not in engine.wait(request, "error", "result"):
            raise SystemExit("The raster was indexed before it could be cancelled.")
        waited.append(time.perf_counter() - start)
    request = engine.send("index", archive=str(archive), rasters=[str(raster)], gsd=FINE)
    engine.wait(request, "progress")
    time.sleep(3)
    queries = [engine.search(archive, raster, box) for box in boxes(raster)]
    engine.cancel(request)
    engine.close()
    return {
        "cancel p50 s": round(float(np.median(waited)), 3),
        "cancel longest s": round(max(waited), 3),
        "box while indexing p50 s": round(float(np.median(queries)), 3),
        "box while indexing longest s": round(max(queries), 3),
    }


def unchanged(folder: str, work: Path, raster: Path) -> float:
    """Seconds of indexing rasters that are indexed already."""
    archive, paths = work / "unchanged.gpkg", []
    for number in range(RASTERS):
        paths.append(str(work / f"unchanged-{number}.tif"))
        if not Path(paths[-1]).exists():
            y, x = divmod(number, 10)
            gdal.Translate(paths[-1], str(raster), srcWin=[300 * x, 300 * y, 256, 256])
    engine = Engine(folder)
    engine.call("index", archive=str(archive), rasters=paths)
    again: float = engine.call("index", archive=str(archive), rasters=paths)["seconds"]
    engine.close()
    return again


def main() -> None:
    """Measures and writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with rasters/")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("build/search"), help="archives: 1 GB for a million chips")
    arguments = parser.parse_args()
    rasters, work = (arguments.data / "rasters").resolve(), arguments.work.absolute()
    aerial = rasters / "kitsap_aerial_030m.tif"
    real = real_embeddings([aerial, *sorted(rasters.glob("sentinel2_*_10m.tif"))], work)
    archive = work / f"{CHIPS}.gpkg"
    make_archive(archive, CHIPS, Perturbation(real, 0), aerial)
    with tempfile.TemporaryDirectory() as folder:
        start_to_matches(folder, archive, aerial)  # writes the index where it is not there
        result = start_to_matches(folder, archive, aerial) | cancelling(folder, work, aerial)
        result["100 unchanged rasters s"] = unchanged(folder, work, aerial)
    print(result, flush=True)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(result, indent=1) + "\n")
    targets = {"first matches s": 6, "warm p50 s": 0.5, "cancel longest s": 1, "100 unchanged rasters s": 1}
    bars = [Bar(name.removesuffix(" s"), seconds, targets.get(name)) for name, seconds in result.items()]
    draw_bars(arguments.output.with_suffix(".png"), "What the engine makes a user wait for", "s", bars)


if __name__ == "__main__":
    main()
