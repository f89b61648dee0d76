import numpy as np
from ccls2t.context import NARROWER, context_windows


def test_wider_windows_have_the_same_centre_and_end_with_the_map():
    found = context_windows(np.array([[4.0, 4, 2, 2], [0, 8, 2, 2]]), (1.0, 2.0, 4.0), 10, 20)
    assert found[0].tolist() == [[4, 4, 2, 2], [3, 3, 4, 4], [1, 1, 8, 8]]
    assert found[1].tolist() == [[0, 8, 2, 2], [0, 7, 3, 3], [0, 5, 5, 5]]


def test_narrower_windows_of_a_whole_image_are_nested_centre_crops():
    found = context_windows(np.array([[0.0, 0, 5, 5]]), NARROWER, 5, 5)
    assert np.allclose(found[0], [[0, 0, 5, 5], [0.5, 0.5, 4, 4], [1, 1, 3, 3]])
