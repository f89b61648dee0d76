"""An archive copied to any other backend is the same archive, and a copy that is killed goes on."""

from __future__ import annotations

import dataclasses
import itertools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.copying import copy_archive, open_copy
from frors_qgis.engine.archive.queries import SavedQuery
from frors_qgis.protocol import EngineError, ErrorCode

_numbers = itertools.count(1)


@pytest.fixture(params=["to a file", "to a database"])
def target(request, tmp_path):
    """Where no archive is yet."""
    if request.param == "to a file":
        return str(tmp_path / "copy.gpkg")
    return request.getfixturevalue("postgres").location(f"copy_{next(_numbers)}")


@pytest.fixture
def source(archive, make_chips, make_record, tmp_path):
    """Two rasters with gaps in their ids, one block without chips, one raster that is there, a saved query."""
    (tmp_path / "one.tif").touch()
    one = archive.add_raster(make_record("one.tif", acquired="2024-05-17", state="indexed"))
    gone = archive.add_raster(make_record("gone.tif"))
    two = archive.add_raster(make_record("two.tif", reason="Why not."))
    for block, (raster, count) in enumerate([(one, 30), (gone, 10), (two, 20), (one, 0), (one, 25), (gone, 5)]):
        chips = make_chips(count, seed=block, dimension=16)
        chips.valid[:] = 0.9
        archive.write_block(raster, block, chips)
    archive.remove_raster(gone)
    archive.save_query(SavedQuery("Roofs", "2024-05-17", "2024-05-18", 40, {"title": "Roofs"}, b"PNG"), replace=False)
    return archive


def assert_same(source, copy):
    assert (copy.encoder, copy.encoder_sha256, copy.dimension) == (source.encoder, source.encoder_sha256, 16)
    assert copy.id != source.id
    assert [dataclasses.replace(r, relative_path=None) for r in copy.rasters()] == [
        dataclasses.replace(r, relative_path=None) for r in source.rasters()
    ]
    ids = [key.first_chip + chip for key in source.batch_keys() for chip in range(key.chips)]
    assert copy.chips(ids) == source.chips(ids)
    np.testing.assert_array_equal(copy.vectors(ids), source.vectors(ids))
    assert (copy.chip_count(), copy.last_chip(), copy.levels()) == (len(ids), source.last_chip(), source.levels())
    for record in source.rasters():
        keys = [{block: key[1:] for block, key in one.block_keys(record.id).items()} for one in (source, copy)]
        assert keys[0] == keys[1]  # checksums among them
        assert copy.finished_blocks(record.id) == source.finished_blocks(record.id)
    assert copy.saved_query("Roofs") == source.saved_query("Roofs")
    assert copy.verify() == []


def test_a_copy_is_the_same_archive_with_the_same_ids(source, target, make_record, make_chips):
    seen = []
    with open_copy(source, target) as copy:
        assert copy.copied_from == source.id
        assert copy_archive(source, copy, lambda done, total: seen.append((done, total))) == 75
        assert copy.copied_from is None
        assert_same(source, copy)
    assert seen[-1] == (75, 75)
    with Archive.open(target, writable=True) as copy:
        assert copy.copied_from is None
        raster = copy.add_raster(make_record("three.tif"))
        copy.write_block(raster, 0, make_chips(1, dimension=16))
        assert copy.last_chip() == source.last_chip() + 1 == 91
    with pytest.raises(EngineError) as caught:
        open_copy(source, target)
    assert caught.value.code is ErrorCode.BAD_REQUEST


def test_a_copy_that_was_interrupted_goes_on_and_follows_its_source(source, target, make_chips):
    def give_up(done, total):
        if done >= 30:
            raise EngineError(ErrorCode.CANCELLED, "Cancelled.")

    with open_copy(source, target) as copy, pytest.raises(EngineError, match="Cancelled"):
        copy_archive(source, copy, give_up)
    one, two = source.rasters()
    source.clear_blocks(one.id, range(0, 1))
    source.write_block(one.id, 0, make_chips(7, seed=9, dimension=16))
    source.remove_raster(two.id)
    with open_copy(source, target) as copy:
        assert 0 < copy.chip_count() < 75
        assert copy_archive(source, copy, lambda *_: None) == 32
        assert_same(source, copy)


def test_chips_never_get_ids_that_are_taken(source, target):
    with open_copy(source, target) as copy:
        for record in source.rasters():
            copy.restore_raster(record)
        stored = source.read_block(1, 0)
        copy.restore_block(1, 0, stored)
        with pytest.raises(EngineError) as caught:
            copy.restore_block(1, 1, stored)
        assert caught.value.code is ErrorCode.BAD_REQUEST
        assert source.read_block(1, 99) is None


def test_a_killed_copy_leaves_nothing_half(archive, target, make_chips, make_record):
    raster = archive.add_raster(make_record())
    for block in range(8):
        archive.write_block(raster, block, make_chips(300, seed=block, dimension=16))
    code = (
        "import sys, time\nfrom frors_qgis.engine.archive.archive import Archive\n"
        "from frors_qgis.engine.archive.copying import copy_archive, open_copy\n"
        "with Archive.open(sys.argv[1]) as source, open_copy(source, sys.argv[2]) as copy:\n"
        "    copy_archive(source, copy, lambda done, total: (print(done, flush=True), time.sleep(0.2)))\n"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[4])}
    command = [sys.executable, "-c", code, archive.location, target]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        for line in process.stdout:
            if int(line) >= 600:
                process.kill()
    assert process.returncode != 0
    with open_copy(archive, target) as copy:
        assert copy.verify() == []
        there = copy.chip_count()
        assert 600 <= there < 2400
        assert there % 300 == 0
        assert copy_archive(archive, copy, lambda *_: None) == 2400 - there
        assert copy.block_keys(raster).keys() == archive.block_keys(raster).keys()
        assert copy.verify() == []


def test_what_does_not_come_back_as_it_was_written_is_noticed(source, target, monkeypatch):
    with open_copy(source, target) as copy:
        read = copy.read_block

        def bent(raster_id, block):
            stored = read(raster_id, block)
            stored.chips.footprints[:, 0, 0] += 1e-9
            return stored

        monkeypatch.setattr(copy, "read_block", bent)
        with pytest.raises(EngineError) as caught:
            copy_archive(source, copy, lambda *_: None)
        assert caught.value.code is ErrorCode.ARCHIVE_DAMAGED
