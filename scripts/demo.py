"""Indexes the sample raster and queries one box in the real QGIS with the real plugin: what `make demo` does.

.venv/bin/python scripts/demo.py

Leaves archive.gpkg, matches.gpkg and screenshot.png in build/demo; ends with an error and one sentence if a step fails.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time

from open_qgis import BUILD, REPOSITORY, run_qgis

FOLDER = BUILD / "demo"
RESULTS = ("archive.gpkg", "matches.gpkg", "screenshot.png")
TIMEOUT_S = 900


def failure() -> str | None:
    """Runs the demo; a sentence when it failed, None when it worked."""
    variables = {
        "FRORS_STORY_FOLDER": str(FOLDER),
        "FRORS_SCRIPTS": str(REPOSITORY / "scripts"),
        "FRORS_DEMO_RASTER": str(REPOSITORY / "resources" / "sample" / "kitsap.tif"),
    }
    script = REPOSITORY / "scripts" / "demo_in_qgis.py"
    try:
        status = run_qgis(FOLDER / "profile", ["--code", str(script)], variables, TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return f"QGIS was still open after {TIMEOUT_S} s and was ended."
    except OSError as error:
        return f"QGIS could not be started: {error}."
    told = FOLDER / "failure.txt"
    if told.exists():
        return told.read_text(encoding="utf-8")
    if status:
        return f"QGIS ended with status {status}."
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
