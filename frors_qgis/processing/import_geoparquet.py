"""The algorithm `frors:importgeoparquet`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    Qgis,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from frors_qgis.processing.algorithm import EngineAlgorithm, absolute, archive_filter, tr

_LEAST_SIZE = 0.01


class ImportGeoParquet(EngineAlgorithm):
    """Makes an archive of GeoParquet files."""

    FILES = "FILES"
    POINT_SIZE = "POINT_SIZE"
    VECTORS = "VECTORS"
    ARCHIVE = "ARCHIVE"
    CHIPS = "CHIPS"
    ENCODER = "ENCODER"

    def name(self) -> str:
        return "importgeoparquet"

    def displayName(self) -> str:  # noqa: N802
        return tr("Import embeddings from GeoParquet")

    def group(self) -> str:
        return tr("Archive")

    def groupId(self) -> str:  # noqa: N802
        return "archive"

    def tags(self) -> list[str]:
        return tr("archive,chips,embeddings,import,parquet,clay,major tom,earth index").split(",")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Makes a new archive of a file that FRORS has exported, or of embeddings made elsewhere")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Makes a new archive of GeoParquet files.\n\n"
            "Files: one that FRORS has exported, which gives the same archive again; or one or more of another "
            "project, such as Clay, Earth Index or Major TOM, all of one model.\n\n"
            "Embeddings that were made elsewhere can be searched by their own chips: draw a box over one in the FRORS "
            "panel. No box or raster of yours can be embedded for them, and they have no pictures.\n\n"
            "Size of points: the side of a chip on the ground, for files that have points instead of areas.\n\n"
            "Column: of the embeddings, where the file has several that might be.\n\n"
            "An import that was cancelled goes on with the same files. The engine needs the package pyarrow for it."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        files = QgsProcessingParameterMultipleLayers(self.FILES, tr("GeoParquet files"), Qgis.ProcessingSourceType.File)
        files.setMinimumNumberInputs(1)
        self.addParameter(files)
        size = QgsProcessingParameterNumber(
            self.POINT_SIZE,
            tr("Size of points on the ground (metres)"),
            Qgis.ProcessingNumberParameterType.Double,
            optional=True,
            minValue=_LEAST_SIZE,
        )
        vectors = QgsProcessingParameterString(self.VECTORS, tr("Column of the embeddings"), optional=True)
        for parameter in (size, vectors):
            parameter.setFlags(parameter.flags() | Qgis.ProcessingParameterFlag.Advanced)
            self.addParameter(parameter)
        self.addParameter(QgsProcessingParameterFileDestination(self.ARCHIVE, tr("New archive"), archive_filter()))
        self.addOutput(QgsProcessingOutputNumber(self.CHIPS, tr("Chips in the archive")))
        self.addOutput(QgsProcessingOutputString(self.ENCODER, tr("Encoder")))

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        archive = absolute(self.parameterAsFileOutput(parameters, self.ARCHIVE, context))
        wanted: dict[str, Any] = {
            "archive": archive,
            "files": [absolute(path) for path in self.parameterAsFileList(parameters, self.FILES, context)],
        }
        if parameters.get(self.POINT_SIZE) is not None:
            wanted["point_size"] = self.parameterAsDouble(parameters, self.POINT_SIZE, context)
        if vectors := self.parameterAsString(parameters, self.VECTORS, context):
            wanted["vectors"] = vectors
        result = self._ask("import_parquet", wanted, feedback)
        if result["foreign"]:
            feedback.pushInfo(tr("These embeddings were made elsewhere: they are searched by their own chips."))
        return {self.ARCHIVE: archive, self.CHIPS: result["chips"], self.ENCODER: result["encoder"]}
