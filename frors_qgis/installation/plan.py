"""What an installation needs: builds of torch, sizes, and the versions that FRORS is shipped with."""

from __future__ import annotations

import hashlib
import platform
import re
import sys
from dataclasses import dataclass

from frors_qgis.installation.probe import Probe
from frors_qgis.resources import shipped_file

REQUIREMENTS = "requirements.txt"
CONSTRAINTS = "constraints.txt"
PACKAGES = ("torch", "torchvision", "faiss-cpu", "safetensors")
_LEAST_NUMPY = (1, 26)
_PYTORCH_INDEX = "https://download.pytorch.org/whl/"
_CUDA = "cu130"
"""The CUDA release that PyPI's torch of this version is built for."""


@dataclass(frozen=True)
class Build:
    """A build of torch. Sizes of the whole environment in MB, roughly: `download_mb` is fetched, `disk_mb` stays.

    `local` is the part of the version that tells it from PyPI's ("+cpu"), `index` where it is found; empty for PyPI's.
    """

    name: str
    download_mb: int
    disk_mb: int
    local: str = ""

    @property
    def index(self) -> str:
        """PyTorch's own index for the build, empty where pip's usual one has it."""
        return _PYTORCH_INDEX + self.local.removeprefix("+") if self.local else ""

    @property
    def peak_mb(self) -> int:
        """Free space for the installation: pip holds a download twice before it unpacks it."""
        return self.disk_mb + 2 * self.download_mb

    def torch(self) -> str:
        """The requirement for pip: exactly this build, for 2.13.0+cpu would do where 2.13.0 is asked for."""
        found = re.search(r"^torch==(\S+)", _text(REQUIREMENTS), re.MULTILINE)
        version = found[1] if found else ""
        return f"torch=={version}{self.local}" if self.local else f"torch==={version}"


def builds(system: str = sys.platform, machine: str | None = None) -> tuple[Build, ...]:
    """The builds that there are for a platform, the one to propose first; none for Macs with an Intel processor."""
    if system == "darwin":
        apple = (machine or platform.machine()) == "arm64"
        return (Build("cpu", 150, 700),) if apple else ()
    if system == "win32":
        return Build("cpu", 200, 900), Build("cuda", 2500, 5000, f"+{_CUDA}")
    return Build("cpu", 250, 1000, "+cpu"), Build("cuda", 2900, 5000)


def build_named(name: str) -> Build | None:
    """The build of this platform with a name, else the first one, None where there is none."""
    offered = builds()
    return next((build for build in offered if build.name == name), next(iter(offered), None))


def fingerprint() -> str:
    """Changes with every version that FRORS asks for."""
    return hashlib.sha256((_text(REQUIREMENTS) + _text(CONSTRAINTS)).encode()).hexdigest()


def pinned_texts(probe: Probe) -> tuple[str, str]:
    """Requirements and constraints for an environment.

    Where the numpy that a Python has fits its GDAL and is new enough it is kept, whatever its version; elsewhere the
    environment gets one of its own.
    """
    requirements, constraints = _text(REQUIREMENTS), _text(CONSTRAINTS)
    if probe.gdal_takes_numpy and _version(probe.numpy) >= _LEAST_NUMPY:
        requirements = f"{_without_numpy(requirements)}numpy=={probe.numpy}\n"
        constraints = _without_numpy(constraints)
    return requirements, constraints


def _without_numpy(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("numpy"))


def _version(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)[:2]))


def _text(name: str) -> str:
    return shipped_file(name).read_text(encoding="utf-8")
