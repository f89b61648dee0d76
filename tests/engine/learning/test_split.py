from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from frors_qgis.engine.learning.dataset import LabelledImage
from frors_qgis.engine.learning.split import (
    images_to_learn_from,
    only_classes,
    split_by_class,
    without_classes,
    without_copies,
)
from frors_qgis.protocol import EngineError, ErrorCode


def labelled(root="/data", part=None, **counts):
    return [
        LabelledImage(Path(root, label, f"{i}.png"), label, part)
        for label, count in counts.items()
        for i in range(count)
    ]


def names(images):
    return [(image.label, image.path.name) for image in images]


def test_each_class_gives_its_share_and_nothing_is_lost_or_shared():
    images = labelled(ship=100, yacht=20, ferry=7)
    train, rest = split_by_class(images, 0.2, seed=0)
    assert Counter(image.label for image in train) == {"ship": 20, "yacht": 4, "ferry": 1}
    assert sorted(names(train + rest)) == sorted(names(images))


def test_neither_the_order_of_the_files_nor_their_folder_changes_the_split():
    images = labelled(ship=30, yacht=20)
    shuffled = [images[i] for i in np.random.default_rng(3).permutation(len(images))]
    elsewhere = labelled("/mnt/z/other", yacht=20, ship=30)
    expected = [names(part) for part in split_by_class(images, 0.3, seed=1)]
    assert [names(part) for part in split_by_class(shuffled, 0.3, seed=1)] == expected
    assert [names(part) for part in split_by_class(elsewhere, 0.3, seed=1)] == expected


def test_leaving_out_a_class_leaves_the_split_of_the_others():
    images = labelled(ship=30, yacht=20, ferry=9)
    whole, _ = split_by_class(images, 0.5, seed=4)
    fewer, _ = split_by_class(without_classes(images, ["yacht"]), 0.5, seed=4)
    assert fewer == without_classes(whole, ["yacht"])


def test_seeds_and_classes_choose_differently():
    images = labelled(ship=30, yacht=30)
    first, second = (split_by_class(images, 0.5, seed)[0] for seed in (0, 1))
    assert first != second
    chosen = {label: {name for own, name in names(first) if own == label} for label in ("ship", "yacht")}
    assert chosen["ship"] != chosen["yacht"]


def test_a_split_stays_the_same_from_one_version_to_the_next():
    train, _ = split_by_class(labelled(ship=10), 0.3, seed=7)
    assert [image.path.name for image in train] == ["2.png", "4.png", "6.png"]


@pytest.mark.parametrize(("fraction", "expected"), [(0.01, 1), (0.99, 2)])
def test_a_small_class_has_an_image_in_each_part(fraction, expected):
    train, rest = split_by_class(labelled(ship=3), fraction, seed=0)
    assert (len(train), len(rest)) == (expected, 3 - expected)


def test_a_class_with_a_single_image_is_named():
    with pytest.raises(EngineError, match="class yacht has a single image") as caught:
        split_by_class(labelled(ship=3, yacht=1), 0.5, seed=0)
    assert caught.value.code is ErrorCode.DATASET_INVALID


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.5, 20.0, float("nan")])
def test_a_fraction_that_leaves_a_part_empty_is_refused(fraction):
    with pytest.raises(EngineError, match="between 0 and 1") as caught:
        split_by_class(labelled(ship=3), fraction, seed=0)
    assert caught.value.code is ErrorCode.BAD_REQUEST


def test_training_takes_a_share_of_the_train_part_where_the_folders_name_one():
    train, val = labelled("/data/train", "train", ship=4), labelled("/data/val", "val", ship=2)
    test = labelled("/data/test", "test", ship=2, yacht=2)
    assert images_to_learn_from(test + val + train, None, 0) == train
    assert images_to_learn_from(test + val + train, 0.5, 3) == split_by_class(train, 0.5, 3)[0]
    assert images_to_learn_from(test, None, 0) == []
    assert images_to_learn_from(labelled(ship=3), None, 0) == labelled(ship=3)


def test_classes_are_left_out_or_kept_by_name():
    images = labelled(ship=2, yacht=3, ferry=1)
    assert {image.label for image in without_classes(images, ["ship"])} == {"yacht", "ferry"}
    assert names(only_classes(images, ["yacht", "ferry"])) == names(labelled(ferry=1, yacht=3))
    assert names(without_classes(images, [])) == names(labelled(ferry=1, ship=2, yacht=3))


def test_a_class_is_known_by_its_name_however_its_accents_are_written():
    images = [LabelledImage(Path("a.png"), "F\u00e4hre"), LabelledImage(Path("b.png"), "ship")]
    assert only_classes(images, ["Fa\u0308hre"]) == images[:1]


@pytest.mark.parametrize("choose", [without_classes, only_classes])
def test_an_unknown_class_is_named_beside_those_there_are(choose):
    with pytest.raises(EngineError, match="no class Ship, boat; its classes are ferry, ship") as caught:
        choose(labelled(ship=2, ferry=1), ["ferry", "boat", "Ship"])
    assert caught.value.code is ErrorCode.DATASET_INVALID


def test_leaving_nothing_is_refused():
    with pytest.raises(EngineError, match="No class is left"):
        without_classes(labelled(ship=2), ["ship"])
    with pytest.raises(EngineError, match="No class is left"):
        only_classes(labelled(ship=2), [])


def test_copies_of_training_images_are_taken_out_of_the_rest_and_counted(tmp_path):
    contents = {"a.png": b"one", "b.png": b"two", "c.png": b"one", "d.png": b"six", "e.png": b"six"}
    images = {name: LabelledImage(tmp_path / name, "ship") for name in contents}
    for name, content in contents.items():
        images[name].path.write_bytes(content)
    rest = [images[name] for name in ("c.png", "d.png", "e.png")]
    assert without_copies([images["a.png"], images["b.png"]], rest) == (rest[1:], 1)
    assert without_copies([images["b.png"]], rest) == (rest, 0)
    assert without_copies(rest, rest) == ([], 3)
