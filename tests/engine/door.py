"""A door to a real engine process, for tests: sends requests and waits for events."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
_SAMPLE_S = 0.02


class Door:
    """One engine process. `events` holds everything that it said."""

    module = "frors_qgis.engine"

    def __init__(
        self,
        folder: Path,
        role: str = "both",
        arguments: tuple[str, ...] = (),
        cwd: Path | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        environment = os.environ | {"PYTHONPATH": str(REPOSITORY)} | dict(variables or {})
        command = [sys.executable, "-m", self.module, "serve", "--role", role, "--folder", str(folder), *arguments]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=cwd
        )
        self.events: queue.Queue[dict] = queue.Queue()
        self.errors: list[bytes] = []
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=lambda: self.errors.extend(self.process.stderr), daemon=True).start()
        self._next = 0

    def _read(self) -> None:
        for line in self.process.stdout:
            self.events.put(json.loads(line))

    def send(self, method: str, **params: object) -> int:
        """Sends a request; its id."""
        self._next += 1
        self.write(json.dumps({"id": self._next, "method": method, "params": params}).encode() + b"\n")
        return self._next

    def write(self, data: bytes) -> None:
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def cancel(self, request: int) -> None:
        self.write(json.dumps({"cancel": request}).encode() + b"\n")

    def wait(self, *requests: int, seconds: float = 60) -> dict[int, dict]:
        """The last events of some requests, in the order in which they came."""
        ends: dict[int, dict] = {}
        deadline = time.monotonic() + seconds
        while set(requests) - set(ends):
            event = self.events.get(timeout=max(0.01, deadline - time.monotonic()))
            if "result" in event or "error" in event:
                ends[event["id"]] = event
        return ends

    def wait_until_under_way(self, request: int) -> dict:
        """The first progress of a request that is more than none."""
        while True:
            event = self.events.get(timeout=60)
            if event.get("id") == request and "error" in event:
                raise AssertionError(event)
            if event.get("id") == request and event.get("progress", {}).get("fraction", 0) > 0:
                return event["progress"]

    def call(self, method: str, **params: object) -> dict:
        """The result of a request; an error raises AssertionError."""
        request = self.send(method, **params)
        event = self.wait(request)[request]
        assert "result" in event, event
        return event["result"]

    def refuse(self, method: str, **params: object) -> dict:
        """The error of a request that must fail."""
        request = self.send(method, **params)
        event = self.wait(request)[request]
        assert "error" in event, event
        return event["error"]

    def seconds_to_cancel(self, request: int) -> float:
        """Cancels a request that has more to do, waits for its end, and says how long that takes a quiet computer.

        That is the clock's time less what threads of the engine and of the test have waited for a core meanwhile, as
        far as others had the cores: where nobody else computes, it is the clock's time.
        """
        begun, before, others = time.monotonic(), self._waits(), self._seconds_of_others()
        waits = dict(before)
        self.cancel(request)
        end: dict = {}
        while end.get("id") != request or not end.keys() & {"error", "result"}:
            with suppress(queue.Empty):
                end = self.events.get(timeout=_SAMPLE_S)
            waits |= self._waits()  # now and then, since threads that end take theirs with them
            assert time.monotonic() - begun < 60
        took = time.monotonic() - begun
        assert end["error"]["code"] == "cancelled"
        waited = sum(wait - before.get(thread, 0.0) for thread, wait in waits.items())
        return took - min(waited, self._seconds_of_others() - others)

    def _waits(self) -> dict[Path, float]:
        """How long each thread of the engine and of the test has waited for a core so far, in seconds."""
        found = {}
        for pid in (self.process.pid, os.getpid()):
            for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
                with suppress(OSError):  # it has ended
                    found[file] = int(file.read_text().split()[1]) / 1e9
        return found

    def _seconds_of_others(self) -> float:
        """How long cores have computed so far for other processes, in seconds."""
        ticks = sum(map(int, Path("/proc/stat").read_text().split()[1:4]))
        for pid in (self.process.pid, os.getpid()):
            ticks -= sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def close(self) -> int:
        """Closes stdin and waits for the process to end; its exit status."""
        self.process.stdin.close()
        return self.process.wait(20)
