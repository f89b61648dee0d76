"""The three windows that the vision encoder looks at. Does not import torch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NARROWER = (1.0, 0.8, 0.6)
"""Sides of the windows, in sides of the first: the image itself, then its middle, for it has no context."""


def context_windows(
    windows: NDArray[np.float64], factors: tuple[float, ...], rows: int, columns: int
) -> NDArray[np.float64]:
    """Windows [n, 4] of a map of so many cells -> [n, scales, 4], about the same centres, cut off at the map's edges.

    A window is x, y, width, height in cells from the upper left corner.
    """
    centres = windows[:, None, :2] + windows[:, None, 2:] / 2
    halves = windows[:, None, 2:] / 2 * np.array(factors)[:, None]
    corners = np.stack([centres - halves, centres + halves])
    low, high = np.clip(corners, 0, np.array([columns, rows], float))
    return np.concatenate([low, high - low], axis=2)
