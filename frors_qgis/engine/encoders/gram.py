"""GraL: what the channels of a window have in common, as the vector of their correlations.

A re-implementation after the abstract of FRORS (Mao et al. 2025, doi 10.1109/JSTARS.2025.3545828), whose details are
not public.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn


class GramVector(nn.Module):
    """Local features -> products of pairs of channels at every position -> their mean over a window -> Gram vector."""

    def __init__(self, width: int) -> None:
        super().__init__()
        rows, columns = torch.triu_indices(width, width)
        self.register_buffer("_rows", rows, persistent=False)
        self.register_buffer("_columns", columns, persistent=False)

    @property
    def length(self) -> int:
        """Values of the upper triangle, width (width + 1) / 2."""
        return len(self._rows)

    def products(self, local: torch.Tensor) -> torch.Tensor:
        """Local features [B, width, h, w] -> products of pairs of channels [B, length, h, w]."""
        return local[:, self._rows] * local[:, self._columns]

    def mean_products(self, local: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
        """Local features [B, width, h, w], what each position counts [h * w] -> mean products [B, length]."""
        features = local.flatten(2)
        return (features * positions @ features.mT)[:, self._rows, self._columns]

    def forward(self, means: torch.Tensor) -> torch.Tensor:
        """Mean products [..., length] -> unit Gram vectors [..., length]: signed square roots, then unit length."""
        return F.normalize(means.sign() * means.abs().sqrt(), dim=-1)
