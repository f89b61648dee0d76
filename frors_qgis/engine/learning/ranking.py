"""Ranks a gallery for every query and keeps where the images of the query's class stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frors_qgis.protocol import EngineError, ErrorCode

_SCORES_AT_ONCE = 1 << 22
"""Pairs of query and gallery image that are scored and sorted in one pass: about 100 MB."""

_LAST = np.iinfo(np.int64).max - 1
"""The sort key of the query itself: behind all others, and no hit."""


@dataclass(frozen=True)
class Rankings:
    """The rankings of queries `start` to `start + len(relevant)`, reduced to their relevant images (the hits).

    query [h]: the query of each hit, counted from `start`, ascending; rank [h]: its rank, from 1, ascending within a
    query; relevant [m]: images of the query's class in its gallery; best [m]: position in the gallery of the best
    match, -1 where the gallery is empty.
    """

    start: int
    query: NDArray[np.int64]
    rank: NDArray[np.int64]
    relevant: NDArray[np.int64]
    best: NDArray[np.int64]


def rankings(
    queries: NDArray[np.float32],
    query_labels: NDArray[np.integer[Any]],
    gallery: NDArray[np.float32],
    gallery_labels: NDArray[np.integer[Any]],
    query_files: NDArray[np.integer[Any]],
    gallery_files: NDArray[np.integer[Any]],
) -> Iterator[Rankings]:
    """The rankings of the gallery by inner product (cosine, for embeddings of unit length), some queries at a time.

    queries: [n, D]; gallery: [g, D]; labels: [n] and [g]; files: [n] and [g], numbers, those of the gallery that equal
    the query's being the query itself, which is not in its ranking. Equal scores are ranked in order of their positions
    in the gallery.
    Raises EngineError(ENCODER_DAMAGED) for embeddings that are not finite.
    """
    if not (np.isfinite(queries).all() and np.isfinite(gallery).all()):
        raise EngineError(
            ErrorCode.ENCODER_DAMAGED,
            "Some embeddings are not finite; the encoder's checkpoint is damaged or its training diverged.",
        )
    step = max(1, _SCORES_AT_ONCE // max(1, len(gallery)))
    for start in range(0, len(queries), step):
        part = slice(start, start + step)
        own = query_files[part, None] == gallery_files
        relevant = (query_labels[part, None] == gallery_labels) & ~own
        keys = _sort_keys(queries[part] @ gallery.T, relevant)
        keys[own] = _LAST
        keys.sort(axis=1)
        query, rank = np.nonzero(keys & 1)
        best = np.full(len(keys), -1)
        if keys.shape[1]:
            best = np.where(keys[:, 0] == _LAST, -1, (keys[:, 0] & 0xFFFFFFFF) >> 1)
        yield Rankings(start, query, rank + 1, relevant.sum(axis=1), best)


def _sort_keys(scores: NDArray[np.float32], relevant: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Keys [m, g] whose ascending order is that of the ranking.

    The bits of the negated score (0 - score: so 0 and -0 tie), made to sort as a whole number, then 31 bits of the
    position, then whether the image is relevant: sorting plain numbers is several times faster than a stable argsort.
    """
    bits = (np.float32(0) - scores.astype(np.float32, copy=False)).view(np.int32)
    bits ^= (bits >> 31) & 0x7FFFFFFF
    keys = bits.astype(np.int64)
    keys <<= 32
    keys |= np.arange(scores.shape[1], dtype=np.int64) << 1
    keys |= relevant
    return keys
