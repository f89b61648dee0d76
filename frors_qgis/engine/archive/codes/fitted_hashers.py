"""Hashers from the embeddings of some chips, without labels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.codes.hasher import ProjectionHasher

ITQ_ITERATIONS = 50
"""As in the paper, which found no gain in more."""


def fit_lsh(vectors: npt.NDArray[np.float32], bits: int, seed: int = 0) -> ProjectionHasher:
    """Random hyperplanes through the mean of the embeddings [n, d]; any number of bits (Charikar 2002)."""
    mean = _mean(vectors)
    return _about(mean, np.random.default_rng(seed).standard_normal((bits, len(mean))))


def fit_itq(vectors: npt.NDArray[np.float32], bits: int, seed: int = 0) -> ProjectionHasher:
    """The embeddings' principal axes, rotated so that their signs lose least (ITQ; Gong and Lazebnik 2011).

    From a random rotation on, signs and the best rotation for them (Procrustes) are found in turn. Raises ValueError
    for fewer embeddings [n, d] than bits, or more bits than dimensions.
    """
    mean = _mean(vectors)
    if not 0 < bits <= min(vectors.shape):
        raise ValueError(f"ITQ makes at most {min(vectors.shape)} bits of embeddings {vectors.shape}, not {bits}")
    centred = vectors - mean
    axes = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :bits]
    reduced = centred @ axes
    rotation = np.linalg.qr(np.random.default_rng(seed).standard_normal((bits, bits)))[0]
    for _ in range(ITQ_ITERATIONS):
        signs = np.where(reduced @ rotation > 0, 1.0, -1.0)
        left, _, right = np.linalg.svd(reduced.T @ signs)
        rotation = left @ right
    return _about(mean, (axes @ rotation).T)


def fit_signs(vectors: npt.NDArray[np.float32]) -> ProjectionHasher:
    """The signs of the embeddings' own numbers, about their means: as many bits as dimensions, a multiple of 8."""
    mean = _mean(vectors)
    return _about(mean, np.eye(len(mean)))


def _mean(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    if vectors.ndim != 2 or not len(vectors) or not np.isfinite(vectors).all():
        raise ValueError("a hasher is fitted to some embeddings of finite numbers")
    return vectors.mean(axis=0, dtype=np.float64)


def _about(mean: npt.NDArray[np.float64], matrix: npt.NDArray[np.float64]) -> ProjectionHasher:
    """The hasher whose hyperplanes go through the mean."""
    return ProjectionHasher(matrix.astype(np.float32), (-matrix @ mean).astype(np.float32))
