import numpy as np
from ccls2t.relations import RELATIONS, Facts, days_apart, distance_km

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.places import distance_km as one_distance

FAMILIES = ("landsat-8", "sentinel-2")
MARSEILLE, TOULON, ALGIERS = (5.4, 43.3), (5.9, 43.1), (3.1, 36.8)
QUERY = Acquisition("sentinel-2a", gsd=10.0, acquired="2019-12-30", place=MARSEILLE)
CHIPS = [
    Acquisition("sentinel-2b", gsd=19.0, acquired="2021-01-02", place=TOULON),
    Acquisition("landsat-8", gsd=30.0, acquired="2019-06-30", place=ALGIERS),
    Acquisition(),
]


def judged(number):
    relation = RELATIONS[number]
    query, chips = Facts.of([relation.asked(QUERY)], FAMILIES), Facts.of(CHIPS, FAMILIES)
    return relation.holds(query, chips)[0].tolist(), relation.possible(query, chips)[0].tolist()


def test_what_is_like_the_query_holds_what_is_not_does_not_and_the_unknown_is_possible():
    for number in range(len(RELATIONS) - 1):
        assert judged(number) == ([True, False, False], [True, False, True]), RELATIONS[number].name


def test_where_nothing_is_asked_everything_holds():
    assert judged(-1) == ([True] * 3, [True] * 3)
    assert RELATIONS[-1].asked(QUERY) == Acquisition()


def test_distances_are_those_on_the_globe_and_days_go_the_shorter_way_round():
    query, chips = Facts.of([QUERY], FAMILIES), Facts.of(CHIPS, FAMILIES)
    expected = [one_distance(MARSEILLE, TOULON), one_distance(MARSEILLE, ALGIERS), np.nan]
    assert np.allclose(distance_km(query, chips)[0], expected, equal_nan=True, atol=0.01)
    assert np.allclose(days_apart(query, chips)[0], [3.25, 182.25, np.nan], equal_nan=True, atol=1)
