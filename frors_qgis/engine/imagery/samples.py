"""Raw samples of a dataset's bands, and which of them are measurements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal

from frors_qgis.engine.imagery.gdal_errors import checked

_DTYPES = {
    gdal.GDT_Byte: np.uint8,
    gdal.GDT_UInt16: np.uint16,
    gdal.GDT_Int16: np.int16,
    gdal.GDT_UInt32: np.uint32,
    gdal.GDT_Int32: np.int32,
    gdal.GDT_Float32: np.float32,
    gdal.GDT_Float64: np.float64,
}
_LARGEST_MEASUREMENT = 1e30


@dataclass(frozen=True)
class Samples:
    """`values` [n, h, w] of n bands in their own type; `valid` bool [h, w], or None where all are valid."""

    values: NDArray[Any]
    valid: NDArray[np.bool_] | None


def read_samples(
    dataset: gdal.Dataset,
    bands: tuple[int, ...],
    window: tuple[int, int, int, int],
    size: tuple[int, int] | None = None,
) -> Samples:
    """The samples of bands (1-based, may repeat) in a window (column, row, width, height) inside the dataset.

    `size` (width, height) thins the window out to so many samples; None reads all of it. A sample is invalid where a
    mask or an alpha band is 0, where every band holds its nodata value, or where any value is NaN, infinite or beyond
    1e30 (undeclared fill). Raises RuntimeError when the dataset cannot be decoded there.
    """
    distinct = tuple(sorted(set(bands)))
    values = _read(dataset, window, size, distinct)
    valid = _valid(dataset, distinct, values, window, size)
    if distinct != bands:
        values = values[[distinct.index(band) for band in bands]]
    return Samples(values, valid)


def _read(
    source: gdal.Dataset | gdal.Band,
    window: tuple[int, int, int, int],
    size: tuple[int, int] | None,
    bands: tuple[int, ...] = (),
) -> NDArray[Any]:
    """Values [n, h, w] of a dataset's bands, or [1, h, w] of a single band."""
    width, height = size or window[2:]
    data_type = (source if isinstance(source, gdal.Band) else source.GetRasterBand(bands[0])).DataType
    for band in bands:
        data_type = gdal.DataTypeUnion(data_type, source.GetRasterBand(band).DataType)
    if data_type not in _DTYPES:  # 8-bit signed, 64-bit and half-precision types of newer GDAL
        data_type = gdal.GDT_Float64
    options: dict[str, Any] = {"band_list": list(bands)} if bands else {}
    data = source.ReadRaster(*window, buf_xsize=width, buf_ysize=height, buf_type=data_type, **options)
    return np.frombuffer(checked(data), _DTYPES[data_type]).reshape(-1, height, width)


def _valid(
    dataset: gdal.Dataset,
    bands: tuple[int, ...],
    values: NDArray[Any],
    window: tuple[int, int, int, int],
    size: tuple[int, int] | None,
) -> NDArray[np.bool_] | None:
    first = dataset.GetRasterBand(bands[0])
    flags = first.GetMaskFlags()
    parts = []
    if flags & gdal.GMF_PER_DATASET:
        parts.append(_read(first.GetMaskBand(), window, size)[0] > 0)
    elif flags == 0:
        masks = [_read(dataset.GetRasterBand(band).GetMaskBand(), window, size)[0] > 0 for band in bands]
        parts.append(np.logical_or.reduce(masks))
    else:
        planes = [_is_nodata(dataset.GetRasterBand(band), plane) for band, plane in zip(bands, values, strict=True)]
        empty = [plane for plane in planes if plane is not None]
        if len(empty) == len(bands):
            parts.append(~np.logical_and.reduce(empty))
        if alpha := alpha_band(dataset):
            parts.append(_read(dataset.GetRasterBand(alpha), window, size)[0] > 0)
    if values.dtype.kind == "f":
        parts.append((np.abs(values) < _LARGEST_MEASUREMENT).all(axis=0))
    valid = np.logical_and.reduce(parts) if parts else None
    return None if valid is None or valid.all() else valid


def _is_nodata(band: gdal.Band, plane: NDArray[Any]) -> NDArray[np.bool_] | None:
    """Where a plane [h, w] of the band holds its nodata value; None when the band has none."""
    nodata = band.GetNoDataValue()
    if nodata is None:
        return None
    if plane.dtype.kind == "f":
        return np.isclose(plane, nodata, rtol=1e-6, atol=0.0, equal_nan=True)
    return plane == nodata


def alpha_band(dataset: gdal.Dataset) -> int | None:
    """The number of the dataset's alpha band among its first 64 bands, or None."""
    for number in range(1, min(dataset.RasterCount, 64) + 1):
        if dataset.GetRasterBand(number).GetColorInterpretation() == gdal.GCI_AlphaBand:
            return number
    return None
