"""A GeoParquet file of ours as what an archive is copied from: same ids, places, embeddings and acquisitions."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from frors_qgis.engine.archive.blocks import checked_vectors, checksum_of, split_levels
from frors_qgis.engine.archive.rasters import record_of
from frors_qgis.engine.archive.records import BatchKey, RasterRecord, StoredBlock
from frors_qgis.engine.exchange.columns import FOOTER, WINDOW, chips_of, no_chips
from frors_qgis.engine.exchange.export import FOOTER_VERSION
from frors_qgis.engine.exchange.file_source import FileSource
from frors_qgis.engine.exchange.footprints import decode_footprints
from frors_qgis.engine.exchange.parquet_file import ParquetFile
from frors_qgis.engine.imagery.georeference import spatial_reference
from frors_qgis.protocol import EngineError

_COLUMNS = ("id", "geometry", "raster_id", *WINDOW, "gsd", "cells", "valid", "embedding")
_MOST_DIMENSIONS = 65_536


class OwnFile(FileSource):
    """`source` has our key in its footer. Raises EngineError(BAD_REQUEST) where it does not hold together."""

    def __init__(self, source: ParquetFile) -> None:
        self._source = source
        footer = source.metadata(FOOTER) or {}
        if footer.get("version") != FOOTER_VERSION:
            raise source.unusable("it was exported by a newer FRORS, update the plugin to import it")
        if lacking := [name for name in _COLUMNS if name not in source.schema.names]:
            raise source.unusable(f"it lacks the columns {', '.join(lacking)}")
        try:
            self.id, self.encoder, self.encoder_sha256 = (
                _text(footer[name]) for name in ("archive", "encoder", "encoder_sha256")
            )
            self.dimension, self._last_chip = (_whole(footer[name]) for name in ("dimension", "last_chip"))
            self._rasters = [record_of(dict(values)) for values in footer["rasters"]]
            if len({record.path for record in self._rasters}) < len(self._rasters):
                raise ValueError
            for crs in {record.crs for record in self._rasters}:
                spatial_reference(crs)  # or the archive could not be described
            blocks = [tuple(map(_whole, block)) for block in footer["blocks"]]
            self._keys: dict[int, dict[int, BatchKey]] = {record.id or 0: {} for record in self._rasters}
            self._starts: dict[tuple[int, int], int] = {}
            row, free = 0, 1
            for number, (raster, block, first, count, checksum) in enumerate(blocks):
                if block in self._keys[raster] or first < free or count < 0:
                    raise ValueError
                self._keys[raster][block] = BatchKey(number + 1, first, raster, count, checksum)
                self._starts[raster, block] = row
                row, free = row + count, first + count
        except (KeyError, TypeError, ValueError, EngineError) as error:
            raise source.unusable(f"its metadata {FOOTER} are damaged") from error
        if row != source.rows:
            raise source.unusable(f"it has {source.rows:,} rows of the {row:,} that were exported")
        if not 0 < self.dimension <= _MOST_DIMENSIONS or self._last_chip < free - 1:
            raise source.unusable(f"its metadata {FOOTER} are damaged")

    def check(self, progress: Callable[[int, int], None]) -> None:
        """Reads everything once. Raises EngineError(BAD_REQUEST) where a block is not as it was exported."""
        done = 0
        for raster, block in self._starts:
            progress(done, self._source.rows)
            stored = self.read_block(raster, block)
            done += len(stored.chips)

    def rasters(self) -> list[RasterRecord]:
        return self._rasters

    def raster_path(self, record: RasterRecord) -> Path:
        """Where a raster is: seen from the file's folder if there is something, else where it was."""
        if record.relative_path is not None:
            beside = os.path.realpath(self._source.path.parent / record.relative_path)
            if os.path.exists(beside):
                return Path(beside)
        return Path(record.path)

    def block_keys(self, raster_id: int) -> dict[int, BatchKey]:
        return self._keys[raster_id]

    def read_block(self, raster_id: int, block: int) -> StoredBlock:
        key, start = self._keys[raster_id][block], self._starts[raster_id, block]
        if not key.chips:
            return StoredBlock(key.first_chip, no_chips(self.dimension))
        try:
            table = self._source.take(start, key.chips, _COLUMNS)
            ids, geometries, chips = chips_of(table)
            footprints = decode_footprints(geometries)
            rasters = table.column("raster_id").to_numpy()
        except (pa.ArrowException, ValueError, TypeError, AttributeError, OverflowError) as error:
            raise self._damaged(start, key) from error
        has_sizes = (chips.windows[:, 2:] > 0).all()
        if footprints is None or not has_sizes or not np.array_equal(ids, key.first_chip + np.arange(key.chips)):
            raise self._damaged(start, key)
        chips.footprints = footprints
        try:
            data = checked_vectors(chips, self.dimension).tobytes()
            split_levels(key, np.stack([chips.gsd, chips.cells.astype(np.float64)], axis=1))
        except EngineError as error:
            raise self._damaged(start, key) from error
        checksum = checksum_of(raster_id, block, key.first_chip, key.chips, self.dimension, data)
        if checksum != key.checksum or not (rasters == raster_id).all():
            raise self._damaged(start, key)
        return StoredBlock(key.first_chip, chips)

    def last_chip(self) -> int:
        return self._last_chip

    def _damaged(self, start: int, key: BatchKey) -> EngineError:
        last = start + key.chips
        return self._source.unusable(f"its rows {start + 1:,} to {last:,} are not as FRORS has exported them")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**53:
        raise ValueError
    return value
