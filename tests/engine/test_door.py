"""The engine at its door: a real process with the real encoder on the sample raster."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.records import NewChips, RasterRecord
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER
from frors_qgis.engine.georeferences import box_in
from tests.engine.door import REPOSITORY, Door


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("private")


@pytest.fixture(scope="module")
def raster(tmp_path_factory, sample_path):
    """A quarter of the sample raster's area, to be quick."""
    path = tmp_path_factory.mktemp("rasters") / "part.tif"
    gdal.Translate(str(path), str(sample_path), srcWin=[0, 0, 700, 600])
    return path


@pytest.fixture(scope="module")
def door(folder):
    door = Door(folder)
    yield door
    if door.process.poll() is None:
        door.close()


@pytest.fixture(scope="module")
def archive(door, raster, tmp_path_factory):
    path = tmp_path_factory.mktemp("archives") / "a.gpkg"
    result = door.call("index", archive=str(path), rasters=[str(raster)])
    assert result["rasters"][0]["state"] == "indexed"
    return str(path)


@pytest.fixture
def box(archive):
    """The bounds of a chip of 8 cells, and the chip's id, in the raster's CRS."""
    with Archive.open(archive) as opened:
        chip = next(chip for chip in opened.chips(range(1, opened.chip_count() + 1)) if chip.cells == 8)
    left, top = 0.3 * chip.column, 0.3 * chip.row

    def at(path):
        transform = gdal.Open(str(path)).GetGeoTransform()
        x, y = transform[0] + left, transform[3] - top
        return [x, y - 0.3 * chip.height, x + 0.3 * chip.width, y]

    return at, chip.id


def search(door, archive, **embed):
    embedding = door.call("embed", archive=archive, **embed)
    vector, size = embedding["embedding"], embedding["chip_size"]
    return door.call("search", archive=archive, embedding=vector, ground_size=size)


def test_hello_tells_version_protocol_and_encoders(door):
    hello = door.call("hello")
    assert hello["protocol"] == 1
    assert DEFAULT_ENCODER in hello["encoders"]


def test_a_box_drawn_exactly_over_a_chip_finds_that_chip_first(door, archive, raster, box):
    at, chip = box
    matches = search(door, archive, raster=str(raster), box=at(raster))["matches"]
    assert matches[0]["chip"] == chip
    assert matches[0]["score"] > 0.99
    np.testing.assert_allclose(matches[0]["bounds"], at(raster), atol=0.15)
    assert matches[0]["crs"] == "EPSG:26910"


def test_a_box_in_another_crs_finds_the_same_chip(door, archive, raster, box):
    at, chip = box
    degrees = box_in(tuple(at(raster)), "EPSG:26910", "EPSG:4326")
    matches = search(door, archive, raster=str(raster), box=list(degrees), crs="EPSG:4326")["matches"]
    assert matches[0]["chip"] == chip


def test_a_raster_outside_the_archive_can_be_searched_with(door, archive, sample_path, box):
    at, chip = box
    assert search(door, archive, raster=str(sample_path), box=at(sample_path))["matches"][0]["chip"] == chip


def test_a_chip_can_be_searched_with(door, archive):
    matches = door.call("search", archive=archive, chip=3, k=5)["matches"]
    assert matches[0]["chip"] == 3
    assert len({match["ground_size"] for match in matches}) == 1


def test_thumbnails_are_pictures_in_the_private_folder(door, archive, folder, raster, box):
    at, _ = box
    thumbnail = door.call("thumbnail", archive=archive, chip=1, size=96)["path"]
    assert Path(thumbnail).parent == folder
    assert max(gdal.Open(thumbnail).RasterXSize, gdal.Open(thumbnail).RasterYSize) == 96
    query = door.call("embed", archive=archive, raster=str(raster), box=at(raster), thumbnail=128)["thumbnail"]
    assert gdal.Open(query).RasterXSize == 128


def test_matches_of_a_raster_that_was_moved_away_are_found_but_have_no_picture(door, raster, tmp_path):
    moved, path = tmp_path / "moved.tif", str(tmp_path / "g.gpkg")
    moved.write_bytes(raster.read_bytes())
    door.call("index", archive=path, rasters=[str(moved)])
    moved.rename(tmp_path / "away.tif")
    assert door.call("search", archive=path, chip=1)["matches"][0]["chip"] == 1
    assert door.refuse("thumbnail", archive=path, chip=1, size=64)["code"] == "raster_missing"
    assert door.call("info", archive=path)["rasters"][0]["state"] == "missing"


