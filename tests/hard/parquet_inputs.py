"""GeoParquet files that were damaged or made by somebody who means harm, imported into archives."""

from __future__ import annotations

import json
import random
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.records import RasterRecord
from frors_qgis.engine.call import Call
from frors_qgis.engine.exchange.export import export_archive
from frors_qgis.engine.exchange.footprints import encode_footprints, squares
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.service import Service
from frors_qgis.protocol import EngineError
from tests.engine.archive.block_writer import make_chips
from tests.hard.hostile_tables import DIMENSION, with_other_column, with_other_metadata, write_table
from tests.hard.mutation import NUMBERS, TEXTS, mutated_bytes

_BLOCKS, _CHIPS = 2, 12
_ROWS = 30
_GEO = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}
_EMB = {"model": {"id": "clay"}, "quantization": {"scale": [0.5], "offset": 0.1}}
_HUGE = (
    b"\xff\xff\xff\xff\x0f",
    b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    b"\x80\x80\x80\x80\x80\x01",
    b"\xff" * 12,
)
"""Whole numbers as Parquet's headers write them: -2^31, 2^63 - 1, 2^34, and one without end."""


class Inputs:
    """See `hostile_worker.Surface`."""

    def __init__(self, folder: Path) -> None:
        self._service = Service(folder)
        self._own = _exported(folder)
        foreign = _foreign()
        self._foreign = foreign.replace_schema_metadata({"geo": json.dumps(_GEO), "emb": json.dumps(_EMB)})
        pq.write_table(self._foreign, folder / "foreign.parquet", row_group_size=12)
        pq.write_table(foreign, folder / "plain.parquet", compression="none", use_dictionary=False)
        self._valid = [(folder / name).read_bytes() for name in ("own.parquet", "foreign.parquet", "plain.parquet")]
        self._sealed = _archive_file(folder, "sealed.gpkg", blocks=_BLOCKS, copied_from=None)
        self._begun = _archive_file(folder, "begun.gpkg", blocks=1, copied_from=self._id)

    @property
    def _id(self) -> str:
        """Of the archive that was exported."""
        found: str = json.loads(self._own.schema.metadata[b"frors"])["archive"]
        return found

    def read_valid(self, folder: Path) -> None:
        file, target = folder / "a.parquet", folder / "a.gpkg"
        for content in self._valid:
            for existing in (None, self._begun) if content is self._valid[0] else (None,):
                file.write_bytes(content)
                target.unlink(missing_ok=True)
                if existing is not None:
                    target.write_bytes(existing)
                self._import(file, target)
        self._exported_again(target)

    def read(self, chance: random.Random, folder: Path) -> str:
        file, target = folder / "a.parquet", folder / "a.gpkg"
        self._make(file, chance)
        kind = chance.randrange(10)
        if kind >= 8:
            target.write_bytes(self._sealed if kind == 8 else self._begun)
        try:
            answer = self._import(file, target, chance)
        except EngineError:
            if kind < 8 and target.exists():
                raise ValueError("a file that was refused left an archive behind") from None
            if kind >= 8:
                self._look(target, _CHIPS * _BLOCKS if kind == 8 else None)
            raise
        if kind == 8:
            raise ValueError("an archive that was there was imported into")
        if chance.randrange(10) == 0:
            self._exported_again(target)
        return answer

    def _import(self, file: Path, target: Path, chance: random.Random | None = None) -> str:
        options: dict[str, Any] = {"point_size": 1000.0}
        if chance is not None:
            options = chance.choice(({}, options, options, options, {"vectors": "embedding"}))
            if chance.randrange(20) == 0:
                options = {"point_size": chance.choice(NUMBERS), "vectors": chance.choice(TEXTS)}
        try:
            found = self._ask("import_parquet", archive=str(target), files=[str(file)], **options)
            self._look(target, found["chips"])
        finally:
            self._service.release_archives()
        return "foreign" if found["foreign"] else "own"

    def _look(self, target: Path, chips: int | None) -> None:
        """Raises ValueError for an archive that is not sound, or not of so many chips."""
        path = str(target)
        try:
            if problems := self._ask("verify", archive=path)["problems"]:
                raise ValueError(f"the archive is not sound: {problems[:3]}")
            found = self._ask("info", archive=path)["chips"]
            if chips not in (None, found):
                raise ValueError(f"the archive has {found} chips, not {chips}")
            if found and chips is not None:
                with Archive.open(target) as archive:
                    first = min(key.first_chip for key in archive.batch_keys() if key.chips)
                with suppress(EngineError):  # where georeferences cannot be, as in any archive of somebody else's
                    self._service.methods["search"](Parameters({"archive": path, "chip": first, "k": 3}), Call())
        finally:
            self._service.release_archives()

    def _exported_again(self, target: Path) -> None:
        """What was imported can be exported, and imported again."""
        file, again = target.with_name("b.parquet"), target.with_name("b.gpkg")
        try:
            self._ask("export_parquet", archive=str(target), file=str(file))
            self._ask("import_parquet", archive=str(again), files=[str(file)])
        except EngineError as error:
            raise ValueError(f"what was imported cannot be exported and imported again: {error.message}") from error
        finally:
            self._service.release_archives()

    def _ask(self, method: str, **values: Any) -> dict[str, Any]:
        try:
            return self._service.methods[method](Parameters(values), Call())
        except EngineError as error:
            if method in ("info", "verify"):
                raise ValueError(f"{method} fails in an archive that was imported: {error.message}") from error
            raise

    def _make(self, file: Path, chance: random.Random) -> None:
        kind = chance.randrange(12)
        content = chance.choice(self._valid)
        if kind < 3:
            file.write_bytes(mutated_bytes(content, chance))
        elif kind == 3:
            file.write_bytes(content[: chance.randrange(len(content))])
        elif kind == 4:
            file.write_bytes(_with_other_footer(content, chance.choice(self._valid), chance))
        elif kind <= 6:
            file.write_bytes(_with_huge_numbers(content, chance))
        else:
            table = self._own if kind <= 8 else self._foreign
            if kind == 7 or chance.randrange(3) == 0:
                table = with_other_metadata(table, chance)
            for _ in range(chance.choice((1, 1, 2, 3)) if kind > 7 else 0):
                with suppress(pa.ArrowException, ValueError, TypeError, OverflowError, UnicodeError):
                    table = with_other_column(table, chance)
            write_table(table, file, chance)


