"""The server engine itself: PostgreSQL with PostGIS and pgvector, in a cluster of its own that goes when it is closed.

    .venv/bin/python scripts/ccls2t_server.py --data DATA -o docs/results/ccls2t/server/ucmerced_1.json

Asks it all that the benchmark asks of its exact scan on UC Merced, seed 1, with the filter and ORDER BY of every row of
engines, and writes how far the two agree. Needs, as root, Debian's postgresql-15-postgis-3, and pgvector 0.8.0 (built
from Debian's source package for PostgreSQL 15).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psycopg2
from benchmark_ccls2t import Bench
from ccls2t.relations import GSD_FACTOR, NEAR_KM, RELATIONS, Facts, Relation
from ccls2t_engine import LEAST_RATE, FilterEngine
from ccls2t_features import FrozenFeatures
from ccls2t_protocol import DRAWS, FAMILIES, MISSING, tasks
from ccls2t_rows import ENGINE_ROWS, EngineRow
from numpy.typing import NDArray

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.places import EARTH_RADIUS_KM

_PROGRAMS = Path("/usr/lib/postgresql/15/bin")
_TABLE = """
DROP TABLE IF EXISTS chips;
CREATE TABLE chips (id integer PRIMARY KEY, platform text, sensor text, family integer, season integer, month integer,
    place geometry(Point, 4326), gsd double precision, embedding vector({dimension}));
