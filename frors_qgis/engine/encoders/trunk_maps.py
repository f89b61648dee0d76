"""The feature maps of a trunk that heads read."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F

STAGE3_CHANNELS = 1024
STAGE3_STRIDE = 16
STAGE4_CHANNELS = 2048


class TrunkMaps(NamedTuple):
    """Feature maps of a batch: `stage4` [B, 2048, r, c], one position per cell, and `stage3`, two along each side.

    Where the maps are cut out of a larger one, `stage3` is [B, 1024, 2r + 1, 2c + 1]: its first, third, ... positions
    stand on the edges between cells. Where they are a whole picture's, it is [B, 1024, 2r, 2c].
    """

    stage3: torch.Tensor
    stage4: torch.Tensor


def position_shares(height: int, width: int) -> torch.Tensor:
    """What each position of stage 3 counts in the mean of `to_cells` over all cells [height * width], 1 in all."""
    sides = [torch.ones(length) for length in (height, width)]
    for side in sides:
        if len(side) % 2:
            side[[0, -1]] = 0.5
    shares = torch.outer(*sides).flatten()
    return shares / shares.sum()


def to_cells(positions: torch.Tensor, unit: int = 1) -> torch.Tensor:
    """Values at positions of stage 3 [B, K, 2r or 2r + 1, 2c or 2c + 1] -> their means over units [B, units, K].

    A unit is a square of `unit` x `unit` cells. A position on an edge between units counts half for either, so the mean
    over any window of them stays a mean over positions.
    """
    if positions.shape[2] % 2:
        positions = F.avg_pool2d(positions, 2, stride=1)
    return F.avg_pool2d(positions, 2 * unit).flatten(2).mT


def positions_of_cells(positions: torch.Tensor, unit: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    """The values [B, units, K, p] that `to_cells` averages in each unit, and what each of them counts [p], 1 in all."""
    side = positions.new_full((2 * unit + positions.shape[2] % 2,), 1 / (2 * unit))
    if len(side) % 2:
        side[[0, -1]] /= 2
    values = F.unfold(positions, len(side), stride=2 * unit).unflatten(1, (positions.shape[1], -1))
    return values.permute(0, 3, 1, 2).contiguous(), torch.outer(side, side).flatten()
