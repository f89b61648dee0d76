"""Tests that take long: hostile input, kills and endurance. What `make test-hard` does (docs/reliability.md).

.venv/bin/python scripts/test_hard.py [--minutes 29] [--seed N] [--only PART ...] [--scale 0.01]

Counts go to build/hard.json as they are made. Status 0: all was done in time, nothing was found.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from tests.hard.crash_matrix import kill_engines, kill_shells  # noqa: E402
from tests.hard.door_inputs import read_door_inputs  # noqa: E402
from tests.hard.hostile_inputs import read_hostile_inputs  # noqa: E402
from tests.hard.power_cuts import cut_power  # noqa: E402
from tests.hard.soak import soak  # noqa: E402
from tests.hard.tally import Part, Tally  # noqa: E402

INPUTS, KILLS, SHELL_KILLS, CUTS, OPERATIONS = 10_000, 150, 60, 3_000, 2_000
_ROOM_BYTES = 4 << 30
Run = Callable[[int, int, Path, Part, float], None]
"""Called with a seed, how many, an empty folder, where to count, and when to be done by."""


def _hostile(surface: str, seed: int, count: int, folder: Path, part: Part, deadline: float) -> None:
    read_hostile_inputs(surface, seed, count, folder, part, deadline, workers=2)


PARTS: dict[str, tuple[Run, str, int]] = {
    "door": (read_door_inputs, "inputs", INPUTS),
    "archives": (partial(_hostile, "archive"), "inputs", INPUTS),
    "checkpoints": (partial(_hostile, "checkpoint"), "inputs", INPUTS),
    "indexes": (partial(_hostile, "index"), "inputs", INPUTS),
    "rasters": (partial(_hostile, "raster"), "inputs", INPUTS),
    "parquets": (partial(_hostile, "parquet"), "inputs", INPUTS),
    "kills": (kill_engines, "kills", KILLS),
    "kills of QGIS": (kill_shells, "kills", SHELL_KILLS),
    "power cuts": (cut_power, "cuts", CUTS),
    "soak": (soak, "operations", OPERATIONS),
    "projects": (partial(_hostile, "project"), "inputs", INPUTS),
}
"""By name: what runs it, what it counts, and how many of these there are to be. The slowest is the last."""


def _memory() -> Path | None:
    """A folder in memory where there is one: thousands of small files need not wait for a disk."""
    folder = Path("/dev/shm")  # noqa: S108
    return folder if folder.is_dir() and shutil.disk_usage(folder).free > _ROOM_BYTES else None


def main() -> int:
    """Returns 0 when every part did all of it and found nothing, else 1."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=29.0, help="after which nothing new is begun; default: 29")
    parser.add_argument("--seed", type=int, default=0, help="another seed gives other inputs and moments")
    parser.add_argument("--only", nargs="+", choices=sorted(PARTS), help="parts to run; default: all")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full counts, for a try; default: 1")
    options = parser.parse_args()
    chosen = {name: PARTS[name] for name in PARTS if options.only is None or name in options.only}
    deadline = time.monotonic() + 60 * options.minutes
    tally = Tally(REPOSITORY / "build" / "hard.json", seed=options.seed, scale=options.scale)
    short = []
    for name, (run, counted, full) in chosen.items():
        count = max(1, round(full * options.scale))
        start = time.monotonic()
        part = tally.part(name)
        place = _memory() if counted in ("inputs", "cuts") else None
        folder = Path(tempfile.mkdtemp(prefix=f"frors-hard-{name.replace(' ', '-')}-", dir=place))
        try:
            run(options.seed, count, folder, part, deadline)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        part.measure(minutes=(time.monotonic() - start) / 60)
        tally.write(at_once=True)
        done = part.counts[counted]
        print(f"{name}: {done:,} {counted}, {part.counts['faults']} faults, {part.most['minutes']:.1f} min", flush=True)
        if done < count:
            short.append(f"{name}: {done:,} of {count:,} {counted} in the time given.")
    for line in short:
        print(line)
    print(f"{tally.injected:,} faults injected, {tally.faults} found; see {tally.path.relative_to(REPOSITORY)}.")
    return 1 if short or tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
