"""Cuts the power at every write of an engine that indexes, and opens what would then be on the disk.

What SQLite writes is recorded once (`disk_recorder`). The model: files that come, go or get shorter do so in order, as
journalling file systems have it; what was written to a file before its last sync is there; what was written since may
be there whole, not at all, or in any of its sectors. Half of the rest is made harder still: files that went, or got
shorter, since the last sync of any file may be there as before.
"""

from __future__ import annotations

import json
import random
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.geopackage_archive import GeoPackageArchive
from frors_qgis.engine.archive.queries import SavedQuery
from frors_qgis.engine.indexing.plan import Levels
from frors_qgis.engine.indexing.run import IndexRun
from frors_qgis.protocol import EngineError, ErrorCode
from tests.hard.disk_recorder import DiskRecorder, Event
from tests.hard.quick_engine import QuickEncoder
from tests.hard.tally import Part
from tests.hard.workshop import write_raster

NAME = "a.gpkg"
_SECTOR = 512
_PAGES_IN_LOG = 12
"""So that the log is written into the file many times in a small run."""
_GO_ON = 20
"""After one cut in so many the work is done to its end."""
_CHANGES = ("add_raster", "change_raster", "set_state", "write_block", "clear_raster", "clear_blocks", "remove_raster")
_CHANGES += ("update_raster", "save_query", "delete_query")


def cut_power(seed: int, count: int, folder: Path, part: Part, deadline: float) -> None:
    """Looks at `count` disks: each write in turn, first as if all of it had arrived, then with less and less luck."""
    events = _recorded(folder)
    part.measure(writes=sum(event.kind == "write" for event in events))
    cuts = (divmod(number, len(events)) for number in range(count))
    look_at_cuts(seed, events, cuts, folder, part, deadline)


def look_at_cuts(
    seed: int, events: list[Event], cuts: Iterable[tuple[int, int]], folder: Path, part: Part, deadline: float
) -> None:
    """Looks at cuts, each a turn and the place in the events after which it comes; places ascend within a turn."""
    part.add(cuts=0, chips_lost=0)
    states = [event.name for event in events if event.kind == "mark"]
    disk, followed = Disk(), 0
    for number, (turn, place) in enumerate(cuts):
        if place < followed:
            disk, followed = Disk(), 0
        while followed <= place:
            disk.follow(events[followed])
            followed += 1
        if time.monotonic() > deadline:
            break
        chance = random.Random(f"{seed} power {number}")
        cut = folder / "cut"
        shutil.rmtree(cut, ignore_errors=True)
        cut.mkdir()
        for name, content in disk.left(turn, chance).items():
            (cut / name).write_bytes(content)
        where = f"cut {number}, {turn} after {events[place].kind} of {events[place].name[:20]}"
        _look(where, cut, states, range(disk.marks - 1, disk.marks + 1), part)
        if number % _GO_ON == 0 and (folder / "one.tif").exists():
            _go_on(where, cut, folder, states[-1], part)
        part.add(cuts=1)


@dataclass
class _File:
    synced: bytearray = field(default_factory=bytearray)
    waiting: list[tuple[int, bytes]] = field(default_factory=list)


class Disk:
    """What is on the disk while things happen, and what of that is sure to be."""

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}
        self._at_sync: dict[str, bytes] = {}
        self.marks = 0

    def follow(self, event: Event) -> None:
        """One thing more has happened."""
        if event.kind == "mark":
            self.marks += 1
        elif event.kind == "write":
            self._files.setdefault(event.name, _File()).waiting.append((event.place, event.data))
        elif event.kind == "truncate":
            file = self._files[event.name]
            file.synced = bytearray(_with(file.synced, file.waiting)[: event.place])
            file.waiting = []
        elif event.kind == "sync":
            file = self._files.setdefault(event.name, _File())
            file.synced, file.waiting = bytearray(_with(file.synced, file.waiting)), []
            self._at_sync = self._whole()
        elif event.kind == "delete":
            self._files.pop(event.name, None)
        elif event.kind in ("link", "rename"):
            self._files[event.target] = self._files[event.name]

    def left(self, turn: int, chance: random.Random) -> dict[str, bytes]:
        """The files after a cut: turn 0 with all that was written, 1 with what is sure, later with some of the rest."""
        if turn == 0:
            return self._whole()
        found = {name: bytes(file.synced) for name, file in self._files.items()}
        if turn == 1:
            return found
        for name, file in self._files.items():
            found[name] = _with(file.synced, [part for one in file.waiting for part in _some(one, chance)])
        if chance.randrange(2):
            for name, content in self._at_sync.items():
                if len(found.get(name, b"")) < len(content):
                    found[name] = found.get(name, b"") + content[len(found.get(name, b"")) :]
        return found

    def _whole(self) -> dict[str, bytes]:
        return {name: _with(file.synced, file.waiting) for name, file in self._files.items()}


def _with(content: bytearray, writes: list[tuple[int, bytes]]) -> bytes:
    changed = bytearray(content)
    for place, data in writes:
        if len(changed) < place:
            changed += bytes(place - len(changed))
        changed[place : place + len(data)] = data
    return bytes(changed)


