"""What CCLS2T makes small: contrasts with a guard, reconstruction, log-odds of relations, and codes."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

_BLOCKED = -1e4


def guarded_contrast(vision: Tensor, text: Tensor, log_scale: Tensor, leaf: Tensor) -> Tensor:
    """Symmetrical InfoNCE of unit vectors [n, d], row by row partners; log_scale: of the inverse temperature.

    leaf: [n], a number for each leaf of the tree (quadkey, month, class), -1 for none. Two of one leaf are neither
    partners nor each other's negatives: their pair is left out.
    """
    logits = log_scale.clamp(max=4.6).exp() * vision @ text.T
    logits = logits.masked_fill(same_leaf(leaf), _BLOCKED)
    partners = torch.arange(len(vision), device=vision.device)
    return (F.cross_entropy(logits, partners) + F.cross_entropy(logits.T, partners)) / 2


def same_leaf(leaf: Tensor) -> Tensor:
    """Pairs [n, n] of different rows that lie in one leaf, and so are no negatives."""
    same = (leaf[:, None] == leaf) & (leaf >= 0)
    return same & ~torch.eye(len(leaf), dtype=torch.bool, device=leaf.device)


def reconstruction_loss(told: Tensor, quantities: Tensor, known: Tensor) -> Tensor:
    """Mean square of what is told [n, c] less the quantities [n, c], over those that are known [n, c]."""
    return (told - quantities).square()[known].mean() if known.any() else told.sum() * 0


def supervised_contrast(logits: Tensor, relevant: Tensor) -> Tensor:
    """SupCon (Khosla et al., arXiv 2004.11362) of logits of queries and chips [n, m].

    relevant: [n, m]; queries without a relevant chip do not count.
    """
    likelihood = logits - logits.logsumexp(dim=1, keepdim=True)
    counts = relevant.sum(dim=1)
    counted = counts > 0
    return -((likelihood * relevant).sum(dim=1)[counted] / counts[counted]).mean()


def supervised_infonce(logits: Tensor, relevant: Tensor) -> Tensor:
    """Each relevant chip against all others of its query, without the relevant ones beside it; logits: [n, m].

    So that many are relevant does not make any of them cost. relevant: [n, m]; queries without a relevant chip do not
    count.
    """
    others = logits.masked_fill(relevant, _BLOCKED).logsumexp(dim=1, keepdim=True)
    counts = relevant.sum(dim=1)
    counted = counts > 0
    losses = F.softplus(others - logits) * relevant
    return (losses.sum(dim=1)[counted] / counts[counted]).mean()


def pairwise_likelihood(logits: Tensor, relevant: Tensor) -> Tensor:
    """DHN's pairwise cross-entropy (Zhu et al., AAAI 2016): relevant pairs have large log-odds, others small.

    Of logits and relevance [n, m]. Either kind of pair weighs one half.
    """
    losses = F.binary_cross_entropy_with_logits(logits, relevant.float(), reduction="none")
    return (losses[relevant].mean() + losses[~relevant].mean()) / 2


def triplet_hash(asked: Tensor, told: Tensor, relevant: Tensor, margin: float) -> Tensor:
    """The mean loss of all triplets of codes in [-1, 1] that lose: a query, a relevant chip and another one.

    margin: of the distance as a share of the bits. The hardest triplets of a batch alone make all codes the same.
    """
    distances = (1 - asked @ told.T / asked.shape[1]) / 2
    query, chip = relevant.nonzero(as_tuple=True)
    losses = (distances[query, chip][:, None] - distances[query] + margin).clamp(min=0) * ~relevant[query]
    return losses.sum() / (losses > 0).sum().clamp(min=1)


def quantisation_loss(codes: Tensor) -> Tensor:
    """How far codes [n, b] are from -1 and 1."""
    return (codes.abs() - 1).square().mean()


def balance_loss(codes: Tensor) -> Tensor:
    """How far the bits of codes [n, b] are from being 1 as often as -1."""
    return codes.mean(dim=0).square().mean()


def independence_loss(codes: Tensor) -> Tensor:
    """How much the bits of codes [n, b] say the same."""
    together = codes.T @ codes / len(codes)
    return (together - torch.eye(codes.shape[1], device=codes.device)).square().mean()
