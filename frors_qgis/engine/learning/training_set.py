"""Which images of which datasets are learnt from, and which of them are kept to watch. Does not import torch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from frors_qgis.engine.learning.dataset import LabelledImage, class_folders
from frors_qgis.engine.learning.split import images_to_learn_from, split_by_class, without_classes, without_copies
from frors_qgis.protocol import EngineError, ErrorCode


@dataclass(frozen=True)
class TrainingSet:
    """images: to learn from; validation: to take figures on after every epoch; datasets: the folders' names.

    protocol: how they were chosen, by name, as a person reads it.
    """

    images: list[LabelledImage]
    validation: list[LabelledImage]
    datasets: list[str]
    protocol: dict[str, Any]


def dataset_of(label: str) -> str:
    """The dataset that a class called "dataset/class" is of; nothing where there is only one."""
    return label.rpartition("/")[0]


def choose_images(
    folders: Sequence[Path],
    *,
    fraction: float | None = None,
    validate: float | None = None,
    without: Sequence[str] = (),
    seed: int = 0,
) -> TrainingSet:
    """The training images of datasets. Where a dataset's own folders name parts, only its train part is used.

    fraction: of each class, to train on (None: all); the rest is used for nothing, so that it can be the gallery of an
    evaluation. validate: of the images to train on, to keep for validation; copies of images learnt from, byte for
    byte, are left out of these. without: classes left out.
    Of several datasets, classes are called "dataset/class": alike names stay different classes.
    Raises EngineError: DATASET_INVALID, and BAD_REQUEST for a share not between 0 and 1 or datasets called alike.
    """
    names = [os.fsencode(folder.resolve().name).decode("utf-8", "backslashreplace") for folder in folders]
    if len(set(names)) < len(names):
        raise EngineError(
            ErrorCode.BAD_REQUEST, f"Two of the datasets are called alike ({', '.join(names)}); rename a folder."
        )
    chosen: list[LabelledImage] = []
    everything: list[LabelledImage] = []
    parts = "all images"
    for folder, name in zip(folders, names, strict=True):
        images = class_folders(folder)
        learnt = images_to_learn_from(images, fraction, seed)
        if not learnt:
            raise EngineError(ErrorCode.DATASET_INVALID, f"{name} has no part to train on; add a folder train.")
        if any(image.part not in (None, "train") for image in images):
            parts = "the train part, where the folders name one"
        if len(folders) > 1:
            learnt = [replace(image, label=f"{name}/{image.label}") for image in learnt]
        chosen += learnt
        everything += images
    if without:
        chosen = without_classes(chosen, without)
    kept_apart: list[LabelledImage] = []
    if validate is not None:
        kept_apart, chosen = split_by_class(chosen, validate, seed)
    validation, copies = without_copies(chosen, kept_apart)
    if kept_apart and not validation:
        raise EngineError(
            ErrorCode.DATASET_INVALID,
            "All validation images are copies of images learnt from; delete the copies, or keep a larger share "
            "(--validate).",
        )
    taken = {image.path for image in (*chosen, *kept_apart)}
    _, other_copies = without_copies(chosen, [image for image in everything if image.path not in taken])
    protocol = {
        "parts of the datasets": parts,
        "trained on": "all of them" if fraction is None else f"a share of {fraction:g} of each class, seed {seed}",
        "classes left out": ", ".join(without) or "none",
        "validation": "none" if validate is None else f"a share of {validate:g} of these, kept apart, seed {seed}",
        "copies of images learnt from": f"{copies} left out of validation; {other_copies} among the other images "
        "of the datasets, to be left out of an evaluation",
        "image": "the whole image, made square",
        "border": "the convolutions' own zero padding",
    }
    return TrainingSet(chosen, validation, names, protocol)
