"""`evaluate-features` and `train-features` as a stranger would use them, on a labelled file."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from osgeo import ogr, osr

from frors_qgis.engine.labels_file import read_labels_file
from frors_qgis.protocol import EngineError, ErrorCode
from tests.engine.coloured_fields import GSD, NORTH, WEST, field_features, field_picture
from tests.engine.command_line import last_object, run_here
from tests.engine.door import REPOSITORY

SMALL = ["--set", "side=64", "views=1", "local_width=8", "prototypes=2", "--device", "cpu"]


@pytest.fixture
def fields(write_raster):
    return str(write_raster(field_picture(), "fields.tif", (WEST, GSD, 0, NORTH, 0, -GSD)))


@pytest.fixture
def labels(tmp_path):
    """A GeoPackage of the labelled fields, and one feature without a label."""
    path = tmp_path / "labels.gpkg"
    file = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    system = osr.SpatialReference()
    system.ImportFromEPSG(32632)
    layer = file.CreateLayer("crops", system, ogr.wkbPolygon)
    layer.CreateField(ogr.FieldDefn("crop", ogr.OFTString))
    for described in [*field_features(), {"label": None, "box": field_features()[0]["box"]}]:
        feature = ogr.Feature(layer.GetLayerDefn())
        if described["label"] is not None:
            feature["crop"] = described["label"]
        xmin, ymin, xmax, ymax = described["box"]
        ring = f"{xmin} {ymin}, {xmax} {ymin}, {xmax} {ymax}, {xmin} {ymax}, {xmin} {ymin}"
        feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POLYGON (({ring}))"))
        layer.CreateFeature(feature)
    del layer, file
    return str(path)


@pytest.fixture
def start(tmp_path):
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "FRORS_ENCODERS": str(tmp_path / "own")}

    def start(*arguments):
        command = [sys.executable, "-m", "frors_qgis.engine", *map(str, arguments)]
        return subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment | {"TMPDIR": str(tmp_path)},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    return start


def test_a_file_gives_the_features_that_a_layer_would(labels):
    values = read_labels_file(labels, "crop")
    assert values["name"] == "crops"
    assert "32632" in values["crs"]
    for read, described in zip(values["features"], field_features(), strict=False):
        assert (read["id"], read["label"], read["box"]) == (described["id"], described["label"], described["box"])
    assert values["features"][-1]["label"] is None
    assert len(values["features"]) == 25


@pytest.mark.parametrize(
    ("path", "field", "layer", "sentence"),
    [
        ("labels", "colour", None, "no field colour; they have crop"),
        ("labels", "crop", "nothing", "nothing"),
        ("/nowhere/at/all.gpkg", "crop", None, "cannot be read"),
        (__file__, "crop", None, "cannot be read"),
    ],
)
def test_a_file_a_layer_or_a_field_that_is_not_there_is_named(labels, path, field, layer, sentence):
    with pytest.raises(EngineError, match=sentence) as caught:
        read_labels_file(labels if path == "labels" else path, field, layer)
    assert caught.value.code is ErrorCode.DATASET_INVALID


def test_a_file_that_points_elsewhere_is_not_followed(tmp_path, labels):
    pointer = tmp_path / "pointer.gpkg"
    pointer.write_text(
        f'<OGRVRTDataSource><OGRVRTLayer name="crops"><SrcDataSource>{labels}</SrcDataSource></OGRVRTLayer>'
        "</OGRVRTDataSource>"
    )
    with pytest.raises(EngineError, match="cannot be read"):
        read_labels_file(str(pointer), "crop")


def test_an_encoder_is_trained_and_evaluated_by_its_id(start, labels, fields, tmp_path, monkeypatch):
    common = [labels, "--field", "crop", "--rasters", fields]
    process = start("train-features", *common, "--id", "crops", "--epochs", 0, *SMALL, "--json")
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors + output
    result = json.loads(output.splitlines()[-1])
    assert Path(result["checkpoint"]) == tmp_path / "own" / "crops.safetensors"
    assert "Feature 25 was skipped: It has no label." in errors
    monkeypatch.setenv("FRORS_ENCODERS", str(tmp_path / "own"))
    done = run_here("evaluate-features", *common, "--encoder", "crops", "--json")
    assert last_object(done)["protocol"]["encoder"] == "crops"
    assert "crops has learnt from classes called beet, soil, wheat before" in done.stderr
    refused = run_here("evaluate-features", *common, "--encoder", "weeds", expect=1)
    assert "installed: crops, frors" in refused.stderr


def test_ctrl_c_leaves_nothing_of_a_training(start, labels, fields, tmp_path):
    common = [labels, "--field", "crop", "--rasters", fields, "--id", "crops", "--validate", 0]
    process = start("train-features", *common, "--epochs", 100_000, *SMALL)
    while not list(tmp_path.glob("frors-*/train-*/crops.run/recipe.json")):
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert errors.strip() == (
        "Interrupted; nothing of the training is kept. Give the same command again to begin anew."
    )
    assert list(tmp_path.glob("frors-*")) == []
    assert not (tmp_path / "own").exists()
