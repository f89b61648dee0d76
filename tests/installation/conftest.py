from __future__ import annotations

import base64
import hashlib
import importlib.util
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from frors_qgis.installation.environment import Environment
from frors_qgis.installation.installer import Installer, Progress
from frors_qgis.installation.plan import Build

BASE_PYTHON = Path(sys._base_executable)
PINNED = {"torch": "2.13.0+cpu", "torchvision": "0.28.0", "faiss_cpu": "1.15.1", "safetensors": "0.8.0"}
SMALL = Build("cpu", 1, 50, "+cpu")


def write_wheel(folder: Path, name: str, version: str, files: dict[str, str]) -> Path:
    """A wheel of pure Python."""
    info = f"{name}-{version}.dist-info"
    whole = files | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        record = []
        for file, text in whole.items():
            wheel.writestr(file, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            record.append(f"{file},sha256={digest},{len(text.encode())}")
        wheel.writestr(f"{info}/RECORD", "\n".join([*record, f"{info}/RECORD,,\n"]))
    return path


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """Small wheels of what FRORS needs. That of torch leads to the real packages of whoever runs the tests."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name, version in (PINNED | {"numpy": "1.26.4"}).items():
        write_wheel(folder, name, version, {f"of_{name}.py": ""})
    torch = importlib.util.find_spec("torch")
    faiss = importlib.util.find_spec("faiss")
    places = {str(Path(found.origin).parent.parent) for found in (torch, faiss)}
    write_wheel(folder, "torch", PINNED["torch"], {"of_torch.py": "", "real.pth": "\n".join(sorted(places)) + "\n"})
    return folder


@pytest.fixture
def hollow_wheels(tmp_path: Path) -> Path:
    """The same without the real packages: what is installed from them does not work."""
    folder = tmp_path / "hollow"
    folder.mkdir()
    for name, version in (PINNED | {"numpy": "1.26.4"}).items():
        write_wheel(folder, name, version, {f"of_{name}.py": ""})
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(tmp_path / "data" / "frors" / f"python3.{sys.version_info.minor}")


@pytest.fixture(scope="session")
def empty_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment as the installer makes it: copying it takes less time than making one."""
    folder = tmp_path_factory.mktemp("made") / "environment"
    subprocess.run([BASE_PYTHON, "-m", "venv", "--system-site-packages", folder], check=True)
    (folder / "made-by-frors.txt").touch()
    return folder


@pytest.fixture
def half(environment: Environment, empty_environment: Path) -> Environment:
    """An environment that was made but got no packages."""
    environment.folder.parent.mkdir(parents=True)
    shutil.copytree(empty_environment, environment.folder, symlinks=True)
    return environment


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def progress() -> list[Progress]:
    return []


@pytest.fixture
def make_installer(environment: Environment, lines: list[str], progress: list[Progress]) -> Callable[..., Installer]:
    def make(build: Build = SMALL, check: Callable[[], None] = lambda: None, **options: object) -> Installer:
        interpreters = options.pop("interpreters", [BASE_PYTHON])
        return Installer(environment, build, interpreters, lines.append, progress.append, check, **options)

    return make
