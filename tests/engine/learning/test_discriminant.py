import pytest
import torch

from frors_qgis.engine.encoders.projection import Projection
from frors_qgis.engine.learning.discriminant import ViewStatistics
from frors_qgis.protocol import EngineError, ErrorCode

IMAGES, CHANNELS = 200, 8


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


def views(generator, signal, view_noise, count=6):
    """Views [count, IMAGES, CHANNELS] of images that differ along `signal` and shake along `view_noise`."""
    images = torch.randn(IMAGES, CHANNELS, generator=generator) * signal
    return images + torch.randn(count, IMAGES, CHANNELS, generator=generator) * view_noise


def fitted(vectors, dimension, labels=None, class_share=0.0):
    statistics = ViewStatistics()
    for view in vectors:
        statistics.add(view)
    projection = Projection(CHANNELS, dimension)
    labels = torch.zeros(IMAGES, dtype=torch.long) if labels is None else labels
    statistics.fit(projection, labels, class_share, ridge=0.01)
    return projection


def weight_on(projection, channel):
    """Share of a projection's first axis that lies on a channel."""
    axis = projection.weight[0]
    return float((axis[channel] ** 2 / axis.square().sum()).detach())


def test_what_changes_from_view_to_view_is_left_out_even_where_it_varies_most(generator):
    signal, noise = torch.ones(CHANNELS), torch.full((CHANNELS,), 0.1)
    signal[0], noise[0] = 3.0, 10.0  # varies most, but within the views of an image
    signal[1] = 2.0
    vectors = views(generator, signal, noise)
    principal = Projection(CHANNELS, 1)
    principal.fit(vectors.flatten(0, 1))
    assert weight_on(principal, 0) > 0.9
    assert weight_on(fitted(vectors, 1), 0) < 0.05
    assert weight_on(fitted(vectors, 1), 1) > 0.9


def test_labels_count_by_the_class_share_alone(generator):
    signal = torch.ones(CHANNELS)
    signal[0] = 4.0  # differs between images, not between classes
    labels = torch.arange(IMAGES) % 2
    vectors = views(generator, signal, torch.full((CHANNELS,), 0.1))
    vectors[:, labels == 1, 1] += 3.0
    assert weight_on(fitted(vectors, 1, labels, class_share=0.0), 0) > 0.9
    assert weight_on(fitted(vectors, 1, labels, class_share=1.0), 1) > 0.9
    assert torch.equal(fitted(vectors, 2, labels).weight, fitted(vectors, 2, labels.flip(0)).weight)


def test_projected_vectors_have_a_root_mean_square_length_of_one_and_no_mean(generator):
    vectors = views(generator, torch.ones(CHANNELS), torch.full((CHANNELS,), 0.3)) + 5.0
    projected = fitted(vectors, 3)(vectors.flatten(0, 1)).detach()
    assert float(projected.square().sum(dim=1).mean()) == pytest.approx(1.0, abs=1e-3)
    assert torch.allclose(projected.mean(dim=0), torch.zeros(3), atol=1e-3)


@pytest.mark.parametrize("channels", [20, 300])  # fewer than the images, and more
def test_axes_are_those_of_the_most_signal_for_their_noise(generator, channels):
    scales = torch.rand(channels, generator=generator) + 0.5
    vectors = torch.randn(IMAGES, channels, generator=generator) * scales + 0.3 * torch.randn(
        4, IMAGES, channels, generator=generator
    )
    projection = Projection(channels, 3)
    statistics = ViewStatistics()
    for view in vectors:
        statistics.add(view)
    statistics.fit(projection, torch.zeros(IMAGES, dtype=torch.long), 0.0, ridge=0.1)

    means = vectors.mean(dim=0).double()
    signal = torch.cov(means.T, correction=0)
    noise = (vectors.double() - means).flatten(0, 1)
    noise = noise.T @ noise / len(noise)
    noise += 0.1 * noise.diagonal().mean() * torch.eye(channels)
    ratios = torch.linalg.eigvals(torch.linalg.solve(noise, signal)).real.sort(descending=True).values[:3]
    for axis, ratio in zip(projection.weight.detach().double(), ratios, strict=True):
        assert float(axis @ signal @ axis / (axis @ noise @ axis)) == pytest.approx(float(ratio), rel=1e-3)


def test_without_noise_there_is_nothing_to_fit(generator):
    vectors = torch.ones(3, 1, CHANNELS) * torch.randn(IMAGES, 1, generator=generator)
    with pytest.raises(EngineError, match="hardly differ"):
        fitted(vectors, 2)


def test_fewer_images_than_dimensions_are_refused(generator):
    statistics = ViewStatistics()
    statistics.add(torch.randn(4, CHANNELS, generator=generator))
    with pytest.raises(EngineError, match="4 images are too few for 6 dimensions") as caught:
        statistics.fit(Projection(CHANNELS, 6), torch.zeros(4, dtype=torch.long), 0.0, 0.01)
    assert caught.value.code is ErrorCode.DATASET_INVALID
