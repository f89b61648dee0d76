"""The blocks of an archive: chips and their embeddings, written and read many at a time.

A row of `embeddings` holds the vectors of one block as float16, for chips with consecutive ids.
"""

from __future__ import annotations

import json
import sqlite3
import struct
import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.geopackage import decode_polygons, encode_polygons
from frors_qgis.engine.archive.records import Batch, BatchKey, NewChips, StoredBlock
from frors_qgis.protocol import EngineError, ErrorCode

_LARGEST_ID = 2**53
_HALF_MAX = 65504.0
_LEVEL_BOUNDS = ((1e-6, 1e9), (1, 1 << 20))  # of a GSD in metres and of a window's cells; wider than can be
_ROW = "SELECT id, raster, block, first_chip, count, dimension, checksum, data FROM embeddings "
_VECTORS = """
SELECT chip.value, substr(data, 1 + (chip.value - first_chip) * :size, :size) FROM json_each(:ids) AS chip
JOIN embeddings ON first_chip = (SELECT MAX(first_chip) FROM embeddings WHERE first_chip <= chip.value AND count > 0)
WHERE chip.value < first_chip + count AND count > 0
"""
_INSERT_CHIP = "INSERT INTO chips VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_GROW_EXTENT = """
UPDATE gpkg_contents SET min_x = MIN(COALESCE(min_x, :west), :west), min_y = MIN(COALESCE(min_y, :south), :south),
    max_x = MAX(COALESCE(max_x, :east), :east), max_y = MAX(COALESCE(max_y, :north), :north),
    last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'chips'
"""
_RECOMPUTE_EXTENT = """
UPDATE gpkg_contents SET (min_x, min_y, max_x, max_y) =
    (SELECT MIN(minx), MIN(miny), MAX(maxx), MAX(maxy) FROM rtree_chips_geom),
    last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'chips'
"""

_TAKEN = "SELECT 1 FROM chips WHERE fid >= ? AND fid < ? LIMIT 1"
_BLOCK = """
SELECT "column", "row", width, height, gsd, cells, valid, geom FROM chips
WHERE raster = ? AND fid BETWEEN ? AND ? ORDER BY fid
"""
_RESERVE = "UPDATE sqlite_sequence SET seq = MAX(seq, :last) WHERE name = 'chips'"
_RESERVE_FIRST = (
    "INSERT INTO sqlite_sequence SELECT 'chips', :last WHERE NOT EXISTS "
    "(SELECT 1 FROM sqlite_sequence WHERE name = 'chips')"
)

_COUNT_LEVEL = """
INSERT INTO levels VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET chips = chips + excluded.chips
"""
_RECOUNT_LEVELS = """
INSERT INTO levels SELECT raster, gsd, cells, COUNT(*) FROM chips WHERE raster = ? GROUP BY gsd, cells
"""

EmbeddingRow = tuple[int, int, int, int, int, int, int, bytes]


def insert_block(
    connection: sqlite3.Connection,
    raster_id: int,
    block: int,
    chips: NewChips,
    dimension: int,
    first_chip: int | None = None,
) -> None:
    """Write the chips of one block, which may be none. first_chip: their first id; None: the next that is free.

    Raises EngineError: BAD_REQUEST for a block that is there already, or ids that are, INTERNAL for arrays that cannot
    be chips (shape, NaN, out of range).
    """
    vectors = checked_vectors(chips, dimension)
    known = connection.execute("SELECT 1 FROM embeddings WHERE raster = ? AND block = ?", (raster_id, block)).fetchone()
    if known is not None:
        raise EngineError(
            ErrorCode.BAD_REQUEST, f"Block {block} of raster {raster_id} is in the archive: clear the raster first."
        )
    before = _feature_count(connection)
    first = _last_id(connection) + 1 if first_chip is None else first_chip
    if first_chip is not None and connection.execute(_TAKEN, (first, first + len(chips))).fetchone() is not None:
        raise ids_taken(raster_id, block)
    if first + len(chips) > _LARGEST_ID:
        raise EngineError(ErrorCode.ARCHIVE_DAMAGED, "The archive's chip ids are used up: index into a new archive.")
    connection.executemany(
        _INSERT_CHIP,
        zip(
            range(first, first + len(chips)),
            encode_polygons(chips.footprints),
            [raster_id] * len(chips),
            *chips.windows.T.tolist(),
            chips.gsd.tolist(),
            chips.cells.tolist(),
            chips.valid.tolist(),
            strict=True,
        ),
    )
    data = vectors.tobytes()
    checksum = checksum_of(raster_id, block, first, len(chips), dimension, data)
    connection.execute(
        "INSERT INTO embeddings (raster, block, first_chip, count, dimension, checksum, data) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (raster_id, block, first, len(chips), dimension, checksum, data),
    )
    if len(chips):
        _set_feature_count(connection, before + len(chips))
        levels, counts = np.unique(np.stack([chips.gsd, chips.cells], axis=1), axis=0, return_counts=True)
        for (gsd, cells), count in zip(levels.tolist(), counts.tolist(), strict=True):
            connection.execute(_COUNT_LEVEL, (raster_id, gsd, int(cells), count))
        (west, south), (east, north) = chips.footprints.min(axis=(0, 1)), chips.footprints.max(axis=(0, 1))
        connection.execute(
            _GROW_EXTENT, {"west": float(west), "south": float(south), "east": float(east), "north": float(north)}
        )


def delete_blocks(connection: sqlite3.Connection, raster_id: int) -> int:
    """Remove a raster's chips and embeddings; returns how many chips went. Their ids are never used again.

    It looks through all chips instead of trusting `embeddings`, so that removing a raster also mends a damaged archive.
    """
    before = _feature_count(connection)
    removed = connection.execute("DELETE FROM chips WHERE raster = ?", (raster_id,)).rowcount
    connection.execute("DELETE FROM embeddings WHERE raster = ?", (raster_id,))
    connection.execute("DELETE FROM levels WHERE raster = ?", (raster_id,))
    _note_removal(connection, before - removed)
    return removed


def delete_some_blocks(connection: sqlite3.Connection, raster_id: int, blocks: range) -> int:
    """Remove those of a raster's blocks whose numbers lie in a range; returns how many chips went."""
    before = _feature_count(connection)
    where = (raster_id, blocks.start, blocks.stop)
    rows = connection.execute(
        "SELECT first_chip, count FROM embeddings WHERE raster = ? AND block >= ? AND block < ?", where
    ).fetchall()
    removed = 0
    for first, count in rows:
        deleted = connection.execute("DELETE FROM chips WHERE fid >= ? AND fid < ?", (first, first + count))
        removed += deleted.rowcount
    connection.execute("DELETE FROM embeddings WHERE raster = ? AND block >= ? AND block < ?", where)
    connection.execute("DELETE FROM levels WHERE raster = ?", (raster_id,))
    connection.execute(_RECOUNT_LEVELS, (raster_id,))
    _note_removal(connection, before - removed)
    return removed


