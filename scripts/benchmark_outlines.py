"""Measures whether outlines find the object in a match, and whether ranking by them finds more objects.

    .venv/bin/python scripts/benchmark_outlines.py --data DATA -o docs/results/outlines.json

Objects, queries and archives are those of benchmark_objects.py, with fewer queries. An outline is the part of a match,
from half its side on, that is most like the query. Of the first ten matches that hold an object: how often does the
outline hold its centre, and how often would a part of the same size in the middle of the match, or anywhere in it by
chance? And: the first 200 matches are ranked anew by their outlines' scores, or by the mean of both; P@10 before and
after.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmark_objects import (
    Bench,
    K,
    Task,
    building_scene,
    building_task,
    fetch_mask,
    holds,
    vessel_scenes,
    vessel_tasks,
)

from frors_qgis.engine.archive.records import ChipRecord
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER

RANKED = 200
QUERIES = 3
"""Of each port, and ten times as many buildings."""


class Tally:
    """What the queries of one kind of object add up to."""

    def __init__(self) -> None:
        self.outlined: list[bool] = []
        self.middle: list[bool] = []
        self.chance: list[float] = []
        self.areas: list[float] = []
        self.hits: dict[str, list[float]] = {"whole chip": [], "outline": [], "mean of both": []}

    def add(
        self, matches: list[dict[str, Any]], chips: list[ChipRecord], outlines: list[dict[str, Any]], centres: Any
    ) -> None:
        """Counts one query's matches, best first, with their chips and outlines; `centres` by raster id."""
        right = np.array([holds(chip, centres[chip.raster_id]) for chip in chips])
        whole = np.array([match["score"] for match in matches])
        parts = np.array([outline["score"] for outline in outlines])
        for name, scores in (("whole chip", whole), ("outline", parts), ("mean of both", whole + parts)):
            self.hits[name].append(float(right[np.argsort(-scores, kind="stable")[:K]].mean()))
        for chip, outline in list(zip(chips, outlines, strict=True))[:K]:
            inside = objects_of(chip, centres[chip.raster_id])
            if len(inside):
                x, y, side, _ = outline["part"]
                middle = (chip.cells - side) / 2
                self.areas.append((side / chip.cells) ** 2)
                self.outlined.append(bool(within(inside, x, y, side).any()))
                self.middle.append(bool(within(inside, middle, middle, side).any()))
                places = range(chip.cells - side + 1)
                self.chance.append(float(np.mean([within(inside, a, b, side).any() for a in places for b in places])))

    def row(self) -> dict[str, Any]:
        """The means."""
        row = {
            "matches with an object": len(self.outlined),
            "outline holds it": round(float(np.mean(self.outlined)), 4),
            "the same size in the middle": round(float(np.mean(self.middle)), 4),
            "anywhere by chance": round(float(np.mean(self.chance)), 4),
            "share of the match's area": round(float(np.mean(self.areas)), 4),
            "queries": len(self.hits["whole chip"]),
        }
        before = np.array(self.hits["whole chip"])
        for name, values in self.hits.items():
            row[f"P@{K} by {name}"] = round(float(np.mean(values)), 4)
            if name != "whole chip":
                gains = np.array(values) - before
                row[f"standard error of the gain by {name}"] = round(float(gains.std(ddof=1) / len(gains) ** 0.5), 4)
        return row


def objects_of(chip: ChipRecord, centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """The centres that a chip holds [n, 2], in cells from its upper left corner."""
    places = (centres - (chip.column, chip.row)) * chip.cells / (chip.width, chip.height)
    return places[((places >= 0) & (places < chip.cells)).all(axis=1)]


def within(places: NDArray[np.float64], x: float, y: float, side: int) -> NDArray[np.bool_]:
    """Which places lie in a square part."""
    return ((places >= (x, y)) & (places < (x + side, y + side))).all(axis=1)


def measure(bench: Bench, task: Task, count: int, tally: Tally) -> None:
    """Adds the first queries of a task."""
    for query in task.queries[:count]:
        matches, chips, outlines, centres = bench.outlined(task, query, RANKED)
        tally.add(matches, chips, outlines, centres)


def main() -> None:
    """Indexes, searches, outlines, writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with rasters/")
    parser.add_argument("--work", type=Path, default=Path("build/objects"), help="archives and downloads; kept")
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    rasters, work = (arguments.data / "rasters").resolve(), arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    ports = vessel_scenes(rasters)
    kitsap = building_scene(rasters / "kitsap_aerial_030m.tif", fetch_mask(work))
    groups = [
        ("vessels", ports, vessel_tasks(ports), QUERIES, 4),
        ("buildings", [kitsap], [building_task(kitsap)], 10 * QUERIES, 2),
    ]
    rows = []
    for name, scenes, tasks, count, factor in groups:
        for upsampling in (1, factor):
            bench, tally = Bench(work, DEFAULT_ENCODER, name, scenes, upsampling), Tally()
            for task in tasks:
                measure(bench, task, count, tally)
            rows.append({"objects": name, "upsampling": upsampling} | tally.row())
            print(rows[-1], flush=True)
            arguments.output.write_text(json.dumps({"ranked": RANKED, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
