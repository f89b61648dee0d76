"""Acquisitions at the engine's door: a real process with the real encoder on a part of the sample raster."""

from __future__ import annotations

import json

import pytest
from osgeo import gdal

from tests.engine.door import Door
from tests.engine.test_commands import last_object, run


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
    assert door.call("complete_words", archive=archive, words="2019 , x", cursor=5)["completions"] == ["..", ",", "or"]
    assert "2019" in door.call("complete_words", archive=archive, words="")["completions"]


def test_a_saved_query_keeps_its_words_and_the_place_of_its_chip(door, archive):
    door.call("save_query", archive=archive, name="near", chip=1, words="within 1 km")
    saved = door.call("saved_query", archive=archive, name="near")
    assert saved["filters"]["words"] == "within 1 km"
    assert door.call("search", archive=archive, **saved["start"], **saved["filters"])["matches"]
    door.call("delete_query", archive=archive, name="near")


def test_the_command_line_tells_and_takes_words(archive, raster):
    told = run("info", archive).stdout
    assert "platform airborne. resolution 0.3 m." in told
    assert "Sources disagree on acquired: its tags say 2019-06-07, the file name says 2019-06-17." in told
    left, pixel, _, top, _, _ = gdal.Open(str(raster)).GetGeoTransform()
    box = [left, top - 128 * pixel, left + 128 * pixel, top]
    asked = ["search", archive, "--raster", raster, "--box", *box, "--json", "--words"]
    assert last_object(run(*asked, "summer, within 1 km"))["matches"]
    assert json.loads(run(*asked, "summer, winter").stdout.splitlines()[-1])["matches"] == []
