"""Training on labelled features: the images that are cut, then whole trainings at the door of a real engine."""

import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal

from frors_qgis.engine.call import Call
from frors_qgis.engine.encoders.checkpoint import load_checkpoint
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_path, own_folder
from frors_qgis.engine.encoders.registry import load_checkpoint_file
from frors_qgis.engine.feature_images import cut_images
from frors_qgis.engine.feature_places import FeaturePlaces
from frors_qgis.engine.feature_training import read_wish
from frors_qgis.engine.imagery.stretch import estimate_stretch
from frors_qgis.engine.labelled_features import LabelledFeature
from frors_qgis.engine.learning.dataset import read_square
from frors_qgis.engine.parameters import Parameters
from frors_qgis.protocol import EngineError, ErrorCode
from tests.engine.coloured_fields import COLOURS, GSD, NORTH, WEST, field_box, field_features, field_picture
from tests.engine.door import Door

SMALL = ["side=64", "views=1", "local_width=8", "prototypes=2"]


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    """An empty folder for own encoders."""
    monkeypatch.setenv("FRORS_ENCODERS", str(tmp_path / "own"))
    return tmp_path / "own"


@pytest.fixture
def fields(write_raster):
    return str(write_raster(field_picture(), "fields.tif", (WEST, GSD, 0, NORTH, 0, -GSD)))


@pytest.fixture
def cut(fields, tmp_path):
    def run(*features, surroundings=0.0, side=80, paths=None, progress=lambda *_: None):
        with FeaturePlaces(paths or [fields], "EPSG:32632", None, estimate_stretch, Call()) as places:
            return cut_images(features, places, tmp_path / "images", side, surroundings, progress)

    return run


def on_pixels(column, row, width, height, id_=1, label="wheat"):
    x, y = WEST + GSD * column, NORTH - GSD * row
    return LabelledFeature(id_, label, (x, y - GSD * height, x + GSD * width, y))


def test_an_image_shows_the_square_round_the_feature_and_its_surroundings(cut):
    (one,), skipped = cut(on_pixels(64, 64, 32, 16), surroundings=0.25)
    assert skipped == []
    pixels = read_square(one.image.path, 80)
    # The square round 32 x 16 pixels, with 8 more on each side, is 48 pixels long, from (56, 48) on.
    expected = gdal.Open(str(one.image.path)).ReadAsArray()[:3]
    assert expected.shape == (3, 80, 80)
    source = field_picture()[:, 48:96, 56:104].astype(float)
    blocks = pixels.reshape(5, 16, 5, 16, 3).mean(axis=(1, 3))
    whole = np.stack([np.kron(band, np.ones((5, 5))).reshape(5, 48, 5, 48).mean(axis=(1, 3)) for band in source], 2)
    np.testing.assert_allclose(blocks, whole, atol=6)


def test_what_is_no_measurement_has_the_mean_colour(write_raster, cut):
    picture = field_picture()
    picture[:, :, :20] = 0
    path = str(write_raster(picture, "holes.tif", (WEST, GSD, 0, NORTH, 0, -GSD), nodata=0))
    (one,), _ = cut(on_pixels(10, 0, 64, 64), paths=[path])
    left = read_square(one.image.path, 80)[:, :10]
    assert left.reshape(-1, 3).tolist() == [[124, 117, 104]] * 800


def test_features_mostly_of_nodata_beside_the_raster_or_too_long_are_skipped(write_raster, cut):
    picture = field_picture()
    picture[:, :, :50] = 0
    path = str(write_raster(picture, "holes.tif", (WEST, GSD, 0, NORTH, 0, -GSD), nodata=0))
    long = str(write_raster(np.ones((3, 8, 5000), np.uint8), "long.tif", (WEST, GSD, 0, NORTH + 9000, 0, -GSD)))
    features = [
        on_pixels(0, 0, 64, 64, 1),
        on_pixels(900, 0, 20, 20, 2),
        on_pixels(0, -899, 4500, 4, 3),
        on_pixels(64, 64, 64, 64, 4),
    ]
    images, skipped = cut(*features, paths=[path, long])
    assert [one.id for one in images] == [4]
    reasons = {one.id: one.reason for one in skipped}
    assert "nodata" in reasons[1]
    assert "beside all of the rasters" in reasons[2]
    assert "4,096 are the most" in reasons[3]


def test_what_a_label_holds_never_gets_into_a_path(cut, tmp_path):
    hostile = ["../../x", "/etc/x", "..", "con", "a\x00b", "x" * 90]
    images, _ = cut(*(on_pixels(64, 64, 32, 32, id_, label) for id_, label in enumerate(hostile)))
    assert sorted(path.name for path in (tmp_path / "images").iterdir()) == [f"00000{n}.png" for n in range(6)]
    assert [one.image.label for one in images] == hostile
    assert {path.name for path in tmp_path.iterdir()} <= {"images", "fields.tif", "fields.tif.aux.xml"}


