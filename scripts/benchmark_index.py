"""Compares indexing with encoding chip by chip, with the trunk alone and with the machine, side by side in one run.

    .venv/bin/pip install -r requirements-benchmark.txt -c constraints.txt
    .venv/bin/python scripts/benchmark_index.py --data DATA -o docs/results/index.json

The Kitsap aerial (5000 x 5000 px, 0.3 m) is indexed with windows of 8 and 4 cells at three overlaps, by the engine's
own `index`, from pixels to a written archive. In the same round each loop of chip_loops.py encodes eight chips of each
size, drawn at random, which stand for all of their size, and the trunk runs on ready tensors of every block. Ratios are
medians over the rounds. Memory is the peak RSS of the `index` command on a quarter of the aerial, all of it, and four
and sixteen copies of it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

os.environ |= {"OMP_WAIT_POLICY": "PASSIVE", "THP_MEM_ALLOC_ENABLE": "1"}  # as an engine sets them
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import torch
from benchmark_picture import Bar, draw_bars
from chip_loops import ChipLoop, InOnnxRuntime, float32_encoder, in_torch
from osgeo import gdal

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.call import Call
from frors_qgis.engine.encoders.encoder import HALO
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER
from frors_qgis.engine.encoders.interface import CELL
from frors_qgis.engine.encoders.registry import load_encoder
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.indexing.plan import Levels, Plan
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.service import Service

HALF = 0.5
OVERLAPS = (0.0, HALF, 0.75)
ROUNDS = 3
SAMPLE = 8
DRAWN = 400
GEMM = 2048
AREAS = (1, 4, 16, 64)


class Bench:
    """One raster and what is compared on it."""

    def __init__(self, raster: Path, work: Path) -> None:
        self._path = raster
        self._work = work
        self._service = Service(work)
        self._encoder = load_encoder(DEFAULT_ENCODER)
        slow = float32_encoder(DEFAULT_ENCODER)
        opened = Raster(str(raster))
        self._loops = {
            f"{engine}, {context}": ChipLoop(opened, halo, encode)
            for engine, encode in (("torch", in_torch(slow)), ("ONNX Runtime", InOnnxRuntime(DEFAULT_ENCODER, work)))
            for context, halo in (("no halo", 0), ("halo", HALO))
        }

    def round(self, overlap: float) -> dict[str, float]:
        """Chips per second of everything that is compared."""
        archive, seconds = self.index(overlap)
        with Archive.open(archive) as opened:
            count = opened.chip_count()
            chips = opened.chips(np.random.default_rng(0).permutation(count)[:DRAWN] + 1)
            levels = [(level.chips, [chip for chip in chips if chip.cells == level.cells]) for level in opened.levels()]
        rates = {"index": count / seconds, "trunk alone": count / self._trunk_seconds(overlap)}
        for name, loop in self._loops.items():
            loop_seconds = 0.0
            for number, alike in levels:
                loop(alike[:1])  # warms up
                loop_seconds += number * seconds_of(partial(loop, alike[:SAMPLE])) / SAMPLE
            rates[name] = count / loop_seconds
        return rates

    def index(self, overlap: float) -> tuple[Path, float]:
        """The archive and the seconds that it took."""
        archive = self._work / f"{overlap}.gpkg"
        archive.unlink(missing_ok=True)
        values = {"archive": str(archive), "rasters": [str(self._path)], "overlap": overlap}
        return archive, self._service.methods["index"](Parameters(values), Call())["seconds"]

    def _trunk_seconds(self, overlap: float) -> float:
        """The trunk alone on ready tensors of all blocks, in the encoder's number type."""
        seconds = 0.0
        with Raster(str(self._path)) as raster, torch.inference_mode():
            for block in Plan(raster, Levels(overlap=overlap)).blocks():
                sides = [cells * CELL + 2 * HALO for cells in (block.rows, block.columns)]
                image = torch.zeros(1, 3, *sides, dtype=self._encoder.device.dtype)
                image = image.contiguous(memory_format=torch.channels_last)
                seconds += seconds_of(lambda image=image: self._encoder.trunk(image))
        return seconds


