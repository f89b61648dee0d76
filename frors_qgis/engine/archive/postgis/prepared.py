"""Statements that are planned once for a session: to plan a search, the server asks each shard what it would cost."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from psycopg2.extensions import AsIs

from frors_qgis.engine.archive.postgis.connection import Cursor

_MOST = 100
"""Statements that a session keeps; then it forgets them all."""

_KEPT = """
SELECT set_config('plan_cache_mode', 'force_generic_plan', true),
    ARRAY(SELECT name FROM pg_catalog.pg_prepared_statements WHERE name LIKE 'frors\\_%')
"""


def execute_prepared(cursor: Cursor, statement: str, values: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    """What `cursor.execute` does in a transaction, planned at the first time only.

    values: whatever else it is planned by, and again where one differs. parameters: those of which no plan depends,
    all of them in the statement.
    """
    numbered = {name: AsIs(f"${number}") for number, name in enumerate(parameters, 1)}
    text = cursor.mogrify(statement, {**values, **numbered})
    name = "frors_" + hashlib.sha256(text).hexdigest()[:32]
    cursor.execute(_KEPT)
    [(_, kept)] = cursor.fetchall()
    if name not in kept:
        if len(kept) >= _MOST:
            cursor.execute(";".join(f"DEALLOCATE {one}" for one in kept))
        cursor.execute(f"PREPARE {name} AS ".encode() + text)
    cursor.execute(f"EXECUTE {name} ({', '.join(['%s'] * len(parameters))})", list(parameters.values()))