@pytest.mark.parametrize(
    ("shift", "size", "code"),
    [(50_000, 60, "box_outside"), (0, 2, "box_too_small"), (0, 4000, "box_too_large")],
)
def test_a_box_that_cannot_be_searched_gets_a_sentence(door, archive, raster, box, shift, size, code):
    xmin, _, _, ymax = box[0](raster)
    corners = [xmin + shift, ymax - size, xmin + shift + size, ymax]
    error = door.refuse("embed", archive=archive, raster=str(raster), box=corners)
    assert error["code"] == code
    assert error["message"].endswith(".")


def test_a_box_over_nodata_only_gets_a_sentence(door, archive, tmp_path, sample_path):
    path = tmp_path / "empty.tif"
    gdal.Translate(str(path), str(sample_path), srcWin=[-600, 0, 700, 600], noData=0)
    transform = gdal.Open(str(path)).GetGeoTransform()
    box = [transform[0] + 10, transform[3] - 90, transform[0] + 90, transform[3] - 10]
    assert door.refuse("embed", archive=archive, raster=str(path), box=box)["code"] == "box_empty"


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("search", {"archive": "/nowhere/a.gpkg", "chip": 1}, "archive_missing"),
        ("info", {"archive": __file__}, "archive_invalid"),
        ("info", {}, "bad_request"),
        ("info", {"archive": 7}, "bad_request"),
        ("info", {"archive": "a\0b"}, "bad_request"),
        ("plan", {"rasters": []}, "bad_request"),
        ("relink", {"archive": "/nowhere/a.gpkg", "folder": "/nowhere"}, "bad_request"),
        ("explain", {"archive": "/nowhere/a.gpkg", "match": 1, "chip": 1}, "archive_missing"),
        ("outline", {"archive": "/nowhere/a.gpkg", "matches": [1], "chip": 1}, "archive_missing"),
        ("relink", {"archive": "/nowhere/a.gpkg", "folder": "/"}, "bad_request"),
        ("remove", {"archive": "/", "rasters": ["x.tif"]}, "bad_request"),
        ("plan", {"rasters": ["x.tif"], "gsd": "fine"}, "bad_request"),
        ("thumbnail", {"archive": "/nowhere", "chip": 1, "size": 10**9}, "archive_missing"),
    ],
)
def test_bad_requests_are_answered_by_code(door, method, params, code):
    assert door.refuse(method, **params)["code"] == code


def test_half_a_character_is_no_text(door, archive):
    for method in ("saved_query", "delete_query"):
        assert door.refuse(method, archive=archive, name="half \ud800")["code"] == "bad_request"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"chip": 10**12}, "chip_unknown"),
        ({"embedding": [1.0]}, "bad_request"),
        ({"embedding": []}, "bad_request"),
        ({"chip": 1, "k": 0}, "bad_request"),
        ({"chip": 1, "rasters": [99]}, "raster_unknown"),
        ({"chip": 1, "within": [0, 0, 0, 0]}, "bad_request"),
        ({"chip": 1, "crs": "EPSG:junk"}, "bad_request"),
        ({"chip": 1, "positive": [2], "negative": [2]}, "bad_request"),
        ({"chip": 1, "positive": [10**9]}, "chip_unknown"),
        ({"chip": 1, "negative": [10**9]}, "chip_unknown"),
        ({"chip": 1, "positive": "all"}, "bad_request"),
        ({"chip": 1, "positive_boxes": [[1.0]]}, "bad_request"),
        ({"chip": 1, "negative_boxes": [1.0]}, "bad_request"),
        ({"chip": 1, "negative_boxes": [[0.0] * 256]}, "bad_request"),
        ({"chip": 1, "positive_boxes": [[1e300] * 256]}, "bad_request"),
        ({"chip": 1, "positive": [2] * 2000}, "bad_request"),
        ({"chip": 1, "since": "May"}, "bad_request"),
        ({"chip": 1, "months": [13]}, "bad_request"),
        ({"chip": 1, "apart": "far"}, "bad_request"),
    ],
)
def test_queries_that_make_no_sense_are_answered_by_code(door, archive, params, code):
    assert door.refuse("search", archive=archive, **params)["code"] == code


