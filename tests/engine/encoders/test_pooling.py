import numpy as np
import pytest
import torch

from frors_qgis.engine.encoders.pooling import cell_validity, common_unit, weighted_means, window_weights

EVERYWHERE = np.ones((4, 6), np.float32)


def test_the_weights_of_a_window_are_equal_over_its_cells_and_sum_to_one():
    weights = window_weights(np.array([[1.0, 2.0, 3.0, 2.0]]), EVERYWHERE).reshape(4, 6)
    expected = np.zeros((4, 6))
    expected[2:4, 1:4] = 1 / 6
    np.testing.assert_allclose(weights, expected, atol=1e-7)


def test_a_cell_that_a_window_covers_in_part_counts_in_part():
    weights = window_weights(np.array([[0.0, 0.0, 1.5, 1.0]]), EVERYWHERE).reshape(4, 6)
    np.testing.assert_allclose(weights[0, :3], [2 / 3, 1 / 3, 0], atol=1e-7)


def test_cells_without_valid_pixels_do_not_count():
    validity = EVERYWHERE.copy()
    validity[0, 0] = 0
    weights = window_weights(np.array([[0.0, 0.0, 2.0, 1.0]]), validity).reshape(4, 6)
    np.testing.assert_allclose(weights[0, :2], [0, 1])


def test_a_window_without_any_valid_pixel_still_has_weights():
    weights = window_weights(np.array([[0.0, 0.0, 2.0, 1.0]]), np.zeros((4, 6), np.float32))
    np.testing.assert_allclose(weights.sum(), 1)


def test_the_validity_of_a_cell_is_the_share_of_its_valid_pixels():
    valid = np.ones((1, 64, 32), bool)
    valid[0, :8] = False
    np.testing.assert_allclose(cell_validity(valid, 32), [[[0.75], [1.0]]])


def test_weighted_means_are_the_product_of_the_weights_with_the_values_of_the_cells():
    generator = np.random.default_rng(0)
    windows = np.array([[0.0, 0.0, 2.0, 2.0], [1.0, 1.0, 2.5, 2.0], [0.0, 0.0, 6.0, 4.0]])
    weights = np.stack([window_weights(windows, EVERYWHERE * share) for share in (1, generator.random((4, 6)))])
    values = generator.random((2, 24, 3)).astype(np.float32)
    means = weighted_means(torch.from_numpy(weights), torch.from_numpy(values))
    np.testing.assert_allclose(means, weights @ values, atol=1e-6)


@pytest.mark.parametrize(
    ("windows", "unit"),
    [
        ([[0, 0, 4, 4], [2, 0, 4, 4]], 2),
        ([[0, 0, 4, 4]], 4),
        ([[0, 0, 4, 4], [1, 0, 4, 4]], 1),
        ([[0, 0, 4.5, 4]], 1),
        ([[0, 0, 3, 4]], 1),
    ],
)
def test_the_common_unit_divides_every_window_and_the_map(windows, unit):
    assert common_unit(np.array(windows, float), np.ones((1, 4, 8), np.float32)) == unit


def test_cells_that_count_differently_are_never_joined():
    validity = np.ones((2, 4, 4), np.float32)
    validity[1, 3, 3] = 0.5
    assert common_unit(np.array([[0.0, 0.0, 4.0, 4.0]]), validity) == 1
