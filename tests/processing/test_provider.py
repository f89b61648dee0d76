from __future__ import annotations

from qgis.core import QgsApplication


def test_every_algorithm_explains_itself(run):
    provider = QgsApplication.processingRegistry().providerById("frors")
    assert provider.name() == "FRORS"
    assert not provider.icon().isNull()
    assert sorted(algorithm.id() for algorithm in provider.algorithms()) == [
        "frors:evaluate", "frors:exportgeoparquet", "frors:importgeoparquet", "frors:index", "frors:info",
        "frors:remove", "frors:search", "frors:searchfeatures", "frors:train",
    ]  # fmt: skip
    for algorithm in provider.algorithms():
        assert len(algorithm.shortHelpString()) > 200
        assert algorithm.shortDescription()
        assert algorithm.group()
        assert algorithm.groupId()
        assert all(tag == tag.strip() != "" for tag in algorithm.tags())
        assert all(parameter.description() for parameter in algorithm.parameterDefinitions())
        assert algorithm.create() is not None
