"""How much more two workers of a cluster encode than one, and what the scheduler has to do: JSON on request.

    .venv/bin/python scripts/benchmark_cluster.py -o docs/results/cluster.json

A scheduler and N workers, each a process kept on a core of its own, on this computer; they and the client, which writes
the archive meanwhile, share the cores there are. The raster is the sample's pixels, one below the other. Every worker
has encoded a small raster before, so that loading the encoder is not in the rate; all else is, from the connection to
the end. Rounds with one and with N workers take turns, and must give the same embeddings, bit for bit, as this process
does with the same encoder. Leave the machine alone meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import distributed
import psutil
from osgeo import gdal

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.call import Call
from frors_qgis.engine.cluster_worker import pinned_encoder
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_dimension, encoder_path, encoder_sha256
from frors_qgis.engine.indexing import part_run
from frors_qgis.engine.indexing.plan import Levels
from frors_qgis.engine.indexing.run import IndexRun
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.service import Service
from frors_qgis.resources import resource_path
from tests.engine.dask_traffic import traffic

REPOSITORY = Path(__file__).resolve().parent.parent
BLOCKS_PER_PART = 2
"""Less than usual, so that a short run has many parts: the scheduler has eight times as much to do."""


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, psutil.Process]]:
    """The address of a scheduler with so many workers, and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"}
    options = ["--no-dashboard", "--nthreads", "1", "--no-nanny", "--memory-limit", "0"]
    programs = [["dask_scheduler", "--no-dashboard", "--host", address]]
    programs += [["dask_worker", address, *options, "--local-directory", str(folder)]] * workers
    processes = []
    with (folder / "cluster.log").open("ab") as log:
        for number, (program, *words) in enumerate(programs):
            command = [sys.executable, "-m", f"distributed.cli.{program}", *words]
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
            processes.append(process)
            if number:
                psutil.Process(process.pid).cpu_affinity([number - 1])
    try:
        with distributed.Client(address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=120)
        yield address, psutil.Process(processes[0].pid)
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def measure(folder: Path, small: Path, large: Path, workers: int) -> dict[str, Any]:
    """Rate and load of one run, and the checksums of the embeddings of both rasters."""
    with cluster(folder, workers) as (address, scheduler):
        warm, _, small_sums = index(folder, small, address)
        with distributed.Client(address, set_as_default=False) as client:
            before, moved = sum(scheduler.cpu_times()[:2]), client.run_on_scheduler(traffic)
            result, seconds, sums = index(folder, large, address)
            busy = sum(scheduler.cpu_times()[:2]) - before
            megabytes = (client.run_on_scheduler(traffic) - moved) / 1e6
    return {
        "workers": workers,
        "chips": result["chips"],
        "precision": warm["device"].split("(")[1].rstrip(")"),
        "chips per second": round(result["chips"] / seconds, 1),
        "seconds": round(seconds, 1),
        "scheduler CPU share": round(busy / seconds, 4),
        "scheduler MB read and written": round(megabytes, 2),
        "checksums": (small_sums, sums),
    }


def index(folder: Path, raster: Path, address: str) -> tuple[dict[str, Any], float, list[int]]:
    """Indexes a raster on a cluster: the engine's answer, seconds, checksums of the embeddings."""
    archive = folder / f"{time.monotonic_ns()}.gpkg"
    values = {"archive": str(archive), "rasters": [str(raster)], "cluster": address, "device": "cpu"}
    start = time.monotonic()
    result = Service(folder).methods["index"](Parameters(values), Call())
    return result, time.monotonic() - start, checksums(archive)


def index_alone(folder: Path, raster: Path, precision: str) -> list[int]:
    """Checksums of the embeddings when this process makes them."""
    path, sha256 = folder / "alone.gpkg", encoder_sha256(DEFAULT_ENCODER)
    encoder = pinned_encoder(DEFAULT_ENCODER, sha256, str(encoder_path(DEFAULT_ENCODER)), "cpu", precision)
    dimension = encoder_dimension(DEFAULT_ENCODER)
    with Archive.create(path, encoder=DEFAULT_ENCODER, encoder_sha256=sha256, dimension=dimension) as archive:
        IndexRun(archive, Levels(), lambda: encoder, lambda *_: None, lambda: None).index([str(raster)])
    return checksums(path)


def checksums(archive: Path) -> list[int]:
    """Of the embeddings of each block, in order."""
    with Archive.open(archive) as opened:
        return [key.checksum for key in opened.batch_keys()]


def make_raster(path: Path, times: int) -> Path:
    """The sample raster, so many times one below the other."""
    sample = gdal.Open(str(resource_path("sample", "kitsap.tif")))
    pixels = sample.ReadAsArray()
    bands, height, width = pixels.shape
    options = ["TILED=YES", "COMPRESS=DEFLATE"]
    target = gdal.GetDriverByName("GTiff").Create(str(path), width, times * height, bands, options=options)
    target.SetGeoTransform(sample.GetGeoTransform())
    target.SetProjection(sample.GetProjection())
    for row in range(times):
        target.WriteArray(pixels, 0, row * height)
    return path


def main() -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--times", type=int, default=8, help="the sample raster; default: %(default)s")
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    part_run._LEAST_BLOCKS = BLOCKS_PER_PART
    runs = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small, large = make_raster(folder / "small.tif", 1), make_raster(folder / "large.tif", options.times)
        for _ in range(options.rounds):
            for workers in (1, options.workers):
                runs.append(measure(folder, small, large, workers))
                print({name: value for name, value in runs[-1].items() if name != "checksums"}, flush=True)
        same = [run.pop("checksums") for run in runs]
        alone = index_alone(folder, small, runs[0]["precision"])
    rates = {
        workers: statistics.median(run["chips per second"] for run in runs if run["workers"] == workers)
        for workers in (1, options.workers)
    }
    result = {
        "machine": {"cores": os.cpu_count(), "system": platform.platform(), "dask": distributed.__version__},
        "blocks of a part": BLOCKS_PER_PART,
        "chips per second": rates,
        "of N times one worker": round(rates[options.workers] / rates[1] / options.workers, 3),
        "same embeddings in all runs": all(sums == same[0] for sums in same),
        "same as without a cluster": alone == same[0][0],
        "runs": runs,
    }
    print(json.dumps(result, indent=1))
    if options.output is not None:
        options.output.write_text(json.dumps(result, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
