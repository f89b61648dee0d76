"""Folders that refuse: read-only ones and full ones."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.records import NewChips, RasterRecord
from frors_qgis.protocol import EngineError, ErrorCode

MakeChips = Callable[..., NewChips]
Mount = Callable[..., Path]


def _make_read_only(folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)


def test_an_archive_on_read_only_media_is_read_and_not_written(
    filled: Archive, mount: Mount, new_archive: Callable[..., Archive]
) -> None:
    filled.close()
    folder = mount("-t", "tmpfs", "tmpfs", name="media")
    shutil.copy(filled.path, folder)
    _make_read_only(folder)
    with Archive.open(folder / "archive.gpkg") as archive:
        assert archive.chip_count() == 75
        assert len(list(archive.batches())) == 3
        assert archive.verify() == []
    for call in (
        lambda: Archive.open(folder / "archive.gpkg", writable=True),
        lambda: new_archive(folder / "new.gpkg"),
    ):
        with pytest.raises(EngineError) as caught:
            call()
        assert caught.value.code == ErrorCode.ARCHIVE_READ_ONLY


def test_an_archive_left_in_wal_mode_is_read_on_read_only_media(filled: Archive, mount: Mount) -> None:
    filled.close()
    other = sqlite3.connect(filled.path)
    other.execute("PRAGMA journal_mode = WAL")
    other.close()
    folder = mount("-t", "tmpfs", "tmpfs", name="media")
    shutil.copy(filled.path, folder)
    _make_read_only(folder)
    with Archive.open(folder / "archive.gpkg") as archive:
        assert archive.chip_count() == 75
        assert archive.verify() == []


def test_a_log_on_read_only_media_is_never_ignored(filled: Archive, mount: Mount) -> None:
    folder = mount("-t", "tmpfs", "tmpfs", name="media")
    for path in filled.path.parent.glob("archive.gpkg*"):
        if not path.name.endswith("-shm"):
            shutil.copy(path, folder)
    assert (folder / "archive.gpkg-wal").stat().st_size > 0
    _make_read_only(folder)
    with pytest.raises(EngineError) as caught:
        Archive.open(folder / "archive.gpkg")
    assert caught.value.code == ErrorCode.ARCHIVE_READ_ONLY


def test_file_systems_without_links_get_archives_too(
    new_archive: Callable[..., Archive], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    new_archive(tmp_path / "archive.gpkg").close()
    assert os.listdir(tmp_path) == ["archive.gpkg"]


def test_a_full_disk_loses_nothing_that_was_written(
    mount: Mount,
    new_archive: Callable[..., Archive],
    make_chips: MakeChips,
    make_record: Callable[..., RasterRecord],
) -> None:
    folder = mount("-t", "tmpfs", "-o", "size=3m", "tmpfs", name="small")
    path = folder / "archive.gpkg"
    written = 0
    with new_archive(path, dimension=256) as archive:
        raster_id = archive.add_raster(make_record())

        def fill() -> None:
            nonlocal written
            for block in range(1000):
                archive.write_block(raster_id, block, make_chips(100, seed=block))
                written = block + 1

        with pytest.raises(EngineError) as caught:
            fill()
        assert caught.value.code == ErrorCode.DISK_FULL
        assert written > 3
        assert archive.chip_count() == 100 * written
        assert archive.finished_blocks(raster_id) == set(range(written))
        assert archive.verify() == []
    with Archive.open(path) as reader:
        assert reader.chip_count() == 100 * written
        assert reader.verify() == []
    subprocess.run(["mount", "-o", "remount,size=12m", str(folder)], check=True)
    with Archive.open(path, writable=True) as archive:
        archive.write_block(raster_id, written, make_chips(100))
        assert archive.chip_count() == 100 * (written + 1)
        assert archive.verify() == []
    assert os.listdir(folder) == ["archive.gpkg"]


def test_creating_on_a_full_disk_leaves_nothing_behind(mount: Mount, new_archive: Callable[..., Archive]) -> None:
    folder = mount("-t", "tmpfs", "-o", "size=32k", "tmpfs", name="tiny")
    with pytest.raises(EngineError) as caught:
        new_archive(folder / "archive.gpkg")
    assert caught.value.code == ErrorCode.DISK_FULL
    assert os.listdir(folder) == []
