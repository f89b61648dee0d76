"""A new archive in place of one whose encoder is not installed: where, of which rasters, at which levels."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.raster_files import local_raster_file, raster_file
from frors_qgis.engine.archive.records import RasterRecord
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_sha256, installed_encoders
from frors_qgis.engine.indexing.plan import Levels
from frors_qgis.protocol import EngineError

_SAME_GSD = 0.02
_LONGEST_LIST = 600
"""Letters of the rasters' paths in a command; more are not written out."""


@dataclass(frozen=True)
class Reindexing:
    """What makes a new archive of the default encoder out of the rasters of another archive.

    `another_version`: an encoder of the old one's id is installed, but another version of it.
    `archive` is where the new one is proposed; `rasters` are the paths of the old one's rasters that are there, and
    `missing` has path and reason of the others. `gsds` are in metres on the ground, None for each raster's own;
    `windows` (cells) and `overlap` are those that most passes of the old archive have.
    """

    archive: str
    another_version: bool
    rasters: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]
    gsds: tuple[float | None, ...]
    windows: tuple[int, ...]
    overlap: float

    def to_json(self) -> dict[str, Any]:
        """For the shell, with the encoder that the new archive is for."""
        return {
            "archive": self.archive,
            "encoder": DEFAULT_ENCODER,
            "another_version": self.another_version,
            "rasters": list(self.rasters),
            "missing": [{"path": path, "reason": reason} for path, reason in self.missing],
            "gsds": list(self.gsds),
            "windows": list(self.windows),
            "overlap": self.overlap,
        }

    def command(self) -> str:
        """The command that makes the new archive, two where it has other GSDs besides the rasters' own.

        Many rasters stand as RASTER... in it.
        """
        usual = Levels()
        words = []
        if self.windows != usual.windows:
            words += ["--windows", ",".join(map(str, self.windows))]
        if self.overlap != usual.overlap:
            words += ["--overlap", f"{self.overlap:g}"]
        listed = shlex.join(self.rasters)
        rasters = listed if 0 < len(listed) <= _LONGEST_LIST else "RASTER..."
        start = shlex.join(["python", "-m", "frors_qgis.engine", "index", self.archive])
        others = ",".join(f"{gsd:g}" for gsd in self.gsds if gsd is not None)
        passes: list[list[str]] = [[]] * (None in self.gsds) + [["--gsd", others]] * bool(others)
        return " && ".join(" ".join([start, *chosen, *words, rasters]) for chosen in passes)


def reindexing_of(archive: Archive) -> Reindexing:
    """How an archive would be made anew; the archive itself stays as it is."""
    rasters, missing = [], []
    records = archive.rasters()
    for record in records:
        path, present = raster_file(archive, record)
        try:
            path = local_raster_file(archive, record)  # the archive may be a stranger's
        except EngineError as error:
            missing.append((path, error.message))
            continue
        if present:
            rasters.append(path)
        else:
            missing.append((path, f"The file {path} is not there."))
    passes = [list(_passes(record)) for record in records]
    kinds = Counter((one.windows, one.overlap) for each in passes for one in each)
    windows, overlap = kinds.most_common(1)[0][0] if kinds else (Levels().windows, Levels().overlap)
    gsds = _gsds([(record.gsd, [one.gsds[0] for one in each]) for record, each in zip(records, passes, strict=True)])
    installed = archive.encoder in installed_encoders()
    target = _target(archive, rasters)
    return Reindexing(target, installed, tuple(rasters), tuple(missing), gsds, windows, overlap)


def _passes(record: RasterRecord) -> Iterator[Levels]:
    """The levels of each pass of a raster; what is damaged is left out."""
    passes = record.plan.get("passes")
    for entry in passes if isinstance(passes, list) else []:
        try:
            yield Levels((float(entry["gsd"]),), tuple(map(int, entry["windows"])), float(entry["overlap"]))
        except (EngineError, KeyError, TypeError, ValueError, OverflowError):
            continue


def _gsds(rasters: list[tuple[float, list[float]]]) -> tuple[float | None, ...]:
    """The GSDs that give passes like these, from each raster's own GSD and those of its passes."""
    known = [(own, gsds) for own, gsds in rasters if gsds]
    all_own = all(any(_is_same(gsd, own) for gsd in gsds) for own, gsds in known)
    found: list[float | None] = [None] if all_own else []
    for gsd in sorted(gsd for own, gsds in known for gsd in gsds if not (all_own and _is_same(gsd, own))):
        if not any(other is not None and _is_same(gsd, other) for other in found):
            found.append(gsd)
    return tuple(found)


def _is_same(a: float, b: float) -> bool:
    return b > 0 and abs(a / b - 1) < _SAME_GSD


def _target(archive: Archive, rasters: list[str]) -> str:
    """A free name beside the archive, or that of a new archive which was begun from the same rasters."""
    ending = f"_{DEFAULT_ENCODER}"
    stem = re.sub(rf"{re.escape(ending)}(_\d+)?$", "", archive.stem) + ending
    names = chain([stem], (f"{stem}_{number}" for number in count(2)))
    places = map(archive.beside, names)
    return next(place for place in places if not Archive.exists(place) or _is_begun(place, rasters))


def _is_begun(location: str, rasters: list[str]) -> bool:
    try:
        with Archive.open(location) as other:
            return (
                (other.encoder, other.encoder_sha256) == (DEFAULT_ENCODER, encoder_sha256(DEFAULT_ENCODER))
                and {raster_file(other, record)[0] for record in other.rasters()} <= set(rasters)
            )  # fmt: skip
    except EngineError:
        return False
