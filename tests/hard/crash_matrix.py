"""Kills the engine at seeded moments of its work, and looks at what is left."""

from __future__ import annotations

import queue
import random
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frors_qgis.engine.archive.archive import Archive
from tests.hard.shell_door import ShellDoor
from tests.hard.tally import Part
from tests.hard.workshop import QuickDoor, write_raster

_SECONDS_PER_BLOCK = 0.05
_SECONDS = 120.0
_MOST_AGAIN = 3
"""Blocks that may have to be encoded again: one being encoded, one that waits for its turn, one being written."""
_ENGINE_SECONDS = 10.0
"""By when an engine must be gone whose QGIS was killed; it has 5 s for what it is about."""
_CLOSING_SECONDS = 3.0
_KEPT, _OTHER = "kept.tif", "other.tif"


@dataclass(frozen=True)
class Work:
    """What is interrupted: `prepare` changes a copy of the folder, `request` is what the engine is then asked for.

    `before` are the rasters that are in the archive before; `may_vanish` says of which all chips may be gone after.
    """

    method: str  # of the door; in QGIS an algorithm of the same name
    params: Callable[[Path], dict[str, Any]]
    prepare: Callable[[Path], None]
    may_vanish: tuple[str, ...] = ()
    encodes: bool = False


def _archive(folder: Path) -> dict[str, Any]:
    return {"archive": str(folder / "a.gpkg")}


def _nothing(folder: Path) -> None:
    return


def _move(folder: Path) -> None:
    (folder / "moved" / "to").mkdir(parents=True)
    for name in (_KEPT, _OTHER):
        (folder / name).rename(folder / "moved" / "to" / name)


def _replace(folder: Path) -> None:
    write_raster(folder / _OTHER, 1900, 1800, seed=9)


def _lose_index(folder: Path) -> None:
    shutil.rmtree(folder / "a.gpkg.index", ignore_errors=True)


def _index(*names: str) -> Callable[[Path], dict[str, Any]]:
    return lambda folder: _archive(folder) | {"rasters": [str(folder / name) for name in names]}


WORKS = {
    "index": Work("index", _index("new.tif"), _nothing, encodes=True),
    "re-index": Work("index", _index(_OTHER), _replace, (_OTHER,), encodes=True),
    "remove": Work("remove", _index(_OTHER), _nothing, (_OTHER,)),
    "relink": Work("relink", lambda folder: _archive(folder) | {"folder": str(folder / "moved")}, _move),
    "seal": Work("index", _index(_KEPT), _lose_index),
}


def kill_engines(seed: int, count: int, folder: Path, part: Part, deadline: float) -> None:
    """Interrupts each kind of work in turn, `count` times in all."""
    part.add(kills=0, chips_lost=0)
    matrix = _Matrix(folder, part)
    try:
        names = sorted(WORKS)
        done = 0
        while done < count and time.monotonic() < deadline:
            name = names[done % len(names)]
            matrix.interrupt(name, random.Random(f"{seed} kill {done}"), done)
            done += 1
    finally:
        matrix.end()


def kill_shells(seed: int, count: int, folder: Path, part: Part, deadline: float) -> None:
    """Kills QGIS instead, `count` times: while its engine works for it, and while it changes its settings.

    Every other time the engine is killed with it, a moment later, as when the system ends a whole session.
    """
    part.add(kills=0, chips_lost=0)
    matrix = _ShellMatrix(folder, part)
    try:
        names = ("index", "settings", "re-index", "remove")
        done = 0
        while done < count and time.monotonic() < deadline:
            name = names[done % len(names)]
            chance = random.Random(f"{seed} shell {done}")
            if name == "settings":
                matrix.interrupt_settings(chance, done)
            else:
                matrix.interrupt(name, chance, done)
            done += 1
    finally:
        matrix.end()


