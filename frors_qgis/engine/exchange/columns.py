"""The columns of a GeoParquet file of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from frors_qgis.engine.archive.acquisitions import record_acquisition
from frors_qgis.engine.archive.records import NewChips, RasterRecord, StoredBlock
from frors_qgis.engine.exchange.footprints import bounds, encode_footprints

FOOTER = "frors"
"""The key of the footer under which an archive's own facts stand, beside "geo" and "emb"."""

WINDOW = ("pixel_column", "pixel_row", "pixel_width", "pixel_height")
"""Of a chip in its raster; SQL has the plain words for itself."""
_BBOX = ("xmin", "ymin", "xmax", "ymax")
_ACQUISITION = {
    "acquired": ("acquired", pa.string()),
    "platform": ("platform", pa.string()),
    "sensor": ("sensor", pa.string()),
    "product_level": ("level", pa.string()),
    "cloud": ("cloud", pa.float64()),
    "off_nadir": ("off_nadir", pa.float64()),
    "place_name": ("place_name", pa.string()),
}
"""Column -> field of an acquisition, and its Arrow type."""

REPEATED = ("raster_id", "raster", "raster_identity", *_ACQUISITION, *WINDOW[2:], "gsd", "cells", "valid")
"""Columns with few different values."""


def schema(dimension: int, number: Any) -> Any:
    """The Arrow schema for embeddings of so many numbers of an Arrow type."""
    fields = {
        "id": pa.int64(),
        "geometry": pa.binary(),
        "bbox": pa.struct([pa.field(name, pa.float64(), nullable=False) for name in _BBOX]),
        "raster_id": pa.int64(),
        "raster": pa.string(),
        "raster_identity": pa.string(),
        **dict.fromkeys((*WINDOW, "gsd"), pa.float64()),
        "cells": pa.int32(),
        "valid": pa.float32(),
        "embedding": pa.list_(pa.field("element", number, nullable=False), dimension),
    }
    own = [pa.field(name, kind, nullable=False) for name, kind in fields.items()]
    return pa.schema([*own[:-1], *(pa.field(name, kind) for name, (_, kind) in _ACQUISITION.items()), own[-1]])


def table_of(block: StoredBlock, record: RasterRecord, columns: Any) -> Any:
    """A block's chips as a table of these columns."""
    chips, count = block.chips, len(block.chips)
    known = record_acquisition(record)
    box = bounds(chips.footprints)
    number = columns.field("embedding").type.value_type
    vectors = chips.vectors.astype(np.float16).astype(np.float16 if pa.types.is_float16(number) else np.float32)
    values: dict[str, Any] = {
        "id": np.arange(block.first_chip, block.first_chip + count),
        "geometry": pa.array(encode_footprints(chips.footprints), pa.binary()),
        "bbox": pa.StructArray.from_arrays(
            [pa.array(box[:, at]) for at in range(4)], fields=list(columns.field("bbox").type)
        ),
        "raster_id": np.full(count, record.id),
        "raster": pa.array([_name(record)] * count),
        "raster_identity": pa.array([record.identity] * count),
        **{name: chips.windows[:, at] for at, name in enumerate(WINDOW)},
        "gsd": chips.gsd,
        "cells": chips.cells,
        "valid": chips.valid,
        "embedding": pa.FixedSizeListArray.from_arrays(
            pa.array(vectors.ravel(), number), type=columns.field("embedding").type
        ),
        **{name: pa.array([getattr(known, one)] * count, kind) for name, (one, kind) in _ACQUISITION.items()},
    }
    return pa.table([pa.array(values[name]) for name in columns.names], schema=columns)


def chips_of(table: Any) -> tuple[npt.NDArray[np.int64], list[bytes], NewChips]:
    """Ids [n], geometries and chips of a table of such columns; their footprints are still to be filled in.

    Raises ValueError or an Arrow exception where the columns are not these.
    """
    count = table.num_rows
    columns: Mapping[str, Any] = {name: table.column(name).combine_chunks() for name in table.column_names}
    if any(column.null_count for column in columns.values()):
        raise ValueError

    def numbers(name: str, kind: npt.DTypeLike) -> Any:
        return columns[name].to_numpy(zero_copy_only=False).astype(kind)

    values = columns["embedding"].flatten()
    chips = NewChips(
        windows=np.stack([numbers(name, np.float64) for name in WINDOW], axis=1),
        gsd=numbers("gsd", np.float64),
        cells=numbers("cells", np.int32),
        valid=numbers("valid", np.float32),
        footprints=np.empty((count, 4, 2)),
        vectors=values.to_numpy(zero_copy_only=False).astype(np.float32).reshape(count, -1),
    )
    return numbers("id", np.int64), columns["geometry"].to_pylist(), chips


def no_chips(dimension: int) -> NewChips:
    """What a block without chips holds."""
    return NewChips(
        np.empty((0, 4)), np.empty(0), np.empty(0, np.int32), np.empty(0, np.float32), np.empty((0, 4, 2)),
        np.empty((0, dimension), np.float32),
    )  # fmt: skip


def _name(record: RasterRecord) -> str:
    """The last part of a raster's path, of either system's."""
    return record.path.replace("\\", "/").rpartition("/")[2] or record.path
