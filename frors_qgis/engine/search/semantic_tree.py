"""A hierarchical semantic tree: exact search by hash code among chips of some platform, place, time and content.

The idea is RSHST, of which the abstract of CCLS2T (Zhu et al., TGRS 2024, doi 10.1109/TGRS.2024.3417421) tells; the
levels, the bounds and the search here are our own, for the paper's are not public to us.

Levels from the root: platform, sensor, resolution band, map tile (zoom 4, 8, 12), year, month, content class, and
bucket (first 16 bits of the code). Each node keeps how many chips it holds, the box of their centres, their first and
last day, and the OR and the AND of their codes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.codes.hamming import as_words, distances
from frors_qgis.engine.search.semantic_columns import ChipColumns, RasterColumns
from frors_qgis.engine.search.semantic_filter import Conditions, SemanticFilter
from frors_qgis.engine.search.semantic_nodes import Nodes, build_nodes, tree_order

LEAF_CHIPS = 64
"""A node of at most so many chips is not parted further."""

_EVERYTHING = SemanticFilter()
_FIRST_WAVE = 4096


class SemanticTree:
    """Chips in the tree's order, and the nodes over them. Never changed; any number of threads may search.

    A search gives exactly what sorting all chips that pass the filter by (distance, id) would:
    - Every chip is in one leaf. In a leaf that is looked at, the conditions are tested on each chip itself, and its
      distance is counted exactly.
    - A node is left out for its value, its box or its days only where they tell that no chip in it passes: its chips
      share the value, and their centres and days lie within. An unknown place or day is in no box and no range, but it
      passes no condition on it either.
    - Else it is left out only when its bound exceeds the k-th distance found so far. No chip in it is nearer than the
      bound, so k chips are strictly nearer than each of them. A chip as far away as the k-th is thus never left out,
      and of all that tie the smallest ids are kept.
    """

    def __init__(self, rasters: RasterColumns, chips: ChipColumns, nodes: Nodes) -> None:
        """For `build` and for reading a file: chips in the tree's order."""
        self.rasters = rasters
        self.chips = chips
        self.nodes = nodes
        self._words = as_words(chips.codes)
        self._first_children = nodes.first_children()
        self._costs = np.where(nodes.children > 0, nodes.children, nodes.count)

    @classmethod
    def build(cls, rasters: RasterColumns, chips: ChipColumns, leaf_chips: int = LEAF_CHIPS) -> SemanticTree:
        """The tree of these chips. Raises ValueError for a chip whose raster is not there."""
        if len(chips) and not (0 <= chips.raster.min() and chips.raster.max() < len(rasters)):
            raise ValueError("a chip is of a raster that is not there")
        order = tree_order(chips, rasters)
        chips = ChipColumns(
            chips.ids[order],
            chips.raster[order],
            chips.longitude[order],
            chips.latitude[order],
            chips.codes[order],
            chips.classes[order],
        )
        return cls(rasters, chips, build_nodes(chips, rasters, as_words(chips.codes), leaf_chips))

    def __len__(self) -> int:
        return len(self.chips)

    def search(
        self, code: npt.NDArray[np.uint8], k: int, filters: SemanticFilter = _EVERYTHING
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        """Ids and distances in bits of the k chips nearest to a code [bits / 8] that pass, nearest first, ties by id.

        Nodes are visited best bound first, in waves that double, so that the arrays are worth their calls. Fewer than
        k come back where fewer pass. Raises ValueError for a code of another length or k < 1.
        """
        if code.shape != self.chips.codes.shape[1:] or k < 1:
            raise ValueError(f"a search is for at least one match of a code of {self.chips.codes.shape[1]} bytes")
        query = as_words(code[None])[0]
        conditions = Conditions(filters, self.rasters)
        best = _Best(k)
        waiting = np.arange(min(1, len(self.nodes)))
        bounds = np.zeros(len(waiting), np.int32)
        wave = _FIRST_WAVE
        while len(waiting):
            taken = 1 + int(np.searchsorted(np.cumsum(self._costs[waiting]), wave))
            visited, waiting, bounds = waiting[:taken], waiting[taken:], bounds[taken:]
            inner = self.nodes.children[visited] > 0
            self._look_into(visited[~inner], query, conditions, best)
            children = _ranges(self._first_children[visited[inner]], self.nodes.children[visited[inner]])
            children = children[conditions.may_hold(self.nodes, children)]
            waiting = np.concatenate([waiting, children])
            bounds = np.concatenate([bounds, self.nodes.bounds(children, query)])
            near = np.flatnonzero(bounds <= best.worst)
            near = near[np.argsort(bounds[near].astype(np.int16), kind="stable")]
            waiting, bounds = waiting[near], bounds[near]
            wave *= 2
        return best.ids, best.distances

    def _look_into(
        self, leaves: npt.NDArray[np.int64], query: npt.NDArray[np.uint64], conditions: Conditions, best: _Best
    ) -> None:
        chips = self.chips
        positions = _ranges(self.nodes.first[leaves], self.nodes.count[leaves])
        positions = conditions.passing(positions, chips.raster, chips.longitude, chips.latitude, chips.classes)
        if len(positions):
            best.add(distances(self._words.take(positions, axis=0), query), positions, chips.ids)


class _Best:
    """The k nearest so far. `worst` is the distance of the last of them, or of anything while there are fewer."""

    def __init__(self, k: int) -> None:
        self.ids = np.empty(0, np.int64)
        self.distances = np.empty(0, np.int32)
        self.worst = np.iinfo(np.int32).max
        self._k = k

    def add(
        self, distances: npt.NDArray[np.int32], positions: npt.NDArray[np.int64], ids: npt.NDArray[np.int64]
    ) -> None:
        """Takes in chips at these positions among `ids` [n]."""
        if len(distances) > self._k:
            self.worst = min(self.worst, int(np.partition(distances, self._k - 1)[self._k - 1]))
        near = distances <= self.worst
        ids = np.concatenate([self.ids, ids[positions[near]]])
        distances = np.concatenate([self.distances, distances[near]])
        order = np.lexsort((ids, distances))[: self._k]
        self.ids, self.distances = ids[order], distances[order]
        if len(order) == self._k:
            self.worst = int(self.distances[-1])


def _ranges(first: npt.NDArray[np.int64], count: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The numbers of ranges one after another: `count` from each `first` on."""
    ends = np.cumsum(count)
    return np.arange(int(count.sum())) + np.repeat(first - ends + count, count)
