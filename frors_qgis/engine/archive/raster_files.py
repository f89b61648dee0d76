"""Where the rasters of an archive are now."""

from __future__ import annotations

import os
import re
from pathlib import Path

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.rasters import is_virtual
from frors_qgis.engine.archive.records import RasterRecord
from frors_qgis.protocol import EngineError, ErrorCode

_LOCAL = re.compile(
    r"/vsi(?:zip|tar|gzip)/(/(?!vsi).*)|"
    r'(?:GPKG|NETCDF|HDF4_SDS|HDF5|GTIFF_DIR:\d+):"?(/(?!vsi)[^":]*)"?(?::.*)?'
)
"""Files in archives, and parts of files, by a plain absolute path."""


def raster_file(archive: Archive, record: RasterRecord) -> tuple[str, bool]:
    """Where a raster of an archive is now, and whether it is there; GDAL's virtual files count as there."""
    if is_virtual(record.path):
        return record.path, True
    path = str(archive.raster_path(record))
    return path, os.path.exists(path)


def local_raster_file(archive: Archive, record: RasterRecord) -> str:
    """The raster's path for opening on the archive's word alone.

    The archive may be a stranger's: a name that could make GDAL ask the network is refused with RASTER_MISSING.
    """
    path, _ = raster_file(archive, record)
    if is_virtual(path) and not _is_on_this_computer(path):
        raise EngineError(
            ErrorCode.RASTER_MISSING,
            f"{path} is not a file of this computer, so no pictures of it are shown.",
        )
    return path


def _is_on_this_computer(name: str) -> bool:
    """Whether one of GDAL's virtual names stands for a file that is here, or for something in one."""
    match = _LOCAL.fullmatch(name)
    if match is None:
        return False
    file = Path(match.group(1) or match.group(2))
    return any(os.path.isfile(part) for part in (file, *file.parents))
