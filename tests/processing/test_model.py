from __future__ import annotations

from qgis.core import (
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelOutput,
)


def test_index_search_and_buffer_run_in_a_model(run, raster, extent, make_feedback):
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
    buffer = QgsProcessingModelChildAlgorithm("native:buffer")
    buffer.setChildId("buffer")
    buffer.addParameterSources("INPUT", [output_of("search", "OUTPUT")])
    buffer.addParameterSources("DISTANCE", [fixed(0.001)])
    buffered = QgsProcessingModelOutput("buffered")
    buffered.setChildOutputName("OUTPUT")
    buffered.setChildId("buffer")
    buffer.setModelOutputs({"buffered": buffered})
    for child in (index, search, buffer):
        model.addChildAlgorithm(child)
    model.updateDestinationParameters()
    feedback = make_feedback()
    outputs = {"search:matches": "TEMPORARY_OUTPUT", "buffer:buffered": "TEMPORARY_OUTPUT"}
    results = run(model, outputs, None, feedback)
    assert results["search:matches"].featureCount() == 3, feedback.errors
    around = {feature["rank"]: feature.geometry() for feature in results["buffer:buffered"].getFeatures()}
    assert len(around) == 3
    for match in results["search:matches"].getFeatures():
        assert around[match["rank"]].contains(match.geometry())
