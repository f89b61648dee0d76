"""The package: made the same way every time, refused when it breaks a rule, clean by the tools of plugins.qgis.org."""

from __future__ import annotations

import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import check_package
import package
import package_rules
import pytest

METADATA = """\
[general]
name=Town
description=Finds towns
about=Finds towns. It needs nothing else.
version=1.2.3
qgisMinimumVersion=3.40
qgisMaximumVersion=4.99
author=A. Author
email=author@example.org
homepage=https://example.org/town
tracker=https://example.org/town/issues
repository=https://example.org/town
category=Raster
icon=resources/town.svg
tags=town
experimental=True
"""
# What a small package must hold to break no rule.
FILES = dict.fromkeys(package_rules.NEEDED, "") | {"metadata.txt": METADATA, "resources/town.svg": "<svg/>"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the working tree."""
    return package.make_package(tmp_path_factory.mktemp("package") / "frors.zip")


def pack(path: Path, files: dict[str, str], folder: str = "town", mode: int = 0o100644) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(f"{folder}/{name}")
            entry.external_attr = mode << 16
            archive.writestr(entry, text)
    return path


def test_two_runs_give_the_same_bytes(made: Path, tmp_path: Path) -> None:
    assert package.make_package(tmp_path / "again.zip").read_bytes() == made.read_bytes()


def test_bytes_depend_on_names_and_contents_only(tmp_path: Path) -> None:
    packages = []
    for number, names in enumerate((["b.py", "a/c.py"], ["a/c.py", "b.py"])):
        plugin = tmp_path / str(number) / "town"
        for name in names:
            (plugin / name).parent.mkdir(parents=True, exist_ok=True)
            (plugin / name).write_text(name)
            (plugin / name).chmod(0o600 if number else 0o777)
        packages.append(tmp_path / f"{number}.zip")
        package.write_zip(plugin, packages[-1], 1_000_000_000)
    assert packages[0].read_bytes() == packages[1].read_bytes()
    with zipfile.ZipFile(packages[0]) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == ["town/a/c.py", "town/b.py"]
    assert {entry.date_time for entry in entries} == {(2001, 9, 9, 1, 46, 40)}
    assert {stat.filemode(entry.external_attr >> 16) for entry in entries} == {"-rw-r--r--"}


@pytest.mark.parametrize(
    ("told", "committed", "seconds"),
    [
        ("1700000000", "1600000000", 1700000000),
        ("", "1600000000", 1600000000),
        ("soon", "1600000000", package.FIRST_TIME),
        ("", "", package.FIRST_TIME),
        ("0", "", package.FIRST_TIME),
    ],
)
def test_times_are_those_told_else_of_the_commit_else_1980(
    monkeypatch: pytest.MonkeyPatch, told: str, committed: str, seconds: int
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", told)
    monkeypatch.setattr(package, "commit_time", lambda: committed)
    assert package.source_time() == seconds


def test_the_package_holds_the_plugin_and_nothing_else(made: Path) -> None:
    with zipfile.ZipFile(made) as archive:
        names = archive.namelist()
    assert made.stat().st_size < 25_000_000
    assert {name.split("/")[0] for name in names} == {"frors_qgis"}
    tracked = subprocess.run(
        ["git", "ls-files", "frors_qgis"], cwd=package.REPOSITORY, capture_output=True, text=True, check=False
    )
    if tracked.returncode == 0:
        assert {name for name in names if name.endswith(".py")} == set(tracked.stdout.split())
    assert "frors_qgis/LICENSE" in names
    kinds = {Path(name).suffix for name in names}
    assert kinds == {".py", ".txt", ".md", ".json", ".svg", ".qml", ".qm", ".tif", ".safetensors", ""}


def test_no_package_is_made_of_what_would_be_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(package_rules, "MOST_BYTES", 1000)
    earlier = tmp_path / "frors.zip"
    earlier.write_text("earlier")
    assert package.main([str(earlier)]) == 1
    assert "bytes; plugins.qgis.org takes 1,000 at most." in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["frors.zip"]
    assert earlier.read_text() == "earlier"


def test_a_package_without_its_encoder_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def lay_without_encoder(folder: Path) -> Path:
        plugin = lay_plugin(folder)
        (plugin / "resources" / "encoders" / "frors.safetensors").unlink()
        return plugin

    lay_plugin = package.lay_plugin
    monkeypatch.setattr(package, "lay_plugin", lay_without_encoder)
    assert package.main([str(tmp_path / "frors.zip")]) == 1
    assert "resources/encoders/frors.safetensors is missing." in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_small_package_breaks_no_rule(tmp_path: Path) -> None:
    assert package_rules.violations(pack(tmp_path / "town.zip", FILES)) == []


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("../evil.py", "", "is no path inside a folder"),
        ("C:/evil.py", "", "is no path inside a folder"),
        ("lib\\evil.py", "", "is no path inside a folder"),
        (".bandit", "", "is a hidden file"),
        (".git/config", "", "is a hidden file"),
        ("lib/fast.so", "", "is a program or compiled code"),
        ("run.SH", "", "is a program or compiled code"),
        ("__pycache__/a.txt", "", "lies in a folder __pycache__"),
        ("tests/test_a.py", "", "lies in a folder tests"),
        ("lib/metadata.txt", METADATA, "There must be one metadata.txt"),
        ("metadata.txt", METADATA.replace("[general]", "[town]"), "No section: 'general'"),
        ("metadata.txt", METADATA.replace("towns", "90% of towns"), "cannot be read"),
        ("metadata.txt", METADATA.replace("email=", "post="), "says nothing about email"),
        ("metadata.txt", METADATA.replace("tracker=https", "tracker=http"), "tracker is no https link"),
        ("metadata.txt", METADATA.replace("name=Town", "name=Town plugin"), "goes without saying"),
        ("metadata.txt", METADATA.replace("description=", "description=<b>All</b> "), "description holds HTML"),
        ("metadata.txt", METADATA.replace("Finds towns\n", "Finds\n  towns\n"), "description has more than one line"),
        ("metadata.txt", METADATA.replace("A. Author", "A./B."), "holds a slash"),
        ("metadata.txt", METADATA.replace("1.2.3", "1.2.3-beta"), "version is not made of numbers"),
        ("metadata.txt", METADATA.replace("Raster", "Satellites"), "category is none of"),
        ("metadata.txt", METADATA.replace("town.svg", "town.tif"), "the icon is none of"),
        ("metadata.txt", METADATA.replace("town.svg", "village.svg"), "icon resources/village.svg is missing"),
        ("metadata.txt", METADATA.replace("3.40", "5.0"), "qgisMinimumVersion is above"),
        ("metadata.txt", METADATA.replace("4.99", "four"), "a version of QGIS is not"),
        ("metadata.txt", METADATA.replace("True", "maybe"), "experimental is neither True nor False"),
    ],
)
def test_a_planted_violation_is_found(tmp_path: Path, name: str, text: str, complaint: str) -> None:
    found = package_rules.violations(pack(tmp_path / "town.zip", FILES | {name: text}))
    assert any(complaint in sentence for sentence in found), found
    assert len(found) <= 2, found


def test_missing_files_are_named(tmp_path: Path) -> None:
    for name in package_rules.NEEDED:
        files = {other: text for other, text in FILES.items() if other != name}
        found = package_rules.violations(pack(tmp_path / "town.zip", files))
        assert f"{name} is missing." in found


def test_odd_zips_are_refused(tmp_path: Path) -> None:
    def complaint(path: Path) -> str:
        return " ".join(package_rules.violations(path))

    assert "can be executed" in complaint(pack(tmp_path / "mode.zip", FILES, mode=0o100755))
    assert "is a symbolic link" in complaint(pack(tmp_path / "link.zip", FILES, mode=0o120644))
    assert "one folder that can be a Python package" in complaint(pack(tmp_path / "name.zip", FILES, "my-town"))
    assert "one folder" in complaint(pack(tmp_path / "empty.zip", {}))
    (tmp_path / "text.zip").write_text("no zip")
    assert "is no zip" in complaint(tmp_path / "text.zip")
    damaged = pack(tmp_path / "damaged.zip", FILES)
    damaged.write_bytes(damaged.read_bytes().replace(b"Finds towns", b"Finds twins"))
    assert "is damaged" in complaint(damaged)
    twice = pack(tmp_path / "twice.zip", FILES)
    with zipfile.ZipFile(twice, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("town/LICENSE", "")
    assert "town/LICENSE is in the package twice." in complaint(twice)


def test_the_package_is_clean_by_the_tools_of_the_plugin_site(made: Path) -> None:
    command = [sys.executable, str(package.REPOSITORY / "scripts" / "check_package.py"), str(made)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    names = ("structure and metadata", *check_package.CHECKS)
    assert done.stdout.splitlines() == [f"{name}: nothing found" for name in names]


def test_every_tool_finds_what_is_planted(tmp_path: Path) -> None:
    key = "AKIA" + "IOSFODNN7EXAMPLQ"
    source = f"import os\n\n\ndef work(text):\n    assert text\n    return eval(text), '{key}'\n"
    (tmp_path / "town.py").write_text(source)
    found = {name: " ".join(find(tmp_path)) for name, find in check_package.CHECKS.items()}
    assert "town.py:6: B307" in found["bandit"]
    assert "B101" in found["bandit"]
    assert "town.py:6: AWS Access Key" in found["detect-secrets"]
    assert "town.py:1:1: F401 'os' imported but unused" in found["flake8"]
