"""Statements that are planned once for a session: to plan a search, the server asks each shard what it would cost."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from psycopg2.extensions import AsIs

from frors_qgis.engine.archive.postgis.connection import Cursor

_MOST, _MOST_TEXT = 100, 300_000
"""Statements that a session keeps, and characters of all of them: before there are more it forgets them all. For each
character the server keeps about a hundred bytes of plans, and a filter may name ten thousand rasters."""

_KEPT_SECONDS = 300.0
"""Then one is planned anew: a shard may know by now what it holds, which it did not right after an index run."""

_KEPT = """
SET LOCAL plan_cache_mode = force_generic_plan;
SELECT name, length(statement), prepare_time <= statement_timestamp() - make_interval(secs => %s)
FROM pg_catalog.pg_prepared_statements WHERE name LIKE 'frors\\_%%'
"""


def execute_prepared(cursor: Cursor, statement: str, values: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    """What `cursor.execute` does in a transaction, planned at the first time only where that can be kept.

    values: whatever else it is planned by, and again where one differs. parameters: those of which no plan depends,
    all of them in the statement.
    """
    numbered = {name: AsIs(f"${number}") for number, name in enumerate(parameters, 1)}
    text = cursor.mogrify(statement, {**values, **numbered})
    if len(text) > _MOST_TEXT:
        cursor.execute(statement, {**values, **parameters})
        return
    name = "frors_" + hashlib.sha256(text).hexdigest()[:32]
    cursor.execute(_KEPT, (_KEPT_SECONDS,))
    kept, forgotten = {}, []
    for one, length, is_old in cursor.fetchall():
        if is_old:
            forgotten.append(one)
        else:
            kept[one] = length
    if name not in kept:
        if len(kept) >= _MOST or sum(kept.values()) + len(text) > _MOST_TEXT:
            forgotten += kept
        prepare = f"PREPARE {name} AS ".encode() + text
        cursor.execute(b";".join([*(f"DEALLOCATE {one}".encode() for one in forgotten), prepare]))
    cursor.execute(f"EXECUTE {name} ({', '.join(['%s'] * len(parameters))})", list(parameters.values()))
