"""Which columns of a foreign GeoParquet file hold what: Clay's, Earth Index's, Major TOM's and those like them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from osgeo import osr

from frors_qgis.engine.exchange.footprints import Footprints, corners_of, sides, squares, turned
from frors_qgis.engine.exchange.parquet_file import ParquetFile
from frors_qgis.engine.imagery.gdal_errors import gdal_errors
from frors_qgis.protocol import EngineError, ErrorCode

_VECTORS = ("embedding", "embeddings", "vector", "vectors")
_GEOMETRIES = ("geometry", "geom", "wkb", "utm_footprint")
_PLACES = (("centre_lon", "centre_lat"), ("centroid_lon", "centroid_lat"), ("lon", "lat"), ("longitude", "latitude"))
_SOURCES = ("product_id", "source_url", "source_href", "source", "raster")
_DATES = ("datetime", "timestamp", "acquired", "date")
_LONLAT = ("OGC:CRS84", "EPSG:4326")
_LARGEST_COORDINATE = 1e12  # in any unit; PROJ loops for hours over some beyond 1e15
_LARGEST_NUMBER = 1e18
_MOST_DIMENSIONS = 65_536
_LEAST_SIDE = 0.001  # metres
_MOST_LETTERS = 300


@dataclass(frozen=True)
class ForeignColumns:
    """The names of the columns. `geometry` is None where `place` names those of longitude and latitude.

    `crs` is the PROJJSON of the geometries, None for longitude and latitude. `scale` and `offset` make numbers of
    whole ones. `model` is what the file calls the model that made it.
    """

    vectors: str
    geometry: str | None
    place: tuple[str, str] | None
    source: str | None
    date: str | None
    crs: str | None
    scale: npt.NDArray[np.float32] | None
    offset: npt.NDArray[np.float32] | None
    model: str

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns that tell which raster a row is of."""
        return tuple(name for name in (self.source, self.date) if name is not None)

    @property
    def all(self) -> tuple[str, ...]:
        """All columns that are read."""
        where = self.place if self.geometry is None else (self.geometry,)
        return (self.vectors, *(where or ()), *self.keys)


def find_columns(file: ParquetFile, vectors: str | None = None) -> ForeignColumns:
    """vectors: the column of the embeddings, None to find it. Raises EngineError(BAD_REQUEST) where one is missing."""
    geo, emb = file.metadata("geo"), file.metadata("emb") or {}
    embedding = _vector_column(file, vectors)
    geometry, crs = _geometry_column(file, geo)
    place = None if geometry is not None else next((pair for pair in _PLACES if set(pair) <= set(_names(file))), None)
    if geometry is None and place is None:
        raise file.unusable(f"it has no column of geometries as well-known binary; it has {_listed(file)}")
    scale, offset = _quantization(file, embedding, emb)
    return ForeignColumns(
        embedding,
        geometry,
        place,
        next((name for name in _SOURCES if name in _names(file) and _is_text(file, name)), None),
        next((name for name in _DATES if name in _names(file)), None),
        crs,
        scale,
        offset,
        _model(emb),
    )


def read_vectors(file: ParquetFile, columns: ForeignColumns, table: Any, first: int) -> npt.NDArray[np.float32]:
    """The embeddings [n, d] of rows, of unit length. first: the number of the first one, for sentences.

    Raises EngineError(BAD_REQUEST) for rows that have none, or of another dimension than the first.
    """
    lists = table.column(columns.vectors).combine_chunks()
    if lists.null_count:
        raise file.unusable(f"row {first + _first(lists.is_null())} has no embedding")
    lengths = pc.list_value_length(lists).to_numpy()
    if other := np.flatnonzero(lengths != lengths[0]).tolist():
        row = other[0]
        raise file.unusable(f"row {first + row} has {lengths[row]} numbers, the rows before it {lengths[0]}")
    values = lists.flatten()
    dimension = int(lengths[0])
    if not 0 < dimension <= _MOST_DIMENSIONS:
        raise file.unusable(f"row {first} has {dimension:,} numbers, which is no embedding")
    if values.null_count:
        raise file.unusable(f"row {first + _first(values.is_null()) // dimension} has gaps in its embedding")
    with np.errstate(over="ignore", invalid="ignore"):
        vectors = values.to_numpy(zero_copy_only=False).astype(np.float64).reshape(-1, dimension)
        if columns.scale is not None:
            vectors = vectors * _fitting(file, columns.scale, dimension)
        if columns.offset is not None:
            vectors = vectors + _fitting(file, columns.offset, dimension)
        lengths = np.linalg.norm(vectors, axis=1)
    if bad := np.flatnonzero(~((lengths > 0) & (lengths < _LARGEST_NUMBER))).tolist():
        raise file.unusable(f"the embedding of row {first + bad[0]} has no direction: its numbers are not finite, or 0")
    unit: npt.NDArray[np.float32] = (vectors / lengths[:, None]).astype(np.float32)
    return unit


