"""What a Python is and has, asked of itself."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from frors_qgis.installation.child import run_child
from frors_qgis.installation.failures import Failure, FailureKind, InstallationError

_QUESTIONS = """
import json, sys
found = {"version": list(sys.version_info[:2]), "numpy": "", "gdal": False, "gdal_takes_numpy": False}
try:
    import numpy
    found["numpy"] = numpy.__version__
except Exception as error:
    print(error)
try:
    from osgeo import gdal
    found["gdal"] = True
    from osgeo import gdal_array
    found["gdal_takes_numpy"] = bool(found["numpy"])
except Exception as error:
    print(error)
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Probe:
    """Python's version; numpy's, empty where it has none; whether GDAL is there and works with that numpy."""

    version: tuple[int, int]
    numpy: str
    gdal: bool
    gdal_takes_numpy: bool


def probe(python: Path, environment: dict[str, str], check: Callable[[], None]) -> Probe | None:
    """What a Python says of itself, None when it does not run."""
    try:
        outcome = run_child([str(python), "-c", _QUESTIONS], environment, python.parent, lambda _: None, check)
        found = json.loads(outcome.lines[-1])
        major, minor = found["version"]
        return Probe((major, minor), found["numpy"], found["gdal"], found["gdal_takes_numpy"])
    except (OSError, ValueError, IndexError, KeyError, TypeError):
        return None


def python_of_qgis(
    candidates: Sequence[Path],
    environment_of: Callable[[Path], dict[str, str]],
    check: Callable[[], None],
) -> Path:
    """The first candidate that is a Python of this version and has GDAL; raises InstallationError(NO_PYTHON)."""
    for candidate in candidates:
        if candidate.is_file() and os.access(candidate, os.X_OK):
            found = probe(candidate, environment_of(candidate), check)
            if found is not None and found.gdal and found.version == sys.version_info[:2]:
                return candidate
    places = ", ".join(str(path) for path in candidates)
    raise InstallationError(Failure(FailureKind.NO_PYTHON, places))
