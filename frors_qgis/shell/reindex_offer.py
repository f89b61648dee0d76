"""The offer to make a new archive in place of one whose encoder is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from frors_qgis.client.tasks import Call
from frors_qgis.location import archive_stem
from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.shell.translation import tr


@dataclass(frozen=True)
class ReindexOffer:
    """What the engine proposes: the path `new`, the rasters that are there, and path and reason of those that are not.

    `gsds` are in metres on the ground, None for each raster's own; `windows` in cells; `overlap` from 0 to 1.
    """

    old: str
    old_encoder: str
    another_version: bool
    new: str
    new_encoder: str
    rasters: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]
    gsds: tuple[float | None, ...]
    windows: tuple[int, ...]
    overlap: float

    @property
    def name(self) -> str:
        """The old archive's name, as the dock lists it."""
        return archive_stem(self.old)

    @property
    def reason(self) -> str:
        """A sentence that says which encoder or version is missing."""
        if self.another_version:
            sentence = tr("{archive} was made by another version of the encoder {encoder} than is installed here.")
        else:
            sentence = tr("{archive} was made by the encoder {encoder}, which is not installed here.")
        return sentence.format(archive=self.name, encoder=self.old_encoder)


def offer_from_info(archive: str, info: dict[str, Any]) -> ReindexOffer | None:
    """The offer in the engine's description of an archive, None when there is none or it cannot be read."""
    try:
        plan = info["reindexing"]
        return ReindexOffer(
            archive,
            str(info["encoder"]),
            bool(plan["another_version"]),
            str(plan["archive"]),
            str(plan["encoder"]),
            tuple(map(str, plan["rasters"])),
            tuple((str(raster["path"]), str(raster["reason"])) for raster in plan["missing"]),
            tuple(None if gsd is None else float(gsd) for gsd in plan["gsds"]),
            tuple(map(int, plan["windows"])),
            float(plan["overlap"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def offer_after(error: EngineError, call: Call, archive: str) -> ReindexOffer:
    """The offer that helps after an error; raises the error again when that is about something else."""
    if error.code is not ErrorCode.ARCHIVE_OTHER_ENCODER:
        raise error
    offer = offer_from_info(archive, call("info", {"archive": archive}))
    if offer is None:
        raise error
    return offer


@contextmanager
def other_encoder_told(call: Call, archive: str) -> Iterator[None]:
    """Where the archive's encoder is not installed, tells that in the words of the offer: the engine's are for its
    command line."""
    try:
        yield
    except EngineError as error:
        reason = offer_after(error, call, archive).reason
        sentence = tr(
            "{reason} Without it one can only search by chips of the archive; draw a box, and FRORS offers to re-index."
        )
        raise EngineError(error.code, sentence.format(reason=reason)) from error
