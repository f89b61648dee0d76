"""Labelled features of a vector file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from osgeo import gdal, ogr

from frors_qgis.engine.imagery.gdal_errors import checked, gdal_errors
from frors_qgis.engine.labelled_features import MOST_FEATURES, MOST_LETTERS
from frors_qgis.protocol import EngineError, ErrorCode

# By content, not by suffix: other drivers would follow what a stranger's file points at, to the network too.
_DRIVERS = ["GPKG", "GeoJSON", "ESRI Shapefile", "FlatGeobuf"]


def read_labels_file(path: str, field: str, layer: str | None = None) -> dict[str, Any]:
    """The parameters "features", "crs" (where the layer has one) and "name" of a request, from a file's layer.

    layer: its name; None for the first one.
    Raises EngineError(DATASET_INVALID) for a file that cannot be read, and a layer or a field that is not there.
    """
    with gdal_errors(
        ErrorCode.DATASET_INVALID,
        f"The features of {path} cannot be read; a GeoPackage, GeoJSON, Shapefile or FlatGeobuf is expected.",
    ):
        file = checked(gdal.OpenEx(path, gdal.OF_VECTOR | gdal.OF_VERBOSE_ERROR, allowed_drivers=_DRIVERS))
        source = file.GetLayer(0) if layer is None else file.GetLayerByName(layer)
        if source is None:
            names = ", ".join(file.GetLayer(number).GetName() for number in range(file.GetLayerCount()))
            raise _invalid(f"{path} has no layer {layer or ''}; its layers are {names or 'none'}.")
        definition = source.GetLayerDefn()
        index = definition.GetFieldIndex(field)
        if index < 0:
            names = ", ".join(definition.GetFieldDefn(number).GetName() for number in range(definition.GetFieldCount()))
            raise _invalid(f"The features of {path} have no field {field}; they have {names or 'none'}.")
        features = []
        for feature in source:
            features.append(_described(feature, index))
            if len(features) > MOST_FEATURES:
                break
        values: dict[str, Any] = {"features": features, "name": source.GetName() or Path(path).stem}
        if (system := source.GetSpatialRef()) is not None:
            values["crs"] = system.ExportToWkt(["FORMAT=WKT2_2019"])
    return values


def _described(feature: ogr.Feature, index: int) -> dict[str, Any]:
    geometry = feature.GetGeometryRef()
    box = None
    if geometry is not None and not geometry.IsEmpty():
        xmin, xmax, ymin, ymax = geometry.GetEnvelope()
        box = [xmin, ymin, xmax, ymax]
    has_label = feature.IsFieldSetAndNotNull(index)
    label = feature.GetFieldAsString(index)[: 2 * MOST_LETTERS] if has_label else None
    return {"id": feature.GetFID(), "label": label, "box": box}


def _invalid(sentence: str) -> EngineError:
    return EngineError(ErrorCode.DATASET_INVALID, sentence)
