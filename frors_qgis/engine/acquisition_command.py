"""The command of the command line that tells of a raster's acquisition, or corrects it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from frors_qgis.engine.acquisition.acquisition import FIELDS
from frors_qgis.engine.acquisition.facts import SOURCES
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive_access import known_raster
from frors_qgis.engine.method_call import call_method
from frors_qgis.protocol import EngineError, ErrorCode

_NUMBERS = ("gsd", "cloud", "off_nadir")


def acquisition(options: argparse.Namespace) -> dict[str, Any]:
    """Tells what is known of how a raster was taken, after what the user says of it."""
    fields = _fields(options.set) | dict.fromkeys(options.forget)
    with Archive.open(options.archive) as archive:
        raster = known_raster(archive, options.raster).id
    values = {"archive": options.archive, "raster": raster}
    if fields:
        result = call_method("set_acquisition", values | {"fields": fields})
    else:
        result = call_method("describe_raster", values)
    print(result["path"])
    known = result["acquisition"]
    for name in FIELDS:
        if name in known:
            print(f"  {name}: {_said(known[name])} ({SOURCES[result['sources'][name]]} so)")
    if unknown := [name for name in FIELDS if name not in known]:
        print(f"  unknown: {', '.join(unknown)}")
    for conflict in result["conflicts"]:
        print(f"  Sources disagree on {conflict['sentence']}.")
    if result["sentence"]:
        print(f"  {result['sentence']}")
    return result


def _fields(texts: Sequence[str]) -> dict[str, object]:
    """Fields and values of FIELD=VALUE; what they may be is checked by the engine."""
    fields: dict[str, object] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise EngineError(ErrorCode.BAD_REQUEST, f"{text!r} is not FIELD=VALUE.")
        try:
            if name == "place":
                fields[name] = [float(part) for part in value.split(",")]
            else:
                fields[name] = float(value) if name in _NUMBERS else value
        except ValueError:
            fields[name] = value
    return fields


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(f"{part:.5f}" for part in value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)
