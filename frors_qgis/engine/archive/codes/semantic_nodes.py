"""The nodes of a semantic tree, in columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.codes.hamming import as_words, popcounts
from frors_qgis.engine.archive.codes.semantic_columns import NO_DAY, ChipColumns, CodeColumns, RasterColumns, bands_of

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
    RASTER = 9
    CONTENT = 10
    BUCKET = 11


@dataclass(frozen=True)
class Nodes:
    """Nodes, one a place, the root first, level by level, the children of one after those of another.

    `level` int8 [m] and `value` int64 [m], what the chips have in common at that level. A node holds the `count` chips
    from `first` on, both int64 [m]. `children` int64 [m] is how many it has, 0 for a leaf. `box` float32 [m, 4] (west,
    south, east, north of their boxes; NaN where all are unknown), `days` int32 [m, 2], the first and the last (empty
    where all are unknown: the last before the first), `ors` and `ands` uint64 [m, w], the OR and the AND of the codes.
    """

    level: npt.NDArray[np.int8]
    value: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    count: npt.NDArray[np.int64]
    children: npt.NDArray[np.int64]
    box: npt.NDArray[np.float32]
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


def tree_order(chips: ChipColumns, rasters: RasterColumns, codes: CodeColumns) -> npt.NDArray[np.int64]:
    """The order of the chips [n] in which each node's stand together, by place in the last level's."""
    kinds = np.unique(np.stack([rasters.platform, rasters.sensor], axis=1), axis=0, return_inverse=True)[1].reshape(-1)
    times = np.empty(len(rasters), np.int64)
    times[np.argsort(rasters.month, kind="stable")] = np.arange(len(rasters))
    where = kinds[chips.raster] << 8 | bands_of(codes.sizes)[codes.size[chips.place]]
    where = where << (2 * _TILE_ZOOM + 1) | (1 + _tiles(chips))
    when = times[chips.raster] << 16 | _buckets(codes.codes)[chips.place]
    return np.lexsort((when, where))


def build_nodes(chips: ChipColumns, rasters: RasterColumns, codes: CodeColumns, leaf_chips: int) -> Nodes:
    """The nodes over chips in the tree's order.

    One that holds at most `leaf_chips` is a leaf, whatever its level: they are compared faster than parted.
    """
    changed = np.zeros(len(chips), bool)
    changed[:1] = True
    words = as_words(codes.codes)[chips.place]
    days = rasters.day[chips.raster]
    levels: list[Nodes] = []
    for level, values in _level_values(chips, rasters, codes):
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
        box = [np.fmin.reduceat(column, first) for column in chips.box.T[:2]]
        box += [np.fmax.reduceat(column, first) for column in chips.box.T[2:]]
        earliest = np.minimum.reduceat(np.where(days == NO_DAY, _NEVER, days), first)
        levels.append(
            Nodes(
                np.full(int(kept.sum()), level, np.int8),
                values[first][kept].astype(np.int64),
                first[kept],
                count[kept],
                np.zeros(int(kept.sum()), np.int64),
                np.stack(box, axis=1)[kept],
                np.stack([earliest, np.maximum.reduceat(days, first)], axis=1)[kept],
                np.bitwise_or.reduceat(words, first, axis=0)[kept],
                np.bitwise_and.reduceat(words, first, axis=0)[kept],
            )
        )
    names = Nodes.__dataclass_fields__
    return Nodes(*(np.concatenate([getattr(nodes, name) for nodes in levels]) for name in names))


def _level_values(
    chips: ChipColumns, rasters: RasterColumns, codes: CodeColumns
) -> Iterator[tuple[TreeLevel, npt.NDArray[Any]]]:
    """Each level from the root down with the value of every chip [n] there."""
    raster, tiles = chips.raster, _tiles(chips)
    yield TreeLevel.ROOT, np.zeros(len(chips), np.int8)
    yield TreeLevel.PLATFORM, rasters.platform[raster]
    yield TreeLevel.SENSOR, rasters.sensor[raster]
    yield TreeLevel.BAND, bands_of(codes.sizes)[codes.size[chips.place]]
    for level, zoom in ((TreeLevel.TILE_4, 4), (TreeLevel.TILE_8, 8), (TreeLevel.TILE_12, 12)):
        yield level, tiles >> (2 * (_TILE_ZOOM - zoom))
    yield TreeLevel.YEAR, rasters.year[raster]
    yield TreeLevel.MONTH, rasters.month[raster]
    yield TreeLevel.RASTER, raster
    yield TreeLevel.CONTENT, codes.codes[chips.place, 0]
    yield TreeLevel.BUCKET, _buckets(codes.codes)[chips.place]


def _tiles(chips: ChipColumns) -> npt.NDArray[np.int64]:
    """The quadkey of the centre of each chip's box [n] at zoom 12, as a number of two bits a zoom; -1 for unknown.

    A shift to the right by two bits gives the tile that holds it at one zoom less, and leaves -1 what it is.
    """
    side = 1 << _TILE_ZOOM
    west, south, east, north = chips.box.T
    known = ~np.isnan(west)
    longitude, latitude = np.where(known, (west + east) / 2, 0), np.where(known, (south + north) / 2, 0)
    latitude = np.radians(np.clip(latitude, -_MOST_LATITUDE, _MOST_LATITUDE).astype(np.float64))
    x = ((longitude + 180) % 360) / 360 * side
    y = (1 - np.arcsinh(np.tan(latitude)) / np.pi) / 2 * side
    column, row = (np.clip(value, 0, side - 1).astype(np.int64) for value in (x, y))
    tiles = np.zeros(len(chips), np.int64)
    for bit in range(_TILE_ZOOM):
        tiles |= ((column >> bit) & 1) << (2 * bit) | ((row >> bit) & 1) << (2 * bit + 1)
    return np.where(known, tiles, -1)


def _buckets(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
    """The first 16 bits of each code [n, b] as a number [n], those of its content, the first 8, above the others."""
    return codes[:, 0].astype(np.int32) << 8 | codes[:, 1]
