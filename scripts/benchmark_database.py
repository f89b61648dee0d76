"""Measures searches in the same archive in a file, in PostgreSQL and there over two shards: recall, latency, sizes.

    .venv/bin/python scripts/benchmark_database.py --data DATA -o docs/results/database.json

Archives: see synthetic_archive.py. The file is copied as `copy` does; the index of embeddings of each server is made
when all chips are there. Three servers run on this machine, the archive's own and two shards, so what shards gain by
having machines of their own is not in these figures. Queries: embeddings drawn in the same way as the chips'; the ten
best of an exhaustive search in float32 over the stored embeddings, among the chips of the filter, are what recall@10
asks for. Every query is asked of all three in turn, so that what else the machine does meanwhile bears on all. Filters
are extents. "Weighed": looks count six parts, and four how near a chip is to a place, another one for each query; which
chips lie within a distance is each backend's own word there, for a file tells it to a metre only. Sizes that are in the
output already are left out. `--chips 1000000` takes 6 GB of disk.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmark_search import middle, milliseconds, seconds_of
from benchmark_search import parts as stored_parts
from synthetic_archive import Perturbation, make_archive, real_embeddings

from frors_qgis.engine.acquisition.query_line import parse_query_line
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.check import go_on
from frors_qgis.engine.archive.chip_filter import EVERY_CHIP, ChipFilter, Near
from frors_qgis.engine.archive.chip_index import ChipIndex
from frors_qgis.engine.archive.copying import copy_archive, open_copy
from frors_qgis.engine.archive.geopackage_archive import GeoPackageArchive
from frors_qgis.engine.progress_bar import ProgressBar
from frors_qgis.engine.search.weighing import judge, parts, search_parts
from tests.engine.postgres_server import PostgresServer, missing
from tests.engine.shard_servers import introduce

K = 10
QUERIES = 100
WEIGHED = 25
SHARES = (1.0, 0.25, 0.06, 0.01, 0.001)
WEIGHT = 0.4
SINGLE, SHARDED = "PostgreSQL", "PostgreSQL, two shards"
_SETTINGS = ("shared_buffers=1GB", "maintenance_work_mem=2GB", "max_wal_size=4GB", "log_statement=none")
_NO_INDEX = "DROP INDEX IF EXISTS {schema}.{table}_embedding"
_INDEX = "CREATE INDEX {table}_embedding ON {schema}.{table} USING hnsw (embedding public.halfvec_ip_ops)"

Search = Callable[[int, NDArray[np.float32]], NDArray[np.int64]]
"""The ids that the query of a number finds."""
Place = tuple[float, float]


def measure(file: GeoPackageArchive, queries: NDArray[np.float32], work: Path) -> dict[str, Any]:
    """All figures of one size."""
    chips = file.chip_count()
    filters = {share: EVERY_CHIP if share == 1 else ChipFilter(extent=middle(file, share)) for share in SHARES}
    places, km = weighed_places(file)
    best = best_of(file, queries, {f"{share:.1%}": filtered(file, chosen) for share, chosen in filters.items()})
    expected = {way: dict.fromkeys(("file", SINGLE, SHARDED), ids) for way, ids in best.items()}
    result: dict[str, Any] = {"chips": chips, "filters": {}, "backends": {}}
    for share, chosen in filters.items():
        passing = chips if chosen.extent is None else len(file.chips_within(chosen.extent))
        result["filters"][f"{share:.1%}"] = round(passing / chips, 5)
    with ExitStack() as stack:
        main_server, one, two = (stack.enter_context(PostgresServer(_SETTINGS)) for _ in range(3))
        introduce(main_server, {"shard_one": one, "shard_two": two})
        ways: dict[str, dict[str, Search]] = {f"{share:.1%}": {} for share in filters} | {"weighed": {}}
        for name, opened in (
            ("file", opened_file(file, work)),
            (SINGLE, opened_copy(file, main_server)),
            (SHARDED, opened_shards(file, main_server, {"shard_one": one, "shard_two": two})),
        ):
            archive, result["backends"][name] = stack.enter_context(opened)
            print(name, result["backends"][name], flush=True)
            index = archive.chip_index(work)
            index.refresh()
            stack.callback(index.close)
            for share, chosen in filters.items():
                ways[f"{share:.1%}"][name] = partial(_found, index, chosen=chosen)
            ways["weighed"][name] = partial(_weighed, archive, index, places, km)
            own = best_of(file, queries[:WEIGHED], {name: weighed(index, places[:-1], km, file.last_chip())})
            expected["weighed"] = expected.get("weighed", {}) | own
        result["load"] = os.getloadavg()[0]
        result["searches"] = {way: searches(found, queries, expected[way]) for way, found in ways.items()}
    return result


def searches(
    ways: dict[str, Search], queries: NDArray[np.float32], expected: dict[str, NDArray[np.int64]]
) -> dict[str, Any]:
    """Latency and recall of each backend, every query asked of one after the other."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    recalls: dict[str, list[float]] = {name: [] for name in ways}
    for search in ways.values():
        search(-1, queries[-1])
    for number, query in enumerate(queries[: min(map(len, expected.values()))]):
        for name, search in ways.items():
            seconds, ids = seconds_of(partial(search, number, query))
            wanted = expected[name][number]
            taken[name].append(seconds)
            recalls[name].append(float(np.isin(wanted[wanted > 0], ids).mean()))
    rows: dict[str, Any] = {
        name: {
            "p50 ms": milliseconds(taken[name], 0.5),
            "p95 ms": milliseconds(taken[name], 0.95),
            "recall@10": round(float(np.mean(recalls[name])), 4),
        }
        for name in ways
    }
    rows["sharded to single, p50"] = round(rows[SHARDED]["p50 ms"] / rows[SINGLE]["p50 ms"], 2)
    print(rows, flush=True)
    return rows