def read_footprints(
    file: ParquetFile, columns: ForeignColumns, table: Any, first: int, point_size: float | None
) -> Footprints:
    """Footprints [n, 4, 2] of rows. point_size: metres along a side of the squares that points stand for.

    Raises EngineError(BAD_REQUEST) for rows that have none, or points where their size is not given.
    """
    if columns.geometry is None:
        places = np.stack([_numbers(file, table, name, first) for name in columns.place or ()], axis=1)
        corners = np.repeat(places[:, None], 4, axis=1)
    else:
        geometries = table.column(columns.geometry)
        if geometries.null_count:
            raise file.unusable(f"row {first + _first(geometries.combine_chunks().is_null())} has no geometry")
        try:
            corners = corners_of(geometries.to_pylist())
        except EngineError as error:
            raise file.unusable(f"one of rows {first} to {first + len(geometries) - 1}: {error.message}") from error
    if columns.crs is not None:
        corners = _in_degrees(file, corners, columns.crs)
    bad = ~(np.isfinite(corners).all(axis=(1, 2)) & (np.abs(corners) <= (540.0, 90.0)).all(axis=(1, 2)))
    if bad.any():
        raise file.unusable(f"row {first + int(np.flatnonzero(bad)[0])} does not lie on the Earth in its CRS")
    footprints = turned(corners)
    points = (corners == corners[:, :1]).all(axis=(1, 2))
    if points.any():
        if point_size is None:
            raise file.unusable("its geometries are points, say how large they are on the ground")
        footprints[points] = turned(squares(footprints[points, 0], point_size))
    flat = np.flatnonzero(~(sides(footprints) > _LEAST_SIDE)).tolist()
    if flat:
        raise file.unusable(f"the geometry of row {first + flat[0]} has no area")
    return footprints


def read_keys(file: ParquetFile, columns: ForeignColumns, table: Any) -> list[tuple[str | None, str | None]]:
    """Source and date of rows, None where the file does not tell them."""
    found: list[list[str | None]] = []
    for name in (columns.source, columns.date):
        if name is None:
            found.append([None] * table.num_rows)
            continue
        column = table.column(name)
        column = column.cast(pa.string()) if pa.types.is_temporal(column.type) else column
        texts = (one.as_py() for one in column)  # one after the other: each may be as long as a forged file likes
        found.append([None if text is None else str(text)[:_MOST_LETTERS].replace("\0", "?") for text in texts])
    return list(zip(*found, strict=True))


def _names(file: ParquetFile) -> list[str]:
    names: list[str] = file.schema.names
    return names


def _listed(file: ParquetFile) -> str:
    return ", ".join(_names(file))[:_MOST_LETTERS]


def _kind(file: ParquetFile, name: str) -> Any:
    kind = file.schema.field(file.schema.names.index(name)).type
    return kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind


def _is_text(file: ParquetFile, name: str) -> bool:
    kind = _kind(file, name)
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _is_vector(file: ParquetFile, name: str) -> bool:
    kind = _kind(file, name)
    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return is_list and (pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type))


def _vector_column(file: ParquetFile, wanted: str | None) -> str:
    possible = [name for name in _names(file) if _is_vector(file, name)]
    if wanted is not None:
        if wanted not in possible:
            raise file.unusable(f"it has no column {wanted} of lists of numbers; it has {_listed(file)}")
        return wanted
    usual = [name for name in _VECTORS if name in possible]
    if not possible:
        raise file.unusable(f"it has no column of embeddings, which are lists of numbers; it has {_listed(file)}")
    if len(usual or possible) > 1:
        several = ", ".join(usual or possible)[:_MOST_LETTERS]
        raise file.unusable(f"several columns may be its embeddings ({several}), say which")
    return (usual or possible)[0]


