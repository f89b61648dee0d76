"""Which images are learnt from and which are kept to judge by."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from frors_qgis.engine.learning.dataset import LabelledImage, first_copies
from frors_qgis.protocol import EngineError, ErrorCode

_MOST_NAMES = 50


def split_by_class(
    images: Iterable[LabelledImage], fraction: float, seed: int
) -> tuple[list[LabelledImage], list[LabelledImage]]:
    """(train, rest): `fraction` of each class, rounded, at least one image of it in either list.

    The choice depends on the seed, the name of the class and the names of its files, not on the order of the images,
    the folder that they lie in or the other classes. The lists are in order of classes, then of files.
    Raises EngineError: DATASET_INVALID naming a class with fewer than two images, BAD_REQUEST for a fraction that is
    not between 0 and 1.
    """
    if not 0 < fraction < 1:
        raise EngineError(
            ErrorCode.BAD_REQUEST, f"A part of {fraction} is not between 0 and 1 (--fraction, --validate)."
        )
    train: list[LabelledImage] = []
    rest: list[LabelledImage] = []
    for label, members in _by_class(images).items():
        if len(members) < 2:
            raise EngineError(
                ErrorCode.DATASET_INVALID,
                f"The class {label} has a single image, and a split needs two; add images or leave the class out.",
            )
        ordered = sorted(members, key=lambda image: (image.path.name, image.path.as_posix()))
        count = min(max(round(fraction * len(ordered)), 1), len(ordered) - 1)
        chosen = set(np.argsort(_generator(seed, label).random(len(ordered)), kind="stable")[:count].tolist())
        for i, image in enumerate(ordered):
            (train if i in chosen else rest).append(image)
    return train, rest


def images_to_learn_from(images: Sequence[LabelledImage], fraction: float | None, seed: int) -> list[LabelledImage]:
    """What training takes of a dataset: `fraction` of each class (None: all), where its folders name parts of "train".

    Raises what `split_by_class` raises.
    """
    learnt = [image for image in images if image.part in (None, "train")]
    return learnt if fraction is None else split_by_class(learnt, fraction, seed)[0]


def without_copies(learnt: Sequence[LabelledImage], others: Sequence[LabelledImage]) -> tuple[list[LabelledImage], int]:
    """The images of `others` whose file is not byte for byte that of one learnt from, and how many are: they flatter.

    Raises what `first_copies` raises.
    """
    first = first_copies([*learnt, *others])[len(learnt) :]
    kept = [image for image, place in zip(others, first, strict=True) if place >= len(learnt)]
    return kept, len(others) - len(kept)


def without_classes(images: Iterable[LabelledImage], classes: Iterable[str]) -> list[LabelledImage]:
    """The images of all other classes. Raises EngineError(DATASET_INVALID) for an unknown class, or if none is left."""
    return _of_classes(images, classes, wanted=False)


def only_classes(images: Iterable[LabelledImage], classes: Iterable[str]) -> list[LabelledImage]:
    """The images of these classes. Raises EngineError(DATASET_INVALID) for an unknown class, or if none is named."""
    return _of_classes(images, classes, wanted=True)


def _of_classes(images: Iterable[LabelledImage], classes: Iterable[str], *, wanted: bool) -> list[LabelledImage]:
    groups = _by_class(images)
    names = {unicodedata.normalize("NFC", name) for name in classes}
    if unknown := sorted(names - groups.keys()):
        there = ", ".join(list(groups)[:_MOST_NAMES]) + (", ..." if len(groups) > _MOST_NAMES else "")
        raise EngineError(
            ErrorCode.DATASET_INVALID,
            f"The dataset has no class {', '.join(unknown)}; its classes are {there}.",
        )
    left = [image for label, members in groups.items() if (label in names) == wanted for image in members]
    if not left:
        raise EngineError(ErrorCode.DATASET_INVALID, "No class is left; name fewer classes to leave out.")
    return left


def _by_class(images: Iterable[LabelledImage]) -> dict[str, list[LabelledImage]]:
    """The images of each class in the order given, the classes in order of their names."""
    groups: defaultdict[str, list[LabelledImage]] = defaultdict(list)
    for image in images:
        groups[image.label].append(image)
    return dict(sorted(groups.items()))


def _generator(seed: int, label: str) -> np.random.Generator:
    digest = hashlib.sha256(f"{seed}:{label}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))
