import hashlib
import json
import shutil

import pytest
import torch
from osgeo import gdal

from frors_qgis.engine.learning import run_folder
from frors_qgis.engine.learning.dataset import class_folders
from frors_qgis.engine.learning.recipe import Recipe
from frors_qgis.engine.learning.run_folder import RunFolder, describe_images, nothing_taught
from frors_qgis.engine.learning.state import State
from frors_qgis.protocol import EngineError, ErrorCode

RECIPE = Recipe.default("triplet")


@pytest.fixture
def run(tmp_path):
    return RunFolder(tmp_path / "a.run")


@pytest.fixture
def origin(class_folder):
    machine = {"device": "cpu", "precision": "bfloat16"}
    return {"images": describe_images(class_folders(class_folder)), "trunk": "ab", "machine": machine}


def test_a_run_goes_on_with_what_it_was_begun_with(run, origin):
    assert not run.begun
    assert run.begin(RECIPE, origin) == origin
    assert run.begun
    other_machine = {"device": "cuda", "precision": "float32"}
    assert RunFolder(run.folder).begin(RECIPE, origin | {"machine": other_machine}) == origin


@pytest.mark.parametrize(
    ("settings", "change", "named"),
    [
        (["epochs=3"], {}, "epochs was 16, now 3"),
        (["epochs=3", "margin=1"], {}, "margin was 0.2, now 1"),
        ([], {"trunk": "cd"}, "other trunk"),
        ([], {"validation images": {}}, "other validation images"),
    ],
)
def test_another_recipe_or_trunk_is_refused_by_name(run, origin, settings, change, named):
    run.begin(RECIPE, origin)
    with pytest.raises(EngineError, match=named) as caught:
        run.begin(RECIPE.with_settings(settings), origin | change)
    assert caught.value.code is ErrorCode.BAD_REQUEST
    assert "delete that folder, or take another one with --run" in caught.value.message
    assert run.begin(RECIPE, origin) == origin


def test_other_images_are_refused_by_the_names_of_their_classes(run, origin, class_folder, tmp_path):
    run.begin(RECIPE, origin)
    moved = tmp_path / "moved"
    shutil.copytree(class_folder, moved)
    run.begin(RECIPE, origin | {"images": describe_images(class_folders(moved))})
    (moved / "c1" / "2.png").unlink()
    with pytest.raises(EngineError, match=r"other images \(c1\)"):
        run.begin(RECIPE, origin | {"images": describe_images(class_folders(moved))})


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"recipe": 3, "origin": {}}',
        '{"recipe": {"steps": 1}}',
        '{"recipe": {}, "origin": {}}',
        '{"recipe": {}, "origin": {"machine": "cpu"}}',
        '{"recipe": {}, "origin": {"machine": {}}}',
        '{"recipe": {}, "origin": {"machine": {"precision": null}}}',
        '{"recipe": {}, "origin": {"machine": {"precision": ["float32"]}}}',
        '{"recipe": {}, "origin": {"machine": {"precision": "load"}}}',
        '{"recipe": {}, "origin": {"machine": {"precision": "float16"}}}',
    ],
)
def test_a_folder_that_no_training_wrote_is_refused(run, origin, content):
    run.folder.mkdir()
    (run.folder / "recipe.json").write_text(content)
    with pytest.raises(EngineError, match="another folder") as caught:
        run.begin(RECIPE, origin)
    assert caught.value.code is ErrorCode.BAD_REQUEST


def test_the_state_comes_back_as_it_was(run, origin):
    run.begin(RECIPE, origin)
    assert run.load_state() is None
    weights = torch.randn(4, 3, 2, 2).to(memory_format=torch.channels_last)
    for epoch in (1, 2):
        run.save_state(State(epoch, {"weights": weights + epoch, "step": torch.tensor(7.0)}))
    state = run.load_state()
    assert state.epoch == run.epochs == 2
    assert torch.equal(state.tensors["weights"], weights + 2)
    assert state.tensors["step"] == 7
    assert sorted(path.name for path in run.folder.iterdir()) == ["recipe.json", "state.safetensors"]


def test_a_state_that_does_not_fit_the_disk_leaves_the_earlier_one(small_disk, origin):
    run = RunFolder(small_disk / "a.run")
    run.begin(RECIPE, origin)
    run.save_state(State(1, {"weights": torch.ones(100)}))
    with pytest.raises(EngineError, match="make room") as caught:
        run.save_state(State(2, {"weights": torch.ones(1_000_000)}))
    assert caught.value.code is ErrorCode.DISK_FULL
    assert run.epochs == 1
    assert not (run.folder / "state.part").exists()


def test_a_process_killed_while_it_writes_a_state_leaves_the_earlier_one(run, origin, monkeypatch):
    run.begin(RECIPE, origin)
    run.save_state(State(1, {"weights": torch.ones(100)}))

    def die(tensors, path, metadata):
        path.write_bytes(b"half")
        raise SystemExit  # nothing that save_state could clean up after

    with monkeypatch.context() as changed:
        changed.setattr(run_folder, "save_file", die)
        with pytest.raises(SystemExit):
            run.save_state(State(2, {"weights": torch.ones(100)}))
    assert (run.folder / "state.part").read_bytes() == b"half"
    again = RunFolder(run.folder)
    assert again.begin(RECIPE, origin) == origin
    assert again.load_state().epoch == again.epochs == 1
    again.save_state(State(2, {"weights": torch.zeros(100)}))
    assert again.load_state().epoch == 2
    assert not (run.folder / "state.part").exists()


