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
    labels: NDArray[np.integer[Any]],
    datasets: NDArray[np.integer[Any]],
    classes: int,
    per_class: int,
    generator: np.random.Generator,
) -> Iterator[NDArray[np.int64]]:
    """The batches of one epoch: positions of images, `per_class` of each of `classes` classes drawn without repeats.

    Where there are fewer classes, each gives more images, so that batches stay as large. Within a class every image
    comes once before any comes twice, twice before any comes three times, and so on; a class with fewer images than
    wanted gives all it has. A batch is of one dataset, drawn by its share of the images, so that what one calls beach
    and another Beach are never set against each other; unless a dataset has a single class.
    labels, datasets: [n], the class and the dataset of each image; a class is of one dataset.
    """
    count = batches_per_epoch(len(labels), classes, per_class)
    members = {int(label): np.flatnonzero(labels == label) for label in np.unique(labels)}
    size = classes * per_class
    numbers, counts = np.unique(datasets, return_counts=True)
    pools = [np.unique(labels[datasets == number]) for number in numbers]
    if min(map(len, pools)) < 2:
        pools = [np.unique(labels)]
    waiting = {label: generator.permutation(positions) for label, positions in members.items()}
    for _ in range(count):
        batch = []
        pool = pools[0] if len(pools) == 1 else pools[generator.choice(len(pools), p=counts / len(labels))]
        drawn = min(classes, len(pool))
        for label in generator.choice(pool, drawn, replace=False).tolist():
            wanted = min(size // drawn, len(members[label]))
            if len(waiting[label]) < wanted:
                left, fresh = waiting[label], generator.permutation(members[label])
                again = np.isin(fresh, left)  # those of this batch come last
                waiting[label] = np.concatenate([left, fresh[~again], fresh[again]])
            batch.append(waiting[label][:wanted])
            waiting[label] = waiting[label][wanted:]
        yield np.concatenate(batch)
