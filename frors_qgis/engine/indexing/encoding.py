"""Reads and encodes the blocks of a raster, each step while the one before is at the next block."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from frors_qgis.engine.archive.records import NewChips
from frors_qgis.engine.encoders.interface import Pause, WindowEncoder, no_pause
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.stretch import Stretch
from frors_qgis.engine.indexing.block_readers import BlockReaders
from frors_qgis.engine.indexing.chips import ReadBlock, batched, encode_blocks
from frors_qgis.engine.indexing.pipeline import ahead
from frors_qgis.engine.indexing.plan import Block

_READERS = min(4, os.cpu_count() or 1)
"""Threads that read for a graphics card. A CPU that encodes keeps one busy for a part of the time only, and several
would push each other's rows out of GDAL's cache."""

EncodedBlock = tuple[int, NewChips]
"""A block's number and its chips, of which there may be none."""


@contextmanager
def encoded(
    raster: Raster, stretch: Stretch, encoder: WindowEncoder, blocks: Iterable[Block], pause: Pause = no_pause
) -> Iterator[Iterator[list[EncodedBlock]]]:
    """The blocks with their chips, in order, as many together as the encoder likes.

    `pause` is called by the thread that encodes, before every batch and while it is encoded. What it and reading raise
    comes out in its turn.
    """

    def encode(reads: list[ReadBlock]) -> list[EncodedBlock]:
        pause()
        chips = encode_blocks(reads, raster, encoder, pause)
        return [(read.block.number, own) for read, own in zip(reads, chips, strict=True)]

    with ExitStack() as stack:
        readers = stack.enter_context(BlockReaders(raster.path, stretch, encoder.halo))
        reads = stack.enter_context(ahead(readers.read, blocks, "read", reading_threads(encoder)))
        yield stack.enter_context(ahead(encode, batched(reads, encoder), "encode"))


def reading_threads(encoder: WindowEncoder) -> int:
    """How many threads read blocks for an encoder."""
    return _READERS if encoder.joins else 1
