"""Trains the encoders of CCLS2T on embeddings of labelled images and acquisitions; goes on from its last epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ccls2t.ccls2t import LAST, MIDDLE, Ccls2t
from ccls2t.epochs import BatchLosses, train_epochs
from ccls2t.losses import guarded_contrast, reconstruction_loss
from ccls2t.pairs import with_fields_missing
from ccls2t.recipe import TextRecipe
from ccls2t.records import QUANTITIES, describe_acquisitions
from ccls2t.relations import RELATIONS, Facts
from ccls2t.run import Run
from ccls2t.vectors import record_tensors
from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.places import quadkey
from frors_qgis.engine.learning.progress import Progress

LEAF_ZOOM = 6
"""Of the tiles that make a leaf with month and class: some 600 km a side at the equator."""

_EPOCH = 50
_ASKING = tuple(relation for relation in RELATIONS if relation.fields)


@dataclass(frozen=True)
class LearningSet:
    """What is learnt from: embeddings [n, scales, D] and labels [n] of images, and acquisitions, one for each.

    classes: names of the labels; families: of all platforms. Which image has which acquisition does not matter where
    the two have nothing to do with each other: `shuffled` then deals them anew in every epoch.
    """

    embeddings: NDArray[np.float32]
    labels: NDArray[np.int64]
    classes: Sequence[str]
    acquisitions: Sequence[Acquisition]
    families: Sequence[str]
    shuffled: bool = False


def train_text(model: Ccls2t, learnt: LearningSet, recipe: TextRecipe, run: Run, progress: Progress) -> None:
    """Trains a model, or goes on with what the run holds.

    Raises EngineError: BAD_REQUEST for a loss that is not finite, and what `Run` raises.
    """
    run.begin({"recipe": recipe.as_json(), "images": len(learnt.labels)})
    optimizer = torch.optim.AdamW(model.parameters(), lr=recipe.rate, weight_decay=1e-4)
    facts = Facts.of(learnt.acquisitions, learnt.families)

    def begin_epoch(generator: np.random.Generator) -> BatchLosses:
        dealt = np.arange(len(learnt.labels))
        if learnt.shuffled:
            dealt = generator.permutation(dealt)
        return lambda done: _losses(model, learnt, facts, dealt, recipe, generator)

    train_epochs(model, optimizer, recipe, _EPOCH, begin_epoch, run, progress, most_norm=1.0)


def _losses(
    model: Ccls2t,
    learnt: LearningSet,
    facts: Facts,
    dealt: NDArray[np.int64],
    recipe: TextRecipe,
    generator: np.random.Generator,
) -> dict[str, Tensor]:
    """The weighted losses of one batch, by name."""
    images = generator.choice(len(learnt.labels), min(recipe.batch, len(learnt.labels)), replace=False)
    rows = dealt[images]
    whole = [learnt.acquisitions[row] for row in rows]
    labels = learnt.labels[images]
    named = generator.random(len(images)) >= recipe.dropped
    contents = [learnt.classes[label] if told else None for label, told in zip(labels, named, strict=True)]
    told = describe_acquisitions(with_fields_missing(whole, recipe.dropped, generator), contents)
    complete = describe_acquisitions(whole)
    numbers = generator.integers(len(_ASKING), size=len(images))
    asked = describe_acquisitions([_ASKING[number].asked(one) for number, one in zip(numbers, whole, strict=True)])

    told_tensors = record_tensors(told, sentences=recipe.sentences)
    text_middle, text_last = model.text(*told_tensors)
    losses: dict[str, Tensor] = {}
    known = np.repeat(complete.known, [columns.stop - columns.start for columns in QUANTITIES.values()], axis=1)
    read_back = model.text.reconstruct(text_last)
    loss = reconstruction_loss(read_back, torch.from_numpy(complete.quantities), torch.from_numpy(known))
    losses["reconstruction"] = recipe.reconstruction * loss

    middle, last = model.vision(torch.from_numpy(learnt.embeddings[images]))
    leaf = torch.from_numpy(leaves(whole, labels) if recipe.guard else np.full(len(labels), -1))
    pairs = {LAST: (recipe.contrast, last, text_last), MIDDLE: (recipe.intermediate, middle, text_middle)}
    for depth, (weight, vision, text) in pairs.items():
        contrasted = model.contrast("vision", depth, vision), model.contrast("text", depth, text)
        losses[f"contrast, {depth}"] = weight * guarded_contrast(*contrasted, model.scales[depth], leaf)

    asked_for = model.ask(*record_tensors(asked, sentences=recipe.sentences))
    log_odds = model.log_odds(asked_for, model.telling(model.read(text_last, *told_tensors)))
    truth = torch.from_numpy(related(facts.at(rows), numbers))
    losses["relations"] = recipe.relations * F.binary_cross_entropy_with_logits(log_odds, truth.float())
    return losses


def related(facts: Facts, numbers: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
    """Whether chip j fulfils what query i asks [n, n], of acquisitions that are queries and chips; numbers: what."""
    truth = np.zeros((len(numbers), len(numbers)), bool)
    for number, relation in enumerate(_ASKING):
        rows = np.flatnonzero(numbers == number)
        truth[rows] = relation.holds(facts.at(rows), facts)
    return truth


def leaves(acquisitions: Sequence[Acquisition], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """The leaf of the tree that each image lies in [n]: quadkey, month and class; -1 where one is unknown."""
    numbers: dict[tuple[str, int, int], int] = {}
    found = np.full(len(labels), -1)
    for i, (one, label) in enumerate(zip(acquisitions, labels.tolist(), strict=True)):
        if one.place is not None and one.month is not None:
            found[i] = numbers.setdefault((quadkey(one.place, LEAF_ZOOM), one.month, label), len(numbers))
    return found
