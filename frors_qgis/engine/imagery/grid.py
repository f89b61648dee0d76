"""The grid of square ground pixels in which a raster is read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Grid:
    """A raster seen at one ground GSD. Made by `Raster.grid`.

    `gsd` is metres on the ground per grid pixel, `step_x` and `step_y` are raster pixels per grid pixel, and
    (`column`, `row`) is where the grid's origin lies in raster pixels.
    """

    gsd: float
    step_x: float
    step_y: float
    column: float = 0.0
    row: float = 0.0

    def windows(self, rectangles: NDArray[np.float64]) -> NDArray[np.float64]:
        """The raster pixels (column, row, width, height) under grid pixels (x, y, width, height), both [n, 4]."""
        steps = np.array([self.step_x, self.step_y] * 2)
        return rectangles * steps + [self.column, self.row, 0.0, 0.0]
