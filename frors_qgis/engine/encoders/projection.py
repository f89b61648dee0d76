"""An affine map to fewer dimensions that starts as a principal component analysis."""

from __future__ import annotations

import torch
from torch import nn

WHITENING = 0.25


class Projection(nn.Module):
    """`weight @ (x - mean) + bias`: [..., channels] -> [..., dimension].

    `mean` is fixed once fitted; `weight` and `bias` may be trained on.
    """

    def __init__(self, channels: int, dimension: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels))
        self.weight = nn.Parameter(torch.zeros(dimension, channels))
        self.bias = nn.Parameter(torch.zeros(dimension))

    @property
    def dimension(self) -> int:
        """Dimensions after it."""
        return len(self.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return (x - self.mean) @ self.weight.T + self.bias

    def fit(self, vectors: torch.Tensor, whitening: float = WHITENING) -> float:
        """Makes it the PCA of vectors [n, channels], without labels; returns the share of the variance it keeps.

        Axes are scaled by the eigenvalue to the power -`whitening` (0: plain PCA, 0.5: full whitening), and all
        together so that a projected vector has a length of 1 on average. Raises ValueError for fewer vectors than
        dimensions.
        """
        if len(vectors) <= self.dimension:
            raise ValueError(f"{len(vectors)} vectors cannot fit {self.dimension} dimensions")
        mean = vectors.mean(dim=0)
        centred = (vectors - mean).double()
        if len(vectors) < vectors.shape[1]:  # all variance lies in the few directions that the vectors span
            basis, spanned = torch.linalg.qr(centred.T)
            eigenvalues, mixtures = torch.linalg.eigh(spanned @ spanned.T / len(vectors))
            axes = basis @ mixtures
        else:
            eigenvalues, axes = torch.linalg.eigh(centred.T @ centred / len(vectors))
        largest = eigenvalues.flip(0)[: self.dimension].clamp(min=1e-12)
        weight = (axes.flip(1)[:, : self.dimension] * largest**-whitening).T
        weight /= (centred @ weight.T).norm(dim=1).mean()
        with torch.no_grad():
            self.mean.copy_(mean)
            self.weight.copy_(weight)
            self.bias.zero_()
        return float(largest.sum() / eigenvalues.sum())
