"""Embeddings of class images at three context scales, by a FRORS head fitted to the images that a split learns from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from benchmark_retrieval import TRUNK, bar, distinct
from ccls2t.context import NARROWER, context_windows
from ccls2t_protocol import SIDE, SPLITS
from numpy.typing import NDArray

from frors_qgis.engine.encoders.device import choose_device
from frors_qgis.engine.encoders.frors_head import FrorsHead
from frors_qgis.engine.encoders.installed import encoder_path
from frors_qgis.engine.encoders.interface import CELL
from frors_qgis.engine.encoders.pooling import weighted_means, window_weights
from frors_qgis.engine.encoders.registry import load_trunk, new_head
from frors_qgis.engine.learning.augmentation import Augmentation
from frors_qgis.engine.learning.dataset import class_folders
from frors_qgis.engine.learning.fitting import Views, fit_head
from frors_qgis.engine.learning.recipe import Recipe
from frors_qgis.engine.learning.run_folder import describe_images
from frors_qgis.engine.learning.split import split_by_class
from frors_qgis.engine.learning.trainer import describe_encoder
from frors_qgis.engine.learning.views import ViewCache

_BATCH = 128


@dataclass(frozen=True)
class Split:
    """The images of a set, embedded [n, scales, D] by a head that has seen no label but those of `learnt`.

    labels [n]: class of each image, counted from 0 in order of `classes`; learnt, gallery: positions of images.
    """

    embeddings: NDArray[np.float32]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    learnt: NDArray[np.int64]
    gallery: NDArray[np.int64]


class FrozenFeatures:
    """What the frozen trunk says of every image of a set, computed once and kept in a folder."""

    def __init__(self, data: Path, name: str, folder: Path) -> None:
        self.name = name
        self.images = distinct(class_folders(data / name))
        described = json.dumps(describe_images(self.images), sort_keys=True)
        self.sha256 = hashlib.sha256(described.encode()).hexdigest()
        self._folder = folder
        self._trunk = load_trunk(encoder_path(TRUNK))
        self._device = choose_device("auto")
        self._views = ViewCache(
            folder / "galleries", self.images, SIDE, 0, Augmentation.none(), 0, self._trunk, self._device
        )

    def split(self, seed: int) -> Split:
        """The embeddings of the split of a seed; from the folder where they are there."""
        learnt, gallery = split_by_class(self.images, SPLITS[self.name], seed)
        places = {image.path: place for place, image in enumerate(self.images)}
        classes = tuple(sorted({image.label for image in self.images}))
        labels = np.array([classes.index(image.label) for image in self.images])
        learnt_ids, gallery_ids = (np.array([places[image.path] for image in part]) for part in (learnt, gallery))
        path = self._folder / f"{self.name}_{seed}_{self._fingerprint()}.npy"
        if not path.exists():
            embeddings = self._embed(self._fitted(learnt_ids, labels, classes))
            waiting = path.with_suffix(".part.npy")
            np.save(waiting, embeddings)
            waiting.replace(path)
        return Split(np.load(path), labels, classes, learnt_ids, gallery_ids)

    def _fingerprint(self) -> str:
        settings = json.dumps([self._views.name, NARROWER, Recipe.default("frors").as_json()], sort_keys=True)
        return hashlib.sha256(settings.encode()).hexdigest()[:12]

    def _fitted(self, learnt: NDArray[np.int64], labels: NDArray[np.int64], classes: tuple[str, ...]) -> FrorsHead:
        """FRORS as its closed-form fit to the learnt images, as they are, leaves it; nothing is trained."""
        self._views.build(bar(f"images of {self.name}"))
        recipe = Recipe.default("frors")
        head = new_head(describe_encoder(recipe, "frors", classes))
        assert isinstance(head, FrorsHead)  # noqa: S101 - by the description

        def stage3(number: int) -> Iterable[tuple[torch.Tensor, torch.Tensor]]:
            for ids in _batches(learnt):
                yield self._views.read(number, ids), torch.from_numpy(labels[ids])

        fit_head(
            head,
            Views(1, stage3, self._stage4),
            class_share=recipe.class_share,
            ridge=recipe.ridge,
            whitening=None,
            seed=recipe.seed,
        )
        return head.eval()

    def _stage4(self, stage3: torch.Tensor) -> torch.Tensor:
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=self._device.dtype == torch.bfloat16):
            return self._trunk.layer4(stage3).float()

    def _embed(self, head: FrorsHead) -> NDArray[np.float32]:
        cells = SIDE // CELL
        windows = context_windows(np.array([[0.0, 0.0, cells, cells]]), NARROWER, cells, cells)[0]
        weights = torch.from_numpy(window_weights(windows, np.ones((cells, cells), np.float32)))
        powers, embeddings = self._powers(weights), []
        with torch.no_grad():
            for ids in _batches(np.arange(len(self.images))):
                stage3 = self._views.read(0, ids)
                pool = partial(weighted_means, weights.expand(len(ids), -1, -1))
                early = [pool(part) for part in head.describe_early(stage3)]
                late = torch.from_numpy(powers[ids])
                embeddings.append(head.embed(torch.cat([late, *early], dim=2)).numpy())
        return np.concatenate(embeddings)

    def _powers(self, weights: torch.Tensor) -> NDArray[np.float32]:
        """Means of x^p of stage 4 over the windows [n, scales, 2048], which no split changes."""
        path = self._folder / f"{self.name}_powers_{self._fingerprint()}.npy"
        if not path.exists():
            describe = FrorsHead(1, {"image": (1, 1.0)}, True, 2, 1, 1.0).describe_late
            parts = []
            for ids in _batches(np.arange(len(self.images))):
                late = describe(self._stage4(self._views.read(0, ids)))
                parts.append(weighted_means(weights.expand(len(ids), -1, -1), late).numpy())
            waiting = path.with_suffix(".part.npy")
            np.save(waiting, np.concatenate(parts))
            waiting.replace(path)
        return np.load(path, mmap_mode="r")


def _batches(ids: NDArray[np.int64]) -> Iterable[NDArray[np.int64]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]
