"""What the engine's methods answer, as JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from frors_qgis.engine.acquisition.facts import Facts
from frors_qgis.engine.acquisition.template import to_sentence
from frors_qgis.engine.archive.acquisitions import record_acquisition, record_facts
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.foreign import is_foreign
from frors_qgis.engine.archive.raster_files import raster_file
from frors_qgis.engine.archive.records import RasterRecord
from frors_qgis.engine.archive_access import has_installed_encoder
from frors_qgis.engine.georeferences import record_crs, record_georeference
from frors_qgis.engine.imagery.windows import PixelWindow
from frors_qgis.engine.reindexing import reindexing_of
from frors_qgis.engine.search.query import Match
from frors_qgis.protocol import EngineError


def error_json(error: EngineError) -> dict[str, Any]:
    """An error that concerns one raster of several."""
    return {"code": error.code.value, "message": error.message}


def archive_json(archive: Archive) -> dict[str, Any]:
    """What an archive holds; a raster whose file is gone is "missing", whatever its record says.

    "acquisition" of a raster has the fields that are known, "conflicts" a sentence for each two sources that disagree.

    "foreign": whether it was imported from another project's files, so that it is searched by its chips only.
    "reindexing" says how to make a new archive of its rasters; null while the encoder that made it is installed, and
    for foreign archives.
    """
    records = archive.rasters()
    rasters = []
    for record in records:
        path, present = raster_file(archive, record)
        rasters.append(
            {
                "id": record.id,
                "path": path,
                "state": record.state if present else "missing",
                "reason": record.reason if present else f"The file {record.path} is not there.",
                "chips": archive.chip_count(record.id),
                "gsd": record.gsd,
                "crs": record_crs(record),
                "acquired": record.acquired,
                "acquisition": record_acquisition(record).to_json(),
                "conflicts": [conflict.sentence for conflict in record_facts(record).conflicts()],
            }
        )
    available = has_installed_encoder(archive)
    return {
        "path": archive.location,
        "encoder": archive.encoder,
        "encoder_available": available,
        "foreign": is_foreign(archive),
        "reindexing": None if available or is_foreign(archive) else reindexing_of(archive).to_json(),
        "dimension": archive.dimension,
        "chips": archive.chip_count(),
        "bytes": archive.size_bytes(),
        "levels": [
            {"gsd": level.gsd, "cells": level.cells, "ground_size": level.ground_size, "chips": level.chips}
            for level in archive.levels()
        ],
        "rasters": rasters,
        "queries": [query._asdict() for query in archive.saved_queries()],
    }


def raster_json(archive: Archive, record: RasterRecord) -> dict[str, Any]:
    """What is known of one raster's acquisition, which source says what, and where sources disagree."""
    return {"id": record.id, "path": raster_file(archive, record)[0]} | facts_json(record_facts(record))


def facts_json(facts: Facts) -> dict[str, Any]:
    """What is known of an acquisition, which source says what, and where sources disagree."""
    return {
        "acquisition": facts.acquisition.to_json(),
        "sources": {name: fact.source for name, fact in facts.used().items()},
        "facts": facts.to_json(),
        "conflicts": [
            {"used": one.used.to_json(), "other": one.other.to_json(), "sentence": one.sentence}
            for one in facts.conflicts()
        ],
        "sentence": to_sentence(facts.acquisition),
    }


def matches_json(archive: Archive, matches: Sequence[Match], crs: str | None) -> list[dict[str, Any]]:
    """Matches with their bounds in `crs` (None: each in its raster's own).

    Raises EngineError(RASTER_UNKNOWN) for a chip of a raster that the archive does not have.
    """
    records = {record.id: record for record in archive.rasters()}
    used = {match.chip.raster_id for match in matches}
    for stray in used - set(records):
        archive.raster(stray)  # refuses
    taken = {id_: record_acquisition(records[id_]).acquired for id_ in used}
    places = {id_: (record_georeference(records[id_]), crs or record_crs(records[id_])) for id_ in used}
    files = {id_: raster_file(archive, records[id_])[0] for id_ in used}
    described = []
    for match in matches:
        chip = match.chip
        place, target = places[chip.raster_id]
        window = PixelWindow(chip.column, chip.row, chip.width, chip.height)
        described.append(
            {
                "rank": match.rank,
                "score": match.score,
                "chip": chip.id,
                "raster": files[chip.raster_id],
                "raster_id": chip.raster_id,
                "bounds": list(place.bounds(window, target)),
                "crs": target,
                "footprint": [list(corner) for corner in chip.footprint],
                "acquired": (taken[chip.raster_id] or "")[:10] or None,
                "gsd": chip.gsd,
                "cells": chip.cells,
                "ground_size": chip.ground_size,
            }
        )
    return described
