"""An archive in a schema of PostgreSQL with PostGIS and pgvector, which many people share."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from psycopg2 import errors

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.check import Check, go_on
from frors_qgis.engine.archive.chip_filter import ChipFilter, Extent
from frors_qgis.engine.archive.chip_index import ChipIndex
from frors_qgis.engine.archive.information import ArchiveInformation
from frors_qgis.engine.archive.postgis import blocks, database, levels, queries, rasters, schema
from frors_qgis.engine.archive.postgis.conditions import Conditions
from frors_qgis.engine.archive.postgis.connection import (
    READ,
    SHARD_LOST,
    WRITE,
    Connection,
    Cursor,
    connect,
    is_alive,
    transaction,
)
from frors_qgis.engine.archive.postgis.index import PostgisIndex
from frors_qgis.engine.archive.postgis.information import read_information
from frors_qgis.engine.archive.postgis.shards import (
    Shard,
    answers,
    attach_shard,
    delete_removed,
    make_shard,
    select_removals,
    select_shards,
    show_all,
    show_only,
)
from frors_qgis.engine.archive.postgis.verification import find_problems
from frors_qgis.engine.archive.postgis.writer_lock import DatabaseWriterLock
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
from frors_qgis.location import DatabaseLocation
from frors_qgis.protocol import EngineError, ErrorCode

_Selected = TypeVar("_Selected")
_LOST_SECONDS = 30.0
_WITHIN = "SELECT fid FROM chips WHERE {conditions} ORDER BY fid"
_IDLE_SECONDS = 5.0
"""After so long without a word it is asked whether the server still answers."""


class PostgisArchive(Archive):
    """One connection to the database; one that was lost is made anew by the next method."""

    def __init__(
        self, place: DatabaseLocation, connection: Connection, information: ArchiveInformation, writable: bool
    ) -> None:
        """For `create` and `open`."""
        self.location, self.name, self.stem = str(place), place.name, place.schema
        self.id = information.id
        self.encoder = information.encoder
        self.encoder_sha256 = information.encoder_sha256
        self.dimension = information.dimension
        self.copied_from = information.copied_from
        self._place = place
        self._connection = connection
        self._writable = writable
        self._used = time.monotonic()
        self._closed = False
        self._lost: dict[Shard, float] = {}

    @classmethod
    def create(
        cls,
        location: str | Path,
        *,
        encoder: str,
        encoder_sha256: str,
        dimension: int,
        copied_from: str | None = None,
    ) -> PostgisArchive:
        place = DatabaseLocation.parse(str(location))
        database.make_archive(place, encoder, encoder_sha256, dimension, copied_from)
        return cls.open(location, writable=True)

    @classmethod
    def open(cls, location: str | Path, *, writable: bool = False) -> PostgisArchive:
        place = DatabaseLocation.parse(str(location))
        connection = connect(place, writable=writable)
        try:
            archive = cls(place, connection, read_information(connection, place, writable), writable)
            archive.find_shards()
            return archive
        except BaseException:
            connection.close()
            raise

    @staticmethod
    def exists(location: str | Path) -> bool:
        return database.has_schema(DatabaseLocation.parse(str(location)))

    @staticmethod
    def stems(location: str | Path) -> list[str]:
        return database.stems(DatabaseLocation.parse(str(location)))

    @staticmethod
    def require_room(location: str | Path) -> None:
        database.require_room(DatabaseLocation.parse(str(location)))

    @staticmethod
    def writer_lock(location: str | Path) -> AbstractContextManager[object]:
        return DatabaseWriterLock(DatabaseLocation.parse(str(location)))

    def beside(self, stem: str) -> str:
        return str(self._place.beside(stem))

    def close(self) -> None:
        self._closed = True
        self._connection.close()

    def chip_index(self, folder: Path, code_bits: int | None = None) -> ChipIndex:
        return PostgisIndex(self)

    def seal_index(self, folder: Path, check: Check = go_on, code_bits: int | None = None) -> int:
        """Tells the planner how much there is now; whoever is not the tables' owner is passed over by PostgreSQL.

        Deletes on the shards what was removed while they did not answer.
        """
        self._clean_shards()
        with self._writing() as cursor:
            cursor.execute("ANALYZE rasters, chips_0, batches, levels")
        return 0

    def size_bytes(self) -> int:
        with self.reading() as cursor:
            return schema.size_bytes(cursor, self._place.schema)

    def rasters(self) -> list[RasterRecord]:
        with self.reading() as cursor:
            return rasters.select_rasters(cursor)

    def raster(self, raster_id: int) -> RasterRecord:
        with self.reading() as cursor:
            return rasters.select_raster(cursor, raster_id)

    def find_raster(self, path: str | Path) -> RasterRecord | None:
        with self.reading() as cursor:
            return rasters.find_raster(cursor, path)

    def raster_path(self, record: RasterRecord) -> Path:
        return Path(record.path)

    def chip_count(self, raster_id: int | None = None) -> int:
        with self.reading() as cursor:
            return levels.count_chips(cursor, raster_id)

    def chips(self, ids: Sequence[int]) -> list[ChipRecord]:
        return self._read_chips(lambda cursor: blocks.select_chips(cursor, ids))

    def chips_within(self, extent: Extent) -> npt.NDArray[np.int64]:
        def select(cursor: Cursor) -> npt.NDArray[np.int64]:
            conditions = Conditions(ChipFilter(extent=extent), removals=select_removals(cursor))
            cursor.execute(_WITHIN.format(conditions=conditions.sql), conditions.values)
            return np.array([fid for (fid,) in cursor.fetchall()], np.int64)

        return self._read_chips(select)

    def embedding(self, chip_id: int) -> npt.NDArray[np.float32]:
        return self.vectors([chip_id])[0]

    def vectors(self, ids: Sequence[int]) -> npt.NDArray[np.float32]:
        def select(cursor: Cursor) -> npt.NDArray[np.float32]:
            found = blocks.select_vectors(cursor, ids, self.dimension)
            if missing := [chip_id for chip_id in ids if chip_id not in found]:
                raise EngineError(
                    ErrorCode.CHIP_UNKNOWN,
                    f"The archive has no chip {missing[0]}: it may have been removed, search again.",
                )
            return np.array([found[chip_id] for chip_id in ids], np.float32).reshape(len(ids), self.dimension)

        return self._read_chips(select)

    def batch_keys(self) -> list[BatchKey]:
        with self.reading() as cursor:
            return blocks.select_keys(cursor)

    def batches(self, keys: Iterable[BatchKey] | None = None) -> Iterator[Batch]:
        for key in self.batch_keys() if keys is None else keys:
            self._require_shards()
            with self.reading() as cursor:
                batch = blocks.select_batch(cursor, key.id, self.dimension)
            if batch is not None:
                yield batch

    def generation(self) -> Generation:
        with self.reading() as cursor:
            counters = blocks.read_counters(cursor)
        return Generation(self.id, counters.removals, counters.batch)

    def levels(self) -> list[Level]:
        with self.reading() as cursor:
            return levels.select_levels(cursor)

    def last_chip(self) -> int:
        with self.reading() as cursor:
            return blocks.read_counters(cursor).chip

    def saved_queries(self) -> list[SavedQueryEntry]:
        with self.reading() as cursor:
            return queries.list_queries(cursor)

    def saved_query(self, name: str) -> SavedQuery:
        with self.reading() as cursor:
            return queries.select_query(cursor, name)

    def verify(self) -> list[str]:
        self.find_shards()
        self._require_shards()
        with self.reading() as cursor:
            return find_problems(cursor, self.dimension)

    def add_raster(self, record: RasterRecord) -> int:
        with self._writing() as cursor:
            return rasters.insert_raster(cursor, record)

    def update_raster(self, record: RasterRecord) -> None:
        with self._writing() as cursor:
            rasters.update_raster(cursor, record)

    def change_raster(self, raster_id: int, change: Callable[[RasterRecord], RasterRecord]) -> RasterRecord:
        with self._writing() as cursor:
            record = change(rasters.select_raster(cursor, raster_id))
            rasters.update_raster(cursor, record)
            return record

    def set_state(self, raster_id: int, state: str, reason: str | None = None) -> None:
        with self._writing() as cursor:
            rasters.set_state(cursor, raster_id, state, reason)

    def remove_raster(self, raster_id: int) -> int:
        with self._writing() as cursor:
            rasters.select_raster(cursor, raster_id)
            removed = blocks.delete_blocks(cursor, raster_id)
            rasters.delete_raster(cursor, raster_id)
        self._clean_shards()
        return removed

    def clear_raster(self, raster_id: int) -> int:
        with self._writing() as cursor:
            rasters.set_state(cursor, raster_id, "indexing", None)
            removed = blocks.delete_blocks(cursor, raster_id)
        self._clean_shards()
        return removed

    def clear_blocks(self, raster_id: int, blocks_: range) -> int:
        with self._writing() as cursor:
            rasters.select_raster(cursor, raster_id)
            removed = blocks.delete_some_blocks(cursor, raster_id, blocks_)
        self._clean_shards()
        return removed

    def write_block(self, raster_id: int, block: int, chips: NewChips) -> None:
        with self._writing() as cursor:
            rasters.select_raster(cursor, raster_id)
            blocks.insert_block(cursor, raster_id, block, chips, self.dimension)

    def save_query(self, query: SavedQuery, *, replace: bool) -> None:
        with self._writing() as cursor:
            queries.save_query(cursor, query, replace)

    def note_searched(self, name: str, searched: str, newest: int) -> None:
        with self._writing() as cursor:
            queries.note_searched(cursor, name, searched, newest)

    def delete_query(self, name: str) -> None:
        with self._writing() as cursor:
            queries.delete_query(cursor, name)

    def finished_blocks(self, raster_id: int) -> set[int]:
        with self.reading() as cursor:
            return blocks.select_blocks(cursor, raster_id)

    def block_keys(self, raster_id: int) -> dict[int, BatchKey]:
        with self.reading() as cursor:
            return blocks.select_block_keys(cursor, raster_id)

    def read_block(self, raster_id: int, block: int) -> StoredBlock | None:
        self._require_shards()
        with self.reading() as cursor:
            return blocks.select_block(cursor, raster_id, block, self.dimension)

    def restore_raster(self, record: RasterRecord) -> None:
        with self._writing() as cursor:
            rasters.restore_raster(cursor, record)

    def restore_block(self, raster_id: int, block: int, stored: StoredBlock) -> None:
        with self._writing() as cursor:
            rasters.select_raster(cursor, raster_id)
            delete_removed(cursor)  # which may be chips with the same ids
            blocks.insert_block(cursor, raster_id, block, stored.chips, self.dimension, stored.first_chip)

    def finish_copy(self, last_chip: int) -> None:
        with self._writing() as cursor:
            cursor.execute(schema.NEAREST_INDEX.format(table="chips_0"))
            counters = blocks.lock_counters(cursor)
            blocks.write_counters(cursor, counters._replace(chip=max(counters.chip, last_chip)))
            cursor.execute("DELETE FROM archive_info WHERE key = 'copied_from'")
        self.copied_from = None

    def add_shard(self, server: str, location: str) -> None:
        place = DatabaseLocation.parse(location)
        if self.copied_from is not None:
            raise EngineError(
                ErrorCode.BAD_REQUEST, f"{self.name} is a copy that is not finished: give the command copy again first."
            )
        make_shard(place, self.id, self.dimension)
        with self._writing() as cursor:
            if any(shard.server == server for shard in select_shards(cursor)):
                raise EngineError(ErrorCode.BAD_REQUEST, f"{server} is a shard of {self.name} already.")
            attach_shard(cursor, server, place.schema)

    def find_shards(self) -> tuple[list[Shard], list[Shard]]:
        """The shards on other servers, and those of them that do not answer, which reading leaves out from now on.

        One that did not answer is asked again after `_LOST_SECONDS`: asking a server that is gone may take seconds.
        """
        with self.reading() as cursor:
            shards = select_shards(cursor)
        now = time.monotonic()
        lost = {}
        for shard in shards:
            since = self._lost.get(shard, -math.inf)
            if now - since < _LOST_SECONDS or not answers(self._connection, self._place, shard):
                lost[shard] = since if now - since < _LOST_SECONDS else now
        if lost.keys() != self._lost.keys():
            with self._transaction("BEGIN READ WRITE") as cursor:
                show_all(cursor)
                if lost:
                    show_only(cursor, self._place, (0, *(shard.number for shard in shards if shard not in lost)))
        self._lost = lost
        return shards, list(lost)

    def grant(self, analysts: Sequence[str], indexers: Sequence[str]) -> None:
        with self._writing() as cursor:
            try:
                schema.grant(cursor, self._place.schema, analysts, indexers)
            except errors.UndefinedObject as error:
                raise EngineError(
                    ErrorCode.BAD_REQUEST, f"The database has no such role ({error.diag.message_primary})."
                ) from error

    def _read_chips(self, select: Callable[[Cursor], _Selected]) -> _Selected:
        """As `_read_those_there`; a chip that is not found while a shard is lost may lie there, which is said."""
        try:
            return self._read_those_there(select)
        except EngineError as error:
            if error.code is ErrorCode.CHIP_UNKNOWN and self._lost:
                raise self._unreachable(error.code) from error
            raise

    def _read_those_there(self, select: Callable[[Cursor], _Selected]) -> _Selected:
        """What is selected in one state of the archive, of shards that answer.

        A shard that went, or came back under a connection of before, is noticed by the first statement that fails.
        """
        if any(time.monotonic() - since >= _LOST_SECONDS for since in self._lost.values()):
            self.find_shards()
        try:
            with self.reading() as cursor:
                return select(cursor)
        except EngineError as error:
            if error.code is not ErrorCode.ARCHIVE_UNREACHABLE or self._connection.closed:
                raise
        self.find_shards()
        with self.reading() as cursor:
            return select(cursor)

    def _require_shards(self) -> None:
        """Raises EngineError(ARCHIVE_UNREACHABLE) where a shard does not answer: what is there would look damaged."""
        if self._lost and self.find_shards()[1]:
            raise self._unreachable(ErrorCode.ARCHIVE_UNREACHABLE)

    def _unreachable(self, code: ErrorCode) -> EngineError:
        names = ", ".join(shard.server for shard in self._lost)
        return EngineError(code, SHARD_LOST.format(name=self.name, detail=names))

    def _clean_shards(self) -> None:
        """Deletes on the shards what was removed; those that do not answer wait, and nobody reads it meanwhile."""
        try:
            with self._writing() as cursor:
                delete_removed(cursor)
        except EngineError as error:
            if error.code is not ErrorCode.ARCHIVE_UNREACHABLE:
                raise

    def reading(self) -> AbstractContextManager[Cursor]:
        """One consistent state of the archive for the length of the block."""
        return self._transaction(READ)

    @contextmanager
    def _writing(self) -> Iterator[Cursor]:
        """One transaction, all or nothing, of which no other runs at the same time."""
        if not self._writable:
            raise EngineError(ErrorCode.ARCHIVE_READ_ONLY, f"{self.name} was opened for reading: open it for writing.")
        with self._transaction(WRITE) as cursor:
            if self._lost:
                show_all(cursor)
            blocks.lock_counters(cursor)
            yield cursor
        self._lost = {}

    def _transaction(self, begin: str) -> AbstractContextManager[Cursor]:
        if self._closed:
            raise EngineError(ErrorCode.INTERNAL, f"{self.name} was used wrongly (it is closed): please report this.")
        idle, self._used = time.monotonic() - self._used, time.monotonic()
        if self._connection.closed or (idle > _IDLE_SECONDS and not is_alive(self._connection)):
            connection = connect(self._place, writable=self._writable)
            try:
                information = read_information(connection, self._place, self._writable)
                if information.id != self.id:
                    raise EngineError(
                        ErrorCode.ARCHIVE_MISSING, f"{self.name} is another archive now: close it and open it again."
                    )
            except BaseException:
                connection.close()
                raise
            self._connection = connection
            self._lost = {}
        return transaction(self._connection, self._place, begin)
