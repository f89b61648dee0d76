import itertools
import subprocess
import sys

import pytest
import torch
import torch.nn.functional as F

from frors_qgis.engine.learning.objective import Objective
from frors_qgis.engine.learning.recipe import Recipe
from tests.engine.door import REPOSITORY

LABELS = torch.tensor([0, 0, 0, 1, 1, 2, 2, 2])


def embeddings(seed=0, dimension=6):
    return F.normalize(torch.randn(len(LABELS), dimension, generator=torch.Generator().manual_seed(seed)), dim=1)


def objective(*settings, encoder="softmax-triplet", image_dimension=None):
    torch.manual_seed(0)
    return Objective(Recipe.default(encoder).with_settings(list(settings)), 3, 6, image_dimension)


def triplet_losses(points, margin):
    """Every (anchor, positive, negative) and its loss, one by one."""
    losses = {}
    for a, p, n in itertools.permutations(range(len(points)), 3):
        if LABELS[a] == LABELS[p] != LABELS[n]:
            losses[a, p, n] = float((points[a] - points[p]).norm() - (points[a] - points[n]).norm() + margin)
    return losses


def test_the_softmax_loss_is_the_cross_entropy_of_scaled_cosines():
    points, tried = embeddings(), objective("softmax_scale=7", encoder="softmax")
    (weights,) = tried.parameters()
    logits = 7 * points @ F.normalize(weights, dim=0)
    loss, parts = tried(points, LABELS)
    assert loss.item() == pytest.approx(F.cross_entropy(logits, LABELS).item(), abs=1e-5)
    assert parts == {"softmax": pytest.approx(loss.item())}


def test_the_hard_triplet_loss_is_the_mean_over_the_hardest_triplet_of_each_image():
    points = embeddings()
    losses = triplet_losses(points, 0.3)
    hardest = [max(loss for triplet, loss in losses.items() if triplet[0] == a) for a in range(len(points))]
    loss, parts = objective("margin=0.3", encoder="triplet")(points, LABELS)
    assert loss.item() == pytest.approx(sum(max(0.0, value) for value in hardest) / len(hardest), abs=1e-5)
    assert parts["active triplets"] == pytest.approx(sum(value > 0 for value in hardest) / len(hardest))


@pytest.mark.parametrize("miner", ["all", "semihard"])
def test_the_other_miners_take_the_mean_over_the_triplets_that_violate_the_margin(miner):
    points = embeddings()
    losses = triplet_losses(points, 0.3)
    counted = [loss for loss in losses.values() if loss > 0 and (miner == "all" or loss <= 0.3)]
    loss, parts = objective("margin=0.3", f"miner={miner}", encoder="triplet")(points, LABELS)
    assert loss.item() == pytest.approx(sum(counted) / len(counted), abs=1e-5)
    assert parts["active triplets"] == pytest.approx(len(counted) / len(losses))


def test_losses_are_weighted_as_the_recipe_says():
    points, image = embeddings(), embeddings(seed=3, dimension=4)
    tried = objective("softmax=0.7", "triplet=2", "auxiliary=0.25", encoder="frors", image_dimension=4)
    loss, parts = tried(points, LABELS, image)
    expected = 0.7 * parts["softmax"] + 2 * parts["triplet"] + 0.25 * parts["image"]
    assert loss.item() == pytest.approx(expected, abs=1e-5)


def test_the_image_part_is_given_the_same_losses_by_itself():
    image = embeddings(seed=3, dimension=4)
    _, parts = objective("auxiliary=0.25", encoder="frors", image_dimension=4)(embeddings(), LABELS, image)
    alone, _ = objective(encoder="triplet")(image, LABELS)
    assert parts["image"] == pytest.approx(alone.item())


def test_preserve_weighs_ten_times_the_change_of_the_cosines_since_the_start():
    points, before = embeddings(), embeddings(seed=5)
    loss, parts = objective("preserve=3", encoder="triplet")(points, LABELS, before=before)
    change = float((points @ points.T - before @ before.T).square().mean())
    assert parts["preserve"] == pytest.approx(10 * change)
    assert loss.item() == pytest.approx(parts["triplet"] + 3 * 10 * change, abs=1e-5)


def test_a_batch_without_triplets_has_no_triplet_loss():
    tried = objective(encoder="triplet")
    points = embeddings().requires_grad_()
    loss, parts = tried(points, torch.arange(len(LABELS)))
    loss.backward()
    assert (loss.item(), parts["active triplets"]) == (0, 0)


def test_the_memory_of_earlier_batches_ends_with_the_epoch():
    tried = objective("loss=multi-similarity", encoder="triplet")
    first, _ = tried(embeddings(), LABELS)
    second, _ = tried(embeddings(seed=1), LABELS)
    tried.start_epoch()
    again, _ = tried(embeddings(seed=1), LABELS)
    assert second.item() != pytest.approx(again.item(), abs=1e-4)
    tried.start_epoch()
    assert tried(embeddings(), LABELS)[0].item() == pytest.approx(first.item())


@pytest.mark.parametrize("loss", ["standard", "multi-similarity", "proxy-anchor"])
@pytest.mark.parametrize("encoder", ["softmax-triplet", "triplet"])
def test_every_objective_falls_when_it_is_followed(encoder, loss):
    tried = objective(f"loss={loss}", encoder=encoder)
    points = embeddings().requires_grad_()
    optimizer = torch.optim.Adam([points, *tried.parameters()], lr=0.05)
    values = []
    for _ in range(30):
        tried.start_epoch()
        value, _ = tried(F.normalize(points, dim=1), LABELS)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        values.append(value.item())
    assert values[-1] < 0.7 * values[0]


def test_losses_and_miners_do_not_load_faiss_whose_search_they_would_replace():
    program = (
        "import sys; from frors_qgis.engine.learning.objective import Objective; "
        "from frors_qgis.engine.learning.recipe import Recipe; "
        "Objective(Recipe.default('frors'), 3, 8, 4); assert 'faiss' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, check=True)
