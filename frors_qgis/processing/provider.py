"""FRORS in the Processing toolbox."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from frors_qgis.client.client import EngineClient
from frors_qgis.processing.archive_info import ArchiveInfo
from frors_qgis.processing.evaluate_features import EvaluateFeatures
from frors_qgis.processing.export_geoparquet import ExportGeoParquet
from frors_qgis.processing.import_geoparquet import ImportGeoParquet
from frors_qgis.processing.index_rasters import IndexRasters
from frors_qgis.processing.remove_rasters import RemoveRasters
from frors_qgis.processing.search_box import SearchBox
from frors_qgis.processing.search_features import SearchFeatures
from frors_qgis.processing.train_encoder import TrainEncoder
from frors_qgis.resources import resource_path

_ALGORITHMS = (
    IndexRasters,
    RemoveRasters,
    ArchiveInfo,
    SearchBox,
    SearchFeatures,
    EvaluateFeatures,
    TrainEncoder,
    ExportGeoParquet,
    ImportGeoParquet,
)


class FrorsProvider(QgsProcessingProvider):
    """The algorithms of FRORS. No engine is started before one of them runs."""

    def __init__(self, client: EngineClient) -> None:
        """`client` is shut down when the provider is unloaded: with the plugin, or when QGIS ends."""
        super().__init__()
        self._client = client

    def id(self) -> str:
        return "frors"

    def name(self) -> str:
        return "FRORS"

    def icon(self) -> QIcon:
        return QIcon(self.svgIconPath())

    def svgIconPath(self) -> str:  # noqa: N802
        return str(resource_path("icons", "frors.svg"))

    def loadAlgorithms(self) -> None:  # noqa: N802
        for algorithm in _ALGORITHMS:
            self.addAlgorithm(algorithm(self._client))

    def unload(self) -> None:
        self._client.shut_down()
        super().unload()
