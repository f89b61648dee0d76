"""A part of what `make test-hard` does with the files beside an archive."""

from __future__ import annotations

import random
from pathlib import Path

import faiss
import pytest

from frors_qgis.engine.archive import segment_folder
from frors_qgis.engine.archive.codes import archive_tree, code_chip_index
from tests.hard.index_inputs import Inputs


def test_no_file_beside_an_archive_gives_a_wrong_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in (
        (segment_folder, "SEGMENT_CHIPS"),
        (archive_tree, "LEAST_CHIPS"),
        (code_chip_index, "MOST_NARROW"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name))  # given back afterwards
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    (tmp_path / "valid").mkdir()
    inputs = Inputs(tmp_path / "valid")
    answers = []
    for number in range(30):
        folder = tmp_path / str(number)
        folder.mkdir()
        answers.append(inputs.read(random.Random(number), folder))
    faiss.omp_set_num_threads(threads)
    assert set(answers) == {"read", "left aside"}
