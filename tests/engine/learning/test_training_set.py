import shutil

import pytest

from frors_qgis.engine.learning.dataset import class_folders
from frors_qgis.engine.learning.split import split_by_class
from frors_qgis.engine.learning.training_set import choose_images
from frors_qgis.protocol import EngineError, ErrorCode
from tests.engine.learning.class_images import write_class_images


def labels(images):
    return sorted({image.label for image in images})


def test_all_images_of_a_dataset_are_learnt_from_unless_told_otherwise(class_folder):
    chosen = choose_images([class_folder])
    assert chosen.images == class_folders(class_folder)
    assert (chosen.validation, chosen.datasets) == ([], ["stripes"])


def test_a_fraction_is_the_one_that_an_evaluation_leaves_out(class_folder):
    train, _ = split_by_class(class_folders(class_folder), 0.5, 3)
    assert choose_images([class_folder], fraction=0.5, seed=3).images == train


def test_validation_images_are_taken_from_the_training_images_and_not_learnt_from(class_folder):
    everything = choose_images([class_folder], fraction=0.7).images
    chosen = choose_images([class_folder], fraction=0.7, validate=0.25)
    assert sorted([*chosen.images, *chosen.validation], key=str) == sorted(everything, key=str)
    assert labels(chosen.validation) == labels(chosen.images) == ["c0", "c1", "c2"]
    assert not set(chosen.images) & set(chosen.validation)


def copied(class_folder, folder, copies):
    """A dataset in which some files, "c0/1.png", have the content of others."""
    shutil.copytree(class_folder, folder)
    for name, source in copies.items():
        shutil.copy(folder / source, folder / name)
    return folder


def test_copies_of_images_learnt_from_are_left_out_of_validation_and_counted(class_folder, tmp_path):
    clean = choose_images([class_folder], fraction=0.7, validate=0.25)
    validation, learnt = clean.validation[0], clean.images[0]
    taken = {image.path for image in (*clean.images, *clean.validation)}
    unused = next(image for image in class_folders(class_folder) if image.path not in taken)
    names = [image.path.relative_to(class_folder) for image in (validation, unused, learnt)]
    folder = copied(class_folder, tmp_path / class_folder.name, {names[0]: names[2], names[1]: names[2]})
    chosen = choose_images([folder], fraction=0.7, validate=0.25)
    assert len(chosen.images) == len(clean.images)
    assert [image.path.name for image in chosen.validation] == [image.path.name for image in clean.validation[1:]]
    sentence = chosen.protocol["copies of images learnt from"]
    assert sentence.startswith("1 left out of validation; 1 among the other images")
    assert clean.protocol["copies of images learnt from"].startswith("0 left out of validation; 0 among")


def test_validation_that_holds_nothing_but_copies_is_refused(class_folder, tmp_path):
    files = [path.relative_to(class_folder) for path in sorted(class_folder.glob("*/*.png"))]
    folder = copied(class_folder, tmp_path / "same", dict.fromkeys(files[1:], files[0]))
    with pytest.raises(EngineError, match="All validation images are copies") as caught:
        choose_images([folder], validate=0.25)
    assert caught.value.code is ErrorCode.DATASET_INVALID


def test_classes_of_different_datasets_stay_different_and_are_split_as_if_alone(class_folder, tmp_path):
    write_class_images(tmp_path / "other", classes=2)
    chosen = choose_images([class_folder, tmp_path / "other"], fraction=0.5, without=["other/c0"])
    assert labels(chosen.images) == ["other/c1", "stripes/c0", "stripes/c1", "stripes/c2"]
    alone = choose_images([class_folder], fraction=0.5).images
    assert {image.path for image in alone} == {i.path for i in chosen.images if i.label.startswith("stripes")}
    assert chosen.protocol["classes left out"] == "other/c0"


def test_only_the_train_part_is_learnt_from_where_folders_name_parts(class_folder, tmp_path):
    for part in ("train", "test"):
        shutil.copytree(class_folder, tmp_path / "set" / part)
    chosen = choose_images([tmp_path / "set"])
    assert {image.path.parts[-3] for image in chosen.images} == {"train"}
    assert "train part" in chosen.protocol["parts of the datasets"]
    shutil.rmtree(tmp_path / "set" / "train")
    shutil.copytree(class_folder, tmp_path / "set" / "val")
    with pytest.raises(EngineError, match="no part to train on"):
        choose_images([tmp_path / "set"])


def test_datasets_called_alike_are_refused(class_folder, tmp_path):
    shutil.copytree(class_folder, tmp_path / class_folder.name)
    with pytest.raises(EngineError, match="called alike") as caught:
        choose_images([class_folder, tmp_path / class_folder.name])
    assert caught.value.code is ErrorCode.BAD_REQUEST


def test_a_class_that_is_not_there_cannot_be_left_out(class_folder):
    with pytest.raises(EngineError, match="c7") as caught:
        choose_images([class_folder], without=["c7"])
    assert caught.value.code is ErrorCode.DATASET_INVALID