class _Matrix:
    """A folder with an archive that is copied for every kill, and the engine that the next one is for."""

    def __init__(self, folder: Path, part: Part) -> None:
        self._folder, self._part = folder, part
        self._blocks = folder / "blocks"
        self._variables = {"FRORS_HARD_BLOCKS": str(self._blocks), "FRORS_HARD_SECONDS": str(_SECONDS_PER_BLOCK)}
        self._door = self._start()
        self._pattern = folder / "pattern"
        self._pattern.mkdir()
        write_raster(self._pattern / _KEPT, 1500, 1400, seed=1)
        write_raster(self._pattern / _OTHER, 1600, 1500, seed=2)
        write_raster(self._pattern / "new.tif", 2300, 2200, seed=3)
        self._door.call("index", **_index(_KEPT, _OTHER)(self._pattern))
        self._before = _counts(self._pattern)
        self._usual = {name: self._measure(name) for name in WORKS}

    def _start(self) -> QuickDoor | ShellDoor:
        door = QuickDoor(self._folder / "private", self._folder, self._variables)
        door.call("hello")
        return door

    def _copy(self, work: Work, name: str) -> Path:
        folder = self._folder / name
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self._pattern, folder)
        work.prepare(folder)
        return folder

    def _measure(self, name: str) -> tuple[float, int, dict[str, int]]:
        """How long an uninterrupted run takes, how many blocks it encodes, and the chips after it."""
        work = WORKS[name]
        folder = self._copy(work, "measure")
        self._blocks.write_bytes(b"")
        start = time.monotonic()
        self._door.call(work.method, **work.params(folder))
        seconds = time.monotonic() - start
        return seconds, self._encoded(), _counts(folder)

    def _encoded(self) -> int:
        return self._blocks.stat().st_size if self._blocks.exists() else 0

    def interrupt(self, name: str, chance: random.Random, number: int) -> None:
        """One kill, what is left, and the work done to its end."""
        work = WORKS[name]
        folder = self._copy(work, "work")
        usual, usual_blocks, after = self._usual[name]
        self._blocks.write_bytes(b"")
        request = self._door.send(work.method, **work.params(folder))
        if work.encodes and chance.randrange(2):
            self._wait_for_blocks(request, chance.randrange(1, max(2, usual_blocks)))
            time.sleep(chance.uniform(0, _SECONDS_PER_BLOCK))
        else:
            time.sleep(chance.uniform(0, 0.95 * usual))
        self._kill(f"{name}, kill {number}", chance)
        finished = self._has_ended(request)
        begun = self._encoded()
        self._part.add(kills=1, kills_after_the_end=finished, **{f"kills_during_{name}": not finished})
        place = f"{name}, kill {number}"
        try:
            kept = self._look(place, work, folder)
            self._door = self._start()
            self._go_on(place, work, folder, begun, usual_blocks, after, kept)
        except (AssertionError, OSError, queue.Empty, ValueError) as error:
            self._part.fault(f"{place}: {type(error).__name__}: {error}")
            self._door.kill()
            self._door = self._start()

    def _kill(self, place: str, chance: random.Random) -> None:
        self._door.kill()

    def _wait_for_blocks(self, request: int, events: int) -> None:
        """Until so many blocks are told to be written."""
        seen = 0
        deadline = time.monotonic() + _SECONDS
        while seen < events and time.monotonic() < deadline:
            event = self._door.events.get(timeout=_SECONDS)
            if "result" in event or "error" in event:
                self._door.events.put(event)
                return
            seen += "progress" in event

    def _has_ended(self, request: int) -> bool:
        ended = False
        while not self._door.events.empty():
            event = self._door.events.get_nowait()
            ended |= event.get("id") == request and "result" in event
        return ended

    def _look(self, place: str, work: Work, folder: Path) -> dict[str, int]:
        """What the archive holds after the kill: all that it held before, but for what was to go."""
        with Archive.open(folder / "a.gpkg") as archive:
            for problem in archive.verify():
                self._part.fault(f"{place}: {problem}", "verify problems")
        left = _counts(folder)
        for raster, chips in self._before.items():
            if raster not in work.may_vanish and left.get(raster, 0) != chips:
                self._part.fault(f"{place}: {raster} had {chips} chips, now {left.get(raster, 0)}", "damaged rasters")
                self._part.add(chips_lost=max(0, chips - left.get(raster, 0)))
        if work.method == "remove" and left.get(_OTHER, 0) not in (0, self._before[_OTHER]):
            self._part.fault(f"{place}: half of a raster was removed", "half removals")
        self._part.add(chips_looked_at=sum(left.values()))
        return left

    def _go_on(
        self,
        place: str,
        work: Work,
        folder: Path,
        begun: int,
        usual_blocks: int,
        after: dict[str, int],
        kept: dict[str, int],
    ) -> None:
        """The same request again, by a new engine: it must come to the same end, with little done twice."""
        before = self._encoded()
        request = self._door.send(work.method, **work.params(folder))
        event = self._door.wait(request, seconds=_SECONDS)[request]
        if "error" in event and not (work.method == "remove" and _OTHER not in kept):
            self._part.fault(f"{place}: going on was refused: {event['error']}")
            return
        if work.encodes:
            again = begun + self._encoded() - before - usual_blocks
            self._part.measure(blocks_encoded_again=again)
            if again > _MOST_AGAIN:
                self._part.fault(f"{place}: {again} blocks were encoded again", "work done twice")
        if (now := _counts(folder)) != after:
            self._part.fault(f"{place}: {now} chips in the end, not {after}; {kept} after the kill")
            self._part.add(chips_lost=max(0, sum(after.values()) - sum(now.values())))
        for problem in self._door.call("verify", **_archive(folder))["problems"]:
            self._part.fault(f"{place}, in the end: {problem}", "verify problems")
        found = self._door.call("search", **_archive(folder), chip=1, k=3)["matches"]
        if not found or found[0]["chip"] != 1:
            self._part.fault(f"{place}: a chip does not find itself: {found[:1]}")
        self._door.call("close", **_archive(folder))
        deadline = time.monotonic() + _CLOSING_SECONDS  # lanes that had nothing to do close after the answer
        while (beside := _beside(folder)) and time.monotonic() < deadline:
            time.sleep(0.05)
        if beside:
            self._part.fault(f"{place}: left behind: {beside}", "files left")

    def end(self) -> None:
        self._door.kill()


