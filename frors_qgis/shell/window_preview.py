"""Shows on the map how large the windows of an archive are on the ground."""

from __future__ import annotations

from collections.abc import Sequence

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
from qgis.PyQt.QtGui import QColor

PREVIEW_COLOURS = (QColor("#f08c1e"), QColor("#3f8fd2"))
_POINTS_PER_EDGE = 4


class WindowPreview:
    """Squares at the centre of the canvas, in true metres whatever the project's CRS; they follow the map."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        self._canvas = canvas
        self._sides: list[float] = []
        self._bands: list[QgsRubberBand] = []
        canvas.extentsChanged.connect(self._draw)
        canvas.destinationCrsChanged.connect(self._draw)

    def show(self, squares: Sequence[tuple[float, QColor]]) -> None:
        """Draws squares, each given as its side in metres and its colour."""
        self._clear()
        self._sides = [side for side, _ in squares]
        for _, colour in squares:
            band = QgsRubberBand(self._canvas, Qgis.GeometryType.Polygon)
            band.setStrokeColor(colour)
            band.setSecondaryStrokeColor(QColor(0, 0, 0, 160))
            band.setFillColor(QColor(0, 0, 0, 0))
            band.setWidth(2)
            self._bands.append(band)
        self._draw()

    def remove(self) -> None:
        """Takes the squares off the map for good."""
        self._canvas.extentsChanged.disconnect(self._draw)
        self._canvas.destinationCrsChanged.disconnect(self._draw)
        self._clear()

    def _clear(self) -> None:
        for band in self._bands:
            self._canvas.scene().removeItem(band)
        self._bands.clear()

    def _draw(self) -> None:
        for band, side in zip(self._bands, self._sides, strict=True):
            square = ground_square(self._canvas, side)
            if square is None:
                band.reset(Qgis.GeometryType.Polygon)
            else:
                band.setToGeometry(square, None)


def ground_square(canvas: QgsMapCanvas, side: float) -> QgsGeometry | None:
    """A square of `side` metres on the ground round the canvas's centre, in the project's CRS; None off the earth."""
    project_crs = canvas.mapSettings().destinationCrs()
    lonlat = QgsCoordinateReferenceSystem("EPSG:4326")
    project = QgsProject.instance()
    try:
        centre = QgsCoordinateTransform(project_crs, lonlat, project).transform(canvas.center())
        local = QgsCoordinateReferenceSystem.fromProj(
            f"+proj=aeqd +lat_0={centre.y():.9f} +lon_0={centre.x():.9f} +datum=WGS84 +units=m +no_defs"
        )
        square = QgsGeometry.fromRect(QgsRectangle(-side / 2, -side / 2, side / 2, side / 2))
        square = square.densifyByCount(_POINTS_PER_EDGE)
        square.transform(QgsCoordinateTransform(local, project_crs, project))
    except QgsCsException:
        return None
    return square
