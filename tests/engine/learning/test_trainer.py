import functools
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from frors_qgis.engine.encoders.checkpoint import load_checkpoint
from frors_qgis.engine.encoders.description import learnt_classes, read_description
from frors_qgis.engine.encoders.registry import load_checkpoint_file
from frors_qgis.engine.learning.dataset import class_folders, read_square
from frors_qgis.engine.learning.recipe import ENCODERS, Recipe
from frors_qgis.engine.learning.run_folder import RunFolder
from frors_qgis.engine.learning.state import State
from frors_qgis.engine.learning.trainer import train
from frors_qgis.protocol import EngineError, ErrorCode
from tests.engine.door import REPOSITORY

SMALL = [
    *("dimension=8", "side=64", "views=2", "epochs=2", "classes_per_batch=3", "images_per_class=3"),
    *("local_width=8", "prototypes=2", "fit=pca"),
]


def recipe(encoder, *settings):
    return Recipe.default(encoder).with_settings([*SMALL, *settings])


def nothing(fraction, message, eta):
    pass


@pytest.fixture
def trained(class_folder, trunk, tmp_path):
    """Trains on the small dataset on the CPU; returns the run folder and the path of the checkpoint."""

    def run(recipe, folder="a.run", progress=nothing, images=None, **options):
        run = RunFolder(tmp_path / folder)
        images = class_folders(class_folder) if images is None else images
        return run, train(images, recipe, run, trunk, progress, **{"device": "cpu"} | options)

    run.folder = tmp_path
    return run


@pytest.fixture(scope="module")
def fitted(class_folder, trunk, tmp_path_factory):
    """Run folder and checkpoint of a recipe of no epochs, trained once for all tests; not to be changed."""

    @functools.cache
    def run(*settings):
        run = RunFolder(tmp_path_factory.mktemp("fitted") / "a.run")
        asked = recipe(*settings, "epochs=0")
        return run, train(class_folders(class_folder), asked, run, trunk, nothing, device="cpu")

    return run


def interrupt(fraction, message, eta):
    """Ctrl-C in the second epoch."""
    if message.startswith("Epoch 2 of 2"):
        raise KeyboardInterrupt


def weights(run, prefix):
    tensors = run.load_state().tensors
    return {name: tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def assert_alike(first, second):
    """Two runs ended with the same weights, moments and epoch, up to the order of sums."""
    first, second = first.load_state(), second.load_state()
    assert first.epoch == second.epoch
    assert first.tensors.keys() == second.tensors.keys()
    for name, tensor in first.tensors.items():
        torch.testing.assert_close(tensor, second.tensors[name], rtol=1e-3, atol=1e-6, msg=name)


def moved(before, after):
    return {name for name in before if not torch.equal(before[name], after[name])}


@pytest.mark.parametrize("encoder", ENCODERS)
def test_every_kind_of_encoder_is_trained_to_a_checkpoint_that_encodes_images(trained, class_folder, encoder):
    images = class_folders(class_folder)
    run, path = trained(recipe(encoder), validation=images)
    description = load_checkpoint(path).description
    assert (description["id"], description["dimension"]) == ("encoder", 8)
    assert description["classes"] == ["c0", "c1", "c2"]
    embeddings = load_checkpoint_file(path, "cpu").encode_images(np.stack([read_square(i.path, 64) for i in images]))
    assert embeddings.shape == (18, 8)
    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-5)

    records = run.metrics()
    assert [record["epoch"] for record in records] == [1, 2]
    assert set(records[0]) >= {"loss", "rates", "seconds", "images per second", "validation"}
    assert ("softmax" in records[0], "triplet" in records[0]) == ("softmax" in encoder, encoder != "softmax")
    assert ("active triplets" in records[0]) == (encoder != "softmax")
    assert ("image" in records[0]) == (encoder == "frors")
    names = ["checkpoints.txt", "curve.png", "encoder.safetensors", "metrics.jsonl", "recipe.json", "state.safetensors"]
    assert sorted(file.name for file in run.folder.iterdir()) == names


def test_training_lowers_the_loss_and_leaves_the_given_trunk_alone(trained, trunk):
    before = {name: tensor.clone() for name, tensor in trunk.state_dict().items()}
    run, _ = trained(recipe("softmax-triplet", "views=0", "epochs=8", "head_rate=1e-3", "proxy_rate=1e-2"))
    losses = [record["loss"] for record in run.metrics()]
    assert losses[-1] < 0.5 * losses[0]
    assert not moved(before, trunk.state_dict())
    assert trunk.layer4[0].conv1.weight.requires_grad


