"""Retrieval metrics of ranked lists with one label per image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CUTOFFS = (1, 5, 10, 20, 50)


def average_precision(relevant: NDArray[np.bool_], total: int, cutoff: int | None = None) -> float:
    """AP of one ranking.

    relevant: [n], best first; total: relevant images in the gallery, at least 1; cutoff: ranks that count (None: all).
    AP@k = (sum over ranks i <= k that are relevant of precision at i) / min(k, total).
    """
    counted = relevant[:cutoff]
    precision = np.cumsum(counted) / np.arange(1, len(counted) + 1)
    return float((precision * counted).sum() / (total if cutoff is None else min(cutoff, total)))


def retrieval_metrics(rankings: list[tuple[NDArray[np.bool_], int]]) -> dict[str, float]:
    """Means over queries of (relevance by rank of the whole gallery, number of relevant images >= 1)."""
    metrics = {
        f"mAP@{k}": float(np.mean([average_precision(relevant, total, k) for relevant, total in rankings]))
        for k in CUTOFFS
    }
    metrics["mAP"] = float(np.mean([average_precision(relevant, total) for relevant, total in rankings]))
    metrics["P@10"] = float(np.mean([relevant[:10].sum() / 10 for relevant, _ in rankings]))
    return metrics
