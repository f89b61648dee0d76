"""What a server engine with vectors and a metadata filter returns: an exact scan in NumPy, with the same semantics.

    SELECT id FROM chips WHERE <filter> ORDER BY embedding <=> :query, id

A filter on a field that is NULL is neither true nor false, so the row is not returned; "or null" adds
`OR field IS NULL`. A server can be measured in its place: it is whatever has `Engine`'s two methods.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from ccls2t.relations import Facts, Relation
from numpy.typing import NDArray

from frors_qgis.engine.acquisition.acquisition import Acquisition


class Engine(Protocol):
    """Holds chips and answers queries."""

    def load(self, embeddings: NDArray[np.float32], acquisitions: Sequence[Acquisition]) -> None:
        """Takes the chips [g, D]; unknown fields of their acquisitions are NULL."""

    def search(
        self, embeddings: NDArray[np.float32], asked: Sequence[Acquisition], relation: Relation, or_null: bool
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Similarities [q, g] of queries [q, D], and which chips are returned to each."""


class FilterEngine:
    """The exact scan."""

    def __init__(self, families: Sequence[str]) -> None:
        self._families = families
        self._embeddings = np.zeros((0, 0), np.float32)
        self._facts: Facts | None = None

    def load(self, embeddings: NDArray[np.float32], acquisitions: Sequence[Acquisition]) -> None:
        """See `Engine`."""
        self._embeddings = embeddings
        self._facts = Facts.of(acquisitions, self._families)

    def search(
        self, embeddings: NDArray[np.float32], asked: Sequence[Acquisition], relation: Relation, or_null: bool
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """See `Engine`."""
        if self._facts is None:
            raise ValueError("chips must be loaded before they are searched")
        queries = Facts.of(asked, self._families)
        allowed = relation.possible(queries, self._facts) if or_null else relation.holds(queries, self._facts)
        return embeddings @ self._embeddings.T, allowed
