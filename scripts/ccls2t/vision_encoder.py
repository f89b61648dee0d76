"""The vision encoder of CCLS2T: the same place at three context scales -> a vector."""

from __future__ import annotations

import torch
from torch import nn

SCALES = 3


class VisionEncoder(nn.Module):
    """One attention layer over the embeddings of a window at three scales, on top of an encoder that stays as it is.

    The scales are windows about one centre that are pooled from the trunk's feature map: the image itself, then
    narrower ones, for it has no context.
    """

    def __init__(self, dimension: int, width: int) -> None:
        """dimension: of the embeddings."""
        super().__init__()
        self.enter = nn.Linear(dimension, width)
        self.scales = nn.Parameter(torch.zeros(SCALES, width))
        self.layer = nn.TransformerEncoderLayer(width, 4, 2 * width, dropout=0.0, batch_first=True, norm_first=True)
        self.norm = nn.LayerNorm(width)

    def forward(self, embeddings: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Unit embeddings [n, 3, D] -> vectors [n, width] before and after the attention layer."""
        sequence = self.enter(embeddings * embeddings.shape[2] ** 0.5) + self.scales
        return sequence.mean(dim=1), self.norm(self.layer(sequence).mean(dim=1))
