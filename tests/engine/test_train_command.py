"""`train` as a stranger would use it, from class folders to a checkpoint that `evaluate` takes.

A training that is evaluated and one that is interrupted are processes of their own; the others take the tests' own,
where torch is loaded already.
"""

import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from frors_qgis.engine.__main__ import main
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_sha256
from frors_qgis.engine.encoders.registry import load_checkpoint_file
from frors_qgis.engine.learning import trainer
from frors_qgis.engine.learning.dataset import read_square
from frors_qgis.engine.learning.metrics import validation_figures
from frors_qgis.engine.learning.training_set import choose_images
from tests.engine.command_line import last_object, run, run_here
from tests.engine.door import REPOSITORY
from tests.engine.learning.class_images import write_class_images

SMALL = ["--dimension", 8, "--side", 64, "--views", 1, "--epochs", 1, "--device", "cpu"]
QUICK = ["--set", "classes_per_batch=3", "images_per_class=3", "fit=pca"]


def start(*arguments):
    command = [sys.executable, "-m", "frors_qgis.engine", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    # A job in the background of a shell ignores Ctrl-C, and so would its children.
    return subprocess.Popen(
        command, **pipes, env=environment, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sets") / "stripes"
    write_class_images(folder, count=10)
    return folder


def test_a_trained_encoder_is_evaluated_by_its_checkpoint(folder, tmp_path):
    path = tmp_path / "roofs.safetensors"
    options = ["--encoder", "softmax-triplet", "--fraction", 0.75, "--validate", 0.34, "--without", "c1"]
    licence = ["--licence", "mine, CC BY 4.0", "--note", "Stripes of three widths."]
    quick = [*QUICK, "classes_per_batch=2", "kept=0.5"]
    result = last_object(run("train", folder, *options, *SMALL, "-o", path, *licence, *quick, "--json"))
    assert result["images"] == 10
    assert result["recipe"]["classes_per_batch"] == 2
    apart = choose_images([folder], fraction=0.75, validate=0.34, without=["c1"], seed=0).validation
    embeddings = load_checkpoint_file(path, "cpu").encode_images(np.stack([read_square(i.path, 64) for i in apart]))
    assert result["validation"] == pytest.approx(
        validation_figures(embeddings, np.array([image.label for image in apart]))
    )
    assert sorted(file.name for file in tmp_path.iterdir()) == ["roofs.md", "roofs.run", "roofs.safetensors"]
    card = (tmp_path / "roofs.md").read_text()
    assert result["sha256"] in card
    assert f"| mAP | {result['validation']['mAP']:.4f} |" in card
    assert "before the weights went back towards their start" in card
    assert "- mine, CC BY 4.0\n" in card
    assert "- Stripes of three widths.\n" in card
    assert "--without c1" in card
    assert f"start from {DEFAULT_ENCODER}.safetensors (sha-256 `{encoder_sha256(DEFAULT_ENCODER)}`)" in card
    assert "- trunk learnt from: aid, ucmerced" in card
    assert "- copies of images learnt from: 0 left out of validation; 0 among the other images" in card

    evaluated = run_here("evaluate", folder, "--checkpoint", path, "--side", 64, "--device", "cpu", "--json")
    protocol = last_object(evaluated)["protocol"]
    assert (protocol["encoder"], protocol["checkpoint sha-256"]) == ("roofs", result["sha256"])


def test_evaluate_takes_the_images_that_train_left_out_with_the_same_fraction_and_seed(folder, tmp_path):
    path = tmp_path / "shared.safetensors"
    share = ["--fraction", 0.5, "--seed", 3]
    run_here("train", folder, "--encoder", "triplet", *SMALL, "--epochs", 0, *QUICK, *share, "-o", path)
    evaluate = ["evaluate", folder, "--checkpoint", path, "--side", 64, "--device", "cpu"]
    done = run_here(*evaluate, *share, "--json")
    protocol = last_object(done)["protocol"]
    assert (protocol["gallery"], protocol["queries"]) == (15, 15)
    assert protocol["parts"] == "all but the share of 0.5 of each class to learn from, seed 3"
    assert "copies of images to learn from, left out: 0" in done.stdout.splitlines()
    assert "has learnt from" not in done.stderr
    assert "The encoder shared has learnt from classes called c0, c1, c2 before" in run_here(*evaluate).stderr
    refused = run_here("evaluate", folder, "--checkpoint", path, "--fraction", 1, expect=1)
    assert "between 0 and 1" in refused.stderr


def test_a_trunk_that_has_learnt_from_the_dataset_before_is_warned_of_where_images_are_kept_apart(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "AID")
    closed_form = ["--encoder", "triplet", *SMALL, "--epochs", 0, *QUICK]
    own = ["train", folder, *closed_form, "-o", tmp_path / "own.safetensors"]
    assert "learnt from" not in run_here(*own, "--validate", 0.5).stderr
    for name, dataset, trunk, options, known in (
        ("a", tmp_path / "AID", [], ["--without", "c1"], "AID"),
        ("b", tmp_path / "AID", [], [], None),
        ("c", folder, ["--trunk", tmp_path / "own.safetensors"], ["--fraction", 0.5], "classes called c0, c1, c2"),
        ("d", folder, ["--trunk", DEFAULT_ENCODER], ["--validate", 0.5], None),
    ):
        train = ["train", dataset, *closed_form, *trunk, *options, "-o", tmp_path / f"{name}.safetensors"]
        errors = run_here(*train).stderr
        assert (f"has learnt from {known} before" in errors) == (known is not None), errors
        assert ("--trunk resnet50-imagenet" in errors) == (known is not None)
    assert "which learnt from aid, ucmerced, the classes c0, c1, c2;" in (tmp_path / "c.md").read_text()


def test_ctrl_c_keeps_the_last_epoch_and_says_how_to_go_on(folder, tmp_path):
    path = tmp_path / "long.safetensors"
    many = ["--encoder", "triplet", *SMALL, "--epochs", 500, *QUICK]
    process = start("train", folder, "-o", path, *many)
    while not (tmp_path / "long.run" / "metrics.jsonl").exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=100)
    assert process.returncode == 130
    assert "Give the same command again" in errors
    assert "Traceback" not in errors
    assert (tmp_path / "long.run" / "state.safetensors").exists()
    assert "margin was 0.2, now 0.5" in run_here("train", folder, "-o", path, *many, "margin=0.5", expect=1).stderr


def test_a_checkpoint_of_something_else_is_never_written_over(folder, tmp_path):
    path = tmp_path / "mine.safetensors"
    path.write_bytes(b"precious")
    assert "choose another name" in run_here("train", folder, "-o", path, *SMALL, expect=1).stderr
    assert path.read_bytes() == b"precious"


def test_a_checkpoint_that_took_the_place_of_a_runs_own_is_not_written_over(folder, tmp_path):
    quick = ["train", folder, "--encoder", "triplet", *SMALL, "--epochs", 0, *QUICK, "-o"]
    one, other = tmp_path / "one.safetensors", tmp_path / "other.safetensors"
    run_here(*quick, one)
    own = one.read_bytes()
    run_here(*quick, one)
    assert one.read_bytes() == own
    run_here(*quick, other)
    assert "other.run did not write it" in run_here(*quick, one, "--run", tmp_path / "other.run", expect=1).stderr
    shutil.copy(other, one)
    assert "choose another name" in run_here(*quick, one, expect=1).stderr
    assert one.read_bytes() == other.read_bytes()


def test_a_run_interrupted_before_it_began_keeps_nothing_and_says_so(folder, tmp_path, monkeypatch, capsys):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(trainer, "train", interrupt)
    assert main(["train", str(folder), "-o", str(tmp_path / "a.safetensors")]) == 130
    assert "Interrupted before anything was kept." in capsys.readouterr().err


def test_an_encoder_with_the_name_of_a_shipped_one_is_warned_of(folder, tmp_path):
    done = run_here("train", folder, *SMALL, "--epochs", 0, "-o", tmp_path / "frors.safetensors")
    assert "An encoder frors comes with FRORS" in done.stderr


def test_make_encoders_without_the_images_says_so_in_one_sentence(tmp_path):
    command = [sys.executable, REPOSITORY / "scripts" / "make_resnet50_imagenet.py", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, f"There is no folder {tmp_path / 'ucmerced'}.\n")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["-o", "a.pt"], "does not end in .safetensors"),
        (["-o", "a.safetensors", "--encoder", "vit"], "one of frors, triplet"),
        (["-o", "a.safetensors", "--set", "speed=3"], "no 'speed'"),
        (["-o", "a.safetensors", "--without", "c9"], "no class c9"),
        (["-o", "a.safetensors", "--fraction", "1.5"], "between 0 and 1"),
        (["-o", "a.safetensors", "--trunk", "missing.safetensors"], "missing.safetensors cannot be used"),
        (["-o", "a.safetensors", "--trunk", "missing"], "There is no encoder 'missing' here"),
    ],
)
def test_mistakes_are_one_sentence_and_leave_nothing_behind(folder, tmp_path, options, sentence):
    options = [str(tmp_path / text) if text.startswith("a.") else text for text in options]
    errors = run_here("train", folder, *SMALL, *options, expect=1).stderr
    assert sentence in errors
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []
