import zlib
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from frors_qgis.engine.encoders.checkpoint import load_checkpoint, save_checkpoint
from frors_qgis.engine.encoders.device import choose_device
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_path, encoder_sha256
from frors_qgis.engine.encoders.registry import build_encoder
from frors_qgis.protocol import EngineError, ErrorCode


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


@pytest.mark.parametrize("content", [b"", b"not safetensors", b"\xff" * 64, (2**40).to_bytes(8, "little") + b"{}"])
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


def test_weights_that_were_changed_after_they_were_saved_are_refused(tmp_path):
    path = tmp_path / "changed.safetensors"
    save_checkpoint(path, {"id": "e"}, {"bias": torch.ones(64)})
    data = bytearray(path.read_bytes())
    data[-4:] = np.float32(2).tobytes()
    path.write_bytes(bytes(data))
    assert "sha-256" in refused(path)


@pytest.mark.parametrize(
    "change",
    [
        {"head": "oracle"},
        {"dimension": 255},
        {"dimension": 10**9},
        {"parts": {"image": [10**9, 1.0]}},
        {"parts": {"tail": [4, 1.0]}},
        {"prototypes": -1},
        {"width": "wide"},
        {"classes": 7},
        {"trunk": "vgg"},
    ],
)
def test_a_description_that_does_not_fit_its_weights_is_refused_by_the_files_name(change):
    path = encoder_path(DEFAULT_ENCODER)
    checkpoint = load_checkpoint(path)
    with pytest.raises(EngineError, match=path.name) as caught:
        build_encoder(replace(checkpoint, description=checkpoint.description | change), path, choose_device("cpu"))
    assert caught.value.code is ErrorCode.ENCODER_DAMAGED


def test_a_file_without_a_description_is_refused(tmp_path):
    path = tmp_path / "bare.safetensors"
    save_file({"bias": torch.zeros(1)}, path)
    refused(path)


def test_tensors_of_the_wrong_shape_are_refused_by_name(tmp_path):
    path = encoder_path(DEFAULT_ENCODER)
    checkpoint = load_checkpoint(path)
    checkpoint.tensors["head.projections.gram.weight"] = torch.zeros(256, 7)
    with pytest.raises(EngineError, match=r"projections\.gram\.weight"):
        build_encoder(checkpoint, path, choose_device("cpu"))


def test_a_missing_tensor_is_named(tmp_path):
    path = encoder_path(DEFAULT_ENCODER)
    checkpoint = load_checkpoint(path)
    del checkpoint.tensors["trunk.layer3.0.conv1.weight"]
    with pytest.raises(EngineError, match=r"layer3\.0\.conv1\.weight"):
        build_encoder(checkpoint, path, choose_device("cpu"))


def test_an_encoder_that_is_not_installed_is_refused_by_its_id():
    with pytest.raises(EngineError, match="never-heard-of") as caught:
        encoder_sha256("never-heard-of")
    assert caught.value.code is ErrorCode.ENCODER_UNKNOWN


def test_an_id_that_climbs_out_of_the_folder_is_unknown():
    with pytest.raises(EngineError, match="no encoder"):
        encoder_path("../sample/kitsap")


def test_the_shipped_checkpoint_leaves_room_in_a_package_of_25_mb():
    assert len(zlib.compress(encoder_path(DEFAULT_ENCODER).read_bytes())) < 23.5e6
