"""Several connections, threads and processes on one archive; what is left when all of them are gone."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from osgeo import gdal

from frors_qgis.engine.archive import connection
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.records import NewChips, RasterRecord
from frors_qgis.protocol import EngineError, ErrorCode

MakeChips = Callable[..., NewChips]
MakeRecord = Callable[..., RasterRecord]
StartWriter = Callable[..., "subprocess.Popen[str]"]


def _journal_mode(archive: Archive) -> str:
    other = sqlite3.connect(archive.path)
    (mode,) = other.execute("PRAGMA journal_mode").fetchone()
    other.close()
    return str(mode)


def test_the_last_to_close_leaves_one_plain_file(filled: Archive) -> None:
    first, second = Archive.open(filled.path), Archive.open(filled.path)
    folder = filled.path.parent
    for archive in (filled, first):
        start = time.perf_counter()
        archive.close()
        assert time.perf_counter() - start < 8  # of the 10 s that a busy archive is waited for
        assert _journal_mode(filled) == "wal"
        assert second.chip_count() == 75
    second.close()
    assert os.listdir(folder) == ["archive.gpkg"]
    assert _journal_mode(filled) == "delete"


def test_threads_that_close_together_leave_one_plain_file(filled: Archive) -> None:
    filled.close()
    barrier = threading.Barrier(4)

    def hold(writable: bool) -> None:
        with Archive.open(filled.path, writable=writable) as archive:
            barrier.wait()
            archive.chip_count()
            barrier.wait()

    for _ in range(100):
        threads = [threading.Thread(target=hold, args=(number == 0,)) for number in range(barrier.parties)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert os.listdir(filled.path.parent) == ["archive.gpkg"]


def test_opening_and_closing_beside_a_writer_never_takes_its_locks(filled: Archive, make_chips: MakeChips) -> None:
    for block in range(10, 15):
        if block % 2:
            Archive.open(filled.path, writable=True).close()
        held = Archive.open(filled.path)
        code = f"from frors_qgis.engine.archive.archive import Archive; Archive.open({str(filled.path)!r}).close()"
        subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])
        assert _journal_mode(filled) == "wal"
        filled.write_block(1, block, make_chips(5, dimension=16))
        held.close()
    assert filled.chip_count() == 100
    assert filled.verify() == []


def test_closing_does_not_wait_for_a_reader_in_the_middle_of_something(filled: Archive) -> None:
    other = sqlite3.connect(filled.path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT COUNT(*) FROM chips").fetchone()
    filled.set_state(1, "indexed")
    start = time.perf_counter()
    filled.close()
    assert time.perf_counter() - start < 8  # of the 10 s that a busy archive is waited for
    assert other.execute("SELECT COUNT(*) FROM chips").fetchone() == (75,)
    other.close()


def test_half_a_page_at_the_end_is_no_damage_while_the_log_has_the_rest(filled: Archive) -> None:
    with filled.path.open("ab") as file:
        file.write(b"x" * 100)
    with Archive.open(filled.path) as reader:
        assert reader.chip_count() == 75
        assert reader.verify() == []


def test_closing_while_gdal_has_a_layer_open_disturbs_nobody(filled: Archive) -> None:
    dataset = gdal.OpenEx(str(filled.path), gdal.OF_VECTOR)
    layer = dataset.GetLayerByName("chips")
    assert sum(1 for _ in layer) == 75
    filled.close()
    layer.ResetReading()
    assert sum(1 for _ in layer) == 75
    with Archive.open(filled.path, writable=True) as archive:
        archive.remove_raster(2)
        layer.ResetReading()
        assert sum(1 for _ in layer) == 50
    del layer, dataset


def test_closing_twice_and_after_a_reader_in_the_middle_of_its_batches_is_harmless(filled: Archive) -> None:
    reader = Archive.open(filled.path)
    batches = reader.batches()
    next(batches)
    filled.close()
    filled.close()
    assert sum(len(batch.vectors) for batch in batches) == 45
    reader.close()


def test_a_second_writer_waits_for_the_first(filled: Archive) -> None:
    other = sqlite3.connect(filled.path, check_same_thread=False, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.5, lambda: other.execute("ROLLBACK"))
    timer.start()
    start = time.perf_counter()
    filled.set_state(1, "indexed")
    assert time.perf_counter() - start > 0.3
    timer.join()
    other.close()


def test_a_writer_that_waits_in_vain_is_told_that_the_archive_is_busy(
    filled: Archive, make_chips: MakeChips, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.2)
    other = sqlite3.connect(filled.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Archive.open(filled.path, writable=True) as archive:
        with pytest.raises(EngineError) as caught:
            archive.write_block(1, 9, make_chips(3, dimension=16))
        assert caught.value.code == ErrorCode.ARCHIVE_BUSY
        assert archive.chip_count() == 75
        other.execute("ROLLBACK")
        archive.write_block(1, 9, make_chips(3, dimension=16))
    other.close()


def test_opening_for_writing_while_others_read_without_the_log_ends_in_busy(
    filled: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.close()
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.2)
    other = sqlite3.connect(filled.path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT COUNT(*) FROM chips").fetchone()
    with pytest.raises(EngineError) as caught:
        Archive.open(filled.path, writable=True)
    assert caught.value.code == ErrorCode.ARCHIVE_BUSY
    other.execute("COMMIT")
    Archive.open(filled.path, writable=True).close()
    other.close()


def test_one_writer_and_several_readers_in_threads_agree(
    new_archive: Callable[..., Archive], make_chips: MakeChips, make_record: MakeRecord
) -> None:
    with new_archive() as archive:
        raster_id, path = archive.add_raster(make_record()), archive.path
    failures: list[BaseException] = []
    done = threading.Event()

    def write() -> None:
        try:
            with Archive.open(path, writable=True) as writer:
                for block in range(60):
                    writer.write_block(raster_id, block, make_chips(10, seed=block, dimension=16))
                    if block % 20 == 19:
                        writer.clear_raster(raster_id)
        except BaseException as error:
            failures.append(error)
        finally:
            done.set()

    def read() -> None:
        try:
            while not done.is_set():
                with Archive.open(path) as reader:
                    for _ in range(5):
                        assert reader.chip_count() % 10 == 0
                        assert all(len(batch.vectors) == 10 for batch in reader.batches())
                        assert len(reader.chips_within((-180, -90, 180, 90))) % 10 == 0
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=target) for target in (write, read, read, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert os.listdir(path.parent) == ["archive.gpkg"]
    with Archive.open(path) as archive:
        assert archive.verify() == []


def test_of_several_that_create_the_same_archive_one_succeeds(
    new_archive: Callable[..., Archive], tmp_path: Path
) -> None:
    outcomes: list[str] = []

    def create() -> None:
        try:
            with new_archive(tmp_path / "same.gpkg") as archive:
                outcomes.append(archive.id)
        except EngineError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=create) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(ErrorCode.BAD_REQUEST) == 5
    assert os.listdir(tmp_path) == ["same.gpkg"]
    with Archive.open(tmp_path / "same.gpkg") as archive:
        assert archive.id in outcomes


def test_two_writing_processes_take_turns(archive: Archive, make_record: MakeRecord, start_writer: StartWriter) -> None:
    rasters = [archive.add_raster(make_record(f"{number}.tif")) for number in range(2)]
    archive.close()
    writers = [start_writer(archive.path, raster_id, 40, 10) for raster_id in rasters]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    with Archive.open(archive.path) as reader:
        assert [reader.chip_count(raster_id) for raster_id in rasters] == [400, 400]
        assert reader.verify() == []


@pytest.mark.parametrize("seed", range(12))
def test_a_writer_killed_at_any_moment_leaves_a_sound_archive_that_goes_on(
    archive: Archive, make_record: MakeRecord, start_writer: StartWriter, seed: int
) -> None:
    raster_id = archive.add_raster(make_record())
    archive.close()
    writer = start_writer(archive.path, raster_id, 100_000, 50)
    assert writer.stdout is not None
    for _ in range(random.Random(seed).randrange(1, 8)):
        writer.stdout.readline()
    time.sleep(random.Random(seed).uniform(0, 0.05))
    writer.send_signal(signal.SIGKILL)
    told = {int(line) for line in writer.communicate()[0].splitlines()}
    with Archive.open(archive.path) as reader:
        assert reader.verify() == []
    with Archive.open(archive.path, writable=True) as again:
        finished = again.finished_blocks(raster_id)
        assert finished == set(range(len(finished)))
        assert told <= finished
        assert again.chip_count(raster_id) == 50 * len(finished)
        assert again.verify() == []
    more = start_writer(archive.path, raster_id, len(finished) + 3, 50)
    assert more.wait(60) == 0
    with Archive.open(archive.path) as reader:
        assert reader.finished_blocks(raster_id) == set(range(len(finished) + 3))
        assert reader.verify() == []
    assert sorted(os.listdir(archive.path.parent)) == ["archive.gpkg"]


def test_an_exception_in_the_middle_of_a_block_leaves_nothing_of_it(
    filled: Archive, make_chips: MakeChips, monkeypatch: pytest.MonkeyPatch
) -> None:
    chips = make_chips(30, dimension=16)
    chips.footprints = chips.footprints.astype(object)  # fails while the footprints are packed
    chips.footprints[29, 3, 1] = 1e400
    with pytest.raises((EngineError, TypeError)):
        filled.write_block(1, 9, chips)
    assert filled.chip_count() == 75
    filled.write_block(1, 9, make_chips(30, dimension=16))
    assert filled.verify() == []
