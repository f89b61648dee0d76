"""Writes matches to a file that any GIS opens."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from osgeo import gdal, ogr, osr

from frors_qgis.engine.imagery.gdal_errors import checked, gdal_errors
from frors_qgis.protocol import EngineError, ErrorCode

_DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".csv": "CSV"}
_FIELDS = {
    "rank": ogr.OFTInteger,
    "score": ogr.OFTReal,
    "chip": ogr.OFTInteger64,
    "raster": ogr.OFTString,
    "acquired": ogr.OFTString,
}


def driver_of(path: Path) -> str:
    """The GDAL driver for a file name; raises EngineError(BAD_REQUEST) for a suffix that is none of ours."""
    driver = _DRIVERS.get(path.suffix.lower())
    if driver is None:
        raise EngineError(
            ErrorCode.BAD_REQUEST, f"Matches are written to {', '.join(_DRIVERS)}, not to {path.name}; choose one."
        )
    return driver


def write_matches(matches: Sequence[dict[str, Any]], path: Path) -> None:
    """Writes matches, as the engine's `search` gives them, as polygons in EPSG:4326.

    A file of earlier matches is replaced, any other file never is.
    Raises EngineError(BAD_REQUEST) when the suffix is unknown or the file cannot be written.
    """
    driver = ogr.GetDriverByName(driver_of(path))
    if path.exists() and not _holds_matches(path):
        raise EngineError(
            ErrorCode.BAD_REQUEST, f"{path} exists and is not a file of matches; choose another name or remove it."
        )
    srs = osr.SpatialReference()
    srs.SetWellKnownGeogCS("WGS84")
    srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    options = ["GEOMETRY=AS_WKT"] if path.suffix.lower() == ".csv" else []
    with gdal_errors(ErrorCode.BAD_REQUEST, f"The matches cannot be written to {path}."):
        path.unlink(missing_ok=True)
        source = checked(driver.CreateDataSource(str(path)))
        layer = checked(source.CreateLayer("matches", srs, ogr.wkbPolygon, options))
        for name, kind in _FIELDS.items():
            layer.CreateField(ogr.FieldDefn(name, kind))
        layer.StartTransaction()
        for match in matches:
            feature = ogr.Feature(layer.GetLayerDefn())
            for name in _FIELDS:
                if match[name] is not None:
                    feature.SetField(name, match[name])
            feature.SetGeometry(_polygon(match["footprint"]))
            layer.CreateFeature(feature)
        layer.CommitTransaction()
        del layer, source
    gdal.ErrorReset()


def _holds_matches(path: Path) -> bool:
    with gdal_errors(ErrorCode.BAD_REQUEST, f"{path} exists and cannot be read; choose another name or remove it."):
        source = checked(gdal.OpenEx(str(path), gdal.OF_VECTOR))
        definition = source.GetLayer(0).GetLayerDefn()
        names = {definition.GetFieldDefn(i).GetName() for i in range(definition.GetFieldCount())}
        return source.GetLayerCount() == 1 and names >= set(_FIELDS)


def _polygon(corners: Sequence[Sequence[float]]) -> ogr.Geometry:
    ring = ogr.Geometry(ogr.wkbLinearRing)
    for longitude, latitude in [*corners, corners[0]]:
        ring.AddPoint_2D(longitude, latitude)
    polygon = ogr.Geometry(ogr.wkbPolygon)
    polygon.AddGeometry(ring)
    return polygon
