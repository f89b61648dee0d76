"""Compares indexing with encoding chip by chip, with the trunk alone and with the machine, side by side in one run.

    .venv/bin/pip install -r requirements-benchmark.txt -c constraints.txt
    .venv/bin/python scripts/benchmark_index.py --data DATA -o docs/results/index.json

The Kitsap aerial (5000 x 5000 px, 0.3 m) is indexed with windows of 8 and 4 cells at three overlaps, by the engine's
own `index`, from pixels to a written archive; at half overlap also in float32. In the same round each loop of
chip_loops.py encodes eight chips of each size, drawn at random, which stand for all of their size, in a process of its
own, whose threads wait as torch and ONNX Runtime let them, and the trunk runs on ready tensors of every block. Ratios
are medians over the rounds. The machine's peak is the best of square matrix products of several sizes; what the trunk
computes for an index is counted by torch. Memory is the peak RSS of the `index` command on a quarter of the aerial, all
of it, and four and sixteen copies of it; three times each but the last.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # as an engine sets them; not where the loops run
    os.environ |= {"OMP_WAIT_POLICY": "PASSIVE", "THP_MEM_ALLOC_ENABLE": "1"}
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import torch
from benchmark_picture import Bar, draw_bars
from chip_loops import ChipLoop, InOnnxRuntime, float32_encoder, in_torch
from osgeo import gdal
from torch.utils.flop_counter import FlopCounterMode

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.records import ChipRecord
from frors_qgis.engine.call import Call
from frors_qgis.engine.encoder_pool import SharedEncoder
from frors_qgis.engine.encoders.encoder import HALO
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_path, encoder_sha256
from frors_qgis.engine.encoders.interface import CELL
from frors_qgis.engine.encoders.registry import load_encoder, load_trunk
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.indexing.plan import Levels, Plan
from frors_qgis.engine.indexing.run import IndexRun
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.service import Service

HALF = 0.5
OVERLAPS = (0.0, HALF, 0.75)
ROUNDS = 3
SAMPLE = 8
DRAWN = 400
GEMMS = (1024, 2048, 4096)
AREAS = (1, 4, 16, 64)
LOOPS = tuple(f"{engine}, {context}" for engine in ("torch", "ONNX Runtime") for context in ("no halo", "halo"))


class Loops:
    """The loops of chip_loops.py over one raster, in a process of their own."""

    def __init__(self, raster: Path, work: Path) -> None:
        own = {name: os.environ.pop(name) for name in ("OMP_WAIT_POLICY", "THP_MEM_ALLOC_ENABLE")}
        self._process = ProcessPoolExecutor(1, get_context("spawn"), _make_loops, (raster, work))
        self._process.submit(int).result()
        os.environ |= own

    def seconds(self, name: str, chips: list[ChipRecord]) -> float:
        """How long a loop takes for some chips once it is warm."""
        return self._process.submit(_loop_seconds, name, chips).result()


_loops: dict[str, ChipLoop] = {}


def _make_loops(raster: Path, work: Path) -> None:
    encoders = in_torch(float32_encoder(DEFAULT_ENCODER)), InOnnxRuntime(DEFAULT_ENCODER, work)
    opened = Raster(str(raster))
    alike = [(halo, encode) for encode in encoders for halo in (0, HALO)]
    _loops.update({name: ChipLoop(opened, *one) for name, one in zip(LOOPS, alike, strict=True)})


def _loop_seconds(name: str, chips: list[ChipRecord]) -> float:
    # ONNX Runtime has threads of its own, and torch's would spin beside them once they have normalised the pixels.
    torch.set_num_threads(os.cpu_count() or 1 if name.startswith("torch") else 1)
    _loops[name](chips[:1])  # warms up
    return seconds_of(partial(_loops[name], chips))


class Bench:
    """One raster and what is compared on it."""

    def __init__(self, raster: Path, work: Path) -> None:
        self._path = raster
        self._work = work
        self._service = Service(work)
        self._encoder = load_encoder(DEFAULT_ENCODER)
        self._float32 = float32_encoder(DEFAULT_ENCODER)
        self._loops = Loops(raster, work)

    def round(self, overlap: float) -> dict[str, float]:
        """Chips per second of everything that is compared."""
        archive, seconds = self.index(overlap)
        with Archive.open(archive) as opened:
            count = opened.chip_count()
            chips = opened.chips(np.random.default_rng(0).permutation(count)[:DRAWN] + 1)
            levels = [(level.chips, [chip for chip in chips if chip.cells == level.cells]) for level in opened.levels()]
        rates = {"index": count / seconds, "trunk alone": count / self._trunk_seconds(overlap)}
        if overlap == HALF:
            rates["index in float32"] = count / self._float32_seconds(overlap)
        for name in LOOPS:
            loop_seconds = sum(number * self._loops.seconds(name, alike[:SAMPLE]) / SAMPLE for number, alike in levels)
            rates[name] = count / loop_seconds
        return rates

    def work(self, overlap: float) -> dict[str, Any]:
        """What an index is: how many chips, megapixels of the raster, and operations of the trunk."""
        with Archive.open(self._work / f"{overlap}.gpkg") as opened:
            chips = opened.chip_count()
        with Raster(str(self._path)) as raster:
            pixels = raster.width * raster.height
        trunk = load_trunk(encoder_path(DEFAULT_ENCODER)).eval()
        operations: dict[tuple[int, int], int] = {}
        sides = list(self._sides(overlap))
        for size in set(sides):
            with torch.inference_mode(), FlopCounterMode(display=False) as counter:
                trunk(torch.zeros(1, 3, *size))
            operations[size] = counter.get_total_flops()
        return {
            "chips": chips,
            "Mpx": pixels / 1e6,
            "trunk GFLOP": round(sum(operations[size] for size in sides) / 1e9),
        }

    def peak(self, rates: dict[str, int]) -> int:
        """Of the rates of matrix products the one in the number type that the encoder runs in."""
        return rates[str(self._encoder.device.dtype).removeprefix("torch.")]

    def _float32_seconds(self, overlap: float) -> float:
        """How long the same index takes with the encoder in float32."""
        path = self._work / f"{overlap}-float32.gpkg"
        path.unlink(missing_ok=True)
        made = {"encoder": DEFAULT_ENCODER, "encoder_sha256": encoder_sha256(DEFAULT_ENCODER)}
        with Archive.create(path, **made, dimension=self._float32.dimension) as archive:
            shared = SharedEncoder(self._float32)
            run = IndexRun(archive, Levels(overlap=overlap), lambda: shared, lambda *_: None, lambda: None)
            return seconds_of(lambda: run.index([str(self._path)]))

    def index(self, overlap: float) -> tuple[Path, float]:
        """The archive and the seconds that it took."""
        archive = self._work / f"{overlap}.gpkg"
        archive.unlink(missing_ok=True)
        values = {"archive": str(archive), "rasters": [str(self._path)], "overlap": overlap}
        return archive, self._service.methods["index"](Parameters(values), Call())["seconds"]

    def _trunk_seconds(self, overlap: float) -> float:
        """The trunk alone on ready tensors of all blocks, in the encoder's number type."""
        seconds = 0.0
        with torch.inference_mode():
            for sides in self._sides(overlap):
                image = torch.zeros(1, 3, *sides, dtype=self._encoder.device.dtype)
                image = image.contiguous(memory_format=torch.channels_last)
                seconds += seconds_of(lambda image=image: self._encoder.trunk(image))
        return seconds

    def _sides(self, overlap: float) -> Iterator[tuple[int, int]]:
        """Height and width of every block in pixels, halo included."""
        with Raster(str(self._path)) as raster:
            for block in Plan(raster, Levels(overlap=overlap)).blocks():
                yield block.rows * CELL + 2 * HALO, block.columns * CELL + 2 * HALO


