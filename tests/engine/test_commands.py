"""The command line as a stranger would use it: the real encoder, the sample raster.

Every command runs in a process of its own once, and so do those that are done at once. What has to encode takes
seconds to load there and else runs in the tests' own process.
"""

import contextlib
import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from osgeo import gdal, ogr

from frors_qgis.engine.archive.writer_lock import WriterLock
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_path, encoder_sha256
from tests.engine.command_line import last_object, run, run_here
from tests.engine.door import REPOSITORY

FAR_AWAY = [1, 1, 2, 2]


@pytest.fixture(scope="module")
def raster(tmp_path_factory, sample_path):
    path = tmp_path_factory.mktemp("rasters") / "part.tif"
    gdal.Translate(str(path), str(sample_path), srcWin=[0, 0, 400, 400])
    return path


@pytest.fixture(scope="module")
def archive(raster, tmp_path_factory):
    path = tmp_path_factory.mktemp("archives") / "a.gpkg"
    result = last_object(run("index", path, raster, "--json"))
    assert set(result) == {"rasters", "chips", "seconds", "device", "note"}
    assert result["chips"] > 0
    return path


@pytest.fixture(scope="module")
def box(raster):
    left, pixel, _, top, _, _ = gdal.Open(str(raster)).GetGeoTransform()
    return [left, top - 128 * pixel, left + 128 * pixel, top]


@pytest.fixture(scope="module")
def class_images(raster, tmp_path_factory):
    """Class folders of three images each: parts of the sample raster as they are, and the same parts made dark."""
    folder = tmp_path_factory.mktemp("images")
    for label, darkest in (("light", 255), ("dark", 40)):
        (folder / label).mkdir()
        for i in range(3):
            part = {"srcWin": [100 * i, 100 * i, 128, 128], "scaleParams": [[0, 255, 0, darkest]]}
            gdal.Translate(str(folder / label / f"{i}.png"), str(raster), format="PNG", bandList=[1, 2, 3], **part)
    return folder


def test_indexing_again_encodes_nothing(archive, raster):
    result = last_object(run("index", archive, raster, "--json"))
    assert result["rasters"][0]["state"] == "unchanged"
    assert result["device"] is None


def test_a_box_search_prints_matches_in_the_crs_asked_for(archive, raster, box):
    matches = last_object(run_here("search", archive, "--raster", raster, "--box", *box, "-k", 5, "--json"))["matches"]
    assert [match["rank"] for match in matches] == list(range(1, len(matches) + 1))
    assert set(matches[0]) >= {"rank", "score", "chip", "raster", "bounds", "crs"}
    assert matches[0]["bounds"] == pytest.approx(box, abs=0.15)
    degrees = last_object(run("search", archive, "--chip", matches[0]["chip"], "--crs", "EPSG:4326", "--json"))
    west, south, east, north = degrees["matches"][0]["bounds"]
    assert -123 < west < east < -122
    assert 47 < south < north < 48


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".csv"])
def test_matches_are_written_to_files_that_a_gis_opens(archive, raster, box, tmp_path, suffix):
    path = tmp_path / f"matches{suffix}"
    search = run if suffix == ".gpkg" else run_here
    done = search("search", archive, "--raster", raster, "--box", *box, "-o", path, "--json")
    found = last_object(done)["matches"]
    assert f"{len(found)} matches in {path}" in done.stdout.splitlines()
    if suffix == ".csv":
        rows = list(csv.DictReader(path.open()))
        assert [int(row["rank"]) for row in rows] == [match["rank"] for match in found]
        assert rows[0]["WKT"].startswith("POLYGON")
        return
    source = ogr.Open(str(path))
    features = list(source.GetLayer(0))
    assert [feature["rank"] for feature in features] == [match["rank"] for match in found]
    west, east, south, north = features[0].GetGeometryRef().GetEnvelope()
    assert -123 < west < east < -122
    assert 47 < south < north < 48


def test_matches_replace_earlier_matches_but_never_another_file(archive, raster, box, tmp_path):
    path = tmp_path / "matches.gpkg"
    for _ in range(2):
        run("search", archive, "--chip", 1, "-o", path)
    before = archive.read_bytes()
    assert "choose another name" in run("search", archive, "--chip", 1, "-o", archive, expect=1).stderr
    assert archive.read_bytes() == before
    (tmp_path / "notes.csv").write_text("mine\n")
    assert "choose another name" in run("search", archive, "--chip", 1, "-o", tmp_path / "notes.csv", expect=1).stderr


