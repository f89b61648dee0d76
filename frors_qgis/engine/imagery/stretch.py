"""The fixed stretch that turns a raster's samples into 8-bit RGB, the same for every window of the raster."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal

from frors_qgis.engine.imagery.gdal_errors import gdal_errors
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.samples import alpha_band, read_samples
from frors_qgis.protocol import EngineError, ErrorCode

Triple = tuple[float, float, float]

_PERCENTILES = (2.0, 98.0)
_NARROW_RANGE = 32.0
_SAMPLE_SIDE = 1024
_WHOLE_READ_PIXELS = 4096 * 4096
_PATCHES = 16
_PATCH_SIDE = 64
_SCANNED_BANDS = 512
_COLOURS = (gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand)
_DESCRIPTIONS = tuple(re.compile(rf"\b({names})\b(?![\s_-]*edge)", re.I) for names in ("red", "green", "blue"))
_SENTINEL_NAMES = tuple(re.compile(rf"\bB0?{number}\b", re.I) for number in (4, 3, 2))


@dataclass(frozen=True)
class Stretch:
    """Which bands (1-based) are red, green and blue, and which of their values become 0 (`low`) and 255 (`high`).

    With `palette`, the first band holds indices into its colour table, and `low` and `high` are those of its colours.
    """

    bands: tuple[int, int, int]
    low: Triple
    high: Triple
    palette: bool

    def to_json(self) -> dict[str, Any]:
        """The stretch as JSON types; `from_json` reads it."""
        return {"bands": list(self.bands), "low": list(self.low), "high": list(self.high), "palette": self.palette}

    @classmethod
    def from_json(cls, value: object) -> Stretch:
        """The stretch written by `to_json`. Raises EngineError(ARCHIVE_DAMAGED) for anything else."""
        try:
            if not isinstance(value, dict) or not isinstance(value["palette"], bool):
                raise TypeError
            bands, low, high = (tuple(value[key]) for key in ("bands", "low", "high"))
            if {len(bands), len(low), len(high)} != {3} or not all(type(band) is int and band > 0 for band in bands):
                raise TypeError
            if not all(type(number) in (int, float) for number in low + high):
                raise TypeError
            if not all(0.0 < 1.0 * top - bottom < math.inf for bottom, top in zip(low, high, strict=True)):
                raise TypeError
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise EngineError(
                ErrorCode.ARCHIVE_DAMAGED, "The archive's stretch of a raster is damaged; index that raster again."
            ) from error
        return cls(bands, low, high, value["palette"])

    def apply(self, values: NDArray[Any]) -> NDArray[np.uint8]:
        """Samples [3, h, w] of any real type as RGB [h, w, 3]: linear from low to high, clipped; NaN becomes 0."""
        result = np.empty((*values.shape[1:], 3), np.uint8)
        for channel, (plane, low, high) in enumerate(zip(values, self.low, self.high, strict=True)):
            if values.dtype == np.uint8 and (low, high) == (0.0, 255.0):
                result[..., channel] = plane
                continue
            exact = np.float32 if values.dtype.itemsize <= 2 else np.float64
            with np.errstate(over="ignore", invalid="ignore"):
                scaled = (plane.astype(exact) - exact(low)) * exact(255.0 / (high - low))
            result[..., channel] = np.clip(np.nan_to_num(scaled, posinf=255.0), 0.0, 255.0) + 0.5
        return result


def estimate_stretch(raster: Raster) -> Stretch:
    """The stretch of a raster from a sample of it; the file's own statistics are not trusted.

    Bytes are kept as they are unless they span under 32 grey levels; anything else goes from its 2nd to its 98th
    percentile, each band for itself. Raises EngineError(RASTER_UNREADABLE) when the raster cannot be decoded.
    """
    dataset = raster.dataset()
    with gdal_errors(ErrorCode.RASTER_UNREADABLE, f"The raster {raster.path} cannot be read."):
        if dataset.GetRasterBand(1).GetColorTable() is not None:
            return Stretch((1, 1, 1), (0.0, 0.0, 0.0), (255.0, 255.0, 255.0), palette=True)
        bands = _choose_bands(dataset)
        planes = _sample(dataset, bands)
        is_byte = all(dataset.GetRasterBand(band).DataType == gdal.GDT_Byte for band in bands)
    ranges = [_range(plane) for plane in planes]
    widest = max(high - low for low, high in ranges)
    if is_byte and (widest == 0.0 or widest >= _NARROW_RANGE):
        ranges = [(0.0, 255.0)] * 3
    (r0, r1), (g0, g1), (b0, b1) = (_widened(low, high) for low, high in ranges)
    return Stretch(bands, (r0, g0, b0), (r1, g1, b1), palette=False)


def _choose_bands(dataset: gdal.Dataset) -> tuple[int, int, int]:
    count = min(dataset.RasterCount, _SCANNED_BANDS)
    bands = [dataset.GetRasterBand(number) for number in range(1, count + 1)]
    colours = [band.GetColorInterpretation() for band in bands]
    if all(colour in colours for colour in _COLOURS):
        red, green, blue = (colours.index(colour) + 1 for colour in _COLOURS)
        return red, green, blue
    descriptions = [band.GetDescription().replace("_", " ") for band in bands]
    for patterns in (_DESCRIPTIONS, _SENTINEL_NAMES):
        found = [
            next((number for number, text in enumerate(descriptions, 1) if pattern.search(text)), None)
            for pattern in patterns
        ]
        if None not in found and len(set(found)) == 3:
            return found[0] or 1, found[1] or 1, found[2] or 1
    alpha = alpha_band(dataset)
    others = [number for number in range(1, count + 1) if number != alpha] or [1]
    return (others[0], others[1], others[2]) if len(others) >= 3 else (others[0], others[0], others[0])


def _sample(dataset: gdal.Dataset, bands: tuple[int, int, int]) -> NDArray[Any]:
    """Valid samples [3, n]: the raster thinned out, or patches spread over it where thinning would decode it all."""
    width, height = dataset.RasterXSize, dataset.RasterYSize
    thinned = (min(width, _SAMPLE_SIDE), min(height, _SAMPLE_SIDE))
    first = dataset.GetRasterBand(bands[0])
    overviews = [first.GetOverview(index) for index in range(first.GetOverviewCount())]
    sizes = [overview.XSize * overview.YSize for overview in overviews if overview is not None]
    useful = [size for size in [width * height, *sizes] if size >= thinned[0] * thinned[1]]
    if min(useful) <= _WHOLE_READ_PIXELS:
        reads = [((0, 0, width, height), thinned)]
    else:
        across, down = min(width, _PATCH_SIDE), min(height, _PATCH_SIDE)
        reads = [
            ((int(column), int(row), across, down), (across, down))
            for row in np.linspace(0, height - down, _PATCHES)
            for column in np.linspace(0, width - across, _PATCHES)
        ]
    values = np.concatenate([_valid_values(dataset, bands, *read) for read in reads], axis=1)
    if values.size == 0 and len(reads) > 1:  # a little imagery in a vast empty raster
        values = _valid_values(dataset, bands, (0, 0, width, height), thinned)
    return values


def _valid_values(
    dataset: gdal.Dataset, bands: tuple[int, int, int], window: tuple[int, int, int, int], size: tuple[int, int]
) -> NDArray[Any]:
    samples = read_samples(dataset, bands, window, size)
    return samples.values.reshape(3, -1) if samples.valid is None else samples.values[:, samples.valid]


def _range(values: NDArray[Any]) -> tuple[float, float]:
    """The 2nd and the 98th percentile; (0, 0) of no values."""
    if values.size == 0:
        return 0.0, 0.0
    low, high = np.percentile(values.astype(np.float64, copy=False), _PERCENTILES).tolist()
    return low, high


def _widened(low: float, high: float) -> tuple[float, float]:
    """The range itself, or one with width round a constant, which becomes mid-grey."""
    width = max(abs(low), abs(high), 1.0) * 1e-6
    if high - low > width:
        return low, high
    return low - max(0.5, width), high + max(0.5, width)
