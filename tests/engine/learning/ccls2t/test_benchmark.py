"""What the CCLS2T benchmark promises, on simulated acquisitions and made-up rankings."""

from pathlib import Path

import numpy as np
import pytest
from ccls2t.relations import RELATIONS, Facts
from ccls2t_baselines import metadata_columns
from ccls2t_engine import FilterEngine, with_families_of_sensors
from ccls2t_page import page_table
from ccls2t_protocol import FAMILIES, SPLITS, Task, figures, graded_figures, simulated, tasks, with_missing
from ccls2t_rows import ENGINE_ROWS

from frors_qgis.engine.acquisition.acquisition import Acquisition

CLASSES = 20
DOCS = Path(__file__).parents[4] / "docs"


def test_a_classifier_of_metadata_alone_is_at_chance():
    labels = np.repeat(np.arange(CLASSES), 50)  # in order of classes, as galleries are
    learnt, asked = (metadata_columns(simulated(len(labels), 1, draw), waves=True) for draw in (1000, 0))
    assert np.isfinite(learnt).all()
    learnt, asked = (np.concatenate([part, np.ones((len(part), 1))], axis=1) for part in (learnt, asked))
    weights = np.linalg.solve(learnt.T @ learnt + np.eye(learnt.shape[1]), learnt.T @ np.eye(CLASSES)[labels])
    right = ((asked @ weights).argmax(axis=1) == labels).mean()
    assert right < 1 / CLASSES + 3 * np.sqrt(1 / CLASSES / len(labels))


def test_what_is_learnt_from_and_what_is_searched_share_regions_but_no_acquisition():
    learnt, searched = simulated(200, 1, 1000), simulated(200, 1, 0)
    assert simulated(200, 1, 0) == searched
    assert not set(learnt) & set(searched)
    near = RELATIONS[1].holds(Facts.of(learnt, FAMILIES), Facts.of(searched, FAMILIES))
    assert 0.03 < near.mean() < 0.3


def test_the_share_of_fields_asked_for_is_missing_and_nothing_else_changes():
    complete = simulated(500, 1, 0)
    told = with_missing(complete, 0.4, 3)
    assert np.mean([one.place is None for one in told]) == pytest.approx(0.4, abs=0.07)
    assert all(one.gsd in (None, other.gsd) for one, other in zip(told, complete, strict=True))
    assert with_missing(complete, 0.0, 3) == complete


def test_a_query_is_not_in_its_own_ranking_and_relevance_needs_class_and_metadata():
    complete = simulated(60, 1, 0)
    labels = np.arange(60) % 3
    facts = Facts.of(complete, FAMILIES)
    for task in tasks(labels, facts, 1):
        assert not task.relevant[np.arange(len(task.queries)), task.queries].any()
        expected = task.relation.holds(facts.at(task.queries), facts) & (labels[task.queries][:, None] == labels)
        expected[np.arange(len(task.queries)), task.queries] = False
        assert np.array_equal(task.relevant, expected)


def some_task(relevant, query=0):
    return Task(RELATIONS[1], np.array([query]), np.array([relevant], bool))


def test_what_a_filter_leaves_out_is_not_found():
    task = some_task([0, 1, 0, 1])
    scores = np.array([[9.0, 3.0, 2.0, 1.0]])
    assert figures(scores, task)["mAP"] == pytest.approx((1 + 2 / 3) / 2)
    assert figures(scores, task, np.array([[1, 1, 0, 1]], bool))["mAP"] == 1
    assert figures(scores, task, np.array([[1, 1, 1, 0]], bool))["mAP"] == 0.5


def test_equal_scores_are_not_ranked_by_the_order_of_the_gallery():
    relevant = np.zeros(2000, bool)
    relevant[1:101] = True
    assert figures(np.zeros((1, 2000)), some_task(relevant))["mAP"] < 0.1


def test_grades_count_by_their_rank():
    task, grades = some_task([0, 1, 1]), np.array([[0.0, 1.0, 0.5]])
    assert graded_figures(np.array([[0.0, 2.0, 1.0]]), task, grades)["nDCG"] == pytest.approx(1)
    assert 0.8 < graded_figures(np.array([[0.0, 1.0, 2.0]]), task, grades)["nDCG"] < 0.9
    assert graded_figures(np.ones((1, 3)), task, grades, np.zeros((1, 3), bool))["nDCG"] == 0


def test_the_engine_returns_what_sql_would():
    chips = [Acquisition(gsd=10.0), Acquisition(gsd=50.0), Acquisition()]
    engine = FilterEngine(FAMILIES)
    engine.load(np.eye(3, dtype=np.float32), chips)
    query, asked = np.eye(3, dtype=np.float32)[:1], [Acquisition(gsd=12.0)]
    scores, strict = engine.search(query, asked, RELATIONS[3], ENGINE_ROWS["engine, strict filter"])
    _, lenient = engine.search(query, asked, RELATIONS[3], ENGINE_ROWS["engine, filter or null"])
    assert scores.tolist() == [[1, 0, 0]]
    assert strict.tolist() == [[True, False, False]]
    assert lenient.tolist() == [[True, False, True]]


def test_what_is_null_counts_by_how_often_the_condition_holds_among_chips_of_its_sensor():
    gsds = {"msi": (10.0, 11.0), "rgb": (0.3, 0.3)}
    chips = [Acquisition(sensor=sensor, gsd=gsd) for sensor, known in gsds.items() for gsd in known]
    chips += [Acquisition(sensor="msi"), Acquisition(sensor="rgb"), Acquisition()]
    engine = FilterEngine(FAMILIES)
    engine.load(np.ones((len(chips), 1), np.float32), chips)
    query, asked = np.ones((1, 1), np.float32), [Acquisition(gsd=12.0)]
    by_sensor, allowed = engine.search(
        query, asked, RELATIONS[3], ENGINE_ROWS["engine, base rates by sensor and platform"]
    )
    overall, _ = engine.search(query, asked, RELATIONS[3], ENGINE_ROWS["engine, base rates"])
    each, _ = engine.search(query, asked, RELATIONS[3], ENGINE_ROWS["engine, each NULL"])
    assert allowed.tolist() == [[True, True, False, False, True, True, True]]
    assert by_sensor[0, 4:] - by_sensor[0, 0] == pytest.approx(np.log([1, 0.001, 0.5]))
    assert overall[0, 4:] - overall[0, 0] == pytest.approx(np.log([0.5, 0.5, 0.5]))
    assert each[0, 4:] - each[0, 0] == pytest.approx([-0.25, -0.25, -0.25])


def test_an_unknown_family_is_that_of_the_sensor():
    chips = [Acquisition(platform="sentinel-2a", sensor="msi"), Acquisition(sensor="msi"), Acquisition(sensor="rgb")]
    assert [one.platform for one in with_families_of_sensors(chips)] == ["sentinel-2a", "sentinel-2", None]


@pytest.mark.parametrize(
    ("table", "name"), [(t, n) for t in ("codes", "engine") for n in SPLITS] + [("parts", "ucmerced")]
)
def test_the_page_holds_the_tables_that_the_results_give(table, name):
    assert "\n".join(page_table(DOCS / "results" / "ccls2t", table, name)) in (DOCS / "retrieval.md").read_text()
