import os
import shutil

import numpy as np
import pytest

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.indexing import encoding, plan
from frors_qgis.engine.indexing.block_readers import BlockReaders
from frors_qgis.engine.indexing.plan import Levels
from frors_qgis.engine.indexing.run import IndexRun
from frors_qgis.protocol import EngineError, ErrorCode
from tests.engine.conftest import ColourEncoder

DEFAULT_LEVELS = Levels()


@pytest.fixture
def picture():
    return np.random.default_rng(3).integers(0, 255, (3, 1500, 1800), dtype=np.uint8)


@pytest.fixture
def index(colour_archive, colour_encoder):
    def run(*paths, levels=DEFAULT_LEVELS, take_turn=lambda: None, progress=lambda *_: None):
        index_run = IndexRun(colour_archive, levels, lambda: colour_encoder, progress, take_turn)
        return [(outcome.state, outcome.chips) for outcome in index_run.index([str(path) for path in paths])]

    return run


class StopAfter:
    """Cancels at the nth turn."""

    def __init__(self, turns):
        self.turns = turns

    def __call__(self):
        self.turns -= 1
        if self.turns < 0:
            raise EngineError(ErrorCode.CANCELLED, "Cancelled.")


def content(archive):
    return [
        (chip.column, chip.row, chip.cells, tuple(np.round(archive.embedding(chip.id), 3)))
        for chip in archive.chips(range(1, archive.chip_count() + 1))
    ]


def test_a_raster_is_indexed_once_and_then_unchanged(index, write_raster, picture, colour_archive):
    path = write_raster(picture)
    [(state, chips)] = index(path)
    assert (state, chips) == ("indexed", colour_archive.chip_count())
    assert index(path) == [("unchanged", chips)]
    assert colour_archive.verify() == []


def test_nothing_is_encoded_when_nothing_changed(index, write_raster, picture, colour_archive, colour_encoder):
    path = write_raster(picture)
    index(path)

    def unexpected():
        raise AssertionError("the encoder was loaded")

    run = IndexRun(colour_archive, Levels(), unexpected, lambda *_: None, lambda: None)
    assert run.index([str(path)])[0].state == "unchanged"


def test_only_the_file_that_changed_is_indexed_again(index, write_raster, picture, colour_archive):
    one, two = write_raster(picture, "one.tif"), write_raster(picture, "two.tif")
    index(one, two)
    kept = set(colour_archive.chips_within((-180, -90, 180, 90)).tolist())
    write_raster(255 - picture, "two.tif")
    assert [state for state, _ in index(one, two)] == ["unchanged", "indexed"]
    left = set(colour_archive.chips_within((-180, -90, 180, 90)).tolist())
    assert len(kept & left) == len(kept) / 2
    assert colour_archive.verify() == []


def test_a_run_that_was_cancelled_goes_on_where_it_stopped(index, write_raster, picture, colour_archive):
    path = write_raster(picture)
    with pytest.raises(EngineError, match="Cancelled"):
        index(path, take_turn=StopAfter(3))
    raster = colour_archive.find_raster(path)
    done = colour_archive.finished_blocks(raster.id)
    assert done == {0, 1}
    before = content(colour_archive)
    [(state, chips)] = index(path)
    assert state == "indexed"
    assert content(colour_archive)[: len(before)] == before
    assert chips == colour_archive.chip_count()


def test_an_interrupted_run_ends_with_the_same_chips_as_an_uninterrupted_one(
    index, write_raster, picture, colour_archive, tmp_path, colour_encoder
):
    path = write_raster(picture)
    for turns in (1, 2, 3):
        with pytest.raises(EngineError, match="Cancelled"):
            index(path, take_turn=StopAfter(turns))
    index(path)
    interrupted = sorted(content(colour_archive))
    with Archive.create(tmp_path / "b.gpkg", encoder="c", encoder_sha256="0" * 64, dimension=4) as other:
        IndexRun(other, Levels(), lambda: colour_encoder, lambda *_: None, lambda: None).index([str(path)])
        assert sorted(content(other)) == interrupted


@pytest.mark.parametrize("blocks", [2, 5])
def test_blocks_that_are_encoded_together_give_the_same_chips_in_the_same_order(
    index, write_raster, picture, colour_archive, tmp_path, blocks, monkeypatch
):
    monkeypatch.setattr(plan, "_CORE_CELLS", 16)
    picture[:, :700, 300:900] = 0
    path = write_raster(picture, nodata=0)
    index(path)
    with Archive.create(tmp_path / "b.gpkg", encoder="c", encoder_sha256="0" * 64, dimension=4) as other:
        together = ColourEncoder(blocks)
        IndexRun(other, Levels(), lambda: together, lambda *_: None, lambda: None).index([str(path)])
        assert max(together.batches) > 1
        assert content(other) == content(colour_archive)


