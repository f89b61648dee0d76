"""Search over the embeddings of one archive; a cache that can be thrown away at any time."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.check import Check, go_on
from frors_qgis.engine.archive.chip_filter import sizes_within
from frors_qgis.engine.archive.geopackage_archive import GeoPackageArchive
from frors_qgis.engine.archive.query_vector import checked_query
from frors_qgis.engine.archive.recent import RecentBatches
from frors_qgis.engine.archive.records import Generation
from frors_qgis.engine.archive.segment import Segment
from frors_qgis.engine.archive.segment_folder import LiveSegment, SegmentFolder
from frors_qgis.engine.archive.stored import StoredBatches

MOST_SCANNED = 2_000_000
"""Chips that one search is compared with at most; where more are in question, those in the nearest lists."""

MOST_IN_MEMORY = 1_000_000
"""Chips that are held in memory; where more are in no segment, each search reads the rest from the archive."""

_MARGIN = 64
_NOTHING = Generation("", 0, 0)

_Found = tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]
_Mask = npt.NDArray[np.bool_]


class Index:
    """Segments of an archive, searched by 8-bit codes, and its other batches in float16. For one thread at a time.

    Scores are inner products with the archive's own embeddings, so the query vector need not have length 1. A mask is
    bool [n] over the chips' places in the index.
    """

    def __init__(self, archive: GeoPackageArchive, folder: SegmentFolder) -> None:
        self._archive = archive
        self._folder = folder
        self._state = (_NOTHING, 0)
        self._segments: list[LiveSegment] = []
        self._stored = StoredBatches(archive)
        self._recent = RecentBatches()
        self._threads: ThreadPoolExecutor | None = None
        self._note_columns()

    def __len__(self) -> int:
        return len(self._ids) if self._live is None else int(self._live.sum())

    @property
    def unsealed(self) -> int:
        """How many chips are in no segment."""
        return len(self._stored) + len(self._recent)

    @property
    def wants_sealing(self) -> bool:
        """Whether there are enough of them for a segment."""
        return self.unsealed >= self._folder.segment_chips

    def close(self) -> None:
        """Ends the threads that search."""
        if self._threads is not None:
            self._threads.shutdown()
            self._threads = None

    def refresh(self, check: Check = go_on) -> None:
        """Follows the archive and its segments.

        check: called between batches, may raise. Raises EngineError(ARCHIVE_DAMAGED) at the first bad batch. Either
        way those before stay in the index.
        """
        while (state := (self._archive.generation(), self._folder.stamp())) != self._state:
            self._segments, keys = self._folder.read(self._archive)
            self._recent.keep(set(keys))
            known = set(self._recent.keys)
            others = [key for key in keys if key not in known]
            ends = np.cumsum([key.chips for key in others])
            fits = int(np.searchsorted(ends, MOST_IN_MEMORY - len(self._recent), side="right"))
            try:
                self._stored.take(others[fits:], check)
                for batch in self._archive.batches(others[:fits]):
                    check()
                    self._recent.append(batch)
            finally:
                self._note_columns()
            self._state = state

    def select(
        self,
        *,
        ground_size: tuple[float, float] | None = None,
        rasters: set[int] | None = None,
        ids: npt.NDArray[np.int64] | None = None,
        newer_than: int | None = None,
    ) -> _Mask | None:
        """The mask of the chips that pass every filter given; None when that is all of them.

        `ground_size` in metres, both ends included; `newer_than` is the id of a chip.
        """
        mask = np.ones(len(self._ids), bool) if self._live is None else self._live.copy()
        if ground_size is not None:
            mask &= sizes_within(self._sizes, ground_size)[self._size]
        if rasters is not None:
            mask &= np.repeat(np.array([key.raster_id in rasters for key in self._keys], bool), self._counts)
        if ids is not None:
            mask &= np.isin(self._ids, ids)
        if newer_than is not None:
            mask &= self._ids > newer_than
        return None if mask.all() else mask

    def ground_sizes(self, mask: _Mask | None = None) -> list[float]:
        """The ground sizes in metres that the chips of a mask (None: all) have, each once, ascending."""
        chips = np.bincount(self._size if mask is None else self._size[mask], minlength=len(self._sizes))
        return [float(size) for size in self._sizes[chips > 0]]

    def chips(
        self, mask: _Mask | None = None
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Ids, rasters and ground sizes in metres of the chips of a mask [m], None: all."""
        mask = self._live if mask is None else mask
        rasters = np.repeat(np.array([key.raster_id for key in self._keys], np.int64), self._counts)
        columns = self._ids, rasters, self._sizes[self._size]
        return columns if mask is None else (columns[0][mask], columns[1][mask], columns[2][mask])

    def search(
        self, vector: npt.NDArray[np.float32], k: int, mask: _Mask | None = None, check: Check = go_on
    ) -> _Found:
        """Ids and scores of the k chips with the largest inner product with `vector` [d], best first, ties by id.

        mask: which chips may be found; None: all. Fewer than k come back where there are fewer.
        check: called now and then, may raise.
        Raises EngineError: BAD_REQUEST for a vector of the wrong length, or not finite, or k < 1; CHIP_UNKNOWN when
        chips were removed since `refresh`.
        """
        query = checked_query(vector, k, self._archive.dimension)
        mask = self._live if mask is None else mask
        (sealed, scores), (recent, recent_scores) = self._search_parts(query, k, mask, check)
        ids = np.concatenate([self._ids[sealed], self._ids[recent]])
        scores = np.concatenate([scores, recent_scores])
        order = np.lexsort((ids, -scores))[:k]
        return ids[order], scores[order]

    def _search_parts(
        self, query: npt.NDArray[np.float32], k: int, mask: _Mask | None, check: Check
    ) -> tuple[_Found, _Found]:
        """Places and true scores of the best chips that are not in memory, and of those that are."""
        wanted = k + k // 4 + _MARGIN  # codes are inexact: what they rank a little lower may be better
        eligible = len(self._ids) if mask is None else int(mask.sum())
        recent_start = len(self._ids) - len(self._recent)
        few = mask is not None and eligible <= wanted
        share = MOST_SCANNED / max(MOST_SCANNED, eligible)
        searches: list[Callable[[], _Found]] = []
        starts: list[int] = []
        start = 0
        for live in self._segments:
            end = start + len(live.segment)
            part = None if mask is None else mask[start:end]
            if not few and (part is None or part.any()):
                searches.append(partial(live.segment.search, query, wanted, share, part))
                starts.append(start)
            start = end
        searches.append(partial(self._recent.search, query, k, None if mask is None else mask[recent_start:]))
        *found, (recent, recent_scores) = self._run(searches)
        if not few:  # in this thread, since the archive is open for it
            part = None if mask is None else mask[start:recent_start]
            found.append(self._stored.search(query, k, part, check))
            starts.append(start)
        if few and mask is not None:
            best = np.flatnonzero(mask[:recent_start])
        else:
            none = (np.empty(0, np.int64), np.empty(0, np.float32))
            places = np.concatenate([none[0], *(part + start for (part, _), start in zip(found, starts, strict=True))])
            scores = np.concatenate([none[1], *(scores for _, scores in found)])
            best = np.unique(places[np.argsort(-scores, kind="stable")[:wanted]])
        # einsum, since threads that OpenBLAS starts for a product spin on: they cost the next search a third more.
        true_scores = np.einsum("nd,d->n", self._archive.vectors(self._ids[best].tolist()), query)
        return (best, true_scores), (recent + recent_start, recent_scores)

    def _run(self, searches: Sequence[Callable[[], _Found]]) -> list[_Found]:
        """Runs searches on all cores, this thread among them: FAISS lets go of Python's lock."""
        found: dict[int, _Found] = {}
        numbers = count()

        def work() -> None:
            while (number := next(numbers)) < len(searches):
                found[number] = searches[number]()

        helpers = min(os.cpu_count() or 1, len(searches)) - 1
        if helpers and self._threads is None:
            self._threads = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="search")
        futures = [self._threads.submit(work) for _ in range(helpers)] if self._threads is not None else []
        work()
        for future in futures:
            future.result()
        return [found[number] for number in range(len(searches))]

    def _note_columns(self) -> None:
        """What is known of each chip, segments first: its id, its ground size, whether it is in the archive."""
        segments = [live.segment for live in self._segments]
        parts: list[Segment | StoredBatches | RecentBatches] = [*segments, self._stored, self._recent]
        self._keys = [key for part in parts for key in part.keys]
        self._counts = [key.chips for key in self._keys]
        firsts = np.array([key.first_chip for key in self._keys], np.int64)
        ends = np.cumsum(self._counts, dtype=np.int64)
        self._ids = np.arange(sum(self._counts)) + np.repeat(firsts - ends + self._counts, self._counts)
        sizes = [part.ground_sizes() for part in parts]
        self._sizes = np.unique(np.concatenate([own for own, _ in sizes]))
        self._size = np.concatenate([np.searchsorted(self._sizes, own)[size] for own, size in sizes])
        self._live: _Mask | None = None
        if any(live.live is not None for live in self._segments):
            masks = [np.ones(len(live.segment), bool) if live.live is None else live.live for live in self._segments]
            self._live = np.concatenate([*masks, np.ones(self.unsealed, bool)])
