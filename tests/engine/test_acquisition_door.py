"""Acquisitions at the engine's door: a real process with the real encoder on a part of the sample raster."""

from __future__ import annotations

import pytest
from osgeo import gdal

from tests.engine.command_line import last_object, run, run_here
from tests.engine.door import Door


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    door = Door(tmp_path_factory.mktemp("private"))
    yield door
    if door.process.poll() is None:
        door.close()


@pytest.fixture(scope="module")
def raster(tmp_path_factory, sample_path):
    path = tmp_path_factory.mktemp("rasters") / "kitsap_2019-06-17.tif"
    dataset = gdal.Translate(str(path), str(sample_path), srcWin=[0, 0, 300, 300])
    dataset.SetMetadata({"ACQUISITION_DATE": "2019-06-07", "PLATFORM": "aerial", "CLOUDCOVER": "3"})
    dataset = None
    return path


@pytest.fixture(scope="module")
def archive(door, raster, tmp_path_factory):
    path = str(tmp_path_factory.mktemp("archives") / "a.gpkg")
    assert door.call("index", archive=path, rasters=[str(raster)])["rasters"][0]["state"] == "indexed"
    return path


@pytest.fixture(autouse=True)
def forgotten(door, archive):
    """Takes back what a test has said of the raster."""
    yield
    fields = {"acquired": None, "platform": None, "cloud": None}
    door.call("set_acquisition", archive=archive, raster=1, fields=fields)


def test_info_tells_what_is_known_and_where_sources_disagree(door, archive):
    [raster] = door.call("info", archive=archive)["rasters"]
    assert raster["acquisition"]["platform"] == "airborne"
    assert raster["acquisition"]["acquired"] == "2019-06-07"
    assert raster["acquisition"]["place"] == pytest.approx([-122.6, 47.6], abs=0.2)
    assert raster["conflicts"] == ["acquired: its tags say 2019-06-07, the file name says 2019-06-17"]


def test_a_raster_is_described_with_the_source_of_each_fact(door, archive):
    described = door.call("describe_raster", archive=archive, raster=1)
    assert described["sources"]["acquired"] == "tags"
    assert described["sources"]["place"] == described["sources"]["gsd"] == "raster"
    assert described["conflicts"][0]["other"] == {"field": "acquired", "value": "2019-06-17", "source": "name"}
    assert described["sentence"].startswith("platform airborne. resolution 0.3 m. location 47.")
    assert door.refuse("describe_raster", archive=archive, raster=9)["code"] == "raster_unknown"


def test_the_users_word_is_used_and_survives_indexing_again(door, archive, raster):
    described = door.call("set_acquisition", archive=archive, raster=1, fields={"acquired": "2019-06-17", "cloud": 0})
    assert described["acquisition"]["acquired"] == "2019-06-17"
    assert described["sources"]["cloud"] == "user"
    assert described["conflicts"] == []
    door.call("index", archive=archive, rasters=[str(raster)])
    [told] = door.call("info", archive=archive)["rasters"]
    assert (told["acquired"], told["acquisition"]["cloud"]) == ("2019-06-17", 0.0)
    assert door.call("search", archive=archive, chip=1, since="2019-06-17")["matches"]
    back = door.call("set_acquisition", archive=archive, raster=1, fields={"acquired": None})
    assert back["acquisition"]["acquired"] == "2019-06-07"


@pytest.mark.parametrize(
    "params",
    [
        {"raster": 1, "fields": {"colour": "red"}},
        {"raster": 1, "fields": {"acquired": "someday"}},
        {"raster": 1, "fields": []},
        {"raster": 1},
        {"raster": "one", "fields": {}},
    ],
)
def test_a_word_that_makes_no_sense_is_refused_and_nothing_is_kept(door, archive, params):
    before = door.call("describe_raster", archive=archive, raster=1)
    assert door.refuse("set_acquisition", archive=archive, **params)["code"] == "bad_request"
    assert door.call("describe_raster", archive=archive, raster=1) == before


