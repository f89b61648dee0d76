from __future__ import annotations

import random
import time
from contextlib import suppress

import pytest

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.query_line import Known, completions, parse_query_line
from frors_qgis.protocol import EngineError, ErrorCode

MARSEILLE, TOULON, SYDNEY = (5.4, 43.3), (5.93, 43.12), (151.2, -33.9)
SCENE = Acquisition("sentinel-2a", "msi", "L2A", 10.0, 12.0, 4.0, "2019-06-07", MARSEILLE)
UNKNOWN = Acquisition()


@pytest.mark.parametrize(
    "line",
    [
        "sentinel-2",
        "Sentinel 2",
        "S2A",
        "sentinel",
        "landsat-8 or sentinel-2",
        "landsat 8 or 2019",
        "msi",
        "L2A",
        "l2",
        "summer",
        "SUMMER",
        "not winter",
        "june",
        "jun",
        "2019",
        "2019-06",
        "2019-06-07",
        "2019..2021",
        "2019-05 .. 2019-06",
        "since 2019",
        "since 2019-06-07",
        "until 2019",
        "until 2019-06-07",
        "June 2019",
        "jun 2019",
        "7 June 2019",
        "7. june 2019",
        "7.6.2019",
        "07.06.2019",
        "since June 2019",
        "until 7 June 2019",
        "before 2020",
        "before July 2019",
        "before 8.6.2019",
        "after 2018",
        "after may 2019",
        "after 6.6.2019",
        "not before 2019",
        "May 2019 .. June 2019",
        "1.6.2019..30.6.2019",
        "june or 2018",
        "cloud < 20",
        "cloud<20%",
        "cloud <= 12 %",
        "cloud ≤ 12",
        "resolution < 15 m",
        "resolution < 15m",
        "resolution >= 1000 cm",
        "gsd = 9.98",
        "off-nadir < 10 deg",
        "not cloud > 50",
        "within 50 km",
        "within 60 km of 43.12 N 5.93 E",
        "within 60km of 43.12N 5.93E",
        "within 60000 m of 43.12 5.93",
        "near 43.3 5.4",
        "near 43.3 N 5.4 E or near -33.9 151.2",
        "not near 33.9 S 151.2 E",
        "sentinel-2, summer, within 50 km, resolution < 15 m",
        "",
        "  ",
        "summer,",
    ],
)
def test_a_line_that_a_scene_fulfils(line):
    assert parse_query_line(line).matches(SCENE, here=TOULON)


@pytest.mark.parametrize(
    "line",
    [
        "landsat",
        "sentinel-2b",
        "sentinel-1",
        "oli",
        "L1C",
        "winter",
        "not summer",
        "july",
        "2018",
        "2020..2021",
        "since 2019-06-08",
        "until 2019-06-06",
        "June 2018",
        "july 2019",
        "6.7.2019",
        "before 2019",
        "before June 2019",
        "before 7.6.2019",
        "after 2019",
        "after june 2019",
        "after 7 June 2019",
        "cloud < 12",
        "resolution < 10 m",
        "resolution = 20 m",
        "within 5 km",
        "near 43.3 S 5.4 E",
        "near 43.3 N 5.4 W",
        "not within 100 km",
        "sentinel-2, winter",
    ],
)
def test_a_line_that_a_scene_does_not_fulfil(line):
    assert not parse_query_line(line).matches(SCENE, here=TOULON)


@pytest.mark.parametrize(
    "line",
    ["sentinel-2", "summer", "june", "2019", "cloud < 20", "resolution < 15 m", "near 43.3 5.4", "L2A", "msi"],
)
def test_neither_a_condition_nor_its_opposite_matches_what_is_unknown(line):
    assert not parse_query_line(line).matches(UNKNOWN)
    assert not parse_query_line(f"not {line}").matches(UNKNOWN)


def test_one_of_several_conditions_is_enough_though_another_is_unknown():
    assert parse_query_line("winter or sentinel-2").matches(Acquisition(platform="sentinel-2"))


def test_a_unit_that_is_not_known_may_be_the_one_wanted_and_so_does_not_match():
    family = Acquisition(platform="sentinel-2")
    assert not parse_query_line("sentinel-2a").matches(family)
    assert not parse_query_line("not sentinel-2a").matches(family)
    assert parse_query_line("not sentinel-1a").matches(family)


def test_a_year_alone_matches_a_period_that_holds_all_of_it():
    of_2019 = Acquisition(acquired="2019")
    assert parse_query_line("2019").matches(of_2019)
    assert parse_query_line("since 2018").matches(of_2019)
    assert not parse_query_line("since 2019-06").matches(of_2019)
    assert not parse_query_line("not since 2019-06").matches(of_2019)
    assert parse_query_line("not since 2020").matches(of_2019)


def test_summer_is_at_another_time_in_the_south():
    january = Acquisition(acquired="2020-01-15", place=SYDNEY)
    assert parse_query_line("summer").matches(january)
    assert not parse_query_line("winter").matches(january)


def test_a_distance_reaches_over_the_antimeridian():
    fiji = Acquisition(place=(179.9, -17.0))
    assert parse_query_line("within 50 km of 17 S 179.9 W").matches(fiji)


def test_a_distance_without_a_place_is_from_what_is_searched_with():
    predicate = parse_query_line("within 50 km, sentinel-2")
    assert predicate.needs_place
    assert not predicate.matches(SCENE)
    assert len(predicate.of_rasters.clauses) == 1
    assert [[(within.km, beyond) for within, beyond in clause] for clause in predicate.of_places] == [[(50.0, False)]]
    assert not parse_query_line("near 43 5").needs_place


def test_names_that_the_archive_holds_can_be_written():
    known = Known(platforms=("Phantom 4 Pro",), sensors=("FC6310",))
    assert parse_query_line("phantom 4 pro, fc6310", known).matches(Acquisition("Phantom 4 Pro", "FC6310"))
    with pytest.raises(EngineError):
        parse_query_line("phantom 4 pro")


@pytest.mark.parametrize(
    ("line", "word", "hint"),
    [
        ("sentnel-2", "sentnel-2", "a platform"),
        ("sentinel-2 summer", "summer", "a comma"),
        ("cloud 20", "20", "a sign"),
        ("cloud < many", "many", "a number"),
        ("since yesterday", "yesterday", "2020-05"),
        ("since", "since", "2020-05"),
        ("within 50", "50", "km"),
        ("within 50 miles", "miles", "km"),
        ("within 50 km of Marseille", "Marseille", "latitude"),
        ("near 143.3 5.4", "143.3", "latitude"),
        ("near 43.3", "43.3", "longitude"),
        ("sentinel-2,, summer", "comma", "a platform"),
        ("2019-13", "2019-13", "a date"),
        ("since june", "june", "a year"),
        ("before june, 2019", "june", "a year"),
        ("since june yesterday", "yesterday", "a year"),
        ("after 31.6.2019", "31.6.2019", "2020-05"),
        ("6.13.2019", "6.13.2019", "a date"),
        ("june 20019", "20019", "a comma"),
        ("June 2019 .. May 2019", "2019-06-01", "swap"),
        ("2019..", "..", "last date"),
        ("2021..2019", "2021-01-01", "swap"),
        ("within 0 km", "0", "more than 0"),
        ("within 5 km or summer", "'or'", "comma"),
        ("not", "not", "a platform"),
        ("cloud < 1e999", "1e999", "a number"),
        ("within 999999999 km", "20,038", "at most"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_could_stand_there(line, word, hint):
    with pytest.raises(EngineError) as caught:
        parse_query_line(line)
    assert caught.value.code is ErrorCode.BAD_REQUEST
    assert word in caught.value.message
    assert hint in caught.value.message
    assert caught.value.message.endswith(".")


def test_a_long_line_is_refused_and_none_takes_long():
    with pytest.raises(EngineError):
        parse_query_line("x" * 501)
    start = time.process_time()
    for line in ("." * 500, "a" * 500, "not " * 125, "," * 500, "1 " * 250, "a." * 250, "<" * 500):
        with pytest.raises(EngineError):
            parse_query_line(line)
        completions(line, 500)
    assert time.process_time() - start < 2


def test_any_line_is_read_or_refused():
    rng = random.Random(3)
    words = (
        "not or , .. < = 2019 2019-06 7.6.2019 7 50 km m % n s of within near since before cloud sentinel-2 summer "
        "june x é -1"
    ).split()
    for _ in range(3000):
        line = rng.choice(["", " "]).join(rng.choice(words) for _ in range(rng.randint(0, 8)))
        completions(line, rng.randint(-1, len(line) + 1))
        with suppress(EngineError):
            parse_query_line(line).matches(SCENE, TOULON)


KNOWN = Known(("landsat-8", "sentinel-2", "sentinel-2a"), ("msi", "oli"), ("L2A",), ("2018", "2019"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sen", ["sentinel-2", "sentinel-2a"]),
        ("SENT", ["sentinel-2", "sentinel-2a"]),
        ("sentinel-2", ["sentinel-2a"]),
        ("sentinel-2 ", [",", "or"]),
        ("sentinel-2, su", ["summer"]),
        ("sentinel-2, 20", ["2018", "2019"]),
        ("landsat-8 or l", ["landsat-8", "L2A"]),
        ("not wi", ["winter", "within"]),
        ("since 2", ["2018", "2019"]),
        ("before j", ["january", "june", "july"]),
        ("since june ", ["2018", "2019"]),
        ("june ", ["2018", "2019", ",", "or"]),
        ("june 2018 ", ["..", ",", "or"]),
        ("2018..2", ["2018", "2019"]),
        ("2018 ", ["..", ",", "or"]),
        ("cloud ", ["<", "<=", ">", ">=", "="]),
        ("cloud < ", []),
        ("cloud < 20 ", ["%", ",", "or"]),
        ("within 50 ", ["km", "m"]),
        ("within 50 km ", ["of", ",", "or"]),
        ("nonsense, su", ["summer"]),
        ("nonsense su", []),
    ],
)
def test_completions_are_the_words_that_could_follow(text, words):
    assert completions(text + " rest", len(text), KNOWN) == words


def test_an_empty_line_can_begin_with_what_the_archive_holds():
    assert completions("", 0, KNOWN)[:4] == ["landsat-8", "sentinel-2", "sentinel-2a", "msi"]
    assert "not" in completions("", 0)
    assert "not" not in completions("not ", 4)


def test_what_an_archive_holds_is_gathered_with_the_families_of_its_platforms():
    assert Known.of([SCENE, UNKNOWN, Acquisition("landsat-8")]) == Known(
        ("landsat-8", "sentinel-2", "sentinel-2a"), ("msi",), ("L2A",), ("2019",)
    )
