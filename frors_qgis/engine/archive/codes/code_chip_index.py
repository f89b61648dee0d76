"""The index of an archive in a GeoPackage that takes little memory: hash codes, and a tree for narrow filters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.check import Check, go_on
from frors_qgis.engine.archive.chip_filter import EVERY_CHIP, ChipFilter, Extent
from frors_qgis.engine.archive.codes.archive_tree import keep_tree, kept_tree, would_pay
from frors_qgis.engine.archive.codes.code_index import CodeIndex
from frors_qgis.engine.archive.codes.semantic_conditions import Conditions
from frors_qgis.engine.archive.codes.semantic_tree import SemanticTree
from frors_qgis.engine.archive.geopackage_archive import GeoPackageArchive
from frors_qgis.engine.archive.geopackage_index import GeoPackageIndex
from frors_qgis.engine.archive.query_vector import checked_query

MOST_NARROW = 0.02
"""The tree is asked where it leaves at most this share of the chips to be looked at."""


class _Narrow(NamedTuple):
    """A filter for the tree, and the nodes that hold all that passes."""

    tree: SemanticTree
    conditions: Conditions
    regions: npt.NDArray[np.int64]


class CodeChipIndex:
    """A `ChipIndex` of codes. A tree is of use where it is of just the chips there are; it finds what scans find."""

    note: str | None = None

    def __init__(self, archive: GeoPackageArchive, bits: int, folder: Path) -> None:
        """bits: of a code, or `FULL_LENGTH`. folder: the archive's folder of segments, where codes are kept."""
        self._archive = archive
        self._folder = folder
        self._codes = CodeIndex(archive, bits, folder)
        self._scan = GeoPackageIndex(archive, self._codes)
        self._tree: SemanticTree | None = None
        self._state = ("", 0)
        self._is_settled = False
        self._latest: tuple[ChipFilter, _Narrow | None] | None = None
        self._met: dict[Extent, tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]] = {}
        self._passed: tuple[_Narrow, npt.NDArray[np.int64]] | None = None

    def __len__(self) -> int:
        return len(self._codes)

    @property
    def wants_sealing(self) -> bool:
        """Whether a tree is missing and the archive is not just being written."""
        return self._is_settled and self._tree is None and would_pay(self._codes)

    def close(self) -> None:
        """Ends what the index holds."""
        self._scan.close()
        self._tree, self._latest, self._passed = None, None, None

    def refresh(self, check: Check = go_on) -> None:
        """Follows the archive, and takes up the tree of its chips once that is kept."""
        self._scan.refresh(check)
        state = self._codes.fingerprint, self._folder.stat().st_mtime_ns if self._folder.is_dir() else 0
        self._is_settled = state[0] == self._state[0]
        if state != self._state:
            self._state, self._latest, self._passed, self._met = state, None, None, {}
            if not (self._is_settled and self._tree is not None):
                self._tree = kept_tree(self._codes, self._folder)

    def has_any(self, chosen: ChipFilter) -> bool:
        """Whether any chip passes a filter."""
        narrow = self._narrow(chosen)
        return self._scan.has_any(chosen) if narrow is None else len(self._passing(narrow)) > 0

    def ground_sizes(self, chosen: ChipFilter) -> list[float]:
        """The ground sizes in metres that the chips of a filter have, each once, ascending."""
        narrow = self._narrow(chosen)
        return self._scan.ground_sizes(chosen) if narrow is None else self._codes.ground_sizes(self._passing(narrow))

    def chips(
        self, chosen: ChipFilter, most: int, check: Check = go_on
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """As of `ChipIndex`; none is left out."""
        narrow = self._narrow(chosen)
        return self._scan.chips(chosen, most, check) if narrow is None else self._codes.chips(self._passing(narrow))

    def search(
        self, vector: npt.NDArray[np.float32], k: int, chosen: ChipFilter = EVERY_CHIP, check: Check = go_on
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """As of `CodeIndex`, of the chips of a filter."""
        narrow = self._narrow(chosen)
        if narrow is None:
            return self._scan.search(vector, k, chosen, check)
        query = checked_query(vector, k, self._archive.dimension)
        places, _ = narrow.tree.search(self._codes.code(query), self._codes.near(k), narrow.conditions, narrow.regions)
        return self._codes.best_of(query, k, places)

    def _passing(self, narrow: _Narrow) -> npt.NDArray[np.int64]:
        if self._passed is None or self._passed[0] is not narrow:
            self._passed = narrow, narrow.tree.passing(narrow.regions, narrow.conditions)
        return self._passed[1]

    def _narrow(self, chosen: ChipFilter) -> _Narrow | None:
        """A filter for the tree; None where a scan of all codes is to be preferred."""
        if self._tree is None or replace(chosen, ground_size=None, newer_than=None) == EVERY_CHIP:
            return None
        if self._latest is None or self._latest[0] != chosen:
            first = 0 if chosen.newer_than is None else self._codes.first_place_after(chosen.newer_than)
            conditions = self._tree.conditions(chosen, self._meets, first)
            regions = self._tree.regions(conditions)
            is_narrow = self._tree.count(regions) <= MOST_NARROW * len(self)
            self._latest = chosen, _Narrow(self._tree, conditions, regions) if is_narrow else None
        return self._latest[1]

    def _meets(self, places: npt.NDArray[np.int32], extent: Extent) -> npt.NDArray[np.bool_]:
        """As the archive says, which is asked once for each chip at the edge of an extent."""
        known, meets = self._met.get(extent, (np.empty(0, np.int32), np.empty(0, bool)))
        if len(new := np.setdiff1d(places, known)):
            found = self._archive.meeting(self._codes.ids_of(new), extent)
            order = np.argsort(np.concatenate([known, new]))
            known, meets = np.concatenate([known, new])[order], np.concatenate([meets, found])[order]
            self._met = {extent: (known, meets)}
        return meets[np.searchsorted(known, places)]


def seal_codes(archive: GeoPackageArchive, bits: int, folder: Path, check: Check = go_on) -> int:
    """Keeps codes and tree of an archive as it is; how many files were written.

    check: called now and then, may raise. Raises OSError where the folder refuses.
    """
    codes = CodeIndex(archive, bits, folder)
    codes.refresh(check)
    return codes.keep() + keep_tree(archive, codes, folder, check)
