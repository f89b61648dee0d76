"""Packages of the system, with programs that stand for apt and pkexec."""

import os
import signal
import subprocess

import pytest

from frors_qgis.installation import child, system_package
from frors_qgis.installation.failures import Failure, FailureKind, InstallationError
from frors_qgis.installation.system_package import can_be_installed, install_package, package_of

NO_VENV = Failure(FailureKind.NO_VENV, "python3.11-venv")


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Puts programs of these names first on the path; each notes how it was called, then does as told."""
    folder = tmp_path / "bin"
    folder.mkdir()
    calls = tmp_path / "calls"
    monkeypatch.setattr(system_package, "_APT", "apt-get-of-test")
    monkeypatch.setattr(system_package, "_PKEXEC", "pkexec-of-test")
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def make(name, script="exit 0"):
        path = folder / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>"{calls}"\n{script}\n')
        path.chmod(0o755)

    make.calls = lambda: calls.read_text().splitlines() if calls.exists() else []
    return make


@pytest.fixture
def root(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)


@pytest.fixture
def user(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


def test_without_apt_nothing_is_offered(programs, root):
    assert not can_be_installed(NO_VENV)
    with pytest.raises(InstallationError) as caught:
        install_package("python3-venv", print, lambda: None)
    assert caught.value.failure.kind is FailureKind.NO_VENV


def test_a_user_without_pkexec_is_offered_nothing(programs, user):
    programs("apt-get-of-test")
    assert not can_be_installed(NO_VENV)


def test_only_what_is_for_want_of_a_package_is_offered(programs, root):
    programs("apt-get-of-test")
    offered = {kind for kind in FailureKind if can_be_installed(Failure(kind))}
    assert offered == {FailureKind.NO_VENV, FailureKind.NO_PIP}


@pytest.mark.parametrize("subject", ["python3-venv; reboot", "--purge", "", "venv", "python3.11-venv\nx"])
def test_only_a_package_for_virtual_environments_is_ever_asked_for(subject):
    assert package_of(Failure(FailureKind.NO_VENV, subject)) == "python3-venv"
    assert package_of(NO_VENV) == "python3.11-venv"


def test_root_calls_apt_and_a_user_asks_for_the_administrator_s_password(programs, monkeypatch):
    programs("apt-get-of-test", "echo Setting up")
    programs("pkexec-of-test", 'exec "$@"')
    lines = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    install_package("python3-venv", lines.append, lambda: None)
    assert programs.calls() == ["apt-get-of-test install --yes --no-install-recommends python3-venv"]
    assert lines == ["Setting up"]
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    install_package("python3-venv", lines.append, lambda: None)
    assert programs.calls()[1].startswith("pkexec-of-test /")
    assert programs.calls()[2] == programs.calls()[0]


def test_lists_of_long_ago_are_fetched_anew(programs, root, tmp_path):
    fetched = tmp_path / "fetched"
    programs("apt-get-of-test", f'if [ "$1" = update ]; then touch {fetched}; else test -e {fetched}; fi')
    install_package("python3-venv", print, lambda: None)
    assert [call.split()[1] for call in programs.calls()] == ["install", "update", "install"]


def test_a_refused_password_ends_it_at_once(programs, user):
    programs("apt-get-of-test")
    programs("pkexec-of-test", "echo Not authorized; exit 127")
    with pytest.raises(InstallationError) as caught:
        install_package("python3-venv", print, lambda: None)
    assert caught.value.failure.lines == ("Not authorized",)
    assert len(programs.calls()) == 1


def test_what_belongs_to_the_administrator_is_left_alone_when_it_is_cancelled(tmp_path, monkeypatch):
    started = []
    real = subprocess.Popen

    def popen(*arguments, **options):
        started.append(real(*arguments, **options))
        return started[-1]

    def refuse(*_):
        raise PermissionError

    def cancel():
        if started:
            raise KeyboardInterrupt

    monkeypatch.setattr(child.subprocess, "Popen", popen)
    monkeypatch.setattr(child.os, "killpg", refuse)
    with pytest.raises(KeyboardInterrupt):
        child.run_child(["sleep", "30"], dict(os.environ), tmp_path, print, cancel)
    assert started[0].poll() is None
    started[0].send_signal(signal.SIGKILL)
    started[0].wait()
