import sys
from types import ModuleType

import numpy as np
import pytest

from frors_qgis.engine.learning.metrics import query_figures, retrieval_report, self_excluded_metrics
from frors_qgis.protocol import EngineError, ErrorCode


def figures(*hits, relevant):
    """The figures of one query with hits at these ranks."""
    values = query_figures(np.zeros(len(hits), int), np.array(hits, int), np.array([relevant]))
    return {name: float(value[0]) for name, value in values.items()}


def unit(vectors):
    vectors = np.asarray(vectors, np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def clustered(generator, count=300, classes=7, dimension=16):
    labels = generator.integers(0, classes, count)
    centres = generator.normal(size=(classes, dimension))
    return unit(centres[labels] + 1.2 * generator.normal(size=(count, dimension))), labels


@pytest.mark.parametrize(
    ("relevant", "expected"),
    [
        # One ranking with hits at ranks 1, 3 and 6, worked by hand: precisions there 1, 2/3 and 1/2.
        (3, {"AP": (1 + 2 / 3 + 1 / 2) / 3, "AP@1": 1, "AP@5": (1 + 2 / 3) / 3, "AP@R": (1 + 2 / 3) / 3}),
        (5, {"AP": 0.4333, "AP@1": 1, "AP@5": 0.3333, "AP@10": 0.4333, "AP@50": 0.4333, "AP@R": 0.3333}),
        (100, {"AP": 0.0217, "AP@1": 1, "AP@5": 0.3333, "AP@10": 0.2167, "AP@50": 0.0433, "AP@R": 0.0217}),
    ],
)
def test_ap_at_k_divides_by_the_smaller_of_k_and_what_there_is(relevant, expected):
    computed = figures(1, 3, 6, relevant=relevant)
    assert {name: computed[name] for name in expected} == pytest.approx(expected, abs=5e-5)


def test_precision_and_hits_count_ranks_up_to_and_with_k():
    computed = figures(5, 6, 11, relevant=8)
    assert [computed[f"P@{k}"] for k in (5, 10, 20)] == [1 / 5, 2 / 10, 3 / 20]
    assert (computed["hit@1"], computed["hit@10"]) == (0, 1)
    assert (figures(10, relevant=1)["hit@10"], figures(11, relevant=1)["hit@10"]) == (1, 0)


@pytest.mark.parametrize(
    ("hits", "relevant", "mpeg7", "code"),
    [
        # K = 10, two missing: MPEG-7 (1+3+6+2*12.5)/5 = 7, (7-3)/(12.5-3); code (10+2*11)/5 = 6.4, (6.4-3)/(11-3).
        ((1, 3, 6), 5, 4 / 9.5, 3.4 / 8),
        # K = 200, 97 missing: (10+97*250)/100 = 242.6, less 50.5, by 199.5; (10+97*201)/100 = 195.07, by 150.5.
        ((1, 3, 6), 100, 192.1 / 199.5, 144.57 / 150.5),
        # K = 6: the hit at rank 6 counts, that at 7 is missing: (8+7.5)/3 - 2 by 5.5; (8+7)/3 - 2 by 5.
        ((2, 6, 7), 3, (15.5 / 3 - 2) / 5.5, 3 / 5),
        ((2,), 1, 1 / 1.5, 1 / 2),
    ],
)
def test_nmrr_in_both_variants_agrees_with_lists_worked_by_hand(hits, relevant, mpeg7, code):
    computed = figures(*hits, relevant=relevant)
    assert computed["NMRR"] == pytest.approx(mpeg7)
    assert computed["NMRR (K+1)"] == pytest.approx(code)


@pytest.mark.parametrize("relevant", [1, 2, 7, 60])
def test_a_perfect_ranking_and_an_empty_one_have_the_extreme_figures(relevant):
    perfect, empty = figures(*range(1, relevant + 1), relevant=relevant), figures(relevant=relevant)
    for name in perfect:
        best, worst = (0, 1) if name.startswith("NMRR") else (1, 0)
        if name.startswith("P@"):
            best = min(1, relevant / int(name[2:]))
        assert (perfect[name], empty[name]) == pytest.approx((best, worst)), name


def test_every_image_searches_all_others_and_means_are_over_queries():
    # Angles 0, 10, 30, 70 degrees of classes a, b, a, b. Rankings: 0 -> 1 2 3, 1 -> 0 2 3, 2 -> 1 0 3, 3 -> 2 1 0.
    angles = np.radians([0, 10, 30, 70])
    report = self_excluded_metrics(unit(np.stack([np.cos(angles), np.sin(angles)], 1)), np.array(list("abab")))
    assert report.per_query["AP"] == pytest.approx([1 / 2, 1 / 3, 1 / 2, 1 / 2])
    assert report.metrics["mAP"] == pytest.approx(11 / 24)
    assert report.metrics["mAP@1"] == report.metrics["hit@1"] == 0
    assert report.metrics["ANMRR"] == pytest.approx(np.mean(report.per_query["NMRR"]))
    assert report.per_class["a"] == pytest.approx({"queries": 2, "mAP": 1 / 2, "mAP@10": 1 / 2})
    assert report.per_class["b"] == pytest.approx({"queries": 2, "mAP": 5 / 12, "mAP@10": 5 / 12})
    assert report.classes == ("a", "b")
    assert report.confusion.tolist() == [[0, 2], [2, 0]]


def test_equal_scores_are_ranked_in_order_of_the_gallery():
    report = self_excluded_metrics(unit(np.ones((4, 3))), np.array([0, 1, 0, 1]))
    assert report.per_query["AP"] == pytest.approx([1 / 2, 1 / 3, 1, 1 / 2])


def test_a_twin_of_the_query_stays_in_its_gallery_whatever_its_class():
    twins = unit([[1, 0], [1, 0], [4, 3]])
    same = self_excluded_metrics(twins, np.array([0, 0, 1]))
    assert same.per_query["AP"][:2].tolist() == [1, 1]
    other = self_excluded_metrics(twins, np.array([0, 1, 0]))
    assert other.per_query["AP"][0] == 1 / 2
    assert other.per_query["AP"][2] == 1
    assert other.confusion.tolist() == [[1, 1], [0, 0]]


def test_a_class_of_one_image_asks_nothing_but_stands_in_the_galleries_of_others():
    report = self_excluded_metrics(unit([[1, 0], [1, 0.1], [1, 0.3]]), np.array(["a", "alone", "a"]))
    assert np.isnan([values[1] for values in report.per_query.values()]).all()
    assert report.counted == 2
    assert report.metrics["mAP"] == report.per_query["AP"][0] == 1 / 2
    assert set(report.per_class) == {"a"}
    assert report.confusion.tolist() == [[0, 2], [0, 0]]


def test_queries_from_elsewhere_search_the_whole_gallery():
    gallery = unit([[1, 0], [1, 0.2], [0, 1]])
    labels = np.array(["a", "b", "a"])
    asked = np.array(["a", "b", "long name of a class that is not there"])
    report = retrieval_report(gallery, asked, gallery, labels, np.array([-1, 1, -1]), np.arange(3))
    assert report.per_query["AP"][0] == pytest.approx((1 + 2 / 3) / 2)
    assert np.isnan(report.per_query["AP"][1:]).all()


def test_all_copies_of_the_query_s_file_are_left_out_of_its_ranking():
    gallery = unit([[1, 0], [1, 0], [1, 0.1], [1, 0.2]])
    labels = np.array(["a", "b", "b", "a"])
    copies = np.array([0, 0, 2, 3])
    report = retrieval_report(gallery, labels, gallery, labels, copies, copies)
    # The first two are the same file: for either, the gallery is the last two.
    assert report.per_query["AP"][:2] == pytest.approx([1 / 2, 1])
    assert report.per_query["hit@1"][:2].tolist() == [0, 1]
    assert report.confusion.sum() == 4


def test_a_gallery_of_nothing_but_the_query_s_copies_counts_nothing():
    with pytest.raises(EngineError, match="No query has an image of its class"):
        retrieval_report(unit([[1, 0]]), ["a"], unit([[1, 0], [1, 0]]), ["a", "a"], np.zeros(1, int), np.zeros(2, int))


def test_rankings_agree_with_a_stable_sort_also_among_many_ties_and_in_several_passes():
    generator = np.random.default_rng(5)
    # Small whole numbers make exact scores, most of them tied; 2,500 queries do not fit one pass.
    embeddings = generator.integers(-2, 3, (2500, 3)).astype(np.float32)
    labels = generator.integers(0, 40, 2500)
    report = self_excluded_metrics(embeddings, labels)
    for query in range(0, 2500, 7):
        order = np.argsort(-(embeddings @ embeddings[query]), kind="stable")
        hits = labels[order[order != query]] == labels[query]
        precisions = np.cumsum(hits) / np.arange(1, len(hits) + 1)
        total = hits.sum()
        assert report.per_query["AP"][query] == pytest.approx((precisions * hits).sum() / total)
        for k in (1, 5, 10, 20, 50):
            assert report.per_query[f"AP@{k}"][query] == pytest.approx((precisions * hits)[:k].sum() / min(k, total))
        assert report.per_query["AP@R"][query] == pytest.approx((precisions * hits)[:total].sum() / total)
        assert report.per_query["P@20"][query] == pytest.approx(hits[:20].mean())


def test_the_order_of_the_images_does_not_matter_without_ties():
    generator = np.random.default_rng(8)
    embeddings, labels = clustered(generator)
    order = generator.permutation(len(labels))
    report, shuffled = (
        self_excluded_metrics(embeddings, labels),
        self_excluded_metrics(embeddings[order], labels[order]),
    )
    assert shuffled.metrics == pytest.approx(report.metrics)
    np.testing.assert_allclose(shuffled.per_query["AP@10"], report.per_query["AP@10"][order])
    np.testing.assert_array_equal(shuffled.confusion, report.confusion)


def test_every_figure_lies_between_0_and_1_and_means_of_classes_make_the_mean():
    embeddings, labels = clustered(np.random.default_rng(9))
    report = self_excluded_metrics(embeddings, labels)
    for name, values in report.per_query.items():
        assert values.min() >= 0, name
        assert values.max() <= 1, name
    sizes = [group["queries"] for group in report.per_class.values()]
    means = [group["mAP@10"] for group in report.per_class.values()]
    assert np.average(means, weights=sizes) == pytest.approx(report.metrics["mAP@10"])
    assert np.trace(report.confusion) / report.counted == pytest.approx(report.metrics["hit@1"])


def test_full_ap_agrees_with_scikit_learn():
    average_precision_score = pytest.importorskip("sklearn.metrics").average_precision_score
    embeddings, labels = clustered(np.random.default_rng(3))
    computed = self_excluded_metrics(embeddings, labels).per_query["AP"]
    scores = embeddings @ embeddings.T
    others = ~np.eye(len(labels), dtype=bool)
    expected = [
        average_precision_score(labels[others[i]] == labels[i], scores[i, others[i]]) for i in range(len(labels))
    ]
    np.testing.assert_allclose(computed, expected, atol=1e-9)


def test_map_at_r_and_the_first_hit_agree_with_pytorch_metric_learning(monkeypatch):
    # The calculator imports this module of faiss, which replaces the search of every index in the process by one that
    # takes no filter; the tests after this one want their own.
    monkeypatch.setitem(sys.modules, "faiss.contrib.torch_utils", ModuleType("faiss.contrib.torch_utils"))
    accuracy = pytest.importorskip("pytorch_metric_learning.utils.accuracy_calculator")
    inference = pytest.importorskip("pytorch_metric_learning.utils.inference")
    distances = pytest.importorskip("pytorch_metric_learning.distances")
    torch = pytest.importorskip("torch")
    embeddings, labels = clustered(np.random.default_rng(4))
    calculator = accuracy.AccuracyCalculator(
        include=("mean_average_precision_at_r", "mean_average_precision", "precision_at_1"),
        k=len(labels) - 1,
        device=torch.device("cpu"),
        knn_func=inference.CustomKNN(distances.CosineSimilarity(), batch_size=64),
    )
    expected = calculator.get_accuracy(torch.from_numpy(embeddings), torch.from_numpy(labels))
    computed = self_excluded_metrics(embeddings, labels).metrics
    assert computed["mAP@R"] == pytest.approx(expected["mean_average_precision_at_r"], abs=1e-6)
    assert computed["mAP"] == pytest.approx(expected["mean_average_precision"], abs=1e-6)
    assert computed["hit@1"] == pytest.approx(expected["precision_at_1"], abs=1e-6)


@pytest.mark.parametrize("labels", [["a", "b", "c"], ["a"], []])
def test_a_dataset_in_which_nothing_can_be_found_is_refused(labels):
    with pytest.raises(EngineError, match="add images") as caught:
        self_excluded_metrics(np.ones((len(labels), 2), np.float32), np.array(labels, np.str_))
    assert caught.value.code is ErrorCode.DATASET_INVALID


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_embeddings_that_are_not_finite_are_refused_instead_of_ranked(value):
    embeddings = np.ones((4, 2), np.float32)
    embeddings[2, 1] = value
    with pytest.raises(EngineError, match="not finite") as caught:
        self_excluded_metrics(embeddings, np.zeros(4, int))
    assert caught.value.code is ErrorCode.ENCODER_DAMAGED
