"""What the trunk's feature maps are turned into: the part of an encoder that methods differ in."""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import nn

from frors_qgis.engine.encoders.pooling import weighted_means
from frors_qgis.engine.encoders.trunk_maps import TrunkMaps


class Head(nn.Module):
    """Two steps, with a mean over the cells of a window between them.

    Because all that a head knows of a window is a mean of per-cell values, windows of any size and overlap come from
    one pass of the trunk, and come out the same as if each were encoded alone.
    """

    dimension: int

    def describe(self, maps: TrunkMaps, unit: int = 1) -> list[torch.Tensor]:
        """Maps of a batch -> the values to average, in parts [B, units, K of the part], units by rows; K in all.

        A unit is a square of `unit` x `unit` cells, described by the means over it.
        """
        return [self.describe_late(maps.stage4, unit), *self.describe_early(maps.stage3, unit)]

    def pool(self, maps: TrunkMaps, weights: torch.Tensor, unit: int = 1) -> torch.Tensor:
        """Means over windows [B, n, K], each the mean of the units by a row of `weights` [B, n, units]."""
        return torch.cat([weighted_means(weights, part) for part in self.describe(maps, unit)], dim=2)

    @abstractmethod
    def describe_late(self, stage4: torch.Tensor, unit: int = 1) -> torch.Tensor:
        """The values that come from stage 4 [B, units, K_late]."""

    def describe_early(self, stage3: torch.Tensor, unit: int = 1) -> list[torch.Tensor]:
        """The values that come from stage 3, in parts as `describe`; none unless a head says otherwise."""
        return []

    def mean_early(self, stage3: torch.Tensor) -> torch.Tensor:
        """The means of `describe_early` over whole pictures [B, K_early]."""
        return stage3.new_zeros(len(stage3), 0, dtype=torch.float32)

    def mean(self, maps: TrunkMaps) -> torch.Tensor:
        """The means of `describe` over whole pictures [B, K]."""
        return torch.cat([self.describe_late(maps.stage4).mean(dim=1), self.mean_early(maps.stage3)], dim=1)

    @abstractmethod
    def embed(self, means: torch.Tensor) -> torch.Tensor:
        """Means over windows [..., K] -> unit embeddings [..., D]."""

    def forward(self, maps: TrunkMaps) -> torch.Tensor:
        """Maps of whole pictures -> unit embeddings [B, D]."""
        return self.embed(self.mean(maps))
