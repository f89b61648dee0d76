"""The algorithm `frors:searchfeatures`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    Qgis,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingMultiStepFeedback,
    QgsProcessingParameterFeatureSource,
)
from qgis.PyQt.QtCore import QMetaType

from frors_qgis.client.layer_source import crs_text
from frors_qgis.processing.algorithm import require_going_on, tr
from frors_qgis.processing.search_algorithm import SearchAlgorithm

_FEATURE = {"feature": QMetaType.Type.LongLong}


class SearchFeatures(SearchAlgorithm):
    """Finds what looks like each of some features."""

    INPUT = "INPUT"

    def name(self) -> str:
        return "searchfeatures"

    def displayName(self) -> str:  # noqa: N802
        return tr("Search by features")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Finds what looks most like each feature of a layer on a raster, anywhere in an archive")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Searches an archive once for every feature of a layer: with the box round it, on a raster.\n\n"
            "Features: polygons or lines round what to look for. A feature that cannot be searched, because it lies "
            "beside the raster or is too small, is reported and does not keep the others from being searched.\n\n"
            'All else is as in "Search by box". The output has one polygon per match; the field feature holds the id '
            "of the feature that it is a match of."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.add_source_parameters()
        kinds = [Qgis.ProcessingSourceType.VectorPolygon, Qgis.ProcessingSourceType.VectorLine]
        self.addParameter(QgsProcessingParameterFeatureSource(self.INPUT, tr("Features"), kinds))
        self.add_search_parameters()

    def prepareAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        source = self.parameterAsSource(parameters, self.INPUT, context)
        if source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, self.INPUT))
        path, archive = self.raster_path(parameters, context), self.archive_path(parameters, context)
        self._source = source
        self._box_params = {"archive": archive, "raster": path, "crs": crs_text(source.sourceCrs())}
        self._search_params = self.search_params(parameters, context)
        return True

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        fields, sink, output = self.matches_sink(parameters, context, _FEATURE)
        params = self.limit_to_rasters(self._search_params, feedback)
        boxes = self._boxes(feedback)
        steps = QgsProcessingMultiStepFeedback(2 * len(boxes), feedback)
        refused = []
        for number, (id_, box) in enumerate(boxes.items()):
            steps.setCurrentStep(2 * number)
            try:
                query = self._ask("embed", self._box_params | {"box": box}, steps)
            except QgsProcessingException as error:
                if feedback.isCanceled():
                    raise
                refused.append(tr("Feature {id}: {reason}").format(id=id_, reason=error))
                feedback.reportError(refused[-1])
                continue
            steps.setCurrentStep(2 * number + 1)
            result = self._ask("search", params | self.query_params(query), steps)
            self.write_matches(result["matches"], fields, sink, parameters, [id_])
        if refused and len(refused) == len(boxes):
            raise QgsProcessingException(refused[0])
        return {self.OUTPUT: output}

    def _boxes(self, feedback: QgsProcessingFeedback) -> dict[int, list[float]]:
        """The box round every feature, by its id; a layer of a server may take its time."""
        boxes = {}
        for feature in self._source.getFeatures():
            require_going_on(feedback)
            box = feature.geometry().boundingBox()
            boxes[feature.id()] = [box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()]
        return boxes
