"""The blocks of an archive in PostgreSQL: chips with their embeddings, written and read many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.blocks import (
    checked_keys,
    checked_vectors,
    checksum_of,
    chips_of,
    damaged_block,
    ids_taken,
    split_levels,
)
from frors_qgis.engine.archive.chips import chip_records
from frors_qgis.engine.archive.postgis.connection import Cursor
from frors_qgis.engine.archive.postgis.rows import (
    FLOAT,
    INTEGER,
    READ_POLYGON,
    WHOLE,
    decode_polygons,
    decode_vectors,
    encode_polygons,
    encode_vectors,
    read_rows,
    vector_type,
    write_rows,
)
from frors_qgis.engine.archive.postgis.shards import (
    Removal,
    not_removed,
    note_removal,
    select_removals,
    select_shards,
    shard_of_batch,
)
from frors_qgis.engine.archive.records import Batch, BatchKey, ChipRecord, NewChips, StoredBlock
from frors_qgis.protocol import EngineError, ErrorCode

_CHIPS = """
SELECT fid, raster, "column", "row", width, height, gsd, cells::bigint, valid, ST_AsBinary(geom, 'NDR') FROM chips
WHERE fid = ANY(%(ids)s::bigint[]) AND {seen}
"""
_WINDOW = ("column", "row", "width", "height")
_CHIP_COLUMNS = {
    **{"fid": WHOLE, "raster": WHOLE},
    **dict.fromkeys((*_WINDOW, "gsd"), FLOAT),
    **{"cells": WHOLE, "valid": FLOAT},
}
_VECTORS = "SELECT fid, embedding FROM chips WHERE fid = ANY(%(ids)s::bigint[]) AND {seen}"
_LEVELS_AND_VECTORS = """
SELECT gsd, cells, embedding FROM chips WHERE fid BETWEEN %(first)s AND %(last)s AND raster = %(raster)s ORDER BY fid
"""
_BATCH = "SELECT id, first_chip, raster, count, checksum, block FROM batches "
_COUNT_LEVEL = """
INSERT INTO levels VALUES (%s, %s, %s, %s)
ON CONFLICT (raster, gsd, cells) DO UPDATE SET chips = levels.chips + EXCLUDED.chips
"""
_RECOUNT_LEVELS = """
INSERT INTO levels SELECT raster, gsd, cells, COUNT(*) FROM chips WHERE raster = %s AND {seen}
GROUP BY raster, gsd, cells
"""
_CLEAR = """
DELETE FROM batches WHERE raster = %s AND block >= %s AND block < %s RETURNING first_chip, first_chip + count
"""
_DELETE = "DELETE FROM chips_0 WHERE raster = %s AND fid >= %s AND fid < %s"
_STRAY = "DELETE FROM chips_{shard} WHERE fid > %s"


class Counters(NamedTuple):
    """How often chips were removed, and the last ids given: they are never given again."""

    removals: int
    raster: int
    batch: int
    chip: int


def lock_counters(cursor: Cursor) -> Counters:
    """The counters, which nobody else may change before this transaction ends: so one at a time writes."""
    cursor.execute("SELECT removals, last_raster, last_batch, last_chip FROM counters FOR UPDATE")
    return Counters(*cursor.fetchone())


def read_counters(cursor: Cursor) -> Counters:
    """The counters."""
    cursor.execute("SELECT removals, last_raster, last_batch, last_chip FROM counters")
    return Counters(*cursor.fetchone())


def write_counters(cursor: Cursor, counters: Counters) -> None:
    """Writes all counters, which the transaction has locked."""
    cursor.execute("UPDATE counters SET removals = %s, last_raster = %s, last_batch = %s, last_chip = %s", counters)


def insert_block(
    cursor: Cursor, raster_id: int, block: int, chips: NewChips, dimension: int, first_chip: int | None = None
) -> None:
    """Writes the chips of one block, which may be none. first_chip: their first id; None: the next that is free.

    `Archive.write_block` and `Archive.restore_block` say what is raised.
    """
    vectors = checked_vectors(chips, dimension)
    counters = lock_counters(cursor)
    cursor.execute("SELECT 1 FROM batches WHERE raster = %s AND block = %s", (raster_id, block))
    if cursor.fetchone() is not None:
        raise EngineError(
            ErrorCode.BAD_REQUEST, f"Block {block} of raster {raster_id} is in the archive: clear the raster first."
        )
    count = len(chips)
    first = counters.chip + 1 if first_chip is None else first_chip
    if first_chip is not None:
        cursor.execute("SELECT 1 FROM chips WHERE fid >= %s AND fid < %s LIMIT 1", (first, first + count))
        if cursor.fetchone() is not None:
            raise ids_taken(raster_id, block)
    if count:
        shard = shard_of_batch(select_shards(cursor), counters.batch + 1)
        columns = {
            "fid": np.arange(first, first + count).astype(WHOLE),
            "geom": encode_polygons(chips.footprints),
            "raster": np.full(count, raster_id, WHOLE),
            **{name: chips.windows[:, at].astype(FLOAT) for at, name in enumerate(_WINDOW)},
            "gsd": chips.gsd.astype(FLOAT),
            "cells": chips.cells.astype(INTEGER),
            "valid": chips.valid.astype(FLOAT),
            "embedding": encode_vectors(vectors),
            "shard": np.full(count, shard, INTEGER),
        }
        if shard:  # what a failed transaction left there
            cursor.execute(_STRAY.format(shard=shard), (counters.chip,))
        write_rows(cursor, f"chips_{shard}", columns)
        levels, counts = np.unique(np.stack([chips.gsd, chips.cells], axis=1), axis=0, return_counts=True)
        for (gsd, cells), number in zip(levels.tolist(), counts.tolist(), strict=True):
            cursor.execute(_COUNT_LEVEL, (raster_id, gsd, int(cells), number))
    checksum = checksum_of(raster_id, block, first, count, dimension, vectors.tobytes())
    values = (counters.batch + 1, raster_id, block, first, count, checksum)
    cursor.execute("INSERT INTO batches VALUES (%s, %s, %s, %s, %s, %s)", values)
    last = max(counters.chip, first + count - 1)
    write_counters(cursor, counters._replace(batch=counters.batch + 1, chip=last))


def delete_blocks(cursor: Cursor, raster_id: int) -> int:
    """Removes a raster's chips, those on shards from being read; returns how many went."""
    counters = lock_counters(cursor)
    cursor.execute("SELECT COALESCE(SUM(chips), 0)::bigint FROM levels WHERE raster = %s", (raster_id,))
    removed = int(cursor.fetchone()[0])
    _delete(cursor, Removal(raster_id, 0, counters.chip + 1))
    cursor.execute("DELETE FROM batches WHERE raster = %s", (raster_id,))
    cursor.execute("DELETE FROM levels WHERE raster = %s", (raster_id,))
    write_counters(cursor, counters._replace(removals=counters.removals + 1))
    return removed


