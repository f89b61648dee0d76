"""Which raster layer a box means, and which layers can be indexed."""

from __future__ import annotations

import math
from pathlib import Path

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsMapLayer,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)

from frors_qgis.client.layer_source import raster_path
from frors_qgis.shell.translation import tr

LEAST_BOX_PX = 8
_FAR_BEYOND = 4.0


def index_refusal(layer: QgsRasterLayer) -> str | None:
    """Why a layer cannot be indexed, as a sentence, or None if it can."""
    path = raster_path(layer)
    if path is None:
        return tr("Not a file: boxes on it can be searched, but it is not indexed.")
    if not layer.isValid():
        if not path.startswith("/vsi") and ":" not in path[2:] and not Path(path).exists():
            return tr("The file is missing: {path}").format(path=path)
        return tr("QGIS cannot read this layer.")
    if not layer.crs().isValid():
        return tr("The layer has no coordinate reference system; set one in its properties and save it in the file.")
    return None


def project_box_in(box: QgsRectangle, crs: QgsCoordinateReferenceSystem, layer: QgsMapLayer) -> QgsRectangle | None:
    """The box of `crs` in the layer's CRS with its edges densified, or None where it cannot be transformed."""
    transform = QgsCoordinateTransform(crs, layer.crs(), QgsProject.instance())
    transform.setBallparkTransformsAreAppropriate(True)
    try:
        turned = transform.transformBoundingBox(box)
    except QgsCsException:
        return None
    numbers = (turned.xMinimum(), turned.yMinimum(), turned.xMaximum(), turned.yMaximum())
    return turned if all(map(math.isfinite, numbers)) and not turned.isEmpty() else None


def box_layer(
    box: QgsRectangle, crs: QgsCoordinateReferenceSystem, active: QgsMapLayer | None, drawn: list[QgsMapLayer]
) -> QgsRasterLayer | None:
    """The raster layer that a box means: the active one if the box touches it, else the topmost drawn that it touches.

    `drawn` are the canvas's layers, topmost first.
    """
    order = [active, *drawn] if active in drawn else drawn
    for layer in order:
        if not isinstance(layer, QgsRasterLayer) or not layer.isValid():
            continue
        turned = project_box_in(box, crs, layer)
        if turned is not None and turned.intersects(layer.extent()):
            return layer
    return None


def box_is_too_small(box: QgsRectangle, layer: QgsRasterLayer) -> bool:
    """Whether the longer side of a box in the layer's CRS is under `LEAST_BOX_PX` pixels; False for rendered layers."""
    step_x, step_y = layer.rasterUnitsPerPixelX(), layer.rasterUnitsPerPixelY()
    if raster_path(layer) is None or step_x <= 0 or step_y <= 0:
        return False
    return max(box.width() / step_x, box.height() / step_y) < LEAST_BOX_PX


def degrees_of(extent: QgsRectangle, crs: QgsCoordinateReferenceSystem) -> tuple[float, float, float, float] | None:
    """West, south, east, north of an extent; east passes 180 across the antimeridian.

    None, for everywhere, when the map shows far more than its CRS is made for, where transformations go astray.
    """
    if not crs.isValid():
        return None
    world = QgsCoordinateReferenceSystem("EPSG:4326")
    try:
        box = QgsCoordinateTransform(crs, world, QgsProject.instance()).transformBoundingBox(
            extent, Qgis.TransformDirection.Forward, True
        )
    except QgsCsException:
        return None
    west, south, east, north = box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()
    east += 360.0 if east < west else 0.0
    if not math.isfinite(west + south + east + north) or west >= east or south >= north:
        return None
    area = crs.bounds()  # where the CRS is meant to be used, in degrees
    if not area.isEmpty() and max(east - west, north - south) > _FAR_BEYOND * max(area.width(), area.height()):
        return None
    return west, south, east, north
