import numpy as np
import pytest
import torch

from frors_qgis.engine.encoders.pooling import window_weights
from frors_qgis.engine.encoders.trunk_maps import TrunkMaps
from tests.engine.encoders.heads import PARTS, random_frors_head, random_maps


@pytest.mark.parametrize("match", [True, False])
def test_embeddings_have_unit_length_and_the_dimensions_of_all_parts(match):
    embeddings = random_frors_head(match=match)(random_maps())
    assert embeddings.shape == (2, 14)
    assert torch.allclose(embeddings.norm(dim=1), torch.ones(2), atol=1e-5)


def test_without_the_matching_one_projection_takes_the_features_of_all_parts():
    head = random_frors_head(match=False)
    means = head.mean(random_maps())
    assert list(head.projections) == ["all"]
    lengths = sum(features.shape[1] for features in random_frors_head().features(means).values())
    assert head.features(means)["all"].shape == (2, lengths)


def test_the_inner_product_is_the_weighted_mean_of_the_cosines_of_the_parts():
    head = random_frors_head()
    means = head.mean(random_maps())
    first, second = head.embed(means).detach()
    weights = {name: weight**2 for name, (_, weight) in PARTS.items()}
    cosines = {name: float((a @ b).detach()) for name, (a, b) in head.parts(means.detach()).items()}
    expected = sum(weights[name] * cosines[name] for name in weights) / sum(weights.values())
    assert float(first @ second) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("training", [True, False])
def test_embedding_needs_no_label_and_leaves_all_of_the_head_untouched_even_while_it_is_trained(training):
    head, other = random_frors_head().train(training), random_frors_head().train(not training)
    before = {name: tensor.clone() for name, tensor in head.state_dict().items()}
    first = head(random_maps())
    for name, tensor in head.state_dict().items():
        assert torch.equal(tensor, before[name]), name
    assert torch.equal(head(random_maps()), first)
    assert torch.equal(other(random_maps()), first)


@pytest.mark.parametrize("match", [True, False])
@pytest.mark.parametrize("shared_edges", [False, True])
def test_a_window_of_cells_embeds_as_if_it_stood_alone(shared_edges, match):
    head = random_frors_head(match=match)
    maps = random_maps(batch=1, shared_edges=shared_edges)
    weights = torch.zeros(1, 1, 4, 6)
    weights[:, :, 1:3, 2:5] = 1 / 6
    pooled = head.embed(head.pool(maps, weights.flatten(2)))[:, 0]
    edge = 1 if shared_edges else 0
    alone = TrunkMaps(maps.stage3[:, :, 2 : 6 + edge, 4 : 10 + edge], maps.stage4[:, :, 1:3, 2:5])
    assert torch.allclose(pooled, head(alone), atol=1e-5)


@pytest.mark.parametrize("shared_edges", [False, True])
def test_means_over_whole_pictures_are_those_of_what_is_described(shared_edges):
    head, maps = random_frors_head(), random_maps(shared_edges=shared_edges)
    assert torch.allclose(head.mean(maps), torch.cat(head.describe(maps), dim=2).mean(dim=1), atol=1e-6)


@pytest.mark.parametrize("shared_edges", [False, True])
def test_windows_pooled_from_units_of_cells_are_those_pooled_from_cells(shared_edges):
    head, maps = random_frors_head(), random_maps(rows=4, columns=8, shared_edges=shared_edges)
    windows = np.array([[0.0, 0.0, 4.0, 4.0], [2.0, 0.0, 2.0, 2.0], [4.0, 2.0, 4.0, 2.0]])
    pooled = []
    for unit in (1, 2):
        weights = window_weights(windows / unit, np.ones((4 // unit, 8 // unit), np.float32))
        pooled.append(head.pool(maps, torch.from_numpy(weights).expand(2, -1, -1), unit))
    assert torch.allclose(*pooled, atol=1e-6)


@pytest.mark.parametrize("part", ["gram", "prototypes"])
def test_a_part_can_be_left_out(part):
    parts = {name: size for name, size in PARTS.items() if name != part}
    head = random_frors_head(parts)
    assert set(head.parts(head.mean(random_maps()))) == set(parts)
    assert head(random_maps()).shape == (2, head.dimension)


@pytest.mark.parametrize("match", [True, False])
def test_the_order_in_which_the_parts_are_named_changes_nothing(match):
    head = random_frors_head(match=match)
    other = random_frors_head(dict(reversed(PARTS.items())), match=match)
    other.load_state_dict(head.state_dict())
    assert torch.equal(other(random_maps()), head(random_maps()))


def test_every_part_tells_different_pictures_apart():
    head = random_frors_head()
    for name, (first, second) in head.parts(head.mean(random_maps())).items():
        assert float((first @ second).detach()) < 0.9999, name
