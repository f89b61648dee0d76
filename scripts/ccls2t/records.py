"""Acquisitions as the arrays that the text encoder reads. Does not import torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ccls2t.tokens import sentence_tokens
from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.template import to_sentence

QUANTITIES = {"position": slice(0, 3), "day": slice(3, 5), "gsd": slice(5, 6)}
"""The columns of `Records.quantities`: the place on the unit sphere, the day of the year on the unit circle, and the
binary logarithm of the GSD in metres, divided by 8."""

_COLUMNS = 6
_GSD_SCALE = 8.0
_YEAR = 365.25


@dataclass(frozen=True)
class Records:
    """Acquisitions, n of them: tokens [n, t] of their sentences (0: none), quantities [n, 6], known [n, 3].

    known: whether position, day and gsd are; what is not known is 0 in `quantities`.
    """

    tokens: NDArray[np.int64]
    quantities: NDArray[np.float32]
    known: NDArray[np.bool_]


def describe_acquisitions(acquisitions: Sequence[Acquisition], contents: Sequence[str | None] | None = None) -> Records:
    """The arrays of acquisitions; contents: what the raster of each shows, as words, where that is known."""
    words = contents or [None] * len(acquisitions)
    sentences = [to_sentence(one, content) for one, content in zip(acquisitions, words, strict=True)]
    quantities = np.zeros((len(acquisitions), _COLUMNS), np.float32)
    known = np.zeros((len(acquisitions), len(QUANTITIES)), bool)
    for row, told, one in zip(quantities, known, acquisitions, strict=True):
        day = None if one.acquired is None else _day_of_year(one.acquired)
        if one.place is not None:
            row[QUANTITIES["position"]] = _on_sphere(*one.place)
        if day is not None:
            row[QUANTITIES["day"]] = (math.sin(day), math.cos(day))
        if one.gsd is not None:
            row[QUANTITIES["gsd"]] = math.log2(one.gsd) / _GSD_SCALE
        told[:] = (one.place is not None, day is not None, one.gsd is not None)
    return Records(sentence_tokens(sentences), quantities, known)


def _on_sphere(longitude: float, latitude: float) -> tuple[float, float, float]:
    east, north = math.radians(longitude), math.radians(latitude)
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)


def _day_of_year(moment: str) -> float | None:
    """The day as an angle; the middle of the month where only that is known, None where only the year is."""
    if len(moment) < len("2019-06"):
        return None
    day = date(int(moment[:4]), int(moment[5:7]), int(moment[8:10] or 15) if len(moment) >= len("2019-06-07") else 15)
    return 2 * math.pi * day.timetuple().tm_yday / _YEAR
