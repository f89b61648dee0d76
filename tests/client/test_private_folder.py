from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from frors_qgis.client.interpreter import engine_environment
from frors_qgis.client.private_folder import PrivateFolder, remove_stale_folders


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def age(folder: Path) -> None:
    os.utime(folder, (time.time() - 3600, time.time() - 3600))


def folder_of_a_dead_process(temporary: Path) -> Path:
    program = (
        "import os, signal\n"
        "from frors_qgis.client.private_folder import PrivateFolder\n"
        "folder = PrivateFolder()\n"
        "print(folder.path, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = engine_environment(Path(sys.executable)) | {"TMPDIR": str(temporary)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    return Path(done.stdout.strip())


def test_only_its_user_can_enter_it_and_it_goes_with_all_that_is_in_it(temporary: Path) -> None:
    folder = PrivateFolder()
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    inner = folder.subfolder("search")
    assert folder.subfolder("search") != inner
    (inner / "thumbnail.png").write_bytes(b"x")
    folder.remove()
    folder.remove()
    assert list(temporary.iterdir()) == []


def test_the_folder_of_a_dead_qgis_is_removed(temporary: Path) -> None:
    dead = folder_of_a_dead_process(temporary)
    assert dead.is_dir()
    age(dead)
    remove_stale_folders()
    assert not dead.exists()


def test_young_and_living_and_foreign_folders_stay(temporary: Path) -> None:
    young = folder_of_a_dead_process(temporary)
    living = PrivateFolder()
    age(living.path)
    foreign = temporary / "another"
    foreign.mkdir()
    age(foreign)
    target = temporary / "target"
    target.mkdir()
    (target / "precious").write_text("x")
    link = temporary / "frors-qgis-link"
    link.symlink_to(target)
    os.utime(link, (1, 1), follow_symlinks=False)
    remove_stale_folders()
    assert young.exists()
    assert living.path.exists()
    assert foreign.exists()
    assert (target / "precious").exists()
    living.remove()
