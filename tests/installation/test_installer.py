"""Real virtual environments and a real pip, with small wheels from a folder."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from frors_qgis.client.interpreter import READY_MARKER
from frors_qgis.installation.environment import State
from frors_qgis.installation.failures import FailureKind, InstallationError
from frors_qgis.installation.installer import Step
from frors_qgis.installation.plan import Build
from frors_qgis.installation.proxy import Proxy
from tests.wheels import BASE_PYTHON


class CancelledError(Exception):
    pass


def failure(installer):
    with pytest.raises(InstallationError) as caught:
        installer.install()
    return caught.value.failure


def own_packages(environment):
    (folder,) = environment.folder.glob("lib/python*/site-packages")
    return folder


def fake_pip(environment, code):
    """Has the pip of a virtual environment do as it is told."""
    main = own_packages(environment) / "pip" / "__main__.py"
    main.write_text(
        f"import os, subprocess, sys, time\nif '--version' in sys.argv: sys.exit()\n{textwrap.dedent(code)}"
    )


def is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{process}/stat").read_text().split(")")[1].split()[0] == "Z"


def wait_until_gone(*processes: int) -> None:
    """Until the system, which may have much to do, has ended all that were killed."""
    deadline = time.monotonic() + 10
    while not all(map(is_gone, processes)):
        assert time.monotonic() < deadline, "they still run"
        time.sleep(0.05)


def test_an_environment_is_made_proved_and_marked_and_done_again_at_once(
    environment, make_installer, wheels, lines, progress
):
    found = make_installer(wheels=wheels).install()
    assert environment.state() is State.READY
    assert {"torch", "torchvision", "faiss", "safetensors", "numpy", "gdal", "device", "reason"} <= found.keys()
    assert environment.record()["build"] == "cpu"
    assert [step.step for step in progress if step.step is Step.CHECK]
    fractions = [step.fraction for step in progress]
    assert fractions == sorted(fractions)
    assert any("Successfully installed" in line for line in lines)
    assert not environment.cache.exists()
    assert not environment.temporary.exists()
    names = [path.name for path in own_packages(environment).iterdir()]
    assert not any(name.lower().startswith(("gdal", "osgeo")) for name in names)
    began = time.monotonic()
    make_installer(wheels=wheels).install()
    assert environment.state() is State.READY
    assert time.monotonic() - began < 60
    environment.remove()
    assert not environment.folder.parent.exists()


def test_what_does_not_work_when_it_is_imported_is_no_environment(environment, make_installer, hollow_wheels):
    found = failure(make_installer(wheels=hollow_wheels))
    assert found.kind is FailureKind.CHECK_FAILED
    assert "lacks" in found.subject
    assert "torch" in found.subject
    assert environment.state() is State.HALF
    assert not (environment.folder / READY_MARKER).exists()


def test_a_package_that_raises_on_import_is_told_by_its_last_line(half, make_installer, hollow_wheels, tmp_path):
    make = make_installer(wheels=hollow_wheels)
    failure(make)
    packages = own_packages(half)
    for name in ("torch", "torchvision", "faiss", "safetensors"):
        (packages / f"{name}.py").write_text("raise OSError('[WinError 1114] Error loading \"c10.dll\"')")
    assert failure(make_installer(wheels=hollow_wheels)).kind is FailureKind.VC_RUNTIME
    for name in ("torch", "safetensors"):
        (packages / f"{name}.py").write_text("raise ImportError('broken in a new way')")
    found = failure(make_installer(wheels=hollow_wheels))
    assert found.kind is FailureKind.CHECK_FAILED
    assert found.subject == "ImportError: broken in a new way"


def test_a_cancel_kills_the_whole_family_at_once_and_the_next_one_goes_on(
    half, make_installer, hollow_wheels, tmp_path
):
    pids = tmp_path / "pids"
    fake_pip(
        half,
        f"""
        child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])
        open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')
        print('Collecting torch', flush=True)
        time.sleep(60)
        """,
    )
    cancelled_at = []

    def check():
        if pids.exists() and len(pids.read_text().split()) == 2:
            cancelled_at.append(time.monotonic())
            raise CancelledError

    with pytest.raises(CancelledError):
        make_installer(check=check, wheels=hollow_wheels).install()
    assert time.monotonic() - cancelled_at[0] < 1.0
    wait_until_gone(*map(int, pids.read_text().split()))
    assert half.state() is State.HALF
    shutil.rmtree(own_packages(half))  # this pip is of no use: as if making the environment had been cut short
    assert failure(make_installer(wheels=hollow_wheels)).kind is FailureKind.CHECK_FAILED
    assert (own_packages(half) / "of_torch.py").exists()


def test_what_pip_was_writing_when_it_was_killed_is_written_anew_and_the_rest_is_kept(
    half, make_installer, hollow_wheels, lines
):
    failure(make_installer(wheels=hollow_wheels))
    packages = own_packages(half)
    (packages / "of_torch.py").unlink()
    (packages / "torch-2.13.0+cpu.dist-info" / "RECORD").unlink()
    (packages / "~orchvision").mkdir()
    made = (half.folder / "pyvenv.cfg").stat().st_mtime_ns
    lines.clear()
    failure(make_installer(wheels=hollow_wheels))
    assert (packages / "of_torch.py").exists()
    assert not (packages / "~orchvision").exists()
    assert (half.folder / "pyvenv.cfg").stat().st_mtime_ns == made
    assert any(line.startswith("Requirement already satisfied: torchvision") for line in lines)
    assert any("Successfully installed torch-2.13.0+cpu" in line for line in lines)


def test_anew_keeps_nothing_of_before(half, make_installer, hollow_wheels):
    failure(make_installer(wheels=hollow_wheels))
    (own_packages(half) / "left_over.py").touch()
    failure(make_installer(wheels=hollow_wheels, anew=True))
    assert not (own_packages(half) / "left_over.py").exists()


def test_a_folder_without_wheels_or_without_the_right_ones_is_told(half, make_installer, tmp_path, wheels):
    found = failure(make_installer(wheels=tmp_path / "nowhere"))
    assert (found.kind, found.subject) == (FailureKind.NO_WHEELS, str(tmp_path / "nowhere"))
    next(wheels.glob("faiss*")).unlink()
    found = failure(make_installer(wheels=wheels))
    assert (found.kind, found.subject) == (FailureKind.NO_WHEEL, "faiss-cpu==1.15.1")


def test_only_the_folder_is_asked_whatever_pip_s_own_settings_say(half, make_installer, wheels, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "elsewhere"))
    empty = tmp_path / "empty"
    empty.mkdir()
    next(wheels.glob("safetensors*")).rename(empty / "safetensors-0.8.0-py3-none-any.whl")
    assert failure(make_installer(wheels=empty)).subject.startswith("torch==")
    assert not (tmp_path / "elsewhere").exists()


def test_a_disk_that_is_too_small_is_told_before_anything_is_fetched(environment, make_installer, wheels, lines):
    huge = Build("cuda", 1, 10**9)
    found = failure(make_installer(huge, wheels=wheels))
    assert found.kind is FailureKind.DISK_SMALL
    needed, free = map(int, found.subject.split())
    assert needed == 10**9 + 2 > free
    assert lines == []


def test_a_python_that_is_not_qgis_s_is_not_taken(environment, make_installer, wheels, tmp_path):
    other = tmp_path / "python3"
    other.write_text("#!/bin/sh\necho this is QGIS; exit 0\n")
    other.chmod(0o755)
    found = failure(make_installer(interpreters=[tmp_path / "absent", other], wheels=wheels))
    assert found.kind is FailureKind.NO_PYTHON
    assert str(other) in found.subject


def test_a_debian_without_venv_names_the_package(environment, make_installer, wheels, tmp_path):
    output = Path(__file__).with_name("outputs") / "no_ensurepip.txt"
    python = tmp_path / "python3"
    python.write_text(f'#!/bin/sh\nif [ "$2" = venv ]; then cat {output}; exit 1; fi\nexec {BASE_PYTHON} "$@"\n')
    python.chmod(0o755)
    found = failure(make_installer(interpreters=[python], wheels=wheels))
    assert (found.kind, found.subject) == (FailureKind.NO_VENV, "python3.11-venv")


def test_a_killed_pip_is_told_from_one_that_fails(half, make_installer, wheels):
    fake_pip(half, f"os.kill(os.getpid(), {signal.SIGKILL})")
    assert failure(make_installer(wheels=wheels)).kind is FailureKind.KILLED


def test_the_proxy_s_password_is_only_in_the_environment_and_never_in_what_is_shown(half, make_installer, lines):
    fake_pip(
        half,
        """
        print('arguments', sys.argv, flush=True)
        print('proxy', os.environ['PIP_PROXY'], flush=True)
        sys.exit(3)
        """,
    )
    proxy = Proxy("http://ann:s%40cret@proxy.example:8080", ("s%40cret", "s@cret"))
    found = failure(make_installer(proxy=proxy))
    assert "proxy http://ann:***@proxy.example:8080" in lines
    assert not any("cret" in line for line in (*lines, *found.lines, repr(proxy)))
    assert any("--extra-index-url', 'https://download.pytorch.org/whl/cpu'" in line for line in lines)


def test_two_processes_never_install_at_once(environment, make_installer, wheels, tmp_path):
    code = f"""
    import sys, time
    from pathlib import Path
    from frors_qgis.installation.environment import Environment
    with Environment(Path({str(environment.folder)!r})).lock():
        print("locked", flush=True)
        time.sleep(60)
    """
    repository = Path(__file__).resolve().parents[2]
    holder = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True, cwd=repository
    )
    try:
        assert holder.stdout.readline() == "locked\n"
        found = failure(make_installer(wheels=wheels))
        assert (found.kind, found.subject) == (FailureKind.BUSY, str(holder.pid))
        assert environment.state() is State.MISSING
    finally:
        holder.kill()
        holder.wait()
    with environment.lock():
        assert True


def test_a_pip_that_outlives_its_qgis_still_holds_the_lock(half, make_installer, wheels, tmp_path):
    fake_pip(half, "time.sleep(60)")
    code = f"""
    from pathlib import Path
    from frors_qgis.installation.environment import Environment
    from frors_qgis.installation.installer import Installer
    from frors_qgis.installation.plan import Build
    environment = Environment(Path({str(half.folder)!r}))
    tell = lambda what: print(what, flush=True)
    installer = Installer(environment, Build("cpu", 1, 50), [Path({str(BASE_PYTHON)!r})], tell, tell, lambda: None)
    installer.install()
    """
    repository = Path(__file__).resolve().parents[2]
    qgis = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True, cwd=repository
    )
    while "TORCH" not in (line := qgis.stdout.readline()):
        assert line
    time.sleep(0.5)
    qgis.kill()
    qgis.wait()
    assert failure(make_installer(wheels=wheels)).kind is FailureKind.BUSY
    ours = str(half.python).encode()
    (pip,) = [
        int(path.name)
        for path in Path("/proc").iterdir()
        if path.name.isdigit() and (path / "cmdline").read_bytes().startswith(ours)
    ]
    os.kill(pip, signal.SIGKILL)
    wait_until_gone(pip)
    with half.lock():
        assert True


def test_the_requirements_of_an_environment_are_those_that_are_shipped(half, make_installer, hollow_wheels):
    failure(make_installer(wheels=hollow_wheels))
    shipped = (Path(__file__).resolve().parents[2] / "requirements.txt").read_text()
    pinned = (half.folder / "requirements.txt").read_text()
    assert [line for line in shipped.splitlines() if "numpy" not in line.split("#")[0]] == [
        line for line in pinned.splitlines() if "numpy" not in line.split("#")[0]
    ]


def test_an_environment_of_another_python_is_made_anew(half, make_installer, hollow_wheels):
    half.temporary.mkdir()
    half.finish({})
    assert half.state() is State.READY
    settings = half.folder / "pyvenv.cfg"
    settings.write_text(settings.read_text().replace(f"home = {BASE_PYTHON.parent}", "home = /opt/QGIS 3.38/bin"))
    assert half.state() is State.OTHER_PYTHON
    assert failure(make_installer(wheels=hollow_wheels)).kind is FailureKind.CHECK_FAILED
    assert f"home = {BASE_PYTHON.parent}" in settings.read_text()


def test_other_versions_than_these_are_outdated(half):
    half.finish({})
    record = half.folder / READY_MARKER
    record.write_text(json.dumps(half.record() | {"fingerprint": "older"}))
    assert half.state() is State.OUTDATED
