"""The algorithms as a script or a server runs them: the real qgis_process, without a display."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from qgis.core import QgsCoordinateTransformContext, QgsRasterLayer, QgsVectorFileWriter, QgsVectorLayer

from tests.processing.labelled_layers import layer_of, tiles
from tests.qgis_process import QgisProcess


@pytest.fixture(scope="module")
def qgis_process(tmp_path_factory) -> QgisProcess:
    if shutil.which("qgis_process") is None:
        pytest.skip("qgis_process is not installed")
    return QgisProcess(tmp_path_factory.mktemp("home"))


def test_index_and_search_run_without_a_display_and_leave_nothing_behind(qgis_process, raster, extent):
    shutil.copy(raster, qgis_process.home / "town.tif")
    indexed = qgis_process("--json", "run", "frors:index", "--", "RASTERS=town.tif", "ARCHIVE=town.gpkg")
    results = json.loads(indexed.stdout)["results"]
    assert Path(results["ARCHIVE"]) == qgis_process.home / "town.gpkg"
    assert results["CHIPS"] > 40
    assert "Traceback" not in indexed.stderr
    assert qgis_process.leftovers() == []
    found = qgis_process(
        "run", "frors:search", "--",
        "ARCHIVE=town.gpkg", "RASTER=town.tif", f"EXTENT={extent}", "MATCHES=5", "OUTPUT=matches.gpkg",
    )  # fmt: skip
    assert "Matches found: 5" in found.stdout
    assert "Traceback" not in found.stderr
    assert qgis_process.leftovers() == []
    matches = QgsVectorLayer(str(qgis_process.home / "matches.gpkg"), "matches")
    assert [feature["rank"] for feature in matches.getFeatures()] == [1, 2, 3, 4, 5]
    assert matches.crs().authid() == "EPSG:4326"
    refused = qgis_process(
        "run", "frors:search", "--",
        "ARCHIVE=town.gpkg", "RASTER=town.tif", "EXTENT=0,99,0,99 [EPSG:26910]", "OUTPUT=none.gpkg",
        expect=1,
    )  # fmt: skip
    assert "The box lies outside" in refused.stderr
    assert not (qgis_process.home / "none.gpkg").exists()
    assert qgis_process.leftovers() == []


def test_features_are_evaluated_and_learnt_from_without_a_display(qgis_process, raster):
    own = qgis_process.home / "own"
    qgis_process.set("FRORS_ENCODERS", str(own))
    shutil.copy(raster, qgis_process.home / "labelled.tif")
    boxes = tiles(QgsRasterLayer(str(raster), "part"), 20.0, 6, 6)
    layer = layer_of(zip(["street", "wood", "roof"] * 12, boxes, strict=True))
    path = str(qgis_process.home / "labels.gpkg")
    options = QgsVectorFileWriter.SaveVectorOptions()
    QgsVectorFileWriter.writeAsVectorFormatV3(layer, path, QgsCoordinateTransformContext(), options)
    common = ("INPUT=labels.gpkg", "FIELD=kind", "RASTERS=labelled.tif")
    evaluated = qgis_process("--json", "run", "frors:evaluate", "--", *common, "REPORT=report.html")
    results = json.loads(evaluated.stdout)["results"]
    assert (results["QUERIES"], results["LABELS"]) == (36, 3)
    assert "What is taken for what" in (qgis_process.home / "report.html").read_text(encoding="utf-8")
    small = "SETTINGS=side=64 views=1 local_width=8 prototypes=2"
    trained = qgis_process("--json", "run", "frors:train", "--", *common, "ENCODER=town", "EPOCHS=0", small)
    assert json.loads(trained.stdout)["results"]["TRAINED"] == "town"
    assert sorted(path.name for path in own.iterdir()) == ["town.md", "town.safetensors"]
    assert "Traceback" not in evaluated.stderr + trained.stderr
    assert qgis_process.leftovers() == []