def _found(index: ChipIndex, number: int, query: NDArray[np.float32], chosen: ChipFilter) -> NDArray[np.int64]:
    return index.search(query, K, chosen)[0]


def _weighed(
    archive: Archive, index: ChipIndex, places: list[Place], km: float, number: int, query: NDArray[np.float32]
) -> NDArray[np.int64]:
    words = parse_query_line(f"within {km} km")
    found = parts(words, WEIGHT, places[number], judge(words, archive, None), index, EVERY_CHIP)
    return search_parts(index, query, K, found, go_on)[0]


def weighed_places(file: GeoPackageArchive) -> tuple[list[Place], float]:
    """Places amid the chips, one for each query and one more, and a distance within which about 1 % of them lie."""
    _, south, _, north = middle(file, 0.01)
    west, low, east, high = middle(file, 0.25)
    drawn = np.random.default_rng(0).uniform((west, low), (east, high), (WEIGHED + 1, 2))
    return [(x, y) for x, y in drawn.tolist()], round((north - south) / 2 * 111.2, 3)


class Scores(NamedTuple):
    """A chip's score is `share` of its cosine and `gains` of its id [1 or queries, ids + 1], -inf for no match."""

    share: float
    gains: NDArray[np.float32]


def filtered(file: GeoPackageArchive, chosen: ChipFilter) -> Scores:
    """The cosines of the chips in the extent of a filter."""
    gains = np.full((1, file.last_chip() + 1), 0.0 if chosen.extent is None else -np.inf, np.float32)
    if chosen.extent is not None:
        gains[:, file.chips_within(chosen.extent)] = 0
    return Scores(1.0, gains)


def weighed(index: ChipIndex, places: list[Place], km: float, last: int) -> Scores:
    """What a chip within the distance of a place gains, half of it within twice, a quarter within four times that."""
    gains = np.zeros((len(places), last + 1), np.float32)
    for number, place in enumerate(places):
        for factor, agreed in ((4, 0.25), (2, 0.5), (1, 1.0)):
            near = ChipFilter(near=((Near(place, factor * km),),))
            gains[number, index.chips(near, last)[0]] = WEIGHT * agreed
    return Scores(1 - WEIGHT, gains)


def best_of(file: Archive, queries: NDArray[np.float32], wanted: dict[str, Scores]) -> dict[str, NDArray[np.int64]]:
    """The ids of the best chips of every query [queries, K], 0 where there are fewer, by comparing all."""
    best = {name: (np.zeros((len(queries), 0), np.int64), np.zeros((len(queries), 0), np.float32)) for name in wanted}
    start = 1
    for part in stored_parts(file):
        cosines = queries @ part.T
        ids = np.arange(start, start + len(part))
        for name, (share, gains) in wanted.items():
            scores = np.concatenate([best[name][1], share * cosines + gains[:, ids]], axis=1)
            every = np.concatenate([best[name][0], np.broadcast_to(ids, cosines.shape)], axis=1)
            order = np.argpartition(-scores, K - 1, axis=1)[:, :K]
            best[name] = np.take_along_axis(every, order, 1), np.take_along_axis(scores, order, 1)
        start += len(part)
    return {name: np.where(np.isfinite(scores), ids, 0) for name, (ids, scores) in best.items()}


