import pytest
import torch

from frors_qgis.engine.encoders import device
from frors_qgis.engine.encoders.device import choose_device, probe
from frors_qgis.protocol import EngineError, ErrorCode


def test_auto_falls_back_to_the_cpu_and_says_why(monkeypatch):
    monkeypatch.setattr(device, "probe", lambda name: f"no {name} today")
    chosen = choose_device("auto")
    assert chosen.name == "cpu"
    assert "cuda: no cuda today; mps: no mps today" in chosen.reason


def test_auto_takes_the_first_device_that_computes(monkeypatch):
    monkeypatch.setattr(device, "probe", lambda name: "broken" if name == "cuda" else None)
    assert choose_device("auto").name == "mps"


@pytest.mark.parametrize(("native", "dtype"), [(True, torch.bfloat16), (False, torch.float32)])
def test_a_card_that_only_emulates_bfloat16_runs_in_float32(monkeypatch, native, dtype):
    monkeypatch.setattr(device, "probe", lambda name: None)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: including_emulation or native)
    assert choose_device("cuda").dtype is dtype


def test_a_device_asked_for_by_name_that_does_not_compute_is_an_error():
    if torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    with pytest.raises(EngineError) as caught:
        choose_device("cuda")
    assert caught.value.code is ErrorCode.DEVICE_UNAVAILABLE


def test_an_unknown_device_is_a_bad_request():
    with pytest.raises(EngineError) as caught:
        choose_device("abacus")
    assert caught.value.code is ErrorCode.BAD_REQUEST


def test_a_card_that_is_there_but_runs_no_kernel_is_not_chosen(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    if torch.version.cuda is not None:
        pytest.skip("only a torch without CUDA fails this way")
    assert "convolution failed" in probe("cuda")
    assert choose_device("auto").name == "cpu"


def test_a_device_that_computes_wrongly_is_not_chosen(monkeypatch):
    class Liar:
        @staticmethod
        def is_available():
            return True

    monkeypatch.setattr(torch.backends, "mps", Liar)
    monkeypatch.setattr(torch.Tensor, "to", lambda tensor, *_: tensor + 1)
    assert "wrong" in device.probe("mps")


def test_the_precision_of_the_cpu_is_chosen_by_measurement(monkeypatch):
    monkeypatch.setattr(device, "_seconds_of_convolution", lambda: (1.0, 2.0))
    assert choose_device("cpu").dtype is torch.float32
    monkeypatch.setattr(device, "_seconds_of_convolution", lambda: (2.0, 1.0))
    assert choose_device("cpu").dtype is torch.bfloat16
