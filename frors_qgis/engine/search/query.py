"""What is searched for, and what is found."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.acquisition.places import Place
from frors_qgis.engine.acquisition.predicate import NO_CONDITIONS, Clause, Predicate
from frors_qgis.engine.archive.records import ChipRecord
from frors_qgis.protocol import EngineError, ErrorCode

MOST_MATCHES = 10_000


@dataclass(frozen=True)
class Query:
    """An embedding, conditions on acquisitions, or both, and filters.

    `vector` float32 [d], None for a search by `words` alone; `k` matches at most; `ground_size` in metres compares with
    chips of similar size (None: any); `extent` (west, south, east, north) in degrees and `rasters`, ids, limit where
    matches lie (None: anywhere). `since` and `until`, ISO dates, both included, and `months`, from 1 to 12, limit when
    their raster was acquired (None: at any time; all of them: or unknown). `least_score`: worse matches are left out;
    `apart`: metres between the centres of matches at least; `hidden`: ids of chips that are not wanted, nor others on
    their places; `positive`: ids of chips that win their places, also from better ones and from hidden ones;
    `newer_than`: the id of a chip, only those that came later are wanted. `words` are conditions that are known to hold
    of the acquisition of a match's raster; distances among them are taken to each chip's own centre, so a raster that
    reaches farther is searched in part. `place` (lon, lat in EPSG:4326) is where the query comes from, for distances
    without. `weight`, 0 to 1: the words need not hold, but make up that much of the score (None: they must hold).
    Raises EngineError(BAD_REQUEST) for values that make no query.
    """

    vector: NDArray[np.float32] | None
    k: int = 100
    ground_size: float | None = None
    extent: tuple[float, float, float, float] | None = None
    rasters: frozenset[int] | None = None
    since: str | None = None
    until: str | None = None
    months: frozenset[int] | None = None
    least_score: float | None = None
    apart: float = 0.0
    hidden: tuple[int, ...] = ()
    positive: frozenset[int] = frozenset()
    newer_than: int | None = None
    words: Predicate = NO_CONDITIONS
    place: Place | None = None
    weight: float | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.k <= MOST_MATCHES:
            raise EngineError(ErrorCode.BAD_REQUEST, f"The number of matches is 1 to {MOST_MATCHES}, not {self.k}.")
        if self.ground_size is not None and not (math.isfinite(self.ground_size) and self.ground_size > 0):
            raise EngineError(ErrorCode.BAD_REQUEST, "The ground size is a positive number of metres.")
        if self.months is not None and not self.months <= set(range(1, 13)):
            raise EngineError(ErrorCode.BAD_REQUEST, "Months are numbers from 1 to 12.")
        if not (math.isfinite(self.apart) and self.apart >= 0):
            raise EngineError(ErrorCode.BAD_REQUEST, "The distance between matches is 0 metres or more.")
        for day in (self.since, self.until):
            if day is not None and not _is_iso_date(day):
                raise EngineError(ErrorCode.BAD_REQUEST, f"{day[:40]!r} is no date such as 2024-05-31.")
        if self.weight is not None and not 0 <= self.weight <= 1:
            raise EngineError(ErrorCode.BAD_REQUEST, "The weight of the words is a number from 0 to 1.")
        if self.words.needs_place and self.place is None:
            raise EngineError(
                ErrorCode.BAD_REQUEST,
                "The distance needs a place: add one, such as 'of 43.3 N 5.4 E', or search with a box on a raster.",
            )

    @property
    def is_weighed(self) -> bool:
        """Whether the words are weighed against the looks; they must hold otherwise."""
        return self.vector is not None and self.weight is not None and bool(self.words.clauses)

    @property
    def has_filters(self) -> bool:
        """Whether anything but its words limits which chips it is compared with."""
        filters = (self.extent, self.rasters, self.since, self.until, self.months, self.newer_than)
        return any(one is not None for one in filters)

    def admits(self, acquired: str | None) -> bool:
        """Whether a raster that was acquired on this ISO date (None: unknown) may hold matches."""
        if self.since is None and self.until is None and self.months is None:
            return True
        if acquired is None or not _is_iso_date(acquired[:10]):
            return False
        if self.months is not None and int(acquired[5:7]) not in self.months:
            return False
        return (self.since or "") <= acquired[:10] <= (self.until or "9999")


@dataclass(frozen=True)
class Match:
    """A chip with its rank from 1 and its score: the cosine with the query, weighed with what its words ask for.

    It is 1 in a search by words alone.
    """

    rank: int
    score: float
    chip: ChipRecord


@dataclass(frozen=True)
class Matches:
    """Matches, best first, and a sentence about them where the user should know something.

    odds: of weighed words, by the id of a match's raster, each clause of which it is not known whether the raster
    fulfils it, with the probability that it was judged by.
    """

    matches: list[Match]
    note: str | None = None
    odds: Mapping[int, Mapping[Clause, float]] = field(default_factory=dict)


def _is_iso_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
