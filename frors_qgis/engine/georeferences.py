"""Places on the Earth that need no open raster."""

from __future__ import annotations

from frors_qgis.engine.archive.records import RasterRecord
from frors_qgis.engine.imagery.georeference import Box, Georeference, spatial_reference
from frors_qgis.engine.imagery.windows import PixelWindow
from frors_qgis.protocol import EngineError, ErrorCode


def record_georeference(record: RasterRecord) -> Georeference:
    """Where a raster of an archive lies, also when its file is gone; raises EngineError(ARCHIVE_DAMAGED)."""
    try:
        return Georeference(spatial_reference(record.crs), record.transform, record.width, record.height)
    except EngineError as error:
        raise _damaged(record) from error


def record_crs(record: RasterRecord) -> str:
    """The CRS of a raster of an archive as `crs_name` gives it; raises EngineError(ARCHIVE_DAMAGED)."""
    try:
        return crs_name(record.crs)
    except EngineError as error:
        raise _damaged(record) from error


def crs_name(wkt: str) -> str:
    """A CRS as "EPSG:n" where its authority is known, else as it is."""
    return _code(wkt) or wkt


def crs_title(wkt: str) -> str:
    """A CRS as people call it: "EPSG:n" where its authority is known, else its name."""
    return _code(wkt) or str(spatial_reference(wkt).GetName())


def box_in(box: Box, source: str, target: str) -> Box:
    """The box in CRS `target` that holds a box in CRS `source`; raises EngineError(BAD_REQUEST)."""
    xmin, ymin, xmax, ymax = box
    transform = (xmin, xmax - xmin, 0.0, ymax, 0.0, ymin - ymax)
    try:
        return Georeference(spatial_reference(source), transform, 1, 1).bounds(PixelWindow(0, 0, 1, 1), target)
    except EngineError as error:
        if error.code is not ErrorCode.RASTER_WITHOUT_CRS:
            raise
        raise EngineError(
            ErrorCode.BAD_REQUEST, f"The box {list(box)} does not lie on the Earth in its CRS."
        ) from error


def _code(wkt: str) -> str | None:
    reference = spatial_reference(wkt)
    authority, code = reference.GetAuthorityName(None), reference.GetAuthorityCode(None)
    return f"{authority}:{code}" if authority and code else None


def _damaged(record: RasterRecord) -> EngineError:
    return EngineError(
        ErrorCode.ARCHIVE_DAMAGED, f"The place of {record.path} in the archive is damaged: index the raster again."
    )
