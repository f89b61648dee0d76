"""A part of what `make test-hard` does with archives, encoder files and rasters, watched and limited as there."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.hard.hostile_inputs import read_hostile_inputs
from tests.hard.tally import Tally

INPUTS = 60


@pytest.mark.parametrize("surface", ["archive", "checkpoint", "raster"])
def test_no_file_gives_anything_but_what_is_in_it_or_a_refusal(tmp_path: Path, surface: str) -> None:
    part = Tally(tmp_path / "hard.json").part(surface)
    read_hostile_inputs(surface, 1, INPUTS, tmp_path / "files", part, time.monotonic() + 240, workers=1)
    assert part.faults == []
    assert part.counts["inputs"] == INPUTS
    assert len(part.answers) > 1  # some were read, others refused
