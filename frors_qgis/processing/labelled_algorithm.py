"""What the algorithms on labelled features have in common: the features, their labels, the rasters that they lie on."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    Qgis,
    QgsFeatureRequest,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsVariantUtils,
)

from frors_qgis.client.layer_source import crs_text, raster_path
from frors_qgis.processing.algorithm import EngineAlgorithm, require_going_on, tr

_MOST_FEATURES = 10_000
"""The engine refuses more, so no more than one over is read."""

_MOST_LETTERS = 200
"""Of a label: the engine refuses such long ones, whatever follows; so all of them fit in a message."""

_LEAST_POINT_SIZE = 0.01
_MOST_REPORTED = 50


class LabelledAlgorithm(EngineAlgorithm):
    """Asks the engine about features with labels."""

    INPUT = "INPUT"
    FIELD = "FIELD"
    RASTERS = "RASTERS"
    POINT_SIZE = "POINT_SIZE"

    def group(self) -> str:
        return tr("Labels")

    def groupId(self) -> str:  # noqa: N802
        return "labels"

    def add_label_parameters(self) -> None:
        """Features, field and rasters."""
        geometry = [Qgis.ProcessingSourceType.VectorAnyGeometry]
        self.addParameter(QgsProcessingParameterFeatureSource(self.INPUT, tr("Labelled features"), geometry))
        self.addParameter(
            QgsProcessingParameterField(self.FIELD, tr("Field with the labels"), parentLayerParameterName=self.INPUT)
        )
        rasters = QgsProcessingParameterMultipleLayers(
            self.RASTERS, tr("Rasters that the features lie on"), Qgis.ProcessingSourceType.Raster
        )
        rasters.setMinimumNumberInputs(1)
        self.addParameter(rasters)

    def point_size_parameter(self) -> QgsProcessingParameterDefinition:
        """The size of the boxes round points."""
        return QgsProcessingParameterNumber(
            self.POINT_SIZE,
            tr("Size of the boxes round points (metres)"),
            Qgis.ProcessingNumberParameterType.Double,
            optional=True,
            minValue=_LEAST_POINT_SIZE,
        )

    def checkParameterValues(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        fine, message = super().checkParameterValues(parameters, context)
        if not fine:
            return fine, message
        for layer in self.parameterAsLayerList(parameters, self.RASTERS, context):
            if raster_path(layer) is None:
                refusal = tr('"{layer}" is not a raster file. Save the part with the features as a file.')
                return False, refusal.format(layer=layer.name())
        source = self.parameterAsSource(parameters, self.INPUT, context)
        field = self.parameterAsString(parameters, self.FIELD, context)
        if source is not None and source.fields().lookupField(field) < 0:
            names = ", ".join(source.fields().names())
            return False, tr("The features have no field {field}; they have {names}.").format(field=field, names=names)
        return fine, message

    def label_params(self, parameters: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:
        """Parameters of the door but for the features, which `features` reads; raises QgsProcessingException."""
        source = self.parameterAsSource(parameters, self.INPUT, context)
        if source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, self.INPUT))
        self._source, self._field = source, self.parameterAsString(parameters, self.FIELD, context)
        layers = self.parameterAsLayerList(parameters, self.RASTERS, context)
        params: dict[str, Any] = {
            "name": source.sourceName() or tr("features"),
            "rasters": [raster_path(layer) for layer in layers],
        }
        if source.sourceCrs().isValid():
            params["crs"] = crs_text(source.sourceCrs())
        if parameters.get(self.POINT_SIZE) is not None:
            params["point_size"] = self.parameterAsDouble(parameters, self.POINT_SIZE, context)
        return params

    def features(self, feedback: QgsProcessingFeedback) -> list[dict[str, Any]]:
        """Id, label and box of each feature, as the engine understands them; a layer of a server may take its time."""
        index = self._source.fields().lookupField(self._field)
        request = QgsFeatureRequest().setSubsetOfAttributes([index]).setLimit(_MOST_FEATURES + 1)
        features = []
        for feature in self._source.getFeatures(request):
            require_going_on(feedback)
            value = feature.attribute(index)
            box = feature.geometry().boundingBox()
            corners = [box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()]
            label = None if QgsVariantUtils.isNull(value) else str(value).strip()[:_MOST_LETTERS]
            there = not feature.geometry().isEmpty() and box.isFinite()
            features.append({"id": feature.id(), "label": label, "box": corners if there else None})
        return features

    def report_skipped(self, result: dict[str, Any], feedback: QgsProcessingFeedback) -> None:
        """Says which features took no part, and why."""
        for one in result["skipped"][:_MOST_REPORTED]:
            reason = tr("Feature {id} was skipped: {reason}").format(id=one["id"], reason=one["reason"])
            feedback.reportError(reason)
        if (more := result["skipped_count"] - _MOST_REPORTED) > 0:
            feedback.reportError(tr("{count} more features were skipped.").format(count=more))
