"""Searching by looks and by conditions on acquisitions together, where neither alone decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.acquisition.agreement import NEARNESS, agreement
from frors_qgis.engine.acquisition.places import MOST_KM, Place
from frors_qgis.engine.acquisition.predicate import Predicate, Within
from frors_qgis.engine.archive.acquisitions import record_acquisition
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.check import Check, go_on
from frors_qgis.engine.archive.chip_filter import ChipFilter, Near
from frors_qgis.engine.archive.chip_index import ChipIndex

_QUARTERS = 4
_LARGEST_COSINE = 1.01
"""Embeddings are kept in float16, so that a chip's product with itself may be a little above 1."""


@dataclass(frozen=True)
class Part:
    """The chips of a filter, whose score is `share` of their cosine, and `gain`."""

    chosen: ChipFilter
    share: float
    gain: float


def parts(
    words: Predicate,
    weight: float,
    place: Place | None,
    archive: Archive,
    index: ChipIndex,
    chosen: ChipFilter,
    check: Check = go_on,
) -> list[Part]:
    """The chips of a filter by what their acquisitions say, each in one part, those that could score most first.

    Of a query of c clauses each makes up `weight` / c of a score: by how far a chip agrees with it, or, where that
    cannot be told, by how the chip looks. So what is unknown speaks neither for a chip nor against it, and where
    nothing is known scores are cosines.
    """
    count = len(words.clauses)
    rings = [_rings(clause, place) for clause in words.of_places]
    found = []
    for (known, agreed), rasters in _groups(words.of_rasters, archive, chosen.rasters).items():
        share = 1 - weight * (known + len(rings)) / count
        regions = [(agreed, replace(chosen, rasters=rasters))]
        for clause in rings:  # what is empty is left out at once: with each clause there would be four times as many
            divided = []
            for (quarters, region), ring in product(regions, clause):
                check()
                part = replace(region, near=region.near + ring.near)
                if index.has_any(part):
                    divided.append((quarters + ring.quarters, part))
            regions = divided
        found += [Part(part, share, weight * quarters / (_QUARTERS * count)) for quarters, part in regions]
    return sorted(found, key=lambda part: -(part.share + part.gain))


def search_parts(
    index: ChipIndex, vector: NDArray[np.float32], k: int, found: Sequence[Part], check: Check
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Ids and scores of the k chips that score most, best first, ties by cosine; see `ChipIndex.search`.

    Within a part the order is that of the cosines, so the best of all are among the best of each.
    """
    ids, scores, cosines = np.empty(0, np.int64), np.empty(0), np.empty(0)
    for part in found:
        if len(ids) == k and scores[-1] > part.share * _LARGEST_COSINE + part.gain:
            break
        own, cosine = index.search(vector, k, part.chosen, check)
        ids, cosines = np.concatenate([ids, own]), np.concatenate([cosines, cosine.astype(np.float64)])
        scores = np.concatenate([scores, part.share * cosine.astype(np.float64) + part.gain])
        order = np.lexsort((ids, -cosines, -scores))[:k]
        ids, scores, cosines = ids[order], scores[order], cosines[order]
    return ids, scores


class _Ring(NamedTuple):
    """The places that fulfil clauses as in `ChipFilter.near`, and how many quarters they agree by."""

    quarters: int
    near: tuple[tuple[Near, ...], ...]


def _groups(
    words: Predicate, archive: Archive, chosen: frozenset[int] | None
) -> dict[tuple[int, int], frozenset[int] | None]:
    """The ids of rasters by how many clauses they are known to agree with or not, and by how many quarters in all.

    chosen: the rasters in question; None: all, which is also what a group is that holds all.
    """
    groups: dict[tuple[int, int], set[int]] = {}
    for record in archive.rasters():
        if record.id is not None and (chosen is None or record.id in chosen):
            acquisition = record_acquisition(record)
            agreed = [value for clause in words.clauses if (value := agreement(clause, acquisition)) is not None]
            groups.setdefault((len(agreed), round(_QUARTERS * sum(agreed))), set()).add(record.id)
    if len(groups) == 1:
        return dict.fromkeys(groups, chosen)
    return {agreed: frozenset(ids) for agreed, ids in groups.items()}


def _rings(clause: Sequence[tuple[Within, bool]], place: Place | None) -> list[_Ring]:
    """All places by how far they agree with distances of which one should hold, the nearest first."""
    centres = [(within.place or place, within.km, beyond) for within, beyond in clause]
    rings: list[_Ring] = []
    outside: tuple[tuple[Near, ...], ...] = ()
    for factor, left in NEARNESS:
        inside = tuple(
            Near(centre, min(MOST_KM, factor * km), beyond)
            for centre, km, beyond in centres
            if centre is not None and (factor == 1 or not beyond)
        )
        if inside:
            rings.append(_Ring(round(_QUARTERS * left), (inside, *outside)))
            outside += tuple((near._replace(beyond=not near.beyond),) for near in inside)
    return [*rings, _Ring(0, outside)]
