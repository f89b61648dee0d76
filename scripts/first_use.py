"""Installs the package in a QGIS that knows nothing of FRORS and uses it, as somebody new to it would.

python3 scripts/first_use.py

Needs QGIS and Xvfb, no .venv. QGIS's plugin manager installs the zip, the FRORS panel what the engine needs (as root
also what a Debian lacks for that), then the sample raster is indexed and a box searched. Pictures of every state of
the panel and of the result go into build/first_use; ends with an error and one sentence if a step fails. On a bare
Debian:

    sudo scripts/clean_root.sh "scripts/setup.sh qgis" "python3 scripts/first_use.py"
"""

from __future__ import annotations

import shutil
import sys
import time

from open_qgis import BUILD, REPOSITORY
from package import make_package
from run_story import run_story

FOLDER = BUILD / "first_use"
NO_PLUGINS = FOLDER / "no_plugins"
TIMEOUT_S = 3600
SETTINGS = "[qgis]\ncheckVersion=false\n"


def failure() -> str | None:
    """Runs the story; a sentence when it failed, None when it worked."""
    profile = FOLDER / "profile" / "profiles" / "default" / "QGIS"
    for folder in (profile, NO_PLUGINS):
        folder.mkdir(parents=True)
    for name in ("QGIS3.ini", "QGIS4.ini"):
        (profile / name).write_text(SETTINGS, encoding="utf-8")
    variables = {
        "FRORS_PACKAGE": str(make_package()),
        "FRORS_DEMO_RASTER": str(REPOSITORY / "resources" / "sample" / "kitsap.tif"),
        "FRORS_PYTHON": "",  # nothing of this working tree shall be found
        "QGIS_PLUGINPATH": str(NO_PLUGINS),
        "XDG_DATA_HOME": str(FOLDER / "data"),
    }
    return run_story(REPOSITORY / "scripts" / "first_use_in_qgis.py", FOLDER, variables, TIMEOUT_S)


def main() -> int:
    """Returns the exit status."""
    started = time.monotonic()
    shutil.rmtree(FOLDER, ignore_errors=True)
    try:
        sentence = failure()
    except (OSError, ValueError) as error:
        sentence = f"{error}"
    if sentence:
        print(f"first use: failed: {sentence}", file=sys.stderr)
        return 1
    print(f"first use: done in {time.monotonic() - started:.0f} s; look at the pictures in {FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
