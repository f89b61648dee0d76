"""What the retrieval benchmark promises, on files that stand for the images of its two datasets."""

import json
from collections import Counter

import pytest
from benchmark_retrieval import distinct, is_there, left_out, tasks, trained_on
from retrieval_protocol import FRACTION, HARD, SEEDS, SETS
from retrieval_tables import write_tables

from frors_qgis.engine.learning.dataset import LabelledImage
from frors_qgis.engine.learning.recipe import Recipe

PER_CLASS = 10


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """Ten files for each hard class and as many others; in every class, the last is a copy of the first."""
    folder = tmp_path_factory.mktemp("datasets")
    found = {}
    for dataset, hard in HARD.items():
        found[dataset] = []
        for label in [*hard, *(f"easy{i}" for i in range(len(hard)))]:
            (folder / dataset / label).mkdir(parents=True)
            for i in range(PER_CLASS):
                path = folder / dataset / label / f"{i}.png"
                path.write_text(f"{dataset} {label} {i % (PER_CLASS - 1)}")
                found[dataset].append(LabelledImage(path, label))
    return {dataset: distinct(found[dataset]) for dataset in FRACTION}


def contents(chosen):
    return {image.path.read_text() for image in chosen}


def test_of_byte_identical_images_one_is_left(images):
    for members in images.values():
        assert len(contents(members)) == len(members)
        assert set(Counter(image.label for image in members).values()) == {PER_CLASS - 1}


@pytest.mark.parametrize("subset", SETS, ids=str)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_gallery_holds_an_image_that_was_learnt_from(images, subset, seed):
    learnt = contents(trained_on(images[subset.dataset], subset, seed))
    asked = list(tasks(images, subset, seed))
    assert learnt
    assert asked
    for _, _, gallery in asked:
        assert gallery
        assert not learnt & contents(gallery)


@pytest.mark.parametrize("subset", [subset for subset in SETS if not subset.whole], ids=str)
def test_the_seeds_leave_out_every_class_once_and_learn_from_none_of_them(images, subset):
    members = images[subset.dataset]
    names = [left_out(members, subset, seed) for seed in SEEDS]
    assert Counter(name for third in names for name in third) == Counter({image.label for image in members})
    for seed, third in zip(SEEDS, names, strict=True):
        assert not set(third) & {image.label for image in trained_on(members, subset, seed)}
        assert set(third) & set(HARD[subset.dataset])


def test_a_result_of_another_recipe_is_not_taken_for_the_one_asked_for(tmp_path):
    path = tmp_path / "aid_frors_1.json"
    recipe = Recipe.default("frors").as_json()
    expected = {"row": "FRORS", "recipe": recipe}
    assert not is_there(path, expected)
    path.write_text(json.dumps(expected | {"seconds": 3}))
    assert is_there(path, expected)
    with pytest.raises(SystemExit, match="was made with another recipe"):
        is_there(path, expected | {"recipe": recipe | {"margin": 0.4}})


def test_a_result_from_before_a_field_of_the_recipe_is_one_with_its_default(tmp_path):
    path = tmp_path / "aid_frors_1.json"
    recipe = Recipe.default("frors").as_json()
    path.write_text(json.dumps({"recipe": {name: value for name, value in recipe.items() if name != "kept"}}))
    assert is_there(path, {"recipe": recipe})
    with pytest.raises(SystemExit, match="was made with another recipe"):
        is_there(path, {"recipe": recipe | {"kept": 0.5}})


def test_a_table_gives_means_deviations_and_the_lead_seed_by_seed(tmp_path):
    for row, values in {"baseline": (0.5, 0.75), "FRORS": (0.625, 0.875)}.items():
        for seed, value in zip(SEEDS, values, strict=False):
            task = {"gallery": 100, "metrics": {"mAP@10": value}}
            run = {"row": row, "trained on": "aid", "seed": seed, "tasks": {"all classes": task}}
            (tmp_path / f"aid_{row}_{seed}.json").write_text(json.dumps(run))
    write_tables(tmp_path)
    lines = (tmp_path / "tables.md").read_text().splitlines()
    assert "| baseline | 0.6250 ± 0.1768 |" in lines
    assert [line for line in lines if line.startswith("| baseline | 2 |") and line.endswith("| 12.5 ± 0.0 |")]
    assert not [line for line in lines if line.startswith("| softmax ")]
