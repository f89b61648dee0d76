"""A whole archive in another place, in a file or a database, with the same ids; what was interrupted goes on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.queries import SavedQuery, SavedQueryEntry
from frors_qgis.engine.archive.rasters import is_virtual
from frors_qgis.engine.archive.records import BatchKey, Generation, NewChips, RasterRecord, StoredBlock
from frors_qgis.protocol import EngineError, ErrorCode

Progress = Callable[[int, int], None]
"""Called with how many chips are copied, of how many; may raise."""


class Source(Protocol):
    """What an archive can be copied from: another one, or a file to import; methods as `Archive` says."""

    id: str
    encoder: str
    encoder_sha256: str
    dimension: int

    def generation(self) -> Generation: ...
    def rasters(self) -> list[RasterRecord]: ...
    def raster_path(self, record: RasterRecord) -> Path: ...
    def block_keys(self, raster_id: int) -> dict[int, BatchKey]: ...
    def read_block(self, raster_id: int, block: int) -> StoredBlock | None: ...
    def saved_queries(self) -> list[SavedQueryEntry]: ...
    def saved_query(self, name: str) -> SavedQuery: ...
    def last_chip(self) -> int: ...


def open_copy(source: Source, target: str | Path) -> Archive:
    """A new archive for the copy, or the one in which a copy of this source was begun, open for writing.

    Raises EngineError: BAD_REQUEST where something else is there, and what `Archive.create` and `Archive.open` raise.
    """
    if not Archive.exists(target):
        return Archive.create(
            target,
            encoder=source.encoder,
            encoder_sha256=source.encoder_sha256,
            dimension=source.dimension,
            copied_from=source.id,
        )
    archive = Archive.open(target, writable=True)
    if archive.copied_from != source.id:
        archive.close()
        raise EngineError(
            ErrorCode.BAD_REQUEST, f"{archive.name} is there already and no copy that was begun: choose another name."
        )
    return archive


def copy_archive(source: Source, target: Archive, progress: Progress) -> int:
    """Brings all of the source into a target of `open_copy`; returns how many chips were copied now.

    Each block is read back and compared, by a checksum of all that is kept of its chips, before the next. Where the
    source changes meanwhile, so does the copy. Raises EngineError: ARCHIVE_DAMAGED where either cannot be read.
    """
    copied = 0
    while True:
        generation = source.generation()
        copied += _copy_once(source, target, progress)
        if source.generation() == generation:
            break
    for entry in source.saved_queries():
        target.save_query(source.saved_query(entry.name), replace=True)
    target.finish_copy(source.last_chip())
    return copied


def _copy_once(source: Source, target: Archive, progress: Progress) -> int:
    records = {record.id: record for record in source.rasters()}
    for record in target.rasters():
        if record.id is not None and record.id not in records:
            target.remove_raster(record.id)
    wanted: dict[tuple[int, int], BatchKey] = {}
    there: set[tuple[int, int]] = set()
    for number, record in records.items():
        if number is None:
            continue
        target.restore_raster(_placed(source, record))
        own = source.block_keys(number)
        wanted |= {(number, block): key for block, key in own.items()}
        for block, key in target.block_keys(number).items():
            if block in own and own[block][1:] == key[1:]:
                there.add((number, block))
            else:
                target.clear_blocks(number, range(block, block + 1))
    total, done, copied = sum(key.chips for key in wanted.values()), 0, 0
    for place, key in sorted(wanted.items(), key=lambda item: (item[1].first_chip, item[1].id)):  # as they were written
        progress(done, total)
        if place not in there:
            _copy_block(source, target, *place)
            copied += key.chips
        done += key.chips
    progress(total, total)
    return copied


def _copy_block(source: Source, target: Archive, raster_id: int, block: int) -> None:
    stored = source.read_block(raster_id, block)
    if stored is None:  # it was removed meanwhile
        return
    target.restore_block(raster_id, block, stored)
    written = target.read_block(raster_id, block)
    if (
        written is None
        or written.first_chip != stored.first_chip
        or _checksum(written.chips) != _checksum(stored.chips)
    ):
        raise EngineError(
            ErrorCode.ARCHIVE_DAMAGED, f"{target.name} does not give back what was written to it: check its disk."
        )


def _placed(source: Source, record: RasterRecord) -> RasterRecord:
    """A record with the path that the raster has now, which is relative to another place in the copy."""
    path = record.path if is_virtual(record.path) else str(source.raster_path(record))
    return replace(record, path=path, relative_path=None)


def _checksum(chips: NewChips) -> str:
    """SHA-256 of all that is kept of chips, to the last bit."""
    parts = (chips.windows, chips.gsd, chips.cells, chips.valid, chips.footprints, chips.vectors.astype(np.float16))
    return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()