def test_the_checkpoint_is_as_good_as_the_last_epoch_said(trained, class_folder):
    """The views of validation are the images themselves, and 8-bit weights in the checkpoint cost little."""
    from frors_qgis.engine.learning.metrics import self_excluded_metrics

    images = class_folders(class_folder)
    run, path = trained(recipe("softmax-triplet"), validation=images)
    embeddings = load_checkpoint_file(path, "cpu").encode_images(np.stack([read_square(i.path, 64) for i in images]))
    figures = self_excluded_metrics(embeddings, np.array([image.label for image in images])).metrics
    assert figures["mAP"] == pytest.approx(run.metrics()[-1]["validation"]["mAP"], abs=0.05)


def test_of_the_frors_head_the_projections_learn_and_local_features_and_prototypes_stay(trained, fitted):
    """With AdamW and a warm-up, the first step moves every parameter that learns."""
    start, _ = fitted("frors")
    run, _ = trained(recipe("frors"))
    assert moved(weights(start, "head."), weights(run, "head.")) == {
        f"head.projections.{part}.{kind}" for part in ("image", "gram", "prototypes") for kind in ("weight", "bias")
    }
    assert "trunk.layer4.0.conv1.weight" in moved(weights(start, "trunk."), weights(run, "trunk."))


@pytest.mark.parametrize(("still", "learning"), [("trunk", "head"), ("head", "trunk")])
def test_a_rate_of_zero_leaves_a_module_as_it_was_fitted(trained, fitted, still, learning):
    start, _ = fitted("triplet")
    run, _ = trained(recipe("triplet", f"{still}_rate=0"))
    assert not moved(weights(start, f"{still}."), weights(run, f"{still}."))
    assert moved(weights(start, f"{learning}."), weights(run, f"{learning}."))


def test_rates_of_zero_train_nothing_where_there_are_no_epochs(trained):
    run, _ = trained(recipe("triplet", "epochs=0", "trunk_rate=0", "head_rate=0"))
    assert run.metrics() == []


def test_a_checkpoint_says_what_it_and_its_trunk_have_learnt(trained):
    _, path = trained(recipe("triplet", "epochs=0"), trunk_classes=("sea", "c1"))
    encoder = load_checkpoint_file(path, "cpu")
    assert (encoder.classes, encoder.learnt) == (("c0", "c1", "c2"), ("c0", "c1", "c2", "sea"))
    assert learnt_classes(read_description(path)) == encoder.learnt


def test_classes_that_a_checkpoint_cannot_hold_are_refused_before_the_run_begins(trained, class_folder):
    images = [replace(image, label=f"{image.label}\n") for image in class_folders(class_folder)]
    with pytest.raises(EngineError, match=r"cannot hold .* printable") as caught:
        trained(recipe("triplet"), images=images)
    assert caught.value.code is ErrorCode.DATASET_INVALID
    assert not (trained.folder / "a.run").exists()


def test_without_epochs_the_head_is_fitted_in_closed_form(fitted):
    run, path = fitted("triplet")
    assert run.metrics() == []
    assert load_checkpoint(path).tensors["head.projection.weight"].any()


@pytest.mark.parametrize(("reduction", "dimension"), [("pca", 8), ("none", 2048)])
def test_embeddings_may_be_reduced_after_training_or_not_at_all(trained, reduction, dimension):
    run, path = trained(recipe("triplet", f"reduction={reduction}"))
    assert load_checkpoint_file(path, "cpu").dimension == dimension
    whole = weights(run, "head.")["head.projection.weight"]
    assert torch.equal(whole, torch.eye(2048))


@pytest.mark.parametrize(
    "settings",
    [
        ["optimizer=sgd", "trunk_rate=1e-3", "loss=multi-similarity"],
        ["loss=proxy-anchor", "reduction=none"],
        ["preserve=10", "kept=0.5"],
        ["encoder=frors", "softmax=1", "auxiliary=0", "preserve=10"],
        ["encoder=frors", "parts=image,gram,prototypes", "match=true", "auxiliary=1"],
    ],
)
def test_a_run_interrupted_in_its_second_epoch_ends_as_if_it_had_not_been(trained, class_folder, settings):
    asked = recipe("softmax-triplet", *settings)
    told = []
    with pytest.raises(KeyboardInterrupt):
        trained(asked, progress=interrupt)
    run, path = trained(asked, progress=lambda fraction, message, eta: told.append(message))
    assert not any(message.startswith(("Epoch 1 ", "Computing", "Fitting")) for message in told)
    assert [record["epoch"] for record in run.metrics()] == [1, 2]
    whole, whole_path = trained(asked, "whole.run")
    assert_alike(run, whole)
    pixels = np.stack([read_square(image.path, 64) for image in class_folders(class_folder)])
    first, second = (load_checkpoint_file(each, "cpu").encode_images(pixels) for each in (path, whole_path))
    np.testing.assert_allclose(first, second, atol=0.01)


