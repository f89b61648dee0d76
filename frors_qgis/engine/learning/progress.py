"""How work that takes long says how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float, str, float | None], None]
"""Told the share that is done (0 to 1), what is being done, and the seconds left (None: not known)."""


def part_of(progress: Progress, start: float, end: float) -> Progress:
    """Progress of a part of the work, told as shares from `start` to `end` of the whole."""

    def tell(fraction: float, message: str, seconds: float | None) -> None:
        progress(start + (end - start) * fraction, message, seconds)

    return tell
