"""Folders beside an archive (`<archive>.gpkg.index`) that were damaged or made by somebody who means harm.

What is damaged must be noticed: a search then finds what an exhaustive one finds. A file with a right checksum may hide
chips of its archive, as the archive itself might; what is found must be chips of the archive with their true scores.
"""

from __future__ import annotations

import json
import os
import random
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from frors_qgis.engine.archive import segment_folder
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.chip_filter import EVERY_CHIP, ChipFilter
from frors_qgis.engine.archive.codes import archive_tree, code_chip_index
from frors_qgis.engine.archive.codes.code_chip_index import CodeChipIndex, seal_codes
from frors_qgis.engine.archive.index import Index
from frors_qgis.engine.archive.records import RasterRecord
from frors_qgis.engine.archive.segment_folder import SegmentFolder
from tests.engine.archive.block_writer import make_chips
from tests.hard.mutation import NUMBERS, dumps, mutated_bytes, mutated_json

_DIMENSION = 16
_CHIPS = 150
_SEGMENT_CHIPS = 70
_K = 9
_TRAILER = struct.Struct("<QI8s")
_BITS = 16
_SOME = ChipFilter(rasters=frozenset({1, 2}), newer_than=5)
_WIDTHS = {
    "size": 4,
    "sizes": 4,
    "centroids": 4,
    "scales": 4,
    "matrix": 4,
    "bias": 4,
    **dict.fromkeys(("raster platform", "raster sensor", "raster day", "chip place", "chip raster", "chip box"), 4),
    **dict.fromkeys(("node box", "node days"), 4),
    "node level": 1,
}  # others are taken as words of 8


class Inputs:
    """See `hostile_worker.Surface`."""

    def __init__(self, folder: Path) -> None:
        segment_folder.SEGMENT_CHIPS = _SEGMENT_CHIPS
        archive_tree.LEAST_CHIPS = 1
        code_chip_index.MOST_NARROW = 1
        self._archive = _make(folder / "valid.gpkg", seed=0)
        with Archive.open(folder / "valid.gpkg") as archive:
            self._queries = archive.vectors([3, 77, _CHIPS])
            self._vectors = archive.vectors(range(1, _CHIPS + 1))
        self._best = [np.sort(self._vectors @ query)[::-1][:_K] for query in self._queries]
        self._files = self._sealed(folder / "valid.gpkg")
        (folder / "other.gpkg").write_bytes(_make(folder / "made.gpkg", seed=50))
        self._foreign = self._sealed(folder / "other.gpkg")

    def _sealed(self, path: Path) -> dict[str, bytes]:
        """The files that the index of an archive has."""
        with Archive.open(path) as archive:
            segments = SegmentFolder.of(archive, path.parent)
            segments.seal(archive)
            seal_codes(archive, _BITS, segments.path)
            return {file.name: file.read_bytes() for file in segments.path.iterdir()}

    def read_valid(self, folder: Path) -> None:
        self._lay(folder, self._files)
        if self._use(folder, forged=False, seal=True) != "read":
            raise ValueError("a valid index was left aside")

    def read(self, chance: random.Random, folder: Path) -> str:
        self._lay(folder, self._files)
        files = sorted((folder / "a.gpkg.index").iterdir())
        path = chance.choice([*(file for file in files if file.suffix == ".segment"), *files])
        content = path.read_bytes()
        kind = chance.randrange(12)
        forged = kind >= 6
        if kind <= 2:
            path.write_bytes(mutated_bytes(content, chance))
        elif kind == 3:
            path.write_bytes(content[: chance.randrange(len(content))] + bytes(chance.choice((0, 8, 20, 5000))))
        elif kind == 4:
            self._replace(path, chance)
        elif kind == 5:
            at = chance.randrange(len(content))
            path.write_bytes(content[:at] + bytes(len(content) - at))  # blocks that a power cut left unwritten
        else:
            path.write_bytes(_forged(content, chance))
        return self._use(folder, forged, seal=chance.randrange(4) == 0)

    def _lay(self, folder: Path, files: dict[str, bytes]) -> None:
        (folder / "a.gpkg").write_bytes(self._archive)
        beside = folder / "a.gpkg.index"
        beside.mkdir()
        for name, content in files.items():
            (beside / name).write_bytes(content)

    def _replace(self, path: Path, chance: random.Random) -> None:
        """Something else by the name of a file."""
        kind = chance.randrange(6)
        if kind == 0:
            same_kind = [content for name, content in self._foreign.items() if Path(name).suffix == path.suffix]
            path.write_bytes(chance.choice(same_kind))
            return
        path.unlink()
        if kind == 1:
            path.mkdir()
        elif kind == 2:
            os.mkfifo(path)
        elif kind == 3:
            path.symlink_to(chance.choice(("/dev/zero", "/dev/stdin", "/proc/self/mem", path.name, "..", "/none")))
        elif kind == 4:
            path.write_bytes(chance.randbytes(chance.choice((0, 1, 19, 20, 21, 4096))))
        else:  # a hole of a terabyte
            with path.open("wb") as file:
                file.truncate(1 << 40)
                file.seek(0, os.SEEK_END)
                file.write(_TRAILER.pack(chance.choice((1 << 39, 1 << 40, 8)), 0, b"FRORSEG2"))

    def _use(self, folder: Path, forged: bool, seal: bool) -> str:
        """Searches, and raises ValueError where something else is found than there is."""
        with Archive.open(folder / "a.gpkg") as archive:
            segments = SegmentFolder.of(archive, folder)
            index = Index(archive, segments)
            try:
                index.refresh()
                unsealed = index.unsealed
                self._search(index.search, forged, index.select(rasters={1, 2}))
                if seal:
                    segments.seal(archive)
                    index.refresh()
                    self._search(index.search, forged, None)
            except OSError:  # something that cannot be deleted stands in the way: the engine logs it
                pass
            finally:
                index.close()
            codes = CodeChipIndex(archive, _BITS, segments.path)
            codes.refresh()
            codes.ground_sizes(_SOME)
            self._search(lambda query, k, some: codes.search(query, k, some or EVERY_CHIP), forged, _SOME)
        return "read" if unsealed == _CHIPS % _SEGMENT_CHIPS else "left aside"

    def _search(self, search: Any, forged: bool, mask: Any) -> None:
        for query, best in zip(self._queries, self._best, strict=True):
            for allowed in (None, mask):
                ids, scores = search(query, _K, allowed)
                true = self._vectors[ids - 1] @ query
                if len(set(ids.tolist())) < len(ids) or not np.allclose(scores, true, atol=1e-3):
                    raise ValueError(f"chips that are not there, or twice, or with other scores: {ids} {scores}")
                if (np.diff(scores) > 0).any():
                    raise ValueError("the best are not first")
                if not forged and allowed is None and not np.allclose(scores, best, atol=1e-3):
                    raise ValueError(f"a damaged index finds {scores}, not {best}")


