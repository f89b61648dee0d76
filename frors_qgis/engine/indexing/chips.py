"""Turns blocks of a raster into chips."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.archive.records import NewChips
from frors_qgis.engine.encoders.interface import CELL, Pause, WindowEncoder, no_pause
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.reader import Pixels, Reader
from frors_qgis.engine.indexing.plan import Block

LEAST_VALID = 0.5
"""A window becomes a chip when at least this share of its pixels is valid."""


@dataclass(frozen=True)
class ReadBlock:
    """A block with its pixels, halo included, and the valid fraction of each of its windows [n]."""

    block: Block
    pixels: Pixels
    fractions: NDArray[np.float32]

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Which windows [n] hold enough valid pixels."""
        return self.fractions >= LEAST_VALID


def read_block(reader: Reader, block: Block, halo: int) -> ReadBlock:
    """Reads a block with its halo; raises EngineError(RASTER_UNREADABLE)."""
    width, height = block.columns * CELL + 2 * halo, block.rows * CELL + 2 * halo
    pixels = reader.read(block.grid, block.x * CELL - halo, block.y * CELL - halo, width, height)
    core = pixels.valid[halo:-halo, halo:-halo]
    cells = core.reshape(block.rows, CELL, block.columns, CELL).mean(axis=(1, 3), dtype=np.float32)
    fractions = np.array([cells[y : y + n, x : x + n].mean() for x, y, n in block.windows], dtype=np.float32)
    return ReadBlock(block, pixels, fractions)


def batched(reads: Iterable[ReadBlock], encoder: WindowEncoder) -> Iterator[list[ReadBlock]]:
    """The blocks in the same order, as many together as the encoder likes; those together have the same windows.

    Where reading fails, those that were read come before the error.
    """
    if not encoder.joins:
        yield from ([read] for read in reads)
        return
    batch: list[ReadBlock] = []
    try:
        for read in reads:
            if batch and not (_alike(read, batch[0]) and len(batch) < encoder.batch(*read.pixels.valid.shape)):
                yield batch
                batch = []
            batch.append(read)
    except Exception:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _alike(one: ReadBlock, other: ReadBlock) -> bool:
    """Whether two blocks may be encoded together, and both are worth it."""
    return (
        one.pixels.rgb.shape == other.pixels.rgb.shape
        and np.array_equal(one.block.windows, other.block.windows)
        and bool(one.kept.any() and other.kept.any())
    )


def encode_blocks(
    reads: list[ReadBlock], raster: Raster, encoder: WindowEncoder, pause: Pause = no_pause
) -> list[NewChips]:
    """The chips of each block of a batch; there may be none. `pause` is called now and then."""
    wanted = np.logical_or.reduce([read.kept for read in reads])
    squares = reads[0].block.windows[wanted][:, [0, 1, 2, 2]].astype(np.float64)
    vectors = np.zeros((len(reads), 0, encoder.dimension), np.float32)
    if len(squares):
        rgb, valid = (np.stack([getattr(read.pixels, name) for read in reads]) for name in ("rgb", "valid"))
        vectors = encoder.encode(rgb, valid, squares, pause)
    return [
        _chips(read, raster, squares[read.kept[wanted]], own[read.kept[wanted]])
        for read, own in zip(reads, vectors, strict=True)
    ]


def _chips(read: ReadBlock, raster: Raster, squares: NDArray[np.float64], vectors: NDArray[np.float32]) -> NewChips:
    block = read.block
    windows = block.grid.windows(CELL * (squares + np.array([block.x, block.y, 0, 0])))
    return NewChips(
        windows=windows,
        gsd=np.full(len(squares), block.grid.gsd, dtype=np.float64),
        cells=squares[:, 2].astype(np.int32),
        valid=read.fractions[read.kept],
        footprints=raster.footprints(windows),
        vectors=vectors,
    )
