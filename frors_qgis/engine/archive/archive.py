"""The archive: rasters, chips and embeddings as one unit, whatever they are kept in; every index is a cache of it."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.check import Check, go_on
from frors_qgis.engine.archive.chip_filter import Extent
from frors_qgis.engine.archive.chip_index import ChipIndex
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
)
from frors_qgis.location import is_database
from frors_qgis.protocol import EngineError, ErrorCode


class Archive(ABC):
    """One connection to an archive, for one thread at a time; a context manager that closes.

    A location is the path of a GeoPackage, or names a database (location.py). Any number of connections may be
    open to one archive, in any number of threads and processes; one at a time writes, and the others wait up to 10 s
    (ARCHIVE_BUSY). Each method sees, or leaves, one consistent state. Any method may raise
    EngineError(ARCHIVE_DAMAGED), and of a database ARCHIVE_UNREACHABLE; those that write also DISK_FULL, ARCHIVE_BUSY
    and ARCHIVE_READ_ONLY, and then nothing of what they were to write is there.

    `location` opens the archive again, `name` is for sentences about it and `stem` what is the user's in that; `id` is
    its own, `encoder` and `encoder_sha256` made its embeddings, which have `dimension` numbers. `copied_from` is the id
    of the archive of which it is a copy that is not finished.
    """

    location: str
    name: str
    stem: str
    id: str
    encoder: str
    encoder_sha256: str
    dimension: int
    copied_from: str | None

    @staticmethod
    def create(
        location: str | Path, *, encoder: str, encoder_sha256: str, dimension: int, copied_from: str | None = None
    ) -> Archive:
        """Make an empty archive and open it for writing. It appears under its name complete, or not at all.

        Of several who make it at once, one succeeds. Those whose drafts others may remove hold its `writer_lock`.
        Raises EngineError: BAD_REQUEST where one is already or the folder is missing, ARCHIVE_READ_ONLY, DISK_FULL.
        """
        return _backend(location).create(
            location, encoder=encoder, encoder_sha256=encoder_sha256, dimension=dimension, copied_from=copied_from
        )

    @staticmethod
    def open(location: str | Path, *, writable: bool = False) -> Archive:
        """Open an archive.

        Raises EngineError: ARCHIVE_MISSING, ARCHIVE_INVALID (not of FRORS), ARCHIVE_NEWER, ARCHIVE_DAMAGED,
        ARCHIVE_READ_ONLY (asked for writing where that cannot be), ARCHIVE_BUSY, ARCHIVE_UNREACHABLE.
        """
        return _backend(location).open(location, writable=writable)

    @staticmethod
    def exists(location: str | Path) -> bool:
        """Whether there is something at a location; `open` tells whether it is an archive."""
        return _backend(location).exists(location)

    @staticmethod
    def stems(location: str | Path) -> list[str]:
        """What is the user's in the names of all archives that she may read where a location is, in their order.

        Raises EngineError: ARCHIVE_UNREACHABLE, ARCHIVE_INVALID, and BAD_REQUEST for a file.
        """
        return _backend(location).stems(location)

    @staticmethod
    def require_room(location: str | Path) -> None:
        """Raises EngineError where no new archive can be made: BAD_REQUEST, ARCHIVE_READ_ONLY as `create` does."""
        _backend(location).require_room(location)

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @staticmethod
    def writer_lock(location: str | Path) -> AbstractContextManager[object]:
        """Holds the right to index into an archive, which need not be there yet.

        Single transactions are kept apart anyway; this keeps whole runs apart, whose plans may differ. It ends with the
        process. Raises EngineError on entering: ARCHIVE_BUSY naming the process that holds it, ARCHIVE_READ_ONLY.
        """
        return _backend(location).writer_lock(location)

    @abstractmethod
    def beside(self, stem: str) -> str:
        """The location of an archive of another name in the same place."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the archive at once. Never raises."""

    @abstractmethod
    def chip_index(self, folder: Path, code_bits: int | None = None) -> ChipIndex:
        """An index for searching it. `folder` takes the index's files where there is no other place for them.

        code_bits: what an index holds in the memory of this process are hash codes of so many bits, or of as many as an
        embedding has numbers where that is 0; None: as much as makes it fast.
        """

    @abstractmethod
    def seal_index(self, folder: Path, check: Check = go_on, code_bits: int | None = None) -> int:
        """Makes later searches faster; returns how many files were written. Raises OSError where a folder refuses.

        `folder` and `code_bits` as for `chip_index`. check: called now and then, may raise; what was written stays.
        """

    @abstractmethod
    def size_bytes(self) -> int:
        """What it takes where it is kept."""

    @abstractmethod
    def rasters(self) -> list[RasterRecord]:
        """Every raster, by id."""

    @abstractmethod
    def raster(self, raster_id: int) -> RasterRecord:
        """One raster. Raises EngineError(RASTER_UNKNOWN)."""

    @abstractmethod
    def find_raster(self, path: str | Path) -> RasterRecord | None:
        """The raster at a path: by its place relative to the archive, which may have moved, or its absolute path."""

    @abstractmethod
    def raster_path(self, record: RasterRecord) -> Path:
        """Where a raster is: relative to the archive if there is something, so that both can move, else absolute."""

    @abstractmethod
    def chip_count(self, raster_id: int | None = None) -> int:
        """How many chips there are, of one raster or of all."""

    @abstractmethod
    def chips(self, ids: Sequence[int]) -> list[ChipRecord]:
        """The chips in the order asked. Raises EngineError(CHIP_UNKNOWN)."""

    @abstractmethod
    def chips_within(self, extent: Extent) -> npt.NDArray[np.int64]:
        """Ids, ascending, of the chips whose footprint meets or touches an extent (west, south, east, north).

        Degrees in EPSG:4326; west > east, or a longitude past 180, reaches over the antimeridian.
        Raises EngineError(BAD_REQUEST) for an extent that is not one.
        """

    @abstractmethod
    def embedding(self, chip_id: int) -> npt.NDArray[np.float32]:
        """The embedding [d] of a chip. Raises EngineError(CHIP_UNKNOWN)."""

    @abstractmethod
    def vectors(self, ids: Sequence[int]) -> npt.NDArray[np.float32]:
        """The embeddings [n, d] of chips in the order asked. Raises EngineError(CHIP_UNKNOWN)."""

    @abstractmethod
    def batch_keys(self) -> list[BatchKey]:
        """The keys of all batches, in the order of writing."""

    @abstractmethod
    def batches(self, keys: Iterable[BatchKey] | None = None) -> Iterator[Batch]:
        """The batches of these keys (None: all), without those that were removed meanwhile."""

    @abstractmethod
    def generation(self) -> Generation:
        """A cheap mark that differs whenever chips were added or removed, also by another process."""

    @abstractmethod
    def levels(self) -> list[Level]:
        """The levels there are, finest ground GSD first, then smallest window."""

    @abstractmethod
    def last_chip(self) -> int:
        """The largest id that a chip ever had; 0 where there was none. Ids are never used again."""

    @abstractmethod
    def saved_queries(self) -> list[SavedQueryEntry]:
        """The saved queries by name."""

    @abstractmethod
    def saved_query(self, name: str) -> SavedQuery:
        """One saved query. Raises EngineError(QUERY_UNKNOWN)."""

    @abstractmethod
    def verify(self) -> list[str]:
        """Problems in plain sentences, none when the archive is sound. Reads everything."""

    @abstractmethod
    def add_raster(self, record: RasterRecord) -> int:
        """Add a raster and return its id. Raises EngineError(BAD_REQUEST) for a path that is there already."""

    @abstractmethod
    def update_raster(self, record: RasterRecord) -> None:
        """Write a raster's record over the one with its id. Raises EngineError(RASTER_UNKNOWN)."""

    @abstractmethod
    def change_raster(self, raster_id: int, change: Callable[[RasterRecord], RasterRecord]) -> RasterRecord:
        """Write what `change` makes of a raster's record, read in the same transaction; returns the new record.

        Raises EngineError(RASTER_UNKNOWN).
        """

    @abstractmethod
    def set_state(self, raster_id: int, state: str, reason: str | None = None) -> None:
        """Write a raster's state. Raises EngineError: RASTER_UNKNOWN, BAD_REQUEST for an unknown state."""

    @abstractmethod
    def remove_raster(self, raster_id: int) -> int:
        """Remove a raster with its chips; returns how many chips went. Raises EngineError(RASTER_UNKNOWN)."""

    @abstractmethod
    def clear_raster(self, raster_id: int) -> int:
        """Remove a raster's chips and set its state to "indexing"; returns how many chips went.

        Raises EngineError(RASTER_UNKNOWN).
        """

    @abstractmethod
    def clear_blocks(self, raster_id: int, blocks: range) -> int:
        """Remove the chips of those of a raster's blocks whose numbers lie in a range; returns how many went."""

    @abstractmethod
    def write_block(self, raster_id: int, block: int, chips: NewChips) -> None:
        """Write the chips of one block, which may be none: the block then counts as finished.

        Raises EngineError: RASTER_UNKNOWN, BAD_REQUEST for a block that is there already, INTERNAL for arrays that
        cannot be chips (shape, NaN, out of range).
        """

    @abstractmethod
    def save_query(self, query: SavedQuery, *, replace: bool) -> None:
        """Keep a query. Raises EngineError(BAD_REQUEST) where its name is taken and it shall not replace that one."""

    @abstractmethod
    def note_searched(self, name: str, searched: str, newest: int) -> None:
        """Write when a query was last searched with, and the last chip then. Raises EngineError(QUERY_UNKNOWN)."""

    @abstractmethod
    def delete_query(self, name: str) -> None:
        """Delete a saved query. Raises EngineError(QUERY_UNKNOWN)."""

    @abstractmethod
    def block_keys(self, raster_id: int) -> dict[int, BatchKey]:
        """The keys of all blocks of a raster by their numbers, also of those without chips."""

    @abstractmethod
    def read_block(self, raster_id: int, block: int) -> StoredBlock | None:
        """All that is kept of the chips of one block; None where it is not there."""

    @abstractmethod
    def restore_raster(self, record: RasterRecord) -> None:
        """Write a raster's record under the id that it has, over what is there. Raises EngineError(BAD_REQUEST)."""

    @abstractmethod
    def restore_block(self, raster_id: int, block: int, stored: StoredBlock) -> None:
        """Write a block as `write_block` does, but with the ids that its chips have.

        Raises EngineError(BAD_REQUEST) also where one of them is taken.
        """

    @abstractmethod
    def finish_copy(self, last_chip: int) -> None:
        """Make a complete copy an archive of its own, which gives no chip an id up to `last_chip`."""

    @abstractmethod
    def grant(self, analysts: Sequence[str], indexers: Sequence[str]) -> None:
        """Let roles of the database that it is in read it (analysts), or read and write it (indexers).

        For whoever made it. Raises EngineError(BAD_REQUEST) for a role that is not there, and for a file.
        """

    @abstractmethod
    def add_shard(self, server: str, location: str) -> None:
        """Spread the chips of blocks to come over one more server, which the database knows by a name.

        `location` is of the shard's own schema there, which is made if need be. For whoever made the archive. Raises
        EngineError: BAD_REQUEST for a server that is not made for it, and for a file, and what connecting there raises.
        """

    @abstractmethod
    def finished_blocks(self, raster_id: int) -> set[int]:
        """The numbers of a raster's blocks that are in the archive."""


def _backend(location: str | Path) -> type[Archive]:
    """What archives at a location are kept in."""
    if not is_database(location):
        from frors_qgis.engine.archive.geopackage_archive import GeoPackageArchive

        return GeoPackageArchive
    try:
        from frors_qgis.engine.archive.postgis.archive import PostgisArchive
    except ModuleNotFoundError as error:
        if error.name != "psycopg2":
            raise
        raise EngineError(
            ErrorCode.ENGINE_MISSING,
            f"Archives in PostgreSQL need the package psycopg2, which the Python at {sys.executable} lacks: install "
            "python3-psycopg2, which comes with QGIS, or psycopg2-binary.",
        ) from error
    return PostgisArchive
