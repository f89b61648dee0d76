"""The server engine itself: PostgreSQL with PostGIS and pgvector, in a cluster of its own that goes when it is closed.

    .venv/bin/python scripts/ccls2t_server.py --data DATA -o docs/results/ccls2t/server/ucmerced_1.json

Asks it all that the benchmark asks of its exact scan on UC Merced, seed 1, and writes how far the two agree. Needs, as
root, Debian's postgresql-15-postgis-3, and pgvector 0.8.0 (built from Debian's source package for PostgreSQL 15).
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
from ccls2t_engine import FilterEngine
from ccls2t_features import FrozenFeatures
from ccls2t_protocol import DRAWS, FAMILIES, MISSING, tasks
from numpy.typing import NDArray

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.places import EARTH_RADIUS_KM

_PROGRAMS = Path("/usr/lib/postgresql/15/bin")
_TABLE = """
DROP TABLE IF EXISTS chips;
CREATE TABLE chips (id integer PRIMARY KEY, family integer, season integer, month integer,
    place geometry(Point, 4326), gsd double precision, embedding vector({dimension}));
"""
_ROW = """INSERT INTO chips VALUES (%(id)s, %(family)s, %(season)s, %(month)s,
    ST_SetSRID(ST_MakePoint(%(longitude)s, %(latitude)s), 4326), %(gsd)s, %(embedding)s)"""
_NEAR = f"""ST_DistanceSphere(place, ST_SetSRID(ST_MakePoint(%(longitude)s, %(latitude)s), 4326),
    {EARTH_RADIUS_KM * 1000}) <= {NEAR_KM * 1000}"""
_MONTH = "LEAST(abs(month - %(month)s), 12 - abs(month - %(month)s)) <= 1"
_CONDITIONS = {
    RELATIONS[0].name: {"season": "season = %(season)s", "family": "family = %(family)s"},
    RELATIONS[1].name: {"place": _NEAR},
    RELATIONS[2].name: {"month": _MONTH},
    RELATIONS[3].name: {"gsd": f"gsd BETWEEN %(gsd)s / {GSD_FACTOR} AND %(gsd)s * {GSD_FACTOR}"},
    RELATIONS[4].name: {"place": _NEAR, "month": _MONTH},
    RELATIONS[5].name: {},
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
        self, embeddings: NDArray[np.float32], asked: Sequence[Acquisition], relation: Relation, or_null: bool
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """See `Engine`."""
        conditions = [
            f"({condition} OR {field} IS NULL)" if or_null else condition
            for field, condition in _CONDITIONS[relation.name].items()
        ]
        where = " AND ".join(conditions) or "true"
        statement = (
            f"SELECT id, 1 - (embedding <=> %(embedding)s::vector) FROM chips WHERE {where}"  # noqa: S608 - constants
            " ORDER BY embedding <=> %(embedding)s::vector, id"
        )
        scores = np.full((len(embeddings), self._count), -np.inf)
        for number, row in enumerate(_rows(embeddings, asked, self._families)):
            began = time.perf_counter()
            self._cursor.execute(statement, row)
            found = self._cursor.fetchall()
            self.seconds.append(time.perf_counter() - began)
            if found:
                ids, values = zip(*found, strict=True)
                scores[number, list(ids)] = values
        return scores, scores > -np.inf


def _rows(
    embeddings: NDArray[np.float32], acquisitions: Sequence[Acquisition], families: Sequence[str]
) -> Iterator[dict[str, Any]]:
    facts = Facts.of(acquisitions, families)
    for number, (embedding, one) in enumerate(zip(embeddings, acquisitions, strict=True)):
        longitude, latitude = one.place or (None, None)
        yield {
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
    """How far the server and the exact scan agree, over all draws, tasks, shares missing and both filters."""
    engines = FilterEngine(FAMILIES), ServerEngine(connection, FAMILIES)
    embeddings = np.ascontiguousarray(bench.split.embeddings[:, 0])
    queries, other_rows, other_orders, largest = 0, 0, 0, 0.0
    for missing in MISSING:
        for draw in range(DRAWS[bench.name]):
            gallery = bench.gallery(draw, missing)
            for engine in engines:
                engine.load(embeddings[gallery.images], gallery.told)
            for task in tasks(bench.split.labels[gallery.images], Facts.of(gallery.complete, FAMILIES), bench.seed):
                asked = [task.relation.asked(gallery.complete[query]) for query in task.queries]
                for or_null in (False, True):
                    given = embeddings[gallery.images[task.queries]], asked, task.relation, or_null
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
        "largest difference of similarity": largest,
        "median ms": float(np.median(milliseconds)),
    }


def main() -> None:
    """Compares on UC Merced, seed 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("build/ccls2t"))
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    split = FrozenFeatures(options.data, "ucmerced", options.work).split(1)
    with server() as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT name, installed_version FROM pg_available_extensions WHERE installed_version IS NOT NULL"
        )
        versions = dict(cursor.fetchall()) | {"postgresql": connection.info.parameter_status("server_version")}
        result = {"versions": versions, **compare(Bench("ucmerced", split, 1, options.work), connection)}
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
