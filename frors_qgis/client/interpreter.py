"""Finds the Python that runs the engine and makes its environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QStandardPaths

from frors_qgis.protocol import EngineError, ErrorCode

PYTHON_VARIABLE = "FRORS_PYTHON"
PYTHON_SETTING = "plugins/frors/python"
ENVIRONMENTS_VARIABLE = "FRORS_ENVIRONMENTS"
READY_MARKER = "ready.json"
"""The file that an installation writes last of all into its environment."""

_PACKAGE_PARENT = Path(__file__).resolve().parents[2]
_REMEDY = (
    f"Name the engine's Python by its full path in the environment variable {PYTHON_VARIABLE} or in QGIS's setting "
    f"{PYTHON_SETTING}."
)

# What QGIS (or its launcher) sets for its own embedded Python, and what preloads code into every child.
_UNWANTED = (
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "PYTHONEXECUTABLE",
    "PYTHONINSPECT",
    "PYTHONOPTIMIZE",
    "__PYVENV_LAUNCHER__",
    "LD_PRELOAD",
    "LD_AUDIT",
    "DYLD_INSERT_LIBRARIES",
)


def find_interpreter() -> Path:
    """The Python that shall run the engine, absolute, links not followed (a virtual environment is found by its link).

    In this order: the environment variable FRORS_PYTHON, the setting "plugins/frors/python", `.venv` beside the package
    (a checkout), the plugin's managed environment once it is ready, QGIS's own Python. Raises
    EngineError(ENGINE_MISSING) when the named one does not exist or there is none at all.
    """
    for origin, text in (
        (f"the environment variable {PYTHON_VARIABLE}", os.environ.get(PYTHON_VARIABLE, "")),
        (f"QGIS's setting {PYTHON_SETTING}", str(QgsSettings().value(PYTHON_SETTING, "") or "")),
    ):
        if text:
            return _chosen_interpreter(Path(text).expanduser(), origin)
    managed = managed_environment()
    candidates = [
        environment_python(_PACKAGE_PARENT / ".venv"),
        *([environment_python(managed)] if (managed / READY_MARKER).is_file() else []),
        *qgis_interpreters(),
    ]
    for candidate in candidates:
        if _is_interpreter(candidate):
            return candidate
    raise EngineError(ErrorCode.ENGINE_MISSING, f"No Python was found that could run the FRORS engine. {_REMEDY}")


def managed_environment() -> Path:
    """Folder of the virtual environment that the plugin manages for this Python version; it need not exist.

    It stands outside the QGIS profile and the plugin's folder, so that profiles share it and updates keep it: in the
    folder that the environment variable FRORS_ENVIRONMENTS names, else in `frors` where the system has a user's data.
    """
    data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    named = os.environ.get(ENVIRONMENTS_VARIABLE)
    base = Path(named).expanduser().absolute() if named else Path(data) / "frors"
    return base / f"python{sys.version_info.major}.{sys.version_info.minor}"


def environment_python(folder: Path) -> Path:
    """The Python of a virtual environment."""
    return folder / "Scripts" / "python.exe" if sys.platform == "win32" else folder / "bin" / "python"


def qgis_interpreters(
    platform: str = sys.platform, executable: str = sys.executable, prefix: str = sys.exec_prefix
) -> list[Path]:
    """Where the Python of a QGIS may lie, best first; they need not exist.

    `sys.executable` is QGIS itself on Windows and macOS: starting it would open a second QGIS.
    """
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    beside, base = Path(executable or prefix).parent, Path(prefix)
    if platform == "win32":
        return [base / "python.exe", beside / "python3.exe", beside / "python.exe"]
    if platform == "darwin":
        folders, names = (base / "bin", beside / "bin", beside), (version, "python3", "python")
        return [folder / name for folder in folders for name in names]
    own = [Path(executable)] if Path(executable).name.startswith("python") else []
    return [*own, base / "bin" / version, base / "bin" / "python3"]


def engine_environment(interpreter: Path) -> dict[str, str]:
    """Environment variables for an engine run by `interpreter`: QGIS's own without what misleads another Python.

    PATH and the variables of GDAL and PROJ stay, because the engine reads rasters with the GDAL of this QGIS.
    """
    environment = {name: value for name, value in os.environ.items() if name.upper() not in _UNWANTED}
    if interpreter not in qgis_interpreters():
        environment.pop("PYTHONHOME", None)  # QGIS's own Python may not find its library without it; others break
    if (interpreter.parent.parent / "pyvenv.cfg").is_file():
        environment["PYTHONNOUSERSITE"] = "1"  # packages of the user's site would shadow those of the environment
    environment["PYTHONPATH"] = str(_PACKAGE_PARENT)
    environment["PYTHONUNBUFFERED"] = "1"
    environment["PYTHONIOENCODING"] = "utf-8"
    environment["OMP_WAIT_POLICY"] = "PASSIVE"  # idle OpenMP threads sleep instead of taking cores from QGIS
    return environment


def _chosen_interpreter(path: Path, origin: str) -> Path:
    if not _is_interpreter(path):
        message = f"The Python that {origin} names, {path.absolute()}, is not a program that can be run. {_REMEDY}"
        raise EngineError(ErrorCode.ENGINE_MISSING, message)
    return path.absolute()


def _is_interpreter(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
