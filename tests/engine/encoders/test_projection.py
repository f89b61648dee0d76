import pytest
import torch

from frors_qgis.engine.encoders.projection import Projection


@pytest.fixture
def vectors():
    generator = torch.Generator().manual_seed(0)
    return torch.randn(500, 6, generator=generator) * torch.tensor([5.0, 3.0, 1.0, 0.5, 0.2, 0.1]) + 7.0


def test_plain_pca_keeps_the_axes_of_largest_variance_and_says_how_much(vectors):
    projection = Projection(6, 2)
    kept = projection.fit(vectors, whitening=0.0)
    assert kept == pytest.approx((25 + 9) / (25 + 9 + 1 + 0.25 + 0.04 + 0.01), abs=0.03)
    assert bool((projection.weight[:, :2].square().sum(dim=1) / projection.weight.square().sum(dim=1) > 0.99).all())


def test_full_whitening_gives_every_axis_the_same_variance(vectors):
    projection = Projection(6, 4)
    projection.fit(vectors, whitening=0.5)
    variances = projection(vectors).var(dim=0)
    assert torch.allclose(variances, variances.mean().expand(4), rtol=0.02)


def test_projected_vectors_are_centred_and_of_length_one_on_average(vectors):
    projection = Projection(6, 3)
    projection.fit(vectors)
    projected = projection(vectors)
    assert torch.allclose(projected.mean(dim=0), torch.zeros(3), atol=1e-4)
    assert float(projected.detach().norm(dim=1).mean()) == pytest.approx(1.0, abs=1e-4)


def test_fewer_vectors_than_channels_give_the_axes_of_their_covariance(vectors):
    few = torch.cat([vectors[:12], vectors[:12].square()], dim=1)[:8]
    projection = Projection(12, 5)
    kept = projection.fit(few, whitening=0.5)
    eigenvalues, axes = torch.linalg.eigh(torch.cov(few.T.double(), correction=0))
    assert kept == pytest.approx(float(eigenvalues[-5:].sum() / eigenvalues.sum()))
    directions = torch.nn.functional.normalize(projection.weight, dim=1).double()
    alike = (directions @ axes[:, -5:].flip(1)).abs()
    assert torch.allclose(alike, torch.eye(5, dtype=torch.float64), atol=1e-4)


def test_more_dimensions_than_vectors_are_refused():
    with pytest.raises(ValueError, match="3 vectors cannot fit 4 dimensions"):
        Projection(6, 4).fit(torch.randn(3, 6))
