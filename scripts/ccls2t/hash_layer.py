"""The hash layer: picture and metadata -> a short code, and what a query makes of each bit of it."""

from __future__ import annotations

import torch
from torch import nn

_HIDDEN = 512
_LEAST_SPREAD = 0.05
"""What is added to standard deviations, so that columns that hardly vary stay small."""


class HashLayer(nn.Module):
    """The code of a chip is the signs of one linear map; a query weighs its bits by a network of two layers.

    A query that does not ask for a month has little weight on the bits that tell it: its score of a chip is the inner
    product of its weights and the code's signs, which is the Hamming distance where all weights are of one size.
    """

    def __init__(self, picture: int, metadata: int, bits: int) -> None:
        """picture, metadata: dimensions of the vectors."""
        super().__init__()
        self.bits = bits
        self.linear = nn.Linear(picture + metadata, bits)
        self.weighing = nn.Sequential(nn.Linear(picture + metadata, _HIDDEN), nn.ReLU(), nn.Linear(_HIDDEN, bits))
        for side in ("told", "asked"):
            self.register_buffer(f"{side}_mean", torch.zeros(picture + metadata))
            self.register_buffer(f"{side}_spread", torch.ones(picture + metadata))

    def standardise(self, pictures: torch.Tensor, told: torch.Tensor, asked: torch.Tensor) -> None:
        """Takes means and spreads from what is learnt from: pictures [n, P], metadata vectors [m, M] and [k, M]."""
        for side, vectors in (("told", told), ("asked", asked)):
            for name, value in (("mean", _means), ("spread", _spreads)):
                getattr(self, f"{side}_{name}").copy_(torch.cat([value(pictures), value(vectors)]))

    def forward(self, picture: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
        """[n, picture] and [n, metadata] of chips -> [n, bits], whose signs are the code."""
        return self.linear((torch.cat([picture, told], dim=1) - self.told_mean) / self.told_spread)

    def weigh(self, picture: torch.Tensor, asked: torch.Tensor) -> torch.Tensor:
        """[n, picture] and [n, metadata] of queries -> the weights of the bits [n, bits], of either sign."""
        return self.weighing((torch.cat([picture, asked], dim=1) - self.asked_mean) / self.asked_spread)


def _means(vectors: torch.Tensor) -> torch.Tensor:
    return vectors.mean(dim=0)


def _spreads(vectors: torch.Tensor) -> torch.Tensor:
    return vectors.std(dim=0, correction=0) + _LEAST_SPREAD
