"""What other projects have embedded can be searched by its own chips, whatever the layout of their files."""

from __future__ import annotations

import json
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from osgeo import osr

from frors_qgis.engine.__main__ import main
from frors_qgis.engine.archive.acquisitions import record_acquisition
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.exchange.footprints import encode_footprints
from frors_qgis.protocol import EngineError, ErrorCode

GEO = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}


def clay(foreign, write):
    """Lists of float32, a column of dates, of images; GeoParquet without a CRS."""
    urls = [f"s3://tiles/{row // 600}.tif" for row in range(foreign.count)]
    days = pa.array([19000] * foreign.count, pa.int32()).cast(pa.date32())
    columns = {"source_url": urls, "date": days, "embeddings": foreign.lists, "geometry": foreign.polygons}
    return {"files": [write(columns, geo=GEO)]}


def earth_index(foreign, write):
    """Several files, 64-bit numbers, the name of the model in the footer."""
    emb = {"version": "0.0.1", "model": {"id": "softcon", "source": "x"}, "embedding_dim": 12}
    halves = [slice(0, 600), slice(600, None)]
    files = [
        write(
            {
                "id": [str(row) for row in range(half.start, half.stop or foreign.count)],
                "embedding": pa.array(list(foreign.vectors[half].astype(np.float64))),
                "geometry": foreign.polygons[half],
            },
            f"tile-{half.start}.parquet",
            geo=GEO,
            emb=emb,
        )
        for half in halves
    ]
    return {"files": files}


def major_tom(foreign, write):
    """No metadata of GeoParquet, products and moments; more lists of numbers than the embeddings."""
    product = "S2A_MSIL1C_20190607T103031_N0207_R108_T32TPS_20190607T123456"
    columns = {
        "embedding": foreign.lists,
        "product_id": [product] * foreign.count,
        "timestamp": ["2019-06-07T10:30:31Z"] * foreign.count,
        "geometry": foreign.polygons,
        "pixel_bbox": [[0, 0, 224, 224]] * foreign.count,
    }
    return {"files": [write(columns)]}


def points(foreign, write):
    """Columns of longitude and latitude, of a size that has to be told; 8-bit numbers with a scale."""
    scaled = np.round(foreign.vectors * 20).astype(np.int8)
    scaled[foreign.twin] = scaled[0]
    columns = {"vector": pa.array(list(scaled)), "lon": foreign.places[:, 0], "lat": foreign.places[:, 1]}
    return {"files": [write(columns, emb={"quantization": {"scale": [0.05], "offset": [0]}})], "point_size": 2000.0}


def other_crs(foreign, write):
    """Fixed size lists of float16 at places in Web Mercator."""
    system, degrees = osr.SpatialReference(), osr.SpatialReference()
    for one, code in ((system, 3857), (degrees, 4326)):
        one.ImportFromEPSG(code)
        one.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    centres = np.array(osr.CoordinateTransformation(degrees, system).TransformPoints(foreign.places.tolist()))[:, :2]
    corners = centres[:, None] + 1425.0 * np.array([(-1, 1), (1, 1), (1, -1), (-1, -1)])
    column = {"encoding": "WKB", "crs": json.loads(system.ExportToPROJJSON())}
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(foreign.vectors.astype(np.float16).ravel()), 12)
    columns = {"embedding": vectors, "geometry": encode_footprints(corners)}
    return {"files": [write(columns, geo=GEO | {"columns": {"geometry": column}})]}


@pytest.mark.parametrize("layout", [clay, earth_index, major_tom, points, other_crs])
def test_foreign_embeddings_are_searched_by_their_chips(layout, foreign, write, tmp_path, ask):
    target = str(tmp_path / "foreign.gpkg")
    given = layout(foreign, write)
    imported = ask("import_parquet", archive=target, **given)
    assert (imported["chips"], imported["foreign"]) == (1100, True)
    with Archive.open(target) as archive:
        rasters = archive.rasters()
        vectors = foreign.vectors / np.linalg.norm(foreign.vectors, axis=1, keepdims=True)
        cosines = (archive.vectors(range(1, 1101)) * vectors).sum(axis=1)
        assert cosines.min() > (0.99 if layout is points else 0.9995)
        corners = np.array([chip.footprint for chip in archive.chips(range(1, 1101))])
        np.testing.assert_allclose(corners.mean(axis=1), foreign.places, atol=1e-5)
        assert {round(level.ground_size / 2000.0, 1) for level in archive.levels()} == {1.0}
        assert archive.verify() == []
        assert len(rasters) == {clay: 2, earth_index: 2}.get(layout, 1)
        assert archive.encoder == ("foreign:softcon" if layout is earth_index else "foreign:unknown")
        known = record_acquisition(rasters[0])
        assert known.acquired == {clay: "2022-01-08", major_tom: "2019-06-07T10:30:31Z"}.get(layout)
        assert known.platform == ("sentinel-2a" if layout is major_tom else None)
    matches = ask("search", archive=target, chip=1, k=2)["matches"]
    assert [match["chip"] for match in matches] == [1, foreign.twin + 1]
    assert matches[1]["score"] == pytest.approx(1.0, abs=1e-3)
    west, _, east, _ = matches[1]["bounds"]
    assert (west + east) / 2 == pytest.approx(foreign.places[foreign.twin, 0], abs=1e-4)


