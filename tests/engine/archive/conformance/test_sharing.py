"""Readers beside writers, and writers that are killed."""

from __future__ import annotations

import subprocess
import threading
import time

import pytest

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.protocol import EngineError, ErrorCode


def test_a_killed_writer_leaves_nothing_half_and_what_it_left_out_is_written_once(archive, make_record, start_writer):
    raster = archive.add_raster(make_record())
    blocks, chips = 12, 400
    for kill in range(3):
        writer = start_writer(archive.location, raster, blocks, chips)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.02 * kill)  # somewhere in the blocks that follow
        writer.kill()
        writer.wait()
        finished = archive.finished_blocks(raster)
        assert archive.chip_count() == len(finished) * chips == sum(key.chips for key in archive.batch_keys())
    writer = start_writer(archive.location, raster, blocks, chips)
    assert writer.wait() == 0
    assert archive.finished_blocks(raster) == set(range(blocks))
    assert archive.chip_count() == blocks * chips
    assert archive.verify() == []


def test_readers_see_whole_blocks_while_two_processes_write(archive, make_record, start_writer, tmp_path):
    rasters = [archive.add_raster(make_record(name)) for name in ("one.tif", "two.tif")]
    writers: list[subprocess.Popen[str]] = []
    failures: list[str] = []
    seen: list[int] = []

    def read() -> None:
        with Archive.open(archive.location) as reader:
            index = reader.chip_index(tmp_path)
            while any(writer.poll() is None for writer in writers):
                count = reader.chip_count()
                index.refresh()
                seen.append(count)
                if count % 50 or len(index) % 50 or len(index) < count:
                    failures.append(f"{count} chips, {len(index)} in the index")
                if count and len(reader.embedding(count)) != 16:
                    failures.append("an embedding")
            index.close()

    writers += [start_writer(archive.location, raster, 15, 50) for raster in rasters]
    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert [writer.wait() for writer in writers] == [0, 0]
    assert failures == []
    assert len(seen) > 10
    assert archive.chip_count() == 2 * 15 * 50
    assert [archive.chip_count(raster) for raster in rasters] == [750, 750]
    assert archive.verify() == []


def test_one_run_at_a_time_indexes_and_the_next_is_told(archive):
    with Archive.writer_lock(archive.location):
        with pytest.raises(EngineError, match=r"Another FRORS \(process ") as caught:
            Archive.writer_lock(archive.location).__enter__()
        assert caught.value.code is ErrorCode.ARCHIVE_BUSY
    with Archive.writer_lock(archive.location):
        pass
