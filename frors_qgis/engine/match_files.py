"""Writes matches to a file that any GIS opens."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from osgeo import gdal, ogr, osr

from frors_qgis.engine.archive.connection import absolute
from frors_qgis.engine.imagery.gdal_errors import checked, gdal_errors
from frors_qgis.protocol import EngineError, ErrorCode

_DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".csv": "CSV"}
_LAYER = "matches"
_FIELDS = {
    "rank": ogr.OFTInteger,
    "score": ogr.OFTReal,
    "chip": ogr.OFTInteger64,
    "raster": ogr.OFTString,
    "acquired": ogr.OFTString,
}


def driver_for(path: Path) -> str:
    """The GDAL driver for a file name.

    Raises EngineError(BAD_REQUEST) where `write_matches` could not write it: a suffix that is none of ours, no such
    folder, a file that holds something else.
    """
    driver = _DRIVERS.get(path.suffix.lower())
    if driver is None:
        raise EngineError(
            ErrorCode.BAD_REQUEST, f"Matches are written to {', '.join(_DRIVERS)}, not to {path.name}; choose one."
        )
    if not path.parent.is_dir():
        raise EngineError(ErrorCode.BAD_REQUEST, f"There is no folder {path.parent}: make it or choose another.")
    if path.exists() and not _holds_matches(path):
        raise EngineError(
            ErrorCode.BAD_REQUEST, f"{path} exists and is not a file of matches; choose another name or remove it."
        )
    return driver


def write_matches(matches: Sequence[dict[str, Any]], path: Path) -> None:
    """Writes matches, as the engine's `search` gives them, as polygons in EPSG:4326.

    The file appears complete or not at all. A file of earlier matches is replaced, any other file never is.
    Raises EngineError(BAD_REQUEST) when the suffix or the folder is unknown or the file cannot be written.
    """
    path = absolute(path)
    driver = driver_for(path)
    draft = path.with_name(f".frors-{os.getpid()}{path.suffix}")
    try:
        with gdal_errors(ErrorCode.BAD_REQUEST, f"The matches cannot be written to {path}."):
            _write(driver, draft, matches)
            source = checked(gdal.OpenEx(str(draft), gdal.OF_VECTOR))
            written = source.GetLayer(0).GetFeatureCount()
            del source
            if written != len(matches):
                raise RuntimeError(f"only {written} of {len(matches)} could be; the disk may be full")
            draft.replace(path)
    except OSError as error:
        raise EngineError(
            ErrorCode.BAD_REQUEST, f"The matches cannot be written to {path}: {error.strerror}."
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink()


def _write(driver: str, path: Path, matches: Sequence[dict[str, Any]]) -> None:
    srs = osr.SpatialReference()
    srs.SetWellKnownGeogCS("WGS84")
    srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    source = checked(ogr.GetDriverByName(driver).CreateDataSource(str(path)))
    options = ["GEOMETRY=AS_WKT"] if driver == "CSV" else []
    layer = checked(source.CreateLayer(_LAYER, srs, ogr.wkbPolygon, options))
    for name, kind in _FIELDS.items():
        layer.CreateField(ogr.FieldDefn(name, kind))
    layer.StartTransaction()
    for match in matches:
        feature = ogr.Feature(layer.GetLayerDefn())
        for name in _FIELDS:
            if match[name] is None:
                feature.SetFieldNull(name)
            else:
                feature.SetField(name, match[name])
        feature.SetGeometry(_polygon(match["footprint"]))
        layer.CreateFeature(feature)
    layer.CommitTransaction()
    del layer, source  # in this order: GDAL writes to the end when the source goes


def _holds_matches(path: Path) -> bool:
    with gdal_errors(ErrorCode.BAD_REQUEST, f"{path} exists and cannot be read; choose another name or remove it."):
        source = checked(gdal.OpenEx(str(path), gdal.OF_VECTOR))
        layer = source.GetLayer(0)
        definition = layer.GetLayerDefn()
        names = {definition.GetFieldDefn(i).GetName() for i in range(definition.GetFieldCount())}
        empty = layer.GetFeatureCount() == 0 and layer.GetName() == _LAYER  # GeoJSON without features has no fields
        return source.GetLayerCount() == 1 and (names >= set(_FIELDS) or empty)


def _polygon(corners: Sequence[Sequence[float]]) -> ogr.Geometry:
    ring = ogr.Geometry(ogr.wkbLinearRing)
    for longitude, latitude in [*corners, corners[0]]:
        ring.AddPoint_2D(longitude, latitude)
    polygon = ogr.Geometry(ogr.wkbPolygon)
    polygon.AddGeometry(ring)
    return polygon
