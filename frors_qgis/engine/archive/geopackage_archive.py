"""An archive in one GeoPackage, which is the truth; every index is a cache of it."""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive import blocks, chips, queries, rasters
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.blocks import delete_some_blocks
from frors_qgis.engine.archive.check import Check, go_on
from frors_qgis.engine.archive.chip_filter import Extent
from frors_qgis.engine.archive.chip_index import ChipIndex
from frors_qgis.engine.archive.connection import (
    absolute,
    connect,
    connect_new,
    reading,
    release,
    start_log,
    transaction,
    writing,
)
from frors_qgis.engine.archive.drafts import draft_of
from frors_qgis.engine.archive.information import ArchiveInformation, read_information, read_removals
from frors_qgis.engine.archive.queries import SavedQuery, SavedQueryEntry
from frors_qgis.engine.archive.records import (
    Batch,
    BatchKey,
    ChipRecord,
    Generation,
    Level,
    NewChips,
    RasterRecord,
    StoredBlock,
    ground_sizes,
)
from frors_qgis.engine.archive.schema import FORMAT_VERSION, create_tables
from frors_qgis.engine.archive.verification import find_problems
from frors_qgis.engine.archive.writer_lock import WriterLock
from frors_qgis.protocol import EngineError, ErrorCode


class GeoPackageArchive(Archive):
    """One connection to the file of an archive."""

    def __init__(
        self, path: Path, connection: sqlite3.Connection, information: ArchiveInformation, writable: bool
    ) -> None:
        """For `create` and `open`."""
        self.path = path
        self.location, self.name, self.stem = str(path), path.name, path.stem
        self.id = information.id
        self.encoder = information.encoder
        self.encoder_sha256 = information.encoder_sha256
        self.dimension = information.dimension
        self.copied_from = information.copied_from
        self._connection = connection
        self._writable = writable

    @classmethod
    def create(
        cls,
        path: str | Path,
        *,
        encoder: str,
        encoder_sha256: str,
        dimension: int,
        copied_from: str | None = None,
    ) -> GeoPackageArchive:
        cls.require_room(path)
        path = absolute(path)
        information = {
            "format_version": str(FORMAT_VERSION),
            "id": str(uuid.uuid4()),
            "encoder": encoder,
            "encoder_sha256": encoder_sha256,
            "dimension": str(dimension),
            "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "removals": "0",
        }
        if copied_from is not None:
            information["copied_from"] = copied_from
        draft = draft_of(path, information["id"])
        try:
            connection = connect_new(draft)
            try:
                with transaction(connection, path, "BEGIN EXCLUSIVE"):
                    create_tables(connection, information)
            finally:
                connection.close()
            _publish(draft, path)
        finally:
            draft.unlink(missing_ok=True)
        return cls.open(path, writable=True)

    @classmethod
    def open(cls, path: str | Path, *, writable: bool = False) -> GeoPackageArchive:
        """Open an archive. For writing it is put in WAL mode and stays so until the last connection is closed.

        Raises EngineError: ARCHIVE_MISSING, ARCHIVE_INVALID (not a GeoPackage, or not of FRORS), ARCHIVE_NEWER,
        ARCHIVE_DAMAGED, ARCHIVE_READ_ONLY (asked for writing where that cannot be), ARCHIVE_BUSY.
        """
        path = absolute(path)
        connection = connect(path, writable=writable)
        try:
            with reading(connection, path):
                information = read_information(connection, path)
            if writable:
                connection = start_log(connection, path)
        except BaseException:
            connection.close()
            raise
        return cls(path, connection, information, writable)

    @staticmethod
    def exists(path: str | Path) -> bool:
        return absolute(path).exists()

    @staticmethod
    def require_room(path: str | Path) -> None:
        path = absolute(path)
        if path.exists():
            raise _exists(path)
        if not path.parent.is_dir():
            raise EngineError(ErrorCode.BAD_REQUEST, f"There is no folder {path.parent}: make it or choose another.")
        if not os.access(path.parent, os.W_OK):
            raise EngineError(ErrorCode.ARCHIVE_READ_ONLY, f"{path.parent} refuses new files: choose another folder.")

    @staticmethod
    def writer_lock(path: str | Path) -> AbstractContextManager[object]:
        return WriterLock(path)

    @staticmethod
    def stems(location: str | Path) -> list[str]:
        raise EngineError(ErrorCode.BAD_REQUEST, f"{location} is a file: look into its folder.")

    def beside(self, stem: str) -> str:
        return str(self.path.with_name(f"{stem}.gpkg"))

    def close(self) -> None:
        """Release the file at once; the last to close leaves one plain file without a log beside it. Never raises."""
        release(self._connection)

    def chip_index(self, folder: Path, code_bits: int | None = None) -> ChipIndex:
        from frors_qgis.engine.archive.codes.code_chip_index import CodeChipIndex
        from frors_qgis.engine.archive.geopackage_index import GeoPackageIndex
        from frors_qgis.engine.archive.index import Index
        from frors_qgis.engine.archive.segment_folder import SegmentFolder

        segments = SegmentFolder.of(self, folder)
        if code_bits is not None:
            return CodeChipIndex(self, code_bits, segments.path)
        return GeoPackageIndex(self, Index(self, segments))

    def seal_index(self, folder: Path, check: Check = go_on, code_bits: int | None = None) -> int:
        from frors_qgis.engine.archive.codes.code_chip_index import seal_codes
        from frors_qgis.engine.archive.segment_folder import SegmentFolder

        segments = SegmentFolder.of(self, folder)
        return segments.seal(self, check) if code_bits is None else seal_codes(self, code_bits, segments.path, check)

    def size_bytes(self) -> int:
        return self.path.stat().st_size

    def rasters(self) -> list[RasterRecord]:
        with self._reading() as connection:
            return rasters.select_rasters(connection)

    def raster(self, raster_id: int) -> RasterRecord:
        with self._reading() as connection:
            return rasters.select_raster(connection, raster_id)

    def find_raster(self, path: str | Path) -> RasterRecord | None:
        with self._reading() as connection:
            return rasters.find_raster(connection, path, self.path.parent)

    def raster_path(self, record: RasterRecord) -> Path:
        if record.relative_path is not None:
            beside = os.path.realpath(self.path.parent / record.relative_path)
            if os.path.exists(beside):  # unlike Path's, also for a name that no file can have
                return Path(beside)
        return Path(record.path)

    def chip_count(self, raster_id: int | None = None) -> int:
        with self._reading() as connection:
            return chips.count_chips(connection, raster_id)

    def chips(self, ids: Sequence[int]) -> list[ChipRecord]:
        with self._reading() as connection:
            return chips.select_chips(connection, ids)

    def chips_within(self, extent: Extent) -> npt.NDArray[np.int64]:
        with self._reading() as connection:
            return chips.select_within(connection, extent)

    def chips_near(self, place: tuple[float, float], km: float) -> npt.NDArray[np.int64]:
        """Ids, ascending, of the chips whose centre lies at most `km` from a place (lon, lat).

        Great-circle distances of the centres of the boxes in the R-tree, which are those of the chips to a metre.
        """
        with self._reading() as connection:
            return chips.select_near(connection, place, km)

    def meeting(self, ids: npt.NDArray[np.int64], extent: Extent) -> npt.NDArray[np.bool_]:
        """Which of the chips with these ids [n] `chips_within` would give: bool [n]."""
        with self._reading() as connection:
            return chips.select_meeting(connection, ids, extent)

    def boxes(self, check: Check = go_on) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]]:
        """Ids [n] of all chips, in any order, and the boxes of the R-tree [n, 4], some thousands at a time.

        check: called between them, may raise.
        """
        with self._reading() as connection:
            for part in chips.select_boxes(connection):
                check()
                yield part

    def embedding(self, chip_id: int) -> npt.NDArray[np.float32]:
        with self._reading() as connection:
            chips.select_chips(connection, [chip_id])
            row = blocks.row_of_chip(connection, int(chip_id))
            if row is None:
                raise EngineError(ErrorCode.ARCHIVE_DAMAGED, f"Chip {chip_id} has no embedding: index its raster anew.")
            vectors = blocks.decode_row(row, self.dimension)
            vector: npt.NDArray[np.float16] = vectors[chip_id - row[3]]
            return vector.astype(np.float32)

    def vectors(self, ids: Sequence[int]) -> npt.NDArray[np.float32]:
        with self._reading() as connection:
            found = blocks.select_vectors(connection, ids, self.dimension)
        if missing := [chip_id for chip_id in ids if chip_id not in found]:
            raise EngineError(
                ErrorCode.CHIP_UNKNOWN, f"The archive has no chip {missing[0]}: it may have been removed, search again."
            )
        vectors = np.array([found[chip_id] for chip_id in ids], np.float32)
        return vectors.reshape(len(ids), self.dimension)

    def batch_keys(self) -> list[BatchKey]:
        with self._reading() as connection:
            return blocks.select_keys(connection)

    def batches(self, keys: Iterable[BatchKey] | None = None) -> Iterator[Batch]:
        for key in self.batch_keys() if keys is None else keys:
            with self._reading() as connection:
                row = blocks.row_of_batch(connection, key.id)
                batch = None if row is None else blocks.read_batch(connection, row, self.dimension)
            if batch is not None:
                yield batch

    def ground_sizes(self, key: BatchKey) -> npt.NDArray[np.float32] | None:
        """Metres along one side of each chip [n] of a batch; None when it was removed."""
        with self._reading() as connection:
            return ground_sizes(*blocks.read_levels(connection, key)) if blocks.has_batch(connection, key) else None

    def generation(self) -> Generation:
        with self._reading() as connection:
            removals = read_removals(connection, self.path)
            (last,) = connection.execute(
                "SELECT CAST(COALESCE(MAX(seq), 0) AS INTEGER) FROM sqlite_sequence WHERE name = 'embeddings'"
            ).fetchone()
        return Generation(self.id, removals, last)

    def levels(self) -> list[Level]:
        with self._reading() as connection:
            return chips.select_levels(connection)

    def last_chip(self) -> int:
        with self._reading() as connection:
            return queries.last_chip(connection)

    def saved_queries(self) -> list[SavedQueryEntry]:
        with self._reading() as connection:
            return queries.list_queries(connection)

    def saved_query(self, name: str) -> SavedQuery:
        with self._reading() as connection:
            return queries.select_query(connection, name)

    def verify(self) -> list[str]:
        with self._reading() as connection:
            return find_problems(connection, self.dimension)

    def add_raster(self, record: RasterRecord) -> int:
        with self._writing() as connection:
            return rasters.insert_raster(connection, record, self.path.parent)

    def update_raster(self, record: RasterRecord) -> None:
        with self._writing() as connection:
            rasters.update_raster(connection, record, self.path.parent)

    def change_raster(self, raster_id: int, change: Callable[[RasterRecord], RasterRecord]) -> RasterRecord:
        with self._writing() as connection:
            record = change(rasters.select_raster(connection, raster_id))
            rasters.update_raster(connection, record, self.path.parent)
            return record

    def set_state(self, raster_id: int, state: str, reason: str | None = None) -> None:
        with self._writing() as connection:
            rasters.set_state(connection, raster_id, state, reason)

    def remove_raster(self, raster_id: int) -> int:
        with self._writing() as connection:
            rasters.select_raster(connection, raster_id)
            removed = blocks.delete_blocks(connection, raster_id)
            connection.execute("DELETE FROM rasters WHERE id = ?", (raster_id,))
            return removed

    def clear_raster(self, raster_id: int) -> int:
        with self._writing() as connection:
            rasters.set_state(connection, raster_id, "indexing", None)
            return blocks.delete_blocks(connection, raster_id)

    def clear_blocks(self, raster_id: int, blocks: range) -> int:
        with self._writing() as connection:
            rasters.select_raster(connection, raster_id)
            return delete_some_blocks(connection, raster_id, blocks)

    def write_block(self, raster_id: int, block: int, chips: NewChips) -> None:
        with self._writing() as connection:
            rasters.select_raster(connection, raster_id)
            blocks.insert_block(connection, raster_id, block, chips, self.dimension)

    def save_query(self, query: SavedQuery, *, replace: bool) -> None:
        with self._writing() as connection:
            queries.save_query(connection, query, replace)

    def note_searched(self, name: str, searched: str, newest: int) -> None:
        with self._writing() as connection:
            queries.note_searched(connection, name, searched, newest)

    def delete_query(self, name: str) -> None:
        with self._writing() as connection:
            queries.delete_query(connection, name)

    def block_keys(self, raster_id: int) -> dict[int, BatchKey]:
        with self._reading() as connection:
            return blocks.select_block_keys(connection, raster_id)

    def read_block(self, raster_id: int, block: int) -> StoredBlock | None:
        with self._reading() as connection:
            return blocks.select_block(connection, raster_id, block, self.dimension)

    def restore_raster(self, record: RasterRecord) -> None:
        with self._writing() as connection:
            rasters.restore_raster(connection, record, self.path.parent)

    def restore_block(self, raster_id: int, block: int, stored: StoredBlock) -> None:
        with self._writing() as connection:
            rasters.select_raster(connection, raster_id)
            blocks.insert_block(connection, raster_id, block, stored.chips, self.dimension, stored.first_chip)

    def finish_copy(self, last_chip: int) -> None:
        with self._writing() as connection:
            blocks.reserve_ids(connection, last_chip)
            connection.execute("DELETE FROM archive_info WHERE key = 'copied_from'")
        self.copied_from = None

    def grant(self, analysts: Sequence[str], indexers: Sequence[str]) -> None:
        raise EngineError(
            ErrorCode.BAD_REQUEST, f"{self.name} is a file, whose rights are those of its folder: share that instead."
        )

    def add_shard(self, server: str, location: str) -> None:
        raise EngineError(
            ErrorCode.BAD_REQUEST, f"{self.name} is a file, which has no shards: copy it into a database first."
        )

    def finished_blocks(self, raster_id: int) -> set[int]:
        with self._reading() as connection:
            return blocks.select_blocks(connection, raster_id)

    def _reading(self) -> AbstractContextManager[sqlite3.Connection]:
        return reading(self._connection, self.path)

    def _writing(self) -> AbstractContextManager[sqlite3.Connection]:
        if not self._writable:
            raise EngineError(ErrorCode.ARCHIVE_READ_ONLY, f"{self.path} was opened for reading: open it for writing.")
        return writing(self._connection, self.path)


def _publish(draft: Path, path: Path) -> None:
    """Give a finished file its name, never over another file."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise _exists(path) from None
    except OSError:  # a file system without links
        if path.exists():
            raise _exists(path) from None
        draft.rename(path)


def _exists(path: Path) -> EngineError:
    return EngineError(ErrorCode.BAD_REQUEST, f"{path} exists already: open it, or choose another name.")
