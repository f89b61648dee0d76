from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from frors_qgis.installation.environment import Environment
from frors_qgis.installation.installer import Installer, Progress
from frors_qgis.installation.plan import Build
from tests.wheels import BASE_PYTHON, write_wheels

SMALL = Build("cpu", 1, 50, "+cpu")


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    return write_wheels(tmp_path / "wheels", real=True)


@pytest.fixture
def hollow_wheels(tmp_path: Path) -> Path:
    """What is installed from them does not work."""
    return write_wheels(tmp_path / "hollow", real=False)


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
