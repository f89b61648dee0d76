from __future__ import annotations

from qgis.core import QgsApplication

from frors_qgis.plugin import FrorsPlugin
from frors_qgis.processing.provider import FrorsProvider


class IdleClient:
    """Stands for an engine that nobody may need yet."""

    def __init__(self) -> None:
        self.is_shut_down = False

    def shut_down(self):
        self.is_shut_down = True


def test_the_plugin_without_a_window_has_its_algorithms_and_asks_no_engine(qgis_processing):
    registry, client = QgsApplication.processingRegistry(), IdleClient()
    FrorsPlugin(None, client).initProcessing()
    provider = registry.providerById("frors")
    assert isinstance(provider, FrorsProvider)
    assert {algorithm.name() for algorithm in provider.algorithms()} >= {"index", "search"}
    assert registry.removeProvider(provider)
    assert client.is_shut_down
