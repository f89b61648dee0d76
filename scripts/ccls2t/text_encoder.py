"""The text encoder of CCLS2T: what is known of an acquisition -> a vector, and the quantities read back from it."""

from __future__ import annotations

import math

import torch
from torch import nn

from ccls2t.records import QUANTITIES
from ccls2t.tokens import MOST_TOKENS, VOCABULARY

_OCTAVES = {"position": 6, "day": 3, "gsd": 5}
"""How often the frequency of the Fourier features is doubled; the finest of a position turn once in 400 km."""


class TextEncoder(nn.Module):
    """A small transformer over the words of a sentence and a token for each quantity that is known.

    The order of the words does not matter: every token names its clause. Where nothing is known, a learned vector
    stands for all. A re-implementation after the abstract of Zhu et al. (TGRS 2024, doi 10.1109/TGRS.2024.3417421).
    """

    def __init__(self, width: int, layers: int) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, width, padding_idx=0)
        self.start = nn.Parameter(torch.zeros(width))
        self.null = nn.Parameter(torch.zeros(width))
        sizes = {name: fourier_size(name) for name in QUANTITIES}
        self.quantities = nn.ModuleDict({name: nn.Linear(size, width) for name, size in sizes.items()})
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(width, 4, 2 * width, dropout=0.0, batch_first=True, norm_first=True)
            for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)
        self.reconstruction = nn.Linear(width, sum(_length(name) for name in QUANTITIES))

    def forward(
        self, tokens: torch.Tensor, quantities: torch.Tensor, known: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Records (see there), n of them -> vectors [n, width] after half of the layers and after all."""
        numbers = [
            layer(fourier(name, quantities[:, QUANTITIES[name]])).unsqueeze(1)
            for name, layer in self.quantities.items()
        ]
        start = self.start.expand(len(tokens), 1, -1)
        sequence = torch.cat([start, *numbers, self.words(tokens)], dim=1)
        absent = torch.cat([tokens.new_zeros(len(tokens), 1, dtype=torch.bool), ~known, tokens == 0], dim=1)
        kept = ~absent.all(dim=0)  # columns that no record fills
        sequence, absent = sequence[:, kept], absent[:, kept]
        middle = sequence
        for number, layer in enumerate(self.layers):
            sequence = layer(sequence, src_key_padding_mask=absent)
            if number + 1 == len(self.layers) // 2:
                middle = sequence
        empty = absent[:, 1:].all(dim=1, keepdim=True)
        whole = torch.where(empty, self.null, self.norm(sequence[:, 0]))
        return torch.where(empty, self.null, middle[:, 0]), whole

    def plain(self, tokens: torch.Tensor, quantities: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
        """Records before the transformer [n, width + WAVES]: the sum of their words, and their Fourier features."""
        parts = [self.words(tokens).sum(dim=1) / MOST_TOKENS**0.5]
        parts += [
            fourier(name, quantities[:, columns]) * known[:, number : number + 1]
            for number, (name, columns) in enumerate(QUANTITIES.items())
        ]
        return torch.cat(parts, dim=1)

    def reconstruct(self, vectors: torch.Tensor) -> torch.Tensor:
        """Vectors after all layers [n, width] -> quantities [n, 6], as `Records` has them."""
        return self.reconstruction(vectors)


def fourier(name: str, values: torch.Tensor) -> torch.Tensor:
    """Values of a quantity [n, c] -> the values, and sine and cosine of them at rising frequencies."""
    turns = math.pi * 2.0 ** torch.arange(_OCTAVES[name], device=values.device)
    angles = (values.unsqueeze(2) * turns).flatten(1)
    return torch.cat([values, angles.sin(), angles.cos()], dim=1)


def fourier_size(name: str) -> int:
    """Columns of `fourier`."""
    return _length(name) * (1 + 2 * _OCTAVES[name])


def _length(name: str) -> int:
    return QUANTITIES[name].stop - QUANTITIES[name].start


WAVES = sum(fourier_size(name) for name in QUANTITIES)
"""Fourier features of all quantities."""
