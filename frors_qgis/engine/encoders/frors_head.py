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
from frors_qgis.engine.encoders.trunk_maps import STAGE3_CHANNELS, STAGE4_CHANNELS, to_cells


class FrorsHead(Head):
    """Three views of a window, each a mean of per-position values, each projected, joined by weight.

    image: GeM of stage 4, what the trained trunk sees. Stage 3, which training leaves alone, is reduced by a 1x1
    convolution (`local`) to local features. Of these, gram (GraL) is the correlations of their channels, prototypes
    (FPM) the shares of a memory of local prototypes. All projected parts side by side, times their weights, make one
    unit vector, in which an inner product is the weighted mean of the parts' cosines; the matching (GMM) embeds it in
    fewer dimensions, so that what the parts have in common is counted once.
    """

    def __init__(
        self,
        classes: int,
        parts: dict[str, tuple[int, float]],
        dimension: int | None,
        width: int,
        prototypes: int,
        temperature: float,
    ) -> None:
        """classes, prototypes (of each class), width (local features), temperature: of the prototype memory.

        parts: dimensions and weight of "image" and any of "gram" and "prototypes", in the order of the joined vector.
        dimension: of the matched embedding; None leaves the joined vector as it is.
        """
        super().__init__()
        joined = sum(size for size, _ in parts.values())
        self.dimension = dimension or joined
        self.match = None if dimension is None else Projection(joined, dimension)
        self.weights = {name: weight for name, (_, weight) in parts.items()}
        self.local = Projection(STAGE3_CHANNELS, width)
        self.gram = GramVector(width)
        self.memory = PrototypeMemory(classes, prototypes, width, temperature)
        self._lengths = [STAGE4_CHANNELS, self.gram.length, self.memory.length]
        lengths = dict(zip(("image", "gram", "prototypes"), self._lengths, strict=True))
        self.projections = nn.ModuleDict({name: Projection(lengths[name], parts[name][0]) for name in parts})

    def describe_late(self, stage4: torch.Tensor) -> torch.Tensor:
        """Stage 4 -> x^p [B, 2048, cells]."""
        return gem_powers(stage4)

    def describe_early(self, stage3: torch.Tensor) -> torch.Tensor:
        """Stage 3 -> products and shares of the local features [B, length + length, cells]."""
        local = self.local_features(stage3)
        described = (to_cells(self.gram.products(local)), to_cells(self.memory.shares(local)))
        return torch.cat([part.flatten(2) for part in described], dim=1)

    def local_features(self, stage3: torch.Tensor) -> torch.Tensor:
        """Stage 3 [B, 1024, h, w] -> local features [B, width, h, w]."""
        return self.local(stage3.float().movedim(1, -1)).movedim(-1, 1)

    def features(self, means: torch.Tensor) -> dict[str, torch.Tensor]:
        """Means over windows [..., K] -> unit vector of every part before its projection [..., length]."""
        powers, products, shares = means.split(self._lengths, dim=-1)
        return {
            "image": gem_vector(powers),
            "gram": self.gram(products),
            "prototypes": self.memory(shares),
        }

    def parts(self, means: torch.Tensor) -> dict[str, torch.Tensor]:
        """Means over windows [..., K] -> unit embedding of every part [..., D of the part]."""
        return self.project(self.features(means))

    def project(self, features: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """Unit vectors of every part [..., length] -> unit embeddings of every part [..., D of the part]."""
        return {
            name: F.normalize(projection(features[name].float()), dim=-1)
            for name, projection in self.projections.items()
        }

    def embed(self, means: torch.Tensor) -> torch.Tensor:
        """Means over windows [..., K] -> unit embeddings [..., D]."""
        return self.fuse(self.parts(means))

    def class_probabilities(self, means: torch.Tensor) -> torch.Tensor:
        """Means over windows [..., K] -> what the prototypes say of each class [..., classes], summing to 1."""
        return self.memory.class_probabilities(means.split(self._lengths, dim=-1)[2])

    def fuse(self, parts: dict[str, torch.Tensor]) -> torch.Tensor:
        """Unit embeddings of every part [..., D of the part] -> unit embeddings [..., D]."""
        joined = self.join(parts)
        return joined if self.match is None else F.normalize(self.match(joined), dim=-1)

    def join(self, parts: dict[str, torch.Tensor]) -> torch.Tensor:
        """Unit embeddings of every part -> unit vectors of all of them [..., sum of D of the parts]."""
        return F.normalize(torch.cat([self.weights[name] * parts[name] for name in parts], dim=-1), dim=-1)
