"""Makes the pictures of docs/guide.md from the real plugin in the real QGIS: what `make screenshots` does.

.venv/bin/python scripts/screenshots.py

Works through the guide on the sample raster and leaves its pictures in docs/images/guide. Everything else stays in
build/screenshots, with pictures of what the guide does not show (more/), of how the panel looks in a dark theme
(dark/), in German (german/) and on a screen with twice the pixels (fine/), and of an archive in PostgreSQL (database/)
where that is installed. Ends with an error and one sentence if a step fails.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from database_servers import missing, sharded_archive
from open_qgis import BUILD, REPOSITORY, prepare_profile
from run_story import run_story

FOLDER = BUILD / "screenshots"
PICTURES = REPOSITORY / "docs" / "images" / "guide"
GUIDE, DATABASE = "guide", "database"
SAMPLE = REPOSITORY / "resources" / "sample" / "kitsap.tif"
DARK, GERMAN = "[UI]\nUITheme=Night Mapping\n", "[locale]\noverrideFlag=true\nuserLocale=de\n"

STORIES: dict[str, tuple[str, str, dict[str, str]]] = {
    GUIDE: ("screenshots_in_qgis.py", "", {}),
    "more": ("more_screenshots_in_qgis.py", "", {}),
    "dark": ("looks_in_qgis.py", DARK, {}),
    "german": ("looks_in_qgis.py", GERMAN, {}),
    "fine": ("looks_in_qgis.py", "", {"QT_SCALE_FACTOR": "2"}),
}
"""Folder: the script that takes its pictures, more settings of the profile and more environment."""


def take(name: str) -> str | None:
    """Tells a story; a sentence when it failed."""
    script, settings, variables = STORIES[name]
    return _tell(script, _folder(name), settings, variables)


def take_database() -> str | None:
    """Tells the story of an archive in PostgreSQL; a sentence when it failed."""
    folder = _folder(DATABASE)
    with sharded_archive(SAMPLE, folder) as (settings, variables):
        return _tell("database_in_qgis.py", folder, settings, variables)


def _folder(name: str) -> Path:
    folder = FOLDER / name
    folder.mkdir(parents=True)
    return folder


def _tell(script: str, folder: Path, settings: str, variables: Mapping[str, str]) -> str | None:
    prepare_profile(folder / "profile", settings)
    return run_story(REPOSITORY / "scripts" / script, folder, {"FRORS_GUIDE_RASTER": str(SAMPLE), **variables})


def main() -> int:
    """Returns the exit status."""
    started = time.monotonic()
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name in STORIES:
        if sentence := take(name):
            print(f"screenshots: {name}: failed: {sentence}", file=sys.stderr)
            return 1
    if reason := missing():
        print(f"screenshots: {DATABASE}: left out: {reason}")
    elif sentence := take_database():
        print(f"screenshots: {DATABASE}: failed: {sentence}", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    made = sorted((FOLDER / GUIDE).glob("*.jpg"))
    for picture in made:
        shutil.copyfile(picture, PICTURES / picture.name)
    others = [path for name in (*STORIES, DATABASE) if name != GUIDE for path in (FOLDER / name).glob("*.png")]
    print(f"screenshots: {len(made)} in {PICTURES}, {len(others)} in {FOLDER}, {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
