"""What stands in the footer of a GeoParquet file of ours, and in the STAC collection beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from frors_qgis.engine.acquisition.dates import period
from frors_qgis.engine.archive.acquisitions import record_acquisition
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.records import CELL_PIXELS, Level, RasterRecord
from frors_qgis.engine.exchange.footprints import Box
from frors_qgis.version import VERSION

_EXTENSION = "https://stac-extensions.github.io/embeddings/v0.0.1/schema.json"
_CONVENTIONS = "0.0.1"
_QUANTIZATION = "The numbers are those of 16 bits (IEEE 754 half precision) that the archive keeps; unit length."
_CRS84 = {
    "$schema": "https://proj.org/schemas/v0.7/projjson.schema.json",
    "type": "GeographicCRS",
    "name": "WGS 84 (CRS84)",
    "datum": {
        "type": "GeodeticReferenceFrame",
        "name": "World Geodetic System 1984",
        "ellipsoid": {"name": "WGS 84", "semi_major_axis": 6378137, "inverse_flattening": 298.257223563},
    },
    "coordinate_system": {
        "subtype": "ellipsoidal",
        "axis": [
            {"name": "Geodetic longitude", "abbreviation": "Lon", "direction": "east", "unit": "degree"},
            {"name": "Geodetic latitude", "abbreviation": "Lat", "direction": "north", "unit": "degree"},
        ],
    },
    "id": {"authority": "OGC", "code": "CRS84"},
}


def geo_metadata(box: Box | None) -> dict[str, Any]:
    """The key "geo" of GeoParquet 1.1. box: west, south, east, north of all chips; None where there are none."""
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": ["Polygon"],
        "crs": _CRS84,
        "covering": {"bbox": {name: ["bbox", name] for name in ("xmin", "ymin", "xmax", "ymax")}},
    }
    if box is not None:
        column["bbox"] = list(box)
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}


def embedding_metadata(archive: Archive) -> dict[str, Any]:
    """The key "emb": which model made the embeddings, and how they are kept, as Earth Index says it."""
    return {
        "version": _CONVENTIONS,
        "model": {
            "id": archive.encoder,
            "version": archive.encoder_sha256,
            "family": "FRORS",
            "source": _model_urn(archive),
        },
        "embedding_dim": archive.dimension,
        "embedding_quantization": _QUANTIZATION,
        "software": f"FRORS {VERSION}",
    }


def stac_collection(
    archive: Archive,
    file: Path,
    *,
    data_type: str,
    box: Box | None,
    rasters: Sequence[RasterRecord],
    levels: Sequence[Level],
    licence: str,
) -> dict[str, Any]:
    """A STAC Collection with the embedding extension that describes a file beside it."""
    first, last = _interval(rasters)
    collection: dict[str, Any] = {
        "type": "Collection",
        "stac_version": "1.0.0",
        "stac_extensions": [_EXTENSION],
        "id": file.stem,
        "title": file.stem,
        "description": f"Embeddings of {len(rasters):,} rasters by the encoder {archive.encoder}, one for each chip. "
        + _QUANTIZATION,
        "license": licence,
        "extent": {
            "spatial": {"bbox": [list(_on_one_turn(box))]},
            "temporal": {"interval": [[first, last]]},
        },
        "emb:type": "chip",
        "emb:dimensions": archive.dimension,
        "data_type": data_type,
        "emb:fit_for_use": ["retrieval"],
        "links": [
            {"rel": "emb:model", "href": _model_urn(archive), "title": f"The encoder {archive.encoder}"},
            {
                "rel": "emb:source-data",
                "href": f"./{file.name}",
                "title": "The rasters, in the columns raster, raster_identity and acquired of the file",
            },
        ],
        "assets": {
            "embeddings": {
                "href": f"./{file.name}",
                "type": "application/vnd.apache.parquet",
                "title": "Chips with their embeddings",
                "roles": ["data"],
            }
        },
    }
    if levels:
        collection["gsd"] = min(level.gsd for level in levels)
        sizes = {level.cells * CELL_PIXELS for level in levels}
        if len(sizes) == 1:
            collection["emb:chip_layout"] = {"layout_type": "regular_grid", "chip_size": [*sizes, *sizes]}
        else:
            collection["emb:chip_layout"] = {"layout_type": "variable_grid"}
    return collection


def _on_one_turn(box: Box | None) -> Box:
    """A box within [-180, 180]: round the Earth where chips reach over the antimeridian, or where there are none."""
    west, south, east, north = box or (-180.0, -90.0, 180.0, 90.0)
    return (west, south, east, north) if -180.0 <= west and east <= 180.0 else (-180.0, south, 180.0, north)


def _model_urn(archive: Archive) -> str:
    return f"urn:sha256:{archive.encoder_sha256}"


def _interval(rasters: Sequence[RasterRecord]) -> tuple[str | None, str | None]:
    """The first and the last moment of acquisition that is known."""
    known = [acquired for raster in rasters if (acquired := record_acquisition(raster).acquired) is not None]
    days = [period(acquired) for acquired in known]
    if not days:
        return None, None
    return f"{min(first for first, _ in days)}T00:00:00Z", f"{max(last for _, last in days)}T23:59:59Z"
