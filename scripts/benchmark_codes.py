"""How much memory and time a search by hash codes takes at a size, with drawn codes: JSON on request.

    .venv/bin/python scripts/benchmark_codes.py --chips 10000000 -o docs/results/codes.json

The archive is a stand-in that says which batches it has and draws the embeddings that it is asked for, so its own
reading of the shortlist is not in the times; codes come from a file, as those that an index kept. Peak RSS is of this
whole process, everything that it imports included.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.archive.array_file import write_arrays
from frors_qgis.engine.archive.codes.code_index import FILE_NAME, CodeIndex
from frors_qgis.engine.archive.codes.fitted_hashers import fit_lsh
from frors_qgis.engine.archive.records import Batch, BatchKey, Generation

DIMENSION = 256
BATCH = 2000
SHARES = (1.0, 0.1, 0.01)


class DrawnArchive:
    """As much of an archive as an index of codes asks for."""

    id = "drawn"
    dimension = DIMENSION

    def __init__(self, chips: int) -> None:
        starts = range(0, chips, BATCH)
        self._keys = [
            BatchKey(place, start + 1, 1 + place // 100, min(BATCH, chips - start), 0)
            for place, start in enumerate(starts, 1)
        ]

    def generation(self) -> Generation:
        """Always the same."""
        return Generation(self.id, 0, len(self._keys))

    def batch_keys(self) -> list[BatchKey]:
        """The keys of all batches."""
        return self._keys

    def batches(self, keys: Sequence[BatchKey]) -> Iterator[Batch]:
        """None: all codes come from the file."""
        if keys:
            raise SystemExit("The kept codes were not taken up.")
        return iter(())

    def vectors(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """Some embeddings [n, d]."""
        return np.random.default_rng(0).standard_normal((len(ids), DIMENSION)).astype(np.float32)


def keep_codes(folder: Path, archive: DrawnArchive, hasher: str, chips: int, width: int) -> None:
    """Draws the codes of all chips into the file of an index."""
    codes = np.random.default_rng(1).integers(0, 256, (chips, width), dtype=np.uint8)
    arrays = {"keys": np.array(archive.batch_keys(), np.int64), "codes": codes}
    write_arrays(folder / FILE_NAME, "codes", {"archive": archive.id, "hasher": hasher}, arrays)


def measured(chips: int, bits: int, queries: int, folder: Path) -> dict[str, Any]:
    """Peak RSS in MB, seconds until ready, and milliseconds of a search by the share of chips that a mask lets pass."""
    draw = np.random.default_rng(2)
    hasher = fit_lsh(draw.standard_normal((1000, DIMENSION)).astype(np.float32), bits)
    start = time.perf_counter()
    index = CodeIndex(DrawnArchive(chips), hasher, folder)  # type: ignore[arg-type]
    index.refresh()
    report: dict[str, Any] = {"chips": len(index), "bits": bits, "seconds until ready": time.perf_counter() - start}
    report["search in ms"] = {}
    for share in SHARES:
        mask = None if share == 1 else draw.random(chips) < share
        times = []
        for vector in draw.standard_normal((queries, DIMENSION)).astype(np.float32):
            start = time.perf_counter()
            index.search(vector, 100, mask)
            times.append(1000 * (time.perf_counter() - start))
        report["search in ms"][f"{share:.0%}"] = {"p50": np.median(times), "p95": np.quantile(times, 0.95)}
    report["peak RSS in MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    return report


def main() -> None:
    """Draws, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chips", type=int, default=10_000_000)
    parser.add_argument("--bits", type=int, default=128)
    parser.add_argument("--queries", type=int, default=50)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        hasher = fit_lsh(np.random.default_rng(2).standard_normal((1000, DIMENSION)).astype(np.float32), options.bits)
        archive = DrawnArchive(options.chips)
        keep_codes(Path(folder), archive, hasher.fingerprint, options.chips, options.bits // 8)
        report = measured(options.chips, options.bits, options.queries, Path(folder))
    report = json.loads(json.dumps(report), parse_float=lambda text: round(float(text), 3))
    print(json.dumps(report, indent=1))
    if options.output is not None:
        options.output.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
