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
_PIECE = 1 << 18  # chips whose tiles are reckoned at once


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
    # Of millions of chips each array takes some of the memory that codes are to save, so none lives longer than needed.
    kinds = np.unique(np.stack([rasters.platform, rasters.sensor], axis=1), axis=0, return_inverse=True)[1].reshape(-1)
    times = np.empty(len(rasters), np.int64)
    times[np.argsort(rasters.month, kind="stable")] = np.arange(len(rasters))
    key = times[chips.raster] << 16
    key |= _buckets(codes.codes)[chips.place]
    order = np.argsort(key, kind="stable")
    key = kinds.astype(np.int64)[chips.raster] << 8
    key |= bands_of(codes.sizes)[codes.size[chips.place]]
    key <<= 2 * _TILE_ZOOM + 1
    key |= 1 + _tiles(chips)
    key = key[order]
    return order[np.argsort(key, kind="stable")]


def build_nodes(chips: ChipColumns, rasters: RasterColumns, codes: CodeColumns, leaf_chips: int) -> Nodes:
    """The nodes over chips in the tree's order.

    One that holds at most `leaf_chips` is a leaf, whatever its level: they are compared faster than parted.
    """
    words = as_words(codes.codes)[chips.place]
    days = rasters.day[chips.raster]
    earliest = np.where(days == NO_DAY, _NEVER, days)
    levels: list[Nodes] = []
    for level, values in _level_values(chips, rasters, codes):
        starts, stops = np.zeros(min(1, len(chips)), np.int64), np.full(min(1, len(chips)), len(chips))
        if levels:
            parents = levels[-1]
            parted = np.flatnonzero(parents.count > leaf_chips)
            if not len(parted):
                break
            begins, ends = parents.first[parted], parents.first[parted] + parents.count[parted]
            starts = _starts(values, begins, ends)
            parent = np.searchsorted(begins, starts, side="right") - 1
            stops = np.minimum(np.append(starts[1:], len(chips)), ends[parent])
            parents.children[parted] = np.bincount(parent, minlength=len(parted))
        edges = np.stack([starts, stops], axis=1).reshape(-1)
        edges = edges[edges < len(chips)]  # of every two parts the first is a node, the other lies between two
        box = [np.fmin.reduceat(column, edges)[::2] for column in chips.box.T[:2]]
        box += [np.fmax.reduceat(column, edges)[::2] for column in chips.box.T[2:]]
        levels.append(
            Nodes(
                np.full(len(starts), level, np.int8),
                values[starts].astype(np.int64),
                starts,
                stops - starts,
                np.zeros(len(starts), np.int64),
                np.stack(box, axis=1),
                np.stack([np.minimum.reduceat(earliest, edges)[::2], np.maximum.reduceat(days, edges)[::2]], axis=1),
                np.bitwise_or.reduceat(words, edges, axis=0)[::2],
                np.bitwise_and.reduceat(words, edges, axis=0)[::2],
            )
        )
    names = Nodes.__dataclass_fields__
    return Nodes(*(np.concatenate([getattr(nodes, name) for nodes in levels]) for name in names))


def _starts(
    values: npt.NDArray[Any], begins: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Where nodes begin that part others, each from `begins` to `ends`, by the values of their chips [n]."""
    marks = np.zeros(len(values) + 1, np.int8)
    marks[begins] += 1
    marks[ends] -= 1
    changed = np.cumsum(marks[:-1], dtype=np.int8).view(bool)
    changed[1:] &= values[1:] != values[:-1]
    changed[begins] = True
    return np.flatnonzero(changed)


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


def _tiles(chips: ChipColumns) -> npt.NDArray[np.int32]:
    """The quadkey of the centre of each chip's box [n] at zoom 12, as a number of two bits a zoom; -1 for unknown.

    A shift to the right by two bits gives the tile that holds it at one zoom less, and leaves -1 what it is.
    """
    tiles = np.empty(len(chips), np.int32)
    for start in range(0, len(chips), _PIECE):
        tiles[start : start + _PIECE] = _tiles_of(chips.box[start : start + _PIECE].astype(np.float64))
    return tiles


def _tiles_of(box: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    side = 1 << _TILE_ZOOM
    west, south, east, north = box.T
    known = ~np.isnan(west)
    longitude, latitude = np.where(known, (west + east) / 2, 0), np.where(known, (south + north) / 2, 0)
    latitude = np.radians(np.clip(latitude, -_MOST_LATITUDE, _MOST_LATITUDE))
    x = ((longitude + 180) % 360) / 360 * side
    y = (1 - np.arcsinh(np.tan(latitude)) / np.pi) / 2 * side
    column, row = (np.clip(value, 0, side - 1).astype(np.int64) for value in (x, y))
    tiles = np.zeros(len(box), np.int64)
    for bit in range(_TILE_ZOOM):
        tiles |= ((column >> bit) & 1) << (2 * bit) | ((row >> bit) & 1) << (2 * bit + 1)
    return np.where(known, tiles, -1)


def _buckets(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
    """The first 16 bits of each code [n, b] as a number [n], those of its content, the first 8, above the others."""
    return codes[:, 0].astype(np.int32) << 8 | codes[:, 1]
