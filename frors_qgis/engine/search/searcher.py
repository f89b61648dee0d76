"""Answers queries on one archive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import chain, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.acquisition.predicate import NO_CONDITIONS, Clause, Predicate
from frors_qgis.engine.archive.acquisitions import record_acquisition
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.check import Check, go_on
from frors_qgis.engine.archive.chip_filter import EVERY_CHIP, ChipFilter, Near
from frors_qgis.engine.archive.chip_index import ChipIndex
from frors_qgis.engine.archive.records import ChipRecord
from frors_qgis.engine.search.ground_size import similar_range
from frors_qgis.engine.search.overlap import overlaps_any, without_overlaps
from frors_qgis.engine.search.query import Match, Matches, Query
from frors_qgis.engine.search.spacing import at_a_distance
from frors_qgis.engine.search.spread import spread
from frors_qgis.engine.search.weighing import Judgements, judge, parts, search_parts
from frors_qgis.protocol import EngineError, ErrorCode

_FETCH_FACTOR = 5
"""At half overlap k matches without overlaps were among the first 1.8 k to 4.4 k, in an aerial and eight satellite
scenes."""

_MOST_FETCHED = 20_000
"""Chips that one search looks at: where matches must lie far apart, or all lie on each other, fewer are found."""


_Ranking = Callable[[int], tuple[NDArray[np.int64], NDArray[np.floating[Any]]]]


class Searcher:
    """An open archive with its index, which follows the archive. For one thread."""

    def __init__(self, archive: Archive, index: ChipIndex) -> None:
        self._archive = archive
        self._index = index

    @property
    def wants_sealing(self) -> bool:
        """Whether the index holds chips that would make a segment."""
        return self._index.wants_sealing

    def close(self) -> None:
        """Ends what the index holds."""
        self._index.close()

    def search(self, query: Query, check: Check = go_on) -> Matches:
        """The chips most like the query, one per place, best first; by words alone from all over the rasters.

        Filters apply before the search, but for the least score. check: called now and then, may raise.
        Raises EngineError: ARCHIVE_EMPTY when there is no chip to compare with, RASTER_UNKNOWN and CHIP_UNKNOWN for a
        raster or a hidden chip that is not in the archive, and the archive's own.
        """
        self._index.refresh(check)
        if not len(self._index):
            raise EngineError(ErrorCode.ARCHIVE_EMPTY, "The archive holds no chips yet; index some rasters first.")
        chosen = self._chosen(query)
        if chosen != EVERY_CHIP and not self._index.has_any(chosen):
            if query.newer_than is not None and query.newer_than >= self._archive.last_chip():
                return Matches([], "Nothing has come into the archive since this query was last searched with.")
            return Matches([], self._index.note or self._why_nothing_is_left(query))
        note = None
        if query.ground_size is not None:
            sizes, note = similar_range(self._index.ground_sizes(chosen), query.ground_size)
            chosen = replace(chosen, ground_size=sizes)
        judged = judge(query.words, self._archive, chosen.rasters) if query.is_weighed else {}
        matches = self._best(query, chosen, judged, check)
        if query.least_score is not None:
            good = [match for match in matches if match.score >= query.least_score]
            if matches and not good:
                note = f"The best match scores {matches[0].score:.3f}; lower the least score."
            matches = good
        odds = _odds(query.words, judged, {match.chip.raster_id for match in matches})
        return Matches(matches, self._index.note or note, odds)

    def _chosen(self, query: Query) -> ChipFilter:
        """The chips that pass a query's filters and fulfil its conditions."""
        return ChipFilter(
            rasters=self._rasters(query), extent=query.extent, near=_near(query), newer_than=query.newer_than
        )

    def _why_nothing_is_left(self, query: Query) -> str:
        """A sentence about filters and conditions that no chip passes together."""
        if query.words.clauses and not query.is_weighed:
            if not query.has_filters:
                return "No chip of the archive is known to fulfil the conditions; change them."
            passing = self._chosen(replace(query, words=NO_CONDITIONS))
            if passing == EVERY_CHIP or self._index.has_any(passing):
                return "No chip that passes the filters is known to fulfil the conditions; change one or the other."
        return "No chip of the archive passes the filters; widen them."

    def _rasters(self, query: Query) -> frozenset[int] | None:
        """The ids of the rasters that may hold matches; None: all."""
        words = NO_CONDITIONS if query.is_weighed else query.words.of_rasters
        if query.rasters is None and query.admits(None) and not words.clauses:
            return None
        records = {record.id: record for record in self._archive.rasters()}
        if query.rasters is not None and (unknown := query.rasters - set(records)):
            raise EngineError(ErrorCode.RASTER_UNKNOWN, f"The archive has no raster with the id {min(unknown)}.")
        chosen = frozenset(
            id_
            for id_, record in records.items()
            if id_ is not None
            and (query.rasters is None or id_ in query.rasters)
            and query.admits(record.acquired)
            and words.matches(record_acquisition(record), query.place)
        )
        return None if len(chosen) == len(records) else chosen

    def _best(self, query: Query, chosen: ChipFilter, judged: Judgements, check: Check) -> list[Match]:
        """Fetches more and more until enough are left without overlaps, or those that are left cannot matter.

        Positive examples take their places first: a neighbour that scores higher must not replace what was said to be
        right.
        """
        count = query.k * _FETCH_FACTOR
        most = max(_MOST_FETCHED, count)
        hidden = self._archive.chips(query.hidden)
        ranking = self._ranking(query, chosen, judged, most, check)
        while True:
            ids, scores = ranking(min(count, most))
            ranked = dict(zip(ids.tolist(), scores.tolist(), strict=True))
            fetched = self._archive.chips(list(ranked))
            right = [chip for chip in fetched if chip.id in query.positive]
            others = (c for c in fetched if c.id not in query.positive and not overlaps_any(c, hidden))
            chips = without_overlaps(chain(right, others))
            if query.apart:
                chips = at_a_distance(chips, query.apart)
            kept: list[ChipRecord] = list(islice(chips, query.k))
            below = query.least_score is not None and len(scores) > 0 and scores[-1] < query.least_score
            if len(kept) == query.k or count >= most or len(ids) < count or below:
                kept.sort(key=lambda chip: -ranked[chip.id])
                return [Match(rank, min(1.0, ranked[chip.id]), chip) for rank, chip in enumerate(kept, 1)]
            count *= 4

    def _ranking(self, query: Query, chosen: ChipFilter, judged: Judgements, most: int, check: Check) -> _Ranking:
        """Gives ids and scores of so many chips of a filter, `most` at most, best first."""
        if query.vector is None:
            order = spread(*self._index.chips(chosen, most, check))
            return lambda count: (order[:count], np.ones(len(order[:count])))
        vector = query.vector
        if query.is_weighed and query.weight is not None:
            found = parts(query.words, query.weight, query.place, judged, self._index, chosen, check)
            return lambda count: search_parts(self._index, vector, count, found, check)
        return lambda count: self._index.search(vector, count, chosen, check)


def _odds(words: Predicate, judged: Judgements, rasters: set[int]) -> dict[int, dict[Clause, float]]:
    """As of `Matches`."""
    return {
        id_: {
            clause: judgement.value
            for clause, judgement in zip(words.of_rasters.clauses, judged[id_], strict=True)
            if not judgement.is_known
        }
        for id_ in rasters & judged.keys()
    }


def _near(query: Query) -> tuple[tuple[Near, ...], ...]:
    """What the query's words say of places, where they must hold."""
    return tuple(
        tuple(
            Near(place, within.km, beyond)
            for within, beyond in clause
            if (place := within.place or query.place) is not None
        )
        for clause in (() if query.is_weighed else query.words.of_places)
    )
