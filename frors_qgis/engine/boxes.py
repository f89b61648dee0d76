"""Embeds a query box drawn on a raster."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.archive.records import Level
from frors_qgis.engine.encoders.interface import CELL, Pause, WindowEncoder, no_pause
from frors_qgis.engine.georeferences import crs_title
from frors_qgis.engine.imagery.grid import Grid
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.reader import Pixels, Reader
from frors_qgis.engine.imagery.stretch import Stretch
from frors_qgis.engine.imagery.windows import PixelWindow
from frors_qgis.engine.search.ground_size import nearest_level, readable_levels, similar_range
from frors_qgis.protocol import EngineError, ErrorCode

LEAST_PIXELS = 8
MOST_CELLS = 32
"""A box may have so many cells along a side, at the GSD of the chips nearest to it in size."""

_WHOLE_CELLS = 0.1


@dataclass(frozen=True)
class BoxEmbedding:
    """A box's embedding [d], its longer side on the ground in metres, and how it was read: GSD and size in cells.

    `chip_size` is the ground size in metres of the chips to compare it with: the box's own where there are such, else
    that of the nearest that its raster can be compared with, and then `note` says so.
    """

    vector: NDArray[np.float32]
    ground_size: float
    chip_size: float
    note: str | None
    gsd: float
    cells: tuple[float, float]


def box_window(raster: Raster, box: tuple[float, float, float, float], crs: str | None) -> PixelWindow:
    """The window of a box (xmin, ymin, xmax, ymax) in `crs` (None: the raster's).

    Raises EngineError: BOX_OUTSIDE, BOX_TOO_SMALL (its longer side under 8 pixels, or the other under 1), BAD_REQUEST.
    """
    window = raster.window(box, crs)
    if (
        window.column >= raster.width
        or window.row >= raster.height
        or window.column + window.width <= 0
        or window.row + window.height <= 0
    ):
        raise EngineError(
            ErrorCode.BOX_OUTSIDE,
            f"The box lies outside {raster.path} when its coordinates are read as {crs_title(crs or raster.crs)}; "
            "draw it on the raster, or name their CRS (on the command line with --crs).",
        )
    if max(window.width, window.height) < LEAST_PIXELS or min(window.width, window.height) < 1:
        raise EngineError(
            ErrorCode.BOX_TOO_SMALL,
            f"The box is {window.width:.1f} x {window.height:.1f} pixels; draw one of at least {LEAST_PIXELS} pixels.",
        )
    return window


def embed_box(
    raster: Raster,
    stretch: Stretch,
    window: PixelWindow,
    levels: Sequence[Level],
    encoder: WindowEncoder,
    pause: Pause = no_pause,
) -> BoxEmbedding:
    """Reads a window at the GSD at which its longer side fills the nearest level's window, and pools its cells.

    levels: those of the archive, at least one; pause: see `WindowEncoder.encode`.
    Raises EngineError: BOX_TOO_LARGE, BOX_EMPTY when it holds no valid pixel, RASTER_UNREADABLE, and what `pause`
    raises.
    """
    size = max(window.width * raster.ground_x, window.height * raster.ground_y)
    candidates = readable_levels(levels, raster.gsd)
    level = nearest_level(candidates, size)
    _, note = similar_range([other.ground_size for other in candidates], size)
    if size > level.gsd * CELL * MOST_CELLS:
        raise EngineError(
            ErrorCode.BOX_TOO_LARGE,
            f"The box measures {size:,.0f} m and the largest chips {level.ground_size:,.0f} m; "
            "draw a smaller box, or index at a coarser GSD.",
        )
    grid = raster.grid(size / (CELL * level.cells), window.column, window.row)
    width = _in_cells(window.width / grid.step_x)
    height = _in_cells(window.height / grid.step_y)
    columns, rows = math.ceil(width), math.ceil(height)
    halo = encoder.halo
    reader = Reader(raster, stretch)
    pixels = reader.read(grid, -halo, -halo, columns * CELL + 2 * halo, rows * CELL + 2 * halo)
    if not pixels.valid[halo : halo + round(height * CELL), halo : halo + round(width * CELL)].any():
        raise EngineError(ErrorCode.BOX_EMPTY, "The box holds no data, only nodata pixels; draw it elsewhere.")
    square = np.array([(0.0, 0.0, width, height)])
    vector = encoder.encode(pixels.rgb[None], pixels.valid[None], square, pause)[0, 0]
    return BoxEmbedding(vector, size, size if note is None else level.ground_size, note, grid.gsd, (width, height))


def picture(raster: Raster, stretch: Stretch, window: PixelWindow, size: int) -> Pixels:
    """A window as a picture, `size` pixels along its longer side but never finer than the raster."""
    longest = max(window.width * raster.ground_x, window.height * raster.ground_y)
    grid: Grid = raster.grid(max(raster.gsd, longest / size), window.column, window.row)
    width = max(1, round(window.width / grid.step_x))
    height = max(1, round(window.height / grid.step_y))
    return Reader(raster, stretch).read(grid, 0, 0, width, height)


def checked_size(size: int) -> int:
    """The size of a picture in pixels; raises EngineError(BAD_REQUEST)."""
    if not 16 <= size <= 1024:
        raise EngineError(ErrorCode.BAD_REQUEST, f"A picture is 16 to 1024 pixels, not {size}.")
    return size


def _in_cells(pixels: float) -> float:
    """Grid pixels in cells; nearly whole counts are made whole, and less than one cell is one."""
    cells = pixels / CELL
    whole = round(cells)
    return float(max(1, whole)) if abs(cells - whole) < _WHOLE_CELLS else max(1.0, cells)
