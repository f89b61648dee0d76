from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from qgis.core import QgsProcessingException, QgsRasterLayer

from frors_qgis.resources import resource_path
from tests.processing.labelled_layers import layer_of, tiles

SMALL = "side=64 views=1 local_width=8 prototypes=2"


@pytest.fixture
def encoders():
    """The folder of own encoders, emptied afterwards."""
    folder = Path(os.environ["FRORS_ENCODERS"])
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def boxes(raster):
    """36 boxes of 20 m on the raster."""
    return tiles(QgsRasterLayer(str(raster), "part"), 20.0, 6, 6)


@pytest.fixture
def labelled(boxes):
    return layer_of(zip(["street", "wood", "roof"] * 12, boxes, strict=True))


@pytest.fixture
def train(run, raster, make_feedback, encoders):
    def train(layer, feedback=None, **others):
        params = {"INPUT": layer, "FIELD": "kind", "RASTERS": [str(raster)], "ENCODER": "town", "EPOCHS": 0}
        return run("frors:train", params | {"SETTINGS": SMALL} | others, None, feedback or make_feedback())

    return train


def test_a_trained_encoder_indexes_a_new_archive_and_is_evaluated(
    run, train, labelled, raster, encoders, tmp_path, client, make_feedback
):
    feedback = make_feedback()
    result = train(labelled, feedback, LICENCE="mine, CC BY 4.0")
    assert result["TRAINED"] == "town"
    assert Path(result["CHECKPOINT"]) == encoders / "town.safetensors"
    assert "- mine, CC BY 4.0\n" in Path(result["CARD"]).read_text(encoding="utf-8")
    assert (result["IMAGES"], result["LABELS"], result["SKIPPED"]) == (30, 3, 0)
    assert 0 < result["MAP_10"] <= 1
    assert 0 < result["MAP_10_BEFORE"] <= 1
    assert any(f"mAP@10 is {result['MAP_10']:.3f}; with frors" in info for info in feedback.infos)
    assert feedback.progress() == 100
    archive = str(tmp_path / "town.gpkg")
    run("frors:index", {"RASTERS": [str(raster)], "ARCHIVE": archive, "ENCODER": "town"}, None, make_feedback())
    info = client.call("info", {"archive": archive})
    assert (info["encoder"], info["dimension"]) == ("town", result["DIMENSION"])
    params = {"INPUT": labelled, "FIELD": "kind", "RASTERS": [str(raster)], "ARCHIVE": archive}
    feedback = make_feedback()
    feedback.pushWarning = feedback.infos.append
    evaluated = run("frors:evaluate", params | {"REPORT": str(tmp_path / "r.html")}, None, feedback)
    assert evaluated["USED_ENCODER"] == "town"
    assert any("town has learnt from classes called roof, street, wood before" in info for info in feedback.infos)


def test_features_that_cannot_be_learnt_from_are_reported(train, boxes, make_feedback):
    feedback = make_feedback()
    odd = [(None, boxes[0]), ("street", None), ("pond", boxes[0]), ("street", [0, 0, 10, 10])]
    layer = layer_of([*odd, *zip(["street", "wood", "roof"] * 12, boxes, strict=True)])
    result = train(layer, feedback, VALIDATION=0)
    assert (result["SKIPPED"], result["IMAGES"]) == (4, 36)
    for number, words in enumerate(["no label", "no geometry", "No other feature", "beside the raster"], 1):
        (told,) = [error for error in feedback.errors if error.startswith(f"Feature {number} was skipped: ")]
        assert words in told
    assert "MAP_10" not in result
    assert any(info.startswith("No features were kept apart") for info in feedback.infos)


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"ENCODER": "../up"}, "cannot be the id"),
        ({"ENCODER": "frors"}, "one of FRORS's own"),
        ({"ENCODER": ""}, "ENCODER"),
        ({"EPOCHS": -1}, "EPOCHS"),
        ({"VALIDATION": 60}, "VALIDATION"),
        ({"KIND": "vit"}, "KIND"),
        ({"START": "nothing"}, "no encoder 'nothing'"),
        ({"SETTINGS": "speed=3"}, "no 'speed'"),
        ({"FIELD": "colour"}, "no field colour"),
        ({"FIELD": "number"}, "No other feature"),
        ({"RASTERS": ["/nowhere/at/all.tif"]}, "RASTERS"),
    ],
)
def test_bad_values_are_refused_with_a_sentence_and_leave_no_encoder(train, labelled, encoders, others, words):
    with pytest.raises(QgsProcessingException, match=words):
        train(labelled, **others)
    assert list(encoders.glob("*")) == []


def test_too_few_features_are_refused_with_how_many_are_needed(train, boxes):
    with pytest.raises(QgsProcessingException, match=r"8 features to learn from are too few: \d+ are the least"):
        train(layer_of(zip(["street", "wood"] * 4, boxes[:8], strict=True)), VALIDATION=0)


def test_a_cancelled_training_leaves_no_encoder(train, labelled, make_feedback, encoders):
    feedback = make_feedback("Epoch 1")
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        train(labelled, feedback, EPOCHS=1000)
    assert feedback.infos[-1].startswith("Nothing of the training is kept")
    assert list(encoders.glob("*")) == []


def test_an_encoder_that_comes_with_frors_is_never_replaced(train, labelled):
    shipped = resource_path("encoders", "frors.safetensors")
    before = shipped.read_bytes()
    with pytest.raises(QgsProcessingException, match="own"):
        train(labelled, ENCODER="FRORS")
    assert shipped.read_bytes() == before
