"""Layers of labelled features on the sample raster, for tests."""

from __future__ import annotations

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFeature,
    QgsField,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QMetaType

CRS = "EPSG:26910"


def layer_of(features, geometry="Polygon", crs=CRS, field=("kind", QMetaType.Type.QString)):
    """A layer of (label, geometry) pairs; a box of four numbers becomes a rectangle, two numbers a point."""
    layer = QgsVectorLayer(f"{geometry}?crs={crs}", "things", "memory")
    layer.dataProvider().addAttributes([QgsField("number", QMetaType.Type.Int), QgsField(*field)])
    layer.updateFields()
    for number, (label, shape) in enumerate(features, 1):
        feature = QgsFeature(layer.fields())
        feature.setAttributes([number, label])
        if shape is not None and len(shape) == 4:
            feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(*shape)))
        elif shape is not None:
            feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(*shape)))
        assert layer.dataProvider().addFeatures([feature])[0]
    return layer


def tiles(layer, side=40.0, rows=2, columns=3):
    """Boxes `side` metres wide on a raster layer of 120 m, in rows from its upper left corner."""
    whole = layer.extent()
    return [
        (
            whole.xMinimum() + side * column,
            whole.yMaximum() - side * (row + 1),
            whole.xMinimum() + side * (column + 1),
            whole.yMaximum() - side * row,
        )
        for row in range(rows)
        for column in range(columns)
    ]


def moved(box, crs):
    """A box in another CRS."""
    transform = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem(CRS), QgsCoordinateReferenceSystem(crs), QgsProject.instance()
    )
    rectangle = transform.transformBoundingBox(QgsRectangle(*box))
    return rectangle.xMinimum(), rectangle.yMinimum(), rectangle.xMaximum(), rectangle.yMaximum()
