"""A part of what `make test-hard` does with GeoParquet files."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

from frors_qgis.protocol import EngineError
from tests.hard.parquet_inputs import Inputs


def test_no_parquet_file_gives_anything_but_a_sound_archive_or_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "valid").mkdir()
    inputs = Inputs(tmp_path / "valid")
    answers: Counter[str] = Counter()
    for number in range(40):
        folder = tmp_path / str(number)
        folder.mkdir()
        try:
            answers[inputs.read(random.Random(number), folder)] += 1
        except EngineError as error:
            answers[error.code.value] += 1
    assert set(answers) == {"bad_request", "own", "foreign"}
