"""Places on the Earth that need no open raster."""

from __future__ import annotations

from frors_qgis.engine.archive.records import RasterRecord
from frors_qgis.engine.imagery.georeference import Box, Georeference, spatial_reference
from frors_qgis.engine.imagery.windows import PixelWindow


def record_georeference(record: RasterRecord) -> Georeference:
    """Where a raster of an archive lies, also when its file is gone."""
    return Georeference(spatial_reference(record.crs), record.transform, record.width, record.height)


def crs_name(wkt: str) -> str:
    """A CRS as "EPSG:n" where its authority is known, else as it is."""
    reference = spatial_reference(wkt)
    authority, code = reference.GetAuthorityName(None), reference.GetAuthorityCode(None)
    return f"{authority}:{code}" if authority and code else wkt


def box_in(box: Box, source: str, target: str) -> Box:
    """The box in CRS `target` that holds a box in CRS `source`; raises EngineError(BAD_REQUEST)."""
    xmin, ymin, xmax, ymax = box
    transform = (xmin, xmax - xmin, 0.0, ymax, 0.0, ymin - ymax)
    return Georeference(spatial_reference(source), transform, 1, 1).bounds(PixelWindow(0, 0, 1, 1), target)
