"""What the header of an ENVI raster says of it."""

from __future__ import annotations

from pathlib import Path

from frors_qgis.engine.acquisition.facts import Fact, facts_of
from frors_qgis.engine.imagery.metadata.beside import assignments, number_in, read_text


def envi_facts(path: Path) -> list[Fact]:
    """The facts of RASTER.hdr or RASTER.img.hdr."""
    for candidate in (path.with_suffix(".hdr"), path.with_name(f"{path.name}.hdr")):
        text = read_text(candidate)
        if text is not None and text.startswith("ENVI"):
            keys = {name.lower(): value for name, value in assignments(text).items()}
            values = {
                "platform": keys.get("platform"),
                "sensor": keys.get("sensor type"),
                "cloud": number_in(keys.get("cloud cover")),
                "acquired": keys.get("acquisition time"),
            }
            return facts_of("envi", {name: value for name, value in values.items() if value != "Unknown"})
    return []
