"""Measures searches in archives of up to a million chips: latency, recall, size, time to open, filters.

    .venv/bin/python scripts/benchmark_search.py --data DATA -o docs/results/search.json

Archives: see synthetic_archive.py. Queries: 200 embeddings drawn in the same way; the ten best of an exhaustive search
in float32 over the stored embeddings are what recall@10 asks for. Beside it stands, up to a million chips, FAISS's flat
index of float32 with one thread, which answers the same queries in turn. Filters there are masks of random chips, made
before the clock starts. "Searches" are the plugin's own: filters by extent or by rasters, ten or a hundred matches
without overlaps. `--chips 10000000` takes half an hour and 11 GB of disk; there the plugin's own searches are with 20
queries.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmark_picture import Bar, draw_bars
from synthetic_archive import Perturbation, make_archive, real_embeddings

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.index import Index
from frors_qgis.engine.archive.segment_folder import SegmentFolder
from frors_qgis.engine.search.query import Query
from frors_qgis.engine.search.searcher import Searcher

K = 10
QUERIES = 200
PART = 50_000
FEW = 20
MOST_FLAT = 1_100_000
SHARES = (1.0, 0.25, 0.05, 0.01, 0.001)


def measure(path: Path, queries: NDArray[np.float32]) -> dict[str, Any]:
    """All figures of one archive."""
    with Archive.open(path) as archive:
        shutil.rmtree(SegmentFolder.of(archive, path.parent).path, ignore_errors=True)
        unsealed, index = seconds_of(lambda: opened(archive))
        index.close()
        sealing, _ = seconds_of(lambda: SegmentFolder.of(archive, path.parent).seal(archive))
        sealed, index = seconds_of(lambda: opened(archive))
        files = list(SegmentFolder.of(archive, path.parent).path.glob("*"))
        result = {
            "chips": len(index),
            "archive bytes per chip": round(path.stat().st_size / len(index)),
            "index bytes per sealed chip": round(
                sum(file.stat().st_size for file in files) / max(1, len(index) - index.unsealed)
            ),
            "chips in memory": index.unsealed,
            "open seconds": {"without an index": unsealed, "sealing": sealing, "with an index": sealed},
            "filters": filters(index, archive, queries),
        }
        index.close()
        result["searches"] = searches(path, queries[: QUERIES if result["chips"] <= MOST_FLAT else FEW])
    return result


def searches(path: Path, queries: NDArray[np.float32]) -> list[dict[str, Any]]:
    """Latency of the plugin's searches: everything between a query's vector and its matches."""
    rows = []
    with Archive.open(path) as archive:
        searcher = Searcher(archive, archive.chip_index(path.parent))
        for name, share, filters in plugin_filters(archive):
            for k in (K, 10 * K):
                taken = [seconds_of(partial(searcher.search, Query(query, k=k, **filters)))[0] for query in queries]
                row = {"filter": name, "share": share, "matches": k}
                row |= {"p50 ms": milliseconds(taken, 0.5), "p95 ms": milliseconds(taken, 0.95)}
                rows.append(row)
                print(row, flush=True)
        searcher.close()
    return rows


def plugin_filters(archive: Archive) -> Iterator[tuple[str, float, dict[str, Any]]]:
    """Name, share of the chips, and parameters of a query."""
    rasters = [record.id for record in archive.rasters()]
    yield "none", 1.0, {}
    for share in SHARES[1:]:
        yield "extent", share, {"extent": middle(archive, share)}
        yield "rasters", share, {"rasters": frozenset(rasters[: max(1, round(share * len(rasters)))])}


def middle(archive: Archive, share: float) -> tuple[float, float, float, float]:
    """An extent in the middle of the archive's chips that holds about a share of them."""
    places = np.array([corner for chip in archive.chips(sample_ids(archive)) for corner in chip.footprint])
    (west, south), (east, north) = places.min(axis=0), places.max(axis=0)
    width, height = (east - west) * share**0.5 / 2, (north - south) * share**0.5 / 2
    x, y = (west + east) / 2, (south + north) / 2
    return float(x - width), float(y - height), float(x + width), float(y + height)


def sample_ids(archive: Archive) -> list[int]:
    """Some thousands of chips, the first and the last among them."""
    return np.linspace(1, archive.chip_count(), 5000).astype(int).tolist()


def milliseconds(seconds: list[float], quantile: float) -> float:
    """A quantile of durations."""
    return round(1000 * float(np.quantile(seconds, quantile)), 2)