def test_blocks_that_were_read_before_a_damaged_one_are_kept_also_where_they_are_encoded_together(
    write_raster, picture, colour_archive, monkeypatch
):
    monkeypatch.setattr(plan, "_CORE_CELLS", 16)
    path = write_raster(picture)
    reads = []

    def read(readers, block):
        reads.append(block.number)
        if len(reads) > 3:
            raise EngineError(ErrorCode.RASTER_UNREADABLE, "A tile is broken.")
        return whole(readers, block)

    whole = BlockReaders.read
    monkeypatch.setattr(encoding, "_READERS", 1)
    monkeypatch.setattr(BlockReaders, "read", read)
    [outcome] = IndexRun(colour_archive, Levels(), lambda: ColourEncoder(8), lambda *_: None, lambda: None).index(
        [str(path)]
    )
    assert outcome.state == "failed"
    assert colour_archive.finished_blocks(colour_archive.find_raster(path).id) == {0, 1, 2}


def test_blocks_of_an_earlier_version_s_size_stay_and_the_rest_is_done_in_that_size(
    index, write_raster, picture, colour_archive, monkeypatch
):
    path = write_raster(picture)
    with monkeypatch.context() as patch:
        patch.setattr(plan, "_CORE_CELLS", 32)
        with pytest.raises(EngineError, match="Cancelled"):
            index(path, take_turn=StopAfter(3))
    before = content(colour_archive)
    [(state, chips)] = index(path)
    assert (state, content(colour_archive)[: len(before)]) == ("indexed", before)
    assert chips == len({(column, row, cells) for column, row, cells, _ in content(colour_archive)})
    assert index(path) == [("unchanged", chips)]
    assert colour_archive.verify() == []


def test_other_levels_replace_the_raster_s_chips(index, write_raster, picture, colour_archive):
    path = write_raster(picture)
    index(path)
    index(path, levels=Levels(windows=(8,)))
    assert {level.cells for level in colour_archive.levels()} == {8}


def test_a_coarser_gsd_adds_its_chips_and_keeps_the_others(index, write_raster, picture, colour_archive):
    path = write_raster(picture)
    [(_, own)] = index(path)
    before = content(colour_archive)
    [(state, both)] = index(path, levels=Levels((20.0,)))
    assert state == "indexed"
    assert both > own
    assert content(colour_archive)[:own] == before
    assert index(path) == index(path, levels=Levels((20.0,))) == [("unchanged", both)]
    assert colour_archive.rasters()[0].state == "indexed"
    assert colour_archive.verify() == []


def test_a_cancelled_second_gsd_goes_on_and_the_first_is_not_done_again(index, write_raster, picture, colour_archive):
    path = write_raster(picture)
    index(path)
    with pytest.raises(EngineError, match="Cancelled"):
        index(path, levels=Levels((5.0,)), take_turn=StopAfter(3))
    assert colour_archive.rasters()[0].state == "indexing"
    assert index(path) == [("unchanged", colour_archive.chip_count())]
    assert index(path, levels=Levels((5.0,)))[0][0] == "indexed"
    assert colour_archive.rasters()[0].state == "indexed"
    assert colour_archive.verify() == []


def test_a_run_that_was_killed_before_its_last_word_is_seen_to_be_complete(
    index, write_raster, picture, colour_archive
):
    path = write_raster(picture)
    index(path)
    colour_archive.set_state(colour_archive.rasters()[0].id, "indexing")
    assert index(path)[0][0] == "unchanged"
    assert colour_archive.rasters()[0].state == "indexed"


def test_one_file_under_two_names_is_one_raster(index, write_raster, picture, tmp_path):
    path = write_raster(picture)
    (tmp_path / "link.tif").symlink_to(path)
    assert len(index(path, tmp_path / "link.tif")) == 1
    assert index(tmp_path / "link.tif")[0][0] == "unchanged"


def test_a_changed_file_that_cannot_be_read_keeps_its_chips(index, write_raster, picture, colour_archive):
    path = write_raster(picture)
    [(_, chips)] = index(path)
    path.write_bytes(path.read_bytes()[:3000])
    assert index(path)[0][0] == "failed"
    assert colour_archive.chip_count() == chips
    assert colour_archive.verify() == []


def test_a_raster_that_lies_elsewhere_now_is_indexed_again(index, write_raster, picture, colour_archive):
    path = write_raster(picture, "map.png.tif", transform=None)
    world = path.with_suffix(".tfw")
    for west in (500000, 501000):
        world.write_text(f"10\n0\n0\n-10\n{west + 5}\n4999995\n")
        assert index(path)[0][0] == "indexed"
        assert colour_archive.rasters()[0].transform[0] == west
    assert index(path)[0][0] == "unchanged"


def test_a_file_that_is_gone_is_marked_missing_and_its_chips_stay(index, write_raster, picture, colour_archive):
    path = write_raster(picture)
    [(_, chips)] = index(path)
    away = path.with_suffix(".away")
    path.rename(away)
    assert index(path) == [("missing", chips)]
    assert colour_archive.rasters()[0].state == "missing"
    away.rename(path)
    assert index(path) == [("unchanged", chips)]
    assert colour_archive.rasters()[0].state == "indexed"


def test_indexing_one_raster_notices_that_another_is_gone(index, write_raster, picture, colour_archive):
    one, two = write_raster(picture, "one.tif"), write_raster(picture, "two.tif")
    index(one, two)
    one.unlink()
    index(two)
    assert [raster.state for raster in colour_archive.rasters()] == ["missing", "indexed"]


