"""The semantic tree against a scan of all codes and FAISS's inverted lists, side by side in one run: ratios and JSON.

    .venv/bin/python scripts/benchmark_tree.py -o docs/results/tree.json

Drawn archives: rasters of 100 chips each, of four platforms, three ground sizes and twelve years, strewn over the land
of a globe; codes of 128 bits round the centres of 200 contents, each bit turned with a chance of 0.15. A filter is an
extent, the rasters of a range of days, or both, made to let about so many of the chips pass; footprints are boxes.
Every method gets the same columns and is asked for the 100 nearest that pass; in each round all of them answer each
query in turn, and ratios are medians over the queries. The scans make their mask from the columns as part of a search.
The tree and the scans are exact, which is checked for every query; inverted lists are not, and take no filter: they are
asked for more, until enough pass or nothing is left, and their recall stands beside their time.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import faiss
import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.archive.chip_filter import EVERY_CHIP, ChipFilter
from frors_qgis.engine.archive.codes.hamming import nearest
from frors_qgis.engine.archive.codes.semantic_columns import ChipColumns, CodeColumns, RasterColumns
from frors_qgis.engine.archive.codes.semantic_tree import SemanticTree
from frors_qgis.engine.archive.records import RasterRecord

SIZES = (10_000, 100_000, 1_000_000)
SHARES = (1.0, 0.1, 0.01, 0.001)
BYTES = 16
CONTENTS = 200
TURNED = 0.15
PER_RASTER = 100
PIECE = 50_000
K = 100
RATIOS = "so many times as long as the tree"
PLATFORMS = ("sentinel-2a", "landsat-8", "gaofen-2", "drone")
GROUND_SIZES = (76.8, 2560.0, 7680.0)
HALF = 0.005
"""Degrees from the centre of a chip to its edge."""
FIRST_DAY = date(2012, 1, 1)
DAYS = 12 * 365
_TABLE = np.array([number.bit_count() for number in range(1 << 16)], np.uint8)

Found = tuple[NDArray[np.int64], NDArray[np.int32]]


class Bench:
    """One drawn archive and every method over it."""

    def __init__(self, chips: int, seed: int = 0) -> None:
        self._draw = draw = np.random.default_rng(seed)
        rasters = -(-chips // PER_RASTER)
        days, platforms = draw.integers(0, DAYS, rasters), draw.choice(PLATFORMS, rasters).tolist()
        records = [
            RasterRecord(
                f"/{number}.tif", "", "EPSG:4326", (0.0, 1.0, 0.0, 0.0, 0.0, -1.0), 1, 1, 1.0, {}, 3, id=number,
                platform=platform, acquired=str(FIRST_DAY + timedelta(days=int(day))),
            )
            for number, (platform, day) in enumerate(zip(platforms, days, strict=True))
        ]  # fmt: skip
        self._rasters = RasterColumns.of(records, range(rasters))
        raster = np.repeat(np.arange(rasters, dtype=np.int32), PER_RASTER)[:chips]
        west, south = draw.uniform(-170, 170, rasters), draw.uniform(-60, 70, rasters)
        x, y = west[raster] + draw.uniform(0, 0.5, chips), south[raster] + draw.uniform(0, 0.5, chips)
        box = np.stack([x - HALF, y - HALF, x + HALF, y + HALF], axis=1).astype(np.float32)
        self._centres = draw.integers(0, 256, (CONTENTS, BYTES), dtype=np.uint8)
        codes = np.concatenate([self._codes(min(PIECE, chips - start)) for start in range(0, chips, PIECE)])
        self._chips = ChipColumns(np.arange(chips, dtype=np.int32), raster, box)
        size = draw.integers(0, len(GROUND_SIZES), rasters, dtype=np.int32)[raster]
        self._columns = CodeColumns(codes, size, np.array(GROUND_SIZES, np.float32))
        start = time.perf_counter()
        self.tree = SemanticTree.build(self._rasters, self._chips, self._columns)
        self.build_seconds = {"tree": time.perf_counter() - start}
        start = time.perf_counter()
        lists = int(np.sqrt(chips))
        self._quantizer = faiss.IndexBinaryFlat(8 * BYTES)
        self._lists = faiss.IndexBinaryIVF(self._quantizer, 8 * BYTES, lists)
        self._lists.cp.niter, self._lists.cp.min_points_per_centroid = 8, 1
        self._lists.train(codes[:: max(1, chips // (64 * lists))])
        self._lists.add(codes)
        self._lists.nprobe = max(1, lists // 16)
        self.build_seconds["inverted lists"] = time.perf_counter() - start
        self.methods: dict[str, Callable[[NDArray[np.uint8], ChipFilter], Found]] = {
            "tree": self._search_tree,
            "scan in numpy": self._scan_in_numpy,
            "scan in FAISS": self._scan_in_faiss,
            "inverted lists": self._search_lists,
        }

    def _codes(self, count: int) -> NDArray[np.uint8]:
        turned = np.packbits(self._draw.random((count, 8 * BYTES)) < TURNED, axis=1)
        return self._centres[self._draw.integers(0, CONTENTS, count)] ^ turned

    def query(self, share: float) -> tuple[NDArray[np.uint8], ChipFilter]:
        """A code, and a filter round a chip that about this share of the chips passes."""
        code = self._codes(1)[0]
        if share == 1:
            return code, EVERY_CHIP
        chip = self._draw.integers(0, len(self._chips))
        kinds = {"extent": (share, None), "days": (None, share), "both": (share**0.5, share**0.5)}
        of_place, of_time = kinds[str(self._draw.choice([*kinds]))]
        extent = rasters = None
        if of_place is not None:
            x, y = self._chips.box[chip].astype(float).reshape(2, 2).mean(axis=0).tolist()
            centres = (self._chips.box[:, :2] + self._chips.box[:, 2:]) / 2
            offset = np.maximum(abs(centres[:, 0] - x) / 2, abs(centres[:, 1] - y))
            half = float(np.quantile(offset, of_place))
            extent = (max(x - 2 * half, -180.0), y - half, min(x + 2 * half, 180.0), y + half)
        if of_time is not None:
            away = abs(self._rasters.day - self._rasters.day[self._chips.raster[chip]])
            half_days = np.quantile(away[self._chips.raster], of_time)
            rasters = frozenset(np.flatnonzero(away <= half_days).tolist())
        return code, ChipFilter(extent=extent, rasters=rasters)

    def mask(self, chosen: ChipFilter) -> NDArray[np.bool_] | None:
        """Which chips pass, from the columns; None: all."""
        mask = None
        if chosen.rasters is not None:
            mask = np.isin(self._rasters.ids, list(chosen.rasters))[self._chips.raster]
        if chosen.extent is not None:
            west, south, east, north = chosen.extent
            low_x, low_y, high_x, high_y = self._chips.box.astype(np.float64).T
            meets = (low_x <= east) & (high_x >= west) & (low_y <= north) & (high_y >= south)
            mask = meets if mask is None else mask & meets
        return mask

    def _search_tree(self, code: NDArray[np.uint8], chosen: ChipFilter) -> Found:
        conditions = self.tree.conditions(chosen, lambda places, _: np.ones(len(places), bool))
        return self.tree.search(code, K, conditions, self.tree.regions(conditions))

    def _scan_in_numpy(self, code: NDArray[np.uint8], chosen: ChipFilter) -> Found:
        mask = self.mask(chosen)
        places = np.arange(len(self._chips)) if mask is None else np.flatnonzero(mask)
        codes = self._columns.codes if mask is None else self._columns.codes.take(places, axis=0)
        distances = _TABLE[(codes ^ code).view(np.uint16)].sum(axis=1, dtype=np.int32)
        if len(distances) > K:
            near = np.flatnonzero(distances <= np.partition(distances, K - 1)[K - 1])
            places, distances = places[near], distances[near]
        order = np.argsort(distances, kind="stable")[:K]
        return places[order], distances[order]

    def _scan_in_faiss(self, code: NDArray[np.uint8], chosen: ChipFilter) -> Found:
        return nearest(self._columns.codes, code, K, self.mask(chosen))

    def _search_lists(self, code: NDArray[np.uint8], chosen: ChipFilter) -> Found:
        mask = self.mask(chosen)
        wanted = K
        while True:
            distances, places = self._lists.search(code[None], wanted)
            found = places[0] >= 0
            found[found] &= True if mask is None else mask[places[0][found]]
            if found.sum() >= K or wanted >= len(self._chips) // 16 or wanted >= 20_000:
                return places[0][found][:K], distances[0][found][:K]
            wanted *= 8


def compared(bench: Bench, share: float, queries: int) -> dict[str, Any]:
    """Median milliseconds, and how many times as long as the tree the others take; recall of what is not exact."""
    times: dict[str, list[float]] = {name: [] for name in bench.methods}
    recalls: list[float] = []
    passing: list[float] = []
    for number in range(queries + 1):
        code, filters = bench.query(share)
        results: dict[str, Found] = {}
        for name, method in bench.methods.items():
            start = time.perf_counter()
            results[name] = method(code, filters)
            if number:  # the first warms up
                times[name].append(1000 * (time.perf_counter() - start))
        mask = bench.mask(filters)
        passing.append(1.0 if mask is None else float(mask.mean()))
        for name in ("scan in numpy", "scan in FAISS"):
            if any(results["tree"][part].tolist() != results[name][part].tolist() for part in (0, 1)):
                raise SystemExit(f"The tree and the {name} found different chips for {filters}.")
        if len(results["tree"][0]):
            worst = results["tree"][1][-1]
            recalls.append(float((results["inverted lists"][1] <= worst).sum() / len(results["tree"][0])))
    ratios = {name: ratio(times[name], times["tree"]) for name in times if name != "tree"}
    return {
        "share that passes": float(np.median(passing)),
        "ms": {name: float(np.median(values)) for name, values in times.items()},
        RATIOS: ratios,
        "recall of inverted lists": float(np.mean(recalls)) if recalls else None,
    }


def ratio(times: Sequence[float], others: Sequence[float]) -> float:
    """The median over the queries."""
    return float(np.median(np.array(times) / np.array(others)))


def main() -> None:
    """Measures, prints, writes after each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="chips of the archives")
    parser.add_argument("--queries", type=int, default=60, help="for each size and share")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    faiss.omp_set_num_threads(1)  # every method on one core
    report: dict[str, Any] = {"bits": 8 * BYTES, "k": K, "queries": options.queries, "sizes": {}}
    for size in options.sizes:
        bench = Bench(size)
        shares = {}
        for share in SHARES:
            shares[f"{share:.1%}"] = row = compared(bench, share, options.queries)
            ratios = ", ".join(f"{name} {value:.2f}" for name, value in row[RATIOS].items())
            print(f"{size:>9,} chips, {share:.1%} pass: tree {row['ms']['tree']:.2f} ms; times as long: {ratios}")
        report["sizes"][str(size)] = {"nodes": len(bench.tree.nodes), "seconds to build": bench.build_seconds} | shares
        rounded = json.loads(json.dumps(report), parse_float=lambda text: float(f"{float(text):.3g}"))
        options.output.write_text(json.dumps(rounded, indent=1) + "\n")


if __name__ == "__main__":
    main()
