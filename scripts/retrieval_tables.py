"""Tables in Markdown of what the retrieval benchmark measured."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from retrieval_protocol import FROZEN, ROWS, SETS, TrainingSetName

_METRICS = ("mAP@10", "mAP@1", "mAP@50", "mAP", "mAP@R", "P@10", "ANMRR", "suggested")
_TITLES = {
    "all classes": "a part of every class learnt, the rest searched among itself",
    "hard classes": "the same checkpoints, queries and gallery among the confusable classes only",
    "other set": "the same checkpoints on the other set, which they never saw",
    "unseen classes": "a third of the classes left out of training, searched among themselves",
}


def write_tables(results: Path) -> None:
    """Writes `tables.md` beside the JSON files of the runs: a table per training set and task, means and deviations."""
    runs = [json.loads(path.read_text()) for path in sorted(results.glob("*.json"))]
    parts = [
        "# Retrieval tables",
        "",
        "Written by `make benchmark-retrieval`; see ../../retrieval.md for the protocol. Suggested: the share of",
        "images whose most probable class, by the prototypes of FRORS, is theirs.",
    ]
    parts += ["", "## mAP@10 at a glance", "", *glance(runs)]
    for subset in SETS:
        for task, title in _TITLES.items():
            rows = table_rows(runs, subset, task)
            if rows:
                galleries = sorted({run["tasks"][task]["gallery"] for run in of(runs, subset) if task in run["tasks"]})
                searched = " or ".join(f"{gallery:,}" for gallery in galleries)
                parts += ["", f"## Trained on {subset}: {task}", "", f"{title}; {searched} images", ""]
                parts += [f"| row | seeds | {' | '.join(_METRICS)} |", f"|---|---|{'---|' * len(_METRICS)}", *rows]
    (results / "tables.md").write_text("\n".join(parts) + "\n")


def glance(runs: list[dict[str, Any]]) -> list[str]:
    """The lines of a table of all rows, with a column for each training set and task."""
    columns = [
        (subset, task) for subset in SETS for task in _TITLES if any(task in run["tasks"] for run in of(runs, subset))
    ]
    lines = [
        f"| row | {' | '.join(f'{subset}: {task}' for subset, task in columns)} |",
        f"|---|{'---|' * len(columns)}",
    ]
    for row in (FROZEN, *ROWS):
        values = [
            [
                run["tasks"][task]["metrics"]["mAP@10"]
                for run in of(runs, subset)
                if run["row"] == row and task in run["tasks"]
            ]
            for subset, task in columns
        ]
        if any(values):
            lines.append(f"| {row} | {' | '.join(map(cell, values))} |")
    return lines


def table_rows(runs: list[dict[str, Any]], subset: TrainingSetName, task: str) -> list[str]:
    """The lines of one table."""
    lines = []
    for row in (FROZEN, *ROWS):
        tasks = [run["tasks"] for run in of(runs, subset) if run["row"] == row]
        measured = [done[task]["metrics"] for done in tasks if task in done]
        if measured:
            cells = [cell([metrics[name] for metrics in measured if name in metrics]) for name in _METRICS]
            lines.append(f"| {row} | {len(measured)} | {' | '.join(cells)} |")
    return lines


def of(runs: list[dict[str, Any]], subset: TrainingSetName) -> list[dict[str, Any]]:
    """The runs that were trained on a set."""
    return [run for run in runs if run["trained on"] == str(subset)]


def cell(values: list[float]) -> str:
    """Mean and, of several seeds, standard deviation; nothing where nothing was measured."""
    if not values:
        return ""
    return f"{mean(values):.4f}" + (f" ± {stdev(values):.4f}" if len(values) > 1 else "")
