"""Searching by looks and by conditions on acquisitions together, where neither alone decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.acquisition.agreement import NEARNESS, agreement
from frors_qgis.engine.acquisition.places import MOST_KM, Place
from frors_qgis.engine.acquisition.predicate import Predicate, Within
from frors_qgis.engine.archive.acquisitions import record_acquisition
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.check import Check
from frors_qgis.engine.archive.index import Index

_QUARTERS = 4
_LARGEST_COSINE = 1.01
"""Embeddings are kept in float16, so that a chip's product with itself may be a little above 1."""


@dataclass(frozen=True)
class Part:
    """Chips whose score is `share` of their cosine, and `gain`. `mask` is bool [n] over the index."""

    mask: NDArray[np.bool_]
    share: float
    gain: float


def parts(
    words: Predicate, weight: float, place: Place | None, archive: Archive, index: Index, mask: NDArray[np.bool_] | None
) -> list[Part]:
    """The chips of a mask (None: all) by what their acquisitions say, those that could score most first.

    Of a query of c clauses each makes up `weight` / c of a score: by how far a chip agrees with it, or, where that
    cannot be told, by how the chip looks. So what is unknown speaks neither for a chip nor against it, and where
    nothing is known scores are cosines.
    """
    count = len(words.clauses)
    base = _QUARTERS * count + 1  # known clauses and quarters of agreement make one number
    of_rasters = words.of_rasters.clauses
    codes = {}
    for record in archive.rasters():
        acquisition = record_acquisition(record)
        agreed = [value for clause in of_rasters if (value := agreement(clause, acquisition)) is not None]
        codes[record.id or 0] = len(agreed) * base + round(_QUARTERS * sum(agreed))
    code = index.of_rasters(codes)
    for clause in words.of_places:
        code += base + _quarters_near(clause, place, archive, index)
    mask = np.ones(len(code), bool) if mask is None else mask
    found = []
    for value in np.unique(code[mask]).tolist():
        known, quarters = divmod(value, base)
        gain = weight * quarters / (_QUARTERS * count)
        found.append(Part(mask & (code == value), 1 - weight * known / count, gain))
    return sorted(found, key=lambda part: -(part.share + part.gain))


def search_parts(
    index: Index, vector: NDArray[np.float32], k: int, found: Sequence[Part], check: Check
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Ids and scores of the k chips that score most, best first, ties by cosine; see `Index.search`.

    Within a part the order is that of the cosines, so the best of all are among the best of each.
    """
    ids, scores, cosines = np.empty(0, np.int64), np.empty(0), np.empty(0)
    for part in found:
        if len(ids) == k and scores[-1] > part.share * _LARGEST_COSINE + part.gain:
            break
        own, cosine = index.search(vector, k, part.mask, check)
        ids, cosines = np.concatenate([ids, own]), np.concatenate([cosines, cosine.astype(np.float64)])
        scores = np.concatenate([scores, part.share * cosine.astype(np.float64) + part.gain])
        order = np.lexsort((ids, -cosines, -scores))[:k]
        ids, scores, cosines = ids[order], scores[order], cosines[order]
    return ids, scores


def _quarters_near(
    clause: Sequence[tuple[Within, bool]], place: Place | None, archive: Archive, index: Index
) -> NDArray[np.int64]:
    """Quarters of agreement of every chip [n] with distances of which one should hold."""
    quarters = index.of_rasters({})
    for within, beyond in clause:
        centre = within.place or place
        if centre is None:
            continue
        for factor, left in NEARNESS[:1] if beyond else NEARNESS:
            near = index.select(ids=archive.chips_near(centre, min(MOST_KM, factor * within.km), beyond=beyond))
            agreed = round(_QUARTERS * left) * (np.ones(len(quarters), bool) if near is None else near)
            quarters = np.maximum(quarters, agreed)
    return quarters
