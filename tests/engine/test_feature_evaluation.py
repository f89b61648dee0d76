"""Figures on labelled features: with a stand-in encoder that sees colours, then at the door of a real engine."""

import pytest
from osgeo import gdal, osr

from frors_qgis.engine.call import Call
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_sha256
from frors_qgis.engine.feature_evaluation import embed_features, evaluate_features, usual_levels
from frors_qgis.engine.feature_places import FeaturePlaces
from frors_qgis.engine.imagery.stretch import estimate_stretch
from frors_qgis.engine.labelled_features import read_features
from frors_qgis.engine.parameters import Parameters
from frors_qgis.protocol import EngineError, ErrorCode
from tests.engine.coloured_fields import FIELD, GSD, NORTH, WEST, field_box, field_features, field_picture
from tests.engine.door import Door


def nothing():
    pass


@pytest.fixture
def fields(write_raster):
    return str(write_raster(field_picture(), "fields.tif", (WEST, GSD, 0, NORTH, 0, -GSD)))


@pytest.fixture
def evaluate(fields, colour_encoder):
    def run(values, progress=lambda *_: None, take_turn=nothing, name="fields"):
        features, skipped = read_features(Parameters({"features": values}))
        call = Call(progress)
        with FeaturePlaces([fields], "EPSG:32632", None, estimate_stretch, call) as places:
            embedded = embed_features(features, skipped, places, usual_levels, colour_encoder, call, take_turn)
        return evaluate_features(embedded, DEFAULT_ENCODER, name, {"boxes": "round them"})

    return run


def test_every_feature_is_a_query_once_among_all_others(evaluate):
    result = evaluate(field_features())
    assert (result["protocol"]["queries"], result["protocol"]["gallery"]) == (24, 24)
    assert result["protocol"]["boxes"] == "round them"
    assert result["protocol"]["checkpoint sha-256"] == encoder_sha256(DEFAULT_ENCODER)
    assert result["metrics"]["mAP"] == result["metrics"]["mAP@10"] == result["metrics"]["hit@1"] == 1
    assert result["metrics"]["P@5"] == 1
    assert result["metrics"]["P@10"] == pytest.approx(0.7)  # of each label there are seven others
    assert result["chance"] == pytest.approx(7 / 23)
    assert [(one["label"], one["features"], one["queries"]) for one in result["classes"]] == [
        ("beet", 8, 8), ("soil", 8, 8), ("wheat", 8, 8)
    ]  # fmt: skip
    assert result["confusions"] == result["warnings"] == result["skipped"] == []


def test_figures_at_ranks_that_are_not_reached_are_left_out(evaluate):
    names = set(evaluate(field_features())["metrics"])
    assert {"mAP@1", "mAP@5", "mAP@10", "mAP@20", "P@5", "P@10", "P@20", "hit@1", "hit@10", "mAP", "mAP@R"} <= names
    assert "mAP@50" not in names
    assert {"mAP@5", "mAP@10"} & set(evaluate(field_features()[:8])["metrics"]) == {"mAP@5"}


def test_a_wrong_label_is_seen_in_figures_and_confusions(evaluate):
    features = field_features()
    wrong = next(feature for feature in features if feature["label"] == "beet")
    wrong["label"] = "soil"
    result = evaluate(features)
    assert result["metrics"]["mAP"] < 1
    assert result["confusions"] == [{"label": "soil", "best match": "beet", "queries": 1}]


def test_a_label_with_one_feature_is_said_to_be_unmeasurable_and_stays_to_be_found_by_mistake(evaluate):
    features = [feature | ({"label": "pond"} if feature["id"] == 1 else {}) for feature in field_features()]
    result = evaluate(features)
    assert "cannot be measured, nothing is there to find: pond." in result["warnings"][0]
    assert (result["protocol"]["queries"], result["protocol"]["gallery"]) == (23, 24)
    assert {"label": "pond", "features": 1, "queries": 0} in result["classes"]


def test_few_features_of_a_label_are_warned_of(evaluate):
    (warning,) = evaluate(field_features()[:12])["warnings"]
    assert warning.startswith("Labels with fewer than 5 features have figures that chance decides: beet, soil, wheat;")


def test_figures_of_one_label_are_said_to_mean_nothing(evaluate):
    (warning,) = evaluate([feature | {"label": "field"} for feature in field_features()])["warnings"]
    assert "have one label" in warning


def test_labels_that_the_encoder_has_learnt_are_warned_of(evaluate):
    renamed = [feature | {"label": feature["label"].replace("soil", "Parking")} for feature in field_features()]
    (warning,) = evaluate(renamed)["warnings"]
    assert "frors has learnt from classes called Parking before" in warning


def test_features_in_one_place_do_not_find_each_other_and_overlaps_are_warned_of(evaluate):
    features = [feature for feature in field_features() if feature["label"] == "soil"][:1]
    features += [feature for feature in field_features() if feature["label"] == "wheat"]
    result = evaluate([*features, features[0] | {"id": 90}])
    assert result["protocol"]["queries"] == 8  # the two of soil are one place, and have nothing else to find
    assert result["warnings"][-1].startswith("2 features share over a fifth of their ground")


def test_without_two_features_of_a_label_there_is_nothing_to_measure(evaluate):
    features = [feature | {"label": str(feature["id"])} for feature in field_features()]
    with pytest.raises(EngineError, match="No label has two features") as caught:
        evaluate(features)
    assert caught.value.code is ErrorCode.DATASET_INVALID


