"""Turns one block of a raster into chips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.archive.records import NewChips
from frors_qgis.engine.encoders.interface import CELL, WindowEncoder
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.reader import Pixels, Reader
from frors_qgis.engine.indexing.plan import Block

LEAST_VALID = 0.5
"""A window becomes a chip when at least this share of its pixels is valid."""


@dataclass(frozen=True)
class ReadBlock:
    """A block with its pixels, halo included, and those of its windows [n, 3] that hold enough valid pixels."""

    block: Block
    pixels: Pixels
    windows: NDArray[np.int64]
    valid: NDArray[np.float32]


def read_block(reader: Reader, block: Block, halo: int) -> ReadBlock:
    """Reads a block with its halo; raises EngineError(RASTER_UNREADABLE)."""
    width, height = block.columns * CELL + 2 * halo, block.rows * CELL + 2 * halo
    pixels = reader.read(block.grid, block.x * CELL - halo, block.y * CELL - halo, width, height)
    core = pixels.valid[halo:-halo, halo:-halo]
    cells = core.reshape(block.rows, CELL, block.columns, CELL).mean(axis=(1, 3), dtype=np.float32)
    fractions = np.array([cells[y : y + n, x : x + n].mean() for x, y, n in block.windows], dtype=np.float32)
    kept = fractions >= LEAST_VALID
    return ReadBlock(block, pixels, block.windows[kept], fractions[kept])


def encode_block(read: ReadBlock, raster: Raster, encoder: WindowEncoder) -> NewChips:
    """The chips of a block that was read; there may be none."""
    block, count = read.block, len(read.windows)
    squares = read.windows[:, [0, 1, 2, 2]].astype(np.float64)
    vectors = np.zeros((0, encoder.dimension), np.float32)
    if count:
        vectors = encoder.encode(read.pixels.rgb[None], read.pixels.valid[None], squares)[0]
    windows = block.grid.windows(CELL * (squares + np.array([block.x, block.y, 0, 0])))
    return NewChips(
        windows=windows,
        gsd=np.full(count, block.grid.gsd, dtype=np.float64),
        cells=read.windows[:, 2].astype(np.int32),
        valid=read.valid,
        footprints=raster.footprints(windows),
        vectors=vectors,
    )
