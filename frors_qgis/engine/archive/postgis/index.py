"""Searches an archive in PostgreSQL by pgvector: where chips lie and what they look like, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.check import Check, go_on
from frors_qgis.engine.archive.chip_filter import EVERY_CHIP, ChipFilter
from frors_qgis.engine.archive.postgis.conditions import Conditions
from frors_qgis.engine.archive.postgis.connection import Cursor, cancellable
from frors_qgis.engine.archive.postgis.prepared import execute_prepared
from frors_qgis.engine.archive.postgis.shards import select_removals
from frors_qgis.engine.archive.query_vector import checked_query
from frors_qgis.engine.archive.records import CELL_PIXELS
from frors_qgis.protocol import EngineError, ErrorCode

if TYPE_CHECKING:
    from frors_qgis.engine.archive.postgis.archive import PostgisArchive

EXACT_BELOW = 20_000
"""Where a filter lets about so few chips pass, all of them are compared: nothing is missed then."""

_MARGIN = 8
_LEAST_THROUGH = 64
"""Candidates at least where a filter leaves out what is nearest: HNSW finds what is farther off less surely."""

_LEAST_SEARCHED, _MOST_SEARCHED = 400, 1000
"""Of hnsw.ef_search: between these twice what has to be looked at for what is wanted; more are found by going on."""

_SCANNED_EACH = 800
"""Chips looked at for each that is wanted, where a filter lets few pass, before all that pass it are compared."""

_REMEMBERED = 100
"""Filters of which it is known how many chips pass."""

# A part for each shard, which does all of it there: through a partitioned table the limit would not be pushed. Shards
# are asked at once where a part's columns are all used above it, and where it comes in another order than the whole.
_PART = "(SELECT fid, embedding, {distance} AS distance FROM {table} WHERE {conditions} ORDER BY {order} LIMIT {limit})"
_NEAREST = """
SELECT fid, -(embedding::vector <#> %(vector)s::vector) AS score FROM ({parts}) AS parts
ORDER BY score DESC, fid, distance LIMIT %(k)s
"""


class Way(NamedTuple):
    """How the nearest chips of a part are found: by which distance, ordered by what, and how many of them."""

    distance: str
    order: str
    limit: str


BY_HNSW = Way("embedding <#> %(direction)s::halfvec", "distance", "%(wanted)s")
BY_COMPARING = Way("embedding::vector <#> %(vector)s::vector", "distance, fid", "%(k)s")
"""HNSW serves no such order."""

_ANY = "(SELECT fid FROM {table} WHERE {conditions} LIMIT 1)"
_EXPLAIN = "EXPLAIN (FORMAT JSON) SELECT FROM chips WHERE {conditions}"
_SIZES = """
SELECT DISTINCT (gsd * cells * {pixels})::real FROM levels WHERE {rasters} AND ({everywhere} OR EXISTS (
    SELECT 1 FROM chips WHERE chips.raster = levels.raster AND chips.gsd = levels.gsd AND chips.cells = levels.cells
        AND {conditions}))
ORDER BY 1
"""
_SPREAD = """
SELECT fid, raster, size FROM (
    SELECT fid, raster, (gsd * cells * {pixels})::real AS size,
        row_number() OVER (PARTITION BY raster ORDER BY gsd * cells DESC, hashint8(fid)) AS turn
    FROM chips WHERE {conditions}) AS turns
WHERE turn <= %(most)s ORDER BY turn, raster LIMIT %(most)s
"""


class PostgisIndex:
    """A `ChipIndex` of the database: HNSW, or all chips of a filter compared where it lets few pass."""

    wants_sealing = False

    def __init__(self, archive: PostgisArchive) -> None:
        self.note: str | None = None
        self._archive = archive
        self._chips = self._last = 0
        self._tables = ["chips_0"]
        self._passing: dict[ChipFilter, int] = {}

    def __len__(self) -> int:
        return self._chips

    def close(self) -> None:
        """Nothing is held."""

    def refresh(self, check: Check = go_on) -> None:
        """Counts the chips, and looks which shards answer."""
        chips, self._last = self._archive.chip_count(), self._archive.last_chip()
        if chips != self._chips:
            self._chips, self._passing = chips, {}
        shards, lost = self._archive.find_shards()
        self._tables = [f"chips_{number}" for number in (0, *(shard.number for shard in shards if shard not in lost))]
        self.note = None
        if lost:
            names = ", ".join(shard.server for shard in lost)
            self.note = (
                f"{len(lost)} of the archive's {len(shards)} shards cannot be reached ({names}): the matches there are "
                "missing."
            )

    def has_any(self, chosen: ChipFilter) -> bool:
        """Whether any chip passes a filter."""
        with self._archive.reading() as cursor:
            return self._any(cursor, self._conditions(cursor, chosen))

    def ground_sizes(self, chosen: ChipFilter) -> list[float]:
        """The ground sizes in metres that the chips of a filter have, each once, ascending."""
        rasters = None if chosen.rasters is None else sorted(chosen.rasters)
        with self._archive.reading() as cursor:
            conditions = self._conditions(cursor, chosen)
            query = _SIZES.format(
                pixels=CELL_PIXELS,
                rasters="true" if rasters is None else "raster = ANY(%(rasters)s::bigint[])",
                everywhere=str(chosen == ChipFilter(rasters=chosen.rasters)).lower(),
                conditions=conditions.sql,
            )
            cursor.execute(query, conditions.values | {"rasters": rasters})
            return [float(size) for (size,) in cursor.fetchall()]

    def chips(
        self, chosen: ChipFilter, most: int, check: Check = go_on
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """As of `ChipIndex`. The database numbers all chips of the filter, but sends no more than `most`."""
        with self._archive.reading() as cursor, cancellable(cursor.connection, check):
            conditions = self._conditions(cursor, chosen)
            query = _SPREAD.format(pixels=CELL_PIXELS, conditions=conditions.sql)
            cursor.execute(query, conditions.values | {"most": most})
            found = np.array(cursor.fetchall(), np.float64).reshape(-1, 3)
        return found[:, 0].astype(np.int64), found[:, 1].astype(np.int64), found[:, 2].astype(np.float32)

    def search(
        self, vector: npt.NDArray[np.float32], k: int, chosen: ChipFilter, check: Check = go_on
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """As of `ChipIndex`. What HNSW finds too few of is searched again by comparing every chip of the filter."""
        query = checked_query(vector, k, self._archive.dimension)
        wanted = k + k // 4 + _MARGIN  # halfvec is inexact for the query: what it ranks a little lower may be better
        if chosen != EVERY_CHIP:
            wanted = max(wanted, _LEAST_THROUGH)
        length = float(np.linalg.norm(query)) or 1.0
        vectors = {"vector": _text(query), "direction": _text(query / length)}
        with self._archive.reading() as cursor, cancellable(cursor.connection, check):
            conditions = self._conditions(cursor, chosen)
            values = conditions.values | {"wanted": wanted, "k": k}
            rows: list[tuple[int, float]] = []
            expected = self._expected(cursor, chosen, conditions)
            if expected > EXACT_BELOW and chosen.near and not self._any(cursor, conditions):
                # The planner knows nothing of distances, and HNSW looks farthest where there is nothing to find.
                return np.empty(0, np.int64), np.empty(0, np.float32)
            if expected > EXACT_BELOW:
                _search_on(cursor, self._archive.name, wanted, min(expected / self._chips, 1))
                self._execute(cursor, nearest(self._tables, conditions, BY_HNSW), values, vectors)
                rows = cursor.fetchall()
            if len(rows) < k:
                if expected <= k * len(self._tables):  # else all embeddings would come from shards to be sorted here
                    cursor.execute("SET LOCAL enable_sort = off")
                exact = {"vector": vectors["vector"]}
                self._execute(cursor, nearest(self._tables, conditions, BY_COMPARING), values, exact)
                rows = cursor.fetchall()
        found = np.array(rows, np.float64).reshape(-1, 2)
        return found[:, 0].astype(np.int64), found[:, 1].astype(np.float32)

    def _execute(self, cursor: Cursor, statement: str, values: dict[str, Any], vectors: dict[str, str]) -> None:
        """Executes a search. The next one with the same filter is planned already, where that takes long."""
        if len(self._tables) > 1:
            execute_prepared(cursor, statement, values, vectors)
        else:
            cursor.execute(statement, values | vectors)

    def _any(self, cursor: Cursor, conditions: Conditions) -> bool:
        parts = (_ANY.format(table=table, conditions=conditions.sql) for table in self._tables)
        cursor.execute("UNION ALL".join(parts), conditions.values)
        return cursor.fetchone() is not None

    def _expected(self, cursor: Cursor, chosen: ChipFilter, conditions: Conditions) -> int:
        """How many chips pass a filter, by the planner's statistics; asked once for searches with the same."""
        if self._chips <= EXACT_BELOW or chosen == EVERY_CHIP:
            return self._chips
        if chosen not in self._passing:
            cursor.execute(_EXPLAIN.format(conditions=conditions.sql), conditions.values)
            if len(self._passing) == _REMEMBERED:
                self._passing.clear()
            self._passing[chosen] = int(cursor.fetchone()[0][0]["Plan"]["Plan Rows"])
        return self._passing[chosen]

    def _conditions(self, cursor: Cursor, chosen: ChipFilter) -> Conditions:
        """A filter as SQL, which leaves out what is on a shard but not in the archive."""
        if self._tables == ["chips_0"]:
            return Conditions(chosen)
        return Conditions(chosen, self._last, select_removals(cursor))


def nearest(tables: Sequence[str], conditions: Conditions, way: Way) -> str:
    """The statement that finds the nearest chips in tables."""
    parts = (_PART.format(table=table, conditions=conditions.sql, **way._asdict()) for table in tables)
    return _NEAREST.format(parts="UNION ALL".join(parts))


def _search_on(cursor: Cursor, name: str, wanted: int, share: float = 1.0) -> None:
    """Lets HNSW search on where a filter leaves too little, which pgvector does not by itself; for this transaction.

    share: of the chips, what passes the filter.
    PostgreSQL takes any name for a setting, so what became of it is read back.
    """
    settings = {
        "hnsw.iterative_scan": "relaxed_order",
        "hnsw.ef_search": str(min(max(round(2 * wanted / share), _LEAST_SEARCHED), _MOST_SEARCHED)),
        "hnsw.max_scan_tuples": str(_SCANNED_EACH * wanted),
    }
    cursor.execute("SELECT '[1]'::halfvec")  # loads pgvector, which defines them
    for setting, value in settings.items():
        cursor.execute("SELECT set_config(%s, %s, true)", (setting, value))
    cursor.execute("SELECT name, setting FROM pg_catalog.pg_settings WHERE name LIKE 'hnsw.%%'")
    if settings.items() - set(cursor.fetchall()):
        raise EngineError(
            ErrorCode.ARCHIVE_INVALID, f"The pgvector of {name} cannot search on through a filter: update it to 0.8."
        )


def _text(vector: npt.NDArray[np.float32]) -> str:
    """A vector as pgvector reads it, no digit lost."""
    return f"[{','.join(f'{value:.9g}' for value in vector.tolist())}]"
