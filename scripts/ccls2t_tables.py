"""Tables in Markdown of what the CCLS2T benchmark measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from statistics import mean
from typing import Any

from ccls2t.relations import RELATIONS
from ccls2t_protocol import BITS, MISSING, SEEDS, SOFT, SPLITS
from ccls2t_rows import ABLATIONS, ENGINE_ROWS, HASH_ROWS
from retrieval_tables import cell

PAPER = {"hash": 11.64, "engine": 9.91}
"""Relative gains in per cent that the paper's abstract states, over hash learning methods and over engines."""

ASKED = tuple(relation.name for relation in RELATIONS if relation.fields)
NOTHING = RELATIONS[-1].name
OURS = "CCLS2T"
UNSURE = ", asymmetric"
_FIGURES = ("mAP", "mAP@20")

Run = dict[str, Any]
Pick = Callable[[Run], float]


def write_tables(results: Path) -> None:
    """Writes `tables.md` beside the JSON files of the runs."""
    runs = read_runs(results)
    parts = [
        "# CCLS2T tables",
        "",
        "Written by `scripts/benchmark_ccls2t.py`; rows, data and protocol stand in ../../retrieval.md. Mean and",
        f"standard deviation over the seeds {', '.join(map(str, SEEDS))}. Codes: means over {len(ASKED)} kinds of",
        f"query. Gain: how much more {OURS} has than the best other row of the table, in per cent of that, seed by",
        f"seed; the paper's abstract states {PAPER['hash']} % over hash learning and {PAPER['engine']} % over engines,",
        "on data that are",
        "not public.",
    ]
    for name in SPLITS:
        for missing in map(str, (f"{share:g}" for share in MISSING)):
            parts += _codes(runs, name, missing)
        parts += _codes_by_task(runs, name)
        for missing in map(str, (f"{share:g}" for share in MISSING)):
            parts += _engines(runs, name, missing)
    parts += _ablations(runs)
    (results / "tables.md").write_text("\n".join(parts) + "\n")


def read_runs(results: Path) -> list[Run]:
    """The runs of all seeds that count."""
    runs = (json.loads(path.read_text()) for path in sorted(results.glob("*.json")))
    return [run for run in runs if run["seed"] in SEEDS]


def asked_mean(run: Run, bits: int, missing: str, figure: str) -> float:
    """The mean of a figure over the kinds of queries that ask for something."""
    tasks = run["figures"][str(bits)][missing]
    return mean(tasks[name][figure] for name in ASKED)


def relative_gains(ours: dict[int, float], others: dict[str, dict[int, float]]) -> tuple[list[float], str]:
    """By how many per cent a figure, by seed, is above that of the best of other rows; and the name of that one.

    The best is that of the highest mean over the seeds, so one row stands for all seeds.
    """
    if not ours or not others:
        return [], ""
    best = max(others, key=lambda row: mean(others[row].values()))
    theirs = others[best]
    return [100 * (ours[seed] / theirs[seed] - 1) for seed in ours if seed in theirs], best


def code_rows(runs: list[Run], name: str) -> dict[str, tuple[list[Run], str]]:
    """The rows of codes of a set: runs, and what is appended to the name of a figure."""
    found = {}
    for row, chosen in HASH_ROWS.items():
        own = [run for run in runs if run["set"] == name and run["row"] == row]
        if row not in ABLATIONS and own:
            found[row] = (own, "")
            if not chosen.weighted:
                found[f"{row}{UNSURE}"] = (own, UNSURE)
    return found


