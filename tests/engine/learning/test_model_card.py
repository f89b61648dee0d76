from dataclasses import replace

import pytest

from frors_qgis.engine.learning.dataset import class_folders
from frors_qgis.engine.learning.model_card import ModelCard
from frors_qgis.engine.learning.provenance import Provenance
from frors_qgis.engine.learning.recipe import ENCODERS, Recipe


@pytest.fixture
def card(class_folder):
    return ModelCard(
        name="roofs",
        sha256="ab" * 32,
        recipe=Recipe.default("triplet"),
        trunk=Provenance("resnet50-imagenet.safetensors", "cd" * 32, ()),
        datasets=["stripes"],
        images=class_folders(class_folder)[1:],
        licences=["CC BY 4.0, City of Somewhere", "public domain"],
        protocol={"trained on": "a share of 0.2 of each class, seed 0"},
        validation={"mAP@10": 0.75},
        notes=["Some roofs stand twice."],
        records=[{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 1.25, "validation": {"mAP@10": 0.5}}],
        command="python -m frors_qgis.engine train stripes -o roofs.safetensors",
    )


def test_a_card_says_what_the_encoder_was_made_from_and_how_good_it_is(card):
    text = card.text()
    for part in (
        "# roofs",
        "ab" * 32,
        "datasets: stripes",
        "17 images of 3 classes",
        "| c0 | 5 |",
        "| c1 | 6 |",
        "- CC BY 4.0, City of Somewhere",
        "- trained on: a share of 0.2 of each class, seed 0",
        "Of this file; each validation image searched among the others:",
        "| mAP@10 | 0.7500 |",
        "Of training, after epoch 2:",
        "- Some roofs stand twice.",
        "| loss | 1.2500 |",
        '"margin": 0.2',
        "train stripes -o roofs.safetensors",
    ):
        assert part in text


def test_a_card_without_licences_or_figures_says_so(card):
    text = replace(card, licences=[], validation={}, records=[], notes=[]).text()
    assert "## Notes" not in text
    assert "not stated" in text
    assert "closed form" in text


def test_a_card_says_what_the_trunk_learnt_before_and_where_its_licences_stand(card):
    trunk = Provenance("frors.safetensors", "ef" * 32, ("aid/Airport", "aid/Beach", "ucmerced/river"))
    text = replace(card, trunk=trunk).text()
    assert f"all four stages start from frors.safetensors (sha-256 `{'ef' * 32}`), which learnt from" in text
    assert "learnt from aid, ucmerced;" in text
    assert "- of what the trunk learnt before: see the card of frors.safetensors" in text
    assert "which learnt from classes that its file does not name" in card.text()


@pytest.mark.parametrize("encoder", ENCODERS)
def test_every_kind_of_encoder_has_a_method(card, encoder):
    assert "- method: " in replace(card, recipe=Recipe.default(encoder)).text()


def test_only_frors_is_called_a_reimplementation(card):
    frors = replace(card, recipe=Recipe.default("frors")).text()
    assert "re-implementation after the abstract" in frors
    assert "re-implementation" not in card.text()
