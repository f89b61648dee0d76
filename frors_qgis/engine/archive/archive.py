"""The archive: rasters, chips and embeddings in one GeoPackage, which is the truth; every index is a cache of it."""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive import blocks, chips, queries, rasters
from frors_qgis.engine.archive.blocks import delete_some_blocks
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
    ground_sizes,
)
from frors_qgis.engine.archive.schema import FORMAT_VERSION, create_tables
from frors_qgis.engine.archive.verification import find_problems
from frors_qgis.protocol import EngineError, ErrorCode


class Archive:
    """One connection to an archive, for one thread at a time; a context manager that closes.

    Any number of them may be open on one file, in any number of threads and processes; one at a time writes, and the
    others wait up to 10 s (ARCHIVE_BUSY). Each method sees, or leaves, one consistent state. Any method may raise
    EngineError(ARCHIVE_DAMAGED); those that write also DISK_FULL, ARCHIVE_BUSY and ARCHIVE_READ_ONLY, and then nothing
    of what they were to write is there.
    """

    def __init__(
        self, path: Path, connection: sqlite3.Connection, information: ArchiveInformation, writable: bool
    ) -> None:
        """For `create` and `open`."""
        self.path = path
        self.id = information.id
        self.encoder = information.encoder
        self.encoder_sha256 = information.encoder_sha256
        self.dimension = information.dimension
        self._connection = connection
        self._writable = writable

    @classmethod
    def create(cls, path: str | Path, *, encoder: str, encoder_sha256: str, dimension: int) -> Archive:
        """Make an empty archive and open it for writing. It appears under its name complete, or not at all.

        Of several who make it at once, one succeeds. Those whose drafts others may remove hold its WriterLock.
        Raises EngineError: BAD_REQUEST where a file is already or the folder is missing, ARCHIVE_READ_ONLY, DISK_FULL.
        """
        path = absolute(path)
        require_room_for(path)
        information = {
            "format_version": str(FORMAT_VERSION),
            "id": str(uuid.uuid4()),
            "encoder": encoder,
            "encoder_sha256": encoder_sha256,
            "dimension": str(dimension),
            "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "removals": "0",
        }
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
    def open(cls, path: str | Path, *, writable: bool = False) -> Archive:
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

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the file at once; the last to close leaves one plain file without a log beside it. Never raises."""
        release(self._connection)

    def rasters(self) -> list[RasterRecord]:
        """Every raster, by id."""
        with self._reading() as connection:
            return rasters.select_rasters(connection)

    def raster(self, raster_id: int) -> RasterRecord:
        """One raster. Raises EngineError(RASTER_UNKNOWN)."""
        with self._reading() as connection:
            return rasters.select_raster(connection, raster_id)

    def find_raster(self, path: str | Path) -> RasterRecord | None:
        """The raster at a path: by its place relative to the archive, which may have moved, or its absolute path."""
        with self._reading() as connection:
            return rasters.find_raster(connection, path, self.path.parent)

    def raster_path(self, record: RasterRecord) -> Path:
        """Where a raster is: relative to the archive if there is something, so that both can move, else absolute."""
        if record.relative_path is not None:
            beside = os.path.realpath(self.path.parent / record.relative_path)
            if os.path.exists(beside):  # unlike Path's, also for a name that no file can have
                return Path(beside)
        return Path(record.path)

    def chip_count(self, raster_id: int | None = None) -> int:
        """How many chips there are, of one raster or of all."""
        with self._reading() as connection:
            return chips.count_chips(connection, raster_id)

    def chips(self, ids: Sequence[int]) -> list[ChipRecord]:
        """The chips in the order asked. Raises EngineError(CHIP_UNKNOWN)."""
        with self._reading() as connection:
            return chips.select_chips(connection, ids)

    def chips_within(self, extent: tuple[float, float, float, float]) -> npt.NDArray[np.int64]:
        """Ids, ascending, of the chips whose footprint meets or touches an extent (west, south, east, north).

        Degrees in EPSG:4326; west > east, or a longitude past 180, reaches over the antimeridian.
        Raises EngineError(BAD_REQUEST) for an extent that is not one.
        """
        with self._reading() as connection:
            return chips.select_within(connection, extent)

    def chips_near(self, place: tuple[float, float], km: float, *, beyond: bool = False) -> npt.NDArray[np.int64]:
        """Ids, ascending, of the chips whose centre lies at most `km` from a place (lon, lat); `beyond`: of all others.

        Great-circle distances of the centres of the boxes in the R-tree, which are those of the chips to a metre.
        """
        with self._reading() as connection:
            return chips.select_near(connection, place, km, beyond)

    def embedding(self, chip_id: int) -> npt.NDArray[np.float32]:
        """The embedding [d] of a chip. Raises EngineError(CHIP_UNKNOWN)."""
        with self._reading() as connection:
            chips.select_chips(connection, [chip_id])
            row = blocks.row_of_chip(connection, int(chip_id))
            if row is None:
                raise EngineError(ErrorCode.ARCHIVE_DAMAGED, f"Chip {chip_id} has no embedding: index its raster anew.")
            vectors = blocks.decode_row(row, self.dimension)
            vector: npt.NDArray[np.float16] = vectors[chip_id - row[3]]
            return vector.astype(np.float32)

    def vectors(self, ids: Sequence[int]) -> npt.NDArray[np.float32]:
        """The embeddings [n, d] of chips in the order asked. Raises EngineError(CHIP_UNKNOWN)."""
        with self._reading() as connection:
            found = blocks.select_vectors(connection, ids, self.dimension)
        if missing := [chip_id for chip_id in ids if chip_id not in found]:
            raise EngineError(
                ErrorCode.CHIP_UNKNOWN, f"The archive has no chip {missing[0]}: it may have been removed, search again."
            )
        vectors = np.array([found[chip_id] for chip_id in ids], np.float32)
        return vectors.reshape(len(ids), self.dimension)

    def batch_keys(self) -> list[BatchKey]:
        """The keys of all batches, in the order of writing."""
        with self._reading() as connection:
            return blocks.select_keys(connection)

    def batches(self, keys: Iterable[BatchKey] | None = None) -> Iterator[Batch]:
        """The batches of these keys (None: all), without those that were removed meanwhile."""
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
        """A cheap mark that differs whenever chips were added or removed, also by another process."""
        with self._reading() as connection:
            removals = read_removals(connection, self.path)
            (last,) = connection.execute(
                "SELECT CAST(COALESCE(MAX(seq), 0) AS INTEGER) FROM sqlite_sequence WHERE name = 'embeddings'"
            ).fetchone()
        return Generation(self.id, removals, last)

    def levels(self) -> list[Level]:
        """The levels there are, finest ground GSD first, then smallest window."""
        with self._reading() as connection:
            return chips.select_levels(connection)

    def last_chip(self) -> int:
        """The largest id that a chip ever had; 0 where there was none. Ids are never used again."""
        with self._reading() as connection:
            return queries.last_chip(connection)

    def saved_queries(self) -> list[SavedQueryEntry]:
        """The saved queries by name."""
        with self._reading() as connection:
            return queries.list_queries(connection)

    def saved_query(self, name: str) -> SavedQuery:
        """One saved query. Raises EngineError(QUERY_UNKNOWN)."""
        with self._reading() as connection:
            return queries.select_query(connection, name)

    def verify(self) -> list[str]:
        """Problems in plain sentences, none when the archive is sound. Reads everything."""
        with self._reading() as connection:
            return find_problems(connection, self.dimension)

    def add_raster(self, record: RasterRecord) -> int:
        """Add a raster and return its id. Raises EngineError(BAD_REQUEST) for a path that is there already."""
        with self._writing() as connection:
            return rasters.insert_raster(connection, record, self.path.parent)

    def update_raster(self, record: RasterRecord) -> None:
        """Write a raster's record over the one with its id. Raises EngineError(RASTER_UNKNOWN)."""
        with self._writing() as connection:
            rasters.update_raster(connection, record, self.path.parent)

    def change_raster(self, raster_id: int, change: Callable[[RasterRecord], RasterRecord]) -> RasterRecord:
        """Write what `change` makes of a raster's record, read in the same transaction; returns the new record.

        Raises EngineError(RASTER_UNKNOWN).
        """
        with self._writing() as connection:
            record = change(rasters.select_raster(connection, raster_id))
            rasters.update_raster(connection, record, self.path.parent)
            return record

    def set_state(self, raster_id: int, state: str, reason: str | None = None) -> None:
        """Write a raster's state. Raises EngineError: RASTER_UNKNOWN, BAD_REQUEST for an unknown state."""
        with self._writing() as connection:
            rasters.set_state(connection, raster_id, state, reason)

    def remove_raster(self, raster_id: int) -> int:
        """Remove a raster with its chips; returns how many chips went. Raises EngineError(RASTER_UNKNOWN)."""
        with self._writing() as connection:
            rasters.select_raster(connection, raster_id)
            removed = blocks.delete_blocks(connection, raster_id)
            connection.execute("DELETE FROM rasters WHERE id = ?", (raster_id,))
            return removed

    def clear_raster(self, raster_id: int) -> int:
        """Remove a raster's chips and set its state to "indexing"; returns how many chips went.

        Raises EngineError(RASTER_UNKNOWN).
        """
        with self._writing() as connection:
            rasters.set_state(connection, raster_id, "indexing", None)
            return blocks.delete_blocks(connection, raster_id)

    def clear_blocks(self, raster_id: int, blocks: range) -> int:
        """Remove the chips of those of a raster's blocks whose numbers lie in a range; returns how many went."""
        with self._writing() as connection:
            rasters.select_raster(connection, raster_id)
            return delete_some_blocks(connection, raster_id, blocks)

    def write_block(self, raster_id: int, block: int, chips: NewChips) -> None:
        """Write the chips of one block, which may be none: the block then counts as finished.

        Raises EngineError: RASTER_UNKNOWN, BAD_REQUEST for a block that is there already, INTERNAL for arrays that
        cannot be chips (shape, NaN, out of range).
        """
        with self._writing() as connection:
            rasters.select_raster(connection, raster_id)
            blocks.insert_block(connection, raster_id, block, chips, self.dimension)

    def save_query(self, query: SavedQuery, *, replace: bool) -> None:
        """Keep a query. Raises EngineError(BAD_REQUEST) where its name is taken and it shall not replace that one."""
        with self._writing() as connection:
            queries.save_query(connection, query, replace)

    def note_searched(self, name: str, searched: str, newest: int) -> None:
        """Write when a query was last searched with, and the last chip then. Raises EngineError(QUERY_UNKNOWN)."""
        with self._writing() as connection:
            queries.note_searched(connection, name, searched, newest)

    def delete_query(self, name: str) -> None:
        """Delete a saved query. Raises EngineError(QUERY_UNKNOWN)."""
        with self._writing() as connection:
            queries.delete_query(connection, name)

    def finished_blocks(self, raster_id: int) -> set[int]:
        """The numbers of a raster's blocks that are in the archive."""
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


def require_room_for(path: Path) -> None:
    """Raises EngineError where no new archive can be made: BAD_REQUEST, ARCHIVE_READ_ONLY as `Archive.create` does."""
    if path.exists():
        raise _exists(path)
    if not path.parent.is_dir():
        raise EngineError(ErrorCode.BAD_REQUEST, f"There is no folder {path.parent}: make it or choose another.")
    if not os.access(path.parent, os.W_OK):
        raise EngineError(ErrorCode.ARCHIVE_READ_ONLY, f"{path.parent} refuses new files: choose another folder.")


def _exists(path: Path) -> EngineError:
    return EngineError(ErrorCode.BAD_REQUEST, f"{path} exists already: open it, or choose another name.")
