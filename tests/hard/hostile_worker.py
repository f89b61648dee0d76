"""Reads hostile inputs in a process with little memory, and says of each how it ended.

python -m tests.hard.hostile_worker SURFACE SEED FOLDER FIRST END STEP

One line of JSON for each input: {"number", "answer", "seconds", "fault"}, and {"begin"} before it: whoever reads then
knows at which input a process died. An input is made of the seed, the surface and its number alone.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import random
import resource
import shutil
import sys
import time
import traceback
from pathlib import Path
from typing import Any, Protocol

from frors_qgis.protocol import EngineError
from tests.hard.guard import Guard

ROOM_BYTES = 1 << 30
"""Address space that hostile input may take on top of what reading valid input took."""
SECONDS = 20.0
"""Computing time that one input may take."""


class Surface(Protocol):
    """One way in. Its module has a class of this kind by the name `Inputs`."""

    def __init__(self, folder: Path) -> None:
        """folder: exists, empty, for the valid things that inputs are made from."""

    def read_valid(self, folder: Path) -> None:
        """Reads valid input, so that everything is loaded."""

    def read(self, chance: random.Random, folder: Path) -> str:
        """Makes an input in an empty folder and reads it; what came of it, or EngineError."""


def main() -> None:
    surface, seed, folder, first, end, step = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), *map(int, sys.argv[4:7])
    inputs: Surface = importlib.import_module(f"tests.hard.{surface}_inputs").Inputs(_empty(folder / "valid"))
    inputs.read_valid(_empty(folder / "input"))
    guard = Guard(folder / "input")
    room = _address_space() + ROOM_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    for number in range(first, end, step):
        _say({"begin": number})
        place = _empty(folder / "input")
        before = time.process_time()
        fault = None
        try:
            with guard.on():
                answer = inputs.read(random.Random(f"{seed} {surface} {number}"), place)
        except EngineError as error:
            answer = error.code.value
            if answer == "internal" or not error.message.strip():
                fault = f"an error without sense: {answer}: {error.message}"
        except BaseException as error:  # whatever it is, it is what the tests look for
            answer = type(error).__name__
            fault = f"{answer} instead of an EngineError: {_trace(error)}"
        seconds = time.process_time() - before
        if guard.seen:
            fault = f"it did what it must not: {guard.seen[:5]}"
        elif seconds > SECONDS:
            fault = f"it took {seconds:.1f} s"
        _say({"number": number, "answer": answer, "seconds": seconds, "fault": fault})
        gc.collect(0)
    _say({"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024})


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _trace(error: BaseException) -> str:
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    return "".join(lines)[-1200:]


def _address_space() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _say(message: dict[str, Any]) -> None:
    sys.__stdout__.write(json.dumps(message) + "\n")
    sys.__stdout__.flush()


if __name__ == "__main__":
    main()
