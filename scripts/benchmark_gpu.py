"""Compares indexing on a graphics card with indexing on the CPU of the same machine, side by side in one run.

    .venv/bin/python scripts/benchmark_gpu.py --data DATA -o docs/results/gpu.json

Sixteen copies of the Kitsap aerial (5000 x 5000 px, 0.3 m) in a square, at half overlap, by the engine's own `index`,
from pixels to a written archive; encoders are loaded and batches tried out before. Beside it what limits it: reading
the same blocks with as many threads as an index run has there, and encoding blocks that are ready in memory, one thread
giving them to the device. Embeddings of both devices are compared chip by chip as they stand in the archives. Boxes
are searched at an engine's door while it indexes on the card at a quarter of the GSD, which takes longer.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # as an engine sets them
    os.environ |= {"OMP_WAIT_POLICY": "PASSIVE", "THP_MEM_ALLOC_ENABLE": "1"}
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import torch
from benchmark_engine import FINE, Engine, boxes
from benchmark_index import seconds_of, square_of

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.call import Call
from frors_qgis.engine.encoders.encoder import Encoder
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER
from frors_qgis.engine.encoders.registry import load_encoder
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.stretch import estimate_stretch
from frors_qgis.engine.indexing.block_readers import BlockReaders
from frors_qgis.engine.indexing.chips import ReadBlock, batched, encode_blocks
from frors_qgis.engine.indexing.encoding import reading_threads
from frors_qgis.engine.indexing.pipeline import ahead
from frors_qgis.engine.indexing.plan import Levels, Plan
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.service import Service

CPU = "cpu"
COPIES = 4
"""Along each side of the square."""
ROUNDS = 3
BEGUN = 0.01
"""The share of an index after which boxes are searched."""
READY = 16
"""Blocks that are encoded from memory."""


class Bench:
    """Two devices and a raster."""

    def __init__(self, card: str, raster: Path, work: Path) -> None:
        """card: the device that is compared with the CPU."""
        self.devices = card, CPU
        self._raster = raster
        self._work = work
        self._service = Service(work)
        self._encoders = {device: load_encoder(DEFAULT_ENCODER, device) for device in self.devices}

    def archive(self, device: str) -> Path:
        """What `index` wrote last on a device."""
        return self._work / f"{device}.gpkg"

    def index(self, device: str, raster: Path | None = None) -> dict[str, Any]:
        """The engine's answer."""
        self.archive(device).unlink(missing_ok=True)
        values = {"archive": str(self.archive(device)), "rasters": [str(raster or self._raster)], "device": device}
        return self._service.methods["index"](Parameters(values), Call())

    def reading(self, device: str) -> float:
        """Chips per second of reading all blocks as for a device."""
        start, chips = time.perf_counter(), 0
        with Raster(str(self._raster)) as raster:
            for read in self._reads(raster, device, Plan(raster, Levels()).blocks()):
                chips += int(read.kept.sum())
        return chips / (time.perf_counter() - start)

    def encoding(self, device: str) -> float:
        """Chips per second of blocks that are in memory."""
        encoder = self._encoders[device]
        with Raster(str(self._raster)) as raster:
            reads = list(self._reads(raster, device, islice(Plan(raster, Levels()).blocks(), READY)))
            _encode(reads[:1], raster, encoder)  # tries out how many go together
            seconds = seconds_of(lambda: _encode(reads, raster, encoder))
        return sum(int(read.kept.sum()) for read in reads) / seconds

    def agreement(self) -> dict[str, float]:
        """Cosines of the embeddings of each chip by one device and by the other."""
        vectors = []
        for device in self.devices:
            with Archive.open(self.archive(device)) as opened:
                vectors.append(opened.vectors(range(1, opened.chip_count() + 1)))
        card, cpu = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in vectors)
        cosines = (card * cpu).sum(axis=1)
        return {
            "mean": round(float(cosines.mean()), 6),
            "least": round(float(cosines.min()), 6),
            "1st percentile": round(float(np.percentile(cosines, 1)), 6),
        }

    def batches(self) -> dict[str, int]:
        """How many blocks of so many pixels go together on the card."""
        return {
            f"{width}x{height}": blocks for (height, width), blocks in self._encoders[self.devices[0]].batches.items()
        }

    def _reads(self, raster: Raster, device: str, blocks: Iterable[Any]) -> Iterable[ReadBlock]:
        encoder = self._encoders[device]
        with BlockReaders(raster.path, estimate_stretch(raster), encoder.halo) as readers:
            with ahead(readers.read, blocks, "read", reading_threads(encoder)) as reads:
                yield from reads


