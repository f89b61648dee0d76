"""Writes an evaluation into a folder."""

from __future__ import annotations

import json
from pathlib import Path

from frors_qgis.engine.learning.evaluation import Evaluation
from frors_qgis.engine.learning.pictures import draw_classes, draw_confusion


def write_report(evaluation: Evaluation, folder: Path) -> list[Path]:
    """Writes report.json, per_class.png and confusion.png into a folder that exists; returns their paths.

    Raises EngineError(ENGINE_MISSING) where there is no matplotlib, and OSError.
    """
    protocol, report = evaluation.protocol, evaluation.report
    numbers, bars, confusion = paths = [folder / name for name in ("report.json", "per_class.png", "confusion.png")]
    title = (
        f"{protocol['dataset']} ({protocol['parts']}), {protocol['encoder']} "
        f"(sha-256 {protocol['checkpoint sha-256'][:12]})\n"
        f"{protocol['queries']:,} queries, gallery of {protocol['gallery']:,} images, the query itself left out"
    )
    numbers.write_text(json.dumps(evaluation.as_json(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    draw_classes(bars, report.per_class, report.metrics, title)
    draw_confusion(confusion, report.classes, report.confusion, title)
    return paths
