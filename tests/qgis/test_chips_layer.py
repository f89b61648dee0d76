"""The chips of an archive as a layer of a real QGIS, made by the real engine."""

from __future__ import annotations

import sys
import threading
import time

import numpy as np
import pytest
from osgeo import gdal, osr
from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication

from frors_qgis.client.client import EngineClient
from frors_qgis.resources import resource_path
from frors_qgis.shell.archive_layers import reload_archive_layers

CASES = {
    "utm": ("EPSG:32632", (500000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0)),
    "mercator": ("EPSG:3857", (1000000.0, 10.0, 0.0, 6000000.0, 0.0, -10.0)),
    "degrees": ("EPSG:4326", (20.4988, 0.000025, 0.0, -33.9988, 0.0, -0.000025)),
    "rotated": ("EPSG:32633", (400000.0, 0.8, 0.6, 5200000.0, 0.6, -0.8)),
}


@pytest.fixture(scope="module")
def client(qgis_app):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRORS_PYTHON", sys.executable)
        client = EngineClient()
        yield client
        client.shut_down()


def write(path, crs, transform):
    pixels = np.random.default_rng(1).integers(0, 255, (3, 300, 420), dtype=np.uint8)
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 420, 300, 3)
    reference = osr.SpatialReference()
    reference.SetFromUserInput(crs)
    dataset.SetProjection(reference.ExportToWkt())
    dataset.SetGeoTransform(transform)
    dataset.WriteRaster(0, 0, 420, 300, pixels.tobytes())
    dataset.FlushCache()


def chips_layer(archive):
    layer = QgsVectorLayer(f"{archive}|layername=chips", "chips", "ogr")
    assert layer.isValid()
    return layer


def test_footprints_are_right_to_half_a_pixel_whatever_the_raster_s_crs_and_transform(client, tmp_path):
    archive = tmp_path / "places.gpkg"
    paths = {name: tmp_path / f"{name}.tif" for name in CASES}
    for name, (crs, transform) in CASES.items():
        write(paths[name], crs, transform)
    client.call("index", {"archive": str(archive), "rasters": [str(path) for path in paths.values()]})
    rasters = client.call("info", {"archive": str(archive)})["rasters"]
    names = {raster["id"]: name for raster in rasters for name in CASES if raster["path"] == str(paths[name])}
    seen = dict.fromkeys(CASES, 0)
    for feature in chips_layer(archive).getFeatures():
        crs, transform = CASES[names[feature["raster"]]]
        to_raster = QgsCoordinateTransform(
            QgsCoordinateReferenceSystem("EPSG:4326"), QgsCoordinateReferenceSystem(crs), QgsProject.instance()
        )
        column, row = feature["column"], feature["row"]
        right, lower = column + feature["width"], row + feature["height"]
        expected = [
            gdal.ApplyGeoTransform(transform, *corner)
            for corner in ((column, row), (right, row), (right, lower), (column, lower))
        ]
        inverse = gdal.InvGeoTransform(transform)
        vertices = [to_raster.transform(vertex.x(), vertex.y()) for vertex in list(feature.geometry().vertices())[:4]]
        for vertex, (x, y) in zip(vertices, expected, strict=True):
            at, wanted = (
                np.array(gdal.ApplyGeoTransform(inverse, *point)) for point in ((vertex.x(), vertex.y()), (x, y))
            )
            assert np.abs(at - wanted).max() < 0.5
        seen[names[feature["raster"]]] += 1
    assert min(seen.values()) >= 3


def test_a_chips_layer_reads_right_a_hundred_times_while_its_archive_is_written(client, tmp_path):
    archive = tmp_path / "busy.gpkg"
    first = tmp_path / "first.tif"
    write(first, *CASES["utm"])
    client.call("index", {"archive": str(archive), "rasters": [str(first)]})
    client.call("open", {"archive": str(archive)})
    layer = chips_layer(archive)
    sample = {"archive": str(archive), "rasters": [str(resource_path("sample", "kitsap.tif"))]}
    indexing = threading.Thread(target=lambda: client.call("index", sample))
    indexing.start()
    counts = []
    while indexing.is_alive() or len(counts) < 100:
        features = list(layer.getFeatures())
        assert all(not feature.geometry().isEmpty() and feature["cells"] in (4, 8) for feature in features)
        assert len({feature.id() for feature in features}) == len(features)
        counts.append(len(features))
        time.sleep(0.05 if indexing.is_alive() else 0)
    indexing.join()
    assert counts == sorted(counts)
    assert len(set(counts)) > 2, "nothing was written while the layer was read"
    assert len(list(layer.getFeatures())) == client.call("info", {"archive": str(archive)})["chips"]


def test_a_chips_layer_that_was_open_before_is_read_anew_when_its_archive_is_written_to(
    client, tmp_path, qgis_new_project
):
    archive, first = tmp_path / "known.gpkg", tmp_path / "first.tif"
    write(first, *CASES["utm"])
    client.call("index", {"archive": str(archive), "rasters": [str(first)]})
    client.call("close", {"archive": str(archive)})  # nobody holds the archive now: it is one plain file
    assert [path.name for path in tmp_path.glob("known.gpkg*")] == ["known.gpkg"]
    layer = QgsProject.instance().addMapLayer(chips_layer(archive))
    before = len(list(layer.getFeatures()))

    other = EngineClient()
    reloaded = []
    other.archive_reopened.connect(lambda archives: reload_archive_layers(QgsProject.instance(), archives))
    other.archive_reopened.connect(reloaded.extend)
    sample = {"archive": str(archive), "rasters": [str(resource_path("sample", "kitsap.tif"))]}
    indexing = threading.Thread(target=lambda: other.call("index", sample))
    indexing.start()
    counts = []
    while indexing.is_alive():
        QCoreApplication.processEvents()
        if reloaded:
            counts.append(len(list(layer.getFeatures())))
        time.sleep(0.02)
    other.shut_down()
    assert reloaded == [str(archive)]
    assert counts[0] == before
    assert counts == sorted(counts)
    assert len(set(counts)) > 2


def test_edits_in_qgis_are_refused_and_change_nothing(client, tmp_path):
    archive = tmp_path / "guarded.gpkg"
    first = tmp_path / "first.tif"
    write(first, *CASES["utm"])
    client.call("index", {"archive": str(archive), "rasters": [str(first)]})
    layer = chips_layer(archive)
    count = layer.featureCount()
    if layer.startEditing():
        layer.deleteFeature(next(layer.getFeatures()).id())
        assert not layer.commitChanges()
        layer.rollBack()
    assert client.call("verify", {"archive": str(archive)}) == {"problems": []}
    assert chips_layer(archive).featureCount() == count