def _encode(reads: list[ReadBlock], raster: Raster, encoder: Encoder) -> None:
    for batch in batched(reads, encoder):
        encode_blocks(batch, raster, encoder)


def boxes_meanwhile(raster: Path, work: Path) -> dict[str, float]:
    """Seconds of boxes, from pixels to matches, while an engine indexes on the device of its choice."""
    archive = work / "meanwhile.gpkg"
    archive.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(folder)
        request = engine.send("index", archive=str(archive), rasters=[str(raster)], gsd=FINE)
        done = 0.0
        while done < BEGUN:
            event = engine.wait(request, "progress", "error", "result")
            if "progress" not in event:
                raise SystemExit(f"Indexing ended before boxes were searched: {event}")
            done = event["progress"]["fraction"]
        seconds = [engine.search(archive, raster, box) for box in boxes(raster)]
        engine.cancel(request)
        engine.wait(request, "error", "result")
        engine.close()
    return {"p50 s": round(float(np.median(seconds)), 3), "longest s": round(max(seconds), 3)}


def main() -> None:
    """Measures, prints, writes after each part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with rasters/")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--device", default="cuda", help="what is compared with the CPU; default: %(default)s")
    parser.add_argument("--work", type=Path, default=Path("build/gpu"), help="archives")
    parser.add_argument(
        "--copies", type=int, default=COPIES, help="of the aerial along each side; default: %(default)s"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    work = arguments.work.absolute()
    work.mkdir(parents=True, exist_ok=True)
    aerial = (arguments.data / "rasters" / "kitsap_aerial_030m.tif").resolve()
    square = square_of(aerial, arguments.copies, work)
    bench = Bench(arguments.device, square, work)
    report: dict[str, Any] = {
        "card": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "cores": os.cpu_count(),
        "torch": torch.__version__,
        "devices": {device: bench.index(device, aerial)["device"] for device in bench.devices},  # warms up, too
    }

    def note(**figures: Any) -> None:
        report.update({name.replace("_", " "): value for name, value in figures.items()})
        print(json.dumps(figures), flush=True)
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(json.dumps(report, indent=1) + "\n")

    note(agreement_of_embeddings=bench.agreement())
    rounds = []
    for _ in range(arguments.rounds):
        answers = {device: bench.index(device) for device in bench.devices}
        rounds.append({device: answer["chips"] / answer["seconds"] for device, answer in answers.items()})
        note(
            chips=answers[CPU]["chips"],
            chips_per_second={name: round(float(np.median([one[name] for one in rounds])), 1) for name in rounds[0]},
            times_the_CPU=round(float(np.median([one[arguments.device] / one[CPU] for one in rounds])), 2),
            rounds=[{name: round(rate, 1) for name, rate in one.items()} for one in rounds],
            peak_MiB_on_the_card=torch.cuda.max_memory_reserved() >> 20,
        )
    note(boxes_meanwhile=boxes_meanwhile(square, work))
    for device in bench.devices:
        rates = {"reading alone": bench.reading(device), "encoding alone": bench.encoding(device)}
        note(**{f"{device}_chips_per_second": {name: round(rate, 1) for name, rate in rates.items()}})
    note(blocks_together=bench.batches())


if __name__ == "__main__":
    main()
