"""What is searched for, and what is found."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.archive.records import ChipRecord
from frors_qgis.protocol import EngineError, ErrorCode

MOST_MATCHES = 10_000


@dataclass(frozen=True)
class Query:
    """An embedding and filters.

    `vector` float32 [d]; `k` matches at most; `ground_size` in metres compares with chips of similar size (None: any);
    `extent` (west, south, east, north) in degrees and `rasters`, ids, limit where matches lie (None: anywhere).
    Raises EngineError(BAD_REQUEST) for values that make no query.
    """

    vector: NDArray[np.float32]
    k: int = 100
    ground_size: float | None = None
    extent: tuple[float, float, float, float] | None = None
    rasters: frozenset[int] | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.k <= MOST_MATCHES:
            raise EngineError(ErrorCode.BAD_REQUEST, f"The number of matches is 1 to {MOST_MATCHES}, not {self.k}.")
        if self.ground_size is not None and not (math.isfinite(self.ground_size) and self.ground_size > 0):
            raise EngineError(ErrorCode.BAD_REQUEST, "The ground size is a positive number of metres.")


@dataclass(frozen=True)
class Match:
    """A chip with its rank from 1 and its score, the cosine with the query."""

    rank: int
    score: float
    chip: ChipRecord


@dataclass(frozen=True)
class Matches:
    """Matches, best first, and a sentence about them where the user should know something."""

    matches: list[Match]
    note: str | None = None
