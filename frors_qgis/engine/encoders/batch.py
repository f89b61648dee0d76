"""How many blocks a device encodes best together."""

from __future__ import annotations

from collections.abc import Callable

from frors_qgis.engine.encoders.device import lacks_memory

_LARGEST = 8
_GAIN = 1.05


def best_batch(seconds: Callable[[int], float]) -> int:
    """1, 2, 4 or 8: the last doubling that was worth it.

    `seconds(n)` runs n blocks together and says how long that took; where it runs out of memory, fewer are taken.
    """
    best, rate = 1, 1 / seconds(1)
    while best < _LARGEST:
        try:
            doubled = 2 * best / seconds(2 * best)
        except RuntimeError as error:
            if not lacks_memory(error):
                raise
            break
        if doubled < _GAIN * rate:
            break
        best, rate = 2 * best, doubled
    return best