def test_a_match_is_explained_by_its_parts_and_classes(door, archive, raster, box):
    at, chip = box
    query = door.call("embed", archive=archive, raster=str(raster), box=at(raster))
    why = door.call("explain", archive=archive, match=chip, embedding=query["embedding"])
    assert why["cells"] == 8
    assert [len(row) for row in why["heat"]] == [8] * 8
    assert why["best"] == [0, 0, 8, 8]
    assert why["score"] == pytest.approx(1, abs=0.01)
    assert all(0 <= probability <= 1 for _, probability in why["classes"])
    assert len(why["classes"]) == 3


def test_the_part_that_a_small_box_shows_is_found_inside_a_larger_match(door, archive, raster, box):
    at, chip = box
    xmin, ymin, xmax, ymax = at(raster)
    quarter = [(xmin + xmax) / 2, ymin, xmax, (ymin + ymax) / 2]
    query = door.call("embed", archive=archive, raster=str(raster), box=quarter)
    why = door.call("explain", archive=archive, match=chip, embedding=query["embedding"])
    assert why["best"] == [4, 4, 4, 4]
    heat = np.array(why["heat"])
    assert heat[4:, 4:].mean() == max(part.mean() for half in np.split(heat, 2) for part in np.split(half, 2, axis=1))
    west, north = np.min(why["footprint"], axis=0)[0], np.max(why["footprint"], axis=0)[1]
    [whole] = door.call("search", archive=archive, chip=chip, k=1)["matches"]
    corners = np.array(whole["footprint"])
    assert west == pytest.approx(corners[:, 0].mean(), abs=1e-5)
    assert north == pytest.approx(corners[:, 1].mean(), abs=1e-5)


def test_matches_are_outlined_by_the_part_that_explains_them(door, archive, raster, box):
    at, chip = box
    xmin, ymin, xmax, ymax = at(raster)
    quarter = [(xmin + xmax) / 2, ymin, xmax, (ymin + ymax) / 2]
    query = door.call("embed", archive=archive, raster=str(raster), box=quarter)
    why = door.call("explain", archive=archive, match=chip, embedding=query["embedding"])
    answer = door.call("outline", archive=archive, matches=[chip, 1], embedding=query["embedding"])
    first, second = answer["outlines"]
    assert (first["chip"], first["part"], first["footprint"]) == (chip, why["best"], why["footprint"])
    assert first["score"] == pytest.approx(why["score"])
    assert (second["chip"], second["error"]) == (1, None)


def test_a_match_whose_raster_is_gone_has_no_outline_but_a_reason(door, archive, raster):
    away = raster.with_name("away.tif")
    raster.rename(away)
    try:
        answer = door.call("outline", archive=archive, matches=[1], chip=1)
    finally:
        away.rename(raster)
    [outline] = answer["outlines"]
    assert outline["error"]["code"] == "raster_missing"


def test_outlining_is_cancelled_within_a_second(door, archive):
    request = door.send("outline", archive=archive, matches=[1] * 5000, chip=1)
    door.wait_until_under_way(request)
    assert door.seconds_to_cancel(request) < 1


def test_right_examples_rise_and_wrong_ones_are_seen_no_more(door, archive):
    before = door.call("search", archive=archive, chip=1, k=30)["matches"]
    wrong, right = before[1]["chip"], before[-1]["chip"]
    after = door.call("search", archive=archive, chip=1, k=30, positive=[right], negative=[wrong])["matches"]
    ranks = {match["chip"]: match["rank"] for match in after}
    assert wrong not in ranks
    assert ranks[right] < len(after)


def test_a_box_may_be_an_example_too(door, archive, raster, box):
    at, _ = box
    embedding = door.call("embed", archive=archive, raster=str(raster), box=at(raster))["embedding"]
    scores = [
        {match["chip"]: match["score"] for match in door.call("search", archive=archive, chip=1, **examples)["matches"]}
        for examples in ({}, {"positive_boxes": [embedding]}, {"negative_boxes": [embedding]})
    ]
    assert scores[0] != scores[1] != scores[2] != scores[0]


def test_junk_at_the_door_is_answered_and_the_engine_goes_on(door):
    for line in (b"\n", b"[]\n", b"{\n", b'{"id": "x", "method": "hello"}\n', b'{"id": 900, "method": ["hello"]}\n'):
        door.write(line)
        assert door.events.get(timeout=60)["error"]["code"] == "bad_request"
    door.write(b'{"cancel": 12345}\n{"cancel": null}\n')
    assert door.call("hello")


