"""What a server engine with vectors and a metadata filter returns: an exact scan in NumPy, with the same semantics.

    SELECT id FROM chips WHERE <filter> ORDER BY <score> DESC, id

A filter on a field that is NULL is neither true nor false, so the row is not returned; "or null" adds
`OR field IS NULL`. The score is the cosine, 1 - (embedding <=> :query), or one of the others of `EngineRow`.
A server can be measured in its place: it is whatever has `Engine`'s two methods.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from ccls2t.relations import Facts, Relation
from ccls2t_rows import EngineRow
from numpy.typing import NDArray

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.platforms import platform_family

LEAST_RATE = 1e-3
"""What a share of the rows counts as at least where its logarithm is taken."""


class Engine(Protocol):
    """Holds chips and answers queries."""

    def load(self, embeddings: NDArray[np.float32], acquisitions: Sequence[Acquisition]) -> None:
        """Takes the chips [g, D]; unknown fields of their acquisitions are NULL."""

    def search(
        self, embeddings: NDArray[np.float32], asked: Sequence[Acquisition], relation: Relation, row: EngineRow
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Scores [q, g] of queries [q, D], and which chips are returned to each."""


class FilterEngine:
    """The exact scan."""

    def __init__(self, families: Sequence[str]) -> None:
        self._families = families
        self._embeddings = np.zeros((0, 0), np.float32)
        self._acquisitions: Sequence[Acquisition] = ()

    def load(self, embeddings: NDArray[np.float32], acquisitions: Sequence[Acquisition]) -> None:
        """See `Engine`."""
        self._embeddings, self._acquisitions = embeddings, acquisitions

    def search(
        self, embeddings: NDArray[np.float32], asked: Sequence[Acquisition], relation: Relation, row: EngineRow
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """See `Engine`."""
        chips = with_families_of_sensors(self._acquisitions) if row.family_of_sensor else self._acquisitions
        queries, facts = Facts.of(asked, self._families), Facts.of(chips, self._families)
        cosines = (embeddings @ self._embeddings.T).astype(np.float64)
        scores = log_sigmoid(row.slope * (cosines - row.middle)) if row.base_rates else cosines
        scores = scores - row.null_cost * ~relation.holds(queries, facts)
        for condition in relation.conditions:
            holds, known = condition(queries, facts)
            scores -= row.each_null_cost * ~known
            if row.base_rates:
                rates = base_rates(
                    holds & known, known, [[getattr(one, name) for one in chips] for name in row.rates_by]
                )
                scores += np.where(known, 0, np.log(np.maximum(rates, LEAST_RATE)))
        return scores, (relation.possible if row.or_null else relation.holds)(queries, facts)


def base_rates(
    holds: NDArray[np.bool_], known: NDArray[np.bool_], groupings: Sequence[Sequence[str | None]]
) -> NDArray[np.float64]:
    """How often a condition holds where it is known [q, g]: among all chips, or among those that are grouped with one.

    groupings: a name for each chip [g] or None; the last one that names a chip counts, if the condition is known of any
    that it groups with it.
    """

    def share(chips: NDArray[np.bool_]) -> NDArray[np.float64]:
        return holds[:, chips].sum(axis=1, keepdims=True) / np.maximum(known[:, chips].sum(axis=1, keepdims=True), 1)

    rates = np.repeat(share(np.ones(holds.shape[1], bool)), holds.shape[1], axis=1)
    for names in groupings:
        for name in {name for name in names if name is not None}:
            chips = np.array([other == name for other in names])
            if known[:, chips].any():
                rates[:, chips] = share(chips)
    return rates


def with_families_of_sensors(acquisitions: Sequence[Acquisition]) -> list[Acquisition]:
    """Where the platform is unknown: one of the family that is most frequent with its sensor, where both are known."""
    seen: dict[str, Counter[str]] = {}
    for one in acquisitions:
        if one.platform is not None and one.sensor is not None:
            seen.setdefault(one.sensor, Counter())[platform_family(one.platform)] += 1
    families = {sensor: max(sorted(counts), key=counts.__getitem__) for sensor, counts in seen.items()}
    return [
        replace(one, platform=families.get(one.sensor)) if one.platform is None and one.sensor is not None else one
        for one in acquisitions
    ]


def log_sigmoid(logits: NDArray[Any]) -> NDArray[np.float64]:
    """The logarithm of the probability that log-odds stand for."""
    return -np.logaddexp(0.0, -logits.astype(np.float64))