def test_features_that_cannot_be_read_are_skipped_with_their_reasons(evaluate):
    features = field_features()
    features[0]["box"] = [0, 0, 100, 100]
    features[1]["box"] = [WEST, NORTH - 20, WEST + 20, NORTH]
    features[2]["label"] = None
    result = evaluate(features)
    reasons = {one["id"]: one["reason"] for one in result["skipped"]}
    assert "beside the raster" in reasons[1]
    assert "2.0 x 2.0 pixels" in reasons[2]
    assert reasons[3] == "It has no label."
    assert result["skipped_count"] == result["protocol"]["features that were skipped"] == 3
    assert result["protocol"]["gallery"] == 21


def test_where_no_feature_can_be_read_the_reason_is_told(evaluate):
    with pytest.raises(EngineError, match=r"None of the 2 features can be used. Feature 5: It lies beside the raster"):
        evaluate([{"id": id_, "label": "a", "box": [0, 0, 100, 100]} for id_ in (5, 6)])


def test_progress_goes_to_the_end_with_the_time_left_and_a_turn_is_taken_between_features(evaluate):
    told, turns = [], []
    evaluate(field_features(), lambda *progress: told.append(progress), lambda: turns.append(1))
    assert told.pop() == (1, "Comparing 24 features", None)
    assert {message for _, message, _ in told} == {"Encoding 24 features"}
    assert [fraction for fraction, _, _ in told] == sorted(fraction for fraction, _, _ in told)
    assert told[0][2] is None
    assert all(left >= 0 for _, _, left in told[1:])
    assert len(turns) >= 24


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    door = Door(tmp_path_factory.mktemp("private"))
    yield door
    door.close()


@pytest.fixture(scope="module")
def request_of_fields(tmp_path_factory):
    """A raster of fields, its archive's path, and the parameters of `evaluate` for it."""
    folder = tmp_path_factory.mktemp("fields")
    picture = field_picture(2, 3)
    dataset = gdal.GetDriverByName("GTiff").Create(str(folder / "fields.tif"), 3 * FIELD, 2 * FIELD, 3)
    dataset.SetGeoTransform((WEST, GSD, 0, NORTH, 0, -GSD))
    system = osr.SpatialReference()
    system.ImportFromEPSG(32632)
    dataset.SetProjection(system.ExportToWkt())
    dataset.WriteRaster(0, 0, 3 * FIELD, 2 * FIELD, picture.tobytes())
    del dataset
    return {"rasters": [str(folder / "fields.tif")], "crs": "EPSG:32632", "features": field_features(2, 3)}


def test_the_engine_evaluates_with_an_archive_or_an_encoder(door, request_of_fields, tmp_path):
    archive = str(tmp_path / "fields.gpkg")
    door.call("index", archive=archive, rasters=request_of_fields["rasters"], windows=[4])
    by_archive = door.call("evaluate", archive=archive, name="my fields", **request_of_fields)
    assert by_archive["protocol"]["encoder"] == DEFAULT_ENCODER
    assert by_archive["protocol"]["compared at"] == "the levels of fields.gpkg"
    assert by_archive["protocol"]["features"] == "my fields"
    assert by_archive["protocol"]["rasters"] == "fields.tif"
    assert 0.5 < by_archive["metrics"]["mAP"] <= 1
    by_encoder = door.call("evaluate", encoder=DEFAULT_ENCODER, **request_of_fields)
    assert by_encoder["protocol"]["compared at"].startswith("the raster's own GSD")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"encoder": "never-heard-of"}, "encoder_unknown"),
        ({"archive": "/nowhere/a.gpkg"}, "archive_missing"),
        ({"rasters": ["/nowhere/a.tif"]}, "raster_missing"),
        ({"rasters": []}, "bad_request"),
        ({"crs": "EPSG:junk"}, "dataset_invalid"),
        ({"features": "all"}, "bad_request"),
        ({"point_size": 0}, "bad_request"),
    ],
)
def test_what_cannot_be_evaluated_is_answered_by_code(door, request_of_fields, change, code):
    assert door.refuse("evaluate", **request_of_fields | change)["code"] == code


def test_a_cancelled_evaluation_ends_within_a_second_and_others_are_answered_meanwhile(door, request_of_fields):
    many = [feature | {"id": number} for number in range(50) for feature in request_of_fields["features"]]
    request = door.send("evaluate", **request_of_fields | {"features": many})
    assert door.wait_until_under_way(request)["eta"] > 0
    assert next(iter(door.wait(door.send("hello")))) != request
    assert door.seconds_to_cancel(request) < 1


def test_a_query_goes_before_an_evaluation(door, request_of_fields, tmp_path):
    archive = str(tmp_path / "fields.gpkg")
    door.call("index", archive=archive, rasters=request_of_fields["rasters"], windows=[4])
    many = [feature | {"id": number} for number in range(20) for feature in request_of_fields["features"]]
    request = door.send("evaluate", **request_of_fields | {"features": many})
    while "progress" not in door.events.get(timeout=60):
        pass
    query = door.send(
        "embed", archive=archive, raster=request_of_fields["rasters"][0], box=field_box(0, 1), crs="EPSG:32632"
    )
    assert list(door.wait(query)) == [query]
    door.cancel(request)
    assert door.wait(request)[request]["error"]["code"] == "cancelled"
