"""Measures what a user waits for, in a real QGIS window at a large archive: the click, and blocks of the main thread.

    .venv/bin/python scripts/benchmark_click.py --data DATA -o docs/results/click.json

The archive: see synthetic_archive.py. Boxes are drawn on the Kitsap aerial with the mouse; a search is over when its
layer is on the map and its matches are listed, and once more when the thumbnails that the panel shows are there. The
first search finds no engine running, the others a warm one. A timer of 2 ms in QGIS's event loop shows how long the
main thread is busy at a time while the aerial is indexed, while boxes are searched, and while the panel is scrolled.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
from open_qgis import BUILD, REPOSITORY

sys.path.insert(0, str(REPOSITORY))

from benchmark_picture import Bar, draw_bars
from run_story import run_story
from synthetic_archive import Perturbation, make_archive, real_embeddings

FOLDER = BUILD / "click"
TIMEOUT_S = 1800


def measured(raster: Path, archive: Path) -> dict[str, Any]:
    """What the story in QGIS found."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    script = REPOSITORY / "scripts" / "click_in_qgis.py"
    variables = {"FRORS_CLICK_RASTER": str(raster), "FRORS_CLICK_ARCHIVE": str(archive)}
    if sentence := run_story(script, FOLDER, variables, TIMEOUT_S):
        raise SystemExit(sentence)
    found: dict[str, Any] = json.loads((FOLDER / "click.json").read_text())
    return found


def summary(found: dict[str, Any]) -> dict[str, Any]:
    """Medians of the warm searches beside the rest."""
    warm = {
        name: {
            "p50": round(float(np.median([row[name] for row in found["warm"]])), 3),
            "longest": max(row[name] for row in found["warm"]),
        }
        for name in found["cold"]
    }
    return found | {"warm": warm, "searches": len(found["warm"])}


def main() -> None:
    """Measures and writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with rasters/")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("build/search"), help="archives: 1 GB for a million chips")
    parser.add_argument("--chips", type=int, default=1_000_000)
    arguments = parser.parse_args()
    rasters = (arguments.data / "rasters").resolve()
    aerial, work = rasters / "kitsap_aerial_030m.tif", arguments.work.absolute()
    real = real_embeddings([aerial, *sorted(rasters.glob("sentinel2_*_10m.tif"))], work)
    archive = work / f"{arguments.chips}.gpkg"
    make_archive(archive, arguments.chips, Perturbation(real, 0), aerial)
    result = summary(measured(aerial, archive))
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(result, indent=1) + "\n")
    warm, blocks = result["warm"], result["blocks of the main thread"]
    bars = [
        Bar("no engine yet: layer and list", 1000 * result["cold"]["layer and list s"], 6000),
        Bar("warm, median: layer and list", 1000 * warm["layer and list s"]["p50"], 500),
        Bar("warm, median: thumbnails, too", 1000 * warm["thumbnails s"]["p50"]),
        *(Bar(f"longest block, {name}", row["longest block ms"], 50) for name, row in blocks.items()),
    ]
    draw_bars(arguments.output.with_suffix(".png"), f"What a user waits for at {result['archive']}", "ms", bars)


if __name__ == "__main__":
    main()
