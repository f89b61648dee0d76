"""Keeps matches apart from each other on the ground."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.archive.records import ChipRecord

_EARTH_RADIUS = 6_371_000.0


def at_a_distance(chips: Iterable[ChipRecord], metres: float) -> Iterator[ChipRecord]:
    """The chips, best first, without those whose centre is nearer than so many metres to that of a better one.

    Rasters do not matter: of several that show the same place, the best match is kept.
    """
    chord = 2 * math.sin(min(metres / _EARTH_RADIUS, math.pi) / 2)
    centres = np.empty((64, 3))
    count = 0
    for chip in chips:
        centre = _centre(chip)
        if count and np.linalg.norm(centres[:count] - centre, axis=1).min() < chord:
            continue
        if count == len(centres):
            centres = np.concatenate([centres, np.empty_like(centres)])
        centres[count] = centre
        count += 1
        yield chip


def _centre(chip: ChipRecord) -> NDArray[np.float64]:
    """The chip's centre as a point of the unit sphere [3]."""
    longitudes, latitudes = np.radians(np.array(chip.footprint).mean(axis=0))
    across = np.cos(latitudes)
    return np.array([across * np.cos(longitudes), across * np.sin(longitudes), np.sin(latitudes)])