def seconds_of(work: Callable[[], Any]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def gemm_rates() -> dict[str, float]:
    """GFLOP/s of square matrix products, the best of ten."""
    rates = {}
    for dtype in (torch.float32, torch.bfloat16):
        matrix = torch.ones(GEMM, GEMM, dtype=dtype)
        best = min(seconds_of(lambda matrix=matrix: matrix @ matrix) for _ in range(10))
        rates[str(dtype).removeprefix("torch.")] = round(2 * GEMM**3 / best / 1e9)
    return rates


def compared(rounds: Sequence[dict[str, float]]) -> dict[str, Any]:
    """Median rates, and medians over the rounds of how many times as fast indexing is as the others."""
    names = list(rounds[0])
    rates = {name: round(float(np.median([rates[name] for rates in rounds])), 1) for name in names}
    ratios = {
        name: round(float(np.median([rates["index"] / rates[name] for rates in rounds])), 3) for name in names[1:]
    }
    return {"chips per second": rates, "index is so many times as fast": ratios}


def rasters_of_areas(aerial: Path, work: Path) -> dict[int, Path]:
    """A quarter of the aerial, the aerial, and four and sixteen of it in a square."""
    side = gdal.Open(str(aerial)).RasterXSize
    quarter = work / "quarter.vrt"
    gdal.Translate(str(quarter), str(aerial), srcWin=[0, 0, side // 2, side // 2])
    return dict(zip(AREAS, (quarter, aerial, *(_square(aerial, copies, work) for copies in (2, 4))), strict=True))


def _square(aerial: Path, copies: int, work: Path) -> Path:
    """So many copies of a raster in each of so many rows."""
    source = gdal.Open(str(aerial))
    west, step_x, _, north, _, step_y = source.GetGeoTransform()
    width, height = source.RasterXSize * step_x, source.RasterYSize * step_y
    tiles = []
    for row in range(copies):
        for column in range(copies):
            left, top = west + column * width, north + row * height
            tiles.append(str(work / f"tile-{row}-{column}.vrt"))
            gdal.Translate(tiles[-1], source, outputBounds=[left, top, left + width, top + height])
    square = work / f"square-{copies}.vrt"
    gdal.BuildVRT(str(square), tiles).FlushCache()
    return square


def peak_mebibytes(raster: Path, work: Path) -> int:
    """Peak RSS of the `index` command on a raster."""
    archive = work / f"{raster.stem}.gpkg"
    archive.unlink(missing_ok=True)
    command = [sys.executable, "-m", "frors_qgis.engine", "index", str(archive), str(raster)]
    process = subprocess.Popen(command, cwd=Path(__file__).resolve().parent.parent, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command} ended with status {status}.")
    return usage.ru_maxrss // 1024


def main() -> None:
    """Measures, prints, writes after each part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with rasters/")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("build/index"), help="archives and graphs")
    arguments = parser.parse_args()
    work = arguments.work.absolute()
    work.mkdir(parents=True, exist_ok=True)
    aerial = (arguments.data / "rasters" / "kitsap_aerial_030m.tif").resolve()
    areas = rasters_of_areas(aerial, work)
    report: dict[str, Any] = {"cores": os.cpu_count(), "GEMM GFLOP/s": gemm_rates()}
    # First, while this process is small: a child's peak begins with its parent's.
    report["peak MiB by area"] = {str(area): peak_mebibytes(path, work) for area, path in areas.items()}
    print(report["peak MiB by area"], flush=True)
    report["overlaps"] = {}
    bench = Bench(aerial, work)
    for overlap in OVERLAPS:
        bench.index(overlap)  # warms up
        report["overlaps"][str(overlap)] = compared([bench.round(overlap) for _ in range(ROUNDS)])
        print(overlap, report["overlaps"][str(overlap)], flush=True)
        arguments.output.write_text(json.dumps(report, indent=1) + "\n")
    targets = {"trunk alone": 0.9, "torch, no halo": 10, "torch, halo": 25}
    draw_bars(
        arguments.output.with_suffix(".png"),
        f"Indexing at {HALF:.0%} overlap is so many times as fast as",
        "times",
        [
            Bar(name, ratio, targets.get(name))
            for name, ratio in report["overlaps"][str(HALF)]["index is so many times as fast"].items()
        ],
    )


if __name__ == "__main__":
    main()
