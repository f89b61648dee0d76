"""Query lines that need no writing: the same place on other dates, and the same kind elsewhere."""

from __future__ import annotations

import math

_LEAST_M = 50.0
"""Scenes of one place lie on each other no better than this."""

_ELSEWHERE = 10.0
_ELSEWHERE_LEAST_M = 1000.0


def same_place_line(ground_size: float, acquired: str) -> str:
    """Conditions for what lies within a thing's own size (metres) and is not of its date, as closely as it is known."""
    return f"within {_distance(max(_LEAST_M, ground_size))}, not {acquired[:10]}"


def elsewhere_line(ground_size: float) -> str:
    """Conditions for what lies farther away than ten times a thing's own size (metres)."""
    return f"not within {_distance(max(_ELSEWHERE_LEAST_M, _ELSEWHERE * ground_size))}"


def _distance(metres: float) -> str:
    """Two digits of a distance, rounded up, with its unit."""
    step = 10 ** (math.floor(math.log10(metres)) - 1)
    rounded = math.ceil(round(metres / step, 6)) * step
    return f"{rounded / 1000:g} km" if rounded >= 1000 else f"{rounded:g} m"
