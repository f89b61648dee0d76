"""How many blocks a device encodes best together."""

from __future__ import annotations

from collections.abc import Callable

import torch

_LARGEST = 8
_GAIN = 1.05


def best_batch(seconds: Callable[[int], float]) -> int:
    """1, 2, 4 or 8: the last doubling that was worth it.

    `seconds(n)` runs n blocks together and says how long that took; where it raises torch.OutOfMemoryError, fewer are
    taken.
    """
    best, rate = 1, 1 / seconds(1)
    while best < _LARGEST:
        try:
            doubled = 2 * best / seconds(2 * best)
        except torch.OutOfMemoryError:
            break
        if doubled < _GAIN * rate:
            break
        best, rate = 2 * best, doubled
    return best
