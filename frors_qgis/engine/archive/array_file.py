"""Arrays and a JSON object in one file, for caches beside an archive.

A file holds the arrays one after another, each filled up to whole words of 8 bytes; a JSON object with what kind of
file it is, its head and how long the arrays are; the object's length, a checksum of everything before, and a mark.
Nothing in it is run or unpickled. Whoever reads one checks what the numbers mean: a checksum is no proof of who wrote
them.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.writer_lock import WriterLock

_TRAILER = struct.Struct("<QI8s")
_MARK = b"FRORSAR1"
_WORD = 8
_PIECE = 1 << 20
_NO_FILE = (
    OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError, MemoryError, struct.error,
)  # fmt: skip


class ArrayFileError(Exception):
    """A file that is not of the kind asked for, or holds what cannot be."""


def write_arrays(path: Path, kind: str, head: dict[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Writes the file whole, or raises OSError and leaves the one before it. Arrays are flattened.

    Raises EngineError(ARCHIVE_BUSY) while another process writes it.
    """
    with WriterLock(path):
        for old in path.parent.glob(f"{path.name}.*.part"):
            with suppress(OSError):
                old.unlink()
        waiting = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            _write(waiting, kind, head, arrays)
            waiting.replace(path)
        finally:
            waiting.unlink(missing_ok=True)


def _write(path: Path, kind: str, head: dict[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    described = {"kind": kind, "head": head, "lengths": {name: array.size for name, array in arrays.items()}}
    encoded = json.dumps(described).encode()
    checksum = 0
    with path.open("wb") as file:
        for array in arrays.values():
            flat = np.ascontiguousarray(array, array.dtype.newbyteorder("<")).reshape(-1)
            data = flat.view(np.uint8).data
            for part in (data, bytes(-len(data) % _WORD)):
                checksum = zlib.crc32(part, checksum)
                file.write(part)
        file.write(encoded + _TRAILER.pack(len(encoded), zlib.crc32(encoded, checksum), _MARK))


def read_arrays(
    path: Path, kind: str, types: Mapping[str, str], *, mapped_bytes: int | None = None
) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """The head and the arrays, each [n], by name. `types` names every array in the order of writing with its type.

    mapped_bytes: how large the file may be, whose arrays then take memory only where they are looked at; None: they are
    read. Raises ArrayFileError.
    """
    try:
        if not path.is_file():  # a device or a pipe would be read for ever
            raise ValueError("it is no plain file")
        if mapped_bytes is None:
            content = np.fromfile(path, np.uint8)
            return _parse(content, zlib.crc32(content[: _end(content)].data), kind, types)
        if not _TRAILER.size <= path.stat().st_size <= mapped_bytes:
            raise ValueError("it has an impossible size")
        content = np.memmap(path, np.uint8, "r")
        return _parse(content, _checksum(path, _end(content)), kind, types)
    except _NO_FILE as error:
        raise ArrayFileError(f"{path} is no file of {kind}: {error}") from error


def _end(content: npt.NDArray[np.uint8]) -> int:
    """Where the trailer begins."""
    return max(0, len(content) - _TRAILER.size)


def _checksum(path: Path, end: int) -> int:
    """That of a file's bytes up to `end`, read piece by piece: through a map they would all stay in memory."""
    checksum = 0
    with path.open("rb") as file:
        while end and (piece := file.read(min(end, _PIECE))):
            checksum = zlib.crc32(piece, checksum)
            end -= len(piece)
    return checksum


def _parse(
    content: npt.NDArray[np.uint8], found: int, kind: str, types: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """found: the checksum of all that stands before the trailer."""
    end = _end(content)
    length, checksum, mark = _TRAILER.unpack(content[end:].tobytes())
    if mark != _MARK or length > end:
        raise ValueError("its end is missing")
    if found != checksum:
        raise ValueError("its checksum is wrong")
    described = json.loads(content[end - length : end].tobytes())
    if described["kind"] != kind or not isinstance(described["head"], dict):
        raise ValueError("it is of another kind")
    arrays: dict[str, npt.NDArray[Any]] = {}
    start = 0
    for name, type_ in types.items():
        size = int(described["lengths"][name]) * np.dtype(type_).itemsize
        if not 0 <= size <= end - length - start:
            raise ValueError("its arrays are cut off")
        arrays[name] = np.asarray(content[start : start + size]).view(type_)
        start += size + -size % _WORD
    if start != end - length:
        raise ValueError("its parts do not fit each other")
    return described["head"], arrays