def test_a_line_of_ten_megabytes_is_refused_and_the_engine_goes_on(door):
    door.write(b'{"id": 901, "method": "' + b"x" * 10_000_000 + b'"}\n')
    assert door.events.get(timeout=60)["error"]["code"] == "bad_request"
    assert door.call("hello")


def test_a_query_goes_before_an_index_run_that_is_under_way(door, archive, sample_path, tmp_path):
    indexing = door.send("index", archive=str(tmp_path / "b.gpkg"), rasters=[str(sample_path)])
    while "progress" not in door.events.get(timeout=60):
        pass
    query = door.send("search", archive=archive, chip=1)
    ends = list(door.wait(query, indexing, seconds=120))
    assert ends == [query, indexing]


def test_a_cancelled_index_run_ends_within_a_second_and_keeps_its_blocks(door, sample_path, tmp_path):
    path = tmp_path / "c.gpkg"
    request = door.send("index", archive=str(path), rasters=[str(sample_path)])
    door.wait_until_under_way(request)
    assert door.seconds_to_cancel(request) < 1  # a stage of the trunk that is being computed is finished first
    with Archive.open(path) as opened:
        assert opened.chip_count() > 0
        assert opened.verify() == []


def test_looking_for_missing_rasters_is_cancelled_within_a_second(door, raster, tmp_path):
    path = tmp_path / "moved.gpkg"
    with Archive.create(path, encoder="frors", encoder_sha256="0" * 64, dimension=256) as moved:
        for number in range(200):  # each is looked for in the file of that name, which is another raster
            gone = f"/gone/{number}/{raster.name}"
            moved.add_raster(RasterRecord(gone, "x", "EPSG:26910", (0, 1, 0, 0, 0, -1), 7, 6, 0.3, {}, 3))
    request = door.send("relink", archive=str(path), folder=str(raster.parent))
    while "progress" not in door.events.get(timeout=60):
        pass
    assert door.seconds_to_cancel(request) < 1


def test_removing_rasters_is_cancelled_within_a_second(door, tmp_path):
    path, names = tmp_path / "many.gpkg", [f"/gone/{number}.tif" for number in range(200)]
    with Archive.create(path, encoder="frors", encoder_sha256="0" * 64, dimension=256) as many:
        for name in names:
            many.add_raster(RasterRecord(name, "x", "EPSG:26910", (0, 1, 0, 0, 0, -1), 7, 6, 0.3, {}, 3))
    request = door.send("remove", archive=str(path), rasters=names)
    assert door.seconds_to_cancel(request) < 1
    with Archive.open(path) as opened:
        assert opened.rasters()


def test_plan_counts_the_chips_that_indexing_makes(door, archive, raster):
    plan = door.call("plan", rasters=[str(raster), "nowhere.tif"])
    assert plan["chips"] == door.call("info", archive=archive)["chips"]
    assert plan["rasters"][1]["error"]["code"] == "raster_missing"


def test_plan_estimates_the_disk_that_a_small_archive_takes(door, archive, raster):
    plan, taken = door.call("plan", rasters=[str(raster)]), door.call("info", archive=archive)["bytes"]
    assert taken <= plan["bytes"] < 1.2 * taken


def test_plan_leaves_out_what_the_archive_holds(door, archive, raster, sample_path):
    plan = door.call("plan", archive=archive, rasters=[str(raster), str(sample_path)])
    assert [one["new"] == one["chips"] for one in plan["rasters"]] == [False, True]
    assert plan["rasters"][0]["new"] == 0
    assert plan["chips"] == plan["rasters"][1]["chips"]
    assert plan["archive_error"] is None
    finer = door.call("plan", archive=archive, rasters=[str(raster)], gsd=[0.21])
    assert finer["chips"] == finer["rasters"][0]["new"] == finer["rasters"][0]["chips"] > 0


def test_plan_says_why_nothing_could_be_written(door, raster, tmp_path):
    text = tmp_path / "text.gpkg"
    text.write_text("no archive")
    for path, code in ((tmp_path / "gone" / "a.gpkg", "bad_request"), (text, "archive_invalid")):
        plan = door.call("plan", archive=str(path), rasters=[str(raster)])
        assert plan["archive_error"]["code"] == code
        assert plan["rasters"][0]["error"] is None
    assert door.call("plan", archive=str(tmp_path / "new.gpkg"), rasters=[str(raster)])["archive_error"] is None


