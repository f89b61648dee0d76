from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from qgis.core import QgsSettings

from frors_qgis.client import interpreter
from frors_qgis.client.interpreter import (
    READY_MARKER,
    engine_environment,
    find_interpreter,
    managed_environment,
    qgis_interpreters,
)
from frors_qgis.protocol import EngineError, ErrorCode


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No Python is chosen, none stands beside the package, none is managed."""
    monkeypatch.delenv("FRORS_PYTHON", raising=False)
    monkeypatch.setattr(interpreter, "_PACKAGE_PARENT", tmp_path)
    monkeypatch.setattr(interpreter, "managed_environment", lambda: tmp_path / "managed")
    QgsSettings().remove("plugins/frors/python")
    yield tmp_path
    QgsSettings().remove("plugins/frors/python")


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    path.chmod(0o755)
    return path


def test_each_place_is_asked_in_its_order(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = program(bare / "own" / "python3")
    monkeypatch.setattr(interpreter, "qgis_interpreters", lambda: [bare / "absent", own])
    assert find_interpreter() == own
    managed = program(bare / "managed" / "bin" / "python")
    assert find_interpreter() == own  # an installation that has not ended
    (bare / "managed" / READY_MARKER).touch()
    assert find_interpreter() == managed
    checkout = program(bare / ".venv" / "bin" / "python")
    assert find_interpreter() == checkout
    chosen = program(bare / "chosen")
    QgsSettings().setValue("plugins/frors/python", str(chosen))
    assert find_interpreter() == chosen
    named = program(bare / "named")
    monkeypatch.setenv("FRORS_PYTHON", str(named))
    assert find_interpreter() == named


def test_a_virtual_environments_link_is_not_followed(bare: Path) -> None:
    link = bare / ".venv" / "bin" / "python"
    link.parent.mkdir(parents=True)
    link.symlink_to(sys.executable)
    assert find_interpreter() == link


@pytest.mark.parametrize("text", ["missing", "folder", "plain"])
def test_a_chosen_python_that_cannot_run_is_refused_by_name(
    bare: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (bare / "folder").mkdir()
    (bare / "plain").write_text("")
    monkeypatch.setenv("FRORS_PYTHON", str(bare / text))
    with pytest.raises(EngineError, match=text) as caught:
        find_interpreter()
    assert caught.value.code is ErrorCode.ENGINE_MISSING


def test_a_relative_path_that_leads_nowhere_is_refused_by_the_place_it_leads_to(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bare)
    monkeypatch.setenv("FRORS_PYTHON", "there/bin/python")
    with pytest.raises(EngineError, match=f"{bare}/there/bin/python, is not a program.* full path"):
        find_interpreter()


def test_no_python_at_all_is_an_engine_missing_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter, "qgis_interpreters", list)
    with pytest.raises(EngineError, match="FRORS_PYTHON") as caught:
        find_interpreter()
    assert caught.value.code is ErrorCode.ENGINE_MISSING


@pytest.mark.parametrize(
    ("platform", "executable", "prefix", "first"),
    [
        ("linux", "/usr/bin/python3", "/usr", "/usr/bin/python3"),
        ("linux", "/usr/bin/qgis", "/usr", f"/usr/bin/python3.{sys.version_info.minor}"),
        ("linux", "", "/usr", f"/usr/bin/python3.{sys.version_info.minor}"),
        ("win32", "/QGIS/bin/qgis-bin.exe", "/QGIS/apps/Python312", "/QGIS/apps/Python312/python.exe"),
    ],
)
def test_the_python_of_qgis_is_never_qgis_itself(platform: str, executable: str, prefix: str, first: str) -> None:
    candidates = qgis_interpreters(platform, executable, prefix)
    assert candidates[0] == Path(first)
    assert all(path.name.startswith("python") for path in candidates)


@pytest.mark.parametrize("place", ["bin/python3", "python3", "python"])
def test_the_python_in_a_macos_bundle_is_found(tmp_path: Path, place: str) -> None:
    bundle = tmp_path / "QGIS.app" / "Contents" / "MacOS"
    program(bundle / "QGIS")
    inside = program(bundle / place)
    found = [path for path in qgis_interpreters("darwin", str(bundle / "QGIS"), "/nowhere") if path.is_file()]
    assert found == [inside]


def test_the_managed_environment_is_keyed_by_the_python_version() -> None:
    folder = managed_environment()
    assert folder.is_absolute()
    assert folder.name == f"python3.{sys.version_info.minor}"


def test_environments_go_where_the_user_has_named_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FRORS_ENVIRONMENTS", str(tmp_path / "short"))
    assert managed_environment() == tmp_path / "short" / f"python3.{sys.version_info.minor}"


def test_what_misleads_another_python_is_taken_out_and_what_gdal_needs_stays(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unwanted = ["PYTHONHOME", "PYTHONSTARTUP", "PYTHONEXECUTABLE", "LD_PRELOAD", "DYLD_INSERT_LIBRARIES"]
    wanted = ["GDAL_DATA", "PROJ_LIB", "GDAL_DRIVER_PATH", "LD_LIBRARY_PATH"]
    for name in (*unwanted, *wanted):
        monkeypatch.setenv(name, "/x")
    monkeypatch.setenv("PYTHONPATH", "/qgis/python/plugins")
    environment = engine_environment(bare / "bin" / "python")
    assert not set(unwanted) & environment.keys()
    assert all(environment[name] == "/x" for name in wanted)
    assert environment["PYTHONPATH"] == str(bare)
    assert environment["OMP_WAIT_POLICY"] == "PASSIVE"
    assert "PATH" in environment


def test_only_qgis_own_python_keeps_its_home(monkeypatch: pytest.MonkeyPatch, bare: Path) -> None:
    monkeypatch.setenv("PYTHONHOME", "/QGIS")
    monkeypatch.setattr(interpreter, "qgis_interpreters", lambda: [Path("/QGIS/python")])
    assert engine_environment(Path("/QGIS/python"))["PYTHONHOME"] == "/QGIS"
    assert "PYTHONHOME" not in engine_environment(bare / "python")


def test_a_virtual_environment_does_not_see_the_users_packages(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONNOUSERSITE", raising=False)
    python = program(bare / "env" / "bin" / "python")
    assert "PYTHONNOUSERSITE" not in engine_environment(python)
    (bare / "env" / "pyvenv.cfg").write_text("")
    assert engine_environment(python)["PYTHONNOUSERSITE"] == "1"


def test_the_engine_can_be_imported_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.undo()
    environment = engine_environment(Path(sys.executable))
    command = [sys.executable, "-c", "import frors_qgis.engine"]
    assert subprocess.run(command, env=environment, cwd=tmp_path, check=False).returncode == 0
