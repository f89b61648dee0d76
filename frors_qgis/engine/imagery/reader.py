"""Reading a raster's pixels as 8-bit RGB on a grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal

from frors_qgis.engine.imagery.gdal_errors import checked, gdal_errors
from frors_qgis.engine.imagery.grid import Grid
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.resampling import Axis
from frors_qgis.engine.imagery.samples import read_samples
from frors_qgis.engine.imagery.stretch import Stretch
from frors_qgis.protocol import EngineError, ErrorCode

_SOURCE_PIXELS = 2048 * 2048
_LEAST_WEIGHT = 0.25
_TIE = 0.5 + 1e-3  # rounds means half-way between two grey levels up, whatever the order of summation


@dataclass(frozen=True)
class Pixels:
    """`rgb` uint8 [h, w, 3], and `valid` bool [h, w]: where it is a measurement. rgb is 0 where it is not."""

    rgb: NDArray[np.uint8]
    valid: NDArray[np.bool_]


class Reader:
    """Reads one raster through one stretch. Not thread-safe: one per thread, like its raster.

    Raises EngineError(RASTER_UNREADABLE) when the raster does not have the stretch's bands or palette (any more).
    """

    def __init__(self, raster: Raster, stretch: Stretch) -> None:
        self._raster = raster
        self._stretch = stretch
        dataset = raster.dataset()
        with gdal_errors(ErrorCode.RASTER_UNREADABLE, f"The raster {raster.path} cannot be read."):
            if max(stretch.bands) > raster.bands:
                raise RuntimeError(f"it has {raster.bands} bands, and band {max(stretch.bands)} is wanted")
            self._palette = _palette(dataset.GetRasterBand(stretch.bands[0])) if stretch.palette else None
            self._overviews = _overviews(dataset, stretch.bands)

    def read(self, grid: Grid, x: int, y: int, width: int, height: int) -> Pixels:
        """The pixels of a rectangle of grid pixels, which may reach beyond the raster (nothing is valid there).

        Steps of 1 copy; other whole steps, and all from 4 on, average; the rest are cubic. The same grid pixel has
        the same value whatever rectangle it is read with, but for a rare grey level of rounding when resampled. A pixel
        is valid when at least half of it is.
        Raises EngineError: RASTER_UNREADABLE when the raster cannot be decoded there, BAD_REQUEST for no pixels.
        """
        if width < 1 or height < 1:
            raise EngineError(ErrorCode.BAD_REQUEST, f"A read of {width} x {height} pixels is empty.")
        pixels = Pixels(np.zeros((height, width, 3), np.uint8), np.zeros((height, width), bool))
        overview, x_size, y_size, x_factor, y_factor = self._level(grid)
        across = Axis(grid.column / x_factor, grid.step_x / x_factor, x, width, x_size)
        down = Axis(grid.row / y_factor, grid.step_y / y_factor, y, height, y_size)
        dataset = self._raster.dataset(overview)
        with gdal_errors(ErrorCode.RASTER_UNREADABLE, f"The raster {self._raster.path} cannot be decoded."):
            self._fill(dataset, across, down, across.inside(), down.inside(), pixels)
        return pixels

    def _fill(
        self, dataset: gdal.Dataset, across: Axis, down: Axis, columns: range, rows: range, pixels: Pixels
    ) -> None:
        """Fills some columns and rows, all inside, in parts small enough for memory."""
        if not columns or not rows:
            return
        part_across, part_down = across.narrowed(columns), down.narrowed(rows)
        (left, right), (top, bottom) = part_across.source(), part_down.source()
        if (right - left) * (bottom - top) > _SOURCE_PIXELS and len(columns) * len(rows) > 1:
            if len(rows) >= len(columns):
                half = len(rows) // 2
                self._fill(dataset, across, down, columns, rows[:half], pixels)
                self._fill(dataset, across, down, columns, rows[half:], pixels)
            else:
                half = len(columns) // 2
                self._fill(dataset, across, down, columns[:half], rows, pixels)
                self._fill(dataset, across, down, columns[half:], rows, pixels)
            return
        rgb, valid = self._colours(dataset, (left, top, right - left, bottom - top))
        if not (part_across.is_copy and part_down.is_copy):
            rgb, valid = _resampled(rgb, valid, part_across, part_down)
        place = slice(rows.start, rows.stop), slice(columns.start, columns.stop)
        pixels.rgb[place] = rgb
        pixels.valid[place] = True
        if valid is not None:
            pixels.rgb[place][~valid] = 0
            pixels.valid[place] = valid

    def _colours(
        self, dataset: gdal.Dataset, window: tuple[int, int, int, int]
    ) -> tuple[NDArray[np.uint8], NDArray[np.bool_] | None]:
        """RGB [h, w, 3] of a window inside the dataset, and where it is valid (None: everywhere)."""
        if self._palette is None:
            samples = read_samples(dataset, self._stretch.bands, window)
            return self._stretch.apply(samples.values), samples.valid
        samples = read_samples(dataset, self._stretch.bands[:1], window)
        indices = np.clip(samples.values[0].astype(np.int64), -1, len(self._palette) - 1)
        colours = self._palette[indices]
        opaque = colours[..., 3] > 0
        valid = opaque if samples.valid is None else opaque & samples.valid
        return self._stretch.apply(np.moveaxis(colours[..., :3], -1, 0)), None if valid.all() else valid

    def _level(self, grid: Grid) -> tuple[int | None, int, int, float, float]:
        """The coarsest overview that serves the grid without loss: (its number, its size, its pixels' size).

        Either grid pixels are whole overview pixels, or they are at least two of them long.
        """
        width, height = self._raster.width, self._raster.height
        best: tuple[int | None, int, int, float, float] = (None, width, height, 1.0, 1.0)
        for number, (x_size, y_size) in enumerate(self._overviews):
            x_factor, y_factor = width / x_size, height / y_size
            axes = (
                Axis(grid.column / x_factor, grid.step_x / x_factor, 0, 1, x_size),
                Axis(grid.row / y_factor, grid.step_y / y_factor, 0, 1, y_size),
            )
            if all((axis.is_aligned and axis.step > 0.5) or axis.step >= 2.0 for axis in axes) and x_factor > best[3]:
                best = (number, x_size, y_size, x_factor, y_factor)
        return best


def _resampled(
    rgb: NDArray[np.uint8], valid: NDArray[np.bool_] | None, across: Axis, down: Axis
) -> tuple[NDArray[np.uint8], NDArray[np.bool_] | None]:
    """RGB [h, w, 3] and its validity on the grid; only valid pixels weigh."""

    def on_grid(image: NDArray[np.float32], *, area: bool = False) -> NDArray[np.float32]:
        if not down.is_copy:
            image = down.resample(image, -2, area=area)
        return image if across.is_copy else across.resample(image, -1, area=area)

    planes = np.moveaxis(rgb, -1, 0).astype(np.float32, order="C")
    if valid is not None:
        weight = valid.astype(np.float32)
        planes = on_grid(planes * weight) / np.maximum(on_grid(weight), _LEAST_WEIGHT)
        valid = on_grid(weight, area=True) >= 0.5 - 1e-4
    else:
        planes = on_grid(planes)
    return np.moveaxis(np.clip(planes + _TIE, 0.0, 255.0).astype(np.uint8), 0, -1), valid


def _palette(band: gdal.Band) -> NDArray[np.uint8]:
    """The band's colours, RGBA [n + 1, 4]; the last one, black, is for indices beyond the table."""
    table = checked(band.GetColorTable())
    colours = [table.GetColorEntry(index) for index in range(min(table.GetCount(), 65536))]
    return np.clip(np.array([*colours, (0, 0, 0, 255)]), 0, 255).astype(np.uint8)


def _overviews(dataset: gdal.Dataset, bands: tuple[int, int, int]) -> list[tuple[int, int]]:
    """The sizes of the overviews that all bands and their masks have."""
    parts = [dataset.GetRasterBand(band) for band in bands]
    flags = parts[0].GetMaskFlags()
    if flags == 0 or flags & gdal.GMF_PER_DATASET:  # GDAL reports a mask without overviews as valid throughout
        parts += [part.GetMaskBand() for part in parts]
    sizes = []
    for number in range(min(part.GetOverviewCount() for part in parts)):
        overviews = [part.GetOverview(number) for part in parts]
        shapes = {(overview.XSize, overview.YSize) for overview in overviews if overview is not None}
        if len(shapes) != 1:
            break
        sizes.append(shapes.pop())
    return sizes
