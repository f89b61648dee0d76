"""What is known of rasters and chips, as columns that a semantic tree is built from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

BANDS = (1.0, 4.0, 15.0, 60.0)
"""Metres of ground GSD at which one resolution band ends and the next begins."""

NO_DAY = 0
"""The day of a raster of unknown date; days are counted from 1, the first of the year 1."""

NO_CLASS = -1
"""The class of a chip of unknown content."""


@dataclass(frozen=True)
class RasterColumns:
    """Rasters, one a place; unknown values pass no filter on them.

    `platform` and `sensor` int32 [r] are places in `platforms` and `sensors`, from 1, or 0 for unknown; `gsd` float64
    [r] in metres, NaN for unknown; `day` int32 [r], `NO_DAY` for unknown.
    """

    platforms: tuple[str, ...]
    sensors: tuple[str, ...]
    platform: npt.NDArray[np.int32]
    sensor: npt.NDArray[np.int32]
    gsd: npt.NDArray[np.float64]
    day: npt.NDArray[np.int32]

    @classmethod
    def of(
        cls,
        platforms: Sequence[str | None],
        sensors: Sequence[str | None],
        gsds: Sequence[float | None],
        acquired: Sequence[str | None],
    ) -> RasterColumns:
        """The columns of rasters' values; a GSD that is no positive number, and no ISO date, count as unknown."""
        platform_names, platform = _numbered(platforms)
        sensor_names, sensor = _numbered(sensors)
        gsd = np.array([np.nan if value is None else value for value in gsds], np.float64)
        gsd[~(np.isfinite(gsd) & (gsd > 0))] = np.nan
        days = [NO_DAY if text is None else day_of(text) or NO_DAY for text in acquired]
        return cls(platform_names, sensor_names, platform, sensor, gsd, np.array(days, np.int32))

    def __len__(self) -> int:
        return len(self.day)

    @property
    def band(self) -> npt.NDArray[np.int64]:
        """The resolution band of each [r], from 1; 0 for unknown."""
        return np.where(np.isnan(self.gsd), 0, 1 + np.searchsorted(BANDS, self.gsd, side="right"))

    @property
    def year(self) -> npt.NDArray[np.int64]:
        """The year of each [r]; 0 for unknown."""
        return np.array([date.fromordinal(day).year if day else 0 for day in self.day.tolist()], np.int64)

    @cached_property
    def month(self) -> npt.NDArray[np.int64]:
        """The month of each [r], from 1; 0 for unknown."""
        return np.array([date.fromordinal(day).month if day else 0 for day in self.day.tolist()], np.int64)


@dataclass(frozen=True)
class ChipColumns:
    """Chips, one a place.

    `ids` int64 [n]; `raster` int32 [n], places in the raster columns; `longitude` and `latitude` float64 [n] of their
    centres in degrees, NaN for unknown; `codes` uint8 [n, bits / 8]; `classes` int32 [n], from 0, or `NO_CLASS`.
    """

    ids: npt.NDArray[np.int64]
    raster: npt.NDArray[np.int32]
    longitude: npt.NDArray[np.float64]
    latitude: npt.NDArray[np.float64]
    codes: npt.NDArray[np.uint8]
    classes: npt.NDArray[np.int32]

    @classmethod
    def of(
        cls,
        ids: npt.NDArray[np.int64],
        raster: npt.NDArray[np.int64],
        longitude: npt.NDArray[np.float64],
        latitude: npt.NDArray[np.float64],
        codes: npt.NDArray[np.uint8],
        classes: npt.NDArray[np.int64] | None = None,
    ) -> ChipColumns:
        """The columns of chips' values; longitudes are turned into -180 to 180. Raises ValueError for other shapes."""
        count = len(ids)
        known = np.full(count, NO_CLASS) if classes is None else np.where(classes < 0, NO_CLASS, classes)
        if any(column.shape != (count,) for column in (ids, raster, longitude, latitude, known)):
            raise ValueError("the columns of chips have different lengths")
        if codes.ndim != 2 or len(codes) != count or codes.shape[1] < 2:
            raise ValueError("a code has at least 16 bits, and every chip has one")
        longitude, latitude = longitude.astype(np.float64), latitude.astype(np.float64)
        unknown = ~(np.isfinite(longitude) & np.isfinite(latitude))
        longitude[unknown] = latitude[unknown] = np.nan
        longitude = turned(longitude)
        return cls(ids.astype(np.int64), raster.astype(np.int32), longitude, latitude, codes, known.astype(np.int32))

    def __len__(self) -> int:
        return len(self.ids)


def day_of(text: str) -> int | None:
    """The day of an ISO date or time, such as 2024-05-31T10:00:00Z, counted from the year 1; None for other texts."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day.toordinal() if day.isoformat() == text[:10] else None


def turned(longitude: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Longitudes from -180, included, to 180; those that are there already stay exactly what they are."""
    inside = (longitude >= -180) & (longitude < 180)
    away = (longitude + 180) % 360 - 180  # 180 where the remainder was rounded up
    return np.where(inside | np.isnan(longitude), longitude, np.where(away < 180, away, -180))


def _numbered(names: Sequence[str | None]) -> tuple[tuple[str, ...], npt.NDArray[np.int32]]:
    """The different names, and for each its place among them from 1, 0 for None."""
    different = tuple(sorted({name for name in names if name is not None}))
    places = {name: place for place, name in enumerate(different, 1)}
    return different, np.array([0 if name is None else places[name] for name in names], np.int32)