def opened(archive: Archive) -> Index:
    """A fresh index of the archive that has answered once."""
    index = Index(archive, SegmentFolder.of(archive, archive.path.parent))
    index.refresh()
    index.search(np.ones(archive.dimension, np.float32), K)
    return index


class Best:
    """The best chips of every query among those allowed, by exhaustive search, part after part."""

    def __init__(self, allowed: NDArray[np.bool_]) -> None:
        self.allowed = allowed
        self.ids = np.zeros((QUERIES, 0), np.int64)
        self._scores = np.zeros((QUERIES, 0), np.float32)

    def add(self, start: int, scores: NDArray[np.float32]) -> None:
        """Scores [queries, n] of the chips from place `start` on."""
        places = np.flatnonzero(self.allowed[start : start + scores.shape[1]])
        ids = np.concatenate([self.ids, np.broadcast_to(1 + start + places, (QUERIES, len(places)))], axis=1)
        scores = np.concatenate([self._scores, scores[:, places]], axis=1)
        order = np.argpartition(-scores, min(K, scores.shape[1]) - 1, axis=1)[:, :K]
        self.ids, self._scores = np.take_along_axis(ids, order, 1), np.take_along_axis(scores, order, 1)


def filters(index: Index, archive: Archive, queries: NDArray[np.float32]) -> list[dict[str, Any]]:
    """Latency and recall at every share of chips, and FAISS's flat index without a filter beside them."""
    random = np.random.default_rng(7)
    expected = {share: Best(random.random(len(index)) < share) for share in SHARES}
    flat = faiss.IndexFlatIP(archive.dimension) if len(index) <= MOST_FLAT else None
    start = 0
    for part in parts(archive):
        scores = queries @ part.T
        for best in expected.values():
            best.add(start, scores)
        if flat is not None:
            flat.add(part)
        start += len(part)
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    rows = []
    for share, best in expected.items():
        mask = None if share == 1 else index.select(ids=1 + np.flatnonzero(best.allowed))
        own, others, recalls = [], [], []
        for query, wanted in zip(queries, best.ids, strict=True):
            seconds, (ids, _) = seconds_of(partial(index.search, query, K, mask))
            own.append(seconds)
            if share == 1 and flat is not None:
                others.append(seconds_of(partial(flat.search, query[None], K))[0])
            recalls.append(np.isin(wanted, ids).mean())
        row = {
            "share": share,
            "p50 ms": milliseconds(own, 0.5),
            "p95 ms": milliseconds(own, 0.95),
            "recall@10": round(float(np.mean(recalls)), 4),
        }
        if others:
            row["flat float32, one thread: p50 ms"] = milliseconds(others, 0.5)
        rows.append(row)
        print(row, flush=True)
    faiss.omp_set_num_threads(threads)
    return rows


def parts(archive: Archive) -> Iterator[NDArray[np.float32]]:
    """The stored embeddings in some tens of thousands at a time."""
    waiting: list[NDArray[np.float16]] = []
    for batch in archive.batches():
        waiting.append(batch.vectors)
        if sum(map(len, waiting)) >= PART:
            yield np.concatenate(waiting).astype(np.float32)
            waiting = []
    if waiting:
        yield np.concatenate(waiting).astype(np.float32)


def seconds_of(work: Callable[[], Any]) -> tuple[float, Any]:
    """How long it takes, and what it gives."""
    start = time.perf_counter()
    result = work()
    return round(time.perf_counter() - start, 5), result


def main() -> None:
    """Measures each size, writes after each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with rasters/")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("build/search"), help="archives: 1 GB for a million chips")
    parser.add_argument("--chips", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    arguments = parser.parse_args()
    rasters, work = (arguments.data / "rasters").resolve(), arguments.work.absolute()
    aerial = rasters / "kitsap_aerial_030m.tif"
    real = real_embeddings([aerial, *sorted(rasters.glob("sentinel2_*_10m.tif"))], work)
    queries = Perturbation(real, 1).draw(QUERIES)
    results = []
    for chips in arguments.chips:
        path = work / f"{chips}.gpkg"
        make_archive(path, chips, Perturbation(real, 0), aerial)
        results.append(measure(path, queries))
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(json.dumps({"queries": QUERIES, "archives": results}, indent=1) + "\n")
    draw_bars(
        arguments.output.with_suffix(".png"),
        "Median search, ten matches",
        "ms",
        [
            Bar(
                f"{row['share']:.1%} of {archive['chips']:,} chips",
                row["p50 ms"],
                10 if row["share"] == 1 and 1e6 < archive["chips"] < 2e6 else None,
            )
            for archive in results
            for row in archive["filters"]
        ],
    )


if __name__ == "__main__":
    main()
