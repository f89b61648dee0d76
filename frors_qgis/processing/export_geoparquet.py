"""The algorithm `frors:exportgeoparquet`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    Qgis,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterString,
)

from frors_qgis.processing.algorithm import EngineAlgorithm, absolute, archive_filter, tr


class ExportGeoParquet(EngineAlgorithm):
    """Writes an archive as a GeoParquet file with a STAC collection beside it."""

    ARCHIVE = "ARCHIVE"
    FLOAT32 = "FLOAT32"
    LICENCE = "LICENCE"
    FILE = "FILE"
    COLLECTION = "COLLECTION"
    CHIPS = "CHIPS"

    def name(self) -> str:
        return "exportgeoparquet"

    def displayName(self) -> str:  # noqa: N802
        return tr("Export an archive as GeoParquet")

    def group(self) -> str:
        return tr("Archive")

    def groupId(self) -> str:  # noqa: N802
        return "archive"

    def tags(self) -> list[str]:
        return tr("archive,chips,embeddings,export,parquet,stac").split(",")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Writes the chips of an archive with their embeddings for other programs")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Writes the chips of an archive with their embeddings, rasters and acquisitions into a GeoParquet file, "
            "and a STAC collection that describes it beside it. Other programs can read them, and "
            '"Import embeddings from GeoParquet" makes the same archive of them again.\n\n'
            "Embeddings have 16 bits a number, as in the archive; choose 32 for programs that cannot read that.\n\n"
            "The paths of the rasters are in the file, as they are in the archive; saved queries are not.\n\n"
            "The engine needs the package pyarrow for it."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.addParameter(QgsProcessingParameterFile(self.ARCHIVE, tr("Archive"), fileFilter=archive_filter()))
        float32 = QgsProcessingParameterBoolean(self.FLOAT32, tr("Embeddings of 32 bits a number"), defaultValue=False)
        licence = QgsProcessingParameterString(
            self.LICENCE, tr("Licence of the embeddings, such as CC-BY-4.0"), optional=True
        )
        for parameter in (float32, licence):
            parameter.setFlags(parameter.flags() | Qgis.ProcessingParameterFlag.Advanced)
            self.addParameter(parameter)
        self.addParameter(
            QgsProcessingParameterFileDestination(self.FILE, tr("New file"), tr("GeoParquet files (*.parquet)"))
        )
        self.addOutput(QgsProcessingOutputFile(self.COLLECTION, tr("STAC collection")))
        self.addOutput(QgsProcessingOutputNumber(self.CHIPS, tr("Chips")))

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        file = absolute(self.parameterAsFileOutput(parameters, self.FILE, context))
        wanted: dict[str, Any] = {
            "archive": absolute(self.parameterAsFile(parameters, self.ARCHIVE, context)),
            "file": file,
            "float32": self.parameterAsBoolean(parameters, self.FLOAT32, context),
        }
        if licence := self.parameterAsString(parameters, self.LICENCE, context):
            wanted["licence"] = licence
        result = self._ask("export_parquet", wanted, feedback)
        return {self.FILE: file, self.COLLECTION: result["collection"], self.CHIPS: result["chips"]}
