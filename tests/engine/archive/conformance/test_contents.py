"""What is written is what is read, and marks tell when it changed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.queries import SavedQuery, SavedQueryEntry
from frors_qgis.engine.archive.records import Level
from frors_qgis.protocol import EngineError, ErrorCode


def code(action, *arguments, **options):
    with pytest.raises(EngineError) as caught:
        action(*arguments, **options)
    return caught.value.code


def test_an_archive_is_there_when_it_was_made_and_says_what_made_it(archive, new_location):
    assert Archive.exists(archive.location)
    with Archive.open(archive.location) as other:
        assert (other.id, other.encoder, other.encoder_sha256, other.dimension) == (archive.id, "trial", "ab" * 32, 16)
        assert (other.chip_count(), other.rasters(), other.levels(), other.last_chip()) == (0, [], [], 0)
        assert other.size_bytes() > 0
    assert code(Archive.create, archive.location, encoder="e", encoder_sha256="", dimension=8) is ErrorCode.BAD_REQUEST
    assert code(Archive.require_room, archive.location) is ErrorCode.BAD_REQUEST
    nowhere = new_location()
    assert not Archive.exists(nowhere)
    Archive.require_room(nowhere)
    assert code(Archive.open, nowhere) is ErrorCode.ARCHIVE_MISSING
    beside = archive.beside("another name")
    assert "another name" in beside
    assert not Archive.exists(beside)


def test_rasters_are_kept_as_they_are_given(archive, make_record):
    record = make_record(
        "one.tif", acquired="2024-05-17", cloud=0.25, metadata={"a": [1, "ü"]}, plan={"passes": []}, nodata="0"
    )
    number = archive.add_raster(record)
    kept = archive.raster(number)
    relative = kept.relative_path
    assert kept == dataclasses.replace(record, id=number, relative_path=relative)
    assert archive.find_raster(record.path) == kept
    assert archive.find_raster(record.path + "x") is None
    assert str(archive.raster_path(kept)) == record.path
    assert code(archive.add_raster, record) is ErrorCode.BAD_REQUEST
    archive.update_raster(dataclasses.replace(kept, cloud=None, platform="landsat-9"))
    archive.set_state(number, "failed", "It broke.")
    changed = archive.change_raster(number, lambda old: dataclasses.replace(old, sensor="oli"))
    assert archive.rasters() == [changed]
    assert (changed.platform, changed.cloud, changed.state, changed.sensor) == ("landsat-9", None, "failed", "oli")
    assert code(archive.raster, 99) is ErrorCode.RASTER_UNKNOWN
    assert code(archive.set_state, 99, "indexed") is ErrorCode.RASTER_UNKNOWN
    assert code(archive.set_state, number, "lost") is ErrorCode.BAD_REQUEST
    assert code(archive.update_raster, dataclasses.replace(changed, id=99, path="/x")) is ErrorCode.RASTER_UNKNOWN


def test_chips_come_back_as_they_went_in(archive, make_chips, make_record):
    raster = archive.add_raster(make_record())
    chips = make_chips(30, seed=1, dimension=16)
    chips.cells[::3] = 4
    chips.valid[:] = np.linspace(0.5, 1, 30)
    archive.write_block(raster, 7, chips)
    archive.write_block(raster, 8, make_chips(0, dimension=16))
    assert archive.finished_blocks(raster) == {7, 8}
    assert (archive.chip_count(), archive.chip_count(raster), archive.last_chip()) == (30, 30, 30)
    assert archive.levels() == [Level(0.3, 4, 10), Level(0.3, 8, 20)]
    read = archive.chips([30, 4])
    assert [chip.id for chip in read] == [30, 4]
    for chip, row in zip(read, (29, 3), strict=True):
        assert [chip.column, chip.row, chip.width, chip.height] == chips.windows[row].tolist()
        assert (chip.raster_id, chip.gsd, chip.cells, chip.valid) == (raster, 0.3, chips.cells[row], chips.valid[row])
        assert chip.footprint == [tuple(corner) for corner in chips.footprints[row].tolist()]
    half = chips.vectors.astype(np.float16)
    np.testing.assert_array_equal(archive.vectors([2, 1]), half[[1, 0]].astype(np.float32))
    np.testing.assert_array_equal(archive.embedding(30), half[29].astype(np.float32))
    (batch,) = archive.batches()
    assert (batch.key.first_chip, batch.key.raster_id, batch.key.chips) == (1, raster, 30)
    np.testing.assert_array_equal(batch.vectors, half)
    np.testing.assert_array_equal(batch.cells, chips.cells)
    assert code(archive.chips, [1, 31]) is ErrorCode.CHIP_UNKNOWN
    assert code(archive.embedding, 31) is ErrorCode.CHIP_UNKNOWN
    assert archive.chips([]) == []
    assert archive.verify() == []


def test_a_block_is_written_once_whole_or_not_at_all(archive, make_chips, make_record):
    raster = archive.add_raster(make_record())
    archive.write_block(raster, 0, make_chips(5, dimension=16))
    before = archive.generation()
    assert code(archive.write_block, raster, 0, make_chips(5, dimension=16)) is ErrorCode.BAD_REQUEST
    assert code(archive.write_block, 99, 0, make_chips(5, dimension=16)) is ErrorCode.RASTER_UNKNOWN
    broken = make_chips(5, dimension=16)
    broken.vectors[3, 3] = np.nan
    assert code(archive.write_block, raster, 1, broken) is ErrorCode.INTERNAL
    assert code(archive.write_block, raster, 1, make_chips(5, dimension=15)) is ErrorCode.INTERNAL
    assert (archive.chip_count(), archive.generation(), archive.finished_blocks(raster)) == (5, before, {0})


def test_what_is_removed_is_gone_and_its_ids_never_come_again(archive, make_chips, make_record):
    one, two = archive.add_raster(make_record("one.tif")), archive.add_raster(make_record("two.tif"))
    for block in range(3):
        archive.write_block(one, block, make_chips(10, seed=block, dimension=16))
    archive.write_block(two, 0, make_chips(5, dimension=16))
    assert archive.clear_blocks(one, range(1, 5)) == 20
    assert archive.finished_blocks(one) == {0}
    assert archive.remove_raster(two) == 5
    assert code(archive.remove_raster, two) is ErrorCode.RASTER_UNKNOWN
    assert archive.clear_raster(one) == 10
    assert archive.raster(one).state == "indexing"
    assert (archive.chip_count(), archive.levels(), archive.last_chip()) == (0, [], 35)
    archive.write_block(one, 1, make_chips(2, dimension=16))
    assert archive.chips([36, 37])[0].raster_id == one
    assert archive.add_raster(make_record("three.tif")) > two
    assert archive.verify() == []


def test_a_generation_differs_whenever_chips_came_or_went(archive, make_chips, make_record):
    raster = archive.add_raster(make_record())
    with Archive.open(archive.location) as reader:
        marks = [reader.generation()]
        for change in (
            lambda: archive.write_block(raster, 0, make_chips(5, dimension=16)),
            lambda: archive.write_block(raster, 1, make_chips(5, seed=1, dimension=16)),
            lambda: archive.clear_blocks(raster, range(0, 1)),
            lambda: archive.clear_raster(raster),
        ):
            change()
            marks.append(reader.generation())
        assert len(set(marks)) == 5
        assert [mark.removals for mark in marks] == [0, 0, 0, 1, 2]
        archive.set_state(raster, "indexed")
        assert reader.generation() == marks[-1]


def test_saved_queries_are_kept_and_count_what_is_new(archive, make_chips, make_record):
    raster = archive.add_raster(make_record())
    archive.write_block(raster, 0, make_chips(5, dimension=16))
    query = SavedQuery("Roofs", "2024-05-17", "2024-05-18", 5, {"start": {"embedding": [0.5]}}, b"PNG")
    archive.save_query(query, replace=False)
    assert code(archive.save_query, query, replace=False) is ErrorCode.BAD_REQUEST
    archive.save_query(query, replace=True)
    assert archive.saved_query("Roofs") == query
    archive.write_block(raster, 1, make_chips(3, dimension=16))
    assert archive.saved_queries() == [SavedQueryEntry("Roofs", "2024-05-18", 3)]
    archive.note_searched("Roofs", "2024-06-01", 8)
    assert archive.saved_queries() == [SavedQueryEntry("Roofs", "2024-06-01", 0)]
    archive.delete_query("Roofs")
    assert archive.saved_queries() == []
    for action in (archive.saved_query, archive.delete_query):
        assert code(action, "Roofs") is ErrorCode.QUERY_UNKNOWN


def test_who_opened_it_for_reading_cannot_write(archive, make_record):
    with Archive.open(archive.location) as reader:
        assert code(reader.add_raster, make_record()) is ErrorCode.ARCHIVE_READ_ONLY