def test_cutting_can_be_given_up(cut):
    def give_up(fraction, message, left):
        raise EngineError(ErrorCode.CANCELLED, "Cancelled.")

    with pytest.raises(EngineError, match="Cancelled"):
        cut(on_pixels(64, 64, 32, 32), progress=give_up)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"id": "../x"}, "cannot be the id"),
        ({"id": DEFAULT_ENCODER}, "one of FRORS's own"),
        ({"id": ""}, "'id' must be a text"),
        ({"start": "never-heard-of"}, "no encoder 'never-heard-of'"),
        ({"kind": "vit"}, "one of frors, triplet"),
        ({"epochs": -1}, "epochs"),
        ({"validate": 0.9}, "0 to 0.5"),
        ({"surroundings": 3}, "surroundings"),
        ({"settings": ["speed=3"]}, "no 'speed'"),
        ({"settings": ["side=100"]}, "whole cells"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_before_anything_is_read(values, sentence):
    with pytest.raises(EngineError, match=sentence):
        read_wish(Parameters({"id": "fields"} | values))


def test_without_epochs_only_the_views_are_made_that_a_fit_takes():
    assert read_wish(Parameters({"id": "fields", "epochs": 0})).recipe.views == 6
    assert read_wish(Parameters({"id": "fields"})).recipe.views == 12


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """A door to an engine, its private folder, and its folder of own encoders."""
    folder, encoders = tmp_path_factory.mktemp("private"), tmp_path_factory.mktemp("user") / "encoders"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRORS_ENCODERS", str(encoders))
        door = Door(folder)
    yield door, folder, encoders
    door.close()


@pytest.fixture
def wish(fields):
    """A small training on 24 fields."""
    request = {"id": "fields", "rasters": [fields], "crs": "EPSG:32632", "features": field_features()}
    return request | {"settings": SMALL, "epochs": 0, "device": "cpu", "name": "my fields"}


def clean(folder, encoders):
    """Whether nothing of a training is left but whole encoders with their cards."""
    names = [path.name for path in encoders.glob("*")]
    return not list(folder.glob("train-*")) and not [n for n in names if not n.endswith((".md", ".safetensors"))]


def test_an_encoder_is_trained_among_the_user_s_own_indexes_and_is_evaluated(engine, wish, fields, tmp_path):
    door, folder, encoders = engine
    result = door.call("train", **wish | {"validate": 0.3, "licences": ["mine"]})
    assert result["encoder"] == "fields"
    assert result["checkpoint"] == str(encoders / "fields.safetensors")
    assert (result["images"], result["labels"], result["epochs"], result["skipped"]) == (18, 3, 0, [])
    assert set(result["validation"]) == {"images", "before", "after"}
    assert result["validation"]["images"] == 6
    assert set(result["validation"]["after"]) == {"mAP@10", "mAP", "hit@1"}
    assert clean(folder, encoders)
    card = (encoders / "fields.md").read_text()
    assert result["sha256"] in card
    assert "- mine\n" in card
    assert "my fields" in card
    assert f"{result['validation']['after']['mAP@10']:.3f}" in card
    checkpoint = load_checkpoint(encoders / "fields.safetensors")
    assert checkpoint.description["classes"] == sorted(COLOURS)
    assert checkpoint.description["dimension"] == result["dimension"] <= 40
    archive = str(tmp_path / "fields.gpkg")
    door.call("index", archive=archive, rasters=[fields], windows=[4], encoder="fields")
    assert door.call("info", archive=archive)["dimension"] == result["dimension"]
    box = {"raster": fields, "box": field_box(1, 1), "crs": "EPSG:32632"}
    embedding = door.call("embed", archive=archive, **box)
    search = {"embedding": embedding["embedding"], "ground_size": embedding["chip_size"], "k": 3}
    assert len(door.call("search", archive=archive, **search)["matches"]) == 3
    measured = door.call("evaluate", archive=archive, **{name: wish[name] for name in ("rasters", "crs", "features")})
    assert measured["protocol"]["encoder"] == "fields"
    assert any("has learnt from classes called beet, soil, wheat before" in each for each in measured["warnings"])
    assert door.refuse("train", **wish)["message"].startswith("There is an encoder fields already")


def test_labels_with_path_characters_are_learnt_and_leave_no_trace_outside(engine, wish, tmp_path):
    door, folder, encoders = engine
    before = {path for path in tmp_path.rglob("*")}
    hostile = {"wheat": "../../wheat", "beet": "/tmp/beet", "soil": "so\nil\x07"}
    features = [feature | {"label": hostile[feature["label"]]} for feature in wish["features"]]
    door.call("train", **wish | {"id": "hostile", "features": features, "validate": 0})
    names = load_checkpoint(encoders / "hostile.safetensors").description["classes"]
    assert names == sorted(["..\u2215..\u2215wheat", "\u2215tmp\u2215beet", r"so il\x07"])
    assert load_checkpoint_file(encoders / "hostile.safetensors", "cpu").id == "hostile"
    assert clean(folder, encoders)
    assert not {path for path in tmp_path.rglob("*") if path.suffix != ".xml"} - before


def test_epochs_are_trained_and_without_a_part_kept_apart_no_figures_are_claimed(engine, wish):
    door, _, encoders = engine
    several = {"epochs": 2, "validate": 0, "id": "longer", "kind": "triplet", "settings": [*SMALL, "dimension=16"]}
    result = door.call("train", **wish | several)
    assert (result["epochs"], result["images"], result["validation"]) == (2, 24, None)
    assert result["notes"][0].startswith("No features were kept apart")
    assert '"epochs": 2' in (encoders / "longer.md").read_text()


def test_an_own_encoder_may_be_the_start(engine, wish):
    door, _, encoders = engine
    shutil.copy(encoder_path(DEFAULT_ENCODER), encoders / "started.safetensors")
    door.call("train", **wish | {"id": "further", "start": "started", "validate": 0})
    assert "start from started.safetensors" in (encoders / "further.md").read_text()


@pytest.mark.parametrize(
    ("change", "code", "sentence"),
    [
        (
            {"features": field_features()[:8], "validate": 0},
            "dataset_invalid",
            "8 features to learn from are too few: ",
        ),
        ({"features": field_features()[:9]}, "dataset_invalid", "keeps no two features of one label apart"),
        (
            {"features": [feature | {"label": "field"} for feature in field_features()]},
            "dataset_invalid",
            "have a single label",
        ),
        (
            {"features": [feature | {"label": f"no. {feature['id']}"} for feature in field_features()]},
            "dataset_invalid",
            "No other feature that can be read has its label",
        ),
        ({"features": [{"id": 1, "label": "a", "box": [0, 0, 50, 50]}] * 9}, "dataset_invalid", "beside the raster"),
        ({"rasters": ["/nowhere/a.tif"]}, "raster_missing", "a.tif"),
        ({"id": "../up"}, "bad_request", "cannot be the id"),
        ({"device": "abacus"}, "bad_request", "abacus"),
    ],
)
def test_what_cannot_be_trained_on_is_refused_in_a_sentence_and_leaves_nothing(engine, wish, change, code, sentence):
    door, folder, encoders = engine
    before = sorted(encoders.glob("*"))
    error = door.refuse("train", **wish | {"id": "never"} | change)
    assert error["code"] == code
    assert sentence in error["message"]
    assert sorted(encoders.glob("*")) == before
    assert clean(folder, encoders)


def descendants(process):
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return [int(pid) for file in tasks for pid in file.read_text().split()]


def started(door, request):
    """Waits until a training has begun to compute views or epochs."""
    while True:
        event = door.events.get(timeout=60)
        assert event.get("id") == request or "log" in event, event
        assert "error" not in event, event
        if event.get("progress", {}).get("message", "").startswith(("Computing", "Epoch", "Fitting")):
            return


def test_a_cancelled_training_ends_within_a_second_and_leaves_nothing(engine, wish):
    door, folder, encoders = engine
    request = door.send("train", **wish | {"id": "cancelled", "epochs": 100_000, "validate": 0})
    started(door, request)
    assert len(descendants(door.process.pid)) == 1
    assert list(folder.glob("train-*"))
    assert door.seconds_to_cancel(request) < 1
    assert descendants(door.process.pid) == []
    assert clean(folder, encoders)
    assert not (encoders / "cancelled.safetensors").exists()


def test_queries_and_indexing_are_answered_while_an_encoder_is_trained(engine, wish, fields, tmp_path):
    door, _, _ = engine
    request = door.send("train", **wish | {"id": "busy", "epochs": 100_000, "validate": 0})
    started(door, request)
    archive = str(tmp_path / "busy.gpkg")
    index = door.send("index", archive=archive, rasters=[fields], windows=[4])
    assert list(door.wait(index)) == [index]
    query = door.send("embed", archive=archive, raster=fields, box=field_box(0, 0), crs="EPSG:32632")
    assert list(door.wait(query)) == [query]
    (child,) = descendants(door.process.pid)
    assert os.getpriority(os.PRIO_PROCESS, child) > os.getpriority(os.PRIO_PROCESS, door.process.pid) or (
        os.getpriority(os.PRIO_PROCESS, child) == 19
    )
    door.cancel(request)
    assert door.wait(request)[request]["error"]["code"] == "cancelled"


def test_a_training_whose_process_dies_says_so_and_the_engine_goes_on(engine, wish):
    door, folder, encoders = engine
    request = door.send("train", **wish | {"id": "dying", "epochs": 100_000, "validate": 0})
    started(door, request)
    os.kill(descendants(door.process.pid)[0], signal.SIGKILL)
    error = door.wait(request, seconds=10)[request]["error"]
    assert error["code"] == "engine_stopped"
    assert "want of memory" in error["message"]
    assert clean(folder, encoders)
    assert door.call("hello")


def test_an_engine_that_ends_takes_its_training_with_it(wish, tmp_path):
    private = tmp_path / "private"
    private.mkdir()
    door = Door(private)
    request = door.send("train", **wish | {"epochs": 100_000, "validate": 0})
    started(door, request)
    (child,) = descendants(door.process.pid)
    assert door.close() == 0
    assert not Path(f"/proc/{child}").exists()
    assert list(private.glob("train-*")) == []
    assert not own_folder().exists()
