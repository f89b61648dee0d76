"""Watches what this process does while it reads hostile input: what it starts, what it connects to, where it writes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_FORBIDDEN = {
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.spawn", "pty.spawn",
    "socket.connect", "socket.getaddrinfo", "socket.bind", "pickle.find_class", "webbrowser.open", "ctypes.dlopen",
}  # fmt: skip
_CHANGING = {"os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "shutil.rmtree"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Guard:
    """Notes, while it is on guard, every event that hostile input must not cause."""

    def __init__(self, folder: Path) -> None:
        """folder: the only place where files may be written."""
        self._folder = os.path.realpath(folder)
        self._watching = False
        self.seen: list[str] = []
        sys.addaudithook(self._hear)  # for the life of the process: hooks cannot be taken off

    @contextmanager
    def on(self) -> Iterator[None]:
        """Watches for the length of the block; what was seen before is forgotten."""
        self.seen = []
        self._watching = True
        try:
            yield
        finally:
            self._watching = False

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._watching:
            return
        if event in _FORBIDDEN:
            self.seen.append(f"{event} {arguments!r:.200}")
        elif event in _CHANGING or (event == "open" and _writes(arguments)):
            path = arguments[1 if event in ("os.link", "os.symlink") else 0]
            if isinstance(path, (str, bytes, os.PathLike)) and not self._is_inside(os.fsdecode(path)):
                self.seen.append(f"{event} of {os.fsdecode(path)[:200]}")

    def _is_inside(self, path: str) -> bool:
        return os.path.abspath(path).startswith(self._folder + os.sep) or path == os.devnull


def _writes(arguments: tuple[Any, ...]) -> bool:
    _, mode, flags = arguments
    return any(letter in mode for letter in "wax+") if isinstance(mode, str) else bool((flags or 0) & _WRITING)
