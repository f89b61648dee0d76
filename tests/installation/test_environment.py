from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from frors_qgis.client.interpreter import READY_MARKER
from frors_qgis.installation.environment import Environment, State
from frors_qgis.installation.failures import FailureKind, InstallationError
from frors_qgis.installation.plan import build_named, builds, pinned_texts
from frors_qgis.installation.probe import Probe


def make(folder: Path) -> Environment:
    """An environment as an installation leaves it, without its packages."""
    environment = Environment(folder)
    environment.claim()
    environment.python.parent.mkdir()
    environment.python.symlink_to(sys.executable)
    version = ".".join(map(str, sys.version_info[:3]))
    (folder / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n")
    environment.finish({"torch": "2.13.0"})
    return environment


def kind(action):
    with pytest.raises(InstallationError) as caught:
        action()
    return caught.value.failure.kind


def test_the_states_in_their_order(environment: Environment) -> None:
    assert environment.state() is State.MISSING
    environment.folder.mkdir(parents=True)
    assert environment.state() is State.MISSING
    environment.claim()
    assert environment.state() is State.HALF
    make(environment.folder)
    assert environment.state() is State.READY
    environment.claim()
    assert environment.state() is State.HALF


@pytest.mark.parametrize("junk", ["", "not JSON", "[1]", "{}"])
def test_a_marker_that_cannot_be_read_means_half(environment: Environment, junk: str) -> None:
    make(environment.folder)
    (environment.folder / READY_MARKER).write_text(junk)
    assert environment.state() is State.HALF


def test_a_python_that_has_gone_is_another_python(environment: Environment) -> None:
    make(environment.folder)
    environment.python.unlink()
    environment.python.symlink_to("/opt/gone/python3")
    assert environment.state() is State.OTHER_PYTHON


def test_a_file_a_link_or_a_folder_of_others_is_left_alone(environment: Environment, tmp_path: Path) -> None:
    environment.folder.parent.mkdir(parents=True)
    environment.folder.write_text("mine")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "photo.jpg").touch()
    linked = Environment(environment.folder.with_name("linked"))
    linked.folder.symlink_to(elsewhere)
    others = Environment(elsewhere)
    for foreign in (environment, linked, others):
        assert foreign.state() is State.NOT_OURS
        assert kind(foreign.claim) is FailureKind.NOT_OURS
        assert kind(foreign.remove) is FailureKind.NOT_OURS
    assert environment.folder.read_text() == "mine"
    assert os.listdir(elsewhere) == ["photo.jpg"]


def test_removal_removes_everything_and_nothing_else(environment: Environment, tmp_path: Path) -> None:
    neighbour = environment.folder.parent / "encoders" / "mine.safetensors"
    neighbour.parent.mkdir(parents=True)
    neighbour.touch()
    outside = tmp_path / "photos"
    outside.mkdir()
    (outside / "photo.jpg").touch()
    make(environment.folder)
    (environment.folder / "photos").symlink_to(outside)
    (environment.folder / "lib").mkdir()
    (environment.folder / "lib" / "photos").symlink_to(outside)
    with environment.lock():
        assert kind(environment.remove) is FailureKind.BUSY
    environment.remove()
    assert os.listdir(environment.folder.parent) == ["encoders"]
    assert neighbour.exists()
    assert os.listdir(outside) == ["photo.jpg"]
    environment.remove()  # nothing is there: nothing happens
    neighbour.unlink()
    neighbour.parent.rmdir()
    make(environment.folder).remove()
    assert not environment.folder.parent.exists()


def test_a_removal_that_fails_leaves_what_can_be_removed_later(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(environment.folder)
    (environment.folder / "lib").mkdir()

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", refuse)
        assert kind(environment.remove) is FailureKind.PERMISSION
    assert environment.state() is State.HALF
    environment.remove()
    assert environment.state() is State.MISSING


def test_a_folder_that_must_not_be_written_is_told() -> None:
    environment = Environment(Path("/sys/frors/python3"))  # even root must not
    assert kind(environment.claim) is FailureKind.PERMISSION
    assert kind(environment.lock().__enter__) is FailureKind.PERMISSION


def test_a_place_under_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    environment = Environment(tmp_path / "file" / "frors" / "python3")
    assert environment.state() is State.MISSING
    for action in (environment.claim, environment.lock().__enter__):
        with pytest.raises(InstallationError, match=f"{tmp_path}/file"):
            action()


def test_builds_of_the_platforms() -> None:
    assert [(build.name, build.torch(), build.index) for build in builds("linux")] == [
        ("cpu", "torch==2.13.0+cpu", "https://download.pytorch.org/whl/cpu"),
        ("cuda", "torch===2.13.0", ""),
    ]
    assert [(build.name, build.torch(), build.index) for build in builds("win32")] == [
        ("cpu", "torch===2.13.0", ""),
        ("cuda", "torch==2.13.0+cu130", "https://download.pytorch.org/whl/cu130"),
    ]
    assert [build.name for build in builds("darwin", "arm64")] == ["cpu"]
    assert builds("darwin", "x86_64") == ()
    assert build_named("cuda") == builds()[1]
    assert build_named("of long ago") == builds()[0]


def test_the_page_on_installing_tells_the_sizes_of_the_builds() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "installation.md").read_text()
    told = {}
    for line in page.splitlines():
        name, *sizes = (cell.strip() for cell in line.strip("|").split("|"))
        if sizes and all(" MiB" in size or " GiB" in size for size in sizes):
            numbers = [size.replace(",", "").split()[:2] for size in sizes]
            told[name] = [float(number) * (1024 if unit == "GiB" else 1) for number, unit in numbers]
    for name, system, number in (
        ("CPU, Linux", "linux", 0),
        ("CUDA, Linux", "linux", 1),
        ("CPU, Windows", "win32", 0),
        ("CUDA, Windows", "win32", 1),
        ("macOS", "darwin", 0),
    ):
        build = builds(system, "arm64")[number]
        assert told.pop(name) == pytest.approx([build.download_mb, build.disk_mb, build.peak_mb], rel=0.08), name
    assert told == {}


@pytest.mark.parametrize(
    ("numpy", "works", "kept"),
    [
        ("1.26.4", True, True),
        ("2.1.3", True, True),
        ("1.24.2", True, False),
        ("2.1.3", False, False),
        ("", False, False),
    ],
)
def test_a_numpy_that_fits_gdal_is_kept(numpy: str, works: bool, kept: bool) -> None:
    requirements, constraints = pinned_texts(Probe((3, 11), numpy, True, works))
    assert (f"\nnumpy=={numpy}\n" in requirements) is kept
    assert ("\nnumpy" in constraints) is not kept
    assert "torch==2.13.0" in requirements
    assert "torch==2.13.0" in constraints
