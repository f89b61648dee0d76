"""The segments of an archive's index: a folder of files that may be deleted at any time."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from frors_qgis.engine.archive.check import Check, go_on
from frors_qgis.engine.archive.geopackage_archive import GeoPackageArchive
from frors_qgis.engine.archive.records import BatchKey
from frors_qgis.engine.archive.segment import Segment, SegmentError, write_segment
from frors_qgis.engine.archive.writer_lock import WriterLock

SEGMENT_CHIPS = 1 << 17
"""A segment holds at least so many chips; what is left over is searched in memory."""

_LEAST_LIVE = 0.75
_SUFFIX = ".segment"


@dataclass(frozen=True)
class LiveSegment:
    """A segment, and which of its chips are in the archive: bool [n], None when all are."""

    segment: Segment
    live: npt.NDArray[np.bool_] | None


class SegmentFolder:
    """The folder of one archive's segments, made when the first is written."""

    def __init__(self, path: Path, segment_chips: int | None = None) -> None:
        """segment_chips: None for `SEGMENT_CHIPS`."""
        self.segment_chips = SEGMENT_CHIPS if segment_chips is None else segment_chips
        self.path = path
        self._open: dict[Path, Segment] = {}

    @classmethod
    def of(cls, archive: GeoPackageArchive, otherwise: Path) -> SegmentFolder:
        """The folder beside an archive, or one in the folder `otherwise` where nothing can be written beside it.

        A link beside it is not followed: an archive from a stranger would have us write where it points to.
        """
        beside = archive.path.with_name(f"{archive.path.name}.index")
        if not beside.is_symlink() and os.access(beside if beside.exists() else archive.path.parent, os.W_OK):
            return cls(beside)
        return cls(otherwise / f"{archive.id}.index")

    def stamp(self) -> int:
        """Another number when segments came or went."""
        with suppress(OSError):
            return self.path.stat().st_mtime_ns
        return 0

    def read(self, archive: GeoPackageArchive) -> tuple[list[LiveSegment], list[BatchKey]]:
        """The segments that serve the archive as it is, and its batches that are in none."""
        wanted = archive.id, archive.dimension
        left = dict.fromkeys(archive.batch_keys())
        segments: list[LiveSegment] = []
        opened: dict[Path, Segment] = {}
        for path in self._files():
            with suppress(SegmentError):
                segment = opened[path] = self._open.get(path) or Segment(path)
                live = np.array([key in left for key in segment.keys])
                counts = [key.chips for key in segment.keys]
                if (segment.archive, segment.dimension) == wanted and np.average(live, weights=counts) >= _LEAST_LIVE:
                    segments.append(LiveSegment(segment, None if live.all() else np.repeat(live, counts)))
                    for key in segment.keys:
                        left.pop(key, None)
        self._open = opened
        return segments, list(left)

    def seal(self, archive: GeoPackageArchive, check: Check = go_on) -> int:
        """Writes segments of batches that are in none, deletes files that serve no more; how many were written.

        check: called before each segment, may raise; those before it stay. Raises OSError or EngineError
        where the folder refuses, EngineError(ARCHIVE_BUSY) while another process seals.
        """
        if not self.path.is_dir():
            if not any(self._groups(archive.batch_keys())):
                return 0
            self.path.mkdir(exist_ok=True)
        written = 0
        with WriterLock(self.path / "segments"):  # two would delete what the other writes
            segments, keys = self.read(archive)
            self._delete_all_but({live.segment.path for live in segments})
            for group in self._groups(keys):
                check()
                if batches := list(archive.batches(group)):
                    name = hashlib.sha256(repr(group).encode()).hexdigest()[:24]
                    write_segment(self.path / f"{name}{_SUFFIX}", archive.id, batches)
                    written += 1
        return written

    def _files(self) -> list[Path]:
        return sorted(self.path.glob(f"*{_SUFFIX}"))

    def _delete_all_but(self, useful: set[Path]) -> None:
        for path in [*self._files(), *self.path.glob(f"*{_SUFFIX}.*.part")]:
            if path not in useful:
                with suppress(OSError):  # Windows keeps files that are mapped
                    path.unlink()

    def _groups(self, keys: Iterable[BatchKey]) -> Iterator[list[BatchKey]]:
        """Batches that make a segment together; those that are too few for one are left out."""
        group: list[BatchKey] = []
        chips = 0
        for key in keys:
            group.append(key)
            chips += key.chips
            if chips >= self.segment_chips:
                yield group
                group, chips = [], 0
