import pytest
import torch
import torch.nn.functional as F

from frors_qgis.engine.encoders.frors_head import FrorsHead
from frors_qgis.engine.encoders.gem_head import GemHead
from frors_qgis.engine.encoders.trunk_maps import STAGE3_CHANNELS, TrunkMaps
from frors_qgis.engine.learning.fitting import Views, fit_head

CLASSES, OF_EACH = 3, 12
PARTS = {"image": (6, 1.0), "gram": (8, 1.0), "prototypes": (4, 0.8)}


def late(stage3):
    """A stage 4 without weights: the channels of stage 3 twice, in half the positions."""
    return F.avg_pool2d(stage3, 2).repeat(1, 2, 1, 1)


@pytest.fixture(scope="module")
def views():
    """Four noisy views of images whose positions show one of two patterns of their class."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(CLASSES).repeat_interleave(OF_EACH)
    patterns = torch.rand(CLASSES, 2, STAGE3_CHANNELS, generator=generator)
    which = torch.randint(0, 2, (len(labels), 4, 4), generator=generator)
    images = patterns[labels[:, None, None], which].movedim(-1, 1)

    def stage3(number):
        noise = torch.rand(images.shape, generator=torch.Generator().manual_seed(number))
        for start in range(0, len(labels), 10):
            chosen = slice(start, start + 10)
            yield images[chosen] + 0.3 * noise[chosen], labels[chosen]

    return Views(4, stage3, late)


def fitted_head(views, seed=0, match=True, **options):
    head = FrorsHead(CLASSES, PARTS, match, width=8, prototypes=2, temperature=0.1)
    fit_head(head, views, **{"class_share": 1.0, "ridge": 0.1, "whitening": None, "seed": seed} | options)
    return head.eval()


def maps_of(views, number=3):
    batches = list(views.stage3(number))
    stage3 = torch.cat([maps for maps, _ in batches])
    return TrunkMaps(stage3, late(stage3)), torch.cat([labels for _, labels in batches])


@pytest.mark.parametrize("match", [True, False])
def test_a_fitted_frors_head_finds_images_of_the_same_class_first(views, match):
    maps, labels = maps_of(views)
    with torch.no_grad():
        embeddings = fitted_head(views, match=match)(maps)
    nearest = (embeddings @ embeddings.T - 2 * torch.eye(len(labels))).argmax(dim=1)
    assert float((labels[nearest] == labels).float().mean()) > 0.95


def test_the_memory_holds_unit_prototypes_of_every_class(views):
    memory = fitted_head(views).memory.memory
    assert torch.allclose(memory.norm(dim=2), torch.ones(CLASSES, 2), atol=1e-5)


def test_the_prototypes_suggest_the_class_and_how_sure_they_are(views):
    head = fitted_head(views)
    maps, labels = maps_of(views)
    with torch.no_grad():
        probabilities = head.class_probabilities(head.mean(maps))
    assert torch.allclose(probabilities.sum(dim=1), torch.ones(len(labels)), atol=1e-5)
    assert float((probabilities.argmax(dim=1) == labels).float().mean()) > 0.95
    assert float(probabilities.max(dim=1).values.mean()) > 0.6


def test_prototypes_are_not_sure_of_classes_that_only_their_own_images_show():
    labels = torch.arange(CLASSES).repeat_interleave(OF_EACH)
    images = torch.rand(len(labels), STAGE3_CHANNELS, 4, 4, generator=torch.Generator().manual_seed(0))

    def stage3(number):
        noise = torch.rand(images.shape, generator=torch.Generator().manual_seed(number))
        yield images + 0.05 * noise, labels

    views = Views(4, stage3, late)
    head = FrorsHead(CLASSES, PARTS, True, width=8, prototypes=8, temperature=0.1)
    fit_head(head, views, class_share=1.0, ridge=0.1, whitening=None, seed=0)
    with torch.no_grad():
        probabilities = head.class_probabilities(head.mean(maps_of(views)[0]))
    assert float(probabilities.max(dim=1).values.mean()) < 0.7


def test_the_same_seed_fits_the_same_head(views):
    first, second = fitted_head(views).state_dict(), fitted_head(views).state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize(("whitening", "uses_labels"), [(None, True), (0.25, False)])
def test_a_plain_head_is_fitted_by_discriminant_analysis_or_without_labels_by_pca(views, whitening, uses_labels):
    maps, labels = maps_of(views)
    permuted = labels[torch.randperm(len(labels), generator=torch.Generator().manual_seed(1))]

    def stage3(number):
        start = 0
        for batch, _ in views.stage3(number):
            yield batch, permuted[start : start + len(batch)]
            start += len(batch)

    embeddings = []
    for labelled in (views, Views(views.count, stage3, late)):
        head = GemHead(4)
        fit_head(head, labelled, class_share=1.0, ridge=0.1, whitening=whitening, seed=0)
        with torch.no_grad():
            embeddings.append(head(maps))
        assert embeddings[-1].shape == (len(labels), 4)
        assert torch.allclose(embeddings[-1].norm(dim=1), torch.ones(len(labels)), atol=1e-5)
    right, wrong = embeddings
    assert torch.allclose(right @ right.T, wrong @ wrong.T, atol=1e-5) != uses_labels
