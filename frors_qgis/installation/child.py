"""A program that is run to its end, line by line, and whose whole family can be ended."""

from __future__ import annotations

import os
import queue
import signal
import subprocess  # nosec B404 # pip and venv are child processes by nature, started without a shell
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_POLL_S = 0.1
_LAST_WORDS_S = 2.0
_KEPT_LINES = 400
_LONGEST_LINE = 4096
_WINDOWS_FLAGS = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)


@dataclass(frozen=True)
class Outcome:
    """Exit status (negative: ended by that signal) and the last lines of output."""

    status: int
    lines: list[str]


def run_child(
    command: Sequence[str],
    environment: dict[str, str],
    folder: Path,
    on_line: Callable[[str], None],
    check: Callable[[], None],
    descriptors: Sequence[int] = (),
) -> Outcome:
    """Runs a program in a folder until it ends; raises OSError when it cannot be started.

    `on_line` gets every line that it prints, `check` is called ten times a second. When either raises, the program and
    all that it has started are killed and the exception goes on. `descriptors` are inherited (not on Windows).
    """
    process = subprocess.Popen(  # nosec B603 # a list, no shell
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=environment,
        start_new_session=True,  # a family of its own, which can be killed as one
        creationflags=_WINDOWS_FLAGS,
        pass_fds=() if sys.platform == "win32" else tuple(descriptors),
    )
    lines: deque[str] = deque(maxlen=_KEPT_LINES)
    heard: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(process.stdout, heard), name="frors-installer", daemon=True).start()
    deadline = float("inf")
    try:
        while time.monotonic() < deadline:
            check()
            try:
                line = heard.get(timeout=_POLL_S)
            except queue.Empty:
                if process.poll() is not None:  # a grandchild may hold its output open for ever
                    deadline = min(deadline, time.monotonic() + _LAST_WORDS_S)
                continue
            if line is None:
                break
            lines.append(line)
            on_line(line)
        while process.poll() is None:
            check()
            time.sleep(_POLL_S)
    except BaseException:
        _kill_family(process)
        raise
    return Outcome(process.returncode, list(lines))


def _listen(output: IO[bytes] | None, heard: queue.SimpleQueue[str | None]) -> None:
    if output is not None:
        with output:
            while line := output.readline(_LONGEST_LINE):
                if text := line.decode(errors="replace").rstrip():
                    heard.put(text)
    heard.put(None)


def _kill_family(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        taskkill = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32" / "taskkill.exe"
        with suppress(OSError):
            subprocess.run(  # nosec B603 # a list, no shell
                [str(taskkill), "/T", "/F", "/PID", str(process.pid)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                creationflags=_WINDOWS_FLAGS,
                check=False,
            )
        process.kill()
    else:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        except PermissionError:  # the administrator's: it goes on alone
            return
    process.wait()
