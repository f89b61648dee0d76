"""Pairs of a query and a chip, which codes are learnt from. Does not import torch but for the tensors it gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ccls2t.relations import RELATIONS, Facts
from frors_qgis.engine.acquisition.acquisition import Acquisition

_FORGOTTEN = (0.0, 0.2, 0.2, 0.4)
"""Shares of the fields that chips have forgotten, in each variant of them."""

Vectors = Callable[[Sequence[Acquisition]], NDArray[np.float32]]
"""Acquisitions, n of them -> metadata vectors [n, F]."""


@dataclass(frozen=True)
class PairPool:
    """What pairs are drawn from: n images and n acquisitions that have nothing to do with each other.

    pictures [n, P], labels [n]; facts: of the complete acquisitions; asked [relations, n, F]: metadata vectors of what
    a query with an acquisition asks; told [variants, n, F]: of what a chip tells, some fields being forgotten.
    """

    pictures: NDArray[np.float32]
    labels: NDArray[np.int64]
    facts: Facts
    asked: NDArray[np.float32]
    told: NDArray[np.float32]


@dataclass(frozen=True)
class Pairs:
    """A batch: m queries and m chips, the i-th chip being relevant to the i-th query; relevant [m, m]."""

    query_pictures: Tensor
    asked: Tensor
    chip_pictures: Tensor
    told: Tensor
    relevant: Tensor


class PairSampler:
    """Draws queries, and for each a chip of its class whose acquisition fulfils what the query asks."""

    def __init__(self, pool: PairPool) -> None:
        self._pool = pool
        self._holds = np.stack([relation.holds(pool.facts, pool.facts) for relation in RELATIONS])
        self._members = {label: np.flatnonzero(pool.labels == label) for label in np.unique(pool.labels).tolist()}

    def draw(self, count: int, generator: np.random.Generator) -> Pairs:
        """A batch of `count` pairs."""
        pool = self._pool
        queries = generator.integers(len(pool.labels), size=count)
        chips = np.array([generator.choice(self._members[label]) for label in pool.labels[queries].tolist()])
        numbers = generator.integers(len(RELATIONS), size=count)
        own = generator.integers(len(pool.labels), size=count)
        fulfilling = (np.flatnonzero(held) for held in self._holds[numbers, own])
        theirs = np.array([generator.choice(rows) for rows in fulfilling])
        same = pool.labels[queries][:, None] == pool.labels[chips]
        relevant = same & self._holds[numbers[:, None], own[:, None], theirs]
        variants = generator.integers(len(pool.told), size=count)
        parts = (
            pool.pictures[queries],
            pool.asked[numbers, own],
            pool.pictures[chips],
            pool.told[variants, theirs],
            relevant,
        )
        return Pairs(*map(torch.from_numpy, parts))


def pair_pool(
    pictures: NDArray[np.float32],
    labels: NDArray[np.int64],
    acquisitions: Sequence[Acquisition],
    families: Sequence[str],
    ask: Vectors,
    tell: Vectors,
) -> PairPool:
    """The pool of images (pictures [n, P], labels [n]) and complete acquisitions; ask, tell: make metadata vectors."""
    variants = [
        with_fields_missing(acquisitions, share, np.random.default_rng(number))
        for number, share in enumerate(_FORGOTTEN)
    ]
    return PairPool(
        pictures,
        labels,
        Facts.of(acquisitions, families),
        np.stack([ask([relation.asked(one) for one in acquisitions]) for relation in RELATIONS]),
        np.stack([tell(variant) for variant in variants]),
    )


def with_fields_missing(
    acquisitions: Sequence[Acquisition], share: float, generator: np.random.Generator
) -> list[Acquisition]:
    """Acquisitions of which each field is forgotten with a probability."""
    names = [field.name for field in fields(Acquisition)]
    forgotten = generator.random((len(acquisitions), len(names))) < share
    return [
        replace(one, **{name: None for name, lost in zip(names, row, strict=True) if lost})
        for one, row in zip(acquisitions, forgotten.tolist(), strict=True)
    ]
