"""What the MTL file of a Landsat scene says of its bands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from frors_qgis.engine.acquisition.facts import Fact, facts_of
from frors_qgis.engine.imagery.metadata.beside import assignments, number_in, read_json, read_text

_MOST_PARTS = 12
_MOST_GROUPS = 1000


def landsat_facts(path: Path) -> list[Fact]:
    """The facts of the MTL file whose name a raster's begins with: SCENE_MTL.txt or .json for SCENE_B4.TIF."""
    parts = path.stem.split("_")[:_MOST_PARTS]
    for count in range(len(parts), 0, -1):
        name = path.with_name("_".join(parts[:count]) + "_MTL")
        for keys in (assignments(read_text(name.with_suffix(".txt")) or ""), _of_json(name.with_suffix(".json"))):
            if "SPACECRAFT_ID" in keys:
                return facts_of("mtl", _values(keys))
    return []


def _of_json(path: Path) -> dict[str, str]:
    keys: dict[str, str] = {}
    for name, value in _leaves(read_json(path) or {}):
        keys.setdefault(name, value)
    return keys


def _leaves(tree: dict[str, Any]) -> Iterator[tuple[str, str]]:
    waiting: list[dict[str, Any]] = [tree]
    for _ in range(_MOST_GROUPS):
        if not waiting:
            return
        group = waiting.pop()
        yield from ((name, str(value)) for name, value in group.items() if isinstance(value, (str, int, float)))
        waiting += reversed([value for value in group.values() if isinstance(value, dict)])


def _values(keys: dict[str, str]) -> dict[str, object]:
    day, time = keys.get("DATE_ACQUIRED", keys.get("ACQUISITION_DATE", "")), keys.get("SCENE_CENTER_TIME")
    roll = number_in(keys.get("ROLL_ANGLE"))
    return {
        "platform": keys["SPACECRAFT_ID"],
        "sensor": keys.get("SENSOR_ID"),
        "level": keys.get("PROCESSING_LEVEL", keys.get("DATA_TYPE", keys.get("PRODUCT_TYPE"))),
        "cloud": number_in(keys.get("CLOUD_COVER")),
        "off_nadir": None if roll is None else abs(roll),
        "acquired": f"{day}T{time}" if time else day,
    }
