"""Compares windows pooled from large blocks with the same windows encoded alone, halo and all.

    python scripts/benchmark_halo.py --data ../shared/data -o docs/results/halo.json

1,000 windows at random places of the Kitsap aerial: 250 of 4 and 250 of 8 cells, at its own GSD and at twice that.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_sha256
from frors_qgis.engine.encoders.interface import CELL
from frors_qgis.engine.encoders.registry import load_encoder
from frors_qgis.engine.imagery.grid import Grid
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.reader import Reader
from frors_qgis.engine.imagery.stretch import estimate_stretch
from frors_qgis.engine.progress_bar import ProgressBar

CORE = 32
WINDOWS_PER_BLOCK = 10


def cosines(reader: Reader, raster: Raster, gsd: float, cells: int, count: int, bar: ProgressBar) -> list[float]:
    """Cosine of dense and alone for `count` random windows of `cells` cells at a ground GSD."""
    encoder = load_encoder(DEFAULT_ENCODER)
    grid = raster.grid(gsd)
    halo = encoder.halo
    generator = np.random.default_rng(0)
    found: list[float] = []
    while len(found) < count:
        x, y = (int(generator.integers(0, size / step - CORE * CELL)) for size, step in _sides(raster, grid))
        core = CORE * CELL + 2 * halo
        block = reader.read(grid, x - halo, y - halo, core, core)
        corners = generator.integers(0, CORE - cells + 1, (WINDOWS_PER_BLOCK, 2))
        windows = np.array([(left, top, cells, cells) for left, top in corners], float)
        dense = encoder.encode(block.rgb[None], block.valid[None], windows)[0]
        side = cells * CELL + 2 * halo
        alone = [reader.read(grid, x + c * CELL - halo, y + r * CELL - halo, side, side) for c, r in corners.tolist()]
        embeddings = encoder.encode(
            np.stack([pixels.rgb for pixels in alone]),
            np.stack([pixels.valid for pixels in alone]),
            np.array([(0.0, 0.0, cells, cells)]),
        )[:, 0]
        found += (dense * embeddings).sum(axis=1).tolist()
        bar.show(len(found) / count, f"{cells} cells at {grid.gsd:.2f} m", None)
    return found[:count]


def _sides(raster: Raster, grid: Grid) -> list[tuple[int, float]]:
    return [(raster.width, grid.step_x), (raster.height, grid.step_y)]


def main() -> None:
    """Measures, prints, writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with rasters/")
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    rows = []
    with Raster(arguments.data / "rasters" / "kitsap_aerial_030m.tif") as raster, ProgressBar() as bar:
        reader = Reader(raster, estimate_stretch(raster))
        for factor in (1, 2):
            for cells in (4, 8):
                found = cosines(reader, raster, raster.gsd * factor, cells, 250, bar)
                row = {
                    "gsd": round(raster.gsd * factor, 3),
                    "cells": cells,
                    "windows": len(found),
                    "mean cosine": round(float(np.mean(found)), 5),
                    "least cosine": round(float(np.min(found)), 5),
                }
                rows.append(row)
                print(row, flush=True)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    report = {"encoder": DEFAULT_ENCODER, "checkpoint sha-256": encoder_sha256(DEFAULT_ENCODER), "rows": rows}
    arguments.output.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
