import pytest
import torch
import torch.nn.functional as F
from ccls2t.losses import (
    balance_loss,
    guarded_contrast,
    independence_loss,
    pairwise_likelihood,
    quantisation_loss,
    reconstruction_loss,
    same_leaf,
    supervised_contrast,
    supervised_infonce,
    triplet_hash,
)

EVEN = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])


def test_two_of_one_leaf_are_masked_and_partners_and_rows_without_a_leaf_are_not():
    masked = same_leaf(torch.tensor([3, 3, 5, -1, -1]))
    expected = torch.zeros(5, 5, dtype=torch.bool)
    expected[0, 1] = expected[1, 0] = True
    assert torch.equal(masked, expected)


def test_the_contrast_does_not_push_apart_what_lies_in_one_leaf():
    vectors = F.normalize(torch.tensor([[1.0, 0.1], [1.0, -0.1], [-1.0, 0.0]]), dim=1)
    scale = torch.tensor(10.0).log()
    guarded = guarded_contrast(vectors, vectors, scale, torch.tensor([1, 1, -1]))
    unguarded = guarded_contrast(vectors, vectors, scale, torch.tensor([-1, -1, -1]))
    assert guarded < 1e-3
    assert unguarded > 0.2


def test_the_contrast_is_least_where_partners_agree():
    vision = torch.eye(4)
    leaf = torch.full((4,), -1)
    right, wrong = (guarded_contrast(vision, text, torch.tensor(3.0), leaf) for text in (vision, vision.roll(1, 0)))
    assert right < 1e-3 < wrong


def test_only_known_quantities_are_read_back():
    told, quantities = torch.tensor([[1.0, 5.0]]), torch.tensor([[3.0, 0.0]])
    assert reconstruction_loss(told, quantities, torch.tensor([[True, False]])) == 4
    assert reconstruction_loss(told, quantities, torch.tensor([[False, False]])) == 0


@pytest.mark.parametrize(
    "loss",
    [
        lambda asked, told, relevant: supervised_contrast(5 * asked @ told.T, relevant),
        lambda asked, told, relevant: supervised_infonce(5 * asked @ told.T, relevant),
        lambda asked, told, relevant: pairwise_likelihood(5 * asked @ told.T, relevant),
        lambda *codes: triplet_hash(*codes, 0.2),
    ],
)
def test_codes_that_follow_relevance_lose_least(loss):
    relevant = torch.eye(4, dtype=torch.bool)
    assert loss(EVEN, EVEN, relevant) < loss(EVEN, EVEN.roll(1, 0), relevant)


def test_queries_without_a_relevant_chip_do_not_count():
    relevant = torch.eye(4, dtype=torch.bool)
    relevant[3] = False
    logits = 5 * EVEN @ EVEN.T
    for loss in (supervised_contrast, supervised_infonce):
        assert torch.isclose(loss(logits, relevant), loss(logits[:3], relevant[:3]))
    assert torch.isclose(triplet_hash(EVEN, EVEN, relevant, 0.6), triplet_hash(EVEN[:3], EVEN, relevant[:3], 0.6))


def test_the_loss_of_triplets_is_the_mean_of_those_that_lose():
    relevant = torch.tensor([[True, False, False, False]])
    assert triplet_hash(EVEN[:1], EVEN, relevant, 0.4) == 0
    # The two chips at a distance of .5 lose .1 each, the one at 1 loses nothing.
    assert torch.isclose(triplet_hash(EVEN[:1], EVEN, relevant, 0.6), torch.tensor(0.1))


def test_a_relevant_chip_does_not_cost_for_others_that_are_relevant_too():
    logits = torch.tensor([[9.0, 9.0, -9.0]])
    assert supervised_infonce(logits, logits > 0) < 1e-6
    assert supervised_contrast(logits, logits > 0) > 0.6


def test_even_and_different_bits_lose_nothing():
    assert quantisation_loss(EVEN) == balance_loss(EVEN) == independence_loss(EVEN) == 0
    alike = torch.tensor([[1.0, 1.0], [1.0, 1.0]])
    assert balance_loss(alike) == 1
    assert independence_loss(alike) == 0.5
    assert quantisation_loss(alike / 2) == 0.25
