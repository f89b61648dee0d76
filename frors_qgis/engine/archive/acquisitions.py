"""What an archive knows of how its rasters were taken: facts with their sources, under one key of their metadata."""

from __future__ import annotations

from dataclasses import replace

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.facts import Fact, Facts, facts_of
from frors_qgis.engine.archive.records import RasterRecord

_KEY = "acquisition"
"""In small letters, so that no tag of a raster, whose names are kept in large ones, can be taken for it."""

_COLUMNS = ("platform", "sensor", "acquired", "cloud")


def record_facts(record: RasterRecord) -> Facts:
    """The facts about a raster; of an archive of an earlier version its columns, which came from tags."""
    stored = record.metadata.get(_KEY)
    if isinstance(stored, list):
        facts = Facts.from_json(stored)
    else:
        facts = Facts.of(facts_of("tags", {name: getattr(record, name) for name in _COLUMNS}))
    return Facts.of([*facts.facts, *facts_of("raster", {"gsd": record.gsd})])


def record_acquisition(record: RasterRecord) -> Acquisition:
    """What is known of a raster's acquisition; `gsd` is always known, metres on the ground unless the user says so."""
    return record_facts(record).acquisition


def with_facts(record: RasterRecord, facts: Facts) -> RasterRecord:
    """A record with these facts, and with columns that tell the ones used: `acquired` only where the day is known."""
    kept = [fact for fact in facts.facts if not _is_the_records_own(fact)]
    known = facts.acquisition
    return replace(
        record,
        platform=known.platform,
        sensor=known.sensor,
        acquired=known.acquired[:10] if known.acquired and len(known.acquired) >= 10 else None,
        cloud=known.cloud,
        metadata=record.metadata | {_KEY: Facts(tuple(kept)).to_json()},
    )


def with_users_word_of(record: RasterRecord, other: RasterRecord) -> RasterRecord:
    """A record of a raster that was read anew, with what the user has said of it before."""
    return with_facts(record, record_facts(record).with_user_of(record_facts(other)))


def _is_the_records_own(fact: Fact) -> bool:
    return (fact.source, fact.field) == ("raster", "gsd")
