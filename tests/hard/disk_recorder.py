"""Records what SQLite writes to its files in this process, and in which order: a VFS over the usual one.

While it records, connections that this process opens write through it, everything else they do as always. Of what
Python does itself it notes links, renamed and removed files.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int64, c_void_p
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_OK = 0
_METHODS_BY_VERSION = {1: 12, 2: 16, 3: 18}
_WRITE, _TRUNCATE, _SYNC = 2, 3, 4  # places among the methods of a file
_write_type = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_truncate_type = CFUNCTYPE(c_int, c_void_p, c_int64)
_sync_type = CFUNCTYPE(c_int, c_void_p, c_int)
_open_type = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)  # SQLite goes on using the path
_delete_type = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)


class _Methods(ctypes.Structure):
    _fields_ = [("version", c_int), ("calls", c_void_p * 18)]


class _Vfs(ctypes.Structure):
    _fields_ = [
        ("version", c_int), ("file_bytes", c_int), ("path_bytes", c_int), ("next", c_void_p), ("name", c_char_p),
        ("data", c_void_p), ("open", c_void_p), ("delete", c_void_p), ("rest", c_void_p * 13),
    ]  # fmt: skip


@dataclass(frozen=True)
class Event:
    """One thing that happened to a file by its name: "write" of data at a place, "truncate" to a place, "sync",
    "delete", "link" to another name, or a "mark" of whoever records."""

    kind: str
    name: str
    place: int = 0
    data: bytes = b""
    target: str = ""


class DiskRecorder:
    """What was done to the files of a folder, in `events`."""

    def __init__(self, folder: Path) -> None:
        self._folder = os.path.realpath(folder)
        self._library = ctypes.CDLL(find_library("sqlite3"))
        self._library.sqlite3_vfs_find.restype = POINTER(_Vfs)
        self._files: dict[int, str] = {}
        self._made: dict[int, _Methods] = {}
        self._kept: list[Any] = []  # what C holds pointers to
        self._records = False
        self.events: list[Event] = []

    def mark(self, text: str) -> None:
        """Puts a mark among the events."""
        self.events.append(Event("mark", text))

    @contextmanager
    def on(self) -> Iterator[None]:
        """Records for the length of the block, by whose end every connection must be closed."""
        usual = self._library.sqlite3_vfs_find(None)
        own = _Vfs.from_buffer_copy(usual.contents)
        own.name = b"recorder"
        calls = self._open_call(usual), self._delete_call(usual)
        own.open, own.delete = (ctypes.cast(call, c_void_p) for call in calls)
        self._kept += [own, *calls]
        sys.addaudithook(self._hear)
        self._records = True
        self._library.sqlite3_vfs_register(ctypes.byref(own), 1)
        try:
            yield
        finally:
            self._records = False
            self._library.sqlite3_vfs_unregister(ctypes.byref(own))

    def _note(self, event: Event) -> None:
        if self._records and event.name:
            self.events.append(event)

    def _name(self, path: str | bytes | os.PathLike[str]) -> str:
        """The name of a file of the folder, or nothing."""
        folder, name = os.path.split(os.path.abspath(os.fsdecode(path)))
        return name if os.path.realpath(folder) == self._folder else ""

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._records and event in ("os.link", "os.rename", "os.remove"):
            name = self._name(arguments[0])
            if event == "os.remove" or name:
                target = "" if event == "os.remove" else self._name(arguments[1])
                if event == "os.remove" and not os.path.exists(os.fsdecode(arguments[0])):
                    return
                self._note(Event("delete" if event == "os.remove" else event[3:], name, target=target))

    def _open_call(self, usual: Any) -> Any:
        forward = _open_type(usual.contents.open)

        def open_(_: int, path: int | None, file: int, flags: int, out: int) -> int:
            code = forward(ctypes.cast(usual, c_void_p), path, file, flags, out)
            if code == _OK and path is not None and (name := self._name(ctypes.string_at(path))):
                self._files[file] = name
                methods = ctypes.cast(file, POINTER(c_void_p))
                methods[0] = ctypes.addressof(self._methods(methods[0]))
            return int(code)

        return _open_type(open_)

    def _delete_call(self, usual: Any) -> Any:
        forward = _delete_type(usual.contents.delete)

        def delete(_: int, path: bytes, folder_too: int) -> int:
            there = os.path.exists(path)
            code = forward(ctypes.cast(usual, c_void_p), path, folder_too)
            if code == _OK and there:
                self._note(Event("delete", self._name(path)))
            return int(code)

        return _delete_type(delete)

    def _methods(self, usual: int) -> _Methods:
        """A file's methods, of which those that change it are noted."""
        if usual in self._made:
            return self._made[usual]
        before = _Methods.from_address(usual)
        methods = _Methods()
        count = _METHODS_BY_VERSION[before.version]
        methods.version = before.version
        for number in range(count):
            methods.calls[number] = before.calls[number]
        write, truncate, sync = (
            kind(before.calls[number])
            for kind, number in ((_write_type, _WRITE), (_truncate_type, _TRUNCATE), (_sync_type, _SYNC))
        )

        def note_write(file: int, data: int, length: int, place: int) -> int:
            code = write(file, data, length, place)
            if code == _OK:
                self._note(Event("write", self._files[file], place, ctypes.string_at(data, length)))
            return int(code)

        def note_truncate(file: int, size: int) -> int:
            code = truncate(file, size)
            if code == _OK:
                self._note(Event("truncate", self._files[file], size))
            return int(code)

        def note_sync(file: int, flags: int) -> int:
            code = sync(file, flags)
            if code == _OK:
                self._note(Event("sync", self._files[file]))
            return int(code)

        calls = _write_type(note_write), _truncate_type(note_truncate), _sync_type(note_sync)
        for number, call in zip((_WRITE, _TRUNCATE, _SYNC), calls, strict=True):
            methods.calls[number] = ctypes.cast(call, c_void_p).value
        self._kept += calls
        self._made[usual] = methods
        return methods
