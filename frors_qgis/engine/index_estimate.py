"""What indexing some rasters will take, before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from frors_qgis.engine.acquisition.facts import Facts, facts_of
from frors_qgis.engine.archive.acquisitions import record_facts
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.call import Call
from frors_qgis.engine.descriptions import error_json, facts_json
from frors_qgis.engine.imagery.metadata.sources import read_facts
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.indexing.plan import Levels, Plan
from frors_qgis.engine.indexing.run import surveyed
from frors_qgis.protocol import EngineError

_BYTES_PER_CHIP = 800
_BYTES_WITHOUT_CHIPS = 416 * 1024
"""What a new archive takes before anything is indexed into it."""


def estimate(
    path: str | None, rasters: Sequence[str], levels: Levels, seconds_per_chip: float, call: Call
) -> dict[str, Any]:
    """The answer to `plan`: of each raster its chips, how many of them are new to the archive, or why it is refused.

    Beside them stands what is known of its acquisition. path: the archive, there or not; None: a new one.
    `archive_error` says why nothing could be written there. Chips are counted as if every pixel were valid; those that
    are new by the share of blocks that the archive lacks.
    """
    archive, refusal = None, None
    try:
        archive = _opened(path)
    except EngineError as error:
        refusal = error_json(error)
    found = []
    try:
        for raster in rasters:
            call.check()
            try:
                found.append({"path": raster, "error": None} | _of_raster(archive, raster, levels))
            except EngineError as error:
                found.append({"path": raster, "error": error_json(error), "chips": 0, "new": 0})
    finally:
        if archive is not None:
            archive.close()
    new = sum(raster["new"] for raster in found)
    return {
        "rasters": found,
        "chips": new,
        "bytes": (_BYTES_WITHOUT_CHIPS if archive is None else 0) + new * _BYTES_PER_CHIP,
        "seconds": new * seconds_per_chip,
        "archive_error": refusal,
    }


def _opened(path: str | None) -> Archive | None:
    """The archive if it is there; raises what making it would raise if it is not."""
    if path is None:
        return None
    if Archive.exists(path):
        return Archive.open(path)
    Archive.require_room(path)
    return None


def _of_raster(archive: Archive | None, path: str, levels: Levels) -> dict[str, Any]:
    with Raster(path) as raster:
        plan, finished = (Plan(raster, levels), None) if archive is None else surveyed(archive, raster, levels)
        chips, blocks = plan.chip_count(), plan.missing(set())
        new = round(chips * plan.missing(finished or set()) / blocks)
        size = {"chips": chips, "new": new, "width": raster.width, "height": raster.height, "gsd": raster.gsd}
        return size | facts_json(_facts(archive, raster))


def _facts(archive: Archive | None, raster: Raster) -> Facts:
    """What is known of a raster's acquisition now, with what the user has said in the archive."""
    facts = Facts.of([*read_facts(raster).facts, *facts_of("raster", {"gsd": raster.gsd})])
    record = None if archive is None else archive.find_raster(raster.path)
    return facts if record is None else facts.with_user_of(record_facts(record))
