"""Which labelled features show the same ground."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.feature_places import Place
from frors_qgis.engine.search.overlap import MOST_SHARED

_ROWS_AT_ONCE = 256


def same_places(places: Sequence[Place]) -> NDArray[np.int64]:
    """Numbers [n] that are equal where the windows are the same on the same raster."""
    return np.unique(_rows(places).round(6), axis=0, return_inverse=True)[1].reshape(-1)


def overlapping(places: Sequence[Place], others: Sequence[Place] | None = None) -> NDArray[np.bool_]:
    """Whether [n] each place shares over a fifth of the smaller area with one of others (None: of the rest of them)."""
    mine = _rows(places)
    theirs = mine if others is None else _rows(others)
    areas = theirs[:, 3] * theirs[:, 4]
    found = np.zeros(len(mine), bool)
    for start in range(0, len(mine), _ROWS_AT_ONCE):
        part = mine[start : start + _ROWS_AT_ONCE, None]
        shared = part[:, :, 0] == theirs[:, 0]
        if others is None:
            shared &= np.arange(start, start + len(part))[:, None] != np.arange(len(mine))
        area = np.ones(shared.shape)
        for low, size in ((1, 3), (2, 4)):
            ends = np.minimum(part[:, :, low] + part[:, :, size], theirs[:, low] + theirs[:, size])
            area *= np.maximum(0.0, ends - np.maximum(part[:, :, low], theirs[:, low]))
        least = np.minimum(part[:, :, 3] * part[:, :, 4], areas)
        found[start : start + len(part)] = (shared & (area > MOST_SHARED * least)).any(axis=1)
    return found


def _rows(places: Sequence[Place]) -> NDArray[np.float64]:
    """Number of the raster, column, row, width, height [n, 5]."""
    rows = [
        (place.number, place.window.column, place.window.row, place.window.width, place.window.height)
        for place in places
    ]
    return np.array(rows, float).reshape(len(rows), 5)