def _codes(runs: list[Run], name: str, missing: str) -> list[str]:
    rows = code_rows(runs, name)
    if not rows:
        return []
    lines = [
        "",
        f"## Codes on {name}, {float(missing):.0%} of the gallery's fields missing",
        "",
        f"| row | {' | '.join(f'{bits} bits: mAP | mAP@20' for bits in BITS)} |",
        f"|---|{'---|---|' * len(BITS)}",
    ]
    columns = [(bits, figure) for bits in BITS for figure in _FIGURES]
    values = {
        row: [{run["seed"]: asked_mean(run, bits, missing, figure + end) for run in own} for bits, figure in columns]
        for row, (own, end) in rows.items()
    }
    lines += [f"| {row} | {' | '.join(cell(list(one.values())) for one in found)} |" for row, found in values.items()]
    shown = []
    for place in range(len(columns)):
        ours = values.get(OURS, [{}] * len(columns))[place]
        others = {row: found[place] for row, found in values.items() if row != OURS}
        gain, best = relative_gains(ours, others)
        shown.append(f"{cell(gain, '+.1f')} % on {best}" if gain else "")
    return [*lines, f"| *gain* | {' | '.join(shown)} |"]


def _codes_by_task(runs: list[Run], name: str) -> list[str]:
    rows = code_rows(runs, name)
    if not rows:
        return []
    names = (*ASKED, NOTHING)
    lines = [
        "",
        f"## Codes of 64 bits on {name} by what is asked, nothing missing, mAP",
        "",
        f"| row | {' | '.join(names)} |",
        f"|---|{'---|' * len(names)}",
    ]
    for row, (own, end) in rows.items():
        values = [[run["figures"]["64"]["0"][task][f"mAP{end}"] for run in own] for task in names]
        lines.append(f"| {row} | {' | '.join(map(cell, values))} |")
    return lines


def _engines(runs: list[Run], name: str, missing: str) -> list[str]:
    there = [run for run in runs if run["set"] == name and run["row"] in ENGINE_ROWS]
    if not there:
        return []
    picks: dict[str, Pick] = {task: lambda run, t=task: run["figures"][missing][t]["mAP"] for task in (*ASKED, NOTHING)}
    picks["asked, mAP"] = lambda run: mean(run["figures"][missing][task]["mAP"] for task in ASKED)
    picks["asked, mAP@20"] = lambda run: mean(run["figures"][missing][task]["mAP@20"] for task in ASKED)
    picks["soft, nDCG@20"] = lambda run: run["figures"][missing][SOFT]["nDCG@20"]
    lines = [
        "",
        f"## Whole vectors on {name}, {float(missing):.0%} of the gallery's fields missing",
        "",
        f"| row | {' | '.join(picks)} |",
        f"|---|{'---|' * len(picks)}",
    ]
    for row in ENGINE_ROWS:
        own = [run for run in there if run["row"] == row]
        if own:
            lines.append(f"| {row} | {' | '.join(cell([pick(run) for run in own]) for pick in picks.values())} |")
    shown = []
    for pick in picks.values():
        values: dict[bool, dict[str, dict[int, float]]] = {True: {}, False: {}}
        for run in there:
            is_ours = ENGINE_ROWS[run["row"]].text is not None
            values[is_ours].setdefault(run["row"], {})[run["seed"]] = pick(run)
        ours = max(values[True].values(), key=lambda found: mean(found.values()), default={})
        gain, best = relative_gains(ours, values[False])
        shown.append(f"{cell(gain, '+.1f')} % on {best}" if gain else "")
    return [*lines, f"| *gain* | {' | '.join(shown)} |"]


def _ablations(runs: list[Run]) -> list[str]:
    there = [run for run in runs if run["row"] in (*ABLATIONS, OURS) and run["set"] == "ucmerced"]
    if not any(run["row"] in ABLATIONS for run in there):
        return []
    columns = [(figure, f"{share:g}") for share in MISSING for figure in _FIGURES]
    titles = [f"{float(missing):.0%}: {figure}" for figure, missing in columns]
    lines = [
        "",
        "## What each part gives: codes of 64 bits on ucmerced, by the share of fields missing",
        "",
        f"| row | {' | '.join(titles)} | nothing asked: mAP |",
        f"|---|{'---|' * len(columns)}---|",
    ]
    for row in (OURS, *ABLATIONS):
        own = [run for run in there if run["row"] == row]
        if own:
            values = [[asked_mean(run, 64, missing, figure) for run in own] for figure, missing in columns]
            values.append([run["figures"]["64"]["0"][NOTHING]["mAP"] for run in own])
            lines.append(f"| {row} | {' | '.join(map(cell, values))} |")
    return lines
