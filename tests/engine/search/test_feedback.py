import numpy as np
import pytest

from frors_qgis.engine.search.feedback import refined

NONE = np.zeros((0, 8), np.float32)


def unit(*rows):
    vectors = np.zeros((len(rows), 8), np.float32)
    for vector, row in zip(vectors, rows, strict=True):
        vector[: len(row)] = row
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


QUERY = unit([1.0])[0]


def test_without_examples_the_query_stays_what_it_is():
    np.testing.assert_allclose(refined(QUERY, NONE, NONE), QUERY, atol=1e-6)


def test_right_examples_score_higher_and_wrong_ones_lower_than_before():
    right, wrong = unit([1, 1], [1, 0, 1]), unit([1, 0, 0, 1])
    vector = refined(QUERY, right, wrong)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)
    gain = (right @ vector).min() - (wrong @ vector)[0]
    assert gain > (right @ QUERY).min() - (wrong @ QUERY)[0]


def test_an_example_that_scores_as_it_should_moves_nothing():
    np.testing.assert_allclose(refined(QUERY, QUERY[None], unit([0, 1])), QUERY, atol=1e-6)


def test_the_same_example_given_twice_or_fifty_times_does_no_harm():
    for times in (2, 50):
        vector = refined(QUERY, np.repeat(unit([1, 1]), times, axis=0), NONE)
        assert np.isfinite(vector).all()
        assert unit([1, 1])[0] @ vector < 1


def test_the_order_of_the_examples_does_not_matter():
    examples = unit([1, 1], [1, 2], [0, 1, 3])
    np.testing.assert_allclose(refined(QUERY, examples, NONE), refined(QUERY, examples[::-1], NONE), atol=1e-6)


def test_what_is_like_a_wrong_example_falls_behind_what_is_not():
    like_wrong, other = unit([1, 0, 0, 1, 0.1])[0], unit([1, 0, 0, 0, 1])[0]
    assert like_wrong @ QUERY == pytest.approx(other @ QUERY, abs=0.01)
    vector = refined(QUERY, NONE, unit([1, 0, 0, 1]))
    assert other @ vector > like_wrong @ vector + 0.1
