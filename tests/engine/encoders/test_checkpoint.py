import json
import os
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from frors_qgis.engine.encoders import installed, registry
from frors_qgis.engine.encoders.checkpoint import load_checkpoint, save_checkpoint
from frors_qgis.engine.encoders.device import Device
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_dimension, encoder_path, encoder_sha256
from frors_qgis.engine.encoders.registry import build_encoder, load_trunk, new_head
from frors_qgis.protocol import EngineError, ErrorCode

CPU = Device("cpu", torch.float32, "for a test")
SHIPPED = encoder_path(DEFAULT_ENCODER)
SHIPPED_PARTS = {"image": [86, 1.0], "gram": [119, 1.0], "prototypes": [51, 0.8]}


@pytest.fixture(scope="module")
def shipped():
    """The checkpoint of the shipped encoder; not to be changed."""
    return load_checkpoint(SHIPPED)


def build_refused(checkpoint, path=SHIPPED):
    with pytest.raises(EngineError) as caught:
        build_encoder(checkpoint, path, CPU)
    assert caught.value.code is ErrorCode.ENCODER_DAMAGED
    assert path.name in caught.value.message
    return caught.value.message


def with_tensors(checkpoint, **tensors):
    """The checkpoint with some tensors changed; __ stands for a dot in their names."""
    changed = {name.replace("__", "."): tensor for name, tensor in tensors.items()}
    return replace(checkpoint, tensors=checkpoint.tensors | changed)


def file_with_header(description):
    """The bytes of a safetensors file without tensors, with this text as description."""
    header = json.dumps({"__metadata__": {"frors": description}}).encode()
    return len(header).to_bytes(8, "little") + header


def test_a_checkpoint_may_be_read_by_whom_the_umask_lets(tmp_path):
    earlier = os.umask(0o022)
    try:
        save_checkpoint(tmp_path / "e.safetensors", {"id": "e"}, {"bias": torch.ones(4)})
    finally:
        os.umask(earlier)
    assert (tmp_path / "e.safetensors").stat().st_mode & 0o777 == 0o644


def refused(path):
    with pytest.raises(EngineError) as caught:
        load_checkpoint(path)
    assert caught.value.code is ErrorCode.ENCODER_DAMAGED
    assert path.name in caught.value.message
    return caught.value.message


def test_weights_survive_8_bit_storage_to_half_a_step_and_vectors_exactly(tmp_path):
    weight, bias = torch.randn(4, 3, 3, 3), torch.randn(4)
    save_checkpoint(tmp_path / "e.safetensors", {"id": "e"}, {"weight": weight, "bias": bias})
    loaded = load_checkpoint(tmp_path / "e.safetensors")
    assert loaded.description == {"id": "e"}
    assert torch.equal(loaded.tensors["bias"], bias)
    step = weight.flatten(1).abs().amax(1) / 127
    assert bool(((loaded.tensors["weight"] - weight).flatten(1).abs().amax(1) <= step / 2 + 1e-6).all())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not safetensors",
        b"\xff" * 64,
        (2**40).to_bytes(8, "little") + b"{}",
        file_with_header("[" * 100_000),
        file_with_header("{"),
    ],
    ids=["empty", "a text", "noise", "an endless header", "a deep description", "half a description"],
)
def test_a_file_that_is_no_checkpoint_is_refused_by_name(tmp_path, content):
    path = tmp_path / "stranger.safetensors"
    path.write_bytes(content)
    refused(path)


def test_a_checkpoint_that_is_cut_off_is_refused(tmp_path):
    path = tmp_path / "half.safetensors"
    path.write_bytes(encoder_path(DEFAULT_ENCODER).read_bytes()[:1_000_000])
    refused(path)


def test_values_that_are_not_finite_are_refused_by_the_tensors_name(tmp_path):
    path = tmp_path / "nan.safetensors"
    save_file({"bias": torch.tensor([1.0, float("nan")])}, path, metadata={"frors": "{}"})
    assert "bias" in refused(path)