def test_what_the_user_says_can_be_checked_without_an_archive(door):
    fields = {"acquired": "2019-06-07 10:30", "platform": "S2A", "cloud": None}
    checked = door.call("check_acquisition", fields=fields)["acquisition"]
    assert checked == {"acquired": "2019-06-07T10:30:00", "platform": "sentinel-2a"}
    assert door.refuse("check_acquisition", fields={"cloud": "much"})["code"] == "bad_request"


def test_words_limit_a_search_by_a_box_to_its_neighbourhood(door, archive, raster):
    left, pixel, _, top, _, _ = gdal.Open(str(raster)).GetGeoTransform()
    box = [left, top - 128 * pixel, left + 128 * pixel, top]
    embedding = door.call("embed", archive=archive, raster=str(raster), box=box)
    assert embedding["place"] == pytest.approx([-122.6, 47.6], abs=0.2)
    start = {"archive": archive, "embedding": embedding["embedding"], "place": embedding["place"]}
    assert door.call("search", words="airborne, summer, within 1 km, resolution < 1 m", **start)["matches"]
    assert not door.call("search", words="winter", **start)["matches"]
    error = door.refuse("search", words="airbourne", **start)
    assert error["code"] == "bad_request"
    assert "'airbourne'" in error["message"]


def test_words_are_completed_from_what_the_archive_holds(door, archive):
    assert door.call("complete_words", archive=archive, words="air")["completions"] == ["airborne"]
    completed = door.call("complete_words", archive=archive, words="2019 , x", cursor=5)
    assert completed["completions"] == ["..", ",", "or"]
    assert completed["message"].startswith("'x' cannot be read")
    assert door.call("complete_words", archive=archive, words="winter, cl")["start"] == 8
    assert door.call("complete_words", archive=archive, words="winter, cloud < 5")["message"] is None
    assert "2019" in door.call("complete_words", archive=archive, words="")["completions"]


def test_a_saved_query_keeps_its_words_and_the_place_of_its_chip(door, archive):
    door.call("save_query", archive=archive, name="near", chip=1, words="within 1 km")
    saved = door.call("saved_query", archive=archive, name="near")
    assert saved["filters"]["words"] == "within 1 km"
    assert door.call("search", archive=archive, **saved["start"], **saved["filters"])["matches"]
    door.call("delete_query", archive=archive, name="near")


def test_words_alone_find_what_fulfils_them_and_can_be_saved(door, archive):
    found = door.call("search", archive=archive, words="airborne", k=3)["matches"]
    assert [match["score"] for match in found] == [1.0] * len(found)
    assert found[0]["acquired"] == "2019-06-07"
    door.call("save_query", archive=archive, name="airborne", words="airborne", words_weight=0.5)
    saved = door.call("saved_query", archive=archive, name="airborne")
    assert (saved["start"], saved["filters"]) == ({}, {"words": "airborne", "words_weight": 0.5})
    assert door.call("search", archive=archive, **saved["start"], **saved["filters"], k=3)["matches"] == found
    door.call("delete_query", archive=archive, name="airborne")
    for method in ("explain", "outline"):
        error = door.refuse(method, archive=archive, words="airborne", match=1, matches=[1])
        assert "by words alone" in error["message"]
    assert door.refuse("search", archive=archive)["code"] == "bad_request"


def test_a_weight_lets_what_disagrees_be_found_after_what_agrees(door, archive):
    found = door.call("search", archive=archive, chip=1, words="winter", words_weight=0.25)["matches"]
    plain = door.call("search", archive=archive, chip=1)["matches"]
    assert [match["chip"] for match in found] == [match["chip"] for match in plain]
    assert found[0]["score"] == pytest.approx(0.75 * plain[0]["score"], abs=1e-3)