def _geometry_column(file: ParquetFile, geo: dict[str, Any] | None) -> tuple[str | None, str | None]:
    """The column of the geometries, and their CRS as PROJJSON; None for longitude and latitude."""
    if geo is None:  # plain Parquet, such as Major TOM's
        plain = [name for name in _GEOMETRIES if name in _names(file) and _is_geometry(file, name)]
        return (plain[0] if plain else None), None
    columns = geo.get("columns")
    name = geo.get("primary_column")
    if not isinstance(columns, dict) or not isinstance(name, str) or not isinstance(columns.get(name), dict):
        raise file.unusable("its metadata geo name no primary column")
    if name not in _names(file):
        raise file.unusable(f"it lacks the column {name} that its metadata geo name")
    if str(columns[name].get("encoding")).upper() != "WKB" or not _is_geometry(file, name):
        raise file.unusable(f"its column {name} does not hold well-known binary")
    if "crs" not in columns[name]:
        return name, None
    crs = columns[name]["crs"]
    if not isinstance(crs, dict):
        raise file.unusable(f"the CRS of its column {name} is said to be unknown")
    identity = crs.get("id")
    code = f"{identity.get('authority')}:{identity.get('code')}" if isinstance(identity, dict) else None
    return name, (None if code in _LONLAT else json.dumps(crs))


def _is_geometry(file: ParquetFile, name: str) -> bool:
    kind = _kind(file, name)
    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or _is_text(file, name)


def _quantization(
    file: ParquetFile, embedding: str, emb: dict[str, Any]
) -> tuple[npt.NDArray[np.float32] | None, npt.NDArray[np.float32] | None]:
    """Scale and offset that the file declares for its numbers."""
    declared = emb.get("quantization", emb.get("emb:quantization"))
    parts: list[npt.NDArray[np.float32] | None] = []
    for name in ("scale", "offset"):
        value = declared.get(name) if isinstance(declared, dict) else None
        try:
            parts.append(None if value is None else np.atleast_1d(np.array(value, np.float32)))
        except (TypeError, ValueError, OverflowError) as error:
            raise file.unusable(f"the {name} of its quantization is not made of numbers") from error
    if parts[0] is None and pa.types.is_integer(_kind(file, embedding).value_type):
        raise file.unusable(f"its column {embedding} holds whole numbers, and its metadata emb do not tell their scale")
    return parts[0], parts[1]


def _fitting(file: ParquetFile, part: npt.NDArray[np.float32], dimension: int) -> npt.NDArray[np.float32]:
    if part.shape not in ((1,), (dimension,)):
        raise file.unusable("its quantization has another dimension than its embeddings")
    return part


def _model(emb: dict[str, Any]) -> str:
    model = emb.get("model")
    names = [model.get(name) for name in ("id", "name")] if isinstance(model, dict) else [model]
    name = next((name for name in names if isinstance(name, str) and name.strip()), "unknown")
    return "".join(letter if letter.isprintable() else "?" for letter in name.strip())[:60]


def _numbers(file: ParquetFile, table: Any, name: str, first: int) -> npt.NDArray[np.float64]:
    column = table.column(name)
    if column.null_count:
        raise file.unusable(f"row {first + _first(column.combine_chunks().is_null())} has no {name}")
    try:
        numbers: npt.NDArray[np.float64] = column.to_numpy().astype(np.float64)
    except (TypeError, ValueError) as error:
        raise file.unusable(f"its column {name} does not hold numbers") from error
    return numbers


def _in_degrees(file: ParquetFile, corners: Footprints, crs: str) -> Footprints:
    """Corners in a CRS, x before y, as longitude and latitude."""
    points = corners.reshape(-1, 2)
    if not (np.abs(points) < _LARGEST_COORDINATE).all():
        raise file.unusable("its coordinates are too large for any CRS")
    system, degrees = osr.SpatialReference(), osr.SpatialReference()
    try:
        with gdal_errors(ErrorCode.BAD_REQUEST, "The CRS cannot be used."):
            if not crs.startswith("{") or system.SetFromUserInput(crs) or degrees.ImportFromEPSG(4326):
                raise RuntimeError("it is unknown")
            for one in (system, degrees):
                one.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
            transformation = osr.CoordinateTransformation(system, degrees)
            placed = np.array(transformation.TransformPoints(points.tolist()), np.float64)[:, :2]
    except EngineError as error:
        raise file.unusable(f"its CRS cannot be used ({error.message})") from error
    return placed.reshape(corners.shape)


def _first(mask: Any) -> int:
    """The place of the first true value of an Arrow array."""
    return int(np.flatnonzero(mask.to_numpy(zero_copy_only=False))[0])
