"""Pools a feature map to embeddings: generalised mean, then a fixed projection."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn


class GemHead(nn.Module):
    """GeM pooling (Radenovic et al., arXiv 1711.02512), then a projection fitted by PCA.

    A window's pooled vector is (mean of x^p over its cells)^(1/p), scaled to unit length; the embedding is
    `projection @ (pooled - mean)`, scaled to unit length again.
    """

    def __init__(self, channels: int, dimension: int, p: float) -> None:
        super().__init__()
        self.p = p
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("projection", torch.zeros(dimension, channels))

    def pool(self, features: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """Features [C, cells], >= 0, and window weights [n, cells] -> unit vectors [n, C]."""
        powers = features.float().clamp(min=1e-6).pow(self.p)
        return F.normalize((weights @ powers.T).pow(1 / self.p), dim=1)

    def forward(self, features: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """Features [C, cells] and window weights [n, cells] -> unit embeddings [n, D]."""
        return F.normalize((self.pool(features, weights) - self.mean) @ self.projection.T, dim=1)