def delete_some_blocks(cursor: Cursor, raster_id: int, blocks: range) -> int:
    """Removes those of a raster's blocks whose numbers lie in a range, as `delete_blocks` does."""
    counters = lock_counters(cursor)
    cursor.execute(_CLEAR, (raster_id, blocks.start, blocks.stop))
    cleared = [Removal(raster_id, first, beyond) for first, beyond in cursor.fetchall()]
    for removal in cleared:
        _delete(cursor, removal)
    removed = sum(removal.beyond - removal.first for removal in cleared)
    cursor.execute("DELETE FROM levels WHERE raster = %s", (raster_id,))
    cursor.execute(_RECOUNT_LEVELS.format(seen=not_removed(select_removals(cursor))), (raster_id,))
    write_counters(cursor, counters._replace(removals=counters.removals + 1))
    return removed


def _delete(cursor: Cursor, removal: Removal) -> None:
    cursor.execute(_DELETE, removal)
    note_removal(cursor, removal)


def select_keys(cursor: Cursor) -> list[BatchKey]:
    """The keys of all batches that have chips, by id. Raises EngineError(ARCHIVE_DAMAGED) where they cannot be."""
    cursor.execute("SELECT id, first_chip, raster, count, checksum FROM batches WHERE count != 0 ORDER BY first_chip")
    return checked_keys(cursor.fetchall())