def test_matches_say_what_of_the_words_is_unknown_of_them_and_how_likely_it_is(door, archive):
    found = door.call("search", archive=archive, chip=1, words="L2A, sentinel-2 , summer", words_weight=0.5)["matches"]
    [unknown] = found[0]["unknown"]
    assert unknown["words"] == "L2A"
    assert 0 < unknown["odds"] < 1
    for words in ({}, {"words": "summer"}, {"words": "summer", "words_weight": 0.5}):
        assert door.call("search", archive=archive, chip=1, **words)["matches"][0]["unknown"] == []


def test_a_plan_tells_the_acquisitions_and_the_users_word_goes_with_the_indexing(door, raster, tmp_path):
    path = str(tmp_path / "b.gpkg")
    [planned] = door.call("plan", archive=path, rasters=[str(raster)])["rasters"]
    assert planned["acquisition"]["acquired"] == "2019-06-07"
    assert (planned["sources"]["acquired"], planned["sources"]["gsd"]) == ("tags", "raster")
    assert planned["conflicts"][0]["other"]["source"] == "name"
    said = {str(raster): {"acquired": "2018-06", "cloud": 7}}
    index = {"archive": path, "rasters": [str(raster)], "windows": [8], "overlap": 0.0}
    assert door.refuse("index", **index, acquisitions={str(raster): {"cloud": 700}})["code"] == "bad_request"
    door.call("index", **index, acquisitions=said)
    [told] = door.call("info", archive=path)["rasters"]
    assert (told["acquisition"]["acquired"], told["acquisition"]["cloud"]) == ("2018-06", 7.0)
    [planned] = door.call("plan", archive=path, rasters=[str(raster)])["rasters"]
    assert planned["sources"]["acquired"] == "user"
    door.call("index", **index, acquisitions={str(raster): {"acquired": None}})
    assert door.call("describe_raster", archive=path, raster=1)["acquisition"]["acquired"] == "2019-06-07"


def test_a_box_is_embedded_with_its_date(door, archive, raster, sample_path):
    left, pixel, _, top, _, _ = gdal.Open(str(raster)).GetGeoTransform()
    box = [left, top - 128 * pixel, left + 128 * pixel, top]
    assert door.call("embed", archive=archive, raster=str(raster), box=box)["acquired"] == "2019-06-07"
    door.call("set_acquisition", archive=archive, raster=1, fields={"acquired": "2018-05"})
    assert door.call("embed", archive=archive, raster=str(raster), box=box)["acquired"] == "2018-05"
    assert door.call("embed", archive=archive, raster=str(sample_path), box=box)["acquired"] is None


def test_the_command_line_corrects_an_acquisition(archive, raster):
    told = run("acquisition", archive, raster).stdout
    assert "  acquired: 2019-06-07 (its tags say so)" in told
    assert "  unknown: sensor, level, off_nadir, place_name" in told
    assert "Sources disagree on acquired" in told
    corrected = last_object(run("acquisition", archive, raster, "--set", "cloud=9", "acquired=2017-01", "--json"))
    assert (corrected["acquisition"]["cloud"], corrected["acquisition"]["acquired"]) == (9.0, "2017-01")
    assert run("acquisition", archive, raster, "--set", "acquired=soon", expect=1).stderr.startswith("The field")
    told = run("acquisition", archive, raster, "--forget", "cloud", "acquired").stdout
    assert "(its tags say so)" in told


def test_the_command_line_tells_and_takes_words(archive, raster):
    told = run("info", archive).stdout
    assert "platform airborne. resolution 0.3 m." in told
    assert "Sources disagree on acquired: its tags say 2019-06-07, the file name says 2019-06-17." in told
    left, pixel, _, top, _, _ = gdal.Open(str(raster)).GetGeoTransform()
    box = [left, top - 128 * pixel, left + 128 * pixel, top]
    asked = ["search", archive, "--raster", raster, "--box", *box, "--json", "--words"]
    assert last_object(run_here(*asked, "summer, within 1 km"))["matches"]
    assert last_object(run_here(*asked, "summer, winter"))["matches"] == []
    assert last_object(run_here("search", archive, "--words", "summer", "-k", "2", "--json"))["matches"]
