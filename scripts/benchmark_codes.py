"""Measures searches by hash codes in a real archive: memory and time of an engine, recall, the tree against a scan.

    .venv/bin/python scripts/benchmark_codes.py --data DATA --chips 10000000 -o docs/results/codes.json

The archive is that of benchmark_search.py (`--work` names its folder), or any other given by `--archive`; codes and
trees that it has are deleted first. Each length of codes gets engine processes of its own, `serve --role search`, which
are asked through the door as QGIS asks: one for an archive without codes, until it has answered and until the tree is
there; then a new one, with what was kept, for all queries. Peak RSS is the kernel's VmHWM of that process, all that it
imports included; CPU is what it computed, which depends least on how busy a machine is. Recall@10 is against an
exhaustive search in float32 over the stored embeddings. "Tree against scan" asks both in turn, in this process, with
the filters of benchmark_search.py; what they find must be the same.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from benchmark_search import K, milliseconds, parts, plugin_filters, seconds_of
from numpy.typing import NDArray
from synthetic_archive import Perturbation, make_archive, real_embeddings

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.chip_filter import ChipFilter
from frors_qgis.engine.archive.codes.archive_hasher import FULL_LENGTH, bits_for
from frors_qgis.engine.archive.codes.code_chip_index import CodeChipIndex
from frors_qgis.engine.archive.geopackage_archive import GeoPackageArchive
from frors_qgis.engine.archive.segment_folder import SegmentFolder

QUERIES = 50
LONGEST_WAIT = 7200


class Engine:
    """An engine process that answers searches; with None for bits, by the whole index."""

    def __init__(self, archive: Path, bits: int | None) -> None:
        self._archive = archive
        self._folder = tempfile.TemporaryDirectory(prefix="frors-")
        codes = [] if bits is None else ["--codes", "full" if bits == FULL_LENGTH else str(bits)]
        command = [sys.executable, "-m", "frors_qgis.engine", "serve", "--role", "search", *codes]
        self._process = subprocess.Popen(
            [*command, "--folder", self._folder.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()
        self._folder.cleanup()

    def search(self, vector: NDArray[np.float32], k: int = K, **filters: Any) -> list[int]:
        """The ids of the matches."""
        params = {"archive": str(self._archive), "embedding": vector.tolist(), "k": k, **filters}
        requests, events = self._process.stdin, self._process.stdout
        if requests is None or events is None:
            raise SystemExit("The engine has no door.")
        requests.write(json.dumps({"id": 1, "method": "search", "params": params}).encode() + b"\n")
        requests.flush()
        for line in events:
            event = json.loads(line)
            if "error" in event:
                raise SystemExit(event["error"]["message"])
            if "result" in event:
                return [match["chip"] for match in event["result"]["matches"]]
        raise SystemExit("The engine is gone.")

    def cpu_seconds(self) -> float:
        """What it has computed so far, on all cores."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_mb(self) -> float:
        """Its peak RSS so far, in MB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) * 1024 / 1e6


def engines(path: Path, bits: int | None, queries: NDArray[np.float32], few: int) -> dict[str, Any]:
    """What engines take for one length of codes; with a filter as many queries as `few`."""
    with Archive.open(path) as archive:
        report: dict[str, Any] = {"bits": None if bits is None else bits_for(archive.dimension, bits)}
        folder = SegmentFolder.of(_file(archive), path.parent).path
        filters = _filters(archive)
    if bits is not None:
        report["at first"] = first_start(path, bits, queries[0], folder)
    with Engine(path, bits) as engine:
        report["seconds until the first matches"] = seconds_of(lambda: engine.search(queries[0]))[0]
        report["CPU seconds by then"] = engine.cpu_seconds()
        report["ms of a search"] = {f"{k} matches": timed(engine, queries, k=k) for k in (K, 10 * K)}
        report["ms with a filter"] = {
            f"{name}, {share:.1%}": timed(engine, queries[:few], **_door(values)) for name, share, values in filters
        }
        report["peak RSS in MB"] = engine.peak_mb()
    return report


def findings(path: Path, bits: int, queries: NDArray[np.float32], best: NDArray[np.int64], few: int) -> dict[str, Any]:
    """What a search for the best by one length of codes finds, and how long trees and scans take."""
    with Archive.open(path) as archive:
        folder = SegmentFolder.of(_file(archive), path.parent).path
        index, scan = (CodeChipIndex(_file(archive), bits, folder) for _ in range(2))
        index.refresh()
        scan.refresh()
        scan._tree = None
        found = [index.search(query, K)[0] for query in queries]
        return {
            "recall@10": float(np.mean([np.isin(b, f) for b, f in zip(best, found, strict=True)])),
            "tree against scan": [compared(index, scan, queries[:few], *row) for row in _filters(archive)],
        }


def first_start(path: Path, bits: int, query: NDArray[np.float32], folder: Path) -> dict[str, Any]:
    """What an engine takes that finds neither codes nor tree."""
    for file in [*folder.glob("*.codes"), *folder.glob("*.tree")]:
        file.unlink()
    with Engine(path, bits) as engine:
        report = {"seconds until the first matches": seconds_of(lambda: engine.search(query))[0]}
        report["CPU seconds by then"] = engine.cpu_seconds()
        report["peak RSS in MB by then"] = engine.peak_mb()
        start = time.perf_counter()
        while not list(folder.glob("*.tree")) and time.perf_counter() - start < LONGEST_WAIT:
            time.sleep(1)
            engine.search(query)
        report["seconds until the tree is there, behind searches"] = time.perf_counter() - start
        report["CPU seconds by then, the tree built"] = engine.cpu_seconds()
        report["peak RSS in MB, the tree built"] = engine.peak_mb()
    for kind in ("codes", "tree"):
        report[f"MB of {kind} on disk"] = sum(file.stat().st_size for file in folder.glob(f"*.{kind}")) / 1e6
    return report


def timed(engine: Engine, queries: NDArray[np.float32], **params: Any) -> dict[str, float]:
    """Milliseconds of searches through the door, and how long the engine computed for one in the mean."""
    before = engine.cpu_seconds()
    taken = [seconds_of(partial(engine.search, query, **params))[0] for query in queries]
    computed = 1000 * (engine.cpu_seconds() - before) / len(queries)
    return {"p50": milliseconds(taken, 0.5), "p95": milliseconds(taken, 0.95), "CPU": round(computed, 1)}


def compared(
    index: CodeChipIndex,
    scan: CodeChipIndex,
    queries: NDArray[np.float32],
    name: str,
    share: float,
    filters: dict[str, Any],
) -> dict[str, Any]:
    """Median milliseconds by the tree and without, all that a search asks of an index included, and their ratio."""
    chosen = ChipFilter(**filters)
    times: dict[str, list[float]] = {"tree": [], "scan": []}
    for number, query in enumerate(queries):
        found = {}
        for kind, one in (("tree", index), ("scan", scan)):
            one._latest, one._met = None, {}
            one._scan._latest, one._scan._places = None, {}
            start = time.perf_counter()
            one.has_any(chosen)
            one.ground_sizes(chosen)
            found[kind] = one.search(query, K, chosen)[0].tolist()
            if number:  # the first warms up
                times[kind].append(time.perf_counter() - start)
        if found["tree"] != found["scan"]:
            raise SystemExit(f"The tree finds other chips than the scan: {name}, {share}.")
    return {
        "filter": name,
        "share": share,
        "by the tree": index._narrow(chosen) is not None,
        "ms": {kind: milliseconds(taken, 0.5) for kind, taken in times.items()},
        "times as long by the scan": float(np.median(np.array(times["scan"]) / np.array(times["tree"]))),
    }


def exhaustive(path: Path, queries: NDArray[np.float32]) -> NDArray[np.int64]:
    """The ids of the ten best of each query [q, 10] by all stored embeddings."""
    ids, scores = np.zeros((len(queries), 0), np.int64), np.zeros((len(queries), 0), np.float32)
    with Archive.open(path) as archive:
        start = 1
        for part in parts(archive):
            own = queries @ part.T
            likely = np.argpartition(-own, K, axis=1)[:, :K]
            ids = np.concatenate([ids, start + likely], axis=1)
            scores = np.concatenate([scores, np.take_along_axis(own, likely, 1)], axis=1)
            order = np.argsort(-scores, axis=1)[:, :K]
            ids, scores = np.take_along_axis(ids, order, 1), np.take_along_axis(scores, order, 1)
            start += len(part)
    return ids


def _door(filters: dict[str, Any]) -> dict[str, Any]:
    """Filters as the door takes them."""
    if "extent" in filters:
        return {"within": filters["extent"], "crs": "EPSG:4326"}
    return {"rasters": sorted(filters["rasters"])}


def _filters(archive: Archive) -> list[tuple[str, float, dict[str, Any]]]:
    """Name, share of the chips, and parameters of each."""
    return [(name, share, values) for name, share, values in plugin_filters(archive) if share < 1]


def _file(archive: Archive) -> GeoPackageArchive:
    if not isinstance(archive, GeoPackageArchive):
        raise SystemExit("Codes are of archives in files.")
    return archive


def main() -> None:
    """Measures each length of codes, writes what is known by then."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--data", type=Path, help="folder with rasters/, of which the archive is made")
    which.add_argument("--archive", type=Path, help="an archive that is there, whose chips have the ids 1, 2, 3, ...")
    parser.add_argument("--chips", type=int, default=10_000_000)
    parser.add_argument("--work", type=Path, default=Path("build/search"), help="for the archive: 7 GB for ten million")
    parser.add_argument("--bits", type=int, nargs="+", default=[128, FULL_LENGTH], help="0: as many as numbers")
    parser.add_argument("--few", type=int, default=20, help="queries with each filter")
    parser.add_argument("--whole", action="store_true", help="the whole index as well, whose segments are there")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    if options.archive is None:
        rasters, work = (options.data / "rasters").resolve(), options.work.absolute()
        aerial = rasters / "kitsap_aerial_030m.tif"
        real = real_embeddings([aerial, *sorted(rasters.glob("sentinel2_*_10m.tif"))], work)
        path = work / f"{options.chips}.gpkg"
        make_archive(path, options.chips, Perturbation(real, 0), aerial)
        queries = Perturbation(real, 1).draw(QUERIES)
    else:
        path = options.archive.absolute()
        with Archive.open(path) as archive:
            ids = np.random.default_rng(1).integers(1, archive.chip_count(), QUERIES)
            queries = Perturbation(archive.vectors(np.unique(ids).tolist()), 1).draw(QUERIES)
    report: dict[str, Any] = {
        "chips": Archive.open(path).chip_count(),
        "queries": QUERIES,
        "queries with a filter": options.few,
        "codes": [],
    }
    rows = report["codes"]
    best = exhaustive(path, queries)
    for bits in options.bits + [None] * options.whole:
        rows.append(engines(path, bits, queries, options.few))
        write(options.output, report)
        if bits is not None:  # before the next length begins, which deletes the codes and the tree of this one
            rows[-1] |= findings(path, bits, queries, best, options.few)
            write(options.output, report)


def write(path: Path, report: dict[str, Any]) -> None:
    """Writes what is known so far."""
    rounded = json.loads(json.dumps(report), parse_float=lambda text: float(f"{float(text):.4g}"))
    path.write_text(json.dumps(rounded, indent=1) + "\n")


if __name__ == "__main__":
    main()
