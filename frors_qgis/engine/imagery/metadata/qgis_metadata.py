"""What the metadata say that a QGIS user has saved for a layer."""

from __future__ import annotations

from pathlib import Path

from frors_qgis.engine.acquisition.dates import common_moment, iso_moment
from frors_qgis.engine.acquisition.facts import Fact, facts_of
from frors_qgis.engine.imagery.metadata.beside import read_xml


def qgis_facts(path: Path) -> list[Fact]:
    """The temporal extent in RASTER.qmd: an instant, or what both ends of a period have in common."""
    texts = read_xml(path.with_suffix(".qmd"))
    instant = texts.get("instant")
    start, end = iso_moment(texts.get("start", "")), iso_moment(texts.get("end", ""))
    common = common_moment(start, end) if start and end else None
    return facts_of("qmd", {"acquired": instant or common})
