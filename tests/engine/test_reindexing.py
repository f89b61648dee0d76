"""Archives whose encoder is not installed, at the door of a real engine and on the command line."""

import shlex
import shutil
from pathlib import Path

import pytest
import torch
from osgeo import gdal

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.call import Call
from frors_qgis.engine.encoders import installed
from frors_qgis.engine.encoders.checkpoint import load_checkpoint, save_checkpoint
from frors_qgis.engine.encoders.gem_head import GemHead
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_path
from frors_qgis.engine.encoders.registry import load_trunk, save_encoder
from frors_qgis.engine.georeferences import box_in
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.reindexing import reindexing_of
from frors_qgis.engine.service import Service
from frors_qgis.protocol import EngineError
from tests.engine.command_line import run_here
from tests.engine.door import Door
from tests.engine.older_archive import change, contents, set_encoder


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    door = Door(tmp_path_factory.mktemp("private"))
    yield door
    door.close()


@pytest.fixture(scope="module")
def made(door, tmp_path_factory, sample_path):
    """A folder with two rasters and their archive, made by the default encoder with windows of 4 cells."""
    folder = tmp_path_factory.mktemp("made")
    for name, column in (("east.tif", 300), ("west.tif", 0)):
        gdal.Translate(str(folder / name), str(sample_path), srcWin=[column, 0, 300, 280])
    rasters = [str(folder / "east.tif"), str(folder / "west.tif")]
    door.call("index", archive=str(folder / "town.gpkg"), rasters=rasters, windows=[4], overlap=0.25)
    return folder


@pytest.fixture(params=["retired", DEFAULT_ENCODER], ids=["not installed", "another version"])
def older(request, made, tmp_path):
    """A copy of the folder whose archive was made by an encoder that is not installed."""
    folder = shutil.copytree(made, tmp_path / "made")
    set_encoder(folder / "town.gpkg", request.param)
    change(folder / "town.gpkg", ("UPDATE rasters SET path = ? || relative_path", f"{folder}/"))
    return folder


def box_of_chip(archive, number):
    """The chip and its box in EPSG:4326."""
    with Archive.open(archive) as opened:
        chip = opened.chips([number])[0]
    longitudes, latitudes = zip(*chip.footprint, strict=True)
    return chip, [min(longitudes), min(latitudes), max(longitudes), max(latitudes)]


def test_it_opens_and_shows_chips_and_searches_by_chip(door, older):
    archive = str(older / "town.gpkg")
    info = door.call("open", archive=archive)
    assert info["encoder_available"] is False
    assert {raster["state"] for raster in info["rasters"]} == {"indexed"}
    matches = door.call("search", archive=archive, chip=2, k=5)["matches"]
    assert matches[0]["chip"] == 2
    assert len(matches) > 1
    assert Path(door.call("thumbnail", archive=archive, chip=2, size=64)["path"]).exists()
    assert door.call("verify", archive=archive)["problems"] == []
    door.call("close", archive=archive)


def test_a_box_or_a_raster_is_refused_with_the_encoders_and_the_command_that_helps(door, older, sample_path):
    archive, raster = str(older / "town.gpkg"), str(older / "west.tif")
    before = contents(archive)
    refusals = [
        door.refuse("embed", archive=archive, raster=raster, box=box_of_chip(archive, 1)[1], crs="EPSG:4326"),
        door.refuse("index", archive=archive, rasters=[str(sample_path)]),
    ]
    for error in refusals:
        assert error["code"] == "archive_other_encoder"
        assert f"installed: {DEFAULT_ENCODER}" in error["message"]
        assert " ffffffff" in error["message"]
        assert f"index {older / f'town_{DEFAULT_ENCODER}.gpkg'} --windows 4 --overlap 0.25 " in error["message"]
    door.call("close", archive=archive)
    assert contents(archive) == before


def test_the_new_archive_is_proposed_of_the_rasters_that_are_there_and_missing_ones_are_named(door, older):
    (older / "east.tif").unlink()
    info = door.call("info", archive=str(older / "town.gpkg"))
    assert info["reindexing"] == {
        "archive": str(older / f"town_{DEFAULT_ENCODER}.gpkg"),
        "encoder": DEFAULT_ENCODER,
        "another_version": info["encoder"] == DEFAULT_ENCODER,
        "rasters": [str(older / "west.tif")],
        "missing": [{"path": str(older / "east.tif"), "reason": f"The file {older / 'east.tif'} is not there."}],
        "gsds": [None],
        "windows": [4],
        "overlap": 0.25,
    }


