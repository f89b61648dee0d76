"""The chips of an archive: by id, and by where they lie."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.geopackage import decode_polygons
from frors_qgis.engine.archive.places import boxes_of, boxes_round, distances_km
from frors_qgis.engine.archive.records import ChipRecord, Level
from frors_qgis.protocol import EngineError, ErrorCode

_SELECT = """
SELECT fid, raster, "column", "row", width, height, gsd, cells, valid, geom FROM chips
WHERE fid IN (SELECT value FROM json_each(?))
"""
# The R-tree holds boxes rounded outwards to float32. A box inside the extent needs no second look.
_INSIDE = """
SELECT id FROM rtree_chips_geom WHERE minx >= :west AND maxx <= :east AND miny >= :south AND maxy <= :north
"""
_ACROSS = """
SELECT box.id, chips.geom FROM rtree_chips_geom AS box JOIN chips ON chips.fid = box.id
WHERE box.maxx >= :west AND box.minx <= :east AND box.maxy >= :south AND box.miny <= :north
    AND NOT (box.minx >= :west AND box.maxx <= :east AND box.miny >= :south AND box.maxy <= :north)
"""

_SOME = "SELECT fid, geom FROM chips WHERE fid IN (SELECT value FROM json_each(?))"
_BOXES = "SELECT id, minx, miny, maxx, maxy FROM rtree_chips_geom"
_ROWS = 50_000

_CENTRES = """
SELECT id, (minx + maxx) / 2, (miny + maxy) / 2 FROM rtree_chips_geom
WHERE maxx >= :west AND minx <= :east AND maxy >= :south AND miny <= :north
"""


def select_chips(connection: sqlite3.Connection, ids: Sequence[int]) -> list[ChipRecord]:
    """The chips in the order asked. Raises EngineError(CHIP_UNKNOWN)."""
    wanted = [int(chip_id) for chip_id in ids]
    rows = connection.execute(_SELECT, (json.dumps(wanted),)).fetchall()
    footprints = decode_polygons([row[-1] for row in rows])
    return chip_records([row[:-1] for row in rows], footprints, wanted)


def chip_records(
    rows: Iterable[Sequence[Any]], footprints: npt.NDArray[np.float64], wanted: Sequence[int]
) -> list[ChipRecord]:
    """The chips in the order wanted, of rows of fid, raster, column, row, width, height, gsd, cells and valid.

    footprints [n, 4, 2] in the order of the rows. Raises EngineError: CHIP_UNKNOWN, ARCHIVE_DAMAGED.
    """
    chips = {}
    for numbers, footprint in zip(rows, footprints.tolist(), strict=True):
        chip_id = numbers[0]
        sound = all(isinstance(number, (int, float)) and math.isfinite(number) for number in numbers)
        if not sound or min(numbers[4:8]) <= 0:  # width, height, gsd, cells
            raise EngineError(
                ErrorCode.ARCHIVE_DAMAGED, f"Chip {chip_id} is damaged: restore the archive from a copy or index again."
            )
        chips[chip_id] = ChipRecord(*numbers, footprint=[(lon, lat) for lon, lat in footprint])  # type: ignore[misc]
    for chip_id in wanted:
        if chip_id not in chips:
            raise EngineError(
                ErrorCode.CHIP_UNKNOWN, f"The archive has no chip {chip_id}: it may have been removed, search again."
            )
    return [chips[chip_id] for chip_id in wanted]


def count_chips(connection: sqlite3.Connection, raster_id: int | None) -> int:
    """How many chips there are, of one raster or of all."""
    if raster_id is None:
        row = connection.execute("SELECT COALESCE(SUM(chips), 0) FROM levels").fetchone()
    else:
        row = connection.execute("SELECT COALESCE(SUM(chips), 0) FROM levels WHERE raster = ?", (raster_id,)).fetchone()
    return int(row[0])


def select_levels(connection: sqlite3.Connection) -> list[Level]:
    """The levels there are, finest ground GSD first, then smallest window."""
    rows = connection.execute("SELECT gsd, cells, SUM(chips) FROM levels GROUP BY gsd, cells ORDER BY gsd, cells")
    return checked_levels([Level(*row) for row in rows])


def checked_levels(levels: list[Level]) -> list[Level]:
    """The levels. Raises EngineError(ARCHIVE_DAMAGED) where they cannot be."""
    if not all(
        isinstance(level.gsd, float) and isinstance(level.cells, int) and 0 < level.gsd < math.inf and level.cells > 0
        for level in levels
    ):
        raise EngineError(
            ErrorCode.ARCHIVE_DAMAGED, "Some chips have no level: restore the archive from a copy or index again."
        )
    return levels


def select_within(connection: sqlite3.Connection, extent: tuple[float, float, float, float]) -> npt.NDArray[np.int64]:
    """Ids, ascending, of the chips whose footprint meets or touches an extent (west, south, east, north).

    Degrees in EPSG:4326; west > east, or a longitude past 180, reaches over the antimeridian.
    Raises EngineError(BAD_REQUEST) for an extent that is not one.
    """
    found = [np.empty(0, np.int64)]
    for west, south, east, north in boxes_of(extent):
        box = {"west": west, "south": south, "east": east, "north": north}
        found.append(np.fromiter((chip_id for (chip_id,) in connection.execute(_INSIDE, box)), np.int64))
        rows = connection.execute(_ACROSS, box).fetchall()
        meets = _meets(decode_polygons([geometry for _, geometry in rows]), **box)
        found.append(np.array([chip_id for chip_id, _ in rows], np.int64)[meets])
    return np.unique(np.concatenate(found))


def select_meeting(
    connection: sqlite3.Connection, ids: npt.NDArray[np.int64], extent: tuple[float, float, float, float]
) -> npt.NDArray[np.bool_]:
    """Which of the chips with these ids [n] are there and have a footprint that meets an extent: bool [n].

    The extent is as for `select_within`.
    """
    rows = connection.execute(_SOME, (json.dumps(ids.tolist()),)).fetchall()
    footprints = decode_polygons([geometry for _, geometry in rows])
    meets = np.zeros(len(rows), bool)
    for west, south, east, north in boxes_of(extent):
        meets |= _meets(footprints, west, south, east, north)
    return np.isin(ids, np.array([chip_id for chip_id, _ in rows], np.int64)[meets])


def select_boxes(
    connection: sqlite3.Connection,
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]]:
    """Ids [n] of chips and their boxes [n, 4] (west, south, east, north, rounded outwards), thousands at a time."""
    cursor = connection.execute(_BOXES)
    while rows := cursor.fetchmany(_ROWS):
        numbers = np.array(rows, np.float64)
        yield numbers[:, 0].astype(np.int64), numbers[:, 1:].astype(np.float32)


def select_near(connection: sqlite3.Connection, place: tuple[float, float], km: float) -> npt.NDArray[np.int64]:
    """Ids, ascending, of the chips whose centre lies at most `km` from a place (lon, lat)."""
    found = [np.empty(0, np.int64)]
    for west, south, east, north in boxes_round(place, km):
        box = {"west": west, "south": south, "east": east, "north": north}
        rows = np.array(connection.execute(_CENTRES, box).fetchall(), np.float64).reshape(-1, 3)
        found.append(rows[distances_km(rows[:, 1:], place) <= km, 0].astype(np.int64))
    return np.unique(np.concatenate(found))


def _meets(
    footprints: npt.NDArray[np.float64], west: float, south: float, east: float, north: float
) -> npt.NDArray[np.bool_]:
    """Which of the quadrilaterals [n, 4, 2] meet the box: no edge of either parts them."""
    low, high = footprints.min(axis=1), footprints.max(axis=1)
    meets: npt.NDArray[np.bool_] = ((low <= (east, north)) & (high >= (west, south))).all(axis=1)
    corners = np.array([(west, south), (west, north), (east, north), (east, south)])
    for start in range(4):
        edge = footprints[:, (start + 1) % 4] - footprints[:, start]
        normal = np.stack([edge[:, 1], -edge[:, 0]], axis=1)
        own = np.einsum("nd,npd->np", normal, footprints)
        others = normal @ corners.T
        meets &= (own.min(axis=1) <= others.max(axis=1)) & (own.max(axis=1) >= others.min(axis=1))
    return meets
