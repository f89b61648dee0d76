"""An archive as one GeoParquet file with a STAC collection beside it, for other tools."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.connection import absolute
from frors_qgis.engine.archive.rasters import is_virtual, record_values, relative_path
from frors_qgis.engine.archive.records import RasterRecord, StoredBlock
from frors_qgis.engine.exchange.columns import FOOTER, REPEATED, schema, table_of
from frors_qgis.engine.exchange.footprints import Box, box_round, union
from frors_qgis.engine.exchange.metadata import embedding_metadata, geo_metadata, stac_collection
from frors_qgis.protocol import EngineError, ErrorCode

SUFFIXES = (".parquet", ".geoparquet")
FOOTER_VERSION = 1
LICENCE = "proprietary"
"""What STAC 1.0 calls a licence that is told elsewhere, or not at all."""

_GROUP_BYTES = 64 << 20
_GROUP_ROWS = 65_536
_BYTES_BESIDE_VECTOR = 256

Progress = Callable[[int, int], None]
"""Called with how many chips are written, of how many; may raise."""


def collection_beside(file: Path) -> Path:
    """Where the STAC collection of a GeoParquet file stands."""
    return file.with_name(f"{file.stem}.collection.json")


def require_free(file: Path) -> None:
    """Raises EngineError(BAD_REQUEST) where an archive cannot be exported to."""
    if file.suffix.lower() not in SUFFIXES:
        raise EngineError(ErrorCode.BAD_REQUEST, f"{file.name} must end in .parquet: give it such a name.")
    for path in (file, collection_beside(file)):
        if path.exists():
            raise EngineError(ErrorCode.BAD_REQUEST, f"{path} is there already: remove it, or choose another name.")
    if not file.parent.is_dir():
        raise EngineError(ErrorCode.BAD_REQUEST, f"There is no folder {file.parent}: make it or choose another.")
    if not os.access(file.parent, os.W_OK):
        raise EngineError(ErrorCode.BAD_REQUEST, f"{file.parent} refuses new files: choose another folder.")


def export_archive(
    archive: Archive, path: str | Path, progress: Progress, *, single: bool = False, licence: str = LICENCE
) -> int:
    """Writes what an archive holds now into a new file; returns how many chips. Half a file never has its name.

    single: embeddings as float32, for readers that know no float16; the numbers are the same. Raises EngineError:
    BAD_REQUEST where it cannot be written there, DISK_FULL, ARCHIVE_DAMAGED.
    """
    file = absolute(path)
    require_free(file)
    draft = file.with_name(f".{file.name}.{uuid.uuid4()}.partial")
    collection = collection_beside(draft)
    try:
        writer = _Writer(archive, draft, file.parent, single)
        try:
            writer.write(progress)
        finally:
            writer.close()
        described = stac_collection(
            archive,
            file,
            data_type=writer.data_type,
            box=writer.box,
            rasters=writer.rasters,
            levels=archive.levels(),
            licence=licence,
        )
        collection.write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")
        require_free(file)
        draft.rename(file)
        collection.rename(collection_beside(file))
        return writer.chips
    except OSError as error:
        sentence = f"{file} cannot be written ({error.strerror or error}): check its disk."
        raise EngineError(ErrorCode.DISK_FULL, sentence) from error
    finally:
        draft.unlink(missing_ok=True)
        collection.unlink(missing_ok=True)


class _Writer:
    """Writes the blocks of an archive in the order of their chips. `box` is round all that was written."""

    def __init__(self, archive: Archive, draft: Path, folder: Path, single: bool) -> None:
        self.data_type = "float32" if single else "float16"
        self.rasters = archive.rasters()
        self.box: Box | None = None
        self.chips = 0
        self._archive = archive
        self._folder = folder
        self._columns = schema(archive.dimension, pa.float32() if single else pa.float16())
        self._blocks: list[tuple[int, int, int, int, int]] = []
        self._waiting: list[Any] = []
        self._rows = 0
        size = archive.dimension * (4 if single else 2) + _BYTES_BESIDE_VECTOR
        self._group = max(1, min(_GROUP_ROWS, _GROUP_BYTES // size))
        self._file = draft.open("wb")
        self._writer = pq.ParquetWriter(
            self._file, self._columns, compression="zstd", use_dictionary=list(REPEATED), version="2.6"
        )

    def write(self, progress: Progress) -> None:
        records = {record.id: record for record in self.rasters if record.id is not None}
        keys = [
            (key.first_chip, key.id, block, key)
            for number in records
            for block, key in self._archive.block_keys(number).items()
        ]
        total = sum(key.chips for *_, key in keys)
        for *_, block, key in sorted(keys):
            progress(self.chips, total)
            stored = self._archive.read_block(key.raster_id, block)
            if stored is None or (stored.first_chip, len(stored.chips)) != (key.first_chip, key.chips):
                continue  # it was removed meanwhile
            self._blocks.append((key.raster_id, block, key.first_chip, key.chips, key.checksum))
            if key.chips:
                self._add(stored, records[key.raster_id])
        self._flush()
        for name, value in (
            ("geo", geo_metadata(self.box)),
            ("emb", embedding_metadata(self._archive)),
            (FOOTER, self._footer()),
        ):
            self._writer.add_key_value_metadata({name: json.dumps(value)})
        progress(total, total)

    def close(self) -> None:
        try:
            self._writer.close()
            self._file.flush()
            os.fsync(self._file.fileno())
        finally:
            self._file.close()

    def _add(self, stored: StoredBlock, record: RasterRecord) -> None:
        self._waiting.append(table_of(stored, record, self._columns))
        self.chips += len(stored.chips)
        self._rows += len(stored.chips)
        box = box_round(stored.chips.footprints)
        self.box = box if self.box is None else union(self.box, box)
        if self._rows >= self._group:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.concat_tables(self._waiting), row_group_size=self._rows)
        self._waiting, self._rows = [], 0

    def _footer(self) -> dict[str, Any]:
        """What makes the same archive again out of the rows."""
        archive = self._archive
        return {
            "version": FOOTER_VERSION,
            "archive": archive.id,
            "encoder": archive.encoder,
            "encoder_sha256": archive.encoder_sha256,
            "dimension": archive.dimension,
            "last_chip": archive.last_chip(),
            "rasters": [self._record(record) for record in self.rasters],
            "blocks": self._blocks,
        }

    def _record(self, record: RasterRecord) -> dict[str, Any]:
        """A raster's record, its place seen from the file's folder."""
        values = record_values(record, None)
        if not is_virtual(record.path):
            values["path"] = str(self._archive.raster_path(record))
            values["relative_path"] = relative_path(values["path"], self._folder)
        return values
