"""Runs a story in the real QGIS: see qgis_story.py."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from open_qgis import REPOSITORY, run_qgis

TIMEOUT_S = 900


def run_story(script: Path, folder: Path, variables: Mapping[str, str], timeout_s: float = TIMEOUT_S) -> str | None:
    """Has QGIS tell a story in an empty folder; a sentence when it failed, None when it worked."""
    told = {"FRORS_STORY_FOLDER": str(folder), "FRORS_SCRIPTS": str(REPOSITORY / "scripts")}
    try:
        status = run_qgis(folder / "profile", ["--code", str(script)], told | dict(variables), timeout_s)
    except subprocess.TimeoutExpired:
        return f"QGIS was still open after {timeout_s} s and was ended."
    except OSError as error:
        return f"QGIS could not be started: {error}."
    failure = folder / "failure.txt"
    if failure.exists():
        return failure.read_text(encoding="utf-8")
    return f"QGIS ended with status {status}." if status else None
