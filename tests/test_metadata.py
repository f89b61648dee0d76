"""metadata.txt and its fellows against what plugins.qgis.org refuses, and against each other."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
from pathlib import Path

import pytest
from package_rules import REQUIRED_KEYS

from frors_qgis.version import VERSION

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def metadata() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(REPOSITORY / "metadata.txt", encoding="utf-8")
    return parser["general"]


@pytest.fixture(scope="module")
def project() -> str:
    return (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("key", REQUIRED_KEYS)
def test_metadata_has_every_key_that_the_plugin_site_asks_for(metadata: configparser.SectionProxy, key: str) -> None:
    assert metadata[key].strip()


def test_metadata_promises_what_the_plugin_keeps(metadata: configparser.SectionProxy) -> None:
    assert metadata["qgisMinimumVersion"] == "3.40"
    assert metadata["qgisMaximumVersion"] == "4.99"
    assert metadata["hasProcessingProvider"] == "yes"
    assert metadata["experimental"] == "True"
    assert metadata["category"] == "Raster"


def test_the_name_does_not_say_plugin(metadata: configparser.SectionProxy) -> None:
    assert "plugin" not in metadata["name"].lower()


def test_the_description_is_one_line(metadata: configparser.SectionProxy) -> None:
    assert "\n" not in metadata["description"]


@pytest.mark.parametrize("word", ["torch", "torchvision", "faiss-cpu", "safetensors", "numpy", "Privacy"])
def test_about_names_the_external_dependencies_and_privacy(metadata: configparser.SectionProxy, word: str) -> None:
    assert word in metadata["about"]


def test_about_says_from_what_the_shipped_encoder_has_learnt(metadata: configparser.SectionProxy) -> None:
    assert "AID, which is for research use" in metadata["about"]


def test_one_version_is_told_everywhere(metadata: configparser.SectionProxy, project: str) -> None:
    version = metadata["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert f'\nversion = "{version}"\n' in project
    assert version == VERSION
    released = re.findall(r"^## \[(\d.*?)\]", (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert released[0] == version
    assert metadata["changelog"].startswith(version)


def test_the_links_agree_with_each_other(metadata: configparser.SectionProxy) -> None:
    assert metadata["repository"].startswith("https://")
    assert metadata["tracker"].startswith(metadata["repository"])


def test_the_licence_is_the_whole_gpl_2(project: str) -> None:
    text = (REPOSITORY / "LICENSE").read_text(encoding="utf-8")
    assert "GNU GENERAL PUBLIC LICENSE" in text
    assert "Version 2, June 1991" in text
    assert "either version 2 of the License, or" in text
    assert "GPL-2.0-or-later" in project


def test_the_plugin_is_laid_out_as_qgis_wants_it(tmp_path: Path, metadata: configparser.SectionProxy) -> None:
    command = [sys.executable, str(REPOSITORY / "scripts" / "lay_plugin.py"), str(tmp_path)]
    for _ in range(2):  # the second time replaces the first
        subprocess.run(command, check=True, capture_output=True)
    plugin = tmp_path / "frors_qgis"
    assert [path.name for path in tmp_path.iterdir()] == ["frors_qgis"]
    for name in ("__init__.py", "metadata.txt", "LICENSE", "requirements.txt", "constraints.txt", metadata["icon"]):
        assert (plugin / name).is_file(), name
    names = {path.name for path in plugin.rglob("*")}
    assert not {"__pycache__", ".git", "tests"} & names
    assert not [name for name in names if name.endswith((".pyc", ".aux.xml"))]


def test_the_promises_name_tests_that_exist() -> None:
    promised = (REPOSITORY / "docs" / "reliability.md").read_text(encoding="utf-8")
    sources = [path.read_text(encoding="utf-8") for path in (REPOSITORY / "tests").rglob("test_*.py")]
    named = re.findall(r"`(test_\w+)`", promised)
    assert len(named) > 10
    assert [name for name in named if not any(f"def {name}(" in source for source in sources)] == []


def test_every_requirement_has_its_exact_version() -> None:
    def names(file: str) -> dict[str, str]:
        lines = (REPOSITORY / file).read_text(encoding="utf-8").splitlines()
        found = (re.match(r"([A-Za-z0-9_.-]+)([=<>]=.*)", line) for line in lines)
        return {match[1].lower(): match[2] for match in found if match}

    constraints = names("constraints.txt")
    assert all(version.startswith("==") for version in constraints.values())
    for file in ("requirements.txt", "requirements-exchange.txt", "requirements-dev.txt"):
        for name, version in names(file).items():
            assert name in constraints, name
            if version.startswith("=="):
                assert constraints[name] == version, name
