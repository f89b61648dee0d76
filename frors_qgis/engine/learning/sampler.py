"""Batches of a few images of each of some classes, which triplets are made from. Does not import torch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray


def batches_per_epoch(images: int, classes: int, per_class: int) -> int:
    """How often `classes` times `per_class` images are drawn to see as many as there are; at least once."""
    return max(1, images // (classes * per_class))


def class_batches(
    labels: NDArray[np.integer[Any]], classes: int, per_class: int, generator: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    """The batches of one epoch: positions of images, `per_class` of each of `classes` classes drawn without repeats.

    Where there are fewer classes, each gives more images, so that batches stay as large. Within a class every image
    comes once before any comes twice; a class with fewer images than wanted gives all it has.
    labels: [n], the class of each image.
    """
    count = batches_per_epoch(len(labels), classes, per_class)
    members = {int(label): np.flatnonzero(labels == label) for label in np.unique(labels)}
    size, classes = classes * per_class, min(classes, len(members))
    waiting = {label: generator.permutation(positions) for label, positions in members.items()}
    for _ in range(count):
        batch = []
        for label in generator.choice(list(members), classes, replace=False).tolist():
            wanted = min(size // classes, len(members[label]))
            if len(waiting[label]) < wanted:
                waiting[label] = generator.permutation(members[label])
            batch.append(waiting[label][:wanted])
            waiting[label] = waiting[label][wanted:]
        yield np.concatenate(batch)
