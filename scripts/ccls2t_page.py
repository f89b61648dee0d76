"""The three tables of CCLS2T in docs/retrieval.md, as they stand there."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from statistics import mean

from ccls2t_protocol import BITS, MISSING, SOFT
from ccls2t_rows import ABLATIONS, ENGINE_ROWS, HASH_ROWS
from ccls2t_tables import ASKED, NOTHING, OURS, Run, asked_mean, code_rows, read_runs, relative_gains
from retrieval_tables import cell

ROWS = {
    "codes": tuple(row for row in HASH_ROWS if row not in ABLATIONS),
    "engine": tuple(ENGINE_ROWS),
    "parts": (OURS, *ABLATIONS),
}
"""What must have been measured for each table."""

_TITLES = ("season, family", "200 km", "month", "GSD", "200 km, month", "mean", "nothing asked", "graded, nDCG@20")
_INFORMED = "engine, base rates by sensor and platform"

Values = dict[str, dict[int, float]]
"""A figure by row and seed."""


def page_table(results: Path, table: str, name: str) -> list[str]:
    """The lines of a table, of one set; none where nothing was measured for it."""
    runs = [run for run in read_runs(results) if run["set"] == name and run["row"] in ROWS[table]]
    if not runs:
        return []
    return {"codes": _codes, "engine": _engines, "parts": _parts}[table](runs, name)


def _codes(runs: list[Run], name: str) -> list[str]:
    rows = code_rows(runs, name)
    lines = _head("codes", *(f"{bits} bits" for bits in BITS))
    lines += [
        _line(_bold(row), [_short([asked_mean(run, bits, "0", f"mAP{end}") for run in own]) for bits in BITS])
        for row, (own, end) in rows.items()
        if row == OURS or end
    ]
    for share in MISSING:
        gains = []
        for bits in BITS:
            values = {
                row: {run["seed"]: asked_mean(run, bits, f"{share:g}", f"mAP{end}") for run in own}
                for row, (own, end) in rows.items()
            }
            gains.append(f"{cell(relative_gains(values.pop(OURS), values)[0], '+.1f')} %")
        what = f"{share:.0%} of the fields" if share else "nothing"
        lines.append(_line(f"gain over the best other row, {what} missing", gains))
    return lines


def _engines(runs: list[Run], name: str) -> list[str]:
    lines = _head("fields missing", "row", *_TITLES)
    for share in MISSING[1:]:
        columns: list[Values] = [{} for _ in _TITLES]
        for run in sorted(runs, key=lambda run: ROWS["engine"].index(run["row"])):
            for column, value in zip(columns, _engine_figures(run["figures"][f"{share:g}"]), strict=True):
                column.setdefault(run["row"], {})[run["seed"]] = value
        lines += [
            _line(f"{share:.0%}", [_bold(row), *(_short(column[row].values()) for column in columns)])
            for row in columns[0]
        ]
        for title, left_out in (("the best engine", ""), ("the best without the last", _INFORMED)):
            gains = [_engine_gains({row: column[row] for row in column if row != left_out}) for column in columns]
            lines.append(
                _line(f"{share:.0%}", [f"*gain over {title}*", *(f"{cell(gain, '+.1f')} %" for gain in gains)])
            )
            lines.append(_line(f"{share:.0%}", ["*least of the seeds*", *(f"{min(gain):+.1f} %" for gain in gains)]))
    return lines


def _engine_figures(found: dict[str, dict[str, float]]) -> list[float]:
    """The figures of a run in the order of the columns."""
    asked = [found[task]["mAP"] for task in ASKED]
    return [*asked, mean(asked), found[NOTHING]["mAP"], found[SOFT]["nDCG@20"]]


def _engine_gains(column: Values) -> list[float]:
    """Of the better of our rows over the best engine, by seed, in per cent."""
    ours = [row for row in column if ENGINE_ROWS[row].text is not None]
    best = max(ours, key=lambda row: mean(column[row].values()))
    return relative_gains(column[best], {row: column[row] for row in column if row not in ours})[0]


def _parts(runs: list[Run], name: str) -> list[str]:
    lines = _head("codes of 64 bits", "nothing missing", *(f"{share:.0%}" for share in MISSING[1:]), "nothing asked")
    for row in ROWS["parts"]:
        own = [run for run in runs if run["row"] == row]
        if not own:
            continue
        asked = [[asked_mean(run, 64, f"{share:g}", "mAP") for run in own] for share in MISSING]
        nothing = [run["figures"]["64"]["0"][NOTHING]["mAP"] for run in own]
        lines.append(_line(_bold(row), map(_short, [*asked, nothing])))
    return lines


def _head(*titles: str) -> list[str]:
    return [_line(titles[0], titles[1:]), "|---" * len(titles) + "|"]


def _line(first: str, others: Iterable[str]) -> str:
    return f"| {' | '.join([first, *others])} |"


def _bold(row: str) -> str:
    return f"**{row}**" if row.startswith(OURS) else row


def _short(values: Iterable[float]) -> str:
    """Mean and standard deviation without the noughts before the points."""
    return cell(list(values), ".3f").replace("0.", ".")