"""
_ROW = """INSERT INTO chips VALUES (%(id)s, %(platform)s, %(sensor)s, %(family)s, %(season)s, %(month)s,
    ST_SetSRID(ST_MakePoint(%(longitude)s, %(latitude)s), 4326), %(gsd)s, %(embedding)s)"""
_WITH_FAMILIES_OF_SENSORS = """(SELECT id, platform, sensor, COALESCE(family, usual) AS family, season, month, place,
    gsd, embedding FROM chips LEFT JOIN (SELECT sensor, mode() WITHIN GROUP (ORDER BY family) AS usual FROM chips
    WHERE family IS NOT NULL GROUP BY sensor) AS sensors USING (sensor)) AS chips"""
_NEAR = f"""ST_DistanceSphere(place, ST_SetSRID(ST_MakePoint(%(longitude)s, %(latitude)s), 4326),
    {EARTH_RADIUS_KM * 1000}) <= {NEAR_KM * 1000}"""
_MONTH = "LEAST(abs(month - %(month)s), 12 - abs(month - %(month)s)) <= 1"
_CONDITIONS = {
    RELATIONS[0].name: ("season = %(season)s", "family = %(family)s"),
    RELATIONS[1].name: (_NEAR,),
    RELATIONS[2].name: (_MONTH,),
    RELATIONS[3].name: (f"gsd BETWEEN %(gsd)s / {GSD_FACTOR} AND %(gsd)s * {GSD_FACTOR}",),
    RELATIONS[4].name: (_NEAR, _MONTH),
    RELATIONS[5].name: (),
}


class ServerEngine:
    """An `Engine` (see `ccls2t_engine`) that is a server."""

    def __init__(self, connection: Any, families: Sequence[str]) -> None:
        self._cursor = connection.cursor()
        self._families = families
        self._count = 0
        self.seconds: list[float] = []

    def load(self, embeddings: NDArray[np.float32], acquisitions: Sequence[Acquisition]) -> None:
        """See `Engine`."""
        self._count = len(embeddings)
        self._cursor.execute(_TABLE.format(dimension=embeddings.shape[1]))
        rows = _rows(embeddings, acquisitions, self._families)
        self._cursor.executemany(_ROW, [{"id": number} | row for number, row in enumerate(rows)])
        self._cursor.execute("ANALYZE chips")

    def search(
        self, embeddings: NDArray[np.float32], asked: Sequence[Acquisition], relation: Relation, row: EngineRow
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """See `Engine`."""
        query = statement(relation, row)
        scores = np.full((len(embeddings), self._count), -np.inf)
        for number, given in enumerate(_rows(embeddings, asked, self._families)):
            began = time.perf_counter()
            self._cursor.execute(query, given)
            found = self._cursor.fetchall()
            self.seconds.append(time.perf_counter() - began)
            if found:
                ids, values = zip(*found, strict=True)
                scores[number, list(ids)] = values
        return scores, scores > -np.inf


def statement(relation: Relation, row: EngineRow) -> str:
    """The query of a row: ids and scores, best first."""
    conditions = dict(enumerate(_CONDITIONS[relation.name]))
    judged, costs = ["id", "1 - (embedding <=> %(embedding)s::vector) AS cosine"], []
    for number, condition in conditions.items():
        judged.append(f"({condition}) AS c{number}")
        if row.each_null_cost:
            costs.append(f"{row.each_null_cost} * (c{number} IS NULL)::int")
        if row.base_rates:
            share = f"avg(({condition})::int) OVER "
            groups = [f"CASE WHEN {f} IS NOT NULL THEN {share}(PARTITION BY {f}) END" for f in reversed(row.rates_by)]
            judged.append(f"COALESCE({', '.join([*groups, f'{share}()'])}, 0)::float8 AS rate{number}")
            costs.append(f"CASE WHEN c{number} IS NULL THEN -ln(GREATEST(rate{number}, {LEAST_RATE})) ELSE 0 END")
    if row.null_cost and conditions:
        costs.append(f"{row.null_cost} * ({' OR '.join(f'c{number} IS NULL' for number in conditions)})::int")
    alike = f"-ln(1 + exp(-{row.slope} * (cosine - {row.middle})))" if row.base_rates else "cosine"
    passes = [f"(c{number} OR c{number} IS NULL)" if row.or_null else f"c{number}" for number in conditions]
    chips = _WITH_FAMILIES_OF_SENSORS if row.family_of_sensor else "chips"
    rows = f"(SELECT {', '.join(judged)} FROM {chips}) AS judged WHERE {' AND '.join(passes) or 'true'}"  # noqa: S608 - constants
    return f"SELECT id, {' - '.join([alike, *costs])} AS score FROM {rows} ORDER BY score DESC, id"  # noqa: S608


def _rows(
    embeddings: NDArray[np.float32], acquisitions: Sequence[Acquisition], families: Sequence[str]
) -> Iterator[dict[str, Any]]:
    facts = Facts.of(acquisitions, families)
    for number, (embedding, one) in enumerate(zip(embeddings, acquisitions, strict=True)):
        longitude, latitude = one.place or (None, None)
        yield {
            "platform": one.platform,
            "sensor": one.sensor,
            "family": _known(facts.family[number]),
            "season": _known(facts.season[number]),
            "month": _known(facts.month[number]),
            "longitude": longitude,
            "latitude": latitude,
            "gsd": one.gsd,
            "embedding": str(embedding.tolist()),
        }


def _known(number: np.int64) -> int | None:
    return None if number < 0 else int(number)


@contextmanager
def server() -> Iterator[Any]:
    """A connection to a new cluster that nothing but its socket leads to."""
    with tempfile.TemporaryDirectory(prefix="frors_server") as folder:
        subprocess.run(["chown", "postgres", folder], check=True)

        def control(*arguments: str) -> None:
            subprocess.run(["runuser", "-u", "postgres", "--", *arguments], check=True, stdout=subprocess.DEVNULL)

        control(str(_PROGRAMS / "initdb"), "--pgdata", f"{folder}/data", "--auth", "trust")
        settings = f"-c listen_addresses='' -c unix_socket_directories={folder}"
        manage = str(_PROGRAMS / "pg_ctl"), "--pgdata", f"{folder}/data", "--wait"
        control(*manage, "--log", f"{folder}/log", "--options", settings, "start")
        try:
            connection = psycopg2.connect(host=folder, user="postgres", dbname="postgres")
            connection.autocommit = True
            connection.cursor().execute("CREATE EXTENSION postgis; CREATE EXTENSION vector")
            yield connection
            connection.close()
        finally:
            control(*manage, "--mode", "fast", "stop")


def compare(bench: Bench, connection: Any) -> dict[str, Any]:
    """How far the server and the exact scan agree, over all draws, tasks, shares missing and rows of engines."""
    engines = FilterEngine(FAMILIES), ServerEngine(connection, FAMILIES)
    embeddings = np.ascontiguousarray(bench.split.embeddings[:, 0])
    rows = [row for row in ENGINE_ROWS.values() if row.text is None]
    queries, other_rows, other_orders, largest = 0, 0, 0, 0.0
    for missing in MISSING:
        for draw in range(DRAWS[bench.name]):
            gallery = bench.gallery(draw, missing)
            for engine in engines:
                engine.load(embeddings[gallery.images], gallery.told)
            for task in tasks(bench.split.labels[gallery.images], Facts.of(gallery.complete, FAMILIES), bench.seed):
                asked = [task.relation.asked(gallery.complete[query]) for query in task.queries]
                for row in rows:
                    given = embeddings[gallery.images[task.queries]], asked, task.relation, row
                    (scores, allowed), (theirs, returned) = (engine.search(*given) for engine in engines)
                    queries += len(asked)
                    other_rows += int((allowed != returned).any(axis=1).sum())
                    both = allowed & returned
                    largest = max(largest, float(np.abs(np.where(both, scores - np.where(both, theirs, 0), 0)).max()))
                    orders = (np.argsort(-np.where(both, part, -np.inf), kind="stable") for part in (scores, theirs))
                    other_orders += int((np.diff(list(orders), axis=0)[0] != 0).any(axis=1).sum())
    milliseconds = 1000 * np.array(engines[1].seconds)
    return {
        "queries": queries,
        "queries with other rows": other_rows,
        "queries with the same rows in another order": other_orders,
        "largest difference of score": largest,
        "median ms": float(np.median(milliseconds)),
    }


def main() -> None:
    """Compares on UC Merced, seed 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("build/ccls2t"))
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    bench = Bench("ucmerced", FrozenFeatures(options.data, "ucmerced", options.work), 1, options.work)
    with server() as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT name, installed_version FROM pg_available_extensions WHERE installed_version IS NOT NULL"
        )
        versions = dict(cursor.fetchall()) | {"postgresql": connection.info.parameter_status("server_version")}
        result = {"versions": versions, **compare(bench, connection)}
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
