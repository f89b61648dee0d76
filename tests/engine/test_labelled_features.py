import pytest

from frors_qgis.engine.labelled_features import class_name, read_features, skipped_json
from frors_qgis.engine.parameters import Parameters
from frors_qgis.protocol import EngineError, ErrorCode

BOX = [0, 0, 10, 10]


def feature(id_=1, label="roof", box=BOX):
    return {"id": id_, "label": label, "box": box}


def read(*features):
    return read_features(Parameters({"features": list(features)}))


def test_features_come_with_their_labels_and_boxes_and_points_have_no_extent():
    features, skipped = read(feature(7), feature(8, "tree", [3, 4, 3, 4]))
    assert [(one.id, one.label, one.box) for one in features] == [
        (7, "roof", (0, 0, 10, 10)),
        (8, "tree", (3, 4, 3, 4)),
    ]
    assert skipped == []


@pytest.mark.parametrize(
    ("label", "box", "reason"),
    [
        (None, BOX, "no label"),
        ("", BOX, "no label"),
        (" \n\t ", BOX, "no label"),
        ("x" * 101, BOX, "over 100 letters"),
        ("x" * 5_000_000, BOX, "over 100 letters"),
        ("roof", None, "no geometry"),
    ],
)
def test_a_feature_without_label_or_geometry_is_skipped_with_the_reason(label, box, reason):
    features, skipped = read(feature(1, label, box), feature(2))
    assert [one.id for one in features] == [2]
    assert [one.id for one in skipped] == [1]
    assert reason in skipped[0].reason


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("../x", "..\u2215x"),
        ("/etc/passwd", "\u2215etc\u2215passwd"),
        ("flat\nroof ", "flat roof"),
        ("Da\u0308cher", "D\u00e4cher"),
        ("a\x00b\x1b", r"a\x00b\x1b"),
        ("..", ".."),
    ],
)
def test_a_label_becomes_one_printable_line_without_slashes(label, name):
    assert class_name(label) == name


@pytest.mark.parametrize(
    "value",
    [
        7,
        {},
        {"id": "1", "label": "a", "box": BOX},
        {"id": 1, "label": 5, "box": BOX},
        {"id": 1, "label": "a", "box": [0, 0, 1]},
        {"id": 1, "label": "a", "box": [5, 0, 1, 1]},
        {"id": 1, "label": "a", "box": [0, 0, float("nan"), 1]},
        {"id": 1, "label": "a", "box": [0, 0, 10**400, 1]},
        {"id": 1, "label": "a", "box": "all"},
    ],
)
def test_what_is_no_feature_is_a_bad_request(value):
    with pytest.raises(EngineError) as caught:
        read(value)
    assert caught.value.code is ErrorCode.BAD_REQUEST


@pytest.mark.parametrize("features", [None, [], "all"])
def test_no_features_are_a_bad_request(features):
    with pytest.raises(EngineError, match="no features") as caught:
        read_features(Parameters({"features": features}))
    assert caught.value.code is ErrorCode.BAD_REQUEST


def test_more_features_than_can_be_compared_are_refused():
    with pytest.raises(EngineError, match="over 10,000 features"):
        read(*[feature()] * 10_001)


def test_a_field_that_is_different_for_each_feature_is_refused():
    with pytest.raises(EngineError, match="1,001 different labels") as caught:
        read(*(feature(label=f"no. {number}") for number in range(1001)))
    assert caught.value.code is ErrorCode.DATASET_INVALID


def test_where_every_feature_is_skipped_the_first_reason_is_told():
    with pytest.raises(EngineError, match=r"None of the 2 features can be used\. Feature 3: It has no label\."):
        read(feature(3, None), feature(4, "a", None))


def test_of_very_many_skipped_features_the_number_and_the_first_reasons_are_told():
    _, skipped = read(*[feature(label=None)] * 600, feature())
    described = skipped_json(skipped)
    assert described["skipped_count"] == 600
    assert len(described["skipped"]) == 500
