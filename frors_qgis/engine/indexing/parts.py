"""Parts: the chips of a stripe of a raster's blocks in a file, encoded by one process and written to the archive by
another.

A part's name is made of all that decides what is in it, so that a part that is there need not be made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from frors_qgis.engine.archive.array_file import ArrayFileError, read_arrays, write_arrays
from frors_qgis.engine.archive.records import NewChips
from frors_qgis.engine.encoders.interface import WindowEncoder
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.stretch import Stretch
from frors_qgis.engine.indexing.encoding import EncodedBlock, encoded
from frors_qgis.engine.indexing.plan import Levels, Plan
from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.version import VERSION

SUFFIX = ".part"

_KIND = "chips of a stripe"
_COLUMNS = {
    "windows": ("<f8", 4),
    "gsd": ("<f8", 1),
    "cells": ("<i4", 1),
    "valid": ("<f4", 1),
    "footprints": ("<f8", 8),
}
"""Type and how many numbers a chip has."""
_COUNTS, _VECTORS = "counts", "vectors"
_TYPES = {_COUNTS: "<i8", **{name: type_ for name, (type_, _) in _COLUMNS.items()}, _VECTORS: "<f2"}


@dataclass(frozen=True)
class PartTask:
    """What decides a part; JSON values only.

    `raster` is a path that every process knows, `identity` the file's there; `passes` are those that the archive has of
    it, which `gsds`, `windows` and `overlap` ask for; blocks are numbered from `first` to before `end`.
    """

    raster: str
    identity: str
    stretch: dict[str, Any]
    gsds: tuple[float, ...]
    windows: tuple[int, ...]
    overlap: float
    passes: list[dict[str, Any]]
    first: int
    end: int
    encoder: str
    encoder_sha256: str

    @property
    def blocks(self) -> range:
        """The numbers of its blocks."""
        return range(self.first, self.end)

    @property
    def name(self) -> str:
        """The name of the part's file."""
        content = json.dumps([VERSION, asdict(self)], sort_keys=True).encode("utf-8", "surrogatepass")
        return f"{self.first:x}-{hashlib.sha256(content).hexdigest()[:32]}{SUFFIX}"


def encode_part(task: PartTask, encoder: Callable[[], WindowEncoder], folder: Path) -> None:
    """Makes a part; the file appears in the folder complete, or not at all.

    Raises EngineError: RASTER_UNREADABLE also where the raster is another file here, and what opening it and
    `encoder` raise; OSError where the folder takes no file.
    """
    with Raster(task.raster) as raster:
        if raster.identity != task.identity:
            raise EngineError(
                ErrorCode.RASTER_UNREADABLE,
                f"{task.raster} is not the same file on all computers, or has changed: index it again.",
            )
        plan = Plan(raster, Levels(tuple(task.gsds), tuple(task.windows), task.overlap), task.passes)
        with encoded(raster, Stretch.from_json(task.stretch), encoder(), plan.blocks_in(task.blocks)) as batches:
            blocks = [chips for batch in batches for _, chips in batch]
    arrays = {_COUNTS: np.array([len(chips) for chips in blocks])}
    arrays |= {name: np.concatenate([getattr(chips, name) for chips in blocks]) for name in (*_COLUMNS, _VECTORS)}
    waiting = folder / f"{task.name}.{uuid.uuid4().hex}"  # another process may be making the same part
    try:
        typed = {name: arrays[name].astype(type_) for name, type_ in _TYPES.items()}
        write_arrays(waiting, _KIND, {"name": task.name}, typed)
        os.replace(waiting, folder / task.name)
    finally:
        waiting.unlink(missing_ok=True)


def read_part(task: PartTask, folder: Path, dimension: int) -> list[EncodedBlock]:
    """The blocks of a part with their chips, whose vectors have so many dimensions.

    Raises ArrayFileError where there is no such part.
    """
    path = folder / task.name
    head, arrays = read_arrays(path, _KIND, _TYPES)
    counts = arrays.pop(_COUNTS)
    chips, widths = int(counts.sum()), {name: width for name, (_, width) in _COLUMNS.items()} | {_VECTORS: dimension}
    fits = all(arrays[name].size == chips * width for name, width in widths.items())
    if head.get("name") != task.name or len(counts) != len(task.blocks) or (counts < 0).any() or not fits:
        raise ArrayFileError(f"{path} is another part")
    shapes = {"windows": (chips, 4), "footprints": (chips, 4, 2), _VECTORS: (chips, dimension)}
    parts = {
        name: np.split(arrays[name].reshape(shapes.get(name, (chips,))), np.cumsum(counts)[:-1]) for name in widths
    }
    return [
        (number, NewChips(**{name: parts[name][place] for name in widths})) for place, number in enumerate(task.blocks)
    ]
