"""Asks eight Sentinel-2 scenes of ports where, when and by what, in the real QGIS: what `make ports` does.

    .venv/bin/python scripts/ports.py --data DATA

DATA holds rasters/sentinel2_<port>_10m.tif, of one date each, and vessels of theirs; two more dates of Marseille are
simulated. Leaves pictures in build/ports; ends with an error and one sentence if a step fails.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path

from open_qgis import BUILD, REPOSITORY
from other_dates import simulate
from run_story import run_story

FOLDER = BUILD / "ports"


def main() -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data.resolve()
    started = time.monotonic()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    simulate(data / "rasters" / "sentinel2_marseille_10m.tif", FOLDER)
    if sentence := run_story(REPOSITORY / "scripts" / "ports_in_qgis.py", FOLDER, {"FRORS_PORTS": str(data)}):
        print(f"ports: failed: {sentence}", file=sys.stderr)
        return 1
    print(f"ports: done in {time.monotonic() - started:.0f} s; look at the pictures in {FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
