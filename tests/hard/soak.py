"""Works with one archive for thousands of operations, and watches what grows."""

from __future__ import annotations

import os
import queue
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.hard.tally import Part
from tests.hard.workshop import QuickDoor, box_of, write_raster

RESTART_EVERY = 200
MEMORY_MIB = 32.0
"""By how much the engine's resident memory may grow from the 60th operation of its life to the last."""
HANDLES = 4
THREADS = 2
FILES = 4
"""Beyond the engine's pictures, which may have `--cache-mib` and a little more."""

_WARM = 60
_SECONDS = 180.0
_CACHE_MIB = "1"
_CACHE_BYTES = 1 << 20


@dataclass(frozen=True)
class Usage:
    """What an engine uses: resident memory, open files, threads."""

    memory: float
    handles: int
    threads: int


def soak(seed: int, count: int, folder: Path, part: Part, deadline: float) -> None:
    """Runs `count` operations, with a new engine now and then."""
    user = _User(folder, part, random.Random(f"{seed} soak"))
    try:
        for number in range(count):
            if time.monotonic() > deadline:
                break
            user.operate(number)
            part.add(operations=1)
    finally:
        user.end()


class _User:
    """Somebody who opens, indexes, searches, looks at pictures, saves queries, removes and closes."""

    def __init__(self, folder: Path, part: Part, chance: random.Random) -> None:
        self._folder, self._part, self._chance = folder, part, chance
        self._private, self._home = folder / "private", folder / "home"
        self._home.mkdir()
        self._rasters = [str(write_raster(folder / f"{n}.tif", 420 + 40 * n, 400, seed=n)) for n in range(4)]
        self._at = {"archive": str(folder / "a.gpkg")}
        self._baseline: Usage | None = None
        self._first_life: Usage | None = None
        self._start()
        self._door.call("index", **self._at, rasters=self._rasters)
        self._files = self._count_files()

    def _start(self) -> None:
        variables = {"HOME": str(self._home), "TMPDIR": str(self._home)}
        self._door = QuickDoor(self._private, self._folder, variables, ("--cache-mib", _CACHE_MIB))
        self._baseline = None

    def operate(self, number: int) -> None:
        """One operation; what the engine refuses or does not answer is a fault."""
        name, params = self._draw()
        try:
            request = self._door.send(name, **params)
            event = self._door.wait(request, seconds=_SECONDS)[request]
        except (OSError, queue.Empty) as error:
            self._part.fault(f"soak {number}: the engine did not answer {name}: {error!r}", "crashes")
            self._door.kill()
            self._start()
            return
        self._part.answer(name)
        refused = event.get("error", {}).get("code")
        if refused not in (None, "query_unknown", "raster_unknown", "chip_unknown"):  # what was removed before
            self._part.fault(f"soak {number}: {name} was refused: {event['error']}")
        if name == "saved_query" and refused is None and event["result"].get("picture"):
            Path(event["result"]["picture"]).unlink(missing_ok=True)  # as the shell does
        if name == "embed" and refused is None:
            Path(event["result"]["thumbnail"]).unlink(missing_ok=True)
        life = number % RESTART_EVERY
        if life == _WARM:
            self._settle()
            self._baseline = self._usage()
        if life == RESTART_EVERY - 1:
            self._compare(number)
            self._restart(number)

    def _draw(self) -> tuple[str, dict[str, Any]]:
        chance = self._chance
        raster = chance.choice(self._rasters[1:])  # the first one stays, so that there is always something to find
        chip = chance.randrange(1, 30)
        box = box_of(chance.randrange(0, 100), chance.randrange(0, 100), 256, 256)
        name = f"query {chance.randrange(6)}"
        operations: list[tuple[int, str, dict[str, Any]]] = [
            (5, "open", self._at), (5, "info", self._at), (3, "close", self._at),
            (9, "index", self._at | {"rasters": [raster]}), (4, "remove", self._at | {"rasters": [raster]}),
            (25, "search", self._at | {"chip": chip}), (20, "thumbnail", self._at | {"chip": chip, "size": 96}),
            (6, "embed", self._at | {"raster": raster, "box": box, "thumbnail": 64}),
            (4, "explain", self._at | {"match": chip, "chip": 1}),
            (3, "outline", self._at | {"matches": [1], "chip": 1}),
            (5, "save_query", self._at | {"name": name, "chip": 1, "replace": True}),
            (4, "saved_query", self._at | {"name": name}), (2, "delete_query", self._at | {"name": name}),
            (2, "verify", self._at), (2, "relink", self._at | {"folder": str(self._folder)}),
            (1, "plan", {"rasters": self._rasters}),
        ]  # fmt: skip
        [(_, method, params)] = chance.choices(operations, [weight for weight, _, _ in operations])
        return method, params

    def _settle(self) -> None:
        """Lets threads end that work in the background."""
        self._door.call("close", **self._at)
        time.sleep(0.5)

    def _usage(self) -> Usage:
        process = Path(f"/proc/{self._door.process.pid}")
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        handles = len(os.listdir(process / "fd"))
        return Usage(int(status["VmRSS"].split()[0]) / 1024, handles, int(status["Threads"]))

    def _compare(self, number: int) -> None:
        """One life of the engine, and its end with the end of the first one."""
        self._settle()
        now = self._usage()
        self._first_life = self._first_life or now
        for what, before in (("since it was warm", self._baseline), ("since the first engine", self._first_life)):
            if before is None:
                continue
            growth = now.memory - before.memory, now.handles - before.handles, now.threads - before.threads
            names = (f"memory grown {what} in MiB", f"handles grown {what}", f"threads grown {what}")
            self._part.measure(**dict(zip(names, growth, strict=True)))
            for name, grown, most in zip(names, growth, (MEMORY_MIB, HANDLES, THREADS), strict=True):
                if grown > most:
                    self._part.fault(f"soak {number}: {name}: {grown:.1f}, over {most}", "growth")
        self._part.measure(memory_in_MiB=now.memory, handles=now.handles, threads=now.threads)

    def _restart(self, number: int) -> None:
        if self._door.close() != 0:
            self._part.fault(f"soak {number}: the engine did not end well", "crashes")
        files = self._count_files()
        self._part.measure(files_grown=files - self._files)
        if files > self._files + FILES:
            names = sorted(path.name for path in self._folder.rglob("*"))
            self._part.fault(f"soak {number}: {files} files, {self._files} at first: {names[-20:]}", "growth")
        pictures = sum(path.stat().st_size for path in self._private.iterdir() if path.is_file())
        self._part.measure(pictures_in_MiB=pictures / (1 << 20))
        if pictures > _CACHE_BYTES + (1 << 18):
            self._part.fault(f"soak {number}: {pictures} bytes of pictures", "growth")
        self._part.add(restarts=1)
        self._start()

    def _count_files(self) -> int:
        """All but the pictures that the engine keeps, whose bytes are bounded, and the archive's own."""
        return sum(path.suffix not in (".png", ".segment") for path in self._folder.rglob("*") if path.is_file())

    def end(self) -> None:
        if self._door.process.poll() is None:
            self._door.kill()