def test_matches_that_do_not_fit_the_disk_are_an_error_and_earlier_ones_stay(archive, small_disk):
    path = small_disk / "matches.geojson"
    run("search", archive, "--chip", 1, "-k", 1, "--within", *FAR_AWAY, "--crs", "EPSG:4326", "-o", path)
    before = path.read_bytes()
    with contextlib.suppress(OSError), (small_disk / "ballast").open("wb", buffering=0) as ballast:
        while ballast.write(b"x" * 4096):
            pass
    assert "cannot be written" in run("search", archive, "--chip", 1, "--any-size", "-o", path, expect=1).stderr
    assert path.read_bytes() == before
    assert sorted(each.name for each in small_disk.iterdir()) == ["ballast", "matches.geojson"]


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".csv"])
def test_the_same_search_may_be_written_again_even_when_it_finds_nothing(archive, tmp_path, suffix):
    for where in ([], [], ["--within", *FAR_AWAY, "--crs", "EPSG:4326"], []):
        run("search", archive, "--chip", 1, *where, "-o", tmp_path / f"matches{suffix}")


def test_a_negative_number_may_have_an_exponent(archive, raster):
    done = run("search", archive, "--raster", raster, "--box", "-1.5e1", "-2.5e-1", "1e1", "1", expect=1)
    assert "outside" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["index", "a.gpkg", "b.tif", "--windows", "8,x"],
        ["index", "a.gpkg", "b.tif", "--gsd", "fine"],
        ["search", "a.gpkg", "--chip", "1", "--device", "banana"],
        ["search", "a.gpkg", "--box", "1", "2", "3"],
        ["juggle"],
        ["info", "a.gpkg", "--js"],
        ["search", "a.gpkg", "--raster", "x", "--box", "-1.2.3e5", "1", "2", "3"],
        ["evaluate", "images", "--encoder", "a", "--checkpoint", "b"],
        ["evaluate", "images", "--side", "large"],
        ["evaluate", "images", "--classes", "red,,blue"],
        [],
    ],
)
def test_a_command_line_that_makes_no_sense_gets_one_sentence_also_in_json(arguments):
    done = run(*arguments, "--json", expect=2)
    assert len(done.stderr.strip().splitlines()) == 1
    assert "_" not in done.stderr.replace("frors_qgis", "")
    assert last_object(done)["error"]["code"] == "bad_request"


def test_a_reader_that_goes_away_is_no_traceback(archive):
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    for arguments in (["search", str(archive), "--chip", "1"], ["info", "nowhere.gpkg", "--json"]):
        command = [sys.executable, "-m", "frors_qgis.engine", *arguments]
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=environment, check=False)
        assert done.returncode == 1
        assert len(done.stderr.strip().splitlines()) == 1


def test_an_archive_is_not_made_when_nothing_can_be_indexed(raster, tmp_path):
    absent = "cuda" if sys.platform == "darwin" else "mps"
    for more in ([tmp_path / "nowhere.tif"], [raster, "--gsd", "1e-9"], [raster, "--device", absent]):
        run_here("index", tmp_path / "new.gpkg", *more, expect=1)
        assert list(tmp_path.iterdir()) == []


def test_a_new_archive_is_not_made_under_the_name_of_a_raster_but_one_of_any_name_is_opened(archive, raster, tmp_path):
    assert "ends in .gpkg" in run("index", tmp_path / "new.tif", raster, expect=1).stderr
    assert list(tmp_path.iterdir()) == []
    shutil.copy(archive, tmp_path / "old.db")
    assert "unchanged" in run("index", tmp_path / "old.db", raster).stdout


def test_indexing_ends_with_the_count_of_rasters_that_failed(archive, raster):
    done = run("index", archive, raster, "nowhere.tif", expect=1)
    assert done.stdout.splitlines()[-1].endswith("; 1 of 2 rasters failed")
    assert "failed" not in run("index", archive, raster).stdout


