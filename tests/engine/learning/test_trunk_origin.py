import pytest

from frors_qgis.engine.learning.trunk_origin import TrunkOrigin


def origin(*classes):
    return TrunkOrigin("a.safetensors", "ab" * 32, classes)


@pytest.mark.parametrize(
    ("classes", "sentence"),
    [
        ((), "classes that its file does not name"),
        (("aid/Airport", "aid/Beach", "ucmerced/river"), "aid, ucmerced"),
        (("gable", "hip"), "the classes gable, hip"),
        (tuple("abcdef"), "the classes a, b, c, d, e, ..."),
    ],
)
def test_what_a_trunk_learnt_from_is_read_from_its_classes(classes, sentence):
    assert origin(*classes).learnt_from == sentence


@pytest.mark.parametrize(
    ("classes", "datasets", "labels", "known"),
    [
        (("aid/Airport", "ucmerced/river"), ["AID"], ["Beach"], "AID"),
        (
            ("aid/Airport", "ucmerced/river"),
            ["ucmerced", "aid", "roofs"],
            ["aid/Airport", "roofs/hip"],
            "ucmerced, aid",
        ),
        (("aid/Airport",), ["roofs"], ["Airport"], None),
        (("gable", "hip"), ["roofs"], ["hip", "flat"], "classes called hip"),
        (("gable", "hip"), ["roofs", "aid"], ["roofs/hip", "roofs/gable", "aid/hip"], "classes called gable, hip"),
        (("gable", "hip"), ["aid"], ["Airport"], None),
        ((), ["aid"], ["Airport"], None),
    ],
)
def test_datasets_and_classes_that_a_trunk_has_learnt_from_are_recognised_by_name(classes, datasets, labels, known):
    assert origin(*classes).known(datasets, labels) == known
