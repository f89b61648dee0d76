"""How far acquisitions agree with conditions that need not hold."""

from __future__ import annotations

import pytest

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.agreement import agreement
from frors_qgis.engine.acquisition.query_line import parse_query_line

SCENE = Acquisition("sentinel-2a", "msi", "L2A", 10.0, 30.0, None, "2019-06-07", (5.4, 43.3))


def of(line, acquisition=SCENE):
    (clause,) = parse_query_line(line).clauses
    return agreement(clause, acquisition)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("sentinel-2", 1.0),
        ("sentinel-2b", 0.5),
        ("landsat", 0.0),
        ("oli", 0.0),
        ("summer", 1.0),
        ("spring", 0.5),
        ("winter", 0.0),
        ("june", 1.0),
        ("july", 0.5),
        ("april", 0.25),
        ("march", 0.0),
        ("2019", 1.0),
        ("2019-07", 0.5),
        ("2018", 0.25),
        ("until 2017", 0.0),
        ("since 2020", 0.25),
        ("resolution < 15 m", 1.0),
        ("resolution < 6 m", 0.5),
        ("resolution <= 3 m", 0.25),
        ("resolution > 30 m", 0.25),
        ("resolution < 1 m", 0.0),
        ("cloud < 20", 0.5),
        ("cloud = 0", 0.0),
        ("not landsat", 1.0),
        ("not summer", 0.0),
        ("winter or july", 0.5),
        ("winter or summer", 1.0),
    ],
)
def test_what_is_near_agrees_a_little(line, expected):
    assert of(line) == expected


def test_december_and_january_are_neighbours():
    assert of("december", Acquisition(acquired="2019-01")) == 0.5


def test_seasons_are_those_of_the_place():
    assert of("winter", Acquisition(acquired="2019-06-07", place=(151.2, -33.9))) == 1.0
    assert of("autumn", Acquisition(acquired="2019-06-07", place=(151.2, -33.9))) == 0.5


def test_what_cannot_be_told_is_neither_agreement_nor_the_opposite():
    assert of("off-nadir < 10") is None
    assert of("not off-nadir < 10") is None
    assert of("winter or off-nadir < 10") is None
    assert of("summer or off-nadir < 10") == 1.0
    assert of("summer", Acquisition(acquired="2019", place=(5.4, 43.3))) is None
