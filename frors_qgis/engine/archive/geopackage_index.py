"""The index of an archive in a GeoPackage: a filter becomes a mask over the chips."""

from __future__ import annotations

from functools import reduce

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.check import Check, go_on
from frors_qgis.engine.archive.chip_filter import EVERY_CHIP, ChipFilter, Extent, Near
from frors_qgis.engine.archive.codes.code_index import CodeIndex
from frors_qgis.engine.archive.geopackage_archive import GeoPackageArchive
from frors_qgis.engine.archive.index import Index

_Mask = npt.NDArray[np.bool_]


class GeoPackageIndex:
    """A `ChipIndex` of segments beside the file and of memory, or of codes, whose filters are masks."""

    note: str | None = None

    def __init__(self, archive: GeoPackageArchive, index: Index | CodeIndex) -> None:
        self._archive = archive
        self._index = index
        self._latest: tuple[ChipFilter, _Mask | None] | None = None
        self._places: dict[Extent | Near, _Mask] = {}

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
        self._latest, self._places = None, {}
        self._index.refresh(check)

    def has_any(self, chosen: ChipFilter) -> bool:
        """Whether any chip passes a filter."""
        mask = self._mask(chosen)
        return len(self) > 0 if mask is None else bool(mask.any())

    def ground_sizes(self, chosen: ChipFilter) -> list[float]:
        """The ground sizes in metres that the chips of a filter have, each once, ascending."""
        return self._index.ground_sizes(self._mask(chosen))

    def chips(
        self, chosen: ChipFilter, most: int, check: Check = go_on
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """As of `ChipIndex`; none is left out."""
        return self._index.chips(self._mask(chosen))

    def search(
        self, vector: npt.NDArray[np.float32], k: int, chosen: ChipFilter = EVERY_CHIP, check: Check = go_on
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """As of `ChipIndex`; also raises CHIP_UNKNOWN when chips were removed since `refresh`."""
        return self._index.search(vector, k, self._mask(chosen), check)

    def _mask(self, chosen: ChipFilter) -> _Mask | None:
        """The mask of the chips that pass a filter; None when that is all of them."""
        if self._latest is None or self._latest[0] != chosen:
            mask = self._index.select(
                ground_size=chosen.ground_size,
                rasters=None if chosen.rasters is None else set(chosen.rasters),
                newer_than=chosen.newer_than,
            )
            where = [] if chosen.extent is None else [self._placed(chosen.extent)]
            where += [reduce(np.logical_or, map(self._placed, clause)) for clause in chosen.near]
            for placed in where:
                mask = placed if mask is None else mask & placed
            self._latest = chosen, None if mask is None or mask.all() else mask
        return self._latest[1]

    def _placed(self, where: Extent | Near) -> _Mask:
        """The mask of the chips that lie in an extent, or near a place or beyond; of the archive's chips at least."""
        if isinstance(where, Near) and where.beyond:
            return ~self._placed(where._replace(beyond=False))
        if where not in self._places:
            if isinstance(where, Near):
                ids = self._archive.chips_near(where.place, where.km)
            else:
                ids = self._archive.chips_within(where)
            mask = self._index.select(ids=ids)
            self._places[where] = np.ones(len(self), bool) if mask is None else mask
        return self._places[where]
