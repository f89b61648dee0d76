import json

import pytest

from frors_qgis.engine.learning.recipe import ENCODERS, PARTS, Recipe
from frors_qgis.protocol import EngineError, ErrorCode


@pytest.mark.parametrize("encoder", ENCODERS)
def test_a_recipe_survives_json(encoder):
    recipe = Recipe.default(encoder).with_settings(["margin=0.31", "miner=all", "seed=7"])
    assert Recipe.from_json(json.loads(json.dumps(recipe.as_json()))) == recipe


def test_every_kind_of_encoder_starts_from_the_losses_of_its_name():
    weights = {name: (Recipe.default(name).softmax, Recipe.default(name).triplet) for name in ENCODERS}
    assert weights == {"frors": (0, 1), "triplet": (0, 1), "softmax-triplet": (1, 1), "softmax": (1, 0)}
    assert Recipe.default("frors").parts == PARTS
    assert Recipe.default("frors").match
    assert Recipe.default("softmax-triplet").parts == ("image",)


def test_absent_fields_take_the_defaults_of_their_encoder():
    assert Recipe.from_json({"encoder": "triplet", "epochs": 3}) == Recipe.default("triplet").with_settings(
        ["epochs=3"]
    )


def test_settings_are_read_by_the_type_of_their_field():
    recipe = Recipe.default("frors").with_settings(["trunk_rate=3e-5", "epochs=0", "parts=image,gram", "optimizer=sgd"])
    assert (recipe.trunk_rate, recipe.epochs, recipe.parts, recipe.optimizer) == (3e-5, 0, ("image", "gram"), "sgd")


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"epoch": 3}, "no 'epoch'"),
        ({"epochs": 3.5}, "epochs .* whole number"),
        ({"epochs": True}, "epochs .* whole number"),
        ({"epochs": -1}, "epochs .* between 0"),
        ({"margin": "wide"}, "margin .* a number"),
        ({"margin": float("nan")}, "margin"),
        ({"trunk_rate": float("inf")}, "trunk_rate"),
        ({"encoder": "resnet"}, "encoder .* one of frors"),
        ({"encoder": None}, "encoder .* a text"),
        ({"miner": "soft"}, "miner"),
        ({"side": 100}, "whole cells of 32 px; use 96"),
        ({"side": 0}, "side"),
        ({"parts": "image"}, "parts .* list of names"),
        ({"parts": ["gram"]}, "parts are image"),
        ({"parts": ["image", "gram", "gram"]}, "parts are image"),
        ({"encoder": "triplet", "parts": ["image", "gram"]}, "belong to the encoder frors"),
        ({"encoder": "triplet", "auxiliary": 0.5}, "belong to the encoder frors"),
        ({"encoder": "frors", "dimension": 2}, "dimension of 2 is too small for 3 parts"),
        ({"encoder": "frors", "reduction": "pca"}, "reduction"),
        ({"encoder": "frors", "match": False}, "no image part of its own"),
        ({"encoder": "triplet", "triplet": 0}, "Nothing can be learnt"),
        ({"trunk_rate": 0, "head_rate": 0}, "stay as it is"),
        ({"encoder": "triplet", "trunk_rate": 0, "reduction": "pca"}, "stay as it is"),
        ({"encoder": "softmax", "loss": "proxy-anchor"}, "proxy-anchor"),
        ([], "JSON object"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(values, named):
    with pytest.raises(EngineError, match=named) as caught:
        Recipe.from_json(values)
    assert caught.value.code is ErrorCode.BAD_REQUEST


def test_a_setting_without_a_value_is_refused():
    with pytest.raises(EngineError, match="name=value"):
        Recipe.default("frors").with_settings(["epochs"])


@pytest.mark.parametrize("dimension", [3, 8, 64, 255, 256])
@pytest.mark.parametrize("parts", ["image", "image,gram", "image,prototypes", "image,gram,prototypes"])
def test_parts_share_the_dimensions_of_the_embedding(dimension, parts):
    recipe = Recipe.default("frors").with_settings([f"dimension={dimension}", f"parts={parts}"])
    sizes = [size for size, _ in recipe.part_sizes(30).values()]
    assert sum(sizes) == dimension
    assert min(sizes) >= 1
    assert list(recipe.part_sizes(30)) == parts.split(",")


@pytest.mark.parametrize(
    ("settings", "sizes"),
    [
        ([], {"image": 89, "gram": 119, "prototypes": 48}),
        (["prototypes=1", "local_width=4"], {"image": 243, "gram": 10, "prototypes": 3}),
        (["prototypes=17"], {"image": 86, "gram": 119, "prototypes": 51}),
    ],
)
def test_a_part_with_few_features_leaves_dimensions_to_the_image(settings, sizes):
    recipe = Recipe.default("frors").with_settings(settings)
    assert {name: size for name, (size, _) in recipe.part_sizes(classes=3).items()} == sizes


def test_differences_name_the_field_and_both_values():
    recipe = Recipe.default("triplet")
    assert recipe.differences(recipe) == []
    assert recipe.differences(recipe.with_settings(["epochs=3", "margin=0.5"])) == [
        "epochs was 16, now 3",
        "margin was 0.2, now 0.5",
    ]