def test_a_chips_layer_opened_after_the_engine_opened_the_archive_reads_right_while_it_is_written(
    door, raster, sample_path, tmp_path
):
    path = str(tmp_path / "d.gpkg")
    door.call("index", archive=path, rasters=[str(raster)])
    door.call("open", archive=path)
    layer_source = gdal.OpenEx(path, gdal.OF_VECTOR)
    request = door.send("index", archive=path, rasters=[str(sample_path)])
    counts = []
    for _ in range(100):
        layer = layer_source.GetLayerByName("chips")
        layer.ResetReading()
        counts.append(sum(1 for feature in layer if feature.GetGeometryRef().IsValid()))
        time.sleep(0.02)
    door.wait(request, seconds=120)
    door.call("close", archive=path)
    assert counts == sorted(counts)
    assert counts[0] > 0


def test_the_engine_ends_when_its_stdin_closes_even_while_it_indexes(folder, sample_path, tmp_path):
    door = Door(folder)
    door.send("index", archive=str(tmp_path / "e.gpkg"), rasters=[str(sample_path)])
    while "progress" not in door.events.get(timeout=60):
        pass
    assert door.close() == 0


@pytest.mark.parametrize("moment", [0.0, 0.3, 0.6])
def test_kill_9_while_indexing_leaves_a_sound_archive_that_goes_on(door, folder, sample_path, tmp_path, moment):
    path = tmp_path / "f.gpkg"
    killed = Door(folder)
    killed.send("index", archive=str(path), rasters=[str(sample_path)])
    while not ("progress" in (event := killed.events.get(timeout=60)) and event["progress"]["fraction"] > moment):
        pass
    os.kill(killed.process.pid, signal.SIGKILL)
    killed.process.wait()
    with Archive.open(path) as opened:
        assert opened.verify() == []
        kept = opened.chip_count()
    assert kept > 0
    assert door.call("index", archive=str(path), rasters=[str(sample_path)])["rasters"][0]["state"] == "indexed"
    door.call("close", archive=str(path))
    with Archive.open(path) as opened:
        assert opened.verify() == []
        assert opened.chips([kept])[0].id == kept


def test_what_libraries_print_to_stdout_lands_in_stderr():
    program = (
        "import os; from frors_qgis.engine.streams import take_standard_streams;"
        "requests, events = take_standard_streams();"
        "os.write(1, b'a library prints'); events.write(b'an event'); events.flush()"
    )
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, env=environment, check=True)
    assert (done.stdout, done.stderr) == (b"an event", b"a library prints")


def spoil(path, *statements):
    """Changes an archive behind the engine's back."""
    with sqlite3.connect(path) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(*([statement] if isinstance(statement, str) else statement))
    connection.close()


def test_an_archive_cannot_make_the_engine_write_elsewhere(door, archive, tmp_path):
    path = tmp_path / "stranger.gpkg"
    path.write_bytes(Path(archive).read_bytes())
    spoil(path, "UPDATE archive_info SET value = '../owned' WHERE key = 'id'")
    assert door.refuse("thumbnail", archive=str(path), chip=1, size=64)["code"] == "archive_damaged"
    assert [each.name for each in tmp_path.iterdir()] == ["stranger.gpkg"]


@pytest.mark.parametrize(
    "name", ["/vsicurl/http://127.0.0.1:9/a.tif", "/vsizip//vsicurl/http://127.0.0.1:9/a.zip", "WMS:http://127.0.0.1:9"]
)
def test_an_archive_cannot_make_the_engine_ask_the_network(door, archive, tmp_path, name):
    path = tmp_path / "stranger.gpkg"
    path.write_bytes(Path(archive).read_bytes())
    spoil(path, "UPDATE rasters SET relative_path = NULL", ("UPDATE rasters SET path = ?", [name]))
    error = door.refuse("thumbnail", archive=str(path), chip=1, size=64)
    assert error["code"] == "raster_missing"
    assert "not a file of this computer" in error["message"]


