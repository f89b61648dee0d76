"""Tables in Markdown of what the retrieval benchmark measured."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from retrieval_protocol import FRACTION, ROWS, SEEDS, SETS, SIDE, TrainingSetName

_METRICS = ("mAP@10", "mAP@1", "mAP@50", "mAP", "mAP@R", "P@10", "ANMRR", "suggested")
_WINNER = "FRORS"
_TASKS = {
    "all classes": "every other image of the set is a query and searched for",
    "hard classes": "the same checkpoints, only images of confusable classes as queries and gallery",
    "other set": "the same checkpoints, all images of the other set, of which none was learnt from",
    "unseen classes": "a third of the classes, another for each seed, is left out and searched among itself",
}


def write_tables(results: Path) -> None:
    """Writes `tables.md` beside the JSON files of the runs: a table per training set and task, means and deviations."""
    runs = [json.loads(path.read_text()) for path in sorted(results.glob("*.json"))]
    parts = [
        "# Retrieval tables",
        "",
        "Written by `make benchmark-retrieval`; see ../../retrieval.md for rows and data. Mean and standard deviation",
        f"over the seeds {', '.join(map(str, SEEDS))}. Ahead: points of mAP@10 that {_WINNER} has more than the row,",
        f"seed by seed. Suggested: the share of images whose most probable class, by the prototypes of {_WINNER}, is",
        "theirs. The JSON files hold more figures.",
        "",
        "## mAP@10 at a glance",
        "",
        *glance(runs),
    ]
    for subset in SETS:
        for task, asked in _TASKS.items():
            rows = table_rows(runs, subset, task)
            if rows:
                parts += ["", f"## Trained on {subset}: {task}", "", protocol(runs, subset, task, asked), ""]
                parts += [
                    f"| row | seeds | {' | '.join(_METRICS)} | ahead |",
                    f"|---|---|{'---|' * len(_METRICS)}---|",
                    *rows,
                ]
    (results / "tables.md").write_text("\n".join(parts) + "\n")


def protocol(runs: list[dict[str, Any]], subset: TrainingSetName, task: str, asked: str) -> str:
    """What a table's figures were measured on."""
    sizes = sorted({run["tasks"][task]["gallery"] for run in of(runs, subset) if task in run["tasks"]})
    searched = " or ".join(f"{size:,}" for size in sizes)
    return (
        f"{FRACTION[subset.dataset]:.0%} of each class in training is learnt from; {asked}: {searched} images, each a "
        f"query once and not in its own gallery; {SIDE} px, cosine, AP@k over min(k, relevant)."
    )


def glance(runs: list[dict[str, Any]]) -> list[str]:
    """The lines of a table of all rows, with a column for each training set and task."""
    measured = {f"{subset}: {task}": figures(runs, subset, task) for subset in SETS for task in _TASKS}
    measured = {title: rows for title, rows in measured.items() if any(rows.values())}
    lines = [f"| row | {' | '.join(measured)} |", f"|---|{'---|' * len(measured)}"]
    for row in ROWS:
        values = [[metrics["mAP@10"] for metrics in rows[row].values()] for rows in measured.values()]
        if any(values):
            lines.append(f"| {row} | {' | '.join(map(cell, values))} |")
    return lines


def table_rows(runs: list[dict[str, Any]], subset: TrainingSetName, task: str) -> list[str]:
    """The lines of one table."""
    measured = figures(runs, subset, task)
    best = measured[_WINNER]
    lines = []
    for row, by_seed in measured.items():
        if by_seed:
            values = [[metrics[name] for metrics in by_seed.values() if name in metrics] for name in _METRICS]
            gaps = [100 * (best[seed]["mAP@10"] - by_seed[seed]["mAP@10"]) for seed in by_seed if seed in best]
            ahead = cell(gaps, ".1f") if row != _WINNER else ""
            lines.append(f"| {row} | {len(by_seed)} | {' | '.join(map(cell, values))} | {ahead} |")
    return lines


def figures(runs: list[dict[str, Any]], subset: TrainingSetName, task: str) -> dict[str, dict[int, dict[str, float]]]:
    """The figures of a task by row and seed."""
    there = [run for run in of(runs, subset) if task in run["tasks"]]
    return {row: {run["seed"]: run["tasks"][task]["metrics"] for run in there if run["row"] == row} for row in ROWS}


def of(runs: list[dict[str, Any]], subset: TrainingSetName) -> list[dict[str, Any]]:
    """The runs that were trained on a set."""
    return [run for run in runs if run["trained on"] == str(subset)]


def cell(values: list[float], form: str = ".4f") -> str:
    """Mean and, of several seeds, standard deviation; nothing where nothing was measured."""
    if not values:
        return ""
    return f"{mean(values):{form}}" + (f" ± {stdev(values):{form.lstrip('+')}}" if len(values) > 1 else "")