class _ShellMatrix(_Matrix):
    """The same with a QGIS that has an engine; the next one goes on with what the one before was killed at."""

    def _start(self) -> ShellDoor:
        door = ShellDoor(self._folder, self._variables)
        door.call("hello")
        self._settings = door.settings
        self._part.measure(seconds_to_start=door.seconds)
        return door

    def _kill(self, place: str, chance: random.Random) -> None:
        with_engine = chance.randrange(2)
        self._door.kill()
        if with_engine:
            time.sleep(chance.uniform(0, 0.05))
            self._door.kill_engines()
        seconds = self._door.wait_for_engines(_ENGINE_SECONDS)
        self._part.measure(**{"seconds until the engine was gone": seconds})
        if seconds >= _ENGINE_SECONDS:
            self._part.fault(f"{place}: its engine is still there", "orphans")
            self._door.kill_engines()

    def _wait_for_blocks(self, request: int, events: int) -> None:
        deadline = time.monotonic() + _SECONDS
        while self._encoded() < events + 1 and time.monotonic() < deadline and self._door.events.empty():
            time.sleep(0.002)

    def interrupt_settings(self, chance: random.Random, number: int) -> None:
        """One kill while the settings change; the next QGIS must find them as they were before or after a change."""
        place = f"settings, kill {number}"
        first = 100 * number + 1
        self._door.change(first)
        told = first - 1
        end = time.monotonic() + chance.uniform(0.02, 1.5)
        while (rest := end - time.monotonic()) > 0:
            with suppress(queue.Empty):
                told = self._door.events.get(timeout=rest)["written"]
        before = self._settings
        self._kill(place, chance)
        while not self._door.events.empty():
            told = self._door.events.get_nowait()["written"]
        self._part.add(kills=1, kills_during_settings=1)
        self._door = self._start()
        now = self._settings
        written = {**before, "others": "kept"} if told < first else _settings_of(told)
        allowed = (written, _settings_of(told + 1))
        if any(now[name] not in (state[name] for state in allowed) for name in now):
            self._part.fault(f"{place}: {now} in the settings, not {allowed}", "settings lost")

    def end(self) -> None:
        """Ends it well; the private folders of all that were killed must have gone."""
        if self._door.close() != 0:
            self._part.fault("QGIS did not end well", "crashes")
        if left := self._door.private_folders():
            self._part.fault(f"private folders of dead ones: {left}", "files left")


def _beside(folder: Path) -> list[str]:
    """Files that an archive has beside it only while it is written."""
    names = [path.name for path in folder.iterdir() if path.name.startswith((".", "a.gpkg-"))]
    return sorted(names + [path.name for path in folder.glob("a.gpkg.index/*.part")])


def _settings_of(number: int) -> dict[str, Any]:
    return {"threads": number, "cache": number, "archive": f"/archives/{number}.gpkg", "others": "kept"}


def _counts(folder: Path) -> dict[str, int]:
    """Chips by the name of the raster; rasters without any are left out."""
    with Archive.open(folder / "a.gpkg") as archive:
        counts = {Path(record.path).name: archive.chip_count(record.id) for record in archive.rasters()}
    return {name: count for name, count in counts.items() if count}
