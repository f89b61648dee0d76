"""An archive comes back out of its GeoParquet file as it was, and other readers find in it what the archive holds."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from frors_qgis.engine import exchanging
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.call import Call
from frors_qgis.engine.exchange.export import export_archive
from frors_qgis.engine.exchange.footprints import encode_footprints
from frors_qgis.engine.parameters import Parameters
from frors_qgis.protocol import EngineError, ErrorCode


def ids_of(archive):
    return [key.first_chip + chip for key in archive.batch_keys() for chip in range(key.chips)]


@pytest.mark.parametrize("float32", [False, True])
def test_an_archive_comes_back_as_it_was(archive, target, tmp_path, ask, float32):
    file = str(tmp_path / "a.parquet")
    exported = ask("export_parquet", archive=archive.location, file=file, float32=float32)
    assert exported == {"file": file, "collection": str(tmp_path / "a.collection.json"), "chips": 75}
    imported = ask("import_parquet", archive=target, files=[file])
    counts = {"chips": 75, "imported": 75, "raster_count": 2}
    assert imported == counts | {"encoder": "trial", "foreign": False}
    with Archive.open(target) as copy:
        assert (copy.encoder, copy.encoder_sha256, copy.dimension) == ("trial", "ab" * 32, 16)
        ids = ids_of(archive)
        assert copy.chips(ids) == archive.chips(ids)
        np.testing.assert_array_equal(copy.vectors(ids), archive.vectors(ids))
        assert [dataclasses.replace(r, relative_path=None) for r in copy.rasters()] == [
            dataclasses.replace(r, relative_path=None) for r in archive.rasters()
        ]
        for raster in archive.rasters():
            assert copy.finished_blocks(raster.id) == archive.finished_blocks(raster.id)
        assert (copy.last_chip(), copy.levels()) == (archive.last_chip(), archive.levels())
        assert copy.verify() == []
    with pytest.raises(EngineError, match="choose another name"):
        ask("import_parquet", archive=target, files=[file])


def test_another_reader_finds_what_the_archive_holds(archive, tmp_path):
    duckdb = pytest.importorskip("duckdb", reason="DuckDB, the other reader, is not installed")
    file = str(tmp_path / "a.parquet")
    export_archive(archive, file, lambda *_: None)
    database = duckdb.connect()
    rows = database.execute(
        "SELECT id, ST_AsWKB(geometry), bbox.xmin, bbox.ymax, raster, raster_identity, acquired, platform, cloud, "
        "embedding, ST_CRS(geometry) FROM read_parquet(?) ORDER BY id",
        [file],
    ).fetchall()
    chips = archive.chips(ids_of(archive))
    footprints = np.array([chip.footprint for chip in chips])
    ids, shapes, west, north, rasters, identities, days, platforms, clouds, vectors, systems = zip(*rows, strict=True)
    assert list(ids) == [chip.id for chip in chips]
    assert list(map(bytes, shapes)) == encode_footprints(footprints)
    np.testing.assert_array_equal(west, footprints[:, :, 0].min(axis=1))
    np.testing.assert_array_equal(north, footprints[:, :, 1].max(axis=1))
    assert rasters == tuple({1: "one.tif", 3: "two.tif"}[chip.raster_id] for chip in chips)
    same = {(identity, *rest) for identity, *rest in zip(identities, days, platforms, clouds, systems, strict=True)}
    assert same == {("123-456", "2024-05-17", "sentinel-2a", 12.5, "OGC:CRS84")}
    np.testing.assert_array_equal(np.array(vectors, np.float32), archive.vectors(ids))
    metadata = dict(database.execute("SELECT key, value FROM parquet_kv_metadata(?)", [file]).fetchall())
    geo, emb = (json.loads(metadata[key]) for key in (b"geo", b"emb"))
    assert (geo["version"], geo["columns"]["geometry"]["covering"]["bbox"]["xmin"]) == ("1.1.0", ["bbox", "xmin"])
    assert (emb["model"]["version"], emb["embedding_dim"]) == ("ab" * 32, 16)
    collection = json.loads((tmp_path / "a.collection.json").read_text())
    assert (collection["emb:type"], collection["emb:dimensions"], collection["data_type"]) == ("chip", 16, "float16")
    assert {"emb:model", "emb:source-data"} == {link["rel"] for link in collection["links"]}
    assert collection["assets"]["embeddings"]["href"] == "./a.parquet"
    assert collection["extent"]["temporal"]["interval"] == [["2024-05-17T00:00:00Z", "2024-05-17T23:59:59Z"]]


def test_what_is_interrupted_leaves_no_half_file_and_goes_on(archive, tmp_path):
    def give_up(done, total):
        if done >= 30:
            raise EngineError(ErrorCode.CANCELLED, "Cancelled.")

    file, target = tmp_path / "a.parquet", str(tmp_path / "imported.gpkg")
    before = set(tmp_path.iterdir())
    with pytest.raises(EngineError, match="Cancelled"):
        export_archive(archive, file, give_up)
    assert set(tmp_path.iterdir()) == before
    export_archive(archive, file, lambda *_: None)
    with pytest.raises(EngineError, match="is there already"):
        export_archive(archive, file, lambda *_: None)

    def import_(progress):
        parameters = Parameters({"archive": target, "files": [str(file)]})
        return exchanging.import_parquet(parameters, Call(progress), lambda *_: None)

    with pytest.raises(EngineError, match="Cancelled"):
        import_(lambda fraction, *_: give_up(fraction * 60, 75))
    with Archive.open(target) as copy:
        assert 0 < copy.chip_count() < 75
        assert copy.copied_from == archive.id
    assert 0 < import_(lambda *_: None)["imported"] < 75
    with Archive.open(target) as copy:
        assert (copy.chip_count(), copy.copied_from, copy.verify()) == (75, None, [])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda table, footer: (table.slice(1), footer), "has 74 rows of the 75"),
        (lambda table, footer: (table.take([1, 0, *range(2, 75)]), footer), "rows 1 to 30 are not as"),
        (lambda table, footer: (table.drop_columns(["gsd"]), footer), "lacks the columns gsd"),
        (lambda table, footer: (bent(table, "embedding", [0.25] * 16), footer), "rows 1 to 30 are not as"),
        (lambda table, footer: (bent(table, "geometry", b"\0" * 93), footer), "rows 1 to 30 are not as"),
        (lambda table, footer: (table, footer | {"version": 2}), "newer FRORS"),
        (lambda table, footer: (table, footer | {"blocks": footer["blocks"] * 2}), "are damaged"),
        (lambda table, footer: (table, footer | {"blocks": [[9, 0, 1, 75, 0]]}), "are damaged"),
        (lambda table, footer: (table, footer | {"rasters": [{"id": 1}]}), "are damaged"),
        (lambda table, footer: (table, footer | {"rasters": footer["rasters"] * 2}), "are damaged"),
        (lambda table, footer: (table, footer | {"rasters": [footer["rasters"][0] | {"crs": "x"}]}), "are damaged"),
        (lambda table, footer: (bent(table, "cells", 1 << 30), footer), "rows 1 to 30 are not as"),
        (lambda table, footer: (bent(table, "pixel_width", 0.0), footer), "rows 1 to 30 are not as"),
        (lambda table, footer: (table, footer | {"dimension": "many"}), "are damaged"),
        (lambda table, footer: (table, footer | {"dimension": 17}), "rows 1 to 30 are not as"),
        (lambda table, footer: (table, [1]), "not JSON"),
    ],
)
def test_a_file_that_was_changed_is_refused_before_there_is_an_archive(archive, tmp_path, ask, change, complaint):
    export_archive(archive, tmp_path / "a.parquet", lambda *_: None)
    file = pq.ParquetFile(tmp_path / "a.parquet")
    metadata = file.metadata.metadata
    table, footer = change(file.read(), json.loads(metadata[b"frors"]))
    table = table.replace_schema_metadata({"geo": metadata[b"geo"], "frors": json.dumps(footer)})
    pq.write_table(table, tmp_path / "b.parquet")
    with pytest.raises(EngineError, match=complaint):
        ask("import_parquet", archive=str(tmp_path / "b.gpkg"), files=[str(tmp_path / "b.parquet")])
    assert not (tmp_path / "b.gpkg").exists()


def bent(table, name, value):
    """A table in which the value of one row is another."""
    values = table.column(name).to_pylist()
    values[7] = value
    at = table.column_names.index(name)
    return table.set_column(at, name, pa.array(values, table.schema.field(name).type))