def test_a_box_search_says_with_which_chips_it_compared_the_box(archive, raster, box):
    by_box = ["search", archive, "--raster", raster, "--box", *box]
    assert run_here(*by_box).stderr == "Compared with chips of about 38.4 m; --any-size compares with all.\n"
    for others in ([*by_box, "--any-size"], ["search", archive, "--chip", 1]):
        assert run_here(*others).stderr == ""
    x, y = box[0], box[3]
    small = run_here("search", archive, "--raster", raster, "--box", x, y - 6, x + 6, y).stderr
    assert small.splitlines()[-1] == "Compared with chips of about 38.4 m; --any-size compares with all."


@pytest.mark.parametrize(
    ("command", "defaults"),
    [
        ("index", [f"{DEFAULT_ENCODER} for a new one", "default: 8,4", "default: 0.5", "default: auto"]),
        ("search", ["default: 100", "default: auto", "default: all", "default: everywhere"]),
    ],
)
def test_help_says_what_happens_by_default(command, defaults):
    text = " ".join(run(command, "--help").stdout.split())
    assert [default for default in defaults if default not in text] == []


def test_a_python_without_gdal_gets_one_sentence():
    program = (
        "import sys; sys.modules['osgeo'] = None; from frors_qgis.engine.__main__ import main;"
        "sys.exit(main(['info', 'a.gpkg', '--json']))"
    )
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False)
    assert last_object(done)["error"]["code"] == "engine_missing"
    assert done.stderr.startswith(f"The Python at {sys.executable} lacks osgeo. ")


def test_a_second_process_is_told_who_indexes(archive, raster, tmp_path):
    with WriterLock(archive):
        done = run("index", archive, raster, "--windows", "4", expect=1)
    assert f"process {os.getpid()}" in done.stderr
    assert last_object(run("verify", archive, "--json")) == {"problems": []}


@pytest.mark.parametrize("name", ["loop.gpkg", "n" * 300 + ".gpkg", "missing/a.gpkg", "file/a.gpkg"])
@pytest.mark.parametrize("command", ["index", "remove"])
def test_names_that_no_archive_can_have_get_a_sentence(raster, tmp_path, command, name):
    (tmp_path / "loop.gpkg").symlink_to(tmp_path / "loop.gpkg")
    (tmp_path / "file").touch()
    done = run(command, tmp_path / name, raster, "--json", expect=1)
    assert last_object(done)["error"]["code"] in ("bad_request", "archive_missing")


@pytest.mark.parametrize("name", ["loop.csv", "n" * 300 + ".csv", "missing/a.csv", "file/a.csv"])
def test_matches_that_have_nowhere_to_go_get_a_sentence(archive, tmp_path, name):
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    (tmp_path / "file").touch()
    assert len(run("search", archive, "--chip", 1, "-o", tmp_path / name, expect=1).stderr.splitlines()) == 1


def test_a_search_may_be_limited_to_rasters(archive, raster):
    assert last_object(run("search", archive, "--chip", 1, "--rasters", raster, "--json"))["matches"]
    assert "no raster" in run("search", archive, "--chip", 1, "--rasters", "nowhere.tif", expect=1).stderr


def test_a_search_by_codes_finds_the_same_in_a_small_archive(archive):
    by_codes, whole = (
        [
            (match["chip"], round(match["score"], 4))
            for match in last_object(run("search", archive, "--chip", 3, "--json", *codes))["matches"]
        ]
        for codes in (("--codes", "full"), ())
    )
    assert by_codes == whole
    assert whole
    assert "multiple of 8" in run("search", archive, "--chip", 3, "--codes", 12, expect=2).stderr


def test_a_search_may_be_limited_to_a_time(archive):
    done = run("search", archive, "--chip", 1, "--since", "2024-01-01", "--json")
    assert last_object(done)["matches"] == []
    assert "widen" in done.stderr


def test_info_without_an_archive_says_what_the_engine_runs_on_and_why():
    result = run("info", "--device", "cpu", "--json")
    assert "device cpu (" in result.stdout
    assert "asked for; bfloat16 runs at" in last_object(result)["device"]
    assert "frors" in last_object(result)["encoders"]


def test_info_and_verify_say_what_is_there_and_that_it_is_sound(archive, raster):
    info = last_object(run("info", archive, "--json"))
    assert info["rasters"][0]["path"] == str(raster)
    assert last_object(run("verify", archive, "--json")) == {"problems": []}


