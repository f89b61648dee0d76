import pytest
import torch

from frors_qgis.engine.encoders.gram import GramVector


@pytest.fixture
def local():
    return torch.randn(2, 8, 4, 4, generator=torch.Generator().manual_seed(0))


def means(gram, local):
    return gram.cell_products(local).mean(dim=1)


def matrix(means, width):
    """The symmetric matrices [..., width, width] whose upper triangles, row by row, are the mean products."""
    rows, columns = torch.triu_indices(width, width)
    filled = torch.full((*means.shape[:-1], width, width), torch.nan)
    filled[..., rows, columns] = means
    filled[..., columns, rows] = means
    return filled


def test_the_mean_products_are_the_upper_triangle_of_the_gram_matrix_of_the_definition(local):
    points = local.flatten(2)
    assert torch.allclose(matrix(means(GramVector(8), local), 8), points @ points.mT / 16, atol=1e-6)


def test_the_matrix_of_the_mean_products_is_symmetric_and_positive_semidefinite(local):
    gram = matrix(means(GramVector(8), local), 8)
    assert torch.equal(gram, gram.mT)
    assert float(torch.linalg.eigvalsh(gram).min()) > -1e-6


def test_the_vector_is_the_signed_roots_of_the_mean_products(local):
    gram = GramVector(8)
    products, vector = means(gram, local), gram(means(gram, local))
    assert bool((products < 0).any())
    squares = vector.sign() * vector.square()
    assert torch.allclose(squares, products / products.abs().sum(dim=1, keepdim=True), atol=1e-6)


def test_positions_may_be_permuted_but_channels_may_not(local):
    gram = GramVector(8)
    vector = gram(means(gram, local))
    places = torch.randperm(16, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(gram(means(gram, local.flatten(2)[:, :, places].view(2, 8, 4, 4))), vector, atol=1e-6)
    channels = torch.arange(8).roll(1)
    assert not torch.allclose(gram(means(gram, local[:, channels])), vector, atol=1e-2)


def test_gram_vectors_have_unit_length_and_every_pair_of_channels_once(local):
    gram = GramVector(8)
    vector = gram(means(gram, local))
    assert vector.shape == (2, 36)
    assert torch.allclose(vector.norm(dim=1), torch.ones(2))


def test_a_window_without_any_signal_does_not_become_nan():
    gram = GramVector(8)
    assert torch.isfinite(gram(torch.zeros(1, gram.length))).all()
