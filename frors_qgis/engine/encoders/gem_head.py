"""Pools the last feature map to embeddings: generalised mean, then a projection."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from frors_qgis.engine.encoders.gem import gem_powers, gem_vector
from frors_qgis.engine.encoders.head import Head
from frors_qgis.engine.encoders.projection import Projection
from frors_qgis.engine.encoders.trunk_maps import STAGE4_CHANNELS


class GemHead(Head):
    """GeM pooling, then a projection.

    A window's pooled vector is (mean of x^p over its cells)^(1/p), scaled to unit length; the embedding is its
    projection, scaled to unit length again. With a projection fitted by PCA this is the frozen baseline; trained with a
    triplet objective it is the network of Cao et al. (arXiv 1902.05818): PCA is their unsupervised, training the
    projection their supervised reduction of dimensions.
    """

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.dimension = dimension
        self.projection = Projection(STAGE4_CHANNELS, dimension)

    def describe_late(self, stage4: torch.Tensor, unit: int = 1) -> torch.Tensor:
        """Stage 4 -> x^p [B, units, 2048]."""
        return gem_powers(stage4, unit)

    def features(self, means: torch.Tensor) -> dict[str, torch.Tensor]:
        """Means of x^p [..., 2048] -> the unit vector before the projection [..., 2048], by the name "image"."""
        return {"image": gem_vector(means)}

    def embed(self, means: torch.Tensor) -> torch.Tensor:
        """Means of x^p [..., 2048] -> unit embeddings [..., D]."""
        return F.normalize(self.projection(self.features(means)["image"]), dim=-1)