def select_blocks(cursor: Cursor, raster_id: int) -> set[int]:
    """The numbers of a raster's finished blocks."""
    cursor.execute("SELECT block FROM batches WHERE raster = %s", (raster_id,))
    return {block for (block,) in cursor.fetchall()}


def select_block_keys(cursor: Cursor, raster_id: int) -> dict[int, BatchKey]:
    """The keys of a raster's blocks by their numbers, also of those without chips."""
    cursor.execute(_BATCH + "WHERE raster = %s", (raster_id,))
    return {block: BatchKey(*key) for *key, block in cursor.fetchall()}


def select_block(cursor: Cursor, raster_id: int, block: int, dimension: int) -> StoredBlock | None:
    """All that is kept of a block's chips; None where it is not there. Raises EngineError(ARCHIVE_DAMAGED)."""
    key = select_block_keys(cursor, raster_id).get(block)
    batch = None if key is None else select_batch(cursor, key.id, dimension)
    if key is None or batch is None:
        return None
    chips = select_chips(cursor, range(key.first_chip, key.first_chip + key.chips))
    names = (*_WINDOW, "gsd", "cells", "valid")
    numbers = np.array([[getattr(chip, name) for name in names] for chip in chips], np.float64).reshape(-1, 7)
    footprints = np.array([chip.footprint for chip in chips], np.float64).reshape(-1, 4, 2)
    return StoredBlock(key.first_chip, chips_of(numbers, footprints, batch.vectors))


def select_batch(cursor: Cursor, batch_id: int, dimension: int) -> Batch | None:
    """A batch by its id; None when it is gone. Raises EngineError(ARCHIVE_DAMAGED)."""
    cursor.execute(_BATCH + "WHERE id = %s", (batch_id,))
    row = cursor.fetchone()
    if row is None:
        return None
    *numbers, block = row
    key = BatchKey(*numbers)
    values = {"first": key.first_chip, "last": key.first_chip + key.chips - 1, "raster": key.raster_id}
    columns = {"gsd": FLOAT, "cells": INTEGER, "embedding": vector_type(dimension)}
    try:
        rows = read_rows(cursor, _LEVELS_AND_VECTORS, values, columns)
    except ValueError as error:
        raise damaged_block(key, f"cannot be read ({error})") from error
    if len(rows) != key.chips:
        raise damaged_block(key, f"has {len(rows)} vectors for {key.chips} chips")
    vectors = decode_vectors(rows["embedding"])
    if checksum_of(key.raster_id, block, key.first_chip, key.chips, dimension, vectors.tobytes()) != key.checksum:
        raise damaged_block(key, "fails its checksum")
    levels = np.stack([rows["gsd"].astype(np.float64), rows["cells"].astype(np.float64)], axis=1)
    return Batch(key, vectors, *split_levels(key, levels))


def select_chips(cursor: Cursor, ids: Sequence[int]) -> list[ChipRecord]:
    """The chips in the order asked. Raises EngineError: CHIP_UNKNOWN, ARCHIVE_DAMAGED."""
    wanted = [int(chip_id) for chip_id in ids]
    try:
        chips = _CHIPS.format(seen=not_removed(select_removals(cursor)))
        rows = read_rows(cursor, chips, {"ids": wanted}, _CHIP_COLUMNS | {"geom": READ_POLYGON})
        footprints = decode_polygons(rows["geom"])
    except ValueError as error:
        raise EngineError(
            ErrorCode.ARCHIVE_DAMAGED, f"Some chips are damaged ({error}): verify the archive."
        ) from error
    numbers = zip(*(rows[name].tolist() for name in _CHIP_COLUMNS), strict=True)
    return chip_records(numbers, footprints, wanted)


def select_vectors(cursor: Cursor, ids: Sequence[int], dimension: int) -> dict[int, npt.NDArray[np.float16]]:
    """The vectors [d] of chips by id, of those that are there."""
    query = _VECTORS.format(seen=not_removed(select_removals(cursor)))
    wanted = [int(chip_id) for chip_id in ids]
    rows = read_rows(cursor, query, {"ids": wanted}, {"fid": WHOLE, "embedding": vector_type(dimension)})
    return dict(zip(rows["fid"].tolist(), decode_vectors(rows["embedding"]), strict=True))
