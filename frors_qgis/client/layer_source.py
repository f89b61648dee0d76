"""Layers and coordinate reference systems as the engine understands them."""

from __future__ import annotations

import os

from qgis.core import QgsCoordinateReferenceSystem, QgsProviderRegistry, QgsRasterLayer

_ONLY_IN_THIS_PROCESS = ("/vsimem/", "MEM:")


def raster_path(layer: QgsRasterLayer) -> str | None:
    """What another process gives to GDAL to open the layer, or None if only QGIS can read it."""
    if layer.providerType() != "gdal":
        return None
    source = layer.source()
    parts = QgsProviderRegistry.instance().decodeUri("gdal", source)
    if parts.get("authcfg") or source.startswith("<"):
        return None
    if parts.get("layerName"):
        path = source.partition("|")[0]
    else:
        path = "".join(str(parts.get(key) or "") for key in ("vsiPrefix", "path", "vsiSuffix"))
    if not path or path.startswith(_ONLY_IN_THIS_PROCESS):
        return None
    return absolute_source(path)


def absolute_source(source: str) -> str:
    """What GDAL opens, for a process that works in another folder: a file's path is made absolute."""
    # Not Path.exists: a source that is no path may be too long for one, and that raises.
    return os.path.abspath(source) if not os.path.isabs(source) and os.path.exists(source) else source


def crs_text(crs: QgsCoordinateReferenceSystem) -> str:
    """A CRS by its authority's code, or as WKT where the user has defined it herself."""
    if crs.authid() and not crs.authid().startswith("USER:"):
        return crs.authid()
    return crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT_PREFERRED)