def test_the_command_line_names_a_command_that_makes_the_new_archive(older):
    archive = older / "town.gpkg"
    _, box = box_of_chip(archive, 1)
    before = contents(archive)
    arguments = ["--raster", older / "west.tif", "--crs", "EPSG:4326", "--box", *box]
    said = run_here("search", archive, *arguments, expect=1).stderr
    command = shlex.split(said.partition("make a new archive: ")[2])
    assert command[:3] == ["python", "-m", "frors_qgis.engine"]
    run_here(*command[3:])
    made_anew = older / f"town_{DEFAULT_ENCODER}.gpkg"
    with Archive.open(archive) as old, Archive.open(made_anew) as new:
        assert new.levels() == old.levels()
        assert new.encoder == DEFAULT_ENCODER
    assert "chip" in run_here("search", made_anew, *arguments).stdout
    assert contents(archive) == before


@pytest.fixture
def two_encoders(tmp_path, monkeypatch):
    """The folder of encoders: the default one and another, named second."""
    folder = tmp_path / "encoders"
    folder.mkdir()
    default = encoder_path(DEFAULT_ENCODER)
    shutil.copy(default, folder)
    checkpoint = load_checkpoint(default)
    save_checkpoint(folder / "second.safetensors", checkpoint.description | {"id": "second"}, checkpoint.tensors)
    monkeypatch.setattr(installed, "resource_path", lambda *parts: tmp_path.joinpath(*parts))
    return folder


def test_an_archive_of_an_installed_encoder_that_is_not_the_default_uses_its_own(two_encoders, made, tmp_path):
    service = Service(tmp_path)

    def ask(method, **values):
        return service.methods[method](Parameters({"archive": archive, **values}), Call())

    archive, west, east = str(tmp_path / "town.gpkg"), str(made / "west.tif"), str(made / "east.tif")
    ask("index", rasters=[west], windows=[4], encoder="second")
    with pytest.raises(EngineError, match="made by the encoder second and takes no other"):
        ask("index", rasters=[east], encoder=DEFAULT_ENCODER)
    (two_encoders / f"{DEFAULT_ENCODER}.safetensors").unlink()
    ask("index", rasters=[east], windows=[4])
    info = ask("info")
    assert (info["encoder"], info["encoder_available"], info["reindexing"]) == ("second", True, None)
    chip, box = box_of_chip(archive, 1)
    embedding = ask("embed", raster=west, box=box, crs="EPSG:4326")
    [best, *_] = ask("search", embedding=embedding["embedding"], ground_size=embedding["chip_size"])["matches"]
    assert best["chip"] == chip.id
    assert best["score"] > 0.95
    service.release_archives()


def test_an_archive_has_the_dimensions_of_the_encoder_that_it_is_made_for(two_encoders, made, tmp_path):
    head = GemHead(8)
    with torch.no_grad():
        head.projection.weight.normal_(generator=torch.Generator().manual_seed(0))
    description = {"id": "small", "head": "gem", "dimension": 8}
    save_encoder(two_encoders / "small.safetensors", description, load_trunk(encoder_path(DEFAULT_ENCODER)), head)
    service = Service(tmp_path)
    archive, west = str(tmp_path / "town.gpkg"), str(made / "west.tif")

    def ask(method, **values):
        return service.methods[method](Parameters({"archive": archive, **values}), Call())

    [raster] = ask("index", rasters=[west], windows=[4], encoder="small")["rasters"]
    assert (raster["state"], raster["error"]) == ("indexed", None)
    assert ask("info")["dimension"] == 8
    chip, box = box_of_chip(archive, 1)
    embedding = ask("embed", raster=west, box=box, crs="EPSG:4326")
    assert len(embedding["embedding"]) == 8
    [best, *_] = ask("search", embedding=embedding["embedding"], ground_size=embedding["chip_size"])["matches"]
    assert (best["chip"], best["score"]) == (chip.id, pytest.approx(1, abs=0.05))
    service.release_archives()


