"""What an archive holds, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

CELL_PIXELS = 32
RASTER_STATES = ("indexing", "indexed", "missing", "failed")


@dataclass
class RasterRecord:
    """One raster of an archive.

    `path` is absolute; `relative_path` is relative to the archive's folder, with forward slashes (None: filled in when
    the record is written, where a relative path exists). `gsd` is in metres on the ground. `stretch`, `metadata` and
    `plan` hold JSON values only (lists, not tuples), so that they compare equal after a round trip.
    """

    path: str
    identity: str
    crs: str
    transform: tuple[float, float, float, float, float, float]
    width: int
    height: int
    gsd: float
    stretch: dict[str, Any]
    bands: int
    id: int | None = None
    relative_path: str | None = None
    nodata: str | None = None
    platform: str | None = None
    sensor: str | None = None
    acquired: str | None = None
    cloud: float | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    plan: dict[str, Any] = field(default_factory=dict)
    state: str = "indexing"
    reason: str | None = None


@dataclass(frozen=True)
class ChipRecord:
    """One chip: its window in raster pixels, metres per grid pixel, window size in cells, and its four corners.

    `footprint` is (lon, lat) in EPSG:4326 from the upper left corner round; a longitude may pass 180.
    """

    id: int
    raster_id: int
    column: float
    row: float
    width: float
    height: float
    gsd: float
    cells: int
    valid: float
    footprint: list[tuple[float, float]]

    @property
    def ground_size(self) -> float:
        """Metres along one side on the ground."""
        return self.gsd * self.cells * CELL_PIXELS


@dataclass
class NewChips:
    """The chips of one block, ready to be written; every array has n rows.

    `windows` float64 [n, 4] (column, row, width, height in raster pixels), `gsd` float64 [n] in metres, `cells` int32
    [n], `valid` float32 [n] from 0 to 1, `footprints` float64 [n, 4, 2] (lon, lat), `vectors` float32 [n, d].
    """

    windows: npt.NDArray[np.float64]
    gsd: npt.NDArray[np.float64]
    cells: npt.NDArray[np.int32]
    valid: npt.NDArray[np.float32]
    footprints: npt.NDArray[np.float64]
    vectors: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.windows)


class BatchKey(NamedTuple):
    """Which embeddings a batch holds: `chips` chips from `first_chip` on, all of one raster; at least one.

    An `id` is never used again, and `checksum` is of the embeddings: equal keys mean equal batches.
    """

    id: int
    first_chip: int
    raster_id: int
    chips: int
    checksum: int


class StoredBlock(NamedTuple):
    """A block of a raster as an archive has it; its chips have consecutive ids from `first_chip` on."""

    first_chip: int
    chips: NewChips


def ground_sizes(gsd: npt.NDArray[np.float32], cells: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
    """Metres along one side on the ground [n] of chips with this GSD in metres and so many cells."""
    return (gsd * cells * CELL_PIXELS).astype(np.float32)


@dataclass(frozen=True)
class Batch:
    """The embeddings of one block. `vectors` float16 [n, d], `gsd` float32 [n] in metres, `cells` int32 [n]."""

    key: BatchKey
    vectors: npt.NDArray[np.float16]
    gsd: npt.NDArray[np.float32]
    cells: npt.NDArray[np.int32]

    @property
    def ground_sizes(self) -> npt.NDArray[np.float32]:
        """Metres along one side of each chip on the ground [n]."""
        return ground_sizes(self.gsd, self.cells)


@dataclass(frozen=True)
class Level:
    """Chips of one ground GSD (metres) and window size (cells), and how many there are."""

    gsd: float
    cells: int
    chips: int

    @property
    def ground_size(self) -> float:
        """Metres along one side on the ground."""
        return self.gsd * self.cells * CELL_PIXELS


class Generation(NamedTuple):
    """Differs whenever chips were added or removed. While `archive` and `removals` stay, chips were only added."""

    archive: str
    removals: int
    last_batch: int