def test_a_weight_without_its_scale_is_refused(tmp_path):
    path = tmp_path / "scale.safetensors"
    save_file({"weight": torch.zeros(4, 3, dtype=torch.int8)}, path, metadata={"frors": "{}"})
    assert "weight" in refused(path)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.bool])
def test_values_of_another_type_than_those_that_are_saved_are_refused(tmp_path, dtype):
    path = tmp_path / "type.safetensors"
    save_file({"bias": torch.ones(2, dtype=dtype)}, path, metadata={"frors": "{}"})
    assert "bias is stored as" in refused(path)


@pytest.mark.parametrize("scale", [torch.ones(4, dtype=torch.int8), torch.ones(3)], ids=["8-bit", "too short"])
def test_a_scale_of_another_type_or_shape_than_its_weights_need_is_refused(tmp_path, scale):
    path = tmp_path / "scale.safetensors"
    tensors = {"weight": torch.zeros(4, 3, dtype=torch.int8), "weight.scale": scale}
    save_file(tensors, path, metadata={"frors": "{}"})
    assert "scale" in refused(path)


@pytest.mark.parametrize("others", [{}, {"bias": torch.ones(4)}], ids=["of nothing", "of float32"])
def test_a_scale_that_belongs_to_no_8_bit_weights_is_refused(tmp_path, others):
    path = tmp_path / "scale.safetensors"
    save_file({"bias.scale": torch.ones(4), **others}, path, metadata={"frors": "{}"})
    assert "bias.scale" in refused(path)


def test_weights_that_were_changed_after_they_were_saved_are_refused(tmp_path):
    path = tmp_path / "changed.safetensors"
    save_checkpoint(path, {"id": "e"}, {"bias": torch.ones(64)})
    data = bytearray(path.read_bytes())
    data[-4:] = np.float32(2).tobytes()
    path.write_bytes(bytes(data))
    assert "sha-256" in refused(path)


@pytest.mark.parametrize("change", [{"temperature": 0.2}, {"parts": {"image": [2, 0.5]}}, {"classes": ["b", "a"]}])
def test_a_description_that_was_changed_after_it_was_saved_is_refused(tmp_path, change):
    path = tmp_path / "changed.safetensors"
    description = {"id": "e", "temperature": 0.1, "parts": {"image": [2, 1.0]}, "classes": ["a", "b"]}
    save_checkpoint(path, description, {"bias": torch.ones(64)})
    assert load_checkpoint(path).description == description
    with safe_open(path, framework="pt") as file:
        saved = json.loads(file.metadata()["frors"])
        tensors = {name: file.get_tensor(name).clone() for name in file.keys()}
    save_file(tensors, path, metadata={"frors": json.dumps(saved | change, sort_keys=True)})
    assert "sha-256" in refused(path)


@pytest.mark.parametrize(
    "change",
    [
        {"head": "oracle"},
        {"dimension": 255},
        {"dimension": 10**9},
        {"parts": {"image": [10**9, 1.0]}},
        {"parts": {"tail": [4, 1.0]}},
        {"parts": ["image"]},
        {"parts": {}},
        {"parts": SHIPPED_PARTS | {"gram": [119, 0]}},
        {"parts": SHIPPED_PARTS | {"gram": [119, -1.0]}},
        {"parts": SHIPPED_PARTS | {"gram": [119, float("nan")]}},
        {"parts": SHIPPED_PARTS | {"gram": [119, True]}},
        {"temperature": 0},
        {"temperature": -0.1},
        {"temperature": float("nan")},
        {"temperature": float("inf")},
        {"temperature": 10**400},
        {"temperature": 1e-300},
        {"temperature": "warm"},
        {"prototypes": -1},
        {"width": "wide"},
        {"classes": 7},
        {"classes": "abc"},
        {"classes": ["a", "a"]},
        {"classes": ["a", "b\x1b[2J"]},
        {"classes": ["a", 1]},
        {"id": "frors\n"},
        {"id": None},
        {"match": "no"},
        {"trunk": "vgg"},
    ],
    ids=lambda change: f"{change!r:.60}",
)
def test_a_description_that_does_not_fit_its_weights_is_refused_by_the_files_name(shipped, change):
    build_refused(replace(shipped, description=shipped.description | change))


