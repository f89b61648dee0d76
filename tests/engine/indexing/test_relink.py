import shutil
from pathlib import Path

import numpy as np
import pytest

from frors_qgis.engine.indexing import relink as relink_module
from frors_qgis.engine.indexing.plan import Levels
from frors_qgis.engine.indexing.run import IndexRun


def relink(archive, folder):
    return relink_module.relink(archive, folder, lambda done, rasters: None)


@pytest.fixture
def index(colour_archive, colour_encoder):
    def run(*paths):
        index_run = IndexRun(colour_archive, Levels(), lambda: colour_encoder, lambda *_: None, lambda: None)
        return [outcome.state for outcome in index_run.index([str(path) for path in paths])]

    return run


@pytest.fixture
def raster(write_raster, tmp_path):
    (tmp_path / "drive" / "2024").mkdir(parents=True)
    picture = np.random.default_rng(3).integers(0, 255, (3, 600, 700), dtype=np.uint8)
    return write_raster(picture, "drive/2024/town.tif")


def test_a_raster_that_has_moved_is_found_and_not_indexed_again(index, raster, colour_archive, tmp_path):
    index(raster)
    chips = colour_archive.chip_count()
    (tmp_path / "new" / "place").mkdir(parents=True)
    moved = Path(shutil.move(tmp_path / "drive", tmp_path / "new" / "place"))
    index(tmp_path / "nowhere.tif")
    assert colour_archive.rasters()[0].state == "missing"
    [found] = relink(colour_archive, tmp_path / "new")
    assert found.now is None
    [found] = relink(colour_archive, tmp_path / "new" / "place")
    assert found.before == str(raster)
    assert found.now == str(moved / "2024" / "town.tif")
    assert index(found.now) == ["unchanged"]
    assert relink(colour_archive, moved) == []
    assert (colour_archive.chip_count(), colour_archive.rasters()[0].state) == (chips, "indexed")
    assert colour_archive.verify() == []


def test_a_copy_with_another_time_is_found_too(index, raster, colour_archive, tmp_path):
    index(raster)
    (tmp_path / "backup").mkdir()
    shutil.copyfile(raster, tmp_path / "backup" / "town.tif")
    raster.unlink()
    [found] = relink(colour_archive, tmp_path / "backup")
    assert index(found.now) == ["unchanged"]


def test_another_raster_of_the_same_name_is_not_taken_for_it(index, raster, colour_archive, tmp_path, write_raster):
    index(raster)
    raster.unlink()
    (tmp_path / "other").mkdir()
    write_raster(np.zeros((3, 600, 701), np.uint8), "other/town.tif")
    (tmp_path / "other" / "2024").mkdir()
    write_raster(np.zeros((3, 600, 700), np.uint8), "other/2024/town.tif", transform=(0.0, 1.0, 0.0, 0.0, 0.0, -1.0))
    [found] = relink(colour_archive, tmp_path / "other")
    assert found.now is None
    assert colour_archive.rasters()[0].path == str(raster)


def test_a_file_that_is_no_raster_is_not_taken_for_one(index, raster, colour_archive, tmp_path):
    index(raster)
    raster.unlink()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "town.tif").write_text("no raster")
    assert [found.now for found in relink(colour_archive, tmp_path / "other")] == [None]


@pytest.mark.parametrize("path", [r"D:\survey\2024\town.tif", r"\\server\share\2024\town.tif"])
def test_paths_of_another_system_are_understood(path, raster):
    assert list(relink_module._candidates(path, raster.parent.parent)) == [raster]


@pytest.mark.parametrize("path", ["/a/../../drive/2024/town.tif", r"D:\..\2024\town.tif"])
def test_a_stranger_s_path_leads_nowhere_outside_the_folder(path, raster):
    assert list(relink_module._candidates(path, raster.parent.parent / "elsewhere")) == []
    assert list(relink_module._candidates(path, raster.parent.parent)) == []


def test_what_is_found_before_it_is_given_up_stays_found(index, colour_archive, tmp_path, write_raster):
    (tmp_path / "drive").mkdir()
    picture = np.random.default_rng(3).integers(0, 255, (3, 300, 300), dtype=np.uint8)
    index(*(write_raster(picture, f"drive/{name}.tif") for name in "abc"))
    moved = (tmp_path / "drive").rename(tmp_path / "moved")
    told = []

    def give_up_at_the_second(done, rasters):
        told.append((done, rasters))
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        relink_module.relink(colour_archive, moved, give_up_at_the_second)
    assert told == [(0, 3), (1, 3)]
    assert [found.now for found in relink(colour_archive, moved)] == [str(moved / "b.tif"), str(moved / "c.tif")]
