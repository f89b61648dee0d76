import pytest

from frors_qgis.engine.encoders.description import read_description
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_path
from frors_qgis.engine.learning.provenance import Provenance


def origin(*classes):
    return Provenance("a.safetensors", "ab" * 32, classes)


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
        (("aid/Airport", "nwpu/airport"), ["roofs"], ["airport", "hip"], "classes called airport"),
        (("aid/Airport",), ["aid", "Images"], ["aid/Airport", "Images/airport"], "aid, classes called airport"),
        (("aid/Airport",), ["AID-150", "aids", "raid"], ["aids/hip"], "AID-150"),
        (("gable", "hip"), ["roofs"], ["hip", "flat"], "classes called hip"),
        (("gable", "hip"), ["roofs", "aid"], ["roofs/hip", "roofs/gable", "aid/hip"], "classes called gable, hip"),
        (("gable", "hip"), ["aid"], ["Airport"], None),
        ((), ["aid"], ["Airport"], None),
    ],
)
def test_datasets_and_classes_that_a_trunk_has_learnt_from_are_recognised_by_name(classes, datasets, labels, known):
    assert origin(*classes).known(datasets, labels) == known


@pytest.mark.parametrize(
    ("dataset", "known"),
    [
        ("UCMerced_LandUse", "UCMerced_LandUse"),
        ("Images", "classes called airplane, harbor, river, storagetanks"),
        ("my_scenes", "classes called airplane, harbor, river, storagetanks"),
    ],
)
def test_the_default_encoder_is_known_to_have_learnt_from_uc_merced_however_its_folder_is_called(dataset, known):
    shipped = origin(*read_description(encoder_path(DEFAULT_ENCODER))["classes"])
    assert shipped.known([dataset], ["airplane", "harbor", "river", "storagetanks", "roof"]) == known
