"""Makes the pictures of docs/guide.md from the real plugin in the real QGIS: what `make screenshots` does.

.venv/bin/python scripts/screenshots.py

Works through the guide on the sample raster; leaves the pictures in docs/images/guide and everything else in
build/screenshots. Ends with an error and one sentence if a step fails.
"""

from __future__ import annotations

import shutil
import sys
import time

from open_qgis import BUILD, REPOSITORY
from run_story import run_story

FOLDER = BUILD / "screenshots"
PICTURES = REPOSITORY / "docs" / "images" / "guide"


def main() -> int:
    """Returns the exit status."""
    started = time.monotonic()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    sample = REPOSITORY / "resources" / "sample" / "kitsap.tif"
    script = REPOSITORY / "scripts" / "screenshots_in_qgis.py"
    sentence = run_story(script, FOLDER, {"FRORS_GUIDE_RASTER": str(sample)})
    if sentence:
        print(f"screenshots: failed: {sentence}", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    made = sorted(FOLDER.glob("*.jpg"))
    for picture in made:
        shutil.copyfile(picture, PICTURES / picture.name)
    print(f"screenshots: {len(made)} in {PICTURES}, {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
