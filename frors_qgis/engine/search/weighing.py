"""Searching by looks and by conditions on acquisitions together, where neither alone decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
from frors_qgis.engine.search.odds import Odds

_QUARTERS = 4
_WHOLE = 16
"""Of 16ths: by how many a clause is fulfilled, or left to the looks. Odds in quarters give whole numbers of them."""
_LARGEST_COSINE = 1.01
"""Embeddings are kept in float16, so that a chip's product with itself may be a little above 1."""


@dataclass(frozen=True)
class Part:
    """The chips of a filter, whose score is `share` of their cosine, and `gain`."""

    chosen: ChipFilter
    share: float
    gain: float


class Judgement(NamedTuple):
    """How far a raster agrees with a clause, 0 to 1; where that is not known, how likely it is to fulfil it."""

    value: float
    is_known: bool


Judgements = Mapping[int, Sequence[Judgement]]
"""By the ids of rasters, of each clause about rasters as a whole."""


def judge(words: Predicate, archive: Archive, chosen: frozenset[int] | None) -> dict[int, list[Judgement]]:
    """What the acquisitions of rasters say of the clauses; chosen: the rasters in question, None: all."""
    acquisitions = {record.id: record_acquisition(record) for record in archive.rasters() if record.id is not None}
    odds = Odds(acquisitions.values())
    found: dict[int, list[Judgement]] = {}
    for id_, one in acquisitions.items():
        if chosen is None or id_ in chosen:
            agreed = [(clause, agreement(clause, one)) for clause in words.of_rasters.clauses]
            found[id_] = [
                Judgement(odds.of(clause, one), False) if value is None else Judgement(value, True)
                for clause, value in agreed
            ]
    return found


def parts(
    words: Predicate,
    weight: float,
    place: Place | None,
    judged: Judgements,
    index: ChipIndex,
    chosen: ChipFilter,
    check: Check = go_on,
) -> list[Part]:
    """The chips of a filter by what is judged of their rasters, each in one part, those that could score most first.

    Of a query of c clauses each makes up `weight` / c of a score: by how far a chip agrees with it. Where that is not
    known, but likely by p, 4 p (1 - p) of it is left to how the chip looks, all where the odds are even and nothing
    where they are sure, and the rest counts p; p is rounded to quarters.
    """
    count = len(words.clauses)
    rings = [_rings(clause, place) for clause in words.of_places]
    found = []
    for (left, fulfilled), rasters in _groups(judged, chosen.rasters).items():
        share = 1 - weight * (count - left / _WHOLE) / count
        regions = [(fulfilled, replace(chosen, rasters=rasters))]
        for clause in rings:  # what is empty is left out between: with each clause there would be four times as many
            divided = []
            for sum_, region in regions:
                check()
                if not region.near or index.has_any(region):
                    divided += [
                        (sum_ + ring.fulfilled, replace(region, near=region.near + ring.near)) for ring in clause
                    ]
            regions = divided
        found += [Part(part, share, weight * sum_ / (_WHOLE * count)) for sum_, part in regions]
    return sorted(found, key=lambda part: -(part.share + part.gain))


def search_parts(
    index: ChipIndex, vector: NDArray[np.float32], k: int, found: Sequence[Part], check: Check
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Ids and scores of the k chips that score most, best first, ties by cosine; see `ChipIndex.search`.

    Within a part the order is that of the cosines, so the best of all are among the best of each.
    """
    ids, scores, cosines = np.empty(0, np.int64), np.empty(0), np.empty(0)
    for part in found:
        check()
        if len(ids) == k and scores[-1] > part.share * _LARGEST_COSINE + part.gain:
            break
        own, cosine = index.search(vector, k, part.chosen, check)
        ids, cosines = np.concatenate([ids, own]), np.concatenate([cosines, cosine.astype(np.float64)])
        scores = np.concatenate([scores, part.share * cosine.astype(np.float64) + part.gain])
        order = np.lexsort((ids, -cosines, -scores))[:k]
        ids, scores, cosines = ids[order], scores[order], cosines[order]
    return ids, scores


class _Ring(NamedTuple):
    """The places that fulfil clauses as in `ChipFilter.near`, and by how many 16ths they agree."""

    fulfilled: int
    near: tuple[tuple[Near, ...], ...]


def _groups(judged: Judgements, chosen: frozenset[int] | None) -> dict[tuple[int, int], frozenset[int] | None]:
    """The ids of rasters by how many 16ths of all clauses are left to the looks, and how many are fulfilled.

    chosen: the rasters that are judged; None: all, which is also what a group is that holds all.
    """
    groups: dict[tuple[int, int], set[int]] = {}
    for id_, judgements in judged.items():
        left, fulfilled = (sum(numbers) for numbers in zip((0, 0), *map(_counted, judgements), strict=True))
        groups.setdefault((left, fulfilled), set()).add(id_)
    if len(groups) == 1:
        return dict.fromkeys(groups, chosen)
    return {agreed: frozenset(ids) for agreed, ids in groups.items()}


def _counted(judgement: Judgement) -> tuple[int, int]:
    """How many 16ths of a clause are left to the looks, and how many of it are fulfilled."""
    if judgement.is_known:
        return 0, round(_WHOLE * judgement.value)
    odds = round(_QUARTERS * judgement.value)
    left = 4 * odds * (_QUARTERS - odds) * _WHOLE // _QUARTERS**2
    return left, (_WHOLE - left) * odds // _QUARTERS


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
            rings.append(_Ring(round(_WHOLE * left), (inside, *outside)))
            outside += tuple((near._replace(beyond=not near.beyond),) for near in inside)
    return [*rings, _Ring(0, outside)]
