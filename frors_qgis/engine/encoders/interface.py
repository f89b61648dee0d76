"""What the other rooms need of an encoder. Does not import torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

CELL = 32
"""Pixels along one side of a cell, the stride of the trunk."""

Pause = Callable[[], None]
"""Called while an encoder works. It may wait, and may raise to give the work up."""


def no_pause() -> None:
    """Goes on at once."""


class WindowEncoder(Protocol):
    """Encodes windows of blocks.

    `halo` is the pixels of context that a block has on each side of its core; `dimension` is that of an embedding;
    `joins` says whether several blocks may be faster together.
    """

    halo: int
    dimension: int
    joins: bool

    def batch(self, height: int, width: int) -> int:
        """See `frors_qgis.engine.encoders.encoder.Encoder.batch`."""

    def encode(
        self,
        rgb: NDArray[np.uint8],
        valid: NDArray[np.bool_],
        windows: NDArray[np.float64],
        pause: Pause = no_pause,
    ) -> NDArray[np.float32]:
        """See `frors_qgis.engine.encoders.encoder.Encoder.encode`."""

    def encode_images(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See `frors_qgis.engine.encoders.encoder.Encoder.encode_images`."""