def seconds_of(work: Callable[[], Any]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def gemm_rates() -> dict[str, float]:
    """GFLOP/s of square matrix products, the best of ten of each size."""
    rates = {}
    for dtype in (torch.float32, torch.bfloat16):
        best = 0.0
        for side in GEMMS:
            matrix = torch.ones(side, side, dtype=dtype)
            seconds = min(seconds_of(lambda matrix=matrix: matrix @ matrix) for _ in range(10))
            best = max(best, 2 * side**3 / seconds / 1e9)
        rates[str(dtype).removeprefix("torch.")] = round(best)
    return rates


def compared(rounds: Sequence[dict[str, float]], work: dict[str, Any], peak: float) -> dict[str, Any]:
    """Median rates, and medians over the rounds of how many times as fast indexing is as the others.

    peak: GFLOP/s of matrix products in the number type of the index.
    """
    names = list(rounds[0])
    rates = {name: round(float(np.median([rates[name] for rates in rounds])), 1) for name in names}
    ratios = {
        name: round(float(np.median([rates["index"] / rates[name] for rates in rounds])), 3) for name in names[1:]
    }
    seconds = work["chips"] / rates["index"]
    return work | {
        "seconds": round(seconds, 2),
        "Mpx per second": round(work["Mpx"] / seconds, 3),
        "trunk's share of the peak": round(work["trunk GFLOP"] / seconds / peak, 3),
        "chips per second": rates,
        "index is so many times as fast": ratios,
    }


def rasters_of_areas(aerial: Path, work: Path) -> dict[int, Path]:
    """A quarter of the aerial, the aerial, and four and sixteen of it in a square."""
    side = gdal.Open(str(aerial)).RasterXSize
    quarter = work / "quarter.vrt"
    gdal.Translate(str(quarter), str(aerial), srcWin=[0, 0, side // 2, side // 2])
    return dict(zip(AREAS, (quarter, aerial, *(square_of(aerial, copies, work) for copies in (2, 4))), strict=True))


def square_of(aerial: Path, copies: int, work: Path) -> Path:
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
    report["peak MiB by area"] = {
        str(area): [peak_mebibytes(path, work) for _ in range(1 if area == AREAS[-1] else ROUNDS)]
        for area, path in areas.items()
    }
    print(report["peak MiB by area"], flush=True)
    report["overlaps"] = {}
    bench = Bench(aerial, work)
    for overlap in OVERLAPS:
        bench.index(overlap)  # warms up
        rounds = [bench.round(overlap) for _ in range(ROUNDS)]
        report["overlaps"][str(overlap)] = compared(rounds, bench.work(overlap), bench.peak(report["GEMM GFLOP/s"]))
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
