"""What a STAC item beside a raster says of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from frors_qgis.engine.acquisition.dates import common_moment, iso_moment
from frors_qgis.engine.acquisition.facts import Fact, facts_of
from frors_qgis.engine.imagery.metadata.beside import read_json

_SHARED_NAME = "item.json"
_MOST_ASSETS = 1000


def stac_facts(path: Path) -> list[Fact]:
    """The facts of the first STAC 1.x item among RASTER.json, RASTER.tif.json and item.json.

    An item.json that lists other files, but not this one, is not of this raster.
    """
    for candidate in (path.with_suffix(".json"), path.with_name(f"{path.name}.json"), path.with_name(_SHARED_NAME)):
        item = read_json(candidate)
        if item is not None and _is_item(item) and (candidate.name != _SHARED_NAME or _lists(item, path.name)):
            return facts_of("stac", _values(item["properties"]))
    return []


def _is_item(item: dict[str, Any]) -> bool:
    version = item.get("stac_version")
    return isinstance(version, str) and version.startswith("1.") and isinstance(item.get("properties"), dict)


def _lists(item: dict[str, Any], name: str) -> bool:
    files = list(_files(item.get("assets")))
    return not files or name in files


def _files(assets: object) -> Iterator[str]:
    for asset in list(assets.values())[:_MOST_ASSETS] if isinstance(assets, dict) else []:
        if isinstance(asset, dict) and isinstance(href := asset.get("href"), str):
            yield href.partition("?")[0].replace("\\", "/").rpartition("/")[2]


def _values(properties: dict[str, Any]) -> dict[str, object]:
    instruments = properties.get("instruments")
    names = [name for name in instruments if isinstance(name, str)] if isinstance(instruments, list) else []
    return {
        "platform": properties.get("platform"),
        "sensor": "_".join(names) or None,
        "level": properties.get("processing:level"),
        "gsd": properties.get("gsd"),
        "cloud": properties.get("eo:cloud_cover"),
        "off_nadir": properties.get("view:off_nadir"),
        "acquired": properties.get("datetime") or _between(properties),
    }


def _between(properties: dict[str, Any]) -> str | None:
    """What start and end have in common, of an item without one time."""
    ends = [properties.get(name) for name in ("start_datetime", "end_datetime")]
    start, end = (iso_moment(text) if isinstance(text, str) else None for text in ends)
    return common_moment(start, end) if start and end else None
