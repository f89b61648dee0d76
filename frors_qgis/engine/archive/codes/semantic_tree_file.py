"""The semantic tree of an archive, kept beside it: a cache that can be thrown away at any time."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.array_file import ArrayFileError, read_arrays, write_arrays
from frors_qgis.engine.archive.codes.hamming import words_of
from frors_qgis.engine.archive.codes.semantic_columns import MOST_BAND, NO_DAY, ChipColumns, CodeColumns, RasterColumns
from frors_qgis.engine.archive.codes.semantic_nodes import Nodes, TreeLevel
from frors_qgis.engine.archive.codes.semantic_tree import SemanticTree

SUFFIX = ".tree"

_KIND = "semantic tree"
_RASTERS = {"ids": "<i8", "platform": "<i4", "sensor": "<i4", "day": "<i4"}
_CHIPS = {"place": "<i4", "raster": "<i4", "box": "<f4"}
_NODES = {"level": "<i1", "value": "<i8", "first": "<i8", "count": "<i8", "children": "<i8"}
_NODES |= {"box": "<f4", "days": "<i4", "ors": "<u8", "ands": "<u8"}
_PARTS: tuple[tuple[str, type[RasterColumns] | type[ChipColumns] | type[Nodes], dict[str, str]], ...] = (
    ("raster", RasterColumns, _RASTERS),
    ("chip", ChipColumns, _CHIPS),
    ("node", Nodes, _NODES),
)
TYPES = {f"{part} {name}": type_ for part, _, types in _PARTS for name, type_ in types.items()}
_SMALL_BYTES = 1 << 20
_CHIP_BYTES = 256
_NODE_WORDS = 32
"""No tree takes more for each of its chips, with these bytes for each word of a code: all that has a parent has one
with more than `LEAF_CHIPS`, so there are hardly more nodes than chips, of 73 bytes and their codes twice."""


def write_tree(path: Path, fingerprint: str, tree: SemanticTree) -> None:
    """Writes a tree whole, or raises what `write_arrays` does."""
    arrays: dict[str, npt.NDArray[Any]] = {}
    for (part, _, types), columns in zip(_PARTS, (tree.rasters, tree.chips, tree.nodes), strict=True):
        arrays |= {f"{part} {name}": getattr(columns, name).astype(kind, copy=False) for name, kind in types.items()}
    write_arrays(path, _KIND, {"fingerprint": fingerprint}, arrays)


def read_tree(path: Path, fingerprint: str, codes: CodeColumns) -> SemanticTree:
    """The tree of a file, which stays there until it is looked at, over the codes of an index.

    Whatever the file holds, a search of it ends and stays within its arrays. Raises ArrayFileError for one that is not
    of this fingerprint, or no tree.
    """
    width = words_of(codes.codes.shape[1])
    chips = len(codes.codes)
    most = _SMALL_BYTES + chips * (_CHIP_BYTES + _NODE_WORDS * width)
    head, arrays = read_arrays(path, _KIND, TYPES, mapped_bytes=most)
    if head.get("fingerprint") != fingerprint:
        raise ArrayFileError(f"{path} is a tree of something else")
    try:
        shapes = {"chip box": (-1, 4), "node box": (-1, 4), "node days": (-1, 2)}
        shapes |= dict.fromkeys(("node ors", "node ands"), (-1, width))
        arrays |= {name: arrays[name].reshape(shape) for name, shape in shapes.items()}
        rasters = RasterColumns(*_columns("raster", RasterColumns, arrays))
        columns = ChipColumns(*_columns("chip", ChipColumns, arrays))
        nodes = Nodes(*_columns("node", Nodes, arrays))
        _check_columns(rasters, columns, chips)
        _check_nodes(nodes, rasters, chips)
        return SemanticTree(rasters, columns, nodes, codes)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ArrayFileError(f"{path} holds no tree: {error}") from error


def _columns(
    part: str, kind: type[RasterColumns] | type[ChipColumns] | type[Nodes], arrays: dict[str, npt.NDArray[Any]]
) -> list[npt.NDArray[Any]]:
    columns = [arrays[f"{part} {field.name}"] for field in fields(kind)]
    if len({len(column) for column in columns}) > 1:
        raise ValueError("its columns have different lengths")
    return columns


def _check_columns(rasters: RasterColumns, chips: ChipColumns, count: int) -> None:
    """Raises ValueError where a number is a place in something that has no such place, or a chip is there twice."""
    _check_range(rasters.platform, len(rasters))
    _check_range(rasters.sensor, len(rasters))
    _check_range(rasters.day, date.max.toordinal(), NO_DAY)
    _check_range(chips.raster, len(rasters) - 1)
    _check_range(chips.place, count - 1)
    seen = np.zeros(count, bool)
    seen[chips.place] = True
    if len(chips) != count or not seen.all():
        raise ValueError("it does not hold every chip once")


def _check_nodes(nodes: Nodes, rasters: RasterColumns, chips: int) -> None:
    """Raises ValueError unless every node has one parent, which stands before it, and every chip is in one leaf."""
    if len(nodes) == 0 and chips == 0:
        return
    _check_range(nodes.level, TreeLevel.BUCKET)
    most = {
        TreeLevel.PLATFORM: rasters.platform.max(initial=0),
        TreeLevel.SENSOR: rasters.sensor.max(initial=0),
        TreeLevel.BAND: MOST_BAND,
        TreeLevel.YEAR: rasters.year.max(initial=0),
        TreeLevel.MONTH: rasters.month.max(initial=0),
        TreeLevel.RASTER: len(rasters) - 1,
    }
    for level, last in most.items():
        _check_range(nodes.value[nodes.level == level], int(last))
    _check_range(nodes.children, len(nodes) - 1)
    inner = nodes.children > 0
    first_children = nodes.first_children()
    if int(nodes.children.sum()) != len(nodes) - 1 or (first_children <= np.arange(len(nodes)))[inner].any():
        raise ValueError("its nodes make no tree")
    _check_range(nodes.count, chips, 1)
    _check_range(nodes.first, chips - 1)
    parent = np.repeat(np.flatnonzero(inner), nodes.children[inner])
    follows = nodes.first[1:] == nodes.first[:-1] + nodes.count[:-1]
    same = np.append(False, parent[1:] == parent[:-1])
    held = np.bincount(parent, nodes.count[1:], len(nodes))
    starts = nodes.first[np.minimum(first_children, len(nodes) - 1)] == nodes.first
    if not (follows | ~same).all() or (held != nodes.count)[inner].any() or not starts[inner].all():
        raise ValueError("its nodes do not hold what is below them")
    order = np.argsort(nodes.first[~inner], kind="stable")
    first, count = nodes.first[~inner][order], nodes.count[~inner][order]
    if int(count.sum()) != chips or (first != np.cumsum(count) - count).any():
        raise ValueError("its leaves do not hold every chip once")


def _check_range(values: npt.NDArray[Any], last: int, first: int = 0) -> None:
    if len(values) and not (first <= values.min() and values.max() <= last):
        raise ValueError("it holds a number that is out of range")