def test_a_box_picks_the_chip_that_lies_there(foreign, write, tmp_path, ask, capsys):
    target = str(tmp_path / "foreign.gpkg")
    ask("import_parquet", archive=target, **major_tom(foreign, write))
    lon, lat = foreign.places[700]
    box = [str(value) for value in (lon - 0.005, lat - 0.005, lon + 0.005, lat + 0.005)]
    assert main(["search", target, "--box", *box, "-k", "1", "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out.splitlines()[-1])["matches"][0]["chip"] == 701
    assert "Chip 701 lies there" in printed.err


def test_nothing_can_be_encoded_for_them(foreign, write, tmp_path, ask, sample_path):
    target = str(tmp_path / "foreign.gpkg")
    ask("import_parquet", archive=target, **clay(foreign, write))
    raster = str(sample_path)
    for method, values in (("embed", {"raster": raster, "box": [0, 0, 1, 1]}), ("index", {"rasters": [raster]})):
        with pytest.raises(EngineError, match="made elsewhere, by the model unknown") as caught:
            ask(method, archive=target, **values)
        assert caught.value.code is ErrorCode.ARCHIVE_FOREIGN
    with pytest.raises(EngineError, match="not a file of this computer"):
        ask("thumbnail", archive=target, chip=1)
    info = ask("info", archive=target)
    assert (info["foreign"], info["encoder_available"], info["reindexing"]) == (True, False, None)


def test_an_import_goes_on_with_the_same_files_and_comes_back_from_an_export(foreign, write, tmp_path, ask):
    target, file = str(tmp_path / "foreign.gpkg"), str(tmp_path / "out.parquet")
    ask("import_parquet", archive=target, **clay(foreign, write))
    ask("export_parquet", archive=target, file=file)
    again = ask("import_parquet", archive=str(tmp_path / "again.gpkg"), files=[file])
    assert (again["chips"], again["foreign"], again["raster_count"]) == (1100, True, 2)


VECTOR = [[1.0, 2.0], [2.0, 1.0]]
SQUARES = encode_footprints(np.array([[(0.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 0.0)]] * 2))
CORRUPT = b"\x01\x03\x00\x00\x00\xff\xff\xff\xff"


@pytest.mark.parametrize(
    ("columns", "metadata", "complaint"),
    [
        ({"embedding": [[1.0, float("nan")], [1.0, 2.0]]}, {}, "embedding of row 1 has no direction"),
        ({"embedding": [[1.0, 2.0], [0.0, 0.0]]}, {}, "embedding of row 2 has no direction"),
        ({"embedding": [[1.0, 2.0], [1.0]]}, {}, "row 2 has 1 numbers, the rows before it 2"),
        ({"embedding": [[1.0, 2.0], None]}, {}, "row 2 has no embedding"),
        ({"embedding": [[1.0, None], [1.0, 2.0]]}, {}, "row 1 has gaps"),
        ({"embedding": pa.array([[], []], pa.list_(pa.float32()))}, {}, "row 1 has 0 numbers"),
        ({"embedding": ["[1, 2]", "[2, 1]"]}, {}, "no column of embeddings, which are lists of numbers; it has"),
        ({"embedding": [[1, 2], [2, 1]]}, {}, "holds whole numbers"),
        ({"embedding": None, "a": VECTOR, "b": VECTOR}, {}, r"several columns may be its embeddings \(a, b\)"),
        ({"embedding": [[1, 2], [2, 1]]}, {"emb": {"quantization": {"scale": [1, 2, 3]}}}, "another dimension"),
        ({"embedding": [[1, 2], [2, 1]]}, {"emb": {"quantization": {"scale": "x"}}}, "not made of numbers"),
        ({"geometry": [SQUARES[0], None]}, {}, "row 2 has no geometry"),
        ({"geometry": [SQUARES[0], CORRUPT]}, {}, "rows 1 to 2: A geometry is none that GDAL can read"),
        ({"geometry": [SQUARES[0], b"POINT EMPTY"]}, {}, "none that GDAL can read"),
        ({"geometry": ["POINT (1 2)"] * 2}, {}, "are points, say how large"),
        ({"geometry": ["POLYGON ((0 0, 1 0, 2 0, 3 0, 0 0))"] * 2}, {}, "row 1 has no area"),
        ({"geometry": ["POLYGON ((0 0, 900 0, 900 9, 0 9, 0 0))"] * 2}, {}, "row 1 does not lie on the Earth"),
        ({"geometry": [1, 2]}, {}, "no column of geometries"),
        ({}, {"geo": "{"}, "its metadata geo are not JSON"),
        ({}, {"geo": {}}, "name no primary column"),
        ({}, {"geo": {"primary_column": "shape", "columns": {"shape": {}}}}, "lacks the column shape"),
        ({}, {"geo": {"primary_column": "geometry", "columns": {"geometry": {"encoding": "point"}}}}, "well-known"),
        (
            {},
            {"geo": {"primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", "crs": None}}}},
            "is said to be unknown",
        ),
        (
            {},
            {"geo": {"primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", "crs": {"type": 1}}}}},
            "CRS cannot be used",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence(columns, metadata, complaint, write, tmp_path, ask):
    file = write({"embedding": VECTOR, "geometry": SQUARES} | columns, **metadata)
    with pytest.raises(EngineError, match=complaint) as caught:
        ask("import_parquet", archive=str(tmp_path / "x.gpkg"), files=[file])
    assert caught.value.code is ErrorCode.BAD_REQUEST
    assert not (tmp_path / "x.gpkg").exists()


def test_what_is_no_parquet_file_is_refused(foreign, write, tmp_path, ask):
    target, broken = str(tmp_path / "x.gpkg"), tmp_path / "broken.parquet"
    whole = clay(foreign, write)["files"][0]
    content = bytearray((tmp_path / "foreign.parquet").read_bytes())
    content[1000:2000] = bytes(1000)
    for data, complaint in ((b"PAR1 and no more", "cannot be imported"), (bytes(content), "cannot be imported")):
        broken.write_bytes(data)
        with pytest.raises(EngineError, match=complaint):
            ask("import_parquet", archive=target, files=[str(broken)])
    with pytest.raises(EngineError, match="There is no file"):
        ask("import_parquet", archive=target, files=[str(tmp_path / "none.parquet")])
    other = write({"embedding": VECTOR, "geometry": SQUARES}, "other.parquet")
    with pytest.raises(EngineError, match="has embeddings of 2 numbers, the ones before of 12"):
        ask("import_parquet", archive=target, files=[whole, other])
    with pytest.raises(EngineError, match="must be a number of metres"):
        ask("import_parquet", archive=target, files=[whole], point_size=-1.0)


def test_a_file_with_two_columns_of_one_name_is_refused(tmp_path, ask):
    table = pa.table([pa.array(VECTOR), pa.array(VECTOR), pa.array(SQUARES)], names=["embedding", "embedding", "geom"])
    pq.write_table(table, tmp_path / "doubled.parquet")
    with pytest.raises(EngineError, match="several columns of the name embedding"):
        ask("import_parquet", archive=str(tmp_path / "x.gpkg"), files=[str(tmp_path / "doubled.parquet")])


def test_a_name_of_an_image_that_no_archive_can_keep_is_written_otherwise(write, tmp_path, ask):
    file = write({"embedding": VECTOR, "geometry": SQUARES, "source": ["a\0b.tif"] * 2})
    target = str(tmp_path / "x.gpkg")
    assert ask("import_parquet", archive=target, files=[file])["chips"] == 2
    assert ask("describe_raster", archive=target, raster=1)["path"].endswith("#a?b.tif")


def test_without_pyarrow_a_sentence_says_what_to_install(tmp_path, ask, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "pyarrow.parquet", raising=False)
    with pytest.raises(EngineError, match=r"pip install .pyarrow>=16,<26") as caught:
        ask("import_parquet", archive=str(tmp_path / "x.gpkg"), files=["x.parquet"])
    assert caught.value.code is ErrorCode.ENGINE_MISSING
