"""What a drive may do to an archive: lose power at any moment, share no memory, refuse locks."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.records import NewChips, RasterRecord
from frors_qgis.protocol import EngineError, ErrorCode
from tests.hard.disk_recorder import DiskRecorder
from tests.hard.power_cuts import NAME, look_at_cuts, marked, state_of
from tests.hard.tally import Tally

MakeChips = Callable[..., NewChips]
MakeRecord = Callable[..., RasterRecord]
NewArchive = Callable[..., Archive]

_MAP_MEMORY, _LOCK = 12, 6  # places among the methods of a file
_MAP_REFUSED, _LOCK_REFUSED = 10 | 21 << 8, 10 | 15 << 8


def test_an_archive_is_sound_whenever_the_power_is_cut(
    new_archive: NewArchive, make_chips: MakeChips, make_record: MakeRecord, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    recorder = DiskRecorder(work)
    with recorder.on(), marked(recorder):
        with new_archive(work / NAME) as archive:
            recorder.mark(state_of(archive))
            archive._connection.execute("PRAGMA wal_autocheckpoint = 6")
            raster_id = archive.add_raster(make_record())
            archive.write_block(raster_id, 0, make_chips(9, dimension=16))
            archive.clear_raster(raster_id)
        with Archive.open(work / NAME, writable=True) as archive:
            archive.write_block(raster_id, 1, make_chips(9, dimension=16))
    part = Tally(tmp_path / "hard.json").part("power cuts")
    cuts = [(turn, place) for turn in (0, 1, 2) for place in range(turn, len(recorder.events), 7)]
    look_at_cuts(0, recorder.events, cuts, tmp_path, part, time.monotonic() + 60)
    assert part.faults == []
    assert part.counts["cuts"] == len(cuts) > 40


class _Refusing(DiskRecorder):
    """A drive on which one method of files fails."""

    def __init__(self, folder: Path, method: int, code: int) -> None:
        super().__init__(folder)
        kind = ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.c_void_p] * (5 if method == _MAP_MEMORY else 2))
        self._method, self._refusal = method, kind(lambda *_: code)

    def _methods(self, usual: int) -> ctypes.Structure:
        methods = super()._methods(usual)
        methods.calls[self._method] = ctypes.cast(self._refusal, ctypes.c_void_p).value
        return methods


def test_on_a_drive_that_shares_no_memory_an_archive_is_written_without_a_log(
    new_archive: NewArchive, make_chips: MakeChips, make_record: MakeRecord, tmp_path: Path
) -> None:
    path = tmp_path / "archive.gpkg"
    with _Refusing(tmp_path, _MAP_MEMORY, _MAP_REFUSED).on():
        with new_archive(path) as archive:
            archive.write_block(archive.add_raster(make_record()), 0, make_chips(9, dimension=16))
            with Archive.open(path) as reader:
                assert reader.chip_count() == 9
        with Archive.open(path, writable=True) as archive:
            archive.write_block(1, 1, make_chips(9, dimension=16))
            assert archive.verify() == []
    assert [file.name for file in tmp_path.iterdir()] == ["archive.gpkg"]


def test_an_archive_that_was_copied_there_while_it_was_written_is_read(
    filled: Archive, make_chips: MakeChips, tmp_path: Path
) -> None:
    drive = tmp_path / "drive"
    drive.mkdir()
    for suffix in ("", "-wal"):
        file = filled.path.with_name(f"{filled.path.name}{suffix}")
        (drive / file.name).write_bytes(file.read_bytes())
    with _Refusing(drive, _MAP_MEMORY, _MAP_REFUSED).on(), Archive.open(drive / filled.path.name) as archive:
        assert archive.chip_count() == 75
        assert archive.verify() == []


def test_a_drive_that_refuses_locks_is_named_as_the_reason(new_archive: NewArchive, tmp_path: Path) -> None:
    new_archive().close()
    with (
        _Refusing(tmp_path, _LOCK, _LOCK_REFUSED).on(),
        pytest.raises(EngineError, match="copy it to a disk of this computer") as caught,
    ):
        Archive.open(tmp_path / "archive.gpkg", writable=True)
    assert caught.value.code is ErrorCode.ARCHIVE_DAMAGED
