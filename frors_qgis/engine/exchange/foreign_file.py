"""Foreign GeoParquet files as what an archive is copied from: it can be searched by its own chips."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from frors_qgis.engine.acquisition.facts import Facts, facts_of
from frors_qgis.engine.archive.acquisitions import with_facts
from frors_qgis.engine.archive.blocks import checksum_of
from frors_qgis.engine.archive.foreign import foreign_encoder
from frors_qgis.engine.archive.records import CELL_PIXELS, BatchKey, NewChips, RasterRecord, StoredBlock
from frors_qgis.engine.exchange.file_source import FileSource
from frors_qgis.engine.exchange.footprints import Box, bounds, box_round, sides, union
from frors_qgis.engine.exchange.foreign_columns import (
    ForeignColumns,
    find_columns,
    read_footprints,
    read_keys,
    read_vectors,
)
from frors_qgis.engine.exchange.parquet_file import ParquetFile
from frors_qgis.engine.imagery.metadata.file_name import name_facts
from frors_qgis.protocol import EngineError, ErrorCode

_ROWS = 1024
"""Rows that are looked at together; those of one raster are a block."""

_CELLS = 8
_LEAST_BLOCK = 16
_FEW_BLOCKS = 256
_PIXELS_PER_DEGREE = 10_000
_WIDE = 20.0  # degrees; what reaches farther has no one place

Key = tuple["str | None", "str | None"]


@dataclass(frozen=True)
class _Run:
    """Rows of one raster among `count` rows of a file from `start` on."""

    file: int
    start: int
    count: int
    key: Key


class ForeignFiles(FileSource):
    """Several files of one model; they need not say which. `check` comes first: it reads all of them once.

    What tells the source image of a row, or its date, makes rasters. They are never opened: they are elsewhere.
    Raises EngineError(BAD_REQUEST) for files that cannot be used, or do not belong together.
    """

    def __init__(self, files: Sequence[ParquetFile], point_size: float | None, vectors: str | None) -> None:
        self._files = files
        self._point_size = point_size
        self._columns: list[ForeignColumns] = []
        for file in files:
            with file.readable():
                self._columns.append(find_columns(file, vectors))
        if point_size is not None and not 0 < point_size < 1e7:
            raise EngineError(ErrorCode.BAD_REQUEST, "The size of points must be a number of metres above 0.")
        for file, columns in zip(files, self._columns, strict=True):
            if columns.model != self._columns[0].model:
                raise file.unusable(f"it is of the model {columns.model}, {files[0].path.name} of another")
        marks = [f"{file.path.name} {_identity(file)}" for file in files]
        self.id = str(uuid.uuid5(uuid.NAMESPACE_URL, "\n".join([*marks, str(point_size), str(vectors)])))
        self.dimension = 0
        self.encoder = self.encoder_sha256 = ""
        self._ids: dict[tuple[int, Key], int] = {}
        self._boxes: dict[int, Box] = {}
        self._gsd: dict[int, float] = {}
        self._keys: dict[int, dict[int, BatchKey]] = {}
        self._runs: dict[tuple[int, int], _Run] = {}
        self._last_chip = 0
        self._last_read: tuple[tuple[int, int, int], list[tuple[Key, NewChips]]] | None = None
        self._apart = [self._tells_rasters_apart(number) for number in range(len(files))]

    def check(self, progress: Callable[[int, int], None]) -> None:
        """Reads everything once. Raises EngineError(BAD_REQUEST) at the first row that cannot be used."""
        total, done = sum(file.rows for file in self._files), 0
        for number, file in enumerate(self._files):
            for start in range(0, file.rows, _ROWS):
                progress(done, total)
                done += self._plan(number, start, min(_ROWS, file.rows - start))
        if not self._runs:
            raise self._files[0].unusable("it has no rows")
        self.encoder, self.encoder_sha256 = foreign_encoder(self._columns[0].model, self.dimension)

    def rasters(self) -> list[RasterRecord]:
        return [self._record(raster, place) for place, raster in self._ids.items()]

    def raster_path(self, record: RasterRecord) -> Path:
        return Path(record.path)

    def block_keys(self, raster_id: int) -> dict[int, BatchKey]:
        return self._keys[raster_id]

    def read_block(self, raster_id: int, block: int) -> StoredBlock:
        key, run = self._keys[raster_id][block], self._runs[raster_id, block]
        for found, chips in self._read(run.file, run.start, run.count):
            if found == run.key:
                return StoredBlock(key.first_chip, chips)
        raise self._files[run.file].unusable("it has changed meanwhile")

    def last_chip(self) -> int:
        return self._last_chip

    def _tells_rasters_apart(self, number: int) -> bool:
        """Whether sources and dates make rasters: not where nearly every row would be a block of its own."""
        file, columns = self._files[number], self._columns[number]
        blocks = 0
        for start in range(0, file.rows, _ROWS) if columns.keys else ():
            table = file.take(start, min(_ROWS, file.rows - start), columns.keys)
            with file.readable():
                blocks += len(set(read_keys(file, columns, table)))
        return blocks <= max(_FEW_BLOCKS, file.rows // _LEAST_BLOCK)

    def _plan(self, number: int, start: int, count: int) -> int:
        """Gives the chips of some rows their rasters, blocks and ids; returns how many they are."""
        for key, chips in self._read(number, start, count):
            dimension = chips.vectors.shape[1]
            if self.dimension not in (0, dimension):
                raise self._files[number].unusable(
                    f"it has embeddings of {dimension} numbers, the ones before of {self.dimension}"
                )
            self.dimension = dimension
            raster = self._ids.setdefault((number, key), len(self._ids) + 1)
            block, first = len(self._keys.setdefault(raster, {})), self._last_chip + 1
            data = chips.vectors.astype("<f2").tobytes()
            checksum = checksum_of(raster, block, first, len(chips), dimension, data)
            self._keys[raster][block] = BatchKey(len(self._runs) + 1, first, raster, len(chips), checksum)
            self._runs[raster, block] = _Run(number, start, count, key)
            self._last_chip += len(chips)
            self._gsd.setdefault(raster, float(chips.gsd[0]))
            box = box_round(chips.footprints)
            self._boxes[raster] = union(self._boxes.get(raster, box), box)
        return count

    def _read(self, number: int, start: int, count: int) -> list[tuple[Key, NewChips]]:
        """The chips of some rows of a file, those of each raster together; what was read last is kept."""
        place = (number, start, count)
        if self._last_read is None or self._last_read[0] != place:
            self._last_read = (place, list(self._read_anew(*place)))
        return self._last_read[1]

    def _read_anew(self, number: int, start: int, count: int) -> Iterator[tuple[Key, NewChips]]:
        file, columns = self._files[number], self._columns[number]
        table = file.take(start, count, columns.all)
        with file.readable():
            chips = self._chips(file, columns, table, start + 1)
            keys = read_keys(file, columns, table) if self._apart[number] else [(None, None)] * count
        rows: dict[Key, list[int]] = {}
        for row, key in enumerate(keys):
            rows.setdefault(key, []).append(row)
        for key, own in rows.items():
            yield key, NewChips(**{name: array[own] for name, array in vars(chips).items()})

    def _chips(self, file: ParquetFile, columns: ForeignColumns, table: Any, first: int) -> NewChips:
        footprints = read_footprints(file, columns, table, first, self._point_size)
        west, south, east, north = bounds(footprints).T
        gsd = sides(footprints) / (_CELLS * CELL_PIXELS)
        return NewChips(
            windows=np.stack([west + 180.0, 90.0 - north, east - west, north - south], axis=1) * _PIXELS_PER_DEGREE,
            gsd=np.array([float(f"{one:.2g}") for one in gsd]),
            cells=np.full(len(footprints), _CELLS, np.int32),
            valid=np.ones(len(footprints), np.float32),
            footprints=footprints,
            vectors=read_vectors(file, columns, table, first),
        )

    def _record(self, raster: int, place: tuple[int, Key]) -> RasterRecord:
        """The record of an image that is elsewhere: a whole Earth of pixels, in which its chips have their windows."""
        number, (source, day) = place
        file = self._files[number].path
        west, south, east, north = self._boxes[raster]
        step = 1.0 / _PIXELS_PER_DEGREE
        image = ("" if source is None else f"#{source}") + ("" if day is None else f"@{day}")
        record = RasterRecord(
            path=f"GEOPARQUET:{file.resolve()}{image}",
            identity=_identity(self._files[number]),
            crs="EPSG:4326",
            transform=(-180.0, step, 0.0, 90.0, 0.0, -step),
            width=360 * _PIXELS_PER_DEGREE,
            height=180 * _PIXELS_PER_DEGREE,
            gsd=self._gsd[raster],
            stretch={},
            bands=0,
            id=raster,
            state="indexed",
        )
        facts = facts_of("tags", {"acquired": day}) + name_facts((source or file.name).rpartition("/")[2])
        if east - west < _WIDE:
            facts += facts_of("raster", {"place": ((west + east) / 2, (south + north) / 2)})
        return with_facts(record, Facts.of(facts))


def _identity(file: ParquetFile) -> str:
    """Differs when a file has changed."""
    stat = file.path.stat()
    return f"{stat.st_size}-{stat.st_mtime_ns}"