def test_weights_that_are_kept_whole_end_where_they_started_whatever_was_learnt(trained, fitted):
    _, path = fitted("frors")
    start = load_checkpoint(path).tensors
    _, path = trained(recipe("frors", "kept=1"))
    end = load_checkpoint(path).tensors
    assert start.keys() == end.keys()
    assert not moved(start, end)
    _, path = trained(recipe("frors", "kept=0.5"), "half.run")
    assert moved(start, load_checkpoint(path).tensors)


def test_a_killed_process_goes_on_to_the_weights_of_one_that_was_left_alone(class_folder, tmp_path):
    def start(name):
        options = ["--encoder", "softmax-triplet", "--device", "cpu", "--cache", tmp_path / "cache"]
        settings = ["--set", *SMALL, "epochs=3", "images_per_class=2"]
        command = ["train", class_folder, *options, "-o", tmp_path / f"{name}.safetensors", *settings]
        return subprocess.Popen(
            [sys.executable, "-m", "frors_qgis.engine", *map(str, command)],
            env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
            stdout=subprocess.DEVNULL,
        )

    assert start("whole").wait(timeout=300) == 0
    process = start("killed")
    state = tmp_path / "killed.run" / "state.safetensors"
    try:
        while RunFolder(state.parent).epochs < 1:
            assert process.poll() is None
            time.sleep(0.002)
    finally:
        process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert RunFolder(state.parent).load_state().epoch < 3
    assert not (tmp_path / "killed.safetensors").exists()
    assert start("killed").wait(timeout=300) == 0
    assert_alike(RunFolder(state.parent), RunFolder(tmp_path / "whole.run"))


def test_a_finished_run_writes_its_checkpoint_again_without_training(trained):
    asked = recipe("softmax-triplet", "epochs=1", "reduction=none")
    _, path = trained(asked)
    before = path.read_bytes()
    path.unlink()
    told = []
    trained(asked, progress=lambda fraction, message, eta: told.append(message))
    assert path.read_bytes() == before
    assert told == []


def test_runs_may_share_their_views(trained, tmp_path):
    trained(recipe("softmax-triplet", "epochs=1", "reduction=none"), cache=tmp_path / "cache")
    told = []
    trained(
        recipe("triplet", "epochs=1", "reduction=none"),
        "b.run",
        progress=lambda fraction, message, eta: told.append(message),
        cache=tmp_path / "cache",
    )
    assert not any(message.startswith("Computing") for message in told)
    assert list((tmp_path / "cache").iterdir())


def test_a_single_class_is_refused(trained, class_folder):
    images = [image for image in class_folders(class_folder) if image.label == "c0"]
    with pytest.raises(EngineError, match="single class") as caught:
        trained(recipe("triplet"), images=images)
    assert caught.value.code is ErrorCode.DATASET_INVALID


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (["fit=discriminant", "dimension=18"], "18 images are too few for 18 dimensions; 19 are the least"),
        (["fit=pca", "dimension=36"], "36 views of images are too few"),
        (["fit=pca", "views=12", "dimension=150"], "108 views of images are too few"),
        (["fit=discriminant", "reduction=pca", "dimension=40"], "36 views of images are too few"),
    ],
)
def test_too_few_images_for_the_dimensions_are_refused_before_views_are_computed(trained, settings, sentence):
    told = []
    with pytest.raises(EngineError, match=sentence) as caught:
        trained(recipe("softmax-triplet", *settings), progress=lambda *progress: told.append(progress))
    assert caught.value.code is ErrorCode.DATASET_INVALID
    assert told == []


@pytest.mark.parametrize(("encoder", "dimension"), [("triplet", 17), ("frors", 38)])
def test_the_largest_dimension_that_the_images_are_enough_for_is_named_and_taken(trained, encoder, dimension):
    settings = ["fit=discriminant", "epochs=0"]
    with pytest.raises(EngineError, match=f"or take --dimension {dimension}") as caught:
        trained(recipe(encoder, *settings, "dimension=64"))
    assert caught.value.code is ErrorCode.DATASET_INVALID
    _, checkpoint = trained(recipe(encoder, *settings, f"dimension={dimension}"))
    assert load_checkpoint_file(checkpoint, "cpu").dimension == dimension


def test_frors_learns_few_classes_with_fewer_prototypes_than_dimensions_for_them(trained):
    _, checkpoint = trained(recipe("frors", "epochs=1", "dimension=16", "prototypes=1", "side=64", "local_width=8"))
    encoder = load_checkpoint_file(checkpoint, "cpu")
    assert encoder.dimension == 16
    assert np.isfinite(encoder.encode_images(np.zeros((1, 64, 64, 3), np.uint8))).all()


def test_too_few_positions_for_the_local_features_are_refused_before_views_are_computed(trained):
    told = []
    with pytest.raises(EngineError, match="18 images of 32 px are too few for local features of 96 values") as caught:
        trained(recipe("frors", "side=32", "local_width=96"), progress=lambda *progress: told.append(progress))
    assert caught.value.code is ErrorCode.DATASET_INVALID
    assert told == []


