"""Saved queries through the engine's methods, on an archive of a few hundred chips."""

import json
import sqlite3
import struct

import numpy as np
import pytest

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.call import Call
from frors_qgis.engine.indexing.plan import Levels
from frors_qgis.engine.indexing.run import IndexRun
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.service import Service
from frors_qgis.protocol import EngineError, ErrorCode

BOX = [[122.0123456, 47.5], [122.02, 47.5], [122.02, 47.4987654], [122.0123456, 47.4987654]]


def png(side):
    """The beginning of a PNG file."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", side, side) + bytes(100)


PNG = png(64)


@pytest.fixture
def index(colour_archive, colour_encoder, write_raster):
    """Indexes another raster of 1024 px, every 64 px of another colour, into the archive."""

    def add(seed):
        tiles = np.random.default_rng(seed).integers(0, 255, (3, 16, 16), dtype=np.uint8)
        path = write_raster(tiles.repeat(64, axis=1).repeat(64, axis=2), f"{seed}.tif")
        IndexRun(colour_archive, Levels(), lambda: colour_encoder, lambda *_: None, lambda: None).index([str(path)])
        return path

    return add


@pytest.fixture
def ask(colour_archive, index, tmp_path):
    """Calls a method of the engine on the archive, which holds one raster."""
    index(1)
    private = tmp_path / "private"
    private.mkdir()
    service = Service(private)

    def call(method, **params):
        params = {"archive": str(colour_archive.path)} | params
        return service.methods[method](Parameters(params), Call(lambda *_: None))

    yield call
    service.release_archives()


def refused(ask, method, **params):
    with pytest.raises(EngineError) as caught:
        ask(method, **params)
    return caught.value


def vector(archive, chip):
    return [float(value) for value in archive.embedding(chip)]


def search_params(found):
    """Parameters of `search` from a saved query, without its marks."""
    return found["start"] | found["filters"] | {name: found[name] for name in ("positive_boxes", "negative_boxes")}


def test_an_archive_without_saved_queries_lists_none(ask):
    assert ask("info")["queries"] == []


def test_a_saved_query_comes_back_and_finds_what_it_found(ask, colour_archive):
    params = {
        **{"embedding": vector(colour_archive, 5), "ground_size": 2560.0, "k": 7, "apart": 300.0},
        **{"positive_boxes": [vector(colour_archive, 9)], "negative_boxes": [vector(colour_archive, 30)]},
    }
    before = ask("search", **params)["matches"]
    ask("save_query", name="Green roofs", title="Box of town", box=BOX, size=[38.4, 25.6], **params)
    found = ask("saved_query", name="Green roofs")
    assert (found["title"], found["box"], found["size"]) == ("Box of town", BOX, [38.4, 25.6])
    again = ask("search", **search_params(found))["matches"]
    assert [match["chip"] for match in again] == [match["chip"] for match in before]
    assert [match["score"] for match in again] == pytest.approx([match["score"] for match in before], abs=1e-5)


def test_marked_chips_come_back_as_matches(ask, colour_archive):
    ask("save_query", name="roofs", chip=5, positive=[9, 12], negative=[30])
    found = ask("saved_query", name="roofs")
    assert [match["chip"] for match in found["positive"]] == [9, 12]
    score = float(colour_archive.embedding(9) @ colour_archive.embedding(5))
    assert found["positive"][0]["score"] == pytest.approx(score, abs=1e-5)
    assert [match["chip"] for match in found["negative"]] == [30]
    assert found["positive_boxes"] == found["negative_boxes"] == []
    assert found["start"]["embedding"] == pytest.approx(vector(colour_archive, 5), abs=1e-6)


def test_a_query_outlives_the_chips_that_it_speaks_of(ask, colour_archive, index):
    liked = vector(colour_archive, 9)
    ask("save_query", name="roofs", chip=5, positive=[9])
    colour_archive.remove_raster(colour_archive.rasters()[0].id)
    index(2)
    found = ask("saved_query", name="roofs")
    assert found["positive"] == []
    np.testing.assert_allclose(found["positive_boxes"], [liked], atol=1e-6)
    assert ask("search", **search_params(found))["matches"]


def test_only_chips_that_came_since_are_new(ask, colour_archive, index):
    ask("save_query", name="roofs", chip=5)
    newest = ask("saved_query", name="roofs")["newest"]
    assert newest == colour_archive.chip_count()
    assert ask("info")["queries"][0]["new"] == 0
    nothing = ask("search", chip=5, newer_than=newest)
    assert nothing["matches"] == []
    assert "since this query" in nothing["note"]

    index(2)
    added = colour_archive.chip_count() - newest
    assert ask("info")["queries"][0]["new"] == added > 0
    matches = ask("search", chip=5, newer_than=newest)["matches"]
    assert matches
    assert all(match["chip"] > newest and match["raster"].endswith("2.tif") for match in matches)

    ask("note_searched", name="roofs", last_chip=ask("saved_query", name="roofs")["last_chip"])
    assert ask("info")["queries"][0]["new"] == 0


def test_a_name_that_is_taken_is_kept_unless_it_shall_be_replaced(ask):
    ask("save_query", name="roofs", chip=5, title="first")
    error = refused(ask, "save_query", name="roofs", chip=6, title="second")
    assert (error.code, "roofs" in error.message) == (ErrorCode.BAD_REQUEST, True)
    assert ask("saved_query", name="roofs")["title"] == "first"
    ask("save_query", name="roofs", chip=6, title="second", replace=True)
    assert ask("saved_query", name="roofs")["title"] == "second"
    assert len(ask("info")["queries"]) == 1


def test_queries_are_listed_by_name_and_can_be_deleted(ask):
    for name in ("roofs", "Airports", "  ports  "):
        ask("save_query", name=name, chip=5)
    assert [query["name"] for query in ask("info")["queries"]] == ["Airports", "ports", "roofs"]
    ask("delete_query", name="ports")
    assert [query["name"] for query in ask("info")["queries"]] == ["Airports", "roofs"]
    for method, more in (("delete_query", {}), ("saved_query", {}), ("note_searched", {"last_chip": 3})):
        assert refused(ask, method, name="ports", **more).code is ErrorCode.QUERY_UNKNOWN


def test_the_picture_comes_back(ask, tmp_path):
    (tmp_path / "box.png").write_bytes(PNG)
    ask("save_query", name="roofs", chip=5, picture=str(tmp_path / "box.png"))
    path = ask("saved_query", name="roofs")["picture"]
    with open(path, "rb") as file:
        assert file.read() == PNG
    ask("save_query", name="plain", chip=5)
    assert ask("saved_query", name="plain")["picture"] is None


@pytest.mark.parametrize(
    "params",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "x" * 201},
        {"name": 7},
        {"box": [[1, 2, 3]]},
        {"size": [1, 2, 3]},
        {"size": [-1, 2]},
        {"box": [["a", "b"]]},
        {"box": [[0, 0]] * 1001},
        {"picture": "/nowhere/box.png"},
        {"picture": __file__},
        {"chip": None, "embedding": [1.0]},
        {"chip": None, "embedding": [float("nan")] * 4},
        {"k": 0},
        {"months": [13]},
        {"positive_boxes": [[1.0]]},
    ],
)
def test_what_is_no_query_is_not_saved(ask, params):
    assert refused(ask, "save_query", **({"name": "roofs", "chip": 5} | params)).code is ErrorCode.BAD_REQUEST
    assert ask("info")["queries"] == []


def test_an_unknown_chip_is_not_saved(ask):
    assert refused(ask, "save_query", name="roofs", chip=10**6).code is ErrorCode.CHIP_UNKNOWN


@pytest.mark.parametrize(
    "request_text",
    [
        *("", "[]", "[" * 100_000, "{}", '{"title": "t", "box": [], "start": 5}'),
        '{"title": "t", "box": [], "start": {"embedding": [1]}, "filters": {}, "positive": [], "negative": []}',
        '{"title": "t", "box": [], "start": {"embedding": [1, 0, 0, 0]}, "filters": {}, "positive": 5, "negative": []}',
        '{"title": "t", "box": [], "start": {"embedding": [1, 0, 0, 0]}, "filters": 5, "positive": [], "negative": []}',
        '{"title": "t", "box": [], "start": {"embedding": [1, 0, 0, 0]}, "filters": {}, "positive": [{"chip": "1"}], '
        '"negative": []}',
    ],
)
def test_a_stranger_s_saved_query_that_is_none_is_refused_by_name_and_can_be_deleted(ask, colour_archive, request_text):
    ask("save_query", name="roofs", chip=5)
    with sqlite3.connect(colour_archive.path) as connection:
        connection.execute("UPDATE queries SET request = ?", (request_text,))
    error = refused(ask, "saved_query", name="roofs")
    assert (error.code, "roofs" in error.message) == (ErrorCode.ARCHIVE_DAMAGED, True)
    assert len(ask("info")["queries"]) == 1
    ask("delete_query", name="roofs")
    assert ask("info")["queries"] == []


@pytest.mark.parametrize("picture", [b"<svg onload='x'/>", png(30_000), b"\x89PNG\r\n\x1a\n"])
def test_a_stranger_s_picture_that_is_none_or_huge_is_left_out(ask, colour_archive, picture):
    ask("save_query", name="roofs", chip=5)
    with sqlite3.connect(colour_archive.path) as connection:
        connection.execute("UPDATE queries SET picture = ?", (picture,))
    assert ask("saved_query", name="roofs")["picture"] is None


@pytest.mark.parametrize(
    "filters", [{"k": -3}, {"k": 3_000_000_000}, {"rasters": [1] * 60_000}, {"months": [13]}, {"since": "yesterday"}]
)
def test_a_stranger_s_filters_that_are_none_are_refused(ask, colour_archive, filters):
    ask("save_query", name="roofs", chip=5)
    with sqlite3.connect(colour_archive.path) as connection:
        (text,) = connection.execute("SELECT request FROM queries").fetchone()
        request = json.loads(text) | {"filters": filters}
        connection.execute("UPDATE queries SET request = ?", (json.dumps(request),))
    assert refused(ask, "saved_query", name="roofs").code is ErrorCode.ARCHIVE_DAMAGED


def test_what_came_between_the_search_and_the_saving_is_new(ask, colour_archive, index):
    seen = ask("search", chip=5)["last_chip"]
    index(2)
    ask("save_query", name="roofs", chip=5, newest=seen)
    [entry] = ask("info")["queries"]
    assert entry["new"] == colour_archive.chip_count() - seen > 0


def test_a_stranger_s_endless_names_are_not_listed(ask, colour_archive):
    ask("save_query", name="roofs", chip=5)
    with sqlite3.connect(colour_archive.path) as connection:
        connection.execute("UPDATE queries SET name = ?", ("x" * 10_000_000,))
    assert ask("info")["queries"] == []


def test_a_query_is_saved_while_rasters_are_indexed(ask, colour_archive):
    with Archive.open(colour_archive.path, writable=True):  # as an index run has it
        ask("save_query", name="roofs", chip=5)
    assert [query["name"] for query in ask("info")["queries"]] == ["roofs"]
    assert colour_archive.verify() == []
