"""The algorithm `frors:evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterString,
)

from frors_qgis.processing.algorithm import absolute, archive_filter, tr
from frors_qgis.processing.evaluation_page import evaluation_page
from frors_qgis.processing.labelled_algorithm import LabelledAlgorithm

_FIGURES = {
    "MAP": "mAP",
    "MAP_1": "mAP@1",
    "MAP_5": "mAP@5",
    "MAP_10": "mAP@10",
    "MAP_20": "mAP@20",
    "MAP_50": "mAP@50",
    "P_5": "P@5",
    "P_10": "P@10",
    "P_20": "P@20",
    "HIT_1": "hit@1",
    "HIT_10": "hit@10",
    "ANMRR": "ANMRR",
}


class EvaluateFeatures(LabelledAlgorithm):
    """Measures how well an encoder tells labelled features apart."""

    ARCHIVE = "ARCHIVE"
    ENCODER = "ENCODER"
    REPORT = "REPORT"
    QUERIES = "QUERIES"
    LABELS = "LABELS"
    SKIPPED = "SKIPPED"
    USED_ENCODER = "USED_ENCODER"

    def name(self) -> str:
        return "evaluate"

    def displayName(self) -> str:  # noqa: N802
        return tr("Evaluate on labelled features")

    def tags(self) -> list[str]:
        words = tr("labels,classes,accuracy,retrieval,precision,mean average precision,mAP,confusion,encoder,report")
        return words.split(",")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Measures how well an encoder finds features of the same label, as it would in a search")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Measures how well searches of your own imagery would go: every labelled feature is searched once among "
            "all others, and a match is right if it has the same label.\n\n"
            "Labelled features: polygons, lines or points; the box round each is read as a query box is. With selected "
            "features only, these take part. At least two features of a label are needed, and figures on fewer than "
            "five are left to chance; ten or more of each are a good start. At most 10,000 features.\n\n"
            "Field with the labels: the class of each feature, not a number that is different for each.\n\n"
            "Rasters: the files that the features lie on, in any CRS. Where several show a feature, the one that shows "
            "most of it is read.\n\n"
            "Archive: boxes are read and encoded as for a search of it, by its encoder. Without an archive they are "
            "read at the raster's own pixel size.\n\n"
            "Encoder: another encoder than the archive's, by its id: frors, or one that you have trained.\n\n"
            "Size of the boxes round points: in metres on the ground. When it is not set, 64 pixels of the raster.\n\n"
            "Features without a label, beside the rasters or under 8 pixels are reported and skipped.\n\n"
            "The report, a page of HTML, has the figures, those of each label, what is taken for what, warnings and "
            "the protocol. The outputs hold the main figures; one at a rank, such as MAP_50, is missing where there "
            "are not so many other features. Figures on features that an encoder was trained on say nothing about "
            "others: evaluate on a part of the layer, or an area, that it has not seen."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.add_label_parameters()
        self.addParameter(
            QgsProcessingParameterFile(self.ARCHIVE, tr("Archive"), fileFilter=archive_filter(), optional=True)
        )
        encoder = QgsProcessingParameterString(self.ENCODER, tr("Encoder"), optional=True)
        for parameter in (self.point_size_parameter(), encoder):
            parameter.setFlags(parameter.flags() | Qgis.ProcessingParameterFlag.Advanced)
            self.addParameter(parameter)
        self.addParameter(
            QgsProcessingParameterFileDestination(self.REPORT, tr("Report"), tr("HTML files (*.html)"), optional=True)
        )
        for output, figure in _FIGURES.items():
            self.addOutput(QgsProcessingOutputNumber(output, figure))
        self.addOutput(QgsProcessingOutputNumber(self.QUERIES, tr("Features that were searched")))
        self.addOutput(QgsProcessingOutputNumber(self.LABELS, tr("Labels")))
        self.addOutput(QgsProcessingOutputNumber(self.SKIPPED, tr("Features that were skipped")))
        self.addOutput(QgsProcessingOutputString(self.USED_ENCODER, tr("Encoder that was used")))

    def prepareAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        self._params = self.label_params(parameters, context)
        if archive := self.parameterAsFile(parameters, self.ARCHIVE, context):
            self._params["archive"] = absolute(archive)
        if encoder := self.parameterAsString(parameters, self.ENCODER, context).strip():
            self._params["encoder"] = encoder
        return True

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        result = self._ask("evaluate", self._params | {"features": self.features(feedback)}, feedback)
        self.report_skipped(result, feedback)
        for warning in result["warnings"]:
            feedback.pushWarning(warning)
        metrics, protocol = result["metrics"], result["protocol"]
        for name, value in metrics.items():
            feedback.pushInfo(f"{name}: {value:.3f}")
        results: dict[str, Any] = {
            output: metrics[figure] for output, figure in _FIGURES.items() if figure in metrics
        } | {
            self.QUERIES: protocol["queries"],
            self.LABELS: protocol["labels"],
            self.SKIPPED: result["skipped_count"],
            self.USED_ENCODER: protocol["encoder"],
        }
        if report := self.parameterAsFileOutput(parameters, self.REPORT, context):
            try:
                Path(report).write_text(evaluation_page(result), encoding="utf-8")
            except OSError as error:
                sentence = tr("The report {path} cannot be written: {reason}.")
                raise QgsProcessingException(sentence.format(path=report, reason=error.strerror)) from error
            results[self.REPORT] = report
        return results
