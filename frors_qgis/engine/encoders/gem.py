"""GeM, the generalised mean (Radenovic et al., arXiv 1711.02512), as a mean of powers over a window and its root."""

from __future__ import annotations

import torch
import torch.nn.functional as F

_P = 3.0


def gem_powers(stage4: torch.Tensor, unit: int = 1) -> torch.Tensor:
    """Stage 4 [B, 2048, r, c] -> means of x^p over squares of `unit` x `unit` cells [B, units, 2048]."""
    return F.avg_pool2d(stage4.float().clamp(min=1e-6).pow(_P), unit).flatten(2).mT


def gem_vector(means: torch.Tensor) -> torch.Tensor:
    """Means of x^p over windows [..., 2048] -> unit vectors of their p-th roots [..., 2048]."""
    return F.normalize(means.pow(1 / _P), dim=-1)
