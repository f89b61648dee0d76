"""Fits a head to a frozen trunk in closed form: the start of every training, and a method of its own."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from frors_qgis.engine.encoders.frors_head import FrorsHead
from frors_qgis.engine.encoders.gem_head import GemHead
from frors_qgis.engine.encoders.projection import Projection
from frors_qgis.engine.encoders.trunk_maps import TrunkMaps
from frors_qgis.engine.learning.discriminant import ViewStatistics

_POSITIONS = 20_000
_LOCAL_WHITENING = 0.25
MOST_VIEWS = 6
"""Views that projections are fitted to, at most."""

_WRITTEN_VIEWS = 3
_ROUNDS = 4
_MOMENTUM = 0.8
_SHARPNESS = tuple(2 ** (i / 4) for i in range(33))


@dataclass(frozen=True)
class Views:
    """Random views of the same images, in the same order in every view.

    stage3: number of a view -> batches of maps of stage 3 [B, 1024, h, w] and labels [B] counted from 0;
    late: maps of stage 3 -> maps of stage 4; count: how many views there are.
    """

    count: int
    stage3: Callable[[int], Iterable[tuple[Tensor, Tensor]]]
    late: Callable[[Tensor], Tensor]


def fit_head(
    head: FrorsHead | GemHead, views: Views, *, class_share: float, ridge: float, whitening: float | None, seed: int
) -> None:
    """Fits every projection of a head, and of FRORS the local features and the prototype memory too.

    class_share, ridge: see `ViewStatistics.fit`; whitening: not None fits projections by PCA with this whitening
    instead, which uses no label.
    Raises EngineError(DATASET_INVALID) when there are too few images, ValueError for a PCA of too few.
    """
    with torch.no_grad():
        if isinstance(head, FrorsHead):
            _fit_local(head.local, views, seed)
            _fit_sharpness(head, views, seed)
            _fill_memory(head, views, seed)
            projections = dict(head.projections.items())
        else:
            projections = {"image": head.projection}
        numbers = range(min(views.count, MOST_VIEWS))
        described = [_features(head, views, number, tuple(projections)) for number in numbers]
        labels = described[0][1]
        for name, projection in projections.items():
            vectors = [features[name].float() for features, _ in described]
            if whitening is None:
                _discriminate(projection, vectors, labels, class_share, ridge)
            else:
                projection.fit(torch.cat(vectors), whitening)


def _fit_local(local: Projection, views: Views, seed: int) -> None:
    """PCA, half whitened, of positions of stage 3 drawn at random, as many from every batch as its images count."""
    generator = torch.Generator().manual_seed(seed)
    images = sum(len(labels) for _, labels in views.stage3(0))
    drawn = []
    for stage3, labels in views.stage3(0):
        positions = stage3.float().movedim(1, -1).flatten(0, 2)
        count = min(len(positions), math.ceil(_POSITIONS * len(labels) / images))
        drawn.append(positions[torch.randperm(len(positions), generator=generator)[:count]])
    local.fit(torch.cat(drawn), _LOCAL_WHITENING)


def _fill_memory(head: FrorsHead, views: Views, seed: int, chosen_images: Tensor | None = None) -> None:
    """Writes the prototypes of every class from all its images (bool [n] chosen_images: some), view by view."""
    generator = torch.Generator().manual_seed(seed)
    head.memory.memory.zero_()
    for number in range(min(views.count, _WRITTEN_VIEWS)):
        parts = [(head.local_features(stage3), labels) for stage3, labels in views.stage3(number)]
        local, labels = (torch.cat(tensors) for tensors in zip(*parts, strict=True))
        for label in labels.unique():
            chosen = labels == label
            if chosen_images is not None:
                chosen &= chosen_images
            for _ in range(_ROUNDS):
                head.memory.write(local[chosen], labels[chosen], _MOMENTUM, generator)


def _fit_sharpness(head: FrorsHead, views: Views, seed: int) -> None:
    """Finds the sharpness with which the classes of images are most likely that the memory was not written from.

    For this the memory holds every second image of each class only, and the others are asked.
    """
    labels = torch.cat([labels for _, labels in views.stage3(0)])
    of_class = F.one_hot(labels).cumsum(dim=0).gather(1, labels.unsqueeze(1)).squeeze(1)
    written = of_class % 2 == 1
    _fill_memory(head, views, seed, written)
    shares = [
        head.memory.shares(head.local_features(stage3)).flatten(2).mean(dim=2)
        for stage3, _ in views.stage3(views.count - 1)
    ]
    asked = ~written
    if not asked.any():  # one image of each class
        asked = written
    described, known = torch.cat(shares)[asked], labels[asked]
    losses = {}
    for sharpness in _SHARPNESS:
        head.memory.sharpness.fill_(sharpness)
        losses[sharpness] = float(F.nll_loss(head.memory.class_probabilities(described).log(), known))
    head.memory.sharpness.fill_(min(losses, key=lambda sharpness: losses[sharpness]))


def _features(
    head: FrorsHead | GemHead, views: Views, number: int, names: tuple[str, ...]
) -> tuple[dict[str, Tensor], Tensor]:
    """Unit vectors before the projections of all images in one view, by part, in half precision; and labels."""
    batches = []
    for stage3, labels in views.stage3(number):
        features = head.features(head.mean(TrunkMaps(stage3, views.late(stage3))))
        batches.append(({name: features[name].half() for name in names}, labels))
    vectors = {name: torch.cat([part[name] for part, _ in batches]) for name in names}
    return vectors, torch.cat([labels for _, labels in batches])


def _discriminate(
    projection: Projection, views: Iterable[Tensor], labels: Tensor, class_share: float, ridge: float
) -> None:
    statistics = ViewStatistics()
    for vectors in views:
        statistics.add(vectors)
    statistics.fit(projection, labels, class_share, ridge)
