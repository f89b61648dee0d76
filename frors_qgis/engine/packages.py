"""The packages that the engine needs. Imports only the standard library: any of them may be missing."""

from __future__ import annotations

import importlib.util
import sys
from importlib.metadata import PackageNotFoundError, version

from frors_qgis.protocol import EngineError, ErrorCode

_EVERYWHERE = ("osgeo", "numpy")
_ENCODE = ("torch", "torchvision", "safetensors")
_SEARCH = ("faiss",)
_PACKAGES = {
    "encode": _EVERYWHERE + _ENCODE,
    "learn": _EVERYWHERE + _ENCODE,
    "search": _EVERYWHERE + _SEARCH,
    "both": _EVERYWHERE + _ENCODE + _SEARCH,
}


_DISTRIBUTIONS = ("torch", "torchvision", "faiss-cpu", "safetensors", "numpy", "gdal")


def package_versions() -> dict[str, str | None]:
    """The version of every distribution that the engine needs; None for one that is not there."""
    return {name: _version(name) for name in _DISTRIBUTIONS}


def require_packages(role: str = "both") -> None:
    """Raises EngineError(ENGINE_MISSING) naming what this Python lacks for an engine of a role."""
    missing = [name for name in _PACKAGES[role] if importlib.util.find_spec(name) is None]
    if missing:
        raise EngineError(
            ErrorCode.ENGINE_MISSING,
            f"The Python at {sys.executable} lacks {', '.join(missing)}. Install them in the FRORS panel of QGIS, "
            "or name another interpreter in the environment variable FRORS_PYTHON.",
        )


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
