"""FPM: a memory of local prototypes, several of every class, written from training images and read without labels.

A re-implementation after the abstract of FRORS (Mao et al. 2025, doi 10.1109/JSTARS.2025.3545828), whose details are
not public: there a "local prototype storage unit" is "continuously updated through a lightweight CNN".
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

_BALANCING_ROUNDS = 3
_BALANCING_TEMPERATURE = 0.05


class PrototypeMemory(nn.Module):
    """Prototypes [classes, prototypes, width] of local features: zero until they are written, then of unit length.

    A position belongs to the prototypes in shares that sum to 1: the softmax of its cosines over `temperature`. A
    window is the mean of its positions' shares: how much of each prototype it shows.
    """

    def __init__(self, classes: int, prototypes: int, width: int, temperature: float) -> None:
        super().__init__()
        self.temperature = temperature
        self.register_buffer("memory", torch.zeros(classes, prototypes, width))
        self.register_buffer("sharpness", torch.ones(1))

    @property
    def length(self) -> int:
        """Prototypes of all classes."""
        return self.memory.shape[0] * self.memory.shape[1]

    def shares(self, local: torch.Tensor) -> torch.Tensor:
        """Local features [B, width, h, w] -> shares of the prototypes [B, length, h, w], channels last in memory."""
        logits = F.normalize(local, dim=1).movedim(1, -1) @ (self.memory.flatten(0, 1) / self.temperature).T
        return logits.softmax(dim=-1).movedim(-1, 1)

    def forward(self, means: torch.Tensor) -> torch.Tensor:
        """Mean shares [..., length] -> unit vectors [..., length]: square roots, so that an inner product is a
        Bhattacharyya coefficient."""
        return F.normalize(means.clamp(min=0).sqrt(), dim=-1)

    def class_probabilities(self, means: torch.Tensor) -> torch.Tensor:
        """Mean shares [..., length] -> probability of each class [..., classes].

        A class is as likely as the share of its prototypes to the power `sharpness`, which is fitted to images of known
        classes: alike parts occur in several classes, so that shares alone would be too timid.
        """
        evidence = means.unflatten(-1, self.memory.shape[:2]).sum(dim=-1)
        return (self.sharpness * evidence.clamp(min=1e-6).log()).softmax(dim=-1)

    def write(self, local: torch.Tensor, labels: torch.Tensor, momentum: float, generator: torch.Generator) -> None:
        """Moves the prototypes of the classes in a batch of local features [B, width, h, w], labels [B].

        The positions of a class are shared out evenly among its prototypes (Sinkhorn's balancing), so that none dies;
        a prototype keeps `momentum` of itself, from 0 (nothing) to 1 (all, so that it stays). An empty class starts
        from positions drawn at random.
        """
        with torch.no_grad():
            for label in labels.unique().tolist():
                points = F.normalize(local[labels == label].movedim(1, -1).flatten(0, 2), dim=1)
                prototypes = self.memory[label]
                if not prototypes.any():
                    drawn = torch.randperm(len(points), generator=generator)[: len(prototypes)]
                    prototypes = points[drawn.repeat(len(prototypes))[: len(prototypes)]]
                shares = (points @ prototypes.T / _BALANCING_TEMPERATURE).softmax(dim=1)
                for _ in range(_BALANCING_ROUNDS):
                    shares = shares / shares.sum(dim=0, keepdim=True)
                    shares = shares / shares.sum(dim=1, keepdim=True)
                means = F.normalize(shares.T @ points, dim=1)
                self.memory[label] = F.normalize(momentum * prototypes + (1 - momentum) * means, dim=1)
