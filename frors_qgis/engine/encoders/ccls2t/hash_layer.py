"""The hash layer: picture and metadata -> a short code."""

from __future__ import annotations

import torch
from torch import nn


class HashLayer(nn.Module):
    """One linear map of a picture's vector and a metadata vector; the code is its signs.

    So a code is one matrix and one bias away from vectors that are stored (`ProjectionHasher`).
    """

    def __init__(self, picture: int, metadata: int, bits: int) -> None:
        """picture, metadata: dimensions of the vectors."""
        super().__init__()
        self.bits = bits
        self.linear = nn.Linear(picture + metadata, bits)

    def forward(self, picture: torch.Tensor, metadata: torch.Tensor) -> torch.Tensor:
        """[n, picture] and [n, metadata] -> [n, bits], whose signs are the code and whose sizes how sure it is."""
        return self.linear(torch.cat([picture, metadata], dim=1))
