"""What the searching algorithms have in common: parameters of a search, and the matches that come out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
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
    QgsProcessingParameterDateTime,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFile,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QLocale, QMetaType, Qt

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


class SearchAlgorithm(EngineAlgorithm):
    """Searches an archive with boxes on a raster."""

    ARCHIVE = "ARCHIVE"
    RASTER = "RASTER"
    MATCHES = "MATCHES"
    ANY_SIZE = "ANY_SIZE"
    LIMIT = "LIMIT"
    ONLY = "ONLY"
    SINCE = "SINCE"
    UNTIL = "UNTIL"
    MONTHS = "MONTHS"
    WORDS = "WORDS"
    WORDS_WEIGHT = "WORDS_WEIGHT"
    LEAST_SCORE = "LEAST_SCORE"
    APART = "APART"
    OUTPUT = "OUTPUT"

    def group(self) -> str:
        return tr("Search")

    def groupId(self) -> str:  # noqa: N802
        return "search"

    def tags(self) -> list[str]:
        words = tr("visual search,similarity,image retrieval,find,example,query,matches,deep learning,satellite,aerial")
        return words.split(",")

    def add_source_parameters(self) -> None:
        """Archive and raster."""
        self.addParameter(QgsProcessingParameterFile(self.ARCHIVE, tr("Archive"), fileFilter=archive_filter()))
        self.addParameter(QgsProcessingParameterRasterLayer(self.RASTER, tr("Raster that the box lies on")))

    def add_search_parameters(self) -> None:
        """How many matches, of what, and where they go."""
        integer, real = Qgis.ProcessingNumberParameterType.Integer, Qgis.ProcessingNumberParameterType.Double
        self.addParameter(
            QgsProcessingParameterNumber(
                self.MATCHES, tr("Number of matches"), integer, defaultValue=100, minValue=1, maxValue=_MOST_MATCHES
            )
        )
        self.addParameter(QgsProcessingParameterBoolean(self.ANY_SIZE, tr("Any size"), defaultValue=False))
        self.addParameter(QgsProcessingParameterExtent(self.LIMIT, tr("Only in this area"), optional=True))
        date = Qgis.ProcessingDateTimeParameterDataType.Date
        months = [QLocale().standaloneMonthName(month) for month in range(1, 13)]
        for parameter in (
            QgsProcessingParameterMultipleLayers(
                self.ONLY, tr("Only matches on these rasters"), Qgis.ProcessingSourceType.Raster, optional=True
            ),
            QgsProcessingParameterDateTime(self.SINCE, tr("Acquired on this day or later"), date, optional=True),
            QgsProcessingParameterDateTime(self.UNTIL, tr("Acquired on this day or before"), date, optional=True),
            QgsProcessingParameterEnum(
                self.MONTHS, tr("Acquired in these months"), months, allowMultiple=True, optional=True
            ),
            QgsProcessingParameterString(self.WORDS, tr("Place, time and sensor"), optional=True),
            QgsProcessingParameterNumber(
                self.WORDS_WEIGHT, tr("Weight of these words"), real, optional=True, minValue=0.0, maxValue=1.0
            ),
            QgsProcessingParameterNumber(
                self.LEAST_SCORE, tr("Least score"), real, optional=True, minValue=-1.0, maxValue=1.0
            ),
            QgsProcessingParameterNumber(
                self.APART, tr("Distance between matches at least (metres)"), real, defaultValue=0.0, minValue=0.0
            ),
        ):
            parameter.setFlags(parameter.flags() | Qgis.ProcessingParameterFlag.Advanced)
            self.addParameter(parameter)
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
            self.raster_path(parameters, context)
        except QgsProcessingException as error:
            return False, str(error)
        limit = self.parameterAsExtent(parameters, self.LIMIT, context)
        if limit.isEmpty() and not limit.isNull():
            return False, tr("The area to search in is empty; give it a width and a height, or leave it out.")
        return fine, message

    def search_params(self, parameters: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:
        """Parameters of the door method `search` but for the query itself."""
        params: dict[str, Any] = {
            "archive": self.archive_path(parameters, context),
            "k": self.parameterAsInt(parameters, self.MATCHES, context),
            "any_size": self.parameterAsBool(parameters, self.ANY_SIZE, context),
            "apart": self.parameterAsDouble(parameters, self.APART, context),
        }
        for name, key in ((self.SINCE, "since"), (self.UNTIL, "until")):
            if parameters.get(name) is not None:
                day = self.parameterAsDateTime(parameters, name, context).date()
                params[key] = day.toString(Qt.DateFormat.ISODate)
        if parameters.get(self.MONTHS) is not None:
            params["months"] = [1 + month for month in self.parameterAsEnums(parameters, self.MONTHS, context)]
        if words := self.parameterAsString(parameters, self.WORDS, context).strip():
            params["words"] = words
            if parameters.get(self.WORDS_WEIGHT) is not None:
                params["words_weight"] = self.parameterAsDouble(parameters, self.WORDS_WEIGHT, context)
        if parameters.get(self.LEAST_SCORE) is not None:
            params["least_score"] = self.parameterAsDouble(parameters, self.LEAST_SCORE, context)
        if not self.parameterAsExtent(parameters, self.LIMIT, context).isNull():
            within, crs = self.box(parameters, self.LIMIT, context)
            params |= {"within": within, "crs": crs}
        only = self.parameterAsLayerList(parameters, self.ONLY, context)
        self._only = [raster_path(layer) or layer.source() for layer in only]
        return params

    def limit_to_rasters(self, params: dict[str, Any], feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Parameters of a search, and the ids of the rasters that may hold matches; raises QgsProcessingException."""
        if not self._only:
            return params
        info = self._ask("info", {"archive": params["archive"]}, feedback)
        ids = {raster["path"]: raster["id"] for raster in info["rasters"]}
        chosen = [ids.get(path) or ids.get(os.path.realpath(path)) for path in self._only]
        if None in chosen:
            message = tr('The archive has no raster "{raster}"; "Archive information" lists those it has.')
            raise QgsProcessingException(message.format(raster=self._only[chosen.index(None)]))
        return params | {"rasters": chosen}

    def query_params(self, embedded: Mapping[str, Any]) -> dict[str, Any]:
        """Parameters of the door method `search` for the box that the engine has embedded."""
        return {
            "embedding": embedded["embedding"],
            "ground_size": embedded["chip_size"],
            "place": embedded["place"],
        }

    def archive_path(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        """The archive."""
        return absolute(self.parameterAsFile(parameters, self.ARCHIVE, context))

    def raster_path(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
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

    def box(self, parameters: dict[str, Any], name: str, context: QgsProcessingContext) -> tuple[list[float], str]:
        """An extent and its CRS as the engine understands them.

        Without a CRS of its own it is in the project's, as everywhere in QGIS, or in the raster's if there is none.
        """
        box = self.parameterAsExtent(parameters, name, context)
        crs = self.parameterAsExtentCrs(parameters, name, context)
        if not crs.isValid():
            crs = self.parameterAsRasterLayer(parameters, self.RASTER, context).crs()
        return [box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()], crs_text(crs)

    def matches_sink(
        self, parameters: dict[str, Any], context: QgsProcessingContext, more: Mapping[str, QMetaType.Type]
    ) -> tuple[QgsFields, QgsFeatureSink, str]:
        """Fields, `more` of them first, the sink for matches and its id; raises QgsProcessingException."""
        fields = QgsFields()
        for name, kind in {**more, **_FIELDS}.items():
            fields.append(QgsField(name, kind))
        crs = QgsCoordinateReferenceSystem("EPSG:4326")
        sink, output = self.parameterAsSink(parameters, self.OUTPUT, context, fields, Qgis.WkbType.Polygon, crs)
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, self.OUTPUT))
        return fields, sink, output

    def write_matches(
        self,
        matches: Sequence[Mapping[str, Any]],
        fields: QgsFields,
        sink: QgsFeatureSink,
        parameters: dict[str, Any],
        more: Sequence[object] = (),
    ) -> None:
        """Writes matches, `more` values before each of them; raises QgsProcessingException."""
        for match in matches:
            feature = QgsFeature(fields)
            corners = [QgsPointXY(longitude, latitude) for longitude, latitude in match["footprint"]]
            feature.setGeometry(QgsGeometry.fromPolygonXY([[*corners, corners[0]]]))
            feature.setAttributes([*more, *(match[name] for name in _FIELDS)])
            if not sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
                raise QgsProcessingException(self.writeFeatureError(sink, parameters, self.OUTPUT))
