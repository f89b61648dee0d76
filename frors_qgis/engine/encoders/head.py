"""What the trunk's feature maps are turned into: the part of an encoder that methods differ in."""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import nn

from frors_qgis.engine.encoders.trunk_maps import TrunkMaps


class Head(nn.Module):
    """Two steps, with a mean over the cells of a window between them.

    Because all that a head knows of a window is a mean of per-cell values, windows of any size and overlap come from
    one pass of the trunk, and come out the same as if each were encoded alone.
    """

    dimension: int

    def describe(self, maps: TrunkMaps) -> torch.Tensor:
        """Maps of a batch -> the values to average [B, cells, K], cells by rows."""
        return torch.cat([self.describe_late(maps.stage4), self.describe_early(maps.stage3)], dim=2)

    @abstractmethod
    def describe_late(self, stage4: torch.Tensor) -> torch.Tensor:
        """The values that come from stage 4 [B, cells, K_late]."""

    def describe_early(self, stage3: torch.Tensor) -> torch.Tensor:
        """The values that come from stage 3 [B, cells, K_early]; none unless a head says otherwise."""
        batch, _, height, width = stage3.shape
        return stage3.new_zeros(batch, (height // 2) * (width // 2), 0, dtype=torch.float32)

    def mean_early(self, stage3: torch.Tensor) -> torch.Tensor:
        """The means of `describe_early` over whole pictures [B, K_early]."""
        return self.describe_early(stage3).mean(dim=1)

    def mean(self, maps: TrunkMaps) -> torch.Tensor:
        """The means of `describe` over whole pictures [B, K]."""
        return torch.cat([self.describe_late(maps.stage4).mean(dim=1), self.mean_early(maps.stage3)], dim=1)

    @abstractmethod
    def embed(self, means: torch.Tensor) -> torch.Tensor:
        """Means over windows [..., K] -> unit embeddings [..., D]."""

    def forward(self, maps: TrunkMaps) -> torch.Tensor:
        """Maps of whole pictures -> unit embeddings [B, D]."""
        return self.embed(self.mean(maps))
