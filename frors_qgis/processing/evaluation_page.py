"""The report of an evaluation on labelled features, a page of HTML."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from frors_qgis.client.engine_sentence import in_users_language
from frors_qgis.processing.algorithm import tr

_MOST_CONFUSIONS = 20
_STYLE = (
    "body{font-family:sans-serif;max-width:60em;margin:1em auto;padding:0 1em}"
    "table{border-collapse:collapse;margin:.5em 0 1em}"
    "th,td{border:1px solid #bbb;padding:.2em .6em;text-align:left}"
    "td.number{text-align:right}"
    ".warning{border-left:.3em solid #d55e00;padding:.1em .8em}"
)


def evaluation_page(result: dict[str, Any]) -> str:
    """The page for what the engine's method `evaluate` answers; what it holds may be a stranger's and is escaped."""
    protocol, metrics = result["protocol"], result["metrics"]
    title = tr("{encoder} on {features}").format(encoder=protocol["encoder"], features=protocol["features"])
    parts = [
        '<!DOCTYPE html><meta charset="utf-8">',
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style>",
        _heading(1, title),
        _paragraph(_summary(result)),
        *(f'<p class="warning">{html.escape(warning)}</p>' for warning in result["warnings"]),
        _heading(2, tr("Figures")),
        _paragraph(
            tr("From 0 to 1, over {queries} features; 1 is best, but for ANMRR, where 0 is.").format(
                queries=protocol["queries"]
            )
        ),
        _table(
            (tr("Figure"), tr("Value"), tr("What it says")),
            [(name, _number(value), _meaning(name)) for name, value in metrics.items()],
        ),
        _heading(2, tr("By label")),
        _paragraph(
            tr("The label that is found worst comes first. Labels with a single feature have nothing to be found by.")
        ),
        _table(
            (tr("Label"), tr("Features"), "mAP", "mAP@10"),
            [
                (one["label"], one["features"], _number(one.get("mAP")), _number(one.get("mAP@10")))
                for one in sorted(result["classes"], key=lambda one: (one.get("mAP", 2.0), one["label"]))
            ],
        ),
        _heading(2, tr("What is taken for what")),
        *_confusions(result),
        _heading(2, tr("How this was measured")),
        _paragraph(
            tr(
                "The box round every feature was read and encoded as a query box is. Then every feature was searched "
                "once among all others, itself left out: a match is right if it has the same label. The figures hold "
                "for these features on these rasters; light, season and sensor are the same for query and matches, so "
                "elsewhere they may be lower."
            )
        ),
        _table((tr("Protocol"), ""), [(in_users_language(name), _told(value)) for name, value in protocol.items()]),
    ]
    if result["skipped"]:
        parts += [
            _heading(2, tr("Features that were skipped: {count}").format(count=result["skipped_count"])),
            _table((tr("Feature"), tr("Reason")), [(one["id"], one["reason"]) for one in result["skipped"]]),
        ]
    return "\n".join(parts)


def _summary(result: dict[str, Any]) -> str:
    metrics, chance = result["metrics"], result["chance"]
    sentence = tr(
        "The best match has the label of the query for {hit} of the features; by chance it would for {chance}."
    )
    return sentence.format(hit=f"{metrics['hit@1']:.0%}", chance=f"{chance:.0%}")


def _confusions(result: dict[str, Any]) -> list[str]:
    if not result["confusions"]:
        return [_paragraph(tr("The best match of every feature has its label."))]
    found = result["confusions"][:_MOST_CONFUSIONS]
    queries = {one["label"]: one["queries"] for one in result["classes"]}
    rows = [
        (
            one["label"],
            one["best match"],
            tr("{count} of {queries}").format(count=one["queries"], queries=queries[one["label"]]),
        )
        for one in found
    ]
    return [_table((tr("Features labelled"), tr("Their best match is labelled"), tr("Features")), rows)]


def _meaning(figure: str) -> str:
    name, _, rank = figure.partition("@")
    if figure == "hit@1":
        return tr("Features whose best match is right.")
    if name == "hit":
        return tr("Features with a right match among the best {rank}.").format(rank=rank)
    if name == "P":
        return tr(
            "Right ones among the best {rank} matches; less than 1 for a label with fewer other features than that."
        ).format(rank=rank)
    if figure == "mAP":
        return tr("How early all features of the label come, over the whole ranking.")
    if figure == "mAP@R":
        return tr("The same, down to the rank by which all of them could have come.")
    if name == "mAP":
        return tr("How early right matches come among the best {rank}.").format(rank=rank)
    if name == "ANMRR":
        return tr("The mean rank of the right ones as MPEG-7 normalises it.")
    return tr("The same with another rank for those that come late.")


def _told(value: object) -> object:
    return in_users_language(value) if isinstance(value, str) and " " in value else value


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _heading(level: int, text: str) -> str:
    return f"<h{level}>{html.escape(text)}</h{level}>"


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text)}</p>"


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table; cells that hold numbers stand to the right."""

    def cell(value: object) -> str:
        text = str(value)
        number = ' class="number"' if text.replace(".", "", 1).isdigit() else ""
        return f"<td{number}>{html.escape(text)}</td>"

    titles = "".join(f"<th>{html.escape(title)}</th>" for title in head)
    lines = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows)
    return f"<table><tr>{titles}</tr>{lines}</table>"
