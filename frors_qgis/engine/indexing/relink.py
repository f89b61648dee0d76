"""Finds the rasters of an archive again after they, or the drive they were on, have moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.raster_files import raster_file
from frors_qgis.engine.archive.rasters import stored_path
from frors_qgis.engine.archive.records import RasterRecord
from frors_qgis.engine.imagery.georeference import is_same_crs
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.protocol import EngineError


@dataclass(frozen=True)
class Relinked:
    """A raster whose file was missing: where it was, and where it is now (None: not found)."""

    before: str
    now: str | None


def relink(archive: Archive, folder: Path, before_each: Callable[[int, int], None]) -> list[Relinked]:
    """Looks in a folder for the files of all rasters that are missing, and notes where they are.

    `before_each` is told how many rasters are done and how many there are; what it raises ends the work, and what is
    noted by then stays.

    A file is taken for a raster when it has the end of its path, the longest possible, and its size in pixels,
    transform and CRS. Its chips stay valid and it is not indexed again.
    """
    relinked = []
    records = archive.rasters()
    for done, record in enumerate(records):
        before_each(done, len(records))
        if not raster_file(archive, record)[1]:
            relinked.append(Relinked(record.path, _relink(archive, record, folder)))
    return relinked


def _relink(archive: Archive, record: RasterRecord, folder: Path) -> str | None:
    for path in _candidates(record.path, folder):
        with suppress(EngineError), Raster(path) as raster:
            if (
                (record.width, record.height) == (raster.width, raster.height)
                and tuple(record.transform) == tuple(raster.transform)
                and is_same_crs(record.crs, raster.crs)
                and archive.find_raster(str(path)) is None
            ):
                state = "indexed" if record.state == "missing" else record.state
                moved = replace(record, path=stored_path(path), identity=raster.identity, state=state, reason=None)
                archive.update_raster(replace(moved, relative_path=None))
                return moved.path
    return None


def _candidates(path: str, folder: Path) -> Iterator[Path]:
    """Files in the folder with the end of a path of this or another system, the longest end first."""
    parts = (PureWindowsPath if "\\" in path or path[1:2] == ":" else PurePosixPath)(path).parts[1:]
    if ".." in parts:  # of a stranger's archive: nothing outside the folder is looked at
        return
    for first in range(len(parts)):
        candidate = folder.joinpath(*parts[first:])
        if candidate.is_file():
            yield candidate
