"""The engine as it is, but for an encoder that is quick: embeddings of mean colours, without torch.

python -m tests.hard.quick_engine serve ...      (what `python -m frors_qgis.engine serve ...` is otherwise)

Three environment variables: FRORS_HARD_BLOCKS names a file that grows by a byte whenever a block begins to be encoded,
FRORS_HARD_SECONDS is how long encoding one takes at least, and FRORS_HARD_ROOM is the address space in bytes.
"""

from __future__ import annotations

import os
import resource
import sys
import time

import numpy as np

from frors_qgis.engine import __main__ as command_line
from frors_qgis.engine.archive import segment_folder
from frors_qgis.engine.encoder_pool import EncoderPool
from frors_qgis.engine.encoders.installed import encoder_sha256

SEGMENT_CHIPS = 200
_CELL = 32


class QuickEncoder:
    """A stand-in for `SharedEncoder`."""

    halo = 96
    dimension = 256
    joins = False
    classes = ()
    device = "cpu"

    def __init__(self) -> None:
        self._directions = np.random.default_rng(0).standard_normal((7, self.dimension)).astype(np.float32)
        self._seconds = float(os.environ.get("FRORS_HARD_SECONDS", "0"))
        name = os.environ.get("FRORS_HARD_BLOCKS")
        self._blocks = None if name is None else os.open(name, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def batch(self, height, width):
        return 1

    def encode(self, rgb, valid, windows, pause=lambda: None):
        if self._blocks is not None:
            os.write(self._blocks, b"x" * len(rgb))
        for _ in range(4):
            pause()
            time.sleep(self._seconds / 4)
        return np.stack([self._embed(block[self.halo : -self.halo, self.halo : -self.halo], windows) for block in rgb])

    def _embed(self, core, windows):
        rows, columns = core.shape[0] // _CELL, core.shape[1] // _CELL
        cells = core[: rows * _CELL, : columns * _CELL].reshape(rows, _CELL, columns, _CELL, 3)
        means = cells.mean(axis=(1, 3), dtype=np.float32) / 255 - 0.5
        features = []
        for x, y, width, height in np.floor(windows).astype(int).tolist():
            part = means[max(0, y) : max(1, y + height), max(0, x) : max(1, x + width)].reshape(-1, 3)
            part = part if len(part) else np.zeros((1, 3), np.float32)
            features.append([*part.mean(axis=0), *part.std(axis=0), 0.1])
        vectors = np.array(features, np.float32).reshape(-1, 7) @ self._directions
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def encode_images(self, rgb):
        return np.full((len(rgb), self.dimension), self.dimension**-0.5, np.float32)

    def suggest(self, rgb, valid, windows):
        return np.zeros((len(rgb), len(windows), 0), np.float32)


def main() -> int:
    encoder = QuickEncoder()

    def get(pool: EncoderPool, identifier: str, device: str = "auto") -> QuickEncoder:
        encoder_sha256(identifier)  # an unknown one is refused
        return encoder

    EncoderPool.get = get
    EncoderPool.runtime = lambda pool, device="auto": {"device": "cpu", "torch": "none", "threads": 1}
    segment_folder.SEGMENT_CHIPS = SEGMENT_CHIPS
    if (room := int(os.environ.get("FRORS_HARD_ROOM", "0"))) > 0:
        resource.setrlimit(resource.RLIMIT_AS, (room, room))
    return command_line.main()


if __name__ == "__main__":
    sys.exit(main())