def test_the_shipped_parts_with_their_own_weights_are_taken(shipped):
    build_encoder(replace(shipped, description=shipped.description | {"parts": SHIPPED_PARTS}), Path("any"), CPU)


def test_a_truth_value_is_no_size():
    with pytest.raises(ValueError, match="True is not a whole number"):
        new_head({"head": "gem", "dimension": True})


@pytest.mark.parametrize(
    ("change", "built"),
    [
        ({"classes": [str(number) for number in range(10_000)], "prototypes": 256, "width": 256}, []),
        ({"parts": {"image": [1, 1.0], "gram": [4095, 1.0]}, "dimension": 4096, "width": 256}, ["meta"]),
    ],
    ids=["prototypes", "projections"],
)
def test_sizes_that_the_weights_do_not_have_take_no_memory(shipped, monkeypatch, change, built):
    devices = []

    def recorded(description):
        head = new_head(description)
        devices.append(next(head.parameters()).device.type)
        return head

    monkeypatch.setattr(registry, "new_head", recorded)
    build_refused(replace(shipped, description=shipped.description | change))
    assert devices == built


def test_probabilities_that_favour_the_unlikely_are_refused(shipped):
    build_refused(with_tensors(shipped, head__memory__sharpness=torch.tensor([-1.0])))


def test_a_file_far_larger_than_any_encoder_is_refused_unread(tmp_path):
    path = tmp_path / "large.safetensors"
    with path.open("wb") as file:
        file.truncate(129 << 20)
    assert "larger than 128 MB" in refused(path)


def test_a_file_without_a_description_is_refused(tmp_path):
    path = tmp_path / "bare.safetensors"
    save_file({"bias": torch.zeros(1)}, path)
    refused(path)


def test_tensors_of_the_wrong_shape_are_refused_by_name(shipped):
    changed = with_tensors(shipped, head__projections__gram__weight=torch.zeros(256, 7))
    assert "projections.gram.weight" in build_refused(changed)


def test_a_missing_tensor_is_named(shipped):
    tensors = {name: tensor for name, tensor in shipped.tensors.items() if name != "trunk.layer3.0.conv1.weight"}
    assert "layer3.0.conv1.weight" in build_refused(replace(shipped, tensors=tensors))


@pytest.mark.parametrize("name", ["tail.weight", "head.tail", "trunk.fc.weight"])
def test_a_tensor_that_belongs_to_no_part_is_refused_by_name(shipped, name):
    message = build_refused(replace(shipped, tensors=shipped.tensors | {name: torch.zeros(2)}))
    assert f"{name.removeprefix('head.').removeprefix('trunk.')} is not part of it" in message


def test_negative_variances_are_refused_whether_the_file_is_to_encode_or_to_train_from(shipped, tmp_path):
    changed = with_tensors(shipped, trunk__bn1__running_var=torch.full((64,), -1.0))
    assert "bn1.running_var" in build_refused(changed)
    save_checkpoint(tmp_path / "trunk.safetensors", changed.description, changed.tensors)
    with pytest.raises(EngineError, match=r"bn1\.running_var"):
        load_trunk(tmp_path / "trunk.safetensors")


def test_prototypes_that_are_not_of_unit_length_are_refused(shipped):
    memory = shipped.tensors["head.memory.memory"].clone()
    memory[7, 3] *= 2
    assert "prototypes" in build_refused(with_tensors(shipped, head__memory__memory=memory))


