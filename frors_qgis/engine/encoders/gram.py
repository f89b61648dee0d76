"""GraL: what the channels of a window have in common, as the vector of their correlations.

A re-implementation after the abstract of FRORS (Mao et al. 2025, doi 10.1109/JSTARS.2025.3545828), whose details are
not public.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from frors_qgis.engine.encoders.trunk_maps import positions_of_cells


class GramVector(nn.Module):
    """Local features -> mean products of pairs of channels, over cells, then over a window -> Gram vector."""

    def __init__(self, width: int) -> None:
        super().__init__()
        rows, columns = torch.triu_indices(width, width)
        self.register_buffer("_places", rows * width + columns, persistent=False)

    @property
    def length(self) -> int:
        """Values of the upper triangle, width (width + 1) / 2."""
        return len(self._places)

    def cell_products(self, local: torch.Tensor, unit: int = 1) -> torch.Tensor:
        """Local features [B, width, 2r or 2r + 1, 2c or 2c + 1] -> their mean products over units [B, units, length].

        A unit is a square of `unit` x `unit` cells. One matrix product for each of them takes a tenth of the time of
        the products at every position.
        """
        positions, shares = positions_of_cells(local, unit)
        products = (positions * shares @ positions.mT).flatten(2)
        return products.gather(2, self._places.expand(*products.shape[:2], -1))

    def mean_products(self, local: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
        """Local features [B, width, h, w], what each position counts [h * w] -> mean products [B, length]."""
        features = local.flatten(2)
        return (features * positions @ features.mT).flatten(1).index_select(1, self._places)

    def forward(self, means: torch.Tensor) -> torch.Tensor:
        """Mean products [..., length] -> unit Gram vectors [..., length]: signed square roots, then unit length."""
        return F.normalize(means.sign() * means.abs().sqrt(), dim=-1)