def select_blocks(connection: sqlite3.Connection, raster_id: int) -> set[int]:
    """The numbers of a raster's finished blocks."""
    return {block for (block,) in connection.execute("SELECT block FROM embeddings WHERE raster = ?", (raster_id,))}


def select_block_keys(connection: sqlite3.Connection, raster_id: int) -> dict[int, BatchKey]:
    """The keys of a raster's blocks by their numbers, also of those without chips."""
    rows = connection.execute(
        "SELECT block, id, first_chip, raster, count, checksum FROM embeddings WHERE raster = ?", (raster_id,)
    )
    return {block: BatchKey(*key) for block, *key in rows}


def select_block(connection: sqlite3.Connection, raster_id: int, block: int, dimension: int) -> StoredBlock | None:
    """All that is kept of a block's chips; None where it is not there. Raises EngineError(ARCHIVE_DAMAGED)."""
    row: EmbeddingRow | None = connection.execute(
        _ROW + "WHERE raster = ? AND block = ?", (raster_id, block)
    ).fetchone()
    if row is None:
        return None
    vectors = decode_row(row, dimension)
    first, count = row[3], row[4]
    rows = connection.execute(_BLOCK, (raster_id, first, first + count - 1)).fetchall()
    footprints = decode_polygons([chip[-1] for chip in rows])
    if len(rows) != count:
        raise damaged_block(row, f"has {count} vectors for {len(rows)} chips")
    try:
        numbers = np.array([chip[:-1] for chip in rows], np.float64).reshape(count, 7)
    except (TypeError, ValueError):
        raise damaged_block(row, "is of the wrong type") from None
    return StoredBlock(first, chips_of(numbers, footprints, vectors))


def chips_of(
    numbers: npt.NDArray[np.float64], footprints: npt.NDArray[np.float64], vectors: npt.NDArray[np.float16]
) -> NewChips:
    """Chips of numbers [n, 7] (column, row, width, height, gsd, cells, valid), footprints [n, 4, 2], vectors [n, d]."""
    return NewChips(
        windows=numbers[:, :4],
        gsd=numbers[:, 4],
        cells=numbers[:, 5].astype(np.int32),
        valid=numbers[:, 6].astype(np.float32),
        footprints=footprints,
        vectors=vectors.astype(np.float32),
    )