def test_a_raster_that_cannot_be_read_does_not_keep_the_others_out(index, write_raster, picture, tmp_path):
    good = write_raster(picture)
    bad = tmp_path / "bad.tif"
    bad.write_text("no picture")
    assert [state for state, _ in index(bad, good, tmp_path / "nowhere.tif")] == ["failed", "indexed", "failed"]


def test_a_raster_cut_off_in_the_middle_keeps_what_was_read_and_says_so(
    index, write_raster, picture, colour_archive, tmp_path
):
    path = write_raster(picture, options=["TILED=YES", "COMPRESS=DEFLATE"])
    with path.open("r+b") as file:
        file.truncate(os.path.getsize(path) * 2 // 3)
    [(state, _)] = index(path)
    assert state == "failed"
    if colour_archive.rasters():
        assert colour_archive.rasters()[0].reason
    assert colour_archive.verify() == []


def test_a_full_disk_ends_the_run_and_the_next_one_goes_on(index, write_raster, picture, colour_archive, monkeypatch):
    path = write_raster(picture)
    write_block = colour_archive.write_block
    written = []

    def fill(*block):
        if len(written) == 1:
            raise EngineError(ErrorCode.DISK_FULL, "The disk is full.")
        write_block(*block)
        written.append(block[1])

    monkeypatch.setattr(colour_archive, "write_block", fill)
    with pytest.raises(EngineError) as caught:
        index(path)
    assert caught.value.code is ErrorCode.DISK_FULL
    assert [raster.state for raster in colour_archive.rasters()] == ["indexing"]
    monkeypatch.setattr(colour_archive, "write_block", write_block)
    assert index(path)[0][0] == "indexed"
    assert colour_archive.verify() == []


def _replace_file(path, other):
    shutil.copy(other, path.with_suffix(".new"))
    os.replace(path.with_suffix(".new"), path)


def _truncate(path, other):
    os.truncate(path, os.path.getsize(path) // 2)


def _grow(path, other):
    with path.open("ab") as file:
        file.write(bytes(1000))


def _take_away(path, other):
    path.unlink()


@pytest.mark.parametrize("harm", [_replace_file, _truncate, _grow, _take_away])
def test_a_raster_that_changes_while_it_is_indexed_is_no_success_and_is_indexed_again_as_a_whole(
    index, write_raster, picture, colour_archive, harm
):
    path, other = (
        write_raster(one[:, :600, :700], name) for one, name in ((picture, "a.tif"), (255 - picture, "b.tif"))
    )
    turns = []

    def take_turn():
        turns.append(1)
        if len(turns) == 2:  # it is open, and its first block is about to be encoded
            harm(path, other)

    assert index(path, take_turn=take_turn)[0][0] == "failed"
    assert colour_archive.rasters()[0].state == ("missing" if harm is _take_away else "failed")
    assert colour_archive.verify() == []
    shutil.copy(other, path)
    [(state, chips)] = index(path)
    assert (state, colour_archive.chip_count(), colour_archive.rasters()[0].state) == ("indexed", chips, "indexed")
    again = np.concatenate([batch.vectors for batch in colour_archive.batches()])
    colour_archive.remove_raster(1)
    index(other)
    assert (again == np.concatenate([batch.vectors for batch in colour_archive.batches()])).all()


def test_windows_with_less_than_half_their_pixels_are_no_chips(index, write_raster, picture, colour_archive):
    picture[:, :, :900] = 0
    index(write_raster(picture, nodata=0))
    chips = colour_archive.chips(range(1, colour_archive.chip_count() + 1))
    assert all(chip.valid >= 0.5 for chip in chips)
    assert min(chip.column for chip in chips) > 700


def test_a_raster_of_nodata_only_is_indexed_without_chips_and_says_so(index, write_raster, picture, colour_archive):
    path = write_raster(picture * 0, nodata=0)
    assert index(path) == [("indexed", 0)]
    assert "no chips: more than half of each window is nodata" in colour_archive.rasters()[0].reason
    assert colour_archive.levels() == []
    assert index(path) == [("unchanged", 0)]


def test_the_same_raster_given_twice_is_indexed_once(index, write_raster, picture):
    path = write_raster(picture)
    assert len(index(path, path)) == 1


def test_an_archive_moved_with_its_rasters_knows_them(index, write_raster, picture, colour_archive, tmp_path):
    path = write_raster(picture)
    index(path)
    colour_archive.close()
    target = tmp_path / "elsewhere"
    target.mkdir()
    for name in (path.name, "colours.gpkg"):
        shutil.move(tmp_path / name, target / name)
    with Archive.open(target / "colours.gpkg") as moved:
        assert moved.raster_path(moved.rasters()[0]) == target / path.name


def test_progress_runs_from_nothing_to_everything_with_an_estimate(index, write_raster, picture):
    seen = []
    index(write_raster(picture), progress=lambda fraction, message, eta: seen.append((fraction, eta)))
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0, 1)
    assert seen[-1][1] == 0
