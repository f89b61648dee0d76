import copy

import pytest
import torch

from frors_qgis.engine.encoders import fused_trunk
from frors_qgis.engine.encoders.fused_trunk import fused
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_path
from frors_qgis.engine.encoders.registry import load_trunk


@pytest.fixture(scope="module")
def plain():
    return load_trunk(encoder_path(DEFAULT_ENCODER))


@pytest.fixture(scope="module")
def picture():
    return 60 * torch.randn(1, 3, 96, 128, generator=torch.Generator().manual_seed(0))


def assert_alike(trunk, plain, picture, tolerance):
    with torch.inference_mode():
        for given, expected in zip(trunk(picture), plain(picture), strict=True):
            assert float((given - expected).abs().max()) <= tolerance * float(expected.abs().max())


def has_onednn() -> bool:
    return torch.backends.mkldnn.is_available() and torch.backends.cpu.get_cpu_capability() != "DEFAULT"


@pytest.mark.skipif(not has_onednn(), reason="this torch has no oneDNN convolutions")
def test_relu_and_sum_are_taken_along_where_torch_can(plain):
    trunk = fused(copy.deepcopy(plain), "cpu", torch.float32)
    assert not any(isinstance(module, torch.nn.ReLU) for module in trunk.modules())


def test_a_fused_trunk_gives_the_maps_of_the_plain_one(plain, picture):
    assert_alike(fused(copy.deepcopy(plain), "cpu", torch.float32), plain, picture, 1e-4)


def test_the_same_map_of_stage_3_may_go_through_stage_4_again(plain, picture):
    trunk = fused(copy.deepcopy(plain), "cpu", torch.float32)
    with torch.inference_mode():
        stage3 = trunk.early(picture)
        assert torch.equal(trunk.late(stage3), trunk.late(stage3))


@pytest.mark.parametrize("error", [AttributeError("no such operator"), RuntimeError("another schema")])
def test_blocks_stay_as_they_are_where_torch_lacks_such_convolutions(plain, picture, monkeypatch, error):
    def fail(*arguments):
        raise error

    monkeypatch.setattr(fused_trunk._Convolution, "forward", fail)
    assert_alike(fused(copy.deepcopy(plain), "cpu", torch.float32), plain, picture, 1e-4)


def test_blocks_stay_as_they_are_where_such_convolutions_are_wrong(plain, picture, monkeypatch):
    right = fused_trunk._Convolution.add_to
    monkeypatch.setattr(fused_trunk._Convolution, "add_to", lambda *arguments: 1.1 * right(*arguments))
    assert_alike(fused(copy.deepcopy(plain), "cpu", torch.float32), plain, picture, 1e-4)
