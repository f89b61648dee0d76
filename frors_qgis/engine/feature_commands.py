"""The commands of the command line on labelled features of a file."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from frors_qgis.engine.labels_file import read_labels_file
from frors_qgis.engine.method_call import call_method
from frors_qgis.protocol import EngineError, ErrorCode

_SKIPPED_SHOWN = 20


def evaluate_features(options: argparse.Namespace) -> dict[str, Any]:
    """Retrieval figures of an encoder on labelled features."""
    result = call_method("evaluate", _values(options) | {"archive": options.archive, "encoder": options.encoder})
    for part in ("protocol", "metrics"):
        for name, value in result[part].items():
            print(f"{name}: {value:.4f}" if isinstance(value, float) else f"{name}: {value}")
    for warning in result["warnings"]:
        print(warning, file=sys.stderr)
    _print_skipped(result)
    return result


def train_features(options: argparse.Namespace) -> dict[str, Any]:
    """An encoder of the user's own from labelled features."""
    asked = {name: getattr(options, name) for name in ("id", "kind", "start", "epochs", "validate", "surroundings")}
    asked |= {"seed": options.seed, "settings": options.set, "licences": options.licence}
    given = {name: value for name, value in asked.items() if value is not None}
    try:
        result = call_method("train", _values(options) | given)
    except KeyboardInterrupt:
        sentence = "Interrupted; nothing of the training is kept. Give the same command again to begin anew."
        raise EngineError(ErrorCode.CANCELLED, sentence) from None
    for note in result["notes"]:
        print(note)
    _print_skipped(result)
    print(f"{result['checkpoint']}: {result['images']:,} features, {result['labels']:,} labels, id {result['encoder']}")
    return result


def _values(options: argparse.Namespace) -> dict[str, Any]:
    values = read_labels_file(options.labels, options.field, options.layer)
    return values | {"rasters": options.rasters, "point_size": options.point_size, "device": options.device}


def _print_skipped(result: dict[str, Any]) -> None:
    for one in result["skipped"][:_SKIPPED_SHOWN]:
        print(f"Feature {one['id']} was skipped: {one['reason']}", file=sys.stderr)
    if (more := result["skipped_count"] - _SKIPPED_SHOWN) > 0:
        print(f"{more:,} more features were skipped.", file=sys.stderr)
