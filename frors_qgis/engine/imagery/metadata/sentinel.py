"""What the SAFE product that a raster lies in says of it."""

from __future__ import annotations

from pathlib import Path, PurePath

from frors_qgis.engine.acquisition.facts import Fact, facts_of
from frors_qgis.engine.imagery.metadata.beside import number_in, read_xml
from frors_qgis.engine.imagery.metadata.file_name import product_values

_DEPTH = 6
_FILES = ("MTD_MSIL2A.xml", "MTD_MSIL1C.xml")


def safe_facts(path: PurePath, *, is_local: bool) -> list[Fact]:
    """The facts of the product's metadata file and, for what that lacks, of its folder's name.

    is_local: whether files beside the raster may be looked for.
    """
    folders = list(path.parents)[:_DEPTH]
    safe = next((folder for folder in folders if folder.suffix.upper() == ".SAFE"), None)
    facts = _of_file(Path(safe or path.parent)) if is_local else []
    return facts if safe is None else facts + facts_of("safe", product_values(safe.stem))


def _of_file(folder: Path) -> list[Fact]:
    for name in _FILES:
        texts = read_xml(folder / name)
        if texts:
            values = {
                "platform": texts.get("SPACECRAFT_NAME"),
                "sensor": "msi",
                "level": texts.get("PROCESSING_LEVEL"),
                "cloud": number_in(texts.get("Cloud_Coverage_Assessment")),
                "acquired": texts.get("DATATAKE_SENSING_START", texts.get("PRODUCT_START_TIME")),
            }
            return facts_of("safe", values)
    return []
