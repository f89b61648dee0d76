"""Measures the longest block of QGIS's main thread while it indexes, searches and scrolls, in a real QGIS window.

.venv/bin/python scripts/benchmark_stalls.py [RASTER] -o docs/results/stalls.json      (default: the sample raster)
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from open_qgis import BUILD, REPOSITORY, run_qgis

FOLDER = BUILD / "stalls"
TIMEOUT_S = 1800


def main() -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sample = REPOSITORY / "resources" / "sample" / "kitsap.tif"
    parser.add_argument("raster", type=Path, nargs="?", default=sample)
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    variables = {
        "FRORS_STORY_FOLDER": str(FOLDER),
        "FRORS_SCRIPTS": str(REPOSITORY / "scripts"),
        "FRORS_STALLS_RASTER": str(arguments.raster.resolve()),
    }
    script = REPOSITORY / "scripts" / "stalls_in_qgis.py"
    run_qgis(FOLDER / "profile", ["--code", str(script)], variables, TIMEOUT_S)
    if not (FOLDER / "stalls.json").exists():
        told = FOLDER / "failure.txt"
        print(told.read_text(encoding="utf-8") if told.exists() else "QGIS closed without a result.", file=sys.stderr)
        return 1
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(FOLDER / "stalls.json", arguments.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
