from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.records import NewChips, RasterRecord
from frors_qgis.protocol import EngineError, ErrorCode

MakeChips = Callable[..., NewChips]
MakeRecord = Callable[..., RasterRecord]


def test_a_new_archive_is_empty_and_sound(archive: Archive) -> None:
    assert (archive.encoder, archive.encoder_sha256, archive.dimension) == ("trial", "ab" * 32, 16)
    assert archive.rasters() == []
    assert archive.chip_count() == 0
    assert archive.levels() == []
    assert list(archive.batches()) == []
    assert archive.chips_within((-180, -90, 180, 90)).tolist() == []
    assert archive.verify() == []


def test_an_archive_opened_again_is_the_same(archive: Archive) -> None:
    with Archive.open(archive.path) as again:
        assert (again.id, again.encoder, again.dimension) == (archive.id, "trial", 16)
        assert again.generation() == archive.generation()


def test_creating_over_a_file_is_refused_and_the_file_stays(
    new_archive: Callable[..., Archive], tmp_path: Path
) -> None:
    path = tmp_path / "notes.gpkg"
    path.write_text("mine")
    with pytest.raises(EngineError) as caught:
        new_archive(path)
    assert caught.value.code == ErrorCode.BAD_REQUEST
    assert path.read_text() == "mine"
    assert os.listdir(tmp_path) == ["notes.gpkg"]


def test_creating_in_a_folder_that_is_missing_is_refused(new_archive: Callable[..., Archive], tmp_path: Path) -> None:
    with pytest.raises(EngineError) as caught:
        new_archive(tmp_path / "none" / "archive.gpkg")
    assert caught.value.code == ErrorCode.BAD_REQUEST


@pytest.mark.parametrize("name", ["sp ace.gpkg", "per%20cent?x=1#y.gpkg", "Ümläut 日本.gpkg", "it's;.gpkg"])
def test_any_file_name_will_do(new_archive: Callable[..., Archive], tmp_path: Path, name: str) -> None:
    with new_archive(tmp_path / name) as archive:
        archive_id = archive.id
    assert os.listdir(tmp_path) == [name]
    with Archive.open(tmp_path / name) as archive:
        assert archive.id == archive_id


def test_a_raster_comes_back_as_it_was_written(archive: Archive, make_record: MakeRecord) -> None:
    record = make_record(
        "päth 'with' quotes.tif",
        nodata="-9999",
        platform="Sentinel-2A",
        sensor="MSI",
        acquired="2024-05-01",
        cloud=0.1,
        metadata={"a": [1, {"b": None}], "ü": "日本"},
        plan={"levels": [[0.3, 8], [0.3, 4]], "overlap": 0.5},
    )
    record.id = archive.add_raster(record)
    record.relative_path = "päth 'with' quotes.tif"
    assert archive.raster(record.id) == record
    record.state, record.reason, record.width, record.plan = "failed", "disk gone", 17, {"overlap": 0.25}
    archive.update_raster(record)
    assert archive.rasters() == [record]
    archive.set_state(record.id, "indexed")
    assert (archive.raster(record.id).state, archive.raster(record.id).reason) == ("indexed", None)
    assert archive.verify() == []


