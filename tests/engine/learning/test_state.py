import pytest
import torch

from frors_qgis.engine.learning.state import State

STEPS = 3


def training(kind="adamw", device="cpu"):
    """A small model after some steps: its weights and its optimizer."""
    layer = torch.nn.Linear(4, 2)
    with torch.no_grad():
        layer.weight.copy_(torch.arange(8.0).view(2, 4) / 8)
        layer.bias.zero_()
    layer = layer.to(device)
    if kind == "sgd":
        optimizer = torch.optim.SGD(layer.parameters(), lr=0.1, momentum=0.9, nesterov=True, fused=True)
    else:
        optimizer = torch.optim.AdamW(layer.parameters(), lr=0.1, fused=True)
    return layer, optimizer


def step(layer, optimizer, number):
    inputs = torch.ones(5, 4, device=layer.weight.device) * number
    optimizer.zero_grad()
    layer(inputs).square().sum().backward()
    optimizer.step()


def state_after(steps, kind="adamw"):
    layer, optimizer = training(kind)
    for number in range(1, steps + 1):
        step(layer, optimizer, number)
    state = State.of(steps, layer.state_dict(), optimizer)
    return State(steps, {name: tensor.detach().clone() for name, tensor in state.tensors.items()})


def goes_on_alike(kind, device):
    layer, optimizer = training(kind, device)
    state_after(STEPS, kind).restore(layer.state_dict(), optimizer)
    for parameter, moments in optimizer.state.items():
        assert {tensor.device for tensor in moments.values()} == {parameter.device}
    step(layer, optimizer, STEPS + 1)
    whole = state_after(STEPS + 1, kind).tensors
    ended = State.of(STEPS + 1, layer.state_dict(), optimizer).tensors
    assert ended.keys() == whole.keys()
    for name, tensor in ended.items():
        torch.testing.assert_close(tensor.detach().cpu(), whole[name], rtol=1e-4, atol=1e-6, msg=name)


@pytest.mark.parametrize("kind", ["adamw", "sgd"])
def test_a_restored_training_goes_on_as_if_it_had_not_stopped(kind):
    goes_on_alike(kind, "cpu")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
@pytest.mark.parametrize("kind", ["adamw", "sgd"])
def test_a_restored_training_goes_on_as_if_it_had_not_stopped_on_cuda(kind):
    goes_on_alike(kind, "cuda")


def test_every_moment_is_put_on_the_device_of_its_parameter():
    """A device without memory stands in for CUDA: a fused optimizer there refuses a count of steps on the CPU."""
    layer = torch.nn.Linear(4, 2, device="meta")
    optimizer = torch.optim.AdamW(layer.parameters())
    state_after(STEPS).restore(layer.state_dict(), optimizer)
    devices = [tensor.device.type for moments in optimizer.state.values() for tensor in moments.values()]
    assert devices == ["meta"] * 6


def test_before_the_first_epoch_there_are_no_moments():
    state = state_after(0)
    assert state.tensors.keys() == {"weight", "bias"}
    layer, optimizer = training()
    state.restore(layer.state_dict(), optimizer)
    assert not optimizer.state


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"weight": None}, "weight is missing"),
        ({"bias": torch.zeros(1)}, r"bias has the shape \[1\], not \[2\]"),
        ({"other": torch.zeros(1)}, "other is not part of it"),
        ({"optimizer.0.exp_avg": None}, r"optimizer\.0\.exp_avg is missing"),
        ({"optimizer.1.step": None}, r"optimizer\.1\.step is missing"),
        ({"optimizer.1.step": torch.zeros(2)}, r"optimizer\.1\.step has the shape \[2\], not \[\]"),
        ({"optimizer.0.exp_avg_sq": torch.zeros(2)}, r"exp_avg_sq has the shape \[2\], not \[2, 4\]"),
        ({"optimizer.2.step": torch.zeros(())}, r"optimizer\.2\.step is not part of it"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_by_name_and_changes_nothing(change, named):
    whole = state_after(STEPS)
    tensors = {name: tensor for name, tensor in {**whole.tensors, **change}.items() if tensor is not None}
    layer, optimizer = training()
    before = {name: tensor.clone() for name, tensor in layer.state_dict().items()}
    with pytest.raises(ValueError, match=named):
        State(STEPS, tensors).restore(layer.state_dict(), optimizer)
    assert all(torch.equal(tensor, layer.state_dict()[name]) for name, tensor in before.items())
    assert not optimizer.state


def test_the_moments_of_another_optimizer_are_refused():
    layer, optimizer = training("sgd")
    with pytest.raises(ValueError, match="momentum_buffer is missing"):
        state_after(STEPS, "adamw").restore(layer.state_dict(), optimizer)


def test_moments_before_the_first_epoch_are_refused():
    layer, optimizer = training()
    with pytest.raises(ValueError, match="not part of it"):
        State(0, state_after(STEPS).tensors).restore(layer.state_dict(), optimizer)
