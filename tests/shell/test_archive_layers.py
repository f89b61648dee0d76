from __future__ import annotations

import sqlite3

import pytest
from osgeo import ogr, osr
from qgis.core import QgsProject, QgsVectorLayer

from frors_qgis.shell.archive_layers import reload_archive_layers


@pytest.fixture
def archive_file(tmp_path):
    """A GeoPackage with one polygon in a table `chips`."""
    path = tmp_path / "town.gpkg"
    dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(4326)
    add_chip(dataset.CreateLayer("chips", crs, ogr.wkbPolygon))
    return path


def add_chip(layer):
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetGeometry(ogr.CreateGeometryFromWkt("POLYGON ((7 43, 7.1 43, 7.1 43.1, 7 43))"))
    layer.CreateFeature(feature)


def test_layers_of_a_reopened_archive_show_what_was_added(qgis_new_project, archive_file, tmp_path):
    layer = QgsVectorLayer(f"{archive_file}|layername=chips", "chips", "ogr")
    QgsProject.instance().addMapLayer(layer)
    assert len(list(layer.getFeatures())) == 1
    other = ogr.Open(str(archive_file), 1)
    add_chip(other.GetLayerByName("chips"))
    other = None
    beside = tmp_path / "elsewhere" / ".." / "town.gpkg"
    reload_archive_layers(QgsProject.instance(), [str(beside)])
    assert len(list(layer.getFeatures())) == 2
    assert layer.featureCount() == 2


def test_layers_of_other_files_and_kinds_are_left_alone(qgis_new_project, archive_file, raster_file, tmp_path):
    memory = QgsVectorLayer("Polygon?crs=EPSG:4326", "memory", "memory")
    gone = QgsVectorLayer("/nowhere/gone.gpkg|layername=chips", "gone", "ogr")
    (tmp_path / "circle.gpkg").symlink_to("circle.gpkg")
    circle = QgsVectorLayer(f"{tmp_path}/circle.gpkg|layername=chips", "circle", "ogr")
    QgsProject.instance().addMapLayers([memory, gone, circle])
    repaints = []
    memory.repaintRequested.connect(lambda *_: repaints.append(1))
    reload_archive_layers(QgsProject.instance(), [str(archive_file)])
    assert repaints == []


def test_a_restarted_engine_reloads_the_layers_of_its_archive(ready, archive, fake, window, wait_until, qgis_app):
    with sqlite3.connect(archive) as connection:
        connection.execute("CREATE TABLE chips (fid INTEGER PRIMARY KEY, valid REAL)")
    connection.close()
    layer = QgsVectorLayer(f"{archive}|layername=chips", "chips", "ogr")
    QgsProject.instance().addMapLayer(layer)
    reloads = []
    layer.repaintRequested.connect(lambda *_: reloads.append(1))
    fake.order(embed={"crash": True})
    ready.actions[1].trigger()
    window.draw_box(window.canvas.extent().buffered(-20))
    wait_until(lambda: window.messages)
    fake.order()
    window.draw_box(window.canvas.extent().buffered(-20))
    wait_until(lambda: reloads)