def test_what_was_half_written_when_a_run_was_killed_is_written_anew(run, origin):
    run.begin(RECIPE, origin)
    for name in ("state", "metrics", "curve"):
        (run.folder / f"{name}.part").write_bytes(b"half" * 10_000)
    run.record({"epoch": 1, "loss": 2.0}, "a title")
    run.save_state(State(1, {"weights": torch.ones(3)}))
    assert run.metrics() == [{"epoch": 1, "loss": 2.0}]
    names = ["curve.png", "metrics.jsonl", "recipe.json", "state.safetensors"]
    assert sorted(path.name for path in run.folder.iterdir()) == names


def test_a_run_that_does_not_fit_the_disk_is_not_begun(small_disk):
    run = RunFolder(small_disk / "a.run")
    with pytest.raises(EngineError, match=r"recipe\.json cannot be written .*make room") as caught:
        run.begin(RECIPE, {"images": "x" * 100_000})
    assert caught.value.code is ErrorCode.DISK_FULL
    assert not run.begun


@pytest.mark.parametrize(("name", "note", "kept"), [("metrics.jsonl", "x" * 100_000, 1), ("curve.png", "", 2)])
def test_a_record_or_a_curve_that_does_not_fit_the_disk_leaves_the_earlier_one(small_disk, origin, name, note, kept):
    run = RunFolder(small_disk / "a.run")
    run.begin(RECIPE, origin)
    run.record({"epoch": 1, "loss": 2.0}, "a title")
    curve = (run.folder / "curve.png").read_bytes()
    (small_disk / "ballast").write_bytes(b"x" * (64 * 1024 - 4 * 4096 - len(curve)))  # a page or two are left
    with pytest.raises(EngineError, match=rf"{name} cannot be written .*make room") as caught:
        run.record({"epoch": 2, "loss": 1.0, "note": note}, "a title")
    assert caught.value.code is ErrorCode.DISK_FULL
    assert len(run.metrics()) == kept
    assert (run.folder / "curve.png").read_bytes() == curve
    assert not list(run.folder.glob("*.part"))


@pytest.mark.parametrize(
    "damage",
    [
        b'{"epoch": 2, "los',
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"loss": 1.0}',
        b'{"epoch": 2}',
        b'{"epoch": "2", "loss": 1.0}',
        b'{"epoch": 2, "loss": NaN}',
        b'{"epoch": 2, "loss": "low"}',
        b'{"epoch": 2, "loss": 1.0, "validation": 3}',
    ],
)
def test_a_damaged_record_is_named_by_file_and_line_before_anything_is_trained(run, origin, damage):
    run.begin(RECIPE, origin)
    run.record({"epoch": 1, "loss": 2.0}, "a title")
    path = run.folder / "metrics.jsonl"
    path.write_bytes(path.read_bytes() + damage + b"\n")
    for use in (lambda: run.begin(RECIPE, origin), run.metrics, lambda: run.record({"epoch": 2, "loss": 1.0}, "a")):
        with pytest.raises(EngineError, match=r"metrics\.jsonl, line 2, is damaged .*delete that line") as caught:
            use()
        assert caught.value.code is ErrorCode.BAD_REQUEST
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    assert run.begin(RECIPE, origin) == origin


@pytest.mark.parametrize("damage", [b"", b"no state", b"\xff" * 100])
def test_a_damaged_state_is_refused_by_name(run, origin, damage):
    run.begin(RECIPE, origin)
    (run.folder / "state.safetensors").write_bytes(damage)
    with pytest.raises(EngineError, match=r"state\.safetensors cannot be used") as caught:
        run.load_state()
    assert caught.value.code is ErrorCode.ENCODER_DAMAGED


def test_a_state_of_which_one_bit_has_changed_is_refused(run, origin):
    run.begin(Recipe(), origin)
    run.save_state(State(1, {"weights": torch.ones(100)}))
    path = run.folder / "state.safetensors"
    content = bytearray(path.read_bytes())
    content[-10] ^= 1
    path.write_bytes(content)
    with pytest.raises(EngineError, match="not those that were saved"):
        run.load_state()


@pytest.mark.parametrize(("losses", "says"), [([], False), ([0.0, 0.1], False), ([0.0, 0.0], True)])
def test_a_training_that_had_nothing_to_teach_is_told(losses, says):
    records = [{"epoch": number, "loss": loss} for number, loss in enumerate(losses, 1)]
    assert bool(nothing_taught(records)) == says


def test_a_run_knows_the_checkpoints_that_it_wrote_and_no_others(run, origin, tmp_path):
    run.begin(RECIPE, origin)
    contents = {name: name.encode() for name in ("first", "second", "foreign")}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    assert not run.wrote(tmp_path / "first")
    for name in ("first", "second", "first"):
        run.record_checkpoint(hashlib.sha256(contents[name]).hexdigest())
    again = RunFolder(run.folder)
    assert [again.wrote(tmp_path / name) for name in contents] == [True, True, False]
    assert len((run.folder / "checkpoints.txt").read_text().splitlines()) == 2


def test_an_epoch_that_is_done_again_replaces_its_record_and_later_ones(run, origin):
    run.begin(RECIPE, origin)
    for epoch in (1, 2, 3, 2):
        run.record({"epoch": epoch, "loss": 1 / epoch, "rates": {"trunk": 1e-4}}, "a title")
    assert [record["epoch"] for record in run.metrics()] == [1, 2]
    lines = (run.folder / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == run.metrics()


def test_the_curve_is_a_picture_that_grows_with_what_is_recorded(run, origin):
    run.begin(RECIPE, origin)
    run.record({"epoch": 1, "loss": 2.0}, "costs $5")
    alone = gdal.Open(str(run.folder / "curve.png")).RasterYSize
    run.record({"epoch": 2, "loss": 1.0, "active triplets": 0.4, "validation": {"mAP@10": 0.8}}, "costs $5")
    assert gdal.Open(str(run.folder / "curve.png")).RasterYSize > 1.5 * alone
