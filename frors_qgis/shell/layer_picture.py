"""A picture of a layer, rendered by QGIS for the engine: for online layers and others that GDAL cannot read."""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from qgis.core import QgsMapRendererParallelJob, QgsMapSettings, QgsRasterLayer, QgsRectangle
from qgis.PyQt.QtCore import QObject, QSize, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QImage

from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.shell.translation import tr

CONTEXT = 1.2
"""Context on each side of the box, as a share of its longer side: the engine reads 144 pixels round a box, which fills
128 pixels or more."""
MOST_PX = 1024
TIMEOUT_MS = 30_000
_BAND = """  <VRTRasterBand dataType="Byte" band="{band}">
    <ColorInterp>{colour}</ColorInterp>
    <SimpleSource>
      <SourceFilename relativeToVRT="1">{file}</SourceFilename>
      <SourceBand>{band}</SourceBand>
    </SimpleSource>
  </VRTRasterBand>"""


@dataclass(frozen=True)
class LayerPicture:
    """RGBA pixels with their place: `extent` in the CRS of `crs_wkt`; `box` is the part that the user drew."""

    image: QImage
    crs_wkt: str
    extent: QgsRectangle
    box: QgsRectangle

    def save(self, folder: Path) -> Path:
        """Writes a PNG and a VRT that places it; gives the VRT's path. Runs in a task.

        Raises EngineError(BOX_EMPTY) when the box shows one single colour (tiles have not come, or nothing is there).
        """
        image = self.image.convertToFormat(QImage.Format.Format_RGBA8888)
        if _is_constant(image) or _is_constant(image.copy(*self._box_pixels())):
            raise EngineError(
                ErrorCode.BOX_EMPTY,
                tr("The layer shows a single colour in the box; wait until the map is drawn there, or draw elsewhere."),
            )
        name = uuid4().hex
        vrt = folder / f"{name}.vrt"
        if not image.save(str(folder / f"{name}.png"), "PNG"):
            raise EngineError(
                ErrorCode.DISK_FULL, tr("The picture of the layer cannot be written to {folder}.").format(folder=folder)
            )
        vrt.write_text(self._vrt(f"{name}.png"), encoding="utf-8")
        return vrt

    def _box_pixels(self) -> tuple[int, int, int, int]:
        step_x = self.extent.width() / self.image.width()
        step_y = self.extent.height() / self.image.height()
        left = int((self.box.xMinimum() - self.extent.xMinimum()) / step_x)
        top = int((self.extent.yMaximum() - self.box.yMaximum()) / step_y)
        return left, top, max(1, round(self.box.width() / step_x)), max(1, round(self.box.height() / step_y))

    def _vrt(self, file: str) -> str:
        width, height = self.image.width(), self.image.height()
        place = (
            self.extent.xMinimum(), self.extent.width() / width, 0.0,
            self.extent.yMaximum(), 0.0, -self.extent.height() / height,
        )  # fmt: skip
        bands = [
            _BAND.format(band=band, colour=colour, file=html.escape(file, quote=False))
            for band, colour in enumerate(("Red", "Green", "Blue", "Alpha"), start=1)
        ]
        return "\n".join(
            (
                f'<VRTDataset rasterXSize="{width}" rasterYSize="{height}">',
                f"  <SRS>{html.escape(self.crs_wkt, quote=False)}</SRS>",
                f"  <GeoTransform>{', '.join(map(repr, place))}</GeoTransform>",
                *bands,
                "</VRTDataset>\n",
            )
        )


class LayerPhotographer(QObject):
    """Renders the surroundings of a box asynchronously; made and used on the main thread.

    Signals: `taken(LayerPicture)` or `failed(str)`, once per `take`; none after `cancel`.
    """

    taken = pyqtSignal(object)
    failed = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None, timeout_ms: int = TIMEOUT_MS) -> None:
        super().__init__(parent)
        self._job: QgsMapRendererParallelJob | None = None
        self._box = QgsRectangle()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(timeout_ms)
        self._timer.timeout.connect(self._on_timeout)

    def take(self, layer: QgsRasterLayer, box: QgsRectangle) -> None:
        """Starts to render the box (layer's CRS) with its context; an earlier picture is given up."""
        self.cancel()
        self._box = QgsRectangle(box)
        settings = QgsMapSettings()
        settings.setLayers([layer])
        settings.setDestinationCrs(layer.crs())
        extent, size = _frame(box)
        settings.setExtent(extent)
        settings.setOutputSize(size)
        settings.setOutputDpi(96)
        settings.setBackgroundColor(Qt.GlobalColor.transparent)
        job = QgsMapRendererParallelJob(settings)
        job.setParent(self)  # else Python would delete it while it runs, and wait for it
        job.finished.connect(self._on_finished)
        self._job = job
        self._timer.start()
        job.start()

    def cancel(self) -> None:
        """Gives the picture up without blocking."""
        self._timer.stop()
        job, self._job = self._job, None
        if job is not None:
            job.finished.disconnect(self._on_finished)
            job.finished.connect(job.deleteLater)
            job.cancelWithoutBlocking()

    def _on_finished(self) -> None:
        job, self._job = self._job, None
        if job is None:
            return
        self._timer.stop()
        settings = job.mapSettings()
        errors = [error.message for error in job.errors()]
        picture = LayerPicture(
            job.renderedImage(), settings.destinationCrs().toWkt(), settings.visibleExtent(), self._box
        )
        job.deleteLater()
        if errors:
            self.failed.emit(tr("The layer cannot be drawn: {reason}").format(reason=errors[0]))
        else:
            self.taken.emit(picture)

    def _on_timeout(self) -> None:
        self.cancel()
        self.failed.emit(tr("The layer did not answer in time; check the connection and draw the box again."))


def _frame(box: QgsRectangle) -> tuple[QgsRectangle, QSize]:
    """The box with its context, and the size of its picture: at most MOST_PX a side, square pixels."""
    margin = CONTEXT * max(box.width(), box.height())
    extent = QgsRectangle(
        box.xMinimum() - margin, box.yMinimum() - margin, box.xMaximum() + margin, box.yMaximum() + margin
    )
    step = max(extent.width(), extent.height()) / MOST_PX
    return extent, QSize(max(1, round(extent.width() / step)), max(1, round(extent.height() / step)))


def _is_constant(image: QImage) -> bool:
    """Whether all pixels of an RGBA image are equal."""
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    pixels = bytes(bits)
    return pixels == pixels[:4] * (len(pixels) // 4)
