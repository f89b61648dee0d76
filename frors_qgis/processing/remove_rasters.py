"""The algorithm `frors:remove`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    Qgis,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFile,
    QgsProcessingParameterMultipleLayers,
)

from frors_qgis.processing.algorithm import EngineAlgorithm, absolute, archive_filter, tr


class RemoveRasters(EngineAlgorithm):
    """Removes rasters and their chips from an archive."""

    ARCHIVE = "ARCHIVE"
    RASTERS = "RASTERS"
    CHIPS = "CHIPS"
    REMOVED = "REMOVED"

    def name(self) -> str:
        return "remove"

    def displayName(self) -> str:  # noqa: N802
        return tr("Remove rasters from an archive")

    def group(self) -> str:
        return tr("Archive")

    def groupId(self) -> str:  # noqa: N802
        return "archive"

    def tags(self) -> list[str]:
        return tr("archive,chips,rasters,delete").split(",")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Removes rasters and their chips from an archive; the raster files stay")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Removes rasters and their chips from an archive. The raster files themselves stay where they are.\n\n"
            "Rasters: layers or files, also of files that are gone: only their names matter. If the archive does not "
            "know one of them, nothing is removed.\n\n"
            "The outputs are how many chips were removed and how many the archive still holds."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.addParameter(QgsProcessingParameterFile(self.ARCHIVE, tr("Archive"), fileFilter=archive_filter()))
        rasters = QgsProcessingParameterMultipleLayers(self.RASTERS, tr("Rasters"), Qgis.ProcessingSourceType.File)
        rasters.setMinimumNumberInputs(1)
        self.addParameter(rasters)
        self.addOutput(QgsProcessingOutputNumber(self.REMOVED, tr("Chips removed")))
        self.addOutput(QgsProcessingOutputNumber(self.CHIPS, tr("Chips in the archive")))

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        archive = absolute(self.parameterAsFile(parameters, self.ARCHIVE, context))
        rasters = [absolute(path) for path in self.parameterAsFileList(parameters, self.RASTERS, context)]
        result = self._ask("remove", {"archive": archive, "rasters": rasters}, feedback)
        for raster in result["rasters"]:
            feedback.pushInfo(tr("Removed: {path} ({chips} chips)").format(path=raster["path"], chips=raster["chips"]))
        return {self.REMOVED: sum(raster["chips"] for raster in result["rasters"]), self.CHIPS: result["chips"]}
