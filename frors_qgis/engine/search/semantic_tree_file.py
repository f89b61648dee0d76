"""The semantic tree of an archive, kept beside it: a cache that can be thrown away at any time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.array_file import ArrayFileError, read_arrays, write_arrays
from frors_qgis.engine.archive.codes.hasher import MOST_BITS
from frors_qgis.engine.archive.records import Generation
from frors_qgis.engine.search.semantic_columns import BANDS, NO_DAY, ChipColumns, RasterColumns
from frors_qgis.engine.search.semantic_nodes import Nodes, TreeLevel
from frors_qgis.engine.search.semantic_tree import SemanticTree
from frors_qgis.protocol import EngineError

FILE_NAME = "semantic.tree"

_KIND = "semantic tree"
_RASTERS = {"platform": "<i4", "sensor": "<i4", "gsd": "<f8", "day": "<i4"}
_CHIPS = {"ids": "<i8", "raster": "<i4", "longitude": "<f8", "latitude": "<f8", "codes": "<u1", "classes": "<i4"}
_NODES = {"level": "<i1", "value": "<i8", "first": "<i8", "count": "<i8", "children": "<i8"}
_NODES |= {"box": "<f8", "days": "<i4", "ors": "<u8", "ands": "<u8"}
_WORD = 8


def tree_fingerprint(
    generation: Generation, hasher: str, rasters: RasterColumns, classes: npt.NDArray[np.int64] | None = None
) -> str:
    """What a tree depends on, as 64 hexadecimal digits.

    That is the archive's chips, the fingerprint of their hasher, what is known of the rasters, and the chips' classes.
    """
    digest = hashlib.sha256(json.dumps([*generation, hasher, rasters.platforms, rasters.sensors]).encode())
    for name, kind in _RASTERS.items():
        digest.update(getattr(rasters, name).astype(kind).tobytes())
    digest.update(b"" if classes is None else classes.astype("<i8").tobytes())
    return digest.hexdigest()


def kept_tree(folder: Path, fingerprint: str, build: Callable[[], SemanticTree]) -> SemanticTree:
    """The tree that a folder keeps if it is of this fingerprint, else a new one, which is kept where that is possible.

    folder: the archive's folder of segments.
    """
    path = folder / FILE_NAME
    with suppress(ArrayFileError):
        return read_tree(path, fingerprint)
    tree = build()
    with suppress(OSError, EngineError):  # a folder that refuses, another process that writes it
        folder.mkdir(exist_ok=True)
        write_tree(path, fingerprint, tree)
    return tree


def write_tree(path: Path, fingerprint: str, tree: SemanticTree) -> None:
    """Writes a tree whole, or raises OSError or EngineError as `write_arrays` does."""
    rasters = tree.rasters
    head = {
        "fingerprint": fingerprint,
        "platforms": rasters.platforms,
        "sensors": rasters.sensors,
        "code bytes": tree.chips.codes.shape[1],
    }
    arrays: dict[str, npt.NDArray[Any]] = {}
    for part, types in ((rasters, _RASTERS), (tree.chips, _CHIPS), (tree.nodes, _NODES)):
        arrays |= {name: getattr(part, name).astype(kind, copy=False) for name, kind in types.items()}
    write_arrays(path, _KIND, head, arrays)


def read_tree(path: Path, fingerprint: str) -> SemanticTree:
    """The tree of a file. Whatever the file holds, a search of it ends and stays within its arrays.

    Raises ArrayFileError for one that is not of this fingerprint, or no tree.
    """
    head, arrays = read_arrays(path, _KIND, _RASTERS | _CHIPS | _NODES)
    if head.get("fingerprint") != fingerprint:
        raise ArrayFileError(f"{path} is a tree of something else")
    try:
        platforms, sensors = tuple(map(str, head["platforms"])), tuple(map(str, head["sensors"]))
        width = int(head["code bytes"])
        if not 2 <= width <= MOST_BITS // 8:
            raise ValueError("its codes have an impossible length")
        shapes = {"codes": (-1, width), "box": (-1, 4), "days": (-1, 2)}
        shapes |= dict.fromkeys(("ors", "ands"), (-1, -(-width // _WORD)))
        arrays |= {name: arrays[name].reshape(shape) for name, shape in shapes.items()}
        rasters = RasterColumns(platforms, sensors, *(arrays[name] for name in _RASTERS))
        chips = ChipColumns(*(arrays[field.name] for field in fields(ChipColumns)))
        nodes = Nodes(*(arrays[field.name] for field in fields(Nodes)))
        for part, types in ((rasters, _RASTERS), (chips, _CHIPS), (nodes, _NODES)):
            if any(len(arrays[name]) != len(part) for name in types):
                raise ValueError("its columns have different lengths")
        _check_columns(rasters, chips)
        _check_nodes(nodes, rasters, len(chips))
        return SemanticTree(rasters, chips, nodes)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ArrayFileError(f"{path} holds no tree: {error}") from error


def _check_columns(rasters: RasterColumns, chips: ChipColumns) -> None:
    """Raises ValueError where a number is a place in something that has no such place."""
    _check_range(rasters.platform, len(rasters.platforms))
    _check_range(rasters.sensor, len(rasters.sensors))
    _check_range(rasters.day, date.max.toordinal(), NO_DAY)
    _check_range(chips.raster, len(rasters) - 1)


def _check_nodes(nodes: Nodes, rasters: RasterColumns, chips: int) -> None:
    """Raises ValueError unless every node has one parent, which stands before it, and every chip is in one leaf."""
    if len(nodes) == 0 and chips == 0:
        return
    _check_range(nodes.level, TreeLevel.BUCKET)
    most = {TreeLevel.PLATFORM: len(rasters.platforms), TreeLevel.SENSOR: len(rasters.sensors)}
    most |= {TreeLevel.BAND: len(BANDS) + 1, TreeLevel.MONTH: 12}
    for level, last in most.items():
        _check_range(nodes.value[nodes.level == level], last)
    _check_range(nodes.children, len(nodes) - 1)
    inner = nodes.children > 0
    first_children = nodes.first_children()
    if int(nodes.children.sum()) != len(nodes) - 1 or (first_children <= np.arange(len(nodes)))[inner].any():
        raise ValueError("its nodes make no tree")
    _check_range(nodes.count, chips, 1)
    _check_range(nodes.first, chips - 1)
    order = np.argsort(nodes.first[~inner], kind="stable")
    first, count = nodes.first[~inner][order], nodes.count[~inner][order]
    if int(count.sum()) != chips or (first != np.cumsum(count) - count).any():
        raise ValueError("its leaves do not hold every chip once")


def _check_range(values: npt.NDArray[Any], last: int, first: int = 0) -> None:
    if len(values) and not (first <= values.min() and values.max() <= last):
        raise ValueError("it holds a number that is out of range")
