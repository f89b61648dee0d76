"""The algorithm `frors:search`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeatureSink,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
)
from qgis.PyQt.QtCore import QMetaType

from frors_qgis.client.layer_source import crs_text, raster_path
from frors_qgis.processing.algorithm import EngineAlgorithm, absolute, archive_filter, tr

_MOST_MATCHES = 10_000
_FIELDS = {
    "rank": QMetaType.Type.Int,
    "score": QMetaType.Type.Double,
    "chip": QMetaType.Type.LongLong,
    "raster": QMetaType.Type.QString,
    "acquired": QMetaType.Type.QString,
}


class SearchBox(EngineAlgorithm):
    """Finds what looks like a box on a raster."""

    ARCHIVE = "ARCHIVE"
    RASTER = "RASTER"
    EXTENT = "EXTENT"
    MATCHES = "MATCHES"
    ANY_SIZE = "ANY_SIZE"
    LIMIT = "LIMIT"
    OUTPUT = "OUTPUT"

    def name(self) -> str:
        return "search"

    def displayName(self) -> str:  # noqa: N802
        return tr("Search by box")

    def group(self) -> str:
        return tr("Search")

    def groupId(self) -> str:  # noqa: N802
        return "search"

    def tags(self) -> list[str]:
        words = tr("visual search,similarity,image retrieval,find,example,query,matches,deep learning,satellite,aerial")
        return words.split(",")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Finds what looks most like a box on a raster, anywhere in an archive")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Finds what looks most like a box on a raster, anywhere in an archive that "
            '"Index rasters" or the FRORS panel has made.\n\n'
            "Raster: the file that the box lies on; it need not be in the archive.\n\n"
            "Box: what to look for, with little around it.\n\n"
            "Any size: also compares the box with chips that are much larger or smaller on the ground.\n\n"
            "Only in this area: where the matches may lie; everywhere when it is not set.\n\n"
            "The output has one polygon per match, best first: rank, score (1 is the same image), chip (its number in "
            "the archive), raster and the date on which the raster was acquired, where it is known."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.addParameter(QgsProcessingParameterFile(self.ARCHIVE, tr("Archive"), fileFilter=archive_filter()))
        self.addParameter(QgsProcessingParameterRasterLayer(self.RASTER, tr("Raster that the box lies on")))
        self.addParameter(QgsProcessingParameterExtent(self.EXTENT, tr("Box")))
        self.addParameter(
            QgsProcessingParameterNumber(
                self.MATCHES,
                tr("Number of matches"),
                Qgis.ProcessingNumberParameterType.Integer,
                defaultValue=100,
                minValue=1,
                maxValue=_MOST_MATCHES,
            )
        )
        self.addParameter(QgsProcessingParameterBoolean(self.ANY_SIZE, tr("Any size"), defaultValue=False))
        self.addParameter(QgsProcessingParameterExtent(self.LIMIT, tr("Only in this area"), optional=True))
        self.addParameter(
            QgsProcessingParameterFeatureSink(self.OUTPUT, tr("Matches"), Qgis.ProcessingSourceType.VectorPolygon)
        )

    def checkParameterValues(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        fine, message = super().checkParameterValues(parameters, context)
        if not fine:
            return fine, message
        try:
            self._raster_path(parameters, context)
        except QgsProcessingException as error:
            return False, str(error)
        if self.parameterAsExtent(parameters, self.EXTENT, context).isEmpty():
            return False, tr("The box has no area; give it a width and a height.")
        limit = self.parameterAsExtent(parameters, self.LIMIT, context)
        if limit.isEmpty() and not limit.isNull():
            return False, tr("The area to search in is empty; give it a width and a height, or leave it out.")
        return fine, message

    def prepareAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        archive = absolute(self.parameterAsFile(parameters, self.ARCHIVE, context))
        path = self._raster_path(parameters, context)
        box, crs = self._box(parameters, self.EXTENT, context)
        self._box_params = {"archive": archive, "raster": path, "box": box, "crs": crs}
        self._search_params: dict[str, Any] = {
            "archive": archive,
            "k": self.parameterAsInt(parameters, self.MATCHES, context),
            "any_size": self.parameterAsBool(parameters, self.ANY_SIZE, context),
        }
        if not self.parameterAsExtent(parameters, self.LIMIT, context).isNull():
            within, crs = self._box(parameters, self.LIMIT, context)
            self._search_params |= {"within": within, "crs": crs}
        return True

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        query = self._ask("embed", self._box_params, feedback)
        wanted = {"embedding": query["embedding"], "ground_size": query["chip_size"]}
        result = self._ask("search", self._search_params | wanted, feedback)
        note = result["note"] or (None if self._search_params["any_size"] else query["note"])
        if note:
            feedback.pushWarning(note)
        fields = QgsFields()
        for name, kind in _FIELDS.items():
            fields.append(QgsField(name, kind))
        crs = QgsCoordinateReferenceSystem("EPSG:4326")
        sink, output = self.parameterAsSink(parameters, self.OUTPUT, context, fields, Qgis.WkbType.Polygon, crs)
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, self.OUTPUT))
        for match in result["matches"]:
            feature = QgsFeature(fields)
            corners = [QgsPointXY(longitude, latitude) for longitude, latitude in match["footprint"]]
            feature.setGeometry(QgsGeometry.fromPolygonXY([[*corners, corners[0]]]))
            feature.setAttributes([match[name] for name in _FIELDS])
            if not sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
                raise QgsProcessingException(self.writeFeatureError(sink, parameters, self.OUTPUT))
        feedback.pushInfo(tr("Matches found: {count}").format(count=len(result["matches"])))
        return {self.OUTPUT: output}

    def _raster_path(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        """What the engine opens; raises QgsProcessingException when there is no layer or the engine cannot read it."""
        layer = self.parameterAsRasterLayer(parameters, self.RASTER, context)
        if layer is None:
            raise QgsProcessingException(self.invalidRasterError(parameters, self.RASTER))
        path = raster_path(layer)
        if path is None:
            message = tr(
                '"{layer}" is not a raster file. Save the part with the box as a file, or search in the FRORS panel.'
            )
            raise QgsProcessingException(message.format(layer=layer.name()))
        return path

    def _box(self, parameters: dict[str, Any], name: str, context: QgsProcessingContext) -> tuple[list[float], str]:
        """An extent and its CRS as the engine understands them.

        Without a CRS of its own it is in the project's, as everywhere in QGIS, or in the raster's if there is none.
        """
        box = self.parameterAsExtent(parameters, name, context)
        crs = self.parameterAsExtentCrs(parameters, name, context)
        if not crs.isValid():
            crs = self.parameterAsRasterLayer(parameters, self.RASTER, context).crs()
        return [box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()], crs_text(crs)
