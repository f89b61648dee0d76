"""The index of an archive in a GeoPackage: a filter becomes a mask over the chips, once for each filter."""

from __future__ import annotations

from functools import reduce

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.chip_filter import EVERY_CHIP, ChipFilter
from frors_qgis.engine.archive.geopackage_archive import GeoPackageArchive
from frors_qgis.engine.archive.index import Index
from frors_qgis.engine.archive.segment_folder import SegmentFolder
from frors_qgis.engine.call import Check, go_on

_Mask = npt.NDArray[np.bool_]


class GeoPackageIndex:
    """A `ChipIndex` of segments beside the file, and of memory."""

    note: str | None = None

    def __init__(self, archive: GeoPackageArchive, segments: SegmentFolder) -> None:
        self._archive = archive
        self._index = Index(archive, segments)
        self._masks: dict[ChipFilter, _Mask | None] = {}
        self._places: dict[ChipFilter, npt.NDArray[np.int64] | None] = {}

    def __len__(self) -> int:
        return len(self._index)

    @property
    def wants_sealing(self) -> bool:
        """Whether it holds chips that would make a segment."""
        return self._index.wants_sealing

    def close(self) -> None:
        """Ends the threads that search."""
        self._index.close()

    def refresh(self, check: Check = go_on) -> None:
        """Follows the archive and its segments."""
        self._masks, self._places = {}, {}
        self._index.refresh(check)

    def has_any(self, chosen: ChipFilter) -> bool:
        """Whether any chip passes a filter."""
        mask = self._mask(chosen)
        return len(self) > 0 if mask is None else bool(mask.any())

    def ground_sizes(self, chosen: ChipFilter) -> list[float]:
        """The ground sizes in metres that the chips of a filter have, each once, ascending."""
        return self._index.ground_sizes(self._mask(chosen))

    def search(
        self, vector: npt.NDArray[np.float32], k: int, chosen: ChipFilter = EVERY_CHIP, check: Check = go_on
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """As of `ChipIndex`; also raises CHIP_UNKNOWN when chips were removed since `refresh`."""
        return self._index.search(vector, k, self._mask(chosen), check)

    def _mask(self, chosen: ChipFilter) -> _Mask | None:
        """The mask of the chips that pass a filter; None when that is all of them."""
        if chosen not in self._masks:
            self._masks[chosen] = self._index.select(
                ground_size=chosen.ground_size,
                rasters=None if chosen.rasters is None else set(chosen.rasters),
                ids=self._placed(ChipFilter(extent=chosen.extent, near=chosen.near)),
                newer_than=chosen.newer_than,
            )
        return self._masks[chosen]

    def _placed(self, where: ChipFilter) -> npt.NDArray[np.int64] | None:
        """The ids of the chips that lie where a filter says that has nothing else; None: everywhere."""
        if where not in self._places:
            ids = None if where.extent is None else self._archive.chips_within(where.extent)
            for clause in where.near:
                parts = (self._archive.chips_near(near.place, near.km, beyond=near.beyond) for near in clause)
                found = reduce(np.union1d, parts)
                ids = found if ids is None else np.intersect1d(ids, found)
            self._places[where] = ids
        return self._places[where]
