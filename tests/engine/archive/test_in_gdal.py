"""What GDAL, and with it QGIS and every other GIS, makes of an archive."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal, ogr

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.records import NewChips, RasterRecord
from frors_qgis.engine.archive.schema import REFUSAL

MakeChips = Callable[..., NewChips]


@pytest.fixture(autouse=True)
def _exceptions() -> Iterator[None]:
    before = gdal.GetUseExceptions()
    gdal.UseExceptions()
    ogr.UseExceptions()
    yield
    if not before:
        ogr.DontUseExceptions()
        gdal.DontUseExceptions()


def _open(path: Path, flags: int = 0) -> gdal.Dataset:
    return gdal.OpenEx(str(path), gdal.OF_VECTOR | flags)


def test_chips_and_rasters_are_layers_and_nothing_else_is(filled: Archive) -> None:
    dataset = _open(filled.path)
    assert [dataset.GetLayer(index).GetName() for index in range(dataset.GetLayerCount())] == ["chips", "rasters"]
    rasters = dataset.GetLayerByName("rasters")
    assert [(feature.GetFID(), Path(feature["path"]).name, feature["width"]) for feature in rasters] == [
        (1, "one.tif", 4096),
        (2, "two.tif", 4096),
    ]


def test_the_layer_of_chips_agrees_with_the_archive(filled: Archive) -> None:
    dataset = _open(filled.path)  # GDAL crashes where a layer outlives its dataset
    layer = dataset.GetLayerByName("chips")
    chips = filled.chips(range(1, 76))
    assert layer.GetFeatureCount() == 75
    assert layer.GetGeometryColumn() == "geom"
    assert layer.GetFIDColumn() == "fid"
    assert layer.GetGeomType() == ogr.wkbPolygon
    assert layer.GetSpatialRef().GetAuthorityCode(None) == "4326"
    corners = np.array([chip.footprint for chip in chips]).reshape(-1, 2)
    west, south, east, north = *corners.min(axis=0), *corners.max(axis=0)
    assert layer.GetExtent() == (west, east, south, north)
    for chip, feature in zip(chips, layer, strict=True):
        assert feature.GetFID() == chip.id
        assert feature.GetGeometryRef().IsValid()
        ring = feature.GetGeometryRef().GetGeometryRef(0).GetPoints()
        assert ring == [*chip.footprint, chip.footprint[0]]
        assert (feature["raster"], feature["cells"], feature["gsd"]) == (chip.raster_id, chip.cells, chip.gsd)
        assert (feature["column"], feature["row"], feature["width"]) == (chip.column, chip.row, chip.width)


def test_spatial_filters_agree_with_the_archive(filled: Archive) -> None:
    dataset = _open(filled.path)  # GDAL crashes where a layer outlives its dataset
    layer = dataset.GetLayerByName("chips")
    assert layer.TestCapability(ogr.OLCFastSpatialFilter)
    generator = np.random.default_rng(3)
    hits = 0
    for _ in range(50):
        west, south = generator.uniform((-122.605, 47.495), (-122.49, 47.505))
        east, north = west + generator.uniform(0, 0.004), south + generator.uniform(0, 0.004)
        layer.SetSpatialFilterRect(west, south, east, north)
        expected = sorted(feature.GetFID() for feature in layer)
        assert filled.chips_within((west, south, east, north)).tolist() == expected
        hits += len(expected)
    assert hits > 0


def test_the_extent_follows_a_removal(filled: Archive) -> None:
    filled.remove_raster(1)
    dataset = _open(filled.path)
    west, east, south, north = dataset.GetLayerByName("chips").GetExtent()
    corners = np.array([chip.footprint for chip in filled.chips(range(31, 56))]).reshape(-1, 2)
    np.testing.assert_allclose([west, south, east, north], [*corners.min(axis=0), *corners.max(axis=0)], atol=1e-5)


@pytest.mark.parametrize("options", [[], ["NOLOCK=YES"]], ids=["default", "nolock"])
def test_a_layer_read_while_another_process_writes_is_always_right(
    archive: Archive,
    make_chips: MakeChips,
    make_record: Callable[..., RasterRecord],
    start_writer: Callable[..., subprocess.Popen[str]],
    options: list[str],
) -> None:
    raster_id = archive.add_raster(make_record())
    archive.write_block(raster_id, 0, make_chips(40, dimension=16))
    dataset = gdal.OpenEx(str(archive.path), gdal.OF_VECTOR, open_options=options)
    layer = dataset.GetLayerByName("chips")
    writer = start_writer(archive.path, raster_id, 100_000, 40, 0.003)
    assert writer.stdout is not None
    last = 40
    seen = set()
    for _ in range(100):
        writer.stdout.readline()
        layer.ResetReading()
        count = sum(1 for feature in layer if feature.GetGeometryRef().GetEnvelope()[0] < -122.5)
        assert count >= last
        assert count % 40 == 0
        last = count
        seen.add(count)
    assert writer.poll() is None
    assert len(seen) > 50


def _edit_by_ogr(path: Path, layer_name: str, edit: Callable[[ogr.Layer], object]) -> str:
    dataset = _open(path, gdal.OF_UPDATE)
    layer = dataset.GetLayerByName(layer_name)
    message = ""
    try:
        edit(layer)
        dataset.FlushCache()
    except RuntimeError as error:
        message = str(error)
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        del layer, dataset
    except RuntimeError:
        pass
    finally:
        gdal.PopErrorHandler()
    return message


def _change_feature(layer: ogr.Layer) -> None:
    feature = layer.GetFeature(1)
    feature[2] = 7
    layer.SetFeature(feature)


def _move_feature(layer: ogr.Layer) -> None:
    feature = layer.GetFeature(1)
    feature.SetGeometry(ogr.CreateGeometryFromWkt("POLYGON((0 0,1 0,1 1,0 0))"))
    layer.SetFeature(feature)


def _add_feature(layer: ogr.Layer) -> None:
    feature = ogr.Feature(layer.GetLayerDefn())
    for index in range(layer.GetLayerDefn().GetFieldCount()):
        feature.SetField(index, 1)
    if layer.GetGeometryColumn():
        feature.SetGeometry(ogr.CreateGeometryFromWkt("POLYGON((0 0,1 0,1 1,0 0))"))
    layer.CreateFeature(feature)


@pytest.mark.parametrize(
    ("layer_name", "edit"),
    [
        ("chips", _change_feature),
        ("chips", _move_feature),
        ("chips", _add_feature),
        ("chips", lambda layer: layer.DeleteFeature(1)),
        ("rasters", _change_feature),
        ("rasters", _add_feature),
        ("rasters", lambda layer: layer.DeleteFeature(1)),
    ],
)
@pytest.mark.parametrize("engine_open", [True, False])
def test_edits_through_gdal_are_refused_with_our_sentence(
    filled: Archive,
    make_chips: MakeChips,
    layer_name: str,
    edit: Callable[[ogr.Layer], object],
    engine_open: bool,
) -> None:
    if not engine_open:
        filled.close()
    assert REFUSAL in _edit_by_ogr(filled.path, layer_name, edit)
    with Archive.open(filled.path, writable=True) as archive:
        assert archive.chip_count() == 75
        assert archive.verify() == []
        archive.write_block(2, 1, make_chips(5, dimension=16))
        archive.remove_raster(1)
        assert archive.verify() == []
    dataset = _open(filled.path)
    assert dataset.GetLayerByName("chips").GetFeatureCount() == 30


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE chips SET raster = 2",
        "DELETE FROM chips WHERE fid = 3",
        "INSERT INTO chips SELECT NULL, geom, raster, 0, 0, 1, 1, 1, 1, 1 FROM chips LIMIT 1",
        "INSERT OR REPLACE INTO chips SELECT * FROM chips LIMIT 1",
        "UPDATE embeddings SET data = zeroblob(10)",
        "DELETE FROM embeddings",
        "INSERT INTO embeddings VALUES (NULL, 1, 7, 1, 0, 16, 0, x'')",
        "UPDATE rasters SET path = 'elsewhere'",
        "DELETE FROM rasters",
        "UPDATE archive_info SET value = '9'",
    ],
)
def test_edits_through_sqlite_are_refused_with_our_sentence(filled: Archive, statement: str) -> None:
    other = sqlite3.connect(filled.path)
    for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
        other.create_function(name, 1, lambda _: 0)
    with pytest.raises(sqlite3.IntegrityError, match=REFUSAL):
        other.execute(statement)
    other.close()
    assert filled.verify() == []


def test_edits_by_programs_without_the_functions_of_a_geopackage_fail_too(filled: Archive) -> None:
    other = sqlite3.connect(filled.path)
    with pytest.raises(sqlite3.OperationalError, match="ST_IsEmpty"):
        other.execute("UPDATE chips SET raster = 2")
    with pytest.raises(sqlite3.IntegrityError, match=REFUSAL):
        other.execute("DELETE FROM chips")
    other.close()
    assert filled.verify() == []


def test_a_style_saved_beside_the_chips_does_no_harm(filled: Archive) -> None:
    filled.close()
    other = sqlite3.connect(filled.path)
    other.execute("CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, f_table_name TEXT, styleQML TEXT)")
    other.commit()
    other.close()
    with Archive.open(filled.path, writable=True) as archive:
        assert archive.verify() == []


def test_gdal_finds_the_geopackage_in_order(filled: Archive, tmp_path: Path) -> None:
    """The specification's own checks, as far as the validator of GDAL's samples is installed."""
    validate = pytest.importorskip("osgeo_utils.samples.validate_gpkg", reason="GDAL's GeoPackage validator is missing")
    filled.close()
    shutil.copy(filled.path, tmp_path / "copy.gpkg")
    validate.check(str(tmp_path / "copy.gpkg"), extra_checks=True)