def test_prototypes_in_8_bit_are_taken(shipped, tmp_path):
    description = shipped.description | {"classes": [str(number) for number in range(100)]}
    generator = torch.Generator().manual_seed(0)
    memory = torch.nn.functional.normalize(torch.randn(100, 16, 96, generator=generator), dim=2)
    tensors = {"head.memory.memory": memory}
    for name in ("mean", "weight"):
        tensor = shipped.tensors[f"head.projections.prototypes.{name}"]
        tensors[f"head.projections.prototypes.{name}"] = torch.randn(*tensor.shape[:-1], 1600, generator=generator)
    path = tmp_path / "many.safetensors"
    save_checkpoint(path, description, shipped.tensors | tensors)
    loaded = load_checkpoint(path)
    assert not torch.equal(loaded.tensors["head.memory.memory"], memory)
    assert len(build_encoder(loaded, path, CPU).classes) == 100


@pytest.mark.parametrize("factor", [0.0, 1e38], ids=["nothing", "more than float32 holds"])
def test_weights_that_give_no_unit_vector_are_refused(shipped, factor):
    projections = {name: tensor for name, tensor in shipped.tensors.items() if name.startswith("head.projections.")}
    scaled = {name: tensor * factor for name, tensor in projections.items() if not name.endswith("mean")}
    assert "test picture" in build_refused(replace(shipped, tensors=shipped.tensors | scaled))


def test_only_a_file_in_the_plugin_s_folder_may_be_mended_by_installing_the_plugin_again(shipped, tmp_path):
    nonsense = replace(shipped, description=shipped.description | {"head": "oracle"})
    message = build_refused(nonsense)
    assert ". Install the plugin again; if the file is your own, " in message
    again = ". Get it again from where it came, or train it anew."
    assert build_refused(nonsense, tmp_path / "mine.safetensors").endswith(again)
    (tmp_path / "mine.safetensors").write_bytes(b"")
    assert refused(tmp_path / "mine.safetensors").endswith(again)


def test_a_file_that_is_not_there_is_refused_with_its_path(tmp_path):
    message = refused(tmp_path / "nowhere.safetensors")
    assert message.endswith(f": there is no file {tmp_path / 'nowhere.safetensors'}. Give the path of an encoder file.")


def test_an_encoder_that_is_not_installed_is_refused_by_its_id():
    with pytest.raises(EngineError, match="never-heard-of") as caught:
        encoder_sha256("never-heard-of")
    assert caught.value.code is ErrorCode.ENCODER_UNKNOWN


def test_an_id_that_climbs_out_of_the_folder_is_unknown():
    with pytest.raises(EngineError, match="no encoder"):
        encoder_path("../sample/kitsap")


def test_the_shipped_checkpoint_leaves_room_in_a_package_of_25_mb():
    rest = 2.5e6  # program, sample, icons and translations take 1.9 MB
    assert len(zlib.compress(encoder_path(DEFAULT_ENCODER).read_bytes())) < 25e6 - rest


def test_the_shipped_model_card_has_the_sha_256_of_the_shipped_file():
    card = encoder_path(DEFAULT_ENCODER).with_suffix(".md").read_text(encoding="utf-8")
    assert f"- sha-256: `{encoder_sha256(DEFAULT_ENCODER)}`\n" in card


def test_the_dimension_of_an_installed_encoder_is_known_without_torch():
    program = (
        "import sys; from frors_qgis.engine.encoders.installed import encoder_dimension; "
        f"print(encoder_dimension({DEFAULT_ENCODER!r}), 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["256", "False"]


def test_a_header_without_a_dimension_is_refused(tmp_path, monkeypatch):
    (tmp_path / "encoders").mkdir()
    (tmp_path / "encoders" / "mute.safetensors").write_bytes(file_with_header("{}"))
    monkeypatch.setattr(installed, "resource_path", lambda *parts: tmp_path.joinpath(*parts))
    with pytest.raises(EngineError, match="dimensions") as caught:
        encoder_dimension("mute")
    assert caught.value.code is ErrorCode.ENCODER_DAMAGED