def test_remove_removes(archive, raster, tmp_path):
    copy = tmp_path / "copy.gpkg"
    copy.write_bytes(archive.read_bytes())
    assert last_object(run("remove", copy, raster, "--json"))["chips"] == 0
    assert "no raster" in run("remove", copy, raster, expect=1).stderr


def test_evaluation_prints_figures_beside_their_protocol_and_writes_a_report(class_images, tmp_path):
    pytest.importorskip("matplotlib")
    done = run("evaluate", class_images, "--side", 64, "--report", tmp_path / "new" / "report", "--json")
    result = last_object(done)
    assert result["protocol"]["encoder"] == DEFAULT_ENCODER
    assert result["protocol"]["checkpoint sha-256"] == encoder_sha256(DEFAULT_ENCODER)
    assert (result["protocol"]["gallery"], result["protocol"]["queries"]) == (6, 6)
    assert f"mAP@10: {result['metrics']['mAP@10']:.4f}" in done.stdout.splitlines()
    assert 0.5 < result["metrics"]["mAP"] <= 1
    names = {path.name for path in (tmp_path / "new" / "report").iterdir()}
    assert names == {"report.json", "per_class.png", "confusion.png"}
    assert json.loads((tmp_path / "new" / "report" / "report.json").read_text(encoding="utf-8")) == result


def test_an_encoder_is_evaluated_by_its_file_as_by_its_id(class_images, tmp_path):
    checkpoint = tmp_path / "mine.safetensors"
    shutil.copy(encoder_path(DEFAULT_ENCODER), checkpoint)
    by_file = last_object(run_here("evaluate", class_images, "--side", 64, "--checkpoint", checkpoint, "--json"))
    by_id = last_object(run_here("evaluate", class_images, "--side", 64, "--encoder", DEFAULT_ENCODER, "--json"))
    assert by_file == by_id


def test_evaluation_may_be_limited_to_classes(class_images):
    done = run_here("evaluate", class_images, "--side", 64, "--classes", "dark", "--json")
    result = last_object(done)
    assert result["protocol"]["gallery"] == 3
    assert set(result["per class"]) == {"dark"}
    assert "are of one class" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["search", "nowhere.gpkg", "--chip", "1"], "no archive"),
        (["search", "ARCHIVE", "--chip", "999999"], "999999"),
        (["search", "ARCHIVE"], "--box"),
        (["search", "ARCHIVE", "--chip", "1", "--raster", "RASTER", "--box", "0", "0", "1", "1"], "--chip"),
        (["search", "ARCHIVE", "--raster", "RASTER", "--box", "0", "0", "1", "1"], "read as EPSG:26910"),
        (["search", "ARCHIVE", "--raster", "nowhere.tif", "--box", "0", "0", "1", "1"], "does not exist"),
        (["search", "ARCHIVE", "--chip", "1", "-o", "matches.pdf"], "pdf"),
        (["index", "ARCHIVE", "nowhere.tif"], "does not exist"),
        (["index", "ARCHIVE", "RASTER", "--encoder", "none-such"], "none-such"),
        (["index", "new.gpkg", "RASTER", "--encoder", "none-such"], "none-such"),
        (["index", "ARCHIVE", "RASTER", "--overlap", "2"], "overlap"),
        (["index", "RASTER", "RASTER"], "not a FRORS archive"),
        (["evaluate", "nowhere"], "no folder"),
        (["evaluate", "IMAGES", "--side", "100"], "a multiple of 32 px"),
        (["evaluate", "IMAGES", "--classes", "dark,mauve"], "mauve"),
        (["evaluate", "IMAGES", "--encoder", "none-such"], "none-such"),
        (["evaluate", "IMAGES", "--checkpoint", "nowhere.safetensors"], "nowhere.safetensors"),
        (["evaluate", "IMAGES", "--checkpoint", "RASTER"], "part.tif"),
        (["evaluate", "IMAGES", "--report", "RASTER"], "part.tif cannot be used"),
    ],
)
def test_bad_input_exits_with_one_sentence(archive, raster, class_images, arguments, sentence):
    names = {"ARCHIVE": archive, "RASTER": raster, "IMAGES": class_images}
    command = run_here if arguments[0] == "evaluate" else run
    done = command(*(names.get(argument, argument) for argument in arguments), expect=1)
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr
