from __future__ import annotations

import json

import pytest

from frors_qgis.engine.acquisition.acquisition import Acquisition, checked
from frors_qgis.engine.acquisition.dates import common_moment, iso_moment, period, season_of
from frors_qgis.engine.acquisition.facts import Fact, Facts, facts_of
from frors_qgis.engine.acquisition.places import distance_km, quadkey
from frors_qgis.engine.acquisition.platforms import level_name, platform_family, platform_name, sensor_name
from frors_qgis.protocol import EngineError, ErrorCode

SCENE = Acquisition("sentinel-2a", "msi", "L2A", 10.0, 12.5, 4.0, "2019-06-07T10:30:31Z", (5.4, 43.3), "Marseille")


def test_an_acquisition_goes_through_json():
    assert Acquisition.from_json(json.loads(json.dumps(SCENE.to_json()))) == SCENE
    assert Acquisition.from_json({}) == Acquisition()
    assert Acquisition().to_json() == {}


@pytest.mark.parametrize(
    "values",
    [
        None,
        [],
        {"colour": "red"},
        {"platform": 3},
        {"platform": " \x00 "},
        {"gsd": 0},
        {"gsd": -1},
        {"gsd": float("nan")},
        {"gsd": float("inf")},
        {"gsd": True},
        {"gsd": "10"},
        {"cloud": 101},
        {"off_nadir": 91},
        {"acquired": "yesterday"},
        {"acquired": "2019-02-30"},
        {"acquired": "2019-00"},
        {"acquired": "0001-01-01"},
        {"acquired": 2019},
        {"place": [5.4]},
        {"place": [5.4, 91]},
        {"place": ["5.4", "43.3"]},
        {"place": [float("nan"), 0]},
        {"place": 5.4},
    ],
)
def test_what_no_acquisition_has_is_refused(values):
    with pytest.raises(EngineError) as caught:
        Acquisition.from_json(values)
    assert caught.value.code is ErrorCode.BAD_REQUEST


def test_texts_are_cut_and_cleaned():
    assert checked("place_name", "a\x00b\n\ud800c" + "x" * 10_000) == "a b c" + "x" * 115


def test_a_longitude_past_180_is_turned_back():
    assert checked("place", [190.0, 3]) == (-170.0, 3.0)


@pytest.mark.parametrize(
    ("text", "name", "family"),
    [
        ("SENTINEL-2A", "sentinel-2a", "sentinel-2"),
        ("S2A_MSI", "sentinel-2a", "sentinel-2"),
        ("Sentinel-2B", "sentinel-2b", "sentinel-2"),
        ("Sentinel 2", "sentinel-2", "sentinel-2"),
        ("LANDSAT_8", "landsat-8", "landsat-8"),
        ("LC08", "landsat-8", "landsat-8"),
        ("WV03", "worldview-3", "worldview-3"),
        ("PHR 1B", "pleiades-1b", "pleiades-1"),
        ("PlanetScope", "planetscope", "planetscope"),
        ("TerraSAR-X", "terrasar-x", "terrasar-x"),
        ("DJI Phantom 4", "DJI Phantom 4", "djiphantom4"),
    ],
)
def test_platforms_have_one_name_and_a_family(text, name, family):
    assert platform_name(text) == name
    assert platform_family(text) == family


def test_sensors_and_levels_have_one_name():
    assert sensor_name("OLI/TIRS") == sensor_name("OLI_TIRS") == "oli_tirs"
    assert sensor_name("FC6310") == "FC6310"
    assert level_name("Level-2A") == level_name("S2MSI2A"[-2:]) == level_name("l2a") == "L2A"
    assert level_name("L1TP") == "L1TP"
    assert level_name("Ortho Tile") == "Ortho Tile"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2019", "2019"),
        ("2019-06", "2019-06"),
        ("2019-06-07", "2019-06-07"),
        ("2019-06-07T10:30:31.1234567Z", "2019-06-07T10:30:31Z"),
        ("2019-06-07T23:30:00-02:00", "2019-06-08T01:30:00Z"),
        ("2019-06-07 10:30", "2019-06-07T10:30:00"),
        ("2019-06-07T25:00:00", None),
        ("2019-13", None),
        ("19-06-07", None),
        ("२०१९", None),
    ],
)
def test_dates_have_one_form(text, moment):
    assert iso_moment(text) == moment


def test_a_date_means_a_period():
    assert period("2020-02") == ("2020-02-01", "2020-02-29")
    assert period("2020") == ("2020-01-01", "2020-12-31")
    assert period("2020-02-03T10:00:00Z") == ("2020-02-03", "2020-02-03")
    assert common_moment("2019-06-07T10:00:00Z", "2019-06-07T11:00:00Z") == "2019-06-07"
    assert common_moment("2019-06-07", "2019-06-30") == "2019-06"
    assert common_moment("2019-06-07", "2020-06-07") is None


def test_seasons_know_the_hemisphere():
    north = [season_of(month, 43.0) for month in (12, 1, 2, 3, 6, 9, 11)]
    assert north == ["winter", "winter", "winter", "spring", "summer", "autumn", "autumn"]
    assert [season_of(month, -33.0) for month in (1, 4, 7, 10)] == ["summer", "autumn", "winter", "spring"]
    assert SCENE.season == "summer"
    assert Acquisition(acquired="2019", place=(0, 1)).season is None
    assert Acquisition(acquired="2019-06").season is None


def test_quadkeys_are_those_of_web_mercator_tiles():
    assert quadkey((-122.33, 47.6), 3) == "021"
    assert quadkey((0.1, 0.1), 1) == "1"
    assert len(quadkey((180.0, 90.0), 12)) == len(quadkey((-180.0, -90.0), 12)) == 12
    assert quadkey((5.4, 43.3), 12).startswith(quadkey((5.4, 43.3), 8))


def test_distances_are_of_great_circles():
    assert distance_km((2.35, 48.86), (-0.13, 51.51)) == pytest.approx(343.9, abs=1)
    assert distance_km((179.9, 0), (-179.9, 0)) == pytest.approx(22.2, abs=0.1)
    assert distance_km((0, 0), (180, 0)) == pytest.approx(20015.1, abs=1)
    assert distance_km((0, 90), (120, 90)) == pytest.approx(0, abs=1e-6)


def dates(*said):
    return Facts.of(Fact("acquired", value, source) for source, value in said)


def test_the_more_trusted_source_is_used_and_the_conflict_is_kept():
    facts = dates(("name", "2019-06-17"), ("tags", "2019-06-07"))
    assert facts.acquisition.acquired == "2019-06-07"
    [conflict] = facts.conflicts()
    assert conflict.sentence == "acquired: its tags say 2019-06-07, the file name says 2019-06-17"


def test_a_closer_word_is_no_conflict():
    assert not dates(("tags", "2019-06-07"), ("stac", "2019-06-07T10:30:31Z"), ("qmd", "2019-06")).conflicts()
    platforms = [Fact("platform", "sentinel-2", "tags"), Fact("platform", "sentinel-2a", "name")]
    assert not Facts.of(platforms).conflicts()
    assert Facts.of([*platforms, Fact("platform", "landsat-8", "qmd")]).conflicts()


def test_when_a_file_was_written_contradicts_nobody():
    facts = dates(("name", "2019-06-17"), ("written", "2025-01-01"))
    assert facts.acquisition.acquired == "2019-06-17"
    assert not facts.conflicts()


def test_the_users_word_goes_before_all_and_can_be_taken_back():
    facts = dates(("name", "2019-06-17"), ("tags", "2019-06-07"))
    decided = facts.with_users_word({"acquired": "2019-06", "platform": "S2A"})
    assert (decided.acquisition.acquired, decided.acquisition.platform) == ("2019-06", "sentinel-2a")
    assert not decided.conflicts()
    assert decided.with_users_word({"acquired": None, "platform": None}) == facts
    assert facts.with_user_of(decided) == decided
    assert decided.with_user_of(facts) == facts
    for values in ({"colour": "red"}, {"colour": None}, {"cloud": 300}):
        with pytest.raises(EngineError):
            facts.with_users_word(values)


def test_facts_go_through_json_and_what_is_none_is_left_out():
    facts = Facts.of(facts_of("stac", SCENE.to_json()) + facts_of("user", {"cloud": 3}))
    assert Facts.from_json(json.loads(json.dumps(facts.to_json()))) == facts
    good = {"field": "cloud", "value": 3, "source": "tags"}
    bad = [7, None, {}, {"field": "cloud"}, good | {"source": "oracle"}, good | {"source": []}, good | {"value": 300}]
    bad += [good | {"field": ["cloud"]}, good | {"field": "colour"}, good | {"value": {"a": 1}}]
    assert Facts.from_json([*bad, good]).to_json() == [good]
    for junk in (None, 7, "x", {"a": 1}, [[]] * 100_000):
        assert Facts.from_json(junk) == Facts()
