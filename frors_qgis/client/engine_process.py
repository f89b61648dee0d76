"""One running engine: its pipes, its requests and the way it ends."""

from __future__ import annotations

import contextlib
import io
import itertools
import queue
import subprocess  # nosec B404 # the engine is a child process by design, started without a shell
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from frors_qgis.client.messages import encode_request, exit_reason, progress_of, result_of
from frors_qgis.protocol import MAX_LINE, EngineError, ErrorCode, decode_message, encode_message

POLL_S = 0.05
CANCEL_GRACE_S = 5.0
_EXIT_GRACE_S = 2.0
_JOIN_S = 0.5
_TAIL_LINES = 200
_STDERR_LINE = 16 * 1024
_JUNK_LINES = 100  # an engine prints next to none; a program that is no engine may print without end

_WINDOWS_FLAGS = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
"""0 elsewhere: there the engine lowers its own priority."""

ProgressHandler = Callable[[float, str, float | None], None]
CancelCheck = Callable[[], bool]


class EngineProcess:
    """A child process that speaks the door's protocol. It is alive from its construction until it dies or `stop()`.

    Thread-safe: any number of threads may call at once. Three threads of its own serve the three pipes; they end with
    the child.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: dict[str, str],
        folder: Path,
        *,
        on_line: Callable[[str], None],
        on_stopped: Callable[[str], None],
    ) -> None:
        """Starts `command` (no shell) in `folder`.

        `on_line` gets every line the engine logs; `on_stopped` gets one sentence when the engine has ended by itself
        and "" after `stop()`. Both are called from threads of this object and must not raise.
        Raises EngineError(ENGINE_MISSING) when the program cannot be started.
        """
        self._on_line = on_line
        self._on_stopped = on_stopped
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._pending: dict[int, queue.SimpleQueue[dict[str, Any] | None]] = {}  # None: the engine has ended
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()  # None: close the engine's stdin
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)
        self._fault = ""  # why it was killed
        self._junk = 0
        self._dead_since = 0.0
        self._stopping = False
        self._ended = False
        try:
            self._process = subprocess.Popen(  # nosec B603 # a list, no shell, from find_interpreter
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                cwd=folder,  # -m puts the working folder on sys.path: it must be ours, not wherever QGIS was started
                env=environment,
                start_new_session=True,  # Ctrl+C in QGIS's terminal is for QGIS; the engine ends when its stdin closes
                creationflags=_WINDOWS_FLAGS,
            )
        except (OSError, ValueError) as error:
            message = f"The engine's Python {command[0]} could not be started: {error}. Choose another in the settings."
            raise EngineError(ErrorCode.ENGINE_MISSING, message) from error
        self._threads = [
            threading.Thread(target=work, name=f"frors-engine-{name}", args=(pipe,), daemon=True)
            for name, work, pipe in (
                ("stdin", self._write_requests, self._process.stdin),
                ("stderr", self._read_log, self._process.stderr),
                ("stdout", self._read_events, self._process.stdout),
            )
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """Process id of the child, also after its end."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can take another call."""
        return not self._ended and not self._stopping and self._process.poll() is None

    def call(
        self,
        method: str,
        params: dict[str, Any],
        on_progress: ProgressHandler | None = None,
        is_cancelled: CancelCheck | None = None,
        cancel_grace_s: float = CANCEL_GRACE_S,
    ) -> dict[str, Any]:
        """Sends a request and blocks the calling thread until its answer, without a time limit.

        `on_progress(fraction in 0..1, message, seconds left or None)` and `is_cancelled` run in the calling thread.
        Once cancelled, the engine has `cancel_grace_s` seconds for its answer. Raises EngineError: the engine's own;
        CANCELLED when it did not answer in time or `stop()` was called; ENGINE_STOPPED when it died;
        BAD_REQUEST for parameters that are not JSON or too long.
        """
        number = next(self._numbers)
        request = encode_request({"id": number, "method": method, "params": params})
        events: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        with self._lock:
            if self._ended or self._stopping:
                raise self._end_error()
            self._pending[number] = events
        self._outbox.put(request)
        abandoned = True
        cancelled_at: float | None = None
        try:
            while True:
                event = self._next_event(events)
                if "progress" in event:
                    if on_progress is not None:
                        on_progress(*progress_of(event["progress"]))
                elif event:
                    abandoned = False
                    return result_of(event)
                if cancelled_at is None and is_cancelled is not None and is_cancelled():
                    self._outbox.put(encode_message({"cancel": number}))
                    abandoned = False
                    cancelled_at = time.monotonic()
                if cancelled_at is not None and time.monotonic() - cancelled_at >= cancel_grace_s:
                    raise EngineError(ErrorCode.CANCELLED, "Cancelled.")
        finally:
            with self._lock:
                self._pending.pop(number, None)
            if abandoned:  # on_progress or is_cancelled raised: nobody waits for this answer any more
                self._outbox.put(encode_message({"cancel": number}))

    def close_input(self) -> None:
        """Tells the engine to end by closing its stdin; returns at once. Calls that wait end with CANCELLED."""
        with self._lock:
            self._stopping = True
        self._outbox.put(None)

    def stop(self, grace_s: float = 1.0) -> None:
        """Closes the engine's stdin, waits up to `grace_s` seconds for its end, then kills it. May be repeated."""
        self.close_input()
        try:
            self._process.wait(grace_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
        deadline = time.monotonic() + _JOIN_S
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0.0))

    def _next_event(self, events: queue.SimpleQueue[dict[str, Any] | None]) -> dict[str, Any]:
        """The next event of a request, {} when there was none for POLL_S seconds; raises when the engine has ended."""
        try:
            event = events.get(timeout=POLL_S)
        except queue.Empty:
            if self._process.poll() is None:
                return {}
            # Dead, but its stdout is still open: a grandchild may hold it, then its end never comes.
            self._dead_since = self._dead_since or time.monotonic()
            if time.monotonic() - self._dead_since < _EXIT_GRACE_S:
                return {}
            event = None
        if event is None:
            raise self._end_error()
        return event

    def _write_requests(self, pipe: IO[bytes]) -> None:
        with pipe:
            while (line := self._outbox.get()) is not None:
                rest = memoryview(line)
                try:
                    while rest:
                        rest = rest[pipe.write(rest) :]
                except OSError:
                    self._process.kill()  # it cannot be spoken to any more; the end of its stdout tells the callers
                    return

    def _read_log(self, pipe: IO[bytes]) -> None:
        with io.BufferedReader(pipe) as lines:
            while line := lines.readline(_STDERR_LINE):
                if text := line.decode(errors="replace").strip():
                    self._tail.append(text)
                    self._on_line(text)

    def _read_events(self, pipe: IO[bytes]) -> None:
        with io.BufferedReader(pipe) as lines:
            while line := lines.readline(MAX_LINE + 1):
                self._route(line)
                if len(line) > MAX_LINE:  # whose answer it was cannot be told: that caller would wait for ever
                    self._fault = f"it sent a message of more than {MAX_LINE} bytes"
                elif self._junk > _JUNK_LINES:
                    self._fault = "what it prints is not FRORS's protocol"
                if self._fault:
                    self._process.kill()
                    break
        self._end()

    def _route(self, line: bytes) -> None:
        """Hands an event to the call that waits for it. Junk is logged; events of calls that gave up are dropped."""
        try:
            event = decode_message(line)
        except EngineError:
            self._junk += 1
            self._on_line(f"The engine printed: {line[:200].decode(errors='replace').strip()}")
            return
        if isinstance(event.get("log"), dict):
            self._on_line(str(event["log"].get("message", "")))
            return
        number = event.get("id")
        with self._lock:
            events = self._pending.get(number) if isinstance(number, int) else None
        if events is not None and not event.keys().isdisjoint(("progress", "result", "error")):
            events.put(event)

    def _end(self) -> None:
        """Its stdout has ended: makes sure that it is dead and ends every call that waits."""
        try:
            self._process.wait(_EXIT_GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_EXIT_GRACE_S)
        self._threads[1].join(_EXIT_GRACE_S)  # its last words
        with self._lock:
            self._ended = True
            waiting = list(self._pending.values())
        for events in waiting:
            events.put(None)
        self._outbox.put(None)
        self._on_stopped("" if self._stopping else self._end_error().message)

    def _end_error(self) -> EngineError:
        if self._stopping:
            return EngineError(ErrorCode.CANCELLED, "The engine was stopped before it had answered.")
        reason = self._fault or exit_reason(self._process.poll())
        last = f" Its last line was: {self._tail[-1]}" if self._tail else ""
        message = f"The engine stopped unexpectedly ({reason}). Try again: it starts anew.{last}"
        return EngineError(ErrorCode.ENGINE_STOPPED, message)
