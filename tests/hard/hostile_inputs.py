"""Hostile inputs for one surface, read by several processes that are watched."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.hard.tally import Part

REPOSITORY = Path(__file__).resolve().parents[2]
_STARTING_SECONDS = 300.0
_SILENT_SECONDS = 120.0
"""Without a word for so long, a process hangs; it is much more than its own limit of computing time."""
_A_PROCESS = 2500
"""Inputs that one process reads before another takes its place."""


def read_hostile_inputs(
    surface: str, seed: int, count: int, folder: Path, part: Part, deadline: float, workers: int
) -> None:
    """Feeds `count` inputs to a surface, or as many as there is time for."""
    threads = [
        threading.Thread(target=_watch, args=(surface, seed, folder / str(one), one, count, workers, part, deadline))
        for one in range(workers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _watch(
    surface: str, seed: int, folder: Path, first: int, count: int, step: int, part: Part, deadline: float
) -> None:
    """Has the inputs first, first + step ... read, by one process after the other."""
    while first < count and time.monotonic() < deadline:
        end = min(count, first + _A_PROCESS * step)
        first = _read_some(surface, seed, folder, first, end, step, part, deadline)


def _read_some(
    surface: str, seed: int, folder: Path, first: int, end: int, step: int, part: Part, deadline: float
) -> int:
    """Runs one process; the number of the next input to read."""
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.hard.hostile_worker", surface, *map(str, (seed, folder, first, end, step))]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "HOME": str(home), "TMPDIR": str(home)}
    environment["OMP_NUM_THREADS"] = "1"  # there are as many processes as cores
    environment |= {"QT_QPA_PLATFORM": "offscreen", "OGR_SQLITE_SYNCHRONOUS": "OFF"}
    # What libraries do out of Python's sight is seen by what it leaves: the process works in the home that is looked
    # through at the end.
    process = subprocess.Popen(
        command, cwd=home, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace"
    )
    lines: queue.Queue[str | None] = queue.Queue()
    errors: list[str] = []
    threading.Thread(target=_pass_on, args=(process, lines), daemon=True).start()
    threading.Thread(target=lambda: errors.extend(process.stderr or ()), daemon=True).start()
    begun: int | None = None
    known: set[str] | None = None
    following = first
    why = "died"
    wait = _STARTING_SECONDS
    while True:
        try:
            line = lines.get(timeout=wait)
        except queue.Empty:
            why = "hung"
            break
        if line is None:
            break
        wait = _SILENT_SECONDS
        message = json.loads(line)
        if "begin" in message:
            begun = message["begin"]
            known = _names(folder) if known is None else known
            continue
        if "memory" in message:
            part.measure(memory_in_MiB=message["memory"])
            continue
        begun, following = None, message["number"] + step
        part.answer(message["answer"])
        part.measure(seconds=message["seconds"])
        part.add(inputs=1)
        if message["fault"]:
            part.fault(f"{surface} {message['number']}: {message['fault']}")
        if time.monotonic() > deadline:
            why = ""
            break
    process.kill()
    process.wait()
    if known is not None and (unexpected := _names(folder) - known):
        part.fault(f"{surface}: files outside the folder of the input: {sorted(unexpected)[:10]}", "files outside")
    if begun is not None and why:
        part.fault(f"{surface} {begun}: the process {why}: {''.join(errors)[-1000:]}", "crashes")
        part.add(inputs=1)
        return begun + step
    if following == first and why:
        part.fault(f"{surface}: no input was read: {''.join(errors)[-1500:]}", "crashes")
        return end
    return following


def _names(folder: Path) -> set[str]:
    """What lies in a process's folder and in its home, but for the input itself and QGIS's own temporary files."""
    places = (*folder.iterdir(), *(folder / "home").iterdir())
    return {str(path.relative_to(folder)) for path in places if not path.name.startswith("qt_temp")} - {"input"}


def _pass_on(process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
    for line in process.stdout or ():
        lines.put(line)
    lines.put(None)