def test_copies_of_an_archive_have_pictures_of_their_own(door, archive, tmp_path):
    path = tmp_path / "copy.gpkg"
    path.write_bytes(Path(archive).read_bytes())
    pictures = {door.call("thumbnail", archive=str(each), chip=1, size=64)["path"] for each in (archive, path)}
    assert len(pictures) == 2


@pytest.mark.parametrize(
    ("statement", "method"),
    [
        ("UPDATE chips SET width = 0", "search"),
        ("UPDATE levels SET gsd = -1", "info"),
        ("UPDATE rasters SET crs = 'junk'", "search"),
        ("UPDATE rasters SET plan = '{}'", "index"),
        ('UPDATE rasters SET plan = \'{"passes": [{"number": "x"}]}\'', "index"),
    ],
)
def test_damaged_rows_are_called_damaged(door, archive, raster, tmp_path, statement, method):
    path = tmp_path / "spoilt.gpkg"
    path.write_bytes(Path(archive).read_bytes())
    spoil(path, statement)
    params = {"search": {"chip": 1}, "info": {}, "index": {"rasters": [str(raster)]}}[method]
    assert door.refuse(method, archive=str(path), **params)["code"] == "archive_damaged"


def test_close_lets_go_of_the_archive_in_every_lane(raster, tmp_path, folder):
    path = tmp_path / "h.gpkg"
    door = Door(folder)
    door.call("index", archive=str(path), rasters=[str(raster)])
    door.call("open", archive=str(path))
    door.call("thumbnail", archive=str(path), chip=1, size=64)
    door.call("verify", archive=str(path))
    door.call("close", archive=str(path))
    door.call("plan", rasters=[str(raster)])  # one answer of each lane: what was queued before it is done
    door.refuse("thumbnail", archive="nowhere", chip=1, size=64)
    door.refuse("verify", archive="nowhere")
    held = [os.readlink(link) for link in Path(f"/proc/{door.process.pid}/fd").iterdir() if link.exists()]
    assert not [name for name in held if name.startswith(str(path))]
    assert [each.name for each in tmp_path.iterdir()] == ["h.gpkg"]
    door.close()


@pytest.mark.parametrize("package", ["faiss", "osgeo", "numpy"])
def test_an_engine_without_its_packages_says_which(folder, package):
    program = (
        f"import sys; sys.modules[{package!r}] = None;"
        f"sys.argv = ['x', 'serve', '--folder', {str(folder)!r}];"
        "from frors_qgis.engine.__main__ import main; main()"
    )
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )
    process.stdin.write(b'{"id": 1, "method": "hello"}\n')
    process.stdin.flush()
    error = json.loads(process.stdout.readline())["error"]
    process.stdin.close()
    process.wait(20)
    assert error["code"] == "engine_missing"
    assert f"lacks {package}. " in error["message"]


def test_an_archive_of_another_encoder_opens_and_searches_by_chip_but_not_by_box(door, tmp_path, raster, box):
    path = tmp_path / "other.gpkg"
    with Archive.create(path, encoder=DEFAULT_ENCODER, encoder_sha256="f" * 64, dimension=256) as other:
        plan = {"passes": []}
        record = RasterRecord(
            str(raster), "x", "EPSG:26910", (0, 1, 0, 0, 0, -1), 700, 600, 0.3, {}, 3, plan=plan, state="indexed"
        )
        raster_id = other.add_raster(record)
        vectors = np.eye(256, dtype=np.float32)[:2]
        corners = np.array([[(0, 1), (1, 1), (1, 0), (0, 0)]] * 2, float)
        windows = np.array([[0, 0, 256, 256], [300, 0, 256, 256]], float)
        chips = NewChips(windows, np.full(2, 0.3), np.full(2, 8, np.int32), np.ones(2, np.float32), corners, vectors)
        other.write_block(raster_id, 0, chips)
    assert door.call("info", archive=str(path))["encoder_available"] is False
    assert door.call("search", archive=str(path), chip=1)["matches"][0]["chip"] == 1
    error = door.refuse("embed", archive=str(path), raster=str(raster), box=box[0](raster))
    assert error["code"] == "archive_other_encoder"
    assert door.refuse("index", archive=str(path), rasters=[str(raster)])["code"] == "archive_other_encoder"


def test_an_engine_computes_with_as_many_threads_as_it_is_told(tmp_path):
    door = Door(tmp_path, arguments=("--threads", "1"))
    assert door.call("runtime", device="cpu")["threads"] == 1
    assert door.close() == 0
