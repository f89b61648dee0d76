"""Indexes the sample raster and queries one box in the real QGIS with the real plugin: what `make demo` does.

.venv/bin/python scripts/demo.py

Leaves archive.gpkg, matches.gpkg and screenshot.png in build/demo; ends with an error and one sentence if a step fails.
"""

from __future__ import annotations

import shutil
import sys
import time

from open_qgis import BUILD, REPOSITORY
from run_story import run_story

FOLDER = BUILD / "demo"
RESULTS = ("archive.gpkg", "matches.gpkg", "screenshot.png")


def failure() -> str | None:
    """Runs the demo; a sentence when it failed, None when it worked."""
    sample = REPOSITORY / "resources" / "sample" / "kitsap.tif"
    script = REPOSITORY / "scripts" / "demo_in_qgis.py"
    if sentence := run_story(script, FOLDER, {"FRORS_DEMO_RASTER": str(sample)}):
        return sentence
    missing = [name for name in RESULTS if not (FOLDER / name).is_file()]
    return f"QGIS closed, but {', '.join(missing)} is missing in {FOLDER}." if missing else None


def main() -> int:
    """Returns the exit status."""
    started = time.monotonic()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    sentence = failure()
    if sentence:
        print(f"demo: failed: {sentence}", file=sys.stderr)
        return 1
    print(f"demo: done in {time.monotonic() - started:.0f} s; look at {FOLDER / 'screenshot.png'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
