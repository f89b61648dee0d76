"""What the plugin shows on the map beside layers: the box being searched, and flashes."""

from __future__ import annotations

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsProject,
    QgsRectangle,
)
from qgis.gui import QgsMapCanvas, QgsRubberBand
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor

from frors_qgis.shell.map_colours import CASING_COLOUR, QUERY_COLOUR
from frors_qgis.shell.match import Match

_CRS = "EPSG:4326"
_SURROUNDINGS = 4.0
_POINTS_PER_EDGE = 8
_FLASHES = 3
_FLASH_MS = 400


class MapMarks:
    """Rubber band and flashes on one canvas; geometry comes in EPSG:4326 and is shown in the project's CRS."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        self._canvas = canvas
        self._band = QgsRubberBand(canvas, Qgis.GeometryType.Polygon)
        self._band.setStrokeColor(QUERY_COLOUR)
        self._band.setSecondaryStrokeColor(CASING_COLOUR)
        self._band.setFillColor(QColor(0, 0, 0, 0))
        self._band.setLineStyle(Qt.PenStyle.DashLine)
        self._band.setWidth(2)
        self.is_zooming = False
        """Whether it is this that moves the map just now, and not the user."""

    def remove(self) -> None:
        """Takes everything off the canvas."""
        self._canvas.scene().removeItem(self._band)

    def show_box(self, box: QgsRectangle) -> None:
        """Shows a box of the project's CRS until `clear_box`."""
        self._band.setToGeometry(QgsGeometry.fromRect(box), None)

    def clear_box(self) -> None:
        """Takes the box off."""
        self._band.reset(Qgis.GeometryType.Polygon)

    def flash(self, match: Match) -> None:
        """Flashes the footprint of a match."""
        self._flash(match.geometry)

    def _flash(self, geometry: QgsGeometry) -> None:
        self._canvas.flashGeometries(
            [geometry],
            QgsCoordinateReferenceSystem(_CRS),
            QUERY_COLOUR,
            QColor(0, 0, 0, 0),
            _FLASHES,
            _FLASH_MS,
        )

    def zoom(self, match: Match) -> None:
        """Shows the match with its surroundings, and flashes it there."""
        self.zoom_to(match.geometry)

    def zoom_to(self, place: QgsGeometry) -> None:
        """Shows a place of EPSG:4326 with its surroundings, and flashes it there."""
        geometry = QgsGeometry(place)
        lonlat, project_crs = QgsCoordinateReferenceSystem(_CRS), self._canvas.mapSettings().destinationCrs()
        try:
            geometry.transform(QgsCoordinateTransform(lonlat, project_crs, QgsProject.instance()))
        except QgsCsException:
            return
        extent = geometry.boundingBox()
        extent.scale(_SURROUNDINGS)
        self.is_zooming = True
        self._canvas.setExtent(extent)
        self.is_zooming = False
        self._canvas.refresh()
        self._flash(place)


def lonlat_polygon(box: QgsRectangle, crs: QgsCoordinateReferenceSystem) -> QgsGeometry | None:
    """A box of a CRS as a polygon in EPSG:4326, its edges densified; None where that is impossible."""
    polygon = QgsGeometry.fromRect(box).densifyByCount(_POINTS_PER_EDGE)
    try:
        polygon.transform(QgsCoordinateTransform(crs, QgsCoordinateReferenceSystem(_CRS), QgsProject.instance()))
    except QgsCsException:
        return None
    return polygon
