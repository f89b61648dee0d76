"""The algorithm `frors:index`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    Qgis,
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from frors_qgis.client.layer_source import absolute_source, raster_path
from frors_qgis.location import is_database
from frors_qgis.processing.algorithm import ARCHIVE_SUFFIX, EngineAlgorithm, absolute, archive_filter, tr

_CELL_PX = 32
_WINDOWS_PX = ("512", "256", "128", "64")
_USUAL_WINDOWS_PX = ("256", "128")
_LEAST_GSD = 0.001


class IndexRasters(EngineAlgorithm):
    """Brings rasters into an archive, a new or an existing one."""

    RASTERS = "RASTERS"
    GSD = "GSD"
    WINDOWS = "WINDOWS"
    OVERLAP = "OVERLAP"
    ENCODER = "ENCODER"
    ARCHIVE = "ARCHIVE"
    CHIPS = "CHIPS"

    def name(self) -> str:
        return "index"

    def displayName(self) -> str:  # noqa: N802
        return tr("Index rasters")

    def group(self) -> str:
        return tr("Archive")

    def groupId(self) -> str:  # noqa: N802
        return "archive"

    def tags(self) -> list[str]:
        words = tr("visual search,similarity,image retrieval,embedding,archive,chips,deep learning,satellite,aerial")
        return words.split(",")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Brings rasters into an archive, so that they can be searched by example")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Brings rasters into an archive, so that they can be searched by example with "
            '"Search by box" or in the FRORS panel.\n\n'
            "Archive: a new file, or an existing archive to add to. What it already holds is not indexed again; a "
            "raster that has changed is. Indexing that was cancelled goes on where it stopped.\n\n"
            "Pixel size: the size on the ground at which all rasters are read. When it is not set, each raster is "
            "read at its own.\n\n"
            "Window sizes: the sides of the chips into which the rasters are cut, in pixels. Choose those that hold "
            "what you want to find with a little around it.\n\n"
            "Overlap: how much of a chip its neighbour shares. More finds things that lie across chips, and takes "
            "longer.\n\n"
            "Encoder: for a new archive, the id of the encoder that makes its embeddings: frors when it is not set, or "
            'one that you have trained with "Train an encoder on labelled features". An archive keeps its encoder.\n\n'
            "A raster that cannot be read is reported and does not keep the others from being indexed. Everything is "
            "computed on this computer; an NVIDIA or Apple GPU is used when there is one."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        rasters = QgsProcessingParameterMultipleLayers(self.RASTERS, tr("Rasters"), Qgis.ProcessingSourceType.Raster)
        rasters.setMinimumNumberInputs(1)
        self.addParameter(rasters)
        gsd = QgsProcessingParameterNumber(
            self.GSD,
            tr("Pixel size on the ground (metres)"),
            Qgis.ProcessingNumberParameterType.Double,
            optional=True,
            minValue=_LEAST_GSD,
        )
        windows = QgsProcessingParameterEnum(
            self.WINDOWS,
            tr("Window sizes (pixels)"),
            _WINDOWS_PX,
            allowMultiple=True,
            defaultValue=list(_USUAL_WINDOWS_PX),
            usesStaticStrings=True,
        )
        # `qgis_process help` proposes the options' numbers, which QGIS refuses where they are static strings.
        windows.setHelp(tr("Give the sizes themselves, such as '256,128' (the default), not the options' numbers."))
        overlap = QgsProcessingParameterNumber(
            self.OVERLAP,
            tr("Overlap of neighbouring chips (%)"),
            Qgis.ProcessingNumberParameterType.Integer,
            defaultValue=50,
            minValue=0,
            maxValue=90,
        )
        encoder = QgsProcessingParameterString(self.ENCODER, tr("Encoder of a new archive"), optional=True)
        for parameter in (gsd, windows, overlap, encoder):
            parameter.setFlags(parameter.flags() | Qgis.ProcessingParameterFlag.Advanced)
            self.addParameter(parameter)
        self.addParameter(QgsProcessingParameterFileDestination(self.ARCHIVE, tr("Archive"), archive_filter()))
        self.addOutput(QgsProcessingOutputNumber(self.CHIPS, tr("Chips in the archive")))

    def checkParameterValues(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        # QGIS would refuse them all, and not say why, for one that it cannot load.
        loadable = [value for value in self._rasters(parameters) if self._layers(value, context)]
        fine, message = super().checkParameterValues(parameters | {self.RASTERS: loadable}, context)
        if fine:
            archive = self.parameterAsFileOutput(parameters, self.ARCHIVE, context)
            if not is_database(archive) and not archive.lower().endswith(ARCHIVE_SUFFIX):
                return False, tr('An archive is a GeoPackage: give it a name that ends in "{suffix}".').format(
                    suffix=ARCHIVE_SUFFIX
                )
        return fine, message

    def prepareAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        self._refusals: list[str] = []
        paths = []
        for value in self._rasters(parameters):
            layers = self._layers(value, context)
            if not layers:  # the engine shall say what is wrong with it
                paths.append(absolute_source(str(value)))
            for layer in layers:
                path = raster_path(layer)
                if path is None:
                    refusal = tr('"{layer}" is not a raster file, and only raster files can be indexed.')
                    self._refusals.append(refusal.format(layer=layer.name()))
                else:
                    paths.append(path)
        windows = self.parameterAsEnumStrings(parameters, self.WINDOWS, context)
        # Their order is part of the plan: another one would have the rasters indexed again.
        cells = sorted((int(side) // _CELL_PX for side in windows), reverse=True)
        self._params: dict[str, Any] = {
            "archive": absolute(self.parameterAsFileOutput(parameters, self.ARCHIVE, context)),
            "rasters": paths,
            "windows": cells,
            "overlap": self.parameterAsInt(parameters, self.OVERLAP, context) / 100,
        }
        gsd = self.parameterAsDouble(parameters, self.GSD, context)
        if gsd >= _LEAST_GSD:  # else it is not set
            self._params["gsd"] = gsd
        if encoder := self.parameterAsString(parameters, self.ENCODER, context).strip():
            self._params["encoder"] = encoder
        return True

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        failures = list(self._refusals)
        for sentence in failures:
            feedback.reportError(sentence)
        if not self._params["rasters"]:
            raise QgsProcessingException(" ".join(failures))
        try:
            result = self._ask("index", self._params, feedback)
        except QgsProcessingException:
            if feedback.isCanceled():
                feedback.pushInfo(tr("What has been indexed so far is kept; run this again to go on from there."))
            raise
        for raster in result["rasters"]:
            if raster["error"]:
                failures.append(raster["error"]["message"])
                feedback.reportError(failures[-1])
            else:
                feedback.pushInfo(_state_text(raster["state"]).format(path=raster["path"], chips=raster["chips"]))
        if all(raster["error"] for raster in result["rasters"]):
            raise QgsProcessingException(" ".join(failures))
        return {self.ARCHIVE: self._params["archive"], self.CHIPS: result["chips"]}

    def _rasters(self, parameters: dict[str, Any]) -> list[Any]:
        values = parameters.get(self.RASTERS) or []
        return values if isinstance(values, list) else [values]

    def _layers(self, value: Any, context: QgsProcessingContext) -> list[QgsMapLayer]:
        """The layers that one of the values of RASTERS stands for, none if QGIS cannot load it."""
        return self.parameterAsLayerList({self.RASTERS: [value]}, self.RASTERS, context)


def _state_text(state: str) -> str:
    """A sentence with {path} and {chips} for what the engine says of a raster."""
    return {
        "unchanged": tr("Unchanged since it was indexed: {path} ({chips} chips)"),
        "missing": tr("The file is missing, its chips are kept: {path} ({chips} chips)"),
    }.get(state, tr("Indexed: {path} ({chips} chips)"))
