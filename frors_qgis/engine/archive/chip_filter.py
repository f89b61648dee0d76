"""Which chips of an archive a search may find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Extent = tuple[float, float, float, float]


class Near(NamedTuple):
    """The chips whose centre lies at most `km` from a place (lon, lat); `beyond`: all others."""

    place: tuple[float, float]
    km: float
    beyond: bool = False


@dataclass(frozen=True)
class ChipFilter:
    """Conditions that all have to hold; None: any chip.

    `ground_size` in metres, both ends included; `rasters` are ids; `extent` (west, south, east, north) in degrees, as
    `Archive.chips_within` takes it; of each clause of `near` one has to hold; `newer_than` is the id of a chip.
    """

    ground_size: tuple[float, float] | None = None
    rasters: frozenset[int] | None = None
    extent: Extent | None = None
    near: tuple[tuple[Near, ...], ...] = ()
    newer_than: int | None = None


EVERY_CHIP = ChipFilter()

_SIZE_TOLERANCE = 1e-6  # ground sizes are float32


def sizes_within(sizes: npt.NDArray[np.float32], limits: tuple[float, float]) -> npt.NDArray[np.bool_]:
    """Which ground sizes [n] lie within limits as of `ChipFilter.ground_size`."""
    low, high = limits
    return (sizes >= low * (1 - _SIZE_TOLERANCE)) & (sizes <= high * (1 + _SIZE_TOLERANCE))
