"""The grid of square ground pixels in which a raster is read."""

from __future__ import annotations

from dataclasses import dataclass

from frors_qgis.engine.imagery.windows import PixelWindow


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

    def window(self, x: float, y: float, width: float, height: float) -> PixelWindow:
        """The raster pixels under a rectangle of grid pixels."""
        return PixelWindow(
            self.column + x * self.step_x, self.row + y * self.step_y, width * self.step_x, height * self.step_y
        )
