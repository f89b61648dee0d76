"""A door to `shell_process`: a real QGIS without windows, whose engine is the quick one."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.engine.door import REPOSITORY

_START_SECONDS = 120.0
_MARK = "FRORS_HARD_HOME"
_ALGORITHMS = {"index", "remove"}


class ShellDoor:
    """One QGIS process, asked as `Door` asks an engine. `events` holds what it has said and nobody has read.

    `settings` are what it found in its settings file, and `seconds` how long it took to start.
    """

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self._temporary, home = folder / "tmp", folder / "home"
        for place in (self._temporary, home):
            place.mkdir(mode=0o700, exist_ok=True)
        for left in self._temporary.glob("frors-qgis-*"):  # an hour later a new QGIS may delete what a dead one left
            os.utime(left, (time.time() - 3600, time.time() - 3600))
        self._mark = f"{_MARK}={home}".encode()
        environment = os.environ | {"PYTHONPATH": str(REPOSITORY), _MARK: str(home), "HOME": str(home)}
        environment |= {"TMPDIR": str(self._temporary), "XDG_RUNTIME_DIR": str(self._temporary)}
        environment |= {"QT_QPA_PLATFORM": "offscreen", "FRORS_PYTHON": sys.executable} | dict(variables)
        start = time.monotonic()
        command = [sys.executable, "-m", "tests.hard.shell_process"]
        with (folder / "shell.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment, cwd=REPOSITORY
            )
        self.events: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.settings = self.events.get(timeout=_START_SECONDS)
        self.seconds = time.monotonic() - start
        self._request = 0

    def _read(self) -> None:
        for line in self.process.stdout or ():
            with suppress(ValueError):  # the last one may be cut off
                event = json.loads(line)
                self.events.put(event)

    def send(self, method: str, **params: Any) -> int:
        """Has QGIS run the algorithm of this name, or its client call the method."""
        self._request += 1
        if method in _ALGORITHMS:
            names = {"archive": "ARCHIVE", "rasters": "RASTERS"}
            own = {names[name]: value for name, value in params.items()}
            self._order({"id": self._request, "run": f"frors:{method}", "params": own})
        else:
            self._order({"id": self._request, "call": method, "params": params})
        return self._request

    def change(self, first: int) -> None:
        """Has it change its settings for ever; each number that was written becomes an event."""
        self._order({"change": first})

    def _order(self, order: dict[str, Any]) -> None:
        if self.process.stdin is not None:
            self.process.stdin.write(json.dumps(order).encode() + b"\n")
            self.process.stdin.flush()

    def wait(self, request: int, seconds: float = 60) -> dict[int, dict[str, Any]]:
        """The answer to the only request that is under way; raises queue.Empty."""
        return {request: self.events.get(timeout=seconds)}

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """The result of a request; an error raises AssertionError."""
        request = self.send(method, **params)
        event = self.wait(request)[request]
        assert "result" in event, event
        result: dict[str, Any] = event["result"]
        return result

    def kill(self) -> None:
        """kill -9 of QGIS alone."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def close(self) -> int:
        """Closes stdin and waits for its end; its exit status."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        return self.process.wait(30)

    def private_folders(self) -> list[str]:
        """Folders that it, or one before it, has left."""
        return sorted(path.name for path in self._temporary.glob("frors-*"))

    def kill_engines(self) -> None:
        """kill -9 of all that QGIS has started and that still lives."""
        for process in self._engines():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def wait_for_engines(self, seconds: float) -> float:
        """Until all of them are gone; how long that took, at most so long."""
        start = time.monotonic()
        while (passed := time.monotonic() - start) < seconds and self._engines():
            time.sleep(0.01)
        return min(passed, seconds)

    def _engines(self) -> list[int]:
        """Processes that live and have QGIS's environment; those that nobody has buried have none any more."""
        found = []
        for file in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):
                if self._mark in file.read_bytes().split(b"\0") and int(file.parent.name) != self.process.pid:
                    found.append(int(file.parent.name))
        return found
