"""The semantic tree over an archive's index of codes, as files of the folder of its segments."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np

from frors_qgis.engine.archive.array_file import ArrayFileError
from frors_qgis.engine.archive.check import Check, go_on
from frors_qgis.engine.archive.codes.code_index import CodeIndex
from frors_qgis.engine.archive.codes.semantic_columns import ChipColumns, RasterColumns
from frors_qgis.engine.archive.codes.semantic_tree import SemanticTree
from frors_qgis.engine.archive.codes.semantic_tree_file import SUFFIX, read_tree, write_tree
from frors_qgis.engine.archive.geopackage_archive import GeoPackageArchive

LEAST_CHIPS = 250_000
"""With fewer a scan of all codes is as fast."""


def would_pay(codes: CodeIndex) -> bool:
    """Whether there are enough chips for a tree."""
    return len(codes) >= LEAST_CHIPS


def kept_tree(codes: CodeIndex, folder: Path) -> SemanticTree | None:
    """The tree that a folder keeps, if it is of just these codes."""
    fingerprint = codes.fingerprint
    if not would_pay(codes):
        return None
    with suppress(ArrayFileError):
        return read_tree(_path(folder, fingerprint), fingerprint, codes.columns)
    return None


def keep_tree(archive: GeoPackageArchive, codes: CodeIndex, folder: Path, check: Check = go_on) -> int:
    """Builds the tree and keeps it, unless it is kept already or would not pay; how many files were written.

    Trees of other codes are deleted. check: called now and then, may raise. Raises what `write_arrays` does.
    """
    path = _path(folder, codes.fingerprint)
    if not would_pay(codes) or path.exists():
        return 0
    tree = build_tree(archive, codes, check)
    check()
    folder.mkdir(exist_ok=True)
    for old in folder.glob(f"*{SUFFIX}"):
        with suppress(OSError):  # Windows keeps files that are mapped
            old.unlink()
    write_tree(path, codes.fingerprint, tree)
    return 1


def build_tree(archive: GeoPackageArchive, codes: CodeIndex, check: Check = go_on) -> SemanticTree:
    """The tree of the chips of an index; check: called now and then, may raise."""
    rasters = RasterColumns.of(archive.rasters(), np.unique(codes.raster_ids).tolist())
    return SemanticTree.build(rasters, _chip_columns(archive, codes, rasters, check), codes.columns)


def _chip_columns(archive: GeoPackageArchive, codes: CodeIndex, rasters: RasterColumns, check: Check) -> ChipColumns:
    raster = np.searchsorted(rasters.ids, codes.raster_ids).astype(np.int32)
    box = np.full((len(codes), 4), np.nan, np.float32)
    for ids, boxes in archive.boxes(check):
        known, places = codes.places_of(ids)
        box[places] = boxes[known]
    return ChipColumns(np.arange(len(codes), dtype=np.int32), raster, box)


def _path(folder: Path, fingerprint: str) -> Path:
    return folder / f"{fingerprint[:24]}{SUFFIX}"
