from __future__ import annotations

from pathlib import Path

import pytest
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer, QgsRectangle, QgsVectorLayer

from frors_qgis.client.layer_source import crs_text, raster_path
from frors_qgis.shell.raster_source import (
    box_is_too_small,
    box_layer,
    index_refusal,
    project_box_in,
)

UTM = QgsCoordinateReferenceSystem("EPSG:26910")
XYZ = "type=xyz&url=file:///nowhere/%7Bz%7D/%7Bx%7D/%7By%7D.png&zmax=3&zmin=0"


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("/a/town.tif", "/a/town.tif"),
        ("/a/town.tif|option:NUM_THREADS=2", "/a/town.tif"),
        ("/a/c|d.tif", "/a/c|d.tif"),
        ("GPKG:/a/town.gpkg:photo", "GPKG:/a/town.gpkg:photo"),
        ('NETCDF:"/a/sea.nc":sst', 'NETCDF:"/a/sea.nc":sst'),
        ("/vsizip//a/b.zip/town.tif", "/vsizip//a/b.zip/town.tif"),
        ("/vsicurl/https://host/town.tif", "/vsicurl/https://host/town.tif"),
        ("/vsimem/town.tif", None),
        ("<VRTDataset/>", None),
        ("PG:dbname=x authcfg='abc1234'", None),
    ],
)
def test_a_layer_is_named_as_another_process_would_open_it(qgis_app, source, path):
    assert raster_path(QgsRasterLayer(source, "layer", "gdal")) == path


def test_an_online_layer_has_no_path(qgis_app):
    assert raster_path(QgsRasterLayer(XYZ, "tiles", "wms")) is None


def test_a_subdataset_of_a_real_file_opens_by_its_path(qgis_app, raster_file, tmp_path):
    package = tmp_path / "photos.gpkg"
    gdal.Translate(str(package), str(raster_file), format="GPKG", creationOptions=["RASTER_TABLE=one"])
    gdal.Translate(
        str(package), str(raster_file), format="GPKG", creationOptions=["RASTER_TABLE=two", "APPEND_SUBDATASET=YES"]
    )
    layer = QgsRasterLayer(f"GPKG:{package}:two", "two")
    assert layer.isValid()
    assert gdal.Open(raster_path(layer)).RasterXSize == 400


def test_every_layer_that_cannot_be_indexed_says_why(qgis_app, raster_layer, tmp_path):
    assert index_refusal(raster_layer) is None
    assert "Not a file" in index_refusal(QgsRasterLayer(XYZ, "tiles", "wms"))
    assert "missing" in index_refusal(QgsRasterLayer(str(tmp_path / "gone.tif"), "gone"))
    text = tmp_path / "words.tif"
    text.write_text("no raster")
    assert "cannot read" in index_refusal(QgsRasterLayer(str(text), "words"))
    raster_layer.setCrs(QgsCoordinateReferenceSystem())
    assert "coordinate reference system" in index_refusal(raster_layer)


def test_a_box_means_the_active_layer_else_the_topmost_that_it_touches(qgis_app, raster_layer, raster_file):
    other = QgsRasterLayer(str(raster_file), "other")
    vector = QgsVectorLayer("Polygon?crs=EPSG:26910", "vector", "memory")
    box = QgsRectangle(523510, 5267950, 523520, 5267960)
    drawn = [vector, other, raster_layer]
    assert box_layer(box, UTM, None, drawn) is other
    assert box_layer(box, UTM, raster_layer, drawn) is raster_layer
    assert box_layer(box, UTM, vector, drawn) is other
    assert box_layer(box, UTM, raster_layer, [other]) is other, "an active layer that is not drawn is not meant"
    assert box_layer(QgsRectangle(0, 0, 10, 10), UTM, other, drawn) is None


@pytest.mark.parametrize("code", ["EPSG:3857", "EPSG:4326", "EPSG:26910"])
def test_smallness_is_judged_in_the_rasters_pixels(qgis_app, raster_layer, code):
    crs = QgsCoordinateReferenceSystem(code)

    def judged(pixels):
        side = pixels * 0.3
        native = QgsRectangle(523530, 5267950 - side, 523530 + side, 5267950)
        back = project_box_in(native, UTM, _LayerIn(crs))
        return box_is_too_small(project_box_in(back, crs, raster_layer), raster_layer)

    assert judged(5)
    assert not judged(12)


def test_a_box_that_cannot_be_transformed_is_no_box(qgis_app, raster_layer):
    assert project_box_in(QgsRectangle(1e30, 1e30, 2e30, 2e30), UTM, _LayerIn("EPSG:4326")) is None
    assert project_box_in(QgsRectangle(), UTM, raster_layer) is None


def test_a_crs_of_the_users_own_travels_as_wkt(qgis_app):
    own = QgsCoordinateReferenceSystem.fromProj("+proj=aeqd +lat_0=47 +lon_0=8 +datum=WGS84 +units=m +no_defs")
    own.saveAsUserCrs("mine")
    assert crs_text(UTM) == "EPSG:26910"
    assert crs_text(own).startswith("PROJCRS")


class _LayerIn:
    """Stands for a layer of which only the CRS matters."""

    def __init__(self, crs) -> None:
        self._crs = QgsCoordinateReferenceSystem(crs)

    def crs(self):
        return self._crs


def test_layers_of_the_project_are_never_changed(qgis_app, raster_layer):
    source, project_crs = raster_layer.source(), QgsProject.instance().crs()
    raster_path(raster_layer)
    index_refusal(raster_layer)
    assert (raster_layer.source(), QgsProject.instance().crs()) == (source, project_crs)
    assert Path(source).exists()