def _archive(path: Path, blocks: int, copied_from: str | None) -> Archive:
    archive = Archive.create(
        path, encoder="trial", encoder_sha256="ab" * 32, dimension=DIMENSION, copied_from=copied_from
    )
    record = RasterRecord(
        "/data/one.tif", "1-2", "EPSG:32610", (5e5, 0.3, 0.0, 5.2e6, 0.0, -0.3), 4096, 2048, 0.3,
        {"bands": [1, 2, 3], "low": [0, 0, 0], "high": [255, 255, 255]}, 3, acquired="2024-05-01T10:00:00Z",
        state="indexed",
    )  # fmt: skip
    raster = archive.add_raster(record)
    for block in range(blocks):
        archive.write_block(raster, block, make_chips(_CHIPS, seed=block, dimension=DIMENSION))
    return archive


def _archive_file(folder: Path, name: str, blocks: int, copied_from: str | None) -> bytes:
    _archive(folder / name, blocks, copied_from).close()
    return (folder / name).read_bytes()


def _exported(folder: Path) -> Any:
    """The table of a file that FRORS has exported, which lies in the folder."""
    with _archive(folder / "own.gpkg", _BLOCKS, None) as archive:
        export_archive(archive, folder / "own.parquet", lambda *_: None)
    file = pq.ParquetFile(folder / "own.parquet")
    return file.read().replace_schema_metadata(file.metadata.metadata)


def _foreign() -> Any:
    """Embeddings of two images and days, made elsewhere."""
    places = np.stack([10.0 + np.arange(_ROWS) * 0.03, 45.0 + np.arange(_ROWS) * 0.02], axis=1)
    vectors = np.random.default_rng(0).standard_normal((_ROWS, DIMENSION)).astype(np.float32)
    return pa.table(
        {
            "source_url": [f"s3://a/{row // 20}.tif" for row in range(_ROWS)],
            "date": pa.array([19_000 + row // 15 for row in range(_ROWS)], pa.int32()).cast(pa.date32()),
            "geometry": encode_footprints(squares(places, 2000.0)),
            "embedding": pa.array(list(vectors)),
        }
    )


def _with_other_footer(content: bytes, other: bytes, chance: random.Random) -> bytes:
    """The rows of one file with the footer of another, or with a length of the footer that is not its own."""
    (length,) = struct.unpack("<I", content[-8:-4])
    (others,) = struct.unpack("<I", other[-8:-4])
    if chance.randrange(3):
        return content[: -8 - length] + other[-8 - others :]
    length = chance.choice((0, 1, length - 1, length + 1, len(content), 2**31 - 1, 2**31, 2**32 - 1))
    return content[:-8] + struct.pack("<I", length) + content[-4:]


def _with_huge_numbers(content: bytes, chance: random.Random) -> bytes:
    """The file with impossible sizes and counts, in the footer or the headers of its pages."""
    changed = bytearray(content)
    (length,) = struct.unpack("<I", content[-8:-4])
    for _ in range(chance.choice((1, 1, 2, 5))):
        first, end = (len(content) - 8 - length, len(content) - 8) if chance.randrange(3) else (4, len(content) - 8)
        at, number = chance.randrange(first, end), chance.choice(_HUGE)
        if chance.randrange(2):
            changed[at : at + len(number)] = number
        else:
            changed[at : at + 1] = number
            changed[-8:-4] = struct.pack("<I", length + len(number) - 1)
    return bytes(changed)
