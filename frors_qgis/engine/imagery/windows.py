"""Windows of raster pixels."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PixelWindow:
    """An axis-aligned rectangle in raster pixels: fractions are allowed, and it may reach beyond the raster.

    The upper left corner of the raster's first pixel is (0, 0); `column` grows along a row, `row` down a column.
    """

    column: float
    row: float
    width: float
    height: float
