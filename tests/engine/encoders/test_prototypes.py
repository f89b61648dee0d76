import pytest
import torch
import torch.nn.functional as F

from frors_qgis.engine.encoders.prototypes import PrototypeMemory


def generator():
    return torch.Generator().manual_seed(0)


def clusters(centres, count=16):
    """Maps [count, width, 3, 3] whose positions lie round the given unit centres in equal parts."""
    points = centres.repeat(count * 9 // len(centres), 1)[: count * 9]
    points = points + 0.05 * torch.randn(points.shape, generator=generator())
    return points.view(count, 9, -1).mT.reshape(count, -1, 3, 3)


@pytest.fixture
def memory():
    return PrototypeMemory(classes=2, prototypes=3, width=6, temperature=0.1)


def test_written_prototypes_have_unit_length(memory):
    for _ in range(3):
        memory.write(torch.randn(4, 6, 5, 5, generator=generator()), torch.tensor([0, 0, 1, 1]), 0.9, generator())
        assert torch.allclose(memory.memory.norm(dim=2), torch.ones(2, 3), atol=1e-5)


def test_prototypes_of_a_class_find_its_aspects(memory):
    centres = torch.eye(6)[:3]
    for _ in range(20):
        memory.write(clusters(centres), torch.zeros(16, dtype=torch.long), 0.5, generator())
    nearest = (memory.memory[0] @ centres.T).max(dim=0).values
    assert bool((nearest > 0.95).all()), nearest


def test_writing_one_class_leaves_the_others_untouched(memory):
    memory.write(torch.randn(2, 6, 4, 4, generator=generator()), torch.tensor([0, 1]), 0.9, generator())
    before = memory.memory[1].clone()
    memory.write(torch.randn(2, 6, 4, 4, generator=generator()), torch.tensor([0, 0]), 0.9, generator())
    assert torch.equal(memory.memory[1], before)


def test_a_write_moves_prototypes_the_less_the_more_momentum_they_have(memory):
    memory.write(torch.randn(2, 6, 4, 4, generator=generator()), torch.tensor([0, 1]), 0.9, generator())
    start = memory.memory.clone()
    moved = {}
    for momentum in (0.5, 0.99):
        memory.memory.copy_(start)
        memory.write(torch.randn(2, 6, 4, 4), torch.tensor([0, 1]), momentum, generator())
        moved[momentum] = float((memory.memory - start).norm())
    assert moved[0.99] < moved[0.5] / 4


def test_shares_sum_to_one_at_every_position(memory):
    memory.write(torch.randn(2, 6, 4, 4, generator=generator()), torch.tensor([0, 1]), 0.9, generator())
    shares = memory.shares(torch.randn(2, 6, 4, 5))
    assert shares.shape == (2, 6, 4, 5)
    assert torch.allclose(shares.sum(dim=1), torch.ones(2, 4, 5), atol=1e-5)


def test_reading_needs_no_label_and_leaves_the_memory_untouched(memory):
    memory.write(torch.randn(2, 6, 4, 4, generator=generator()), torch.tensor([0, 1]), 0.9, generator())
    before = memory.memory.clone()
    memory.eval()
    vector = memory(memory.shares(F.normalize(torch.randn(2, 6, 4, 4), dim=1)).flatten(2).mean(dim=2))
    assert torch.equal(memory.memory, before)
    assert torch.allclose(vector.norm(dim=1), torch.ones(2), atol=1e-5)


def test_a_window_of_a_classs_own_aspects_is_most_likely_of_that_class(memory):
    centres = torch.eye(6)
    for _ in range(20):
        memory.write(clusters(centres[:3]), torch.zeros(16, dtype=torch.long), 0.5, generator())
        memory.write(clusters(centres[3:]), torch.ones(16, dtype=torch.long), 0.5, generator())
    means = memory.shares(clusters(centres[3:])).flatten(2).mean(dim=2)
    timid = memory.class_probabilities(means)
    assert torch.allclose(timid.sum(dim=1), torch.ones(16), atol=1e-5)
    assert bool((timid.argmax(dim=1) == 1).all())
    memory.sharpness.fill_(4.0)
    assert bool((memory.class_probabilities(means)[:, 1] > timid[:, 1]).all())
