"""A part of what `make test-hard` does with project files and layers of matches."""

from __future__ import annotations

import random

from tests.hard.project_inputs import Inputs


def test_no_project_file_makes_the_plugin_fail(qgis_new_project, tmp_path, monkeypatch):
    monkeypatch.setenv("OGR_SQLITE_SYNCHRONOUS", "OFF")
    (tmp_path / "valid").mkdir()
    inputs = Inputs(tmp_path / "valid")
    for number in range(4):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert inputs.read(random.Random(number), folder) in ("read", "refused")
