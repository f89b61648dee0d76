"""Writes blocks into an archive from a process of its own, and says after each one that it is there.

python block_writer.py ARCHIVE RASTER_ID BLOCKS CHIPS_A_BLOCK SECONDS_BETWEEN_BLOCKS
"""

from __future__ import annotations

import sys
import time

import numpy as np

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.records import NewChips

GSD = 0.3
CELLS = 8
DEGREES = 0.001


def make_chips(
    count: int, *, seed: int = 0, dimension: int = 256, west: float = -122.6, north: float = 47.5
) -> NewChips:
    """A square grid of half-overlapping chips from a north-west corner, with random unit vectors."""
    generator = np.random.default_rng(seed)
    side = max(1, int(np.ceil(np.sqrt(count))))
    x, y = np.arange(count) % side, np.arange(count) // side
    lon, lat = west + x * DEGREES / 2, north - y * DEGREES / 2
    vectors = generator.standard_normal((count, dimension)).astype(np.float32)
    corners = [(lon, lat), (lon + DEGREES, lat), (lon + DEGREES, lat - DEGREES), (lon, lat - DEGREES)]
    return NewChips(
        windows=np.stack([x * 128.0, y * 128.0, np.full(count, 256.0), np.full(count, 256.0)], axis=1),
        gsd=np.full(count, GSD),
        cells=np.full(count, CELLS, np.int32),
        valid=np.ones(count, np.float32),
        footprints=np.stack([np.stack(corner, axis=1) for corner in corners], axis=1).reshape(count, 4, 2),
        vectors=vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9),
    )


def main() -> None:
    path, raster_id, blocks, chips = sys.argv[1], *map(int, sys.argv[2:5])
    with Archive.open(path, writable=True) as archive:
        for block in sorted(set(range(blocks)) - archive.finished_blocks(raster_id)):
            archive.write_block(raster_id, block, make_chips(chips, seed=block, dimension=archive.dimension))
            print(block, flush=True)
            time.sleep(float(sys.argv[5]))


if __name__ == "__main__":
    main()