@contextmanager
def opened_file(file: GeoPackageArchive, work: Path) -> Iterator[tuple[Archive, dict[str, Any]]]:
    """The file, its index written."""
    sealing, _ = seconds_of(lambda: file.seal_index(work))
    yield file, {"seconds": {"index": sealing}, "bytes per chip": round(file.size_bytes() / file.chip_count())}


@contextmanager
def opened_copy(file: Archive, server: PostgresServer) -> Iterator[tuple[Archive, dict[str, Any]]]:
    """A copy in one database."""
    start = time.perf_counter()
    with open_copy(file, server.location("single")) as archive:
        copying = _copy(file, archive)
        archive.seal_index(Path())
        indexing = time.perf_counter() - start - copying
        yield archive, _figures(archive, copying, indexing, archive.size_bytes(), [(server, "single.chips_0")])


@contextmanager
def opened_shards(
    file: Archive, server: PostgresServer, shards: dict[str, PostgresServer]
) -> Iterator[tuple[Archive, dict[str, Any]]]:
    """A copy of which two more servers hold all chips."""
    location = server.location("sharded")
    made = {"encoder": file.encoder, "encoder_sha256": file.encoder_sha256, "dimension": file.dimension}
    with Archive.create(location, **made) as archive:
        for name, shard in shards.items():
            archive.add_shard(name, shard.location("sharded"))
            shard.execute(_NO_INDEX.format(schema="sharded", table="chips"))
        start = time.perf_counter()
        copying = _copy(file, archive)
        for shard in shards.values():
            shard.execute(_INDEX.format(schema="sharded", table="chips"))
            shard.execute("ANALYZE sharded.chips")
        archive.seal_index(Path())
        indexing = time.perf_counter() - start - copying
        size = "SELECT pg_total_relation_size('sharded.chips')"
        bytes_ = archive.size_bytes() + sum(shard.execute(size)[0][0] for shard in shards.values())
        tables = [(shard, "sharded.chips") for shard in shards.values()]
        yield archive, _figures(archive, copying, indexing, bytes_, tables)


def _figures(
    archive: Archive, copying: float, indexing: float, bytes_: int, tables: list[tuple[PostgresServer, str]]
) -> dict[str, Any]:
    index = sum(server.execute(f"SELECT pg_relation_size('{table}_embedding')")[0][0] for server, table in tables)
    chips = archive.chip_count()
    return {
        "seconds": {"copy": round(copying, 1), "index": round(indexing, 1)},
        "bytes per chip": round(bytes_ / chips),
        "of these the index of embeddings": round(index / chips),
    }


def _copy(file: Archive, archive: Archive) -> float:
    """Copies the file; returns the seconds until the last chip was there, after which the index is made."""
    start = last = time.perf_counter()

    def show(done: int, total: int) -> None:
        nonlocal last
        last = time.perf_counter()
        bar.show(done / max(total, 1), f"Copying, {done:,} of {total:,} chips", None)

    with ProgressBar() as bar:
        copy_archive(file, archive, show)
    return last - start


def main() -> None:
    """Measures each size, writes after each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with rasters/")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("build/search"), help="archives: 1 GB for a million chips")
    parser.add_argument("--chips", type=int, nargs="+", default=[100_000, 1_000_000])
    arguments = parser.parse_args()
    if (reason := missing()) is not None:
        sys.exit(reason)
    rasters, work = (arguments.data / "rasters").resolve(), arguments.work.absolute()
    aerial = rasters / "kitsap_aerial_030m.tif"
    real = real_embeddings([aerial, *sorted(rasters.glob("sentinel2_*_10m.tif"))], work)
    queries = Perturbation(real, 1).draw(QUERIES)
    output: Path = arguments.output
    found = json.loads(output.read_text(encoding="utf-8")) if output.exists() else {"archives": {}}
    for chips in arguments.chips:
        if str(chips) in found["archives"]:
            continue
        path = work / f"{chips}.gpkg"
        make_archive(path, chips, Perturbation(real, 0), aerial)
        with GeoPackageArchive.open(path, writable=True) as file:
            found["archives"][str(chips)] = measure(file, queries, work)
        found["queries"] = QUERIES
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
