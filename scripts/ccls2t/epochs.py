"""The epochs of a training of CCLS2T, of whatever is trained."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from ccls2t.recipe import HashRecipe, TextRecipe
from ccls2t.run import Run
from frors_qgis.engine.learning.progress import Progress
from frors_qgis.protocol import EngineError, ErrorCode

BatchLosses = Callable[[float], dict[str, Tensor]]
"""The weighted losses of the next batch, by name; given the share of the training that is done."""


def train_epochs(
    module: nn.Module,
    optimizer: torch.optim.Optimizer,
    recipe: TextRecipe | HashRecipe,
    length: int,
    begin_epoch: Callable[[np.random.Generator], BatchLosses],
    run: Run,
    progress: Progress,
    most_norm: float = math.inf,
) -> None:
    """Trains on from what the run holds, epochs of `length` steps, the rate falling as half a cosine.

    begin_epoch: given all that is random in an epoch. most_norm: of the gradients.
    Raises EngineError: BAD_REQUEST for a loss that is not finite, and what `Run` raises.
    """
    epochs = math.ceil(recipe.steps / length)
    for epoch in range(run.restore(module, optimizer), epochs):
        batch_losses = begin_epoch(np.random.default_rng((recipe.seed, epoch)))
        sums: defaultdict[str, float] = defaultdict(float)
        for step in range(length):
            done = (epoch * length + step) / (epochs * length)
            optimizer.param_groups[0]["lr"] = recipe.rate * 0.5 * (1 + math.cos(math.pi * done))
            losses = batch_losses(done)
            loss = torch.stack(list(losses.values())).sum()
            optimizer.zero_grad()
            loss.backward()
            if math.isfinite(most_norm):
                nn.utils.clip_grad_norm_(optimizer.param_groups[0]["params"], most_norm)
            optimizer.step()
            for name, value in (losses | {"loss": loss}).items():
                sums[name] += float(value.detach()) / length
            if not math.isfinite(sums["loss"]):
                raise EngineError(ErrorCode.BAD_REQUEST, "The loss is not finite; take a lower rate.")
        progress((epoch + 1) / epochs, f"Epoch {epoch + 1} of {epochs}, loss {sums['loss']:.3f}", None)
        run.save(epoch + 1, module, optimizer, {"epoch": epoch + 1, **sums})
