"""Trains a hash layer on pairs of a query and a chip; goes on from its last epoch."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ccls2t.epochs import BatchLosses, train_epochs
from ccls2t.losses import (
    balance_loss,
    independence_loss,
    pairwise_likelihood,
    quantisation_loss,
    supervised_contrast,
    supervised_infonce,
    triplet_hash,
)
from ccls2t.pairs import PairPool, PairSampler
from ccls2t.recipe import HashRecipe
from ccls2t.run import Run
from frors_qgis.engine.learning.progress import Progress

_EPOCH = 100
_SHARPEST = 4.0


def train_hash(layer: nn.Module, pool: PairPool, recipe: HashRecipe, run: Run, progress: Progress) -> None:
    """Trains a layer that takes pictures [n, P] and metadata vectors [n, F] and gives [n, bits], as `HashLayer` does.

    Raises EngineError: BAD_REQUEST for a loss that is not finite, and what `Run` raises.
    """
    run.begin({"recipe": recipe.as_json(), "images": len(pool.labels)})
    vectors = (torch.from_numpy(part.reshape(-1, part.shape[2])) for part in (pool.told, pool.asked))
    layer.standardise(torch.from_numpy(pool.pictures), *vectors)
    named = layer.named_parameters()
    trained = [value for name, value in named if recipe.weighted or not name.startswith("weighing.")]
    optimizer = torch.optim.AdamW(trained, lr=recipe.rate, weight_decay=recipe.weight_decay)
    sampler = PairSampler(pool)
    spread = recipe.noise * torch.from_numpy(pool.pictures.std(axis=0))

    def begin_epoch(generator: np.random.Generator) -> BatchLosses:
        noise = torch.Generator().manual_seed(int(generator.integers(1 << 62)))

        def batch_losses(done: float) -> dict[str, Tensor]:
            pairs = sampler.draw(recipe.batch, generator)
            sharpness = 1 + (_SHARPEST - 1) * done
            query = _noisy(pairs.query_pictures, spread, noise), pairs.asked
            told = torch.tanh(sharpness * layer(_noisy(pairs.chip_pictures, spread, noise), pairs.told))
            asked = layer.weigh(*query) if recipe.weighted else torch.tanh(sharpness * layer(*query))
            return hash_losses(asked, told, pairs.relevant, recipe)

        return batch_losses

    train_epochs(layer, optimizer, recipe, _EPOCH, begin_epoch, run, progress)


def hash_losses(asked: Tensor, told: Tensor, relevant: Tensor, recipe: HashRecipe) -> dict[str, Tensor]:
    """The weighted losses by name; told [n, bits] in [-1, 1]: codes of chips; relevant: [n, n].

    asked [n, bits]: weights of bits, or codes of queries in [-1, 1].
    """
    scale = recipe.bits**-0.5 if recipe.weighted else 1 / (recipe.bits * recipe.temperature)
    logits = scale * asked @ told.T
    if recipe.loss == "triplet":
        learnt = triplet_hash(asked, told, relevant, recipe.margin)
    elif recipe.loss == "pairwise likelihood":
        learnt = pairwise_likelihood(logits, relevant)
    elif recipe.loss == "supervised contrast":
        learnt = supervised_contrast(logits, relevant)
    else:
        learnt = supervised_infonce(logits, relevant)
    binary = told if recipe.weighted else torch.cat([asked, told])
    return {
        recipe.loss: recipe.contrast * learnt,
        "quantisation": recipe.quantisation * quantisation_loss(binary),
        "balance": recipe.balance * balance_loss(told),
        "independence": recipe.independence * independence_loss(told),
    }


def values(layer: nn.Module, pictures: NDArray[np.float32], facts: NDArray[np.float32]) -> NDArray[Any]:
    """What the signs are taken of [n, bits]."""
    with torch.no_grad():
        return layer(torch.from_numpy(pictures), torch.from_numpy(facts)).numpy()


def weights(layer: nn.Module, pictures: NDArray[np.float32], asked: NDArray[np.float32]) -> NDArray[Any]:
    """What queries weigh the bits by [n, bits]."""
    with torch.no_grad():
        return layer.weigh(torch.from_numpy(pictures), torch.from_numpy(asked)).numpy()


def _noisy(pictures: Tensor, spread: Tensor, generator: torch.Generator) -> Tensor:
    return pictures + spread * torch.randn(pictures.shape, generator=generator)
