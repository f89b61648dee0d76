"""What is known of rasters and chips, as columns that a semantic tree is built from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.archive.acquisitions import record_acquisition
from frors_qgis.engine.archive.records import RasterRecord

NO_DAY = 0
"""The day of a raster of unknown date; days are counted from 1, the first of the year 1."""

MOST_BAND = 60
_UNKNOWN = Acquisition()
_FIRST_BAND = -20  # that of ground sizes below two micrometres


@dataclass(frozen=True)
class RasterColumns:
    """Rasters, one a place.

    `ids` int64 [r], ascending; `platform` and `sensor` int32 [r] number what is written, from 1, or are 0 for unknown;
    `day` int32 [r], `NO_DAY` for unknown.
    """

    ids: npt.NDArray[np.int64]
    platform: npt.NDArray[np.int32]
    sensor: npt.NDArray[np.int32]
    day: npt.NDArray[np.int32]

    @classmethod
    def of(cls, records: Iterable[RasterRecord], ids: Sequence[int]) -> RasterColumns:
        """The columns of the rasters with these ids, ascending; no ISO date, and no record, count as unknown."""
        told = {record.id: record_acquisition(record) for record in records}
        known = [told.get(id_, _UNKNOWN) for id_ in ids]
        days = [NO_DAY if one.acquired is None else day_of(one.acquired) or NO_DAY for one in known]
        return cls(
            np.array(ids, np.int64),
            _numbered([one.platform for one in known]),
            _numbered([one.sensor for one in known]),
            np.array(days, np.int32),
        )

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def year(self) -> npt.NDArray[np.int64]:
        """The year of each [r]; 0 for unknown."""
        return self.month // 12

    @property
    def month(self) -> npt.NDArray[np.int64]:
        """The month of each [r], counted from the year 0; 0 for unknown."""
        dates = [date.fromordinal(day) if day else None for day in self.day.tolist()]
        return np.array([0 if day is None else 12 * day.year + day.month - 1 for day in dates], np.int64)


@dataclass(frozen=True)
class ChipColumns:
    """Chips, one a row; where one is not known nothing passes a condition on it.

    `place` int32 [n], the chips' places in an index of codes; `raster` int32 [n], places in the raster columns; `box`
    float32 [n, 4] (west, south, east, north of their footprints in degrees, rounded outwards), NaN for unknown.
    """

    place: npt.NDArray[np.int32]
    raster: npt.NDArray[np.int32]
    box: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.place)

    def taken(self, order: npt.NDArray[np.int64]) -> ChipColumns:
        """These rows [m]."""
        return ChipColumns(self.place[order], self.raster[order], self.box[order])


@dataclass(frozen=True)
class CodeColumns:
    """What an index of codes holds of each chip, by its place there.

    `codes` uint8 [n, bits / 8]; `size` int32 [n], places in `sizes` float32 [s], ground sizes in metres.
    """

    codes: npt.NDArray[np.uint8]
    size: npt.NDArray[np.int32]
    sizes: npt.NDArray[np.float32]


def bands_of(sizes: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """The resolution band of ground sizes in metres [s], 0 to `MOST_BAND`: one for each power of two."""
    with np.errstate(all="ignore"):
        bands = np.floor(np.log2(sizes)) - _FIRST_BAND
    return np.clip(np.nan_to_num(bands), 0, MOST_BAND).astype(np.int64)


def day_of(text: str) -> int | None:
    """The day of an ISO date or time, such as 2024-05-31T10:00:00Z, counted from the year 1; None for other texts."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day.toordinal() if day.isoformat() == text[:10] else None


def _numbered(names: Sequence[str | None]) -> npt.NDArray[np.int32]:
    """For each name its place among the different ones from 1, 0 for None."""
    places = {name: place for place, name in enumerate(sorted({name for name in names if name is not None}), 1)}
    return np.array([0 if name is None else places[name] for name in names], np.int32)
