from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def run(*arguments: str, packages: Path | None = None) -> subprocess.CompletedProcess[str]:
    first = [str(packages)] if packages else []
    code = "import runpy, sys; sys.path[:0] = %r; runpy.run_module('frors_qgis.engine.self_check', run_name='__main__')"
    command = [sys.executable, "-c", code % first, *arguments]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("role", "found"),
    [("encode", {"torch", "torchvision", "safetensors", "device", "reason"}), ("search", {"faiss"})],
)
def test_what_works_is_told_in_one_line(role: str, found: set[str]) -> None:
    outcome = run(role)
    assert outcome.returncode == 0, outcome.stderr
    assert json.loads(outcome.stdout.splitlines()[-1]).keys() == found | {"numpy", "gdal"}


def test_a_faiss_that_finds_the_wrong_vector_does_not_pass(tmp_path: Path) -> None:
    (tmp_path / "faiss.py").write_text(
        "import numpy\n"
        "class IndexFlatIP:\n"
        "    def __init__(self, size): pass\n"
        "    def add(self, vectors): pass\n"
        "    def search(self, queries, k): return None, numpy.array([[0]])\n"
    )
    outcome = run("search", packages=tmp_path)
    assert outcome.returncode == 1
    assert outcome.stderr.splitlines()[-1] == "ImportError: faiss finds the wrong vector."


def test_a_package_that_is_broken_ends_it_with_python_s_own_words(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise OSError('[WinError 126] c10.dll')")
    outcome = run("encode", packages=tmp_path)
    assert outcome.returncode == 1
    assert outcome.stderr.splitlines()[-1] == "OSError: [WinError 126] c10.dll"


def test_a_torchvision_whose_operators_do_not_fit_torch_serves_all_the_same(tmp_path: Path) -> None:
    """As one of CUDA beside a torch of the CPU: it describes operators that it could not load."""
    models = tmp_path / "torchvision" / "models"
    models.mkdir(parents=True)
    (models.parent / "__init__.py").write_text(
        "import torch\n"
        "@torch.library.register_fake('torchvision::nms')\n"
        "def meta_nms(boxes, scores, threshold):\n"
        "    return boxes\n"
        "from torchvision import models\n"
    )
    (models / "__init__.py").write_text("from torchvision.models import resnet\n")
    (models / "resnet.py").write_text("print('Imported.')\n")
    plain = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import torchvision"
    refused = subprocess.run([sys.executable, "-c", plain], capture_output=True, text=True, check=False)
    assert "operator torchvision::nms does not exist" in refused.stderr
    outcome = run("encode", packages=tmp_path)
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.splitlines()[0] == "Imported."
    assert "torch" in json.loads(outcome.stdout.splitlines()[-1])
