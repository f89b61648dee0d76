"""The package in a fresh profile of the real QGIS, through its own plugin installer, with nothing of the repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from osgeo import gdal
from package import REPOSITORY, make_package

from frors_qgis.version import VERSION

SCRIPT = Path(__file__).with_name("install_in_qgis.py")
ACTIONS = ["Index project rasters...", "Search by box", "FRORS panel", "Copy a report of FRORS for support"]
NOTHING = {"loaded": False, "active": False, "menu": [], "icons": [], "toolbars": 0, "panels": [], "algorithms": []}


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Path:
    return make_package(tmp_path_factory.mktemp("package") / "frors.zip")


def bare_environment(home: Path) -> dict[str, str]:
    """An environment that tells QGIS and the engine nothing of this repository, with a home of its own."""
    told = {name: value for name, value in os.environ.items() if not name.startswith(("FRORS_", "PYTHON", "QGIS_"))}
    told.pop("VIRTUAL_ENV", None)
    path = [str(Path(sys.base_exec_prefix) / "bin"), *(told["PATH"].split(os.pathsep))]
    told["PATH"] = os.pathsep.join(entry for entry in path if not entry.startswith(str(REPOSITORY)))
    return told | {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "TMPDIR": str(home)}


@pytest.fixture(scope="module")
def seen(package, tmp_path_factory) -> dict:
    """What the real QGIS showed while the package was installed, unloaded and removed."""
    if shutil.which("qgis") is None:
        pytest.skip("QGIS itself is not installed, only its Python")
    home = tmp_path_factory.mktemp("home")
    home.chmod(0o700)
    shutil.copy(package, home / "frors.zip")
    script = shutil.copy(SCRIPT, home / "install.py")
    command = ["qgis", "--nologo", "--noversioncheck", "--profiles-path", str(home / "profiles"), "--code", str(script)]
    environment = bare_environment(home) | {"FRORS_INSTALL_FOLDER": str(home)}
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, timeout=240)
    assert not (home / "failure.txt").exists(), (home / "failure.txt").read_text()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return json.loads((home / "seen.json").read_text()) | {"home": str(home)}


def test_the_installer_of_qgis_loads_the_package_and_shows_it(seen):
    installed = seen["installed"]
    assert seen["version"] == VERSION
    assert installed["loaded"]
    assert installed["active"]
    assert installed["switched on"]
    assert installed["menu"] == ACTIONS
    assert installed["icons"] == [True, True, True, False]  # the report has none
    assert installed["toolbars"] == 1
    assert len(installed["panels"]) == 1
    assert {"frors:index", "frors:search", "frors:train"} <= set(installed["algorithms"])


def test_unloading_leaves_nothing_and_it_loads_again(seen):
    assert seen["unloaded"] == NOTHING | {"switched on": True}
    assert seen["loads again"]
    assert seen["loaded again"] == seen["installed"]


def test_removing_it_leaves_nothing_behind(seen):
    assert {key: value for key, value in seen["removed"].items() if key != "switched on"} == NOTHING
    assert list(Path(seen["home"]).rglob("frors_qgis")) == []


def test_no_file_of_the_repository_was_used(seen):
    home = Path(seen["home"])
    assert len(seen["modules"]) > 60
    assert all(Path(file).is_relative_to(home) for file in seen["modules"])
    assert [file for file in seen["opened"] if Path(file).is_relative_to(home)]
    assert not [file for file in seen["opened"] if Path(file).is_relative_to(REPOSITORY)]


def test_the_engine_of_the_package_indexes_with_its_own_encoder(package, tmp_path):
    with zipfile.ZipFile(package) as archive:
        archive.extractall(tmp_path / "plugins")
    sample = tmp_path / "plugins" / "frors_qgis" / "resources" / "sample" / "kitsap.tif"
    gdal.Translate(str(tmp_path / "part.tif"), str(sample), srcWin=[0, 0, 400, 400])
    files = [str(tmp_path / name) for name in ("town.gpkg", "part.tif")]
    command = [sys.executable, "-m", "frors_qgis.engine", "index", *files, "--json"]
    done = subprocess.run(
        command, cwd=tmp_path / "plugins", env=bare_environment(tmp_path), capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["chips"] > 0