@pytest.mark.parametrize("encoder", ["frors", "softmax-triplet"])
def test_weights_may_go_back_some_of_the_way_to_where_they_started(trained, encoder):
    def trained_weights(*settings):
        _, path = trained(recipe(encoder, "trunk_rate=0.01", "head_rate=0.01", *settings), "-".join(settings))
        tensors = load_checkpoint(path).tensors
        return tensors["trunk.layer4.0.conv1.weight"], next(t for n, t in tensors.items() if "projection" in n)

    ends = zip(trained_weights("epochs=0"), trained_weights("kept=0"), trained_weights("kept=0.75"), strict=True)
    for start, end, kept in ends:
        step = float((end - start).abs().max())
        assert step > 0.01
        torch.testing.assert_close(kept, 0.75 * start + 0.25 * end, rtol=0, atol=0.1 * step)


def test_validation_in_which_nothing_can_be_found_is_refused_at_once(trained, class_folder):
    one_of_each = class_folders(class_folder)[::6]
    with pytest.raises(EngineError, match="two validation images") as caught:
        trained(recipe("triplet"), validation=one_of_each)
    assert caught.value.code is ErrorCode.DATASET_INVALID


def test_a_loss_that_is_not_finite_ends_the_run_and_says_so(trained):
    with pytest.raises(EngineError, match="not finite in epoch") as caught:
        trained(recipe("softmax-triplet", "trunk_rate=1e30", "reduction=none", "epochs=3"))
    assert caught.value.code is ErrorCode.BAD_REQUEST


def test_a_state_of_another_training_is_refused(trained, fitted):
    shutil.copytree(fitted("triplet")[0].folder, trained.folder / "a.run")
    other, _ = fitted("triplet", "reduction=none")
    shutil.copy(other.folder / "state.safetensors", trained.folder / "a.run")
    with pytest.raises(EngineError, match="does not fit this training") as caught:
        trained(recipe("triplet", "epochs=0"))
    assert caught.value.code is ErrorCode.ENCODER_DAMAGED


def without_moments(state):
    return State(state.epoch, {name: state.tensors[name] for name in state.tensors if "exp_avg_sq" not in name})


@pytest.fixture(scope="module")
def interrupted(class_folder, trunk, tmp_path_factory):
    """A recipe and the folder of a run of it that ended in its second epoch; not to be changed."""
    asked = recipe("triplet", "reduction=none", "views=0")
    run = RunFolder(tmp_path_factory.mktemp("interrupted") / "a.run")
    with pytest.raises(KeyboardInterrupt):
        train(class_folders(class_folder), asked, run, trunk, interrupt, device="cpu")
    return asked, run.folder


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (without_moments, r"optimizer\.0\.exp_avg_sq is missing"),
        (lambda state: State(0, state.tensors), "is not part of it"),
        (lambda state: State(3, state.tensors), "after epoch 3 of 2"),
        (lambda state: State(-1, state.tensors), "after epoch -1 of 2"),
    ],
)
def test_a_state_that_is_not_whole_is_refused_and_kept(trained, interrupted, change, sentence):
    asked, folder = interrupted
    run = RunFolder(shutil.copytree(folder, trained.folder / "a.run"))
    run.save_state(change(run.load_state()))
    before = (run.folder / "state.safetensors").read_bytes()
    with pytest.raises(EngineError, match=rf"does not fit this training: .*{sentence}") as caught:
        trained(asked)
    assert caught.value.code is ErrorCode.ENCODER_DAMAGED
    assert (run.folder / "state.safetensors").read_bytes() == before


def test_a_checkpoint_that_does_not_fit_the_disk_is_written_once_there_is_room(trained, small_disk):
    asked = recipe("triplet", "epochs=0", "reduction=none")
    with pytest.raises(EngineError, match=r"big\.safetensors cannot be written .*make room") as caught:
        trained(asked, checkpoint=small_disk / "big.safetensors")
    assert caught.value.code is ErrorCode.DISK_FULL
    assert list(small_disk.iterdir()) == []
    told = []
    trained(asked, checkpoint=trained.folder / "big.safetensors", progress=lambda *progress: told.append(progress))
    assert told == []


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_an_interrupted_run_goes_on_on_cuda(trained, optimizer):
    asked = recipe("softmax-triplet", f"optimizer={optimizer}")
    with pytest.raises(KeyboardInterrupt):
        trained(asked, progress=interrupt, device="cuda")
    run, _ = trained(asked, device="cuda")
    assert [record["epoch"] for record in run.metrics()] == [1, 2]
    assert run.load_state().tensors["optimizer.0.step" if optimizer == "adamw" else "optimizer.0.momentum_buffer"].any()
