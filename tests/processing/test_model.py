from __future__ import annotations

from qgis.core import (
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelOutput,
)


def test_indexing_and_search_work_in_a_model(run, raster, extent, make_feedback):
    fixed, output_of = (
        QgsProcessingModelChildParameterSource.fromStaticValue,
        QgsProcessingModelChildParameterSource.fromChildOutput,
    )
    model = QgsProcessingModelAlgorithm("look", "test")
    index = QgsProcessingModelChildAlgorithm("frors:index")
    index.setChildId("index")
    index.addParameterSources("RASTERS", [fixed([str(raster)])])
    search = QgsProcessingModelChildAlgorithm("frors:search")
    search.setChildId("search")
    search.addParameterSources("ARCHIVE", [output_of("index", "ARCHIVE")])
    search.addParameterSources("RASTER", [fixed(str(raster))])
    search.addParameterSources("EXTENT", [fixed(extent)])
    search.addParameterSources("MATCHES", [fixed(3)])
    matches = QgsProcessingModelOutput("matches")
    matches.setChildOutputName("OUTPUT")
    matches.setChildId("search")
    search.setModelOutputs({"matches": matches})
    for child in (index, search):
        model.addChildAlgorithm(child)
    model.updateDestinationParameters()
    feedback = make_feedback()
    results = run(model, {"search:matches": "TEMPORARY_OUTPUT"}, None, feedback)
    assert results["search:matches"].featureCount() == 3, feedback.errors
