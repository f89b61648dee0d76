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
    1e30 (undeclared fill). Where a mask or the gaps of a sparse file leave nothing valid, values are 0 and not decoded.
    Raises RuntimeError when the dataset cannot be decoded there.
    """
    distinct = tuple(sorted(set(bands)))
    masked = _masked(dataset, distinct, window, size)
    if (masked is not None and not masked.any()) or _is_unwritten(dataset, distinct, window):
        width, height = size or window[2:]
        values = np.zeros((len(bands), height, width), _DTYPES[_data_type(dataset, distinct)])
        return Samples(values, np.zeros((height, width), bool))
    values = _read(dataset, window, size, distinct)
    valid = _valid(dataset, distinct, values, masked)
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
    data_type = _data_type(source, bands)
    options: dict[str, Any] = {"band_list": list(bands)} if bands else {}
    data = source.ReadRaster(*window, buf_xsize=width, buf_ysize=height, buf_type=data_type, **options)
    return np.frombuffer(checked(data), _DTYPES[data_type]).reshape(-1, height, width)


def _data_type(source: gdal.Dataset | gdal.Band, bands: tuple[int, ...]) -> int:
    """The type that holds the values of a dataset's bands, or of a single band."""
    data_type: int = (source if isinstance(source, gdal.Band) else source.GetRasterBand(bands[0])).DataType
    for band in bands:
        data_type = gdal.DataTypeUnion(data_type, source.GetRasterBand(band).DataType)
    return data_type if data_type in _DTYPES else gdal.GDT_Float64  # 8-bit signed, 64-bit, half precision


def _masked(
    dataset: gdal.Dataset, bands: tuple[int, ...], window: tuple[int, int, int, int], size: tuple[int, int] | None
) -> NDArray[np.bool_] | None:
    """Where a mask or an alpha band says that the bands are valid [h, w]; None where there is none."""
    first = dataset.GetRasterBand(bands[0])
    flags = first.GetMaskFlags()
    if flags & gdal.GMF_PER_DATASET:
        return _read(first.GetMaskBand(), window, size)[0] > 0
    if flags == 0:
        masks = [_read(dataset.GetRasterBand(band).GetMaskBand(), window, size)[0] > 0 for band in bands]
        return np.logical_or.reduce(masks)
    alpha = alpha_band(dataset)
    return _read(dataset.GetRasterBand(alpha), window, size)[0] > 0 if alpha else None


def _is_unwritten(dataset: gdal.Dataset, bands: tuple[int, ...], window: tuple[int, int, int, int]) -> bool:
    """Whether a sparse file says that it holds nothing but nodata in a window, without decoding it."""
    return all(
        band.GetMaskFlags() & gdal.GMF_NODATA
        and band.GetDataCoverageStatus(*window)[0] == gdal.GDAL_DATA_COVERAGE_STATUS_EMPTY
        for band in map(dataset.GetRasterBand, bands)
    )


def _valid(
    dataset: gdal.Dataset, bands: tuple[int, ...], values: NDArray[Any], masked: NDArray[np.bool_] | None
) -> NDArray[np.bool_] | None:
    parts = [] if masked is None else [masked]
    flags = dataset.GetRasterBand(bands[0]).GetMaskFlags()
    if flags and not flags & gdal.GMF_PER_DATASET:
        planes = [_is_nodata(dataset.GetRasterBand(band), plane) for band, plane in zip(bands, values, strict=True)]
        empty = [plane for plane in planes if plane is not None]
        if len(empty) == len(bands):
            parts.append(~np.logical_and.reduce(empty))
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