def test_a_name_that_is_taken_is_not_proposed_but_a_new_archive_that_was_begun_is(door, older):
    archive, taken = older / "town.gpkg", older / f"town_{DEFAULT_ENCODER}.gpkg"
    taken.write_bytes(b"somebody's")
    with Archive.open(archive) as old:
        assert reindexing_of(old).archive == str(older / f"town_{DEFAULT_ENCODER}_2.gpkg")
        taken.unlink()
        door.call("index", archive=str(taken), rasters=[str(older / "west.tif")], windows=[4], overlap=0.25)
        assert reindexing_of(old).archive == str(taken)
        gdal.Translate(str(older / "other.tif"), str(older / "west.tif"))
        door.call("index", archive=str(taken), rasters=[str(older / "other.tif")], windows=[4], overlap=0.25)
        assert reindexing_of(old).archive == str(older / f"town_{DEFAULT_ENCODER}_2.gpkg")


def test_a_new_archive_that_has_become_old_itself_keeps_one_ending(older):
    path = older / f"town_{DEFAULT_ENCODER}.gpkg"
    (older / "town.gpkg").rename(path)
    with Archive.open(path) as old:
        assert reindexing_of(old).archive == str(older / f"town_{DEFAULT_ENCODER}_2.gpkg")


@pytest.mark.parametrize(
    ("asked", "gsds"),
    [([[]], (None,)), ([[0.6]], (0.6,)), ([[], [0.6]], (None, 0.6)), ([[1.2, 0.6]], (0.6, 1.2))],
)
def test_the_gsds_of_the_old_archive_are_kept(door, made, tmp_path, asked, gsds):
    archive = tmp_path / "town.gpkg"
    for gsd in asked:
        values = {"gsd": gsd} if gsd else {}
        door.call("index", archive=str(archive), rasters=[str(made / "west.tif")], windows=[2], **values)
    with Archive.open(archive) as old:
        found = reindexing_of(old)
    assert [gsd and round(gsd, 2) for gsd in found.gsds] == list(gsds)
    commands = found.command().split(" && ")
    assert ["--gsd" in command for command in commands] == [False] * (None in gsds) + [True] * any(gsds)


@pytest.mark.parametrize("path", ["/vsicurl/http://127.0.0.1:9/a.tif", "WMS:http://127.0.0.1:9"])
def test_a_strangers_archive_proposes_nothing_that_asks_the_network_and_no_markup(older, path):
    archive = older / "town.gpkg"
    set_encoder(archive, "<img src='x'>")
    change(
        archive,
        ("UPDATE rasters SET path = ?, relative_path = NULL, plan = '{}' WHERE id = 1", path),
        ("UPDATE rasters SET plan = ? WHERE id = 2", '{"passes": [{"gsd": "x"}, 7]}'),
    )
    with Archive.open(archive) as old:
        found = reindexing_of(old)
    assert found.rasters == (str(older / "west.tif"),)
    assert found.missing[0][0] == path
    assert (found.gsds, found.windows, found.overlap) == ((None,), (8, 4), 0.5)
    assert "<" not in run_here("index", archive, older / "west.tif", expect=1).stderr


def test_the_chip_under_a_box_is_the_one_of_its_place_and_size(door, older):
    archive = str(older / "town.gpkg")
    for number in (1, 4):
        chip, box = box_of_chip(archive, number)
        near = [box[0] + 2e-5, box[1] + 1e-5, box[2] + 1e-5, box[3]]
        utm = list(box_in(tuple(near), "EPSG:4326", "EPSG:26910"))
        for place in ({"box": near}, {"box": utm, "crs": "EPSG:26910"}):
            found = door.call("locate", archive=archive, **place)["match"]
            assert (found["chip"], found["ground_size"]) == (number, chip.ground_size)
    west, south, east, north = box
    assert door.call("locate", archive=archive, box=[west + 360, south, east + 360, north])["match"]["chip"] == number
    assert door.refuse("locate", archive=archive, box=[0, 0, 1, 1])["code"] == "chip_unknown"
    assert door.refuse("locate", archive=archive)["code"] == "bad_request"