def reserve_ids(connection: sqlite3.Connection, last_chip: int) -> None:
    """No chip gets an id up to this one any more."""
    connection.execute(_RESERVE, {"last": last_chip})
    connection.execute(_RESERVE_FIRST, {"last": last_chip})


def ids_taken(raster_id: int, block: int) -> EngineError:
    """The error for a block whose chips would get ids of others."""
    return EngineError(
        ErrorCode.BAD_REQUEST, f"Chips with the ids of block {block} of raster {raster_id} are in the archive already."
    )


def select_keys(connection: sqlite3.Connection) -> list[BatchKey]:
    """The keys of all batches that have chips, by id. Raises EngineError(ARCHIVE_DAMAGED) where they cannot be."""
    rows = connection.execute(
        "SELECT id, first_chip, raster, count, checksum FROM embeddings WHERE count != 0 ORDER BY first_chip"
    ).fetchall()
    return checked_keys(rows)


def checked_keys(rows: Sequence[Sequence[int]]) -> list[BatchKey]:
    """The keys by id, of rows in the order of their first chips. Raises EngineError(ARCHIVE_DAMAGED)."""
    free = 1
    for row in rows:
        if not all(isinstance(number, int) for number in row) or not 0 < row[3] <= _LARGEST_ID - row[1]:
            raise damaged_block(row, "claims chips that cannot be")
        if row[1] < free:
            raise damaged_block(row, "claims the chips of another one")
        free = row[1] + row[3]
    return sorted(BatchKey(*row) for row in rows)


def next_row(connection: sqlite3.Connection, after: int) -> EmbeddingRow | None:
    """The first row of `embeddings` with an id > `after`."""
    row: EmbeddingRow | None = connection.execute(_ROW + "WHERE id > ? ORDER BY id LIMIT 1", (after,)).fetchone()
    return row


def row_of_batch(connection: sqlite3.Connection, batch_id: int) -> EmbeddingRow | None:
    """A row of `embeddings` by its id."""
    row: EmbeddingRow | None = connection.execute(_ROW + "WHERE id = ?", (batch_id,)).fetchone()
    return row


def row_of_chip(connection: sqlite3.Connection, chip_id: int) -> EmbeddingRow | None:
    """The row of `embeddings` that should hold a chip, if there is one."""
    row: EmbeddingRow | None = connection.execute(
        _ROW + "WHERE first_chip <= :chip AND :chip < first_chip + count ORDER BY first_chip DESC LIMIT 1",
        {"chip": chip_id},
    ).fetchone()
    return row


def decode_row(row: EmbeddingRow, dimension: int) -> npt.NDArray[np.float16]:
    """The vectors [n, d] of a row. Raises EngineError(ARCHIVE_DAMAGED) unless length, checksum and values are right."""
    *numbers, checksum, data = row
    if not all(isinstance(number, int) for number in numbers) or not isinstance(data, bytes):
        raise damaged_block(row, "is of the wrong type")
    _, raster_id, block, first, count, own_dimension = numbers
    if own_dimension != dimension or count < 0 or not 0 < first <= _LARGEST_ID or len(data) != 2 * count * dimension:
        raise damaged_block(row, "has the wrong length")
    if checksum != checksum_of(raster_id, block, first, count, dimension, data):
        raise damaged_block(row, "fails its checksum")
    vectors = np.frombuffer(data, "<f2").reshape(count, dimension)
    if not np.isfinite(vectors).all():
        raise damaged_block(row, "has values that are not finite")
    return vectors


def select_vectors(
    connection: sqlite3.Connection, ids: Sequence[int], dimension: int
) -> dict[int, npt.NDArray[np.float16]]:
    """The vectors [d] of chips by id, of those that are there. Raises EngineError(ARCHIVE_DAMAGED).

    Only their own bytes are read, so the checksums of their rows are not compared.
    """
    rows = connection.execute(_VECTORS, {"ids": json.dumps(list(ids)), "size": 2 * dimension}).fetchall()
    whole = [(chip, data) for chip, data in rows if isinstance(data, bytes) and len(data) == 2 * dimension]
    vectors = np.frombuffer(b"".join(data for _, data in whole), "<f2").reshape(len(whole), dimension)
    if len(whole) < len(rows) or not np.isfinite(vectors).all():
        raise EngineError(ErrorCode.ARCHIVE_DAMAGED, "Some embeddings are damaged: verify the archive.")
    return {chip: vector for (chip, _), vector in zip(whole, vectors, strict=True)}


def read_batch(connection: sqlite3.Connection, row: EmbeddingRow, dimension: int) -> Batch:
    """The batch of a row of `embeddings`, with the levels of its chips. Raises EngineError(ARCHIVE_DAMAGED)."""
    vectors = decode_row(row, dimension)
    number, raster_id, _, first, count, _, checksum, _ = row
    key = BatchKey(number, first, raster_id, count, checksum)
    return Batch(key, vectors, *read_levels(connection, key))


def has_batch(connection: sqlite3.Connection, key: BatchKey) -> bool:
    """Whether a batch is still there."""
    return connection.execute("SELECT 1 FROM embeddings WHERE id = ?", (key.id,)).fetchone() is not None


def read_levels(connection: sqlite3.Connection, key: BatchKey) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]:
    """GSD in metres and cells of the chips [n] of a batch. Raises EngineError(ARCHIVE_DAMAGED)."""
    chips = connection.execute(
        "SELECT gsd, cells FROM chips WHERE raster = ? AND fid BETWEEN ? AND ? ORDER BY fid",
        (key.raster_id, key.first_chip, key.first_chip + key.chips - 1),
    ).fetchall()
    if len(chips) != key.chips:
        raise damaged_block(key, f"has {key.chips} vectors for {len(chips)} chips")
    try:
        levels = np.array(chips, np.float64).reshape(key.chips, 2)
    except (TypeError, ValueError):
        raise damaged_block(key, "has chips without a level") from None
    return split_levels(key, levels)


def split_levels(
    key: BatchKey, levels: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]:
    """GSD and cells [n] of levels [n, 2]. Raises EngineError(ARCHIVE_DAMAGED) for those that cannot be."""
    least, most = np.array(_LEVEL_BOUNDS).T
    if not ((levels >= least) & (levels <= most)).all():  # NaN is not in them either
        raise damaged_block(key, "has chips without a level")
    return levels[:, 0].astype(np.float32), levels[:, 1].astype(np.int32)


def _note_removal(connection: sqlite3.Connection, left: int) -> None:
    connection.execute("UPDATE archive_info SET value = value + 1 WHERE key = 'removals'")
    _set_feature_count(connection, left)
    connection.execute(_RECOMPUTE_EXTENT)


def checked_vectors(chips: NewChips, dimension: int) -> npt.NDArray[np.float16]:
    """The vectors [n, d] as they are kept. Raises EngineError(INTERNAL) for arrays that cannot be chips."""
    count = len(chips)
    shapes = {
        "windows": (count, 4), "gsd": (count,), "cells": (count,), "valid": (count,), "footprints": (count, 4, 2),
        "vectors": (count, dimension),
    }  # fmt: skip
    for name, shape in shapes.items():
        array = getattr(chips, name)
        if array.shape != shape:
            raise EngineError(ErrorCode.INTERNAL, f"The chips' {name} are {array.shape} and should be {shape}.")
        if not np.isfinite(array).all():
            raise EngineError(ErrorCode.INTERNAL, f"The chips' {name} are not all finite numbers.")
    if (np.abs(chips.vectors) > _HALF_MAX).any():
        raise EngineError(ErrorCode.INTERNAL, "The chips' vectors are too long for 16 bits: normalise them.")
    if (chips.gsd <= 0).any() or (chips.cells <= 0).any():
        raise EngineError(ErrorCode.INTERNAL, "The chips' gsd and cells must be positive.")
    return chips.vectors.astype("<f2")


def checksum_of(raster_id: int, block: int, first: int, count: int, dimension: int, data: bytes) -> int:
    """Of the vectors of a block, as bytes, and of where they belong."""
    return zlib.crc32(data, zlib.crc32(struct.pack("<5q", raster_id, block, first, count, dimension)))


def _last_id(connection: sqlite3.Connection) -> int:
    (last,) = connection.execute(
        "SELECT CAST(COALESCE(MAX(seq), 0) AS INTEGER) FROM sqlite_sequence WHERE name = 'chips'"
    ).fetchone()
    return int(last)


def _feature_count(connection: sqlite3.Connection) -> int:
    """Chips in the table, as kept for GDAL; counted where another program has dropped the figure."""
    row = connection.execute(
        "SELECT CAST(feature_count AS INTEGER) FROM gpkg_ogr_contents WHERE table_name = 'chips'"
    ).fetchone()
    if row is None or row[0] is None:
        row = connection.execute("SELECT COUNT(*) FROM chips").fetchone()
    return int(row[0])


def _set_feature_count(connection: sqlite3.Connection, count: int) -> None:
    connection.execute("INSERT OR REPLACE INTO gpkg_ogr_contents VALUES ('chips', ?)", (count,))


def damaged_block(row: Sequence[object], what: str) -> EngineError:
    """The error for a block, of which the row or key begins with its number."""
    return EngineError(
        ErrorCode.ARCHIVE_DAMAGED,
        f"Embedding block {row[0]} {what}: restore the archive from a copy, or remove its raster and index it again.",
    )
