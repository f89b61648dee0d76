"""What takes the steps of a training, and how long they are."""

from __future__ import annotations

import math

import torch
from torch import nn

from frors_qgis.engine.learning.recipe import Recipe


def new_optimizer(recipe: Recipe, stage: nn.Module, head: nn.Module, objective: nn.Module) -> torch.optim.Optimizer:
    """The optimizer of a recipe, with one group, that has a `name` and a rate, for each of the modules that learn.

    Where none does, because a recipe without epochs has no rates, it holds nothing.
    """
    learning = {
        "trunk": (stage, recipe.trunk_rate),
        "head": (head, recipe.head_rate),
        "proxies": (objective, recipe.proxy_rate),
    }
    groups = []
    for name, (module, rate) in learning.items():
        parameters = [parameter for parameter in module.parameters() if parameter.requires_grad]
        if parameters:
            groups.append({"name": name, "params": parameters, "lr": rate, "full_rate": rate})
    groups = groups or [{"params": []}]
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(groups, momentum=0.9, nesterov=True, weight_decay=recipe.weight_decay, fused=True)
    return torch.optim.AdamW(groups, weight_decay=recipe.weight_decay, fused=True)


def set_rates(optimizer: torch.optim.Optimizer, step: int, steps: int, warm_up: float) -> None:
    """Sets the rates of a step, counted from 0: they rise over the share `warm_up`, then fall to 0 as half a cosine."""
    rise = min(1.0, (step + 1) / max(1.0, warm_up * steps))
    factor = rise * 0.5 * (1 + math.cos(math.pi * step / steps))
    for group in optimizer.param_groups:
        group["lr"] = group["full_rate"] * factor