def _some(write: tuple[int, bytes], chance: random.Random) -> list[tuple[int, bytes]]:
    """All of a write, nothing, or some of its sectors."""
    place, data = write
    kind = chance.randrange(3)
    if kind == 0:
        return []
    if kind == 1:
        return [write]
    starts = range(-(place % _SECTOR), len(data), _SECTOR)
    parts = [(place + max(0, start), data[max(0, start) : start + _SECTOR]) for start in starts]
    return [part for part in parts if chance.randrange(2)]


def _recorded(folder: Path) -> list[Event]:
    """What happens to the disk while an archive is made, indexed into twice, changed and closed; after each change a
    mark with the state that it leaves."""
    work = folder / "work"
    work.mkdir()
    for number, name in enumerate(("one", "two", "three")):
        write_raster(folder / f"{name}.tif", 1900, 800, seed=number)
    recorder = DiskRecorder(work)
    with recorder.on(), marked(recorder):
        with Archive.create(work / NAME, encoder="frors", encoder_sha256="ab" * 32, dimension=256) as archive:
            recorder.mark(state_of(archive))
            archive._connection.execute(f"PRAGMA wal_autocheckpoint = {_PAGES_IN_LOG}")
            _index(archive, folder, "one", "two")
            time_ = "2026-01-01T00:00:00+00:00"
            archive.save_query(SavedQuery("roofs", time_, time_, 7, {"title": "roofs"}), replace=False)
        with Archive.open(work / NAME, writable=True) as archive:
            archive._connection.execute(f"PRAGMA wal_autocheckpoint = {_PAGES_IN_LOG}")
            archive.remove_raster(2)
            _index(archive, folder, "three")
            archive.clear_raster(1)
            archive.delete_query("roofs")
        with Archive.open(work / NAME, writable=True) as archive:
            _index(archive, folder, "one", "two", "three")
    return recorder.events


class marked:  # noqa: N801 - a context manager
    """Every change of an archive leaves a mark with the state that it has then."""

    def __init__(self, recorder: DiskRecorder) -> None:
        self._recorder = recorder
        self._before: dict[str, Callable[..., Any]] = {}

    def __enter__(self) -> None:
        for name in _CHANGES:
            self._before[name] = getattr(GeoPackageArchive, name)
            setattr(GeoPackageArchive, name, self._changed(self._before[name]))

    def __exit__(self, *_: object) -> None:
        for name, method in self._before.items():
            setattr(GeoPackageArchive, name, method)

    def _changed(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(archive: Archive, *arguments: Any, **named: Any) -> Any:
            result = method(archive, *arguments, **named)
            self._recorder.mark(state_of(archive))
            return result

        return call


def _index(archive: Archive, folder: Path, *names: str) -> None:
    run = IndexRun(archive, Levels(windows=(8,)), QuickEncoder, lambda *_: None, lambda: None)  # type: ignore[arg-type]
    for outcome in run.index([str(folder / f"{name}.tif") for name in names]):
        if outcome.error is not None:
            raise outcome.error


def state_of(archive: Archive) -> str:
    """All that a change may change, but for ids and times."""
    rasters = [
        [
            Path(record.path).name,
            record.state,
            sorted(archive.finished_blocks(record.id)),
            archive.chip_count(record.id),
        ]
        for record in archive.rasters()
        if record.id is not None
    ]
    return json.dumps([sorted(rasters), [query.name for query in archive.saved_queries()]])


def _look(where: str, cut: Path, states: list[str], allowed: range, part: Part) -> None:
    try:
        with Archive.open(cut / NAME, writable=True) as archive:
            problems = archive.verify()
            state = state_of(archive)
    except EngineError as error:
        if error.code is not ErrorCode.ARCHIVE_MISSING or allowed.start >= 0:
            part.fault(f"{where}: {error.code.value}: {error.message}", "damaged archives")
        return
    if problems:
        part.fault(f"{where}: {problems[:3]}", "verify problems")
    if state not in [states[number] for number in allowed if 0 <= number < len(states)]:
        part.fault(f"{where}: {state} is none of the states {allowed}", "states that never were")
        part.add(chips_lost=1)
    if left := sorted(path.name for path in cut.iterdir() if path.name.startswith(f"{NAME}-")):
        part.fault(f"{where}: left behind: {left}", "files left")


def _go_on(where: str, cut: Path, folder: Path, last: str, part: Part) -> None:
    """What the last run does, on what is left: it must come to the same end."""
    if not (cut / NAME).exists():
        return
    try:
        with Archive.open(cut / NAME, writable=True) as archive:
            for query in archive.saved_queries():
                archive.delete_query(query.name)
            _index(archive, folder, "one", "two", "three")
            if (state := state_of(archive)) != last or archive.verify():
                part.fault(f"{where}: {state} in the end, not {last}")
    except EngineError as error:
        part.fault(f"{where}: going on was refused: {error.message}")
