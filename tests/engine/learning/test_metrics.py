import numpy as np
import pytest

from frors_qgis.engine.learning.metrics import average_precision, retrieval_metrics


def ranking(*hits, length=20):
    relevant = np.zeros(length, bool)
    relevant[[hit - 1 for hit in hits]] = True
    return relevant


@pytest.mark.parametrize(
    ("total", "cutoff", "expected"),
    [
        # One ranking with hits at ranks 1, 3 and 6, worked by hand: precisions 1, 2/3, 1/2.
        (5, 10, (1 + 2 / 3 + 1 / 2) / 5),
        (100, 10, (1 + 2 / 3 + 1 / 2) / 10),
        (3, None, (1 + 2 / 3 + 1 / 2) / 3),
        (3, 1, 1.0),
        (3, 2, 1 / 2),
    ],
)
def test_ap_at_k_divides_by_the_smaller_of_k_and_what_there_is(total, cutoff, expected):
    assert average_precision(ranking(1, 3, 6), total, cutoff) == pytest.approx(expected)


def test_a_perfect_ranking_scores_one_and_an_empty_one_zero():
    perfect = retrieval_metrics([(ranking(1, 2, 3), 3)])
    assert {name: perfect[name] for name in perfect if name.startswith("mAP")} == {
        name: 1.0 for name in perfect if name.startswith("mAP")
    }
    assert set(retrieval_metrics([(ranking(), 3)]).values()) == {0.0}


def test_means_are_over_queries():
    metrics = retrieval_metrics([(ranking(1), 1), (ranking(2), 1)])
    assert metrics["mAP"] == pytest.approx(0.75)
    assert metrics["mAP@1"] == pytest.approx(0.5)
    assert metrics["P@10"] == pytest.approx(0.1)


def test_ap_agrees_with_an_independent_implementation():
    generator = np.random.default_rng(11)
    for _ in range(50):
        relevant = generator.random(60) < 0.3
        total = int(relevant.sum()) + int(generator.integers(0, 5)) or 1
        for k in (1, 5, 10, 20, 50):
            gain = sum(relevant[: i + 1].mean() for i in range(k) if relevant[i]) / min(k, total)
            assert average_precision(relevant, total, k) == pytest.approx(gain)
