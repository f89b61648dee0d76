"""Finds the raster layer under a box and what the engine can read of it."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import QgsCoordinateReferenceSystem, QgsRasterLayer, QgsRectangle
from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import QObject

from frors_qgis.client.layer_source import crs_text, raster_path
from frors_qgis.shell.layer_picture import LayerPhotographer, LayerPicture
from frors_qgis.shell.notices import Notices
from frors_qgis.shell.raster_source import LEAST_BOX_PX, box_is_too_small, box_layer, project_box_in
from frors_qgis.shell.translation import tr

Corners = tuple[float, float, float, float]
"""xmin, ymin, xmax, ymax."""

Ready = Callable[["str | LayerPicture", Corners, str], None]
"""Called with a raster's path or a picture of it, the box, and the box's CRS as text."""


class BoxReader(QObject):
    """One box at a time: reading another forgets the one before."""

    def __init__(self, iface: QgisInterface, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._iface = iface
        self._notices = notices
        self._waiting: tuple[Ready, Callable[[str], None]] | None = None
        self._photographer = LayerPhotographer(self)
        self._photographer.taken.connect(self._on_picture)
        self._photographer.failed.connect(self._on_failed)

    def layer_under(self, box: QgsRectangle) -> QgsRasterLayer | None:
        """The raster layer that a box of the project's CRS is drawn on; the user is told why there is none."""
        crs = self.project_crs()
        layer = box_layer(box, crs, self._iface.activeLayer(), self._iface.mapCanvas().layers())
        if layer is None:
            self._notices.warning(tr("The box touches no raster that the map shows; draw it on a raster layer."))
            return None
        turned = project_box_in(box, crs, layer)
        if turned is None or box_is_too_small(turned, layer):
            self._notices.warning(
                tr("The box is smaller than {least} pixels of {layer}; draw a larger one.").format(
                    least=LEAST_BOX_PX, layer=layer.name()
                )
            )
            return None
        return layer

    def read(self, layer: QgsRasterLayer, box: QgsRectangle, ready: Ready, failed: Callable[[str], None]) -> None:
        """Calls `ready`, at once for a file, later for a layer that QGIS must render first; or `failed(sentence)`."""
        self.cancel()
        crs = self.project_crs()
        path = raster_path(layer)
        if path is not None:
            corners = (box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum())
            ready(path, corners, crs_text(crs if crs.isValid() else layer.crs()))
            return
        turned = project_box_in(box, crs, layer)
        if turned is None:
            failed(tr("The box cannot be read in the CRS of {layer}.").format(layer=layer.name()))
            return
        self._waiting = ready, failed
        self._photographer.take(layer, turned)

    def cancel(self) -> None:
        """Forgets a box that is being rendered."""
        self._waiting = None
        self._photographer.cancel()

    def project_crs(self) -> QgsCoordinateReferenceSystem:
        """The CRS of boxes."""
        return self._iface.mapCanvas().mapSettings().destinationCrs()

    def _on_picture(self, picture: LayerPicture) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            box = picture.box
            waiting[0](picture, (box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()), picture.crs_wkt)

    def _on_failed(self, sentence: str) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting[1](sentence)
