"""The nodes of a semantic tree, in columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.codes.hamming import popcounts
from frors_qgis.engine.search.semantic_columns import NO_DAY, ChipColumns, RasterColumns

_TILE_ZOOM = 12
_MOST_LATITUDE = 85.05112877980659  # where the square map of the tiles ends
_NEVER = np.iinfo(np.int32).max


class TreeLevel(IntEnum):
    """What the chips of a node have in common, besides what those above it have."""

    ROOT = 0
    PLATFORM = 1
    SENSOR = 2
    BAND = 3
    TILE_4 = 4
    TILE_8 = 5
    TILE_12 = 6
    YEAR = 7
    MONTH = 8
    CLASS = 9
    BUCKET = 10


@dataclass(frozen=True)
class Nodes:
    """Nodes, one a place, the root first, level by level, the children of one after those of another.

    `level` int8 [m] and `value` int64 [m], what the chips have in common at that level. A node holds the `count` chips
    from `first` on, both int64 [m]. `children` int64 [m] is how many it has, 0 for a leaf. `box` float64 [m, 4] (west,
    south, east, north of the centres; NaN where all are unknown), `days` int32 [m, 2], the first and the last (empty
    where all are unknown: the last before the first), `ors` and `ands` uint64 [m, w], the OR and the AND of the codes.
    """

    level: npt.NDArray[np.int8]
    value: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    count: npt.NDArray[np.int64]
    children: npt.NDArray[np.int64]
    box: npt.NDArray[np.float64]
    days: npt.NDArray[np.int32]
    ors: npt.NDArray[np.uint64]
    ands: npt.NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.level)

    def first_children(self) -> npt.NDArray[np.int64]:
        """The place of each node's first child [m], if it has any."""
        return 1 + np.cumsum(self.children) - self.children

    def bounds(self, chosen: npt.NDArray[np.int64], query: npt.NDArray[np.uint64]) -> npt.NDArray[np.int32]:
        """The least distance in bits of a code in each of the chosen nodes [m] from one [w].

        A bit of the query that no code has, or lacks while all have it, costs one.
        """
        return popcounts((query & ~self.ors[chosen]) | (~query & self.ands[chosen]))


def tree_order(chips: ChipColumns, rasters: RasterColumns) -> npt.NDArray[np.int64]:
    """The order of the chips [n] in which each node's stand together, by id in the last level's."""
    kinds = np.stack([rasters.platform, rasters.sensor, rasters.band], axis=1)
    kind = np.unique(kinds, axis=0, return_inverse=True)[1].reshape(-1)
    month = rasters.year * 12 + rasters.month
    place = _tiles(chips)
    keys = (chips.ids, _buckets(chips.codes), chips.classes, month[chips.raster], place, kind[chips.raster])
    return np.lexsort(keys)


def build_nodes(chips: ChipColumns, rasters: RasterColumns, words: npt.NDArray[np.uint64], leaf_chips: int) -> Nodes:
    """The nodes over chips in the tree's order, their codes as `words` [n, w].

    One that holds at most `leaf_chips` is a leaf, whatever its level: they are compared faster than parted.
    """
    changed = np.zeros(len(chips), bool)
    changed[:1] = True
    days = rasters.day[chips.raster]
    levels: list[Nodes] = []
    for level, values in _level_values(chips, rasters):
        changed[1:] |= values[1:] != values[:-1]
        first = np.flatnonzero(changed)
        count = np.diff(first, append=len(chips))
        kept = np.ones(len(first), bool)
        if levels:
            parents = levels[-1]
            parent = np.searchsorted(parents.first, first, side="right") - 1
            last = parents.first[parent] + parents.count[parent]
            kept = (parent >= 0) & (first < last) & (parents.count[parent] > leaf_chips)
            parents.children[:] = np.bincount(parent[kept], minlength=len(parents))
        if levels and not kept.any():
            break
        known = days != NO_DAY
        box = [np.fmin.reduceat(column, first) for column in (chips.longitude, chips.latitude)]
        box += [np.fmax.reduceat(column, first) for column in (chips.longitude, chips.latitude)]
        range_ = np.minimum.reduceat(np.where(known, days, _NEVER), first), np.maximum.reduceat(days, first)
        levels.append(
            Nodes(
                np.full(int(kept.sum()), level, np.int8),
                values[first][kept].astype(np.int64),
                first[kept],
                count[kept],
                np.zeros(int(kept.sum()), np.int64),
                np.stack(box, axis=1)[kept],
                np.stack(range_, axis=1)[kept],
                np.bitwise_or.reduceat(words, first, axis=0)[kept],
                np.bitwise_and.reduceat(words, first, axis=0)[kept],
            )
        )
    names = Nodes.__dataclass_fields__
    return Nodes(*(np.concatenate([getattr(nodes, name) for nodes in levels]) for name in names))


def _level_values(chips: ChipColumns, rasters: RasterColumns) -> Iterator[tuple[TreeLevel, npt.NDArray[Any]]]:
    """Each level from the root down with the value of every chip [n] there."""
    raster, tiles = chips.raster, _tiles(chips)
    yield TreeLevel.ROOT, np.zeros(len(chips), np.int64)
    yield TreeLevel.PLATFORM, rasters.platform[raster]
    yield TreeLevel.SENSOR, rasters.sensor[raster]
    yield TreeLevel.BAND, rasters.band[raster]
    for level, zoom in ((TreeLevel.TILE_4, 4), (TreeLevel.TILE_8, 8), (TreeLevel.TILE_12, 12)):
        yield level, tiles >> (2 * (_TILE_ZOOM - zoom))
    yield TreeLevel.YEAR, rasters.year[raster]
    yield TreeLevel.MONTH, rasters.month[raster]
    yield TreeLevel.CLASS, chips.classes
    yield TreeLevel.BUCKET, _buckets(chips.codes)


def _tiles(chips: ChipColumns) -> npt.NDArray[np.int64]:
    """The quadkey of each chip's centre [n] at zoom 12, as a number of two bits a zoom; -1 for unknown places.

    A shift to the right by two bits gives the tile that holds it at one zoom less, and leaves -1 what it is.
    """
    side = 1 << _TILE_ZOOM
    known = ~np.isnan(chips.longitude)
    latitude = np.radians(np.clip(np.where(known, chips.latitude, 0), -_MOST_LATITUDE, _MOST_LATITUDE))
    x = (np.where(known, chips.longitude, 0) + 180) / 360 * side
    y = (1 - np.arcsinh(np.tan(latitude)) / np.pi) / 2 * side
    column, row = (np.clip(value, 0, side - 1).astype(np.int64) for value in (x, y))
    tiles = np.zeros(len(chips), np.int64)
    for bit in range(_TILE_ZOOM):
        tiles |= ((column >> bit) & 1) << (2 * bit) | ((row >> bit) & 1) << (2 * bit + 1)
    return np.where(known, tiles, -1)


def _buckets(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """The first 16 bits of each code [n, b] as a number [n]."""
    return codes[:, 0].astype(np.int64) | codes[:, 1].astype(np.int64) << 8