def _forged(content: bytes, chance: random.Random) -> bytes:
    """A file with another JSON object or other arrays, whose checksum is right."""
    length, _, mark = _TRAILER.unpack(content[-_TRAILER.size :])
    body, encoded = content[: -_TRAILER.size - length], content[-_TRAILER.size - length : -_TRAILER.size]
    if chance.randrange(3) == 0:
        described = json.loads(encoded)
        for _ in range(chance.choice((1, 1, 2))):
            described = mutated_json(described, chance)
        encoded = dumps(described, chance).encode("utf-8", "replace")
    else:
        body = _with_other_numbers(body, json.loads(encoded), chance)
    whole = body + encoded
    size = len(encoded) if chance.randrange(12) else chance.choice((0, 1, 2**40, 2**64 - 1))
    return whole + _TRAILER.pack(size, zlib.crc32(whole), mark)


def _with_other_numbers(body: bytes, described: dict[str, Any], chance: random.Random) -> bytes:
    """Some numbers of one array exchanged; the arrays stand at the end of the body, in the order of their lengths."""
    changed = bytearray(body)
    end = len(changed)
    places = {}
    for name, count in reversed(list(described["lengths"].items())):
        start = max(0, end - count * _WIDTHS.get(name, 8))
        places[name] = (start, end)
        end = start
    places["lists"] = (0, max(1, end)) if chance.randrange(3) == 0 else places.get("lists", (0, len(changed)))
    start, end = places[chance.choice(sorted(places))]
    width = chance.choice((4, 8))
    for _ in range(chance.choice((1, 2, 3, 40))):
        at = start + chance.randrange(max(1, (end - start) // width)) * width
        number = chance.choice(NUMBERS)
        if isinstance(number, float):
            value = struct.pack("<d" if width == 8 else "<f", number if abs(number) < 1e38 else float("inf"))
        else:
            value = (number % 2 ** (8 * width)).to_bytes(width, "little")
        changed[at : at + width] = value
    return bytes(changed[: len(body)])


def _make(path: Path, seed: int) -> bytes:
    """An archive of 150 chips in three rasters."""
    with Archive.create(path, encoder="trial", encoder_sha256="ab" * 32, dimension=_DIMENSION) as archive:
        for number in range(3):
            record = RasterRecord(
                f"/data/{number}.tif", "1-2", "EPSG:32610", (5e5, 0.3, 0.0, 5.2e6, 0.0, -0.3), 4096, 2048, 0.3,
                {"bands": [1, 2, 3], "low": [0, 0, 0], "high": [255, 255, 255]}, 3, state="indexed",
            )  # fmt: skip
            raster = archive.add_raster(record)
            for block in range(5):
                chips = make_chips(_CHIPS // 15, seed=seed + 5 * number + block, dimension=_DIMENSION)
                archive.write_block(raster, block, chips)
    return path.read_bytes()