def test_a_raster_is_found_by_any_spelling_of_its_path(
    archive: Archive, make_record: MakeRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    raster_id = archive.add_raster(make_record("sub/raster.tif"))
    (tmp_path / "link").symlink_to(tmp_path / "sub")
    monkeypatch.chdir(tmp_path / "sub")
    spellings = (tmp_path / "sub" / "raster.tif", "raster.tif", "../sub/raster.tif", tmp_path / "link" / "raster.tif")
    for path in spellings:
        found = archive.find_raster(path)
        assert found is not None
        assert found.id == raster_id
    assert archive.find_raster(tmp_path / "raster.tif") is None


def test_a_name_of_gdals_virtual_file_systems_is_kept(archive: Archive, make_record: MakeRecord) -> None:
    name = "/vsizip//vsicurl/https://example.org//a.zip/b.tif"
    raster_id = archive.add_raster(make_record(path=name))
    found = archive.find_raster(name)
    assert found is not None
    assert (found.id, found.path, found.relative_path) == (raster_id, name, None)


def test_rasters_that_moved_with_the_archive_are_found_beside_it(
    archive: Archive, make_record: MakeRecord, tmp_path: Path
) -> None:
    (tmp_path / "one.tif").write_text("raster")
    raster_id = archive.add_raster(make_record("one.tif"))
    gone = archive.add_raster(make_record("gone.tif"))
    assert archive.raster_path(archive.raster(raster_id)) == tmp_path / "one.tif"
    archive.close()
    moved = tmp_path / "moved"
    moved.mkdir()
    shutil.copy(archive.path, moved)
    shutil.copy(tmp_path / "one.tif", moved)
    with Archive.open(moved / "archive.gpkg") as copy:
        assert copy.raster_path(copy.raster(raster_id)) == moved / "one.tif"
        assert copy.raster_path(copy.raster(gone)) == tmp_path / "gone.tif"
        found = copy.find_raster(moved / "one.tif")
        assert found is not None
        assert found.id == raster_id


def test_bad_requests_about_rasters_are_refused(archive: Archive, make_record: MakeRecord) -> None:
    archive.add_raster(make_record("one.tif"))
    with pytest.raises(EngineError) as twice:
        archive.add_raster(make_record("one.tif"))
    assert twice.value.code == ErrorCode.BAD_REQUEST
    with pytest.raises(EngineError) as state:
        archive.set_state(1, "lost")
    assert state.value.code == ErrorCode.BAD_REQUEST
    with pytest.raises(EngineError) as name:
        archive.add_raster(make_record(path="/data/\udcff.tif"))
    assert name.value.code == ErrorCode.BAD_REQUEST
    unknown = (
        lambda: archive.raster(9),
        lambda: archive.raster(-1),
        lambda: archive.update_raster(make_record("nine.tif", id=9)),
        lambda: archive.set_state(9, "indexed"),
        lambda: archive.remove_raster(9),
        lambda: archive.clear_raster(9),
    )
    for call in unknown:
        with pytest.raises(EngineError) as caught:
            call()
        assert caught.value.code == ErrorCode.RASTER_UNKNOWN
    with pytest.raises(EngineError) as large:
        archive.raster(2**70)
    assert large.value.code == ErrorCode.BAD_REQUEST
    assert len(archive.rasters()) == 1


def test_records_that_could_not_be_read_back_are_refused(archive: Archive, make_record: MakeRecord) -> None:
    raster_id = archive.add_raster(make_record("one.tif"))
    for change in ({"gsd": float("nan")}, {"width": 0}, {"transform": (0.0,) * 5}, {"crs": None}, {"stretch": [1]}):
        for call in (archive.add_raster, archive.update_raster):
            with pytest.raises(EngineError) as caught:
                call(make_record("two.tif", id=raster_id, **change))
            assert caught.value.code == ErrorCode.INTERNAL
    assert [Path(record.path).name for record in archive.rasters()] == ["one.tif"]


@pytest.mark.parametrize("name", ["nul\0.gpkg", "\udcff.gpkg", "x" * 300 + ".gpkg"])
def test_names_that_no_file_can_have_are_refused(
    archive: Archive, new_archive: Callable[..., Archive], name: str
) -> None:
    folder = archive.path.parent
    for call in (
        lambda: Archive.open(folder / name),
        lambda: new_archive(folder / name),
        lambda: archive.find_raster(name),
    ):
        with pytest.raises(EngineError) as caught:
            call()
        assert caught.value.code == ErrorCode.BAD_REQUEST


def test_chips_come_back_as_they_were_written(filled: Archive, make_chips: MakeChips) -> None:
    written = make_chips(25, seed=2, dimension=16, west=10.0)
    chips = filled.chips(range(31, 56))
    for index, chip in enumerate(chips):
        assert (chip.id, chip.raster_id, chip.gsd, chip.cells, chip.valid) == (31 + index, 2, 0.3, 8, 1.0)
        assert [chip.column, chip.row, chip.width, chip.height] == written.windows[index].tolist()
        assert chip.footprint == [tuple(corner) for corner in written.footprints[index].tolist()]
        assert chip.ground_size == pytest.approx(0.3 * 8 * 32)
        np.testing.assert_allclose(filled.embedding(chip.id), written.vectors[index], atol=1e-3)
    assert [chip.id for chip in filled.chips([40, 3, 40, 75])] == [40, 3, 40, 75]
    assert filled.chips([]) == []


def test_counts_levels_and_finished_blocks(filled: Archive) -> None:
    assert (filled.chip_count(), filled.chip_count(1), filled.chip_count(2), filled.chip_count(3)) == (75, 50, 25, 0)
    (level,) = filled.levels()
    assert (level.gsd, level.cells, level.chips, level.ground_size) == (0.3, 8, 75, pytest.approx(76.8))
    assert filled.finished_blocks(1) == {0, 1, 2}
    assert filled.finished_blocks(2) == {0}
    assert filled.finished_blocks(3) == set()


def test_unknown_chips_are_refused(filled: Archive) -> None:
    for call in (
        lambda: filled.chips([1, 76]),
        lambda: filled.embedding(76),
        lambda: filled.embedding(0),
        lambda: filled.chips([10**30]),
    ):
        with pytest.raises(EngineError) as caught:
            call()
        assert caught.value.code == ErrorCode.CHIP_UNKNOWN


def test_batches_hold_every_embedding_in_order(filled: Archive, make_chips: MakeChips) -> None:
    batches = list(filled.batches())
    assert [(batch.key.first_chip, batch.key.raster_id, len(batch.vectors)) for batch in batches] == [
        (1, 1, 30),
        (31, 2, 25),
        (56, 1, 20),
    ]
    assert batches[0].vectors.dtype == np.float16
    np.testing.assert_array_equal(batches[2].vectors, make_chips(20, seed=3, dimension=16).vectors.astype(np.float16))
    np.testing.assert_allclose(batches[1].gsd, 0.3)
    assert batches[1].cells.tolist() == [8] * 25
    assert [batch.key for batch in batches] == filled.batch_keys()
    assert [batch.key for batch in filled.batches(filled.batch_keys()[1:])] == filled.batch_keys()[1:]


def test_removing_a_raster_takes_its_chips_and_only_these(filled: Archive) -> None:
    before = filled.generation()
    assert filled.remove_raster(1) == 50
    assert filled.generation() != before
    assert [record.id for record in filled.rasters()] == [2]
    assert (filled.chip_count(), filled.chip_count(2)) == (25, 25)
    assert filled.chips_within((-180, -90, 180, 90)).tolist() == list(range(31, 56))
    with pytest.raises(EngineError):
        filled.chips([1])
    assert filled.verify() == []


def test_clearing_a_raster_keeps_its_record(filled: Archive) -> None:
    filled.set_state(1, "failed", "unreadable")
    assert filled.clear_raster(1) == 50
    assert (filled.raster(1).state, filled.raster(1).reason) == ("indexing", None)
    assert filled.finished_blocks(1) == set()
    assert filled.chip_count(1) == 0
    assert filled.verify() == []


def test_ids_are_never_used_again(filled: Archive, make_chips: MakeChips, make_record: MakeRecord) -> None:
    filled.remove_raster(1)
    filled.remove_raster(2)
    filled.close()
    with Archive.open(filled.path, writable=True) as archive:
        raster_id = archive.add_raster(make_record("one.tif"))
        assert raster_id == 3
        archive.write_block(raster_id, 0, make_chips(5, dimension=16))
        assert archive.chips_within((-180, -90, 180, 90)).tolist() == [76, 77, 78, 79, 80]
        assert archive.verify() == []


def test_the_generation_changes_with_the_chips_and_only_then(filled: Archive, make_chips: MakeChips) -> None:
    with Archive.open(filled.path) as reader:
        seen = [reader.generation()]
        filled.set_state(1, "indexed")
        assert reader.generation() == seen[-1]
        filled.write_block(1, 9, make_chips(1, dimension=16))
        seen.append(reader.generation())
        filled.clear_raster(2)
        seen.append(reader.generation())
        filled.write_block(2, 0, make_chips(25, dimension=16))
        seen.append(reader.generation())
        assert len(set(seen)) == 4


@pytest.mark.parametrize("field", ["windows", "gsd", "footprints", "vectors", "valid"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_refused(
    filled: Archive, make_chips: MakeChips, field: str, value: float
) -> None:
    chips = make_chips(4, dimension=16)
    getattr(chips, field).flat[2] = value
    with pytest.raises(EngineError) as caught:
        filled.write_block(1, 7, chips)
    assert caught.value.code == ErrorCode.INTERNAL
    assert filled.chip_count() == 75
    assert filled.finished_blocks(1) == {0, 1, 2}


def test_arrays_that_do_not_fit_are_refused(filled: Archive, make_chips: MakeChips) -> None:
    short = make_chips(4, dimension=16)
    short.gsd = short.gsd[:3]
    long_vectors = make_chips(4, dimension=16)
    long_vectors.vectors = long_vectors.vectors * 1e6
    flat = make_chips(4, dimension=16)
    flat.cells[1] = 0
    for chips in (make_chips(4, dimension=8), short, long_vectors, flat):
        with pytest.raises(EngineError) as caught:
            filled.write_block(1, 7, chips)
        assert caught.value.code == ErrorCode.INTERNAL
    assert filled.verify() == []


def test_a_block_is_written_once(filled: Archive, make_chips: MakeChips) -> None:
    with pytest.raises(EngineError) as twice:
        filled.write_block(1, 0, make_chips(3, dimension=16))
    assert twice.value.code == ErrorCode.BAD_REQUEST
    with pytest.raises(EngineError) as unknown:
        filled.write_block(9, 0, make_chips(3, dimension=16))
    assert unknown.value.code == ErrorCode.RASTER_UNKNOWN
    assert filled.chip_count() == 75


def test_writing_through_a_reader_is_refused(filled: Archive) -> None:
    with Archive.open(filled.path) as reader, pytest.raises(EngineError) as caught:
        reader.set_state(1, "indexed")
    assert caught.value.code == ErrorCode.ARCHIVE_READ_ONLY


def test_a_chip_takes_at_most_800_bytes(
    new_archive: Callable[..., Archive], make_chips: MakeChips, make_record: MakeRecord
) -> None:
    with new_archive(dimension=256) as archive:
        raster_id = archive.add_raster(make_record())
        for block in range(64):
            chips = make_chips(313, seed=block, west=-122.6 + 0.01 * block)
            chips.gsd[:] = 0.2987654321
            chips.valid[:] = np.linspace(0.5, 1, 313)
            chips.windows *= 1.0123456789  # a raster read at another GSD than its own
            archive.write_block(raster_id, block, chips)
        path, count = archive.path, archive.chip_count()
    size = path.stat().st_size / count
    print(f"{size:.0f} bytes per chip at 256-d, {count} chips")
    assert size <= 800
