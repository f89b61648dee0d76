"""A hierarchical semantic tree: exact search by hash code among chips of some platform, place, time and content.

The idea is RSHST, of which the abstract of CCLS2T (Zhu et al., TGRS 2024, doi 10.1109/TGRS.2024.3417421) tells; the
levels, the bounds and the search here are our own, for the paper's are not public to us.

Levels from the root: platform, sensor, resolution band, map tile (zoom 4, 8, 12), year, month, raster, content (first 8
bits of the code, since nothing else is known of it before somebody asks), and bucket (first 16 bits). Each node keeps
how many chips it holds, the box round them, their first and last day, and the OR and the AND of their codes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.chip_filter import ChipFilter
from frors_qgis.engine.archive.codes.hamming import as_words, distances
from frors_qgis.engine.archive.codes.semantic_columns import ChipColumns, CodeColumns, RasterColumns
from frors_qgis.engine.archive.codes.semantic_conditions import Conditions, Meets
from frors_qgis.engine.archive.codes.semantic_nodes import Nodes, TreeLevel, build_nodes, tree_order

LEAF_CHIPS = 64
"""A node of at most so many chips is not parted further."""

_FIRST_WAVE = 4096

_Places = npt.NDArray[np.int64]


class SemanticTree:
    """Chips in the tree's order, and the nodes over them. Never changed; any number of threads may search.

    Chips are named by their places in the index of codes that the tree is of, and ties are in the order of these. A
    search gives exactly what sorting all chips that pass the filter by (distance, place) would:
    - Every chip is in one leaf. In a leaf that is looked at, the conditions are tested on each chip itself, and its
      distance is counted exactly.
    - A node is left out for its value, its box or its days only where they tell that no chip in it passes: its chips
      share the value, and their boxes and days lie within. A chip of unknown place is in no box, but it passes no
      condition on it either; a range of days leaves nodes out only where the days of all rasters asked for are known.
    - Else it is left out only when its bound exceeds the k-th distance found so far. No chip in it is nearer than the
      bound, so k chips are strictly nearer than each of them. A chip as far away as the k-th is thus never left out,
      and of all that tie the smallest places are kept.
    """

    def __init__(self, rasters: RasterColumns, chips: ChipColumns, nodes: Nodes, codes: CodeColumns) -> None:
        """For `build` and for reading a file: chips in the tree's order."""
        self.rasters = rasters
        self.chips = chips
        self.nodes = nodes
        self._codes = codes
        self._words = as_words(codes.codes)
        self._first_children = nodes.first_children()
        self._costs = np.where(nodes.children > 0, nodes.children, nodes.count)

    @classmethod
    def build(
        cls, rasters: RasterColumns, chips: ChipColumns, codes: CodeColumns, leaf_chips: int = LEAF_CHIPS
    ) -> SemanticTree:
        """The tree of these chips. Raises ValueError for codes of under 16 bits."""
        if codes.codes.shape[1] < 2:
            raise ValueError("a code has at least 16 bits")
        chips = chips.taken(tree_order(chips, rasters, codes))
        return cls(rasters, chips, build_nodes(chips, rasters, codes, leaf_chips), codes)

    def __len__(self) -> int:
        return len(self.chips)

    def conditions(self, chosen: ChipFilter, meets: Meets, first_place: int = 0) -> Conditions:
        """A filter for `search` and the like; see `Conditions`."""
        return Conditions(chosen, self.rasters, self.chips, self._codes, meets, first_place)

    def search(
        self,
        code: npt.NDArray[np.uint8],
        k: int,
        conditions: Conditions,
        regions: npt.NDArray[np.int64] | None = None,
    ) -> tuple[_Places, npt.NDArray[np.int32]]:
        """Places and distances in bits of the k chips nearest to a code [bits / 8] that pass, nearest first.

        regions: those of the conditions, where they are known already. Nodes are visited best bound first, in waves
        that double, so that the arrays are worth their calls. Fewer than k come back where fewer pass. Raises
        ValueError for a code of another length or k < 1.
        """
        if code.shape != self._codes.codes.shape[1:] or k < 1:
            raise ValueError(f"a search is for at least one match of a code of {self._codes.codes.shape[1]} bytes")
        query = as_words(code[None])[0]
        best = _Best(k)
        waiting = np.arange(min(1, len(self.nodes))) if regions is None else regions
        bounds = self.nodes.bounds(waiting, query)
        wave = _FIRST_WAVE
        while len(waiting):
            taken = 1 + int(np.searchsorted(np.cumsum(self._costs[waiting]), wave))
            visited, waiting, bounds = waiting[:taken], waiting[taken:], bounds[taken:]
            inner = self.nodes.children[visited] > 0
            self._look_into(visited[~inner], query, conditions, best)
            children = self._children(visited[inner])
            children = children[conditions.may_hold(self.nodes, children)]
            waiting = np.concatenate([waiting, children])
            bounds = np.concatenate([bounds, self.nodes.bounds(children, query)])
            near = np.flatnonzero(bounds <= best.worst)
            near = near[np.argsort(bounds[near].astype(np.int16), kind="stable")]
            waiting, bounds = waiting[near], bounds[near]
            wave *= 2
        return best.places, best.distances

    def regions(self, conditions: Conditions) -> npt.NDArray[np.int64]:
        """The nodes that hold every chip that passes, none inside another: of single rasters, or leaves above them."""
        found = [np.empty(0, np.int64)]
        waiting = np.arange(min(1, len(self.nodes)))
        while len(waiting):
            waiting = waiting[conditions.may_hold(self.nodes, waiting)]
            inner = (self.nodes.children[waiting] > 0) & (self.nodes.level[waiting] < TreeLevel.RASTER)
            found.append(waiting[~inner])
            waiting = self._children(waiting[inner])
        return np.concatenate(found)

    def count(self, regions: npt.NDArray[np.int64]) -> int:
        """How many chips nodes hold."""
        return int(self.nodes.count[regions].sum())

    def passing(self, regions: npt.NDArray[np.int64], conditions: Conditions) -> _Places:
        """Places, ascending, of the chips in these nodes that pass."""
        positions = conditions.passing(_ranges(self.nodes.first[regions], self.nodes.count[regions]))
        positions = positions[conditions.surely(positions)]
        return np.sort(self.chips.place[positions]).astype(np.int64)

    def _children(self, nodes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        return _ranges(self._first_children[nodes], self.nodes.children[nodes])

    def _look_into(
        self, leaves: npt.NDArray[np.int64], query: npt.NDArray[np.uint64], conditions: Conditions, best: _Best
    ) -> None:
        positions = conditions.passing(_ranges(self.nodes.first[leaves], self.nodes.count[leaves]))
        if len(positions):
            away = distances(self._words.take(self.chips.place[positions], axis=0), query)
            near = np.flatnonzero(away <= best.worst)
            near = near[conditions.surely(positions[near])]
            best.add(away[near], self.chips.place[positions[near]].astype(np.int64))


class _Best:
    """The k nearest so far. `worst` is the distance of the last of them, or of anything while there are fewer."""

    def __init__(self, k: int) -> None:
        self.places = np.empty(0, np.int64)
        self.distances = np.empty(0, np.int32)
        self.worst = np.iinfo(np.int32).max
        self._k = k

    def add(self, distances: npt.NDArray[np.int32], places: _Places) -> None:
        """Takes in chips."""
        if len(distances) > self._k:
            self.worst = min(self.worst, int(np.partition(distances, self._k - 1)[self._k - 1]))
        near = distances <= self.worst
        places = np.concatenate([self.places, places[near]])
        distances = np.concatenate([self.distances, distances[near]])
        order = np.lexsort((places, distances))[: self._k]
        self.places, self.distances = places[order], distances[order]
        if len(order) == self._k:
            self.worst = int(self.distances[-1])


def _ranges(first: npt.NDArray[np.int64], count: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The numbers of ranges one after another: `count` from each `first` on."""
    ends = np.cumsum(count)
    return np.arange(int(count.sum())) + np.repeat(first - ends + count, count)
