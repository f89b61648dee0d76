"""All that can be told of a raster's acquisition, each fact with its source."""

from __future__ import annotations

from pathlib import PurePath

from frors_qgis.engine.acquisition.facts import Fact, Facts, facts_of
from frors_qgis.engine.imagery.metadata.beside import local_path
from frors_qgis.engine.imagery.metadata.envi import envi_facts
from frors_qgis.engine.imagery.metadata.file_name import name_facts
from frors_qgis.engine.imagery.metadata.landsat import landsat_facts
from frors_qgis.engine.imagery.metadata.qgis_metadata import qgis_facts
from frors_qgis.engine.imagery.metadata.sentinel import safe_facts
from frors_qgis.engine.imagery.metadata.stac import stac_facts
from frors_qgis.engine.imagery.metadata.tags import RasterMetadata
from frors_qgis.engine.imagery.raster import Raster


def read_facts(raster: Raster) -> Facts:
    """The facts about a raster: its place, its tags, files beside it, and its name.

    Files are looked for beside plain files of this computer only. Damaged ones say nothing.
    """
    facts = facts_of("raster", {"place": raster.place()}) + _tag_facts(raster.metadata)
    path = local_path(raster.path)
    if path is not None:
        for read in (stac_facts, landsat_facts, envi_facts, qgis_facts):
            facts += read(path)
    name = PurePath(raster.path)
    return Facts.of(facts + safe_facts(path or name, is_local=path is not None) + name_facts(name.name))


def _tag_facts(metadata: RasterMetadata) -> list[Fact]:
    said = {name: getattr(metadata, name) for name in ("platform", "sensor", "level", "cloud", "off_nadir")}
    date = facts_of("written" if metadata.only_written else "tags", {"acquired": metadata.acquired})
    return facts_of("tags", said) + date
