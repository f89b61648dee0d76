import pytest
import torch

from frors_qgis.engine.encoders.trunk_maps import positions_of_cells, to_cells


def test_a_cell_of_a_whole_picture_is_the_mean_of_its_four_positions():
    positions = torch.arange(16.0).view(1, 1, 4, 4)
    assert to_cells(positions).flatten().tolist() == [2.5, 4.5, 10.5, 12.5]


def test_positions_on_the_edge_between_cells_count_half_for_either():
    positions = torch.tensor([1.0, 10.0, 100.0, 1000.0, 10000.0]).expand(5, 5).contiguous().view(1, 1, 5, 5)
    left, right = to_cells(positions)[0, :2, 0].tolist()
    assert left == pytest.approx((1 + 2 * 10 + 100) / 4)
    assert right == pytest.approx((100 + 2 * 1000 + 10000) / 4)


@pytest.mark.parametrize("size", [4, 5])
def test_constant_maps_stay_constant(size):
    assert torch.equal(to_cells(torch.full((1, 2, size, size), 3.0)), torch.full((1, 4, 2), 3.0))


@pytest.mark.parametrize("size", [4, 5])
def test_the_positions_of_cells_average_to_what_cells_are(size):
    maps = torch.randn(2, 3, size, size, generator=torch.Generator().manual_seed(0))
    values, shares = positions_of_cells(maps)
    assert torch.allclose(values @ shares, to_cells(maps), atol=1e-6)


@pytest.mark.parametrize("size", [8, 9])
def test_units_of_several_cells_are_the_means_of_their_cells(size):
    maps = torch.randn(2, 3, size, size, generator=torch.Generator().manual_seed(0))
    cells = to_cells(maps).unflatten(1, (2, 2, 2, 2))
    expected = cells.mean(dim=(2, 4)).flatten(1, 2)
    values, shares = positions_of_cells(maps, 2)
    assert torch.allclose(to_cells(maps, 2), expected, atol=1e-6)
    assert torch.allclose(values @ shares, expected, atol=1e-6)
