"""FRORS: image, prototype and Gram features matched in one index vector.

A re-implementation after the abstract of Mao et al. (IEEE JSTARS 18, 7406-7419, 2025, doi
10.1109/JSTARS.2025.3545828), whose details are not public: which features, which sizes and how they are fused is ours.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from frors_qgis.engine.encoders.gem import gem_powers, gem_vector
from frors_qgis.engine.encoders.gram import GramVector
from frors_qgis.engine.encoders.head import Head
from frors_qgis.engine.encoders.projection import Projection
from frors_qgis.engine.encoders.prototypes import PrototypeMemory
from frors_qgis.engine.encoders.trunk_maps import STAGE3_CHANNELS, STAGE4_CHANNELS, position_shares, to_cells


class FrorsHead(Head):
    """Three views of a window, each a mean of per-position values, compared in one inner product.

    image: GeM of stage 4, what the trained trunk sees. Stage 3, which training leaves alone, is reduced by a 1x1
    convolution (`local`) to local features. Of these, gram (GraL) is the correlations of their channels, prototypes
    (FPM) the shares of a memory of local prototypes. Matched (GMM), every part has a projection of its own, and all of
    them side by side, times their weights, make the embedding: the inner product of two is the weighted mean of the
    parts' cosines. Not matched, one projection takes the features of all parts at once.
    """

    def __init__(
        self,
        classes: int,
        parts: dict[str, tuple[int, float]],
        match: bool,
        width: int,
        prototypes: int,
        temperature: float,
    ) -> None:
        """classes, prototypes (of each class), width (local features), temperature: of the prototype memory.

        parts: dimensions and weight of "image" and any of "gram" and "prototypes". Checkpoints hold them sorted by
        name, so that is their order in the embedding and before a projection that takes all, however they are given.
        """
        super().__init__()
        parts = dict(sorted(parts.items()))
        self.dimension = sum(size for size, _ in parts.values())
        self.match = match
        self.weights = {name: weight for name, (_, weight) in parts.items()}
        self.local = Projection(STAGE3_CHANNELS, width)
        self.gram = GramVector(width)
        self.memory = PrototypeMemory(classes, prototypes, width, temperature)
        self._lengths = [STAGE4_CHANNELS, self.gram.length, self.memory.length]
        lengths = dict(zip(("image", "gram", "prototypes"), self._lengths, strict=True))
        if match:
            projections = {name: Projection(lengths[name], parts[name][0]) for name in parts}
        else:
            projections = {"all": Projection(sum(lengths[name] for name in parts), self.dimension)}
        self.projections = nn.ModuleDict(projections)

    def describe_late(self, stage4: torch.Tensor, unit: int = 1) -> torch.Tensor:
        """Stage 4 -> x^p [B, units, 2048]."""
        return gem_powers(stage4, unit)

    def describe_early(self, stage3: torch.Tensor, unit: int = 1) -> list[torch.Tensor]:
        """Stage 3 -> products and shares of the local features, each [B, units, length]."""
        local = self.local_features(stage3)
        return [self.gram.cell_products(local, unit), to_cells(self.memory.shares(local), unit)]

    def mean_early(self, stage3: torch.Tensor) -> torch.Tensor:
        """The means of `describe_early` over whole pictures [B, length + length], without the products in between."""
        local = self.local_features(stage3)
        positions = position_shares(*local.shape[2:]).to(local.device)
        shares = self.memory.shares(local).flatten(2) @ positions
        return torch.cat([self.gram.mean_products(local, positions), shares], dim=1)

    def local_features(self, stage3: torch.Tensor) -> torch.Tensor:
        """Stage 3 [B, 1024, h, w] -> local features [B, width, h, w]."""
        return self.local(stage3.float().movedim(1, -1)).movedim(-1, 1)

    def features(self, means: torch.Tensor) -> dict[str, torch.Tensor]:
        """Means over windows [..., K] -> what every projection takes [..., length], by its name."""
        powers, products, shares = means.split(self._lengths, dim=-1)
        features = {
            "image": gem_vector(powers),
            "gram": self.gram(products),
            "prototypes": self.memory(shares),
        }
        if self.match:
            return {name: features[name] for name in self.weights}
        return {"all": torch.cat([features[name] for name in self.weights], dim=-1)}

    def parts(self, means: torch.Tensor) -> dict[str, torch.Tensor]:
        """Means over windows [..., K] -> unit embedding of every projection [..., D of it], by its name."""
        return {
            name: F.normalize(self.projections[name](features.float()), dim=-1)
            for name, features in self.features(means).items()
        }

    def join(self, parts: dict[str, torch.Tensor]) -> torch.Tensor:
        """Unit embedding of every projection -> unit embeddings [..., D]."""
        weighted = [self.weights.get(name, 1.0) * part for name, part in parts.items()]
        return F.normalize(torch.cat(weighted, dim=-1), dim=-1)

    def embed(self, means: torch.Tensor) -> torch.Tensor:
        """Means over windows [..., K] -> unit embeddings [..., D]."""
        return self.join(self.parts(means))

    def class_probabilities(self, means: torch.Tensor) -> torch.Tensor:
        """Means over windows [..., K] -> what the prototypes say of each class [..., classes], summing to 1."""
        return self.memory.class_probabilities(means.split(self._lengths, dim=-1)[2])
