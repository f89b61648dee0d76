"""Archives as the engine's methods need them: with the encoder that made them, the raster of a path, its stretch."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.connection import absolute
from frors_qgis.engine.archive.drafts import remove_dead_drafts
from frors_qgis.engine.archive.foreign import foreign_model, is_foreign
from frors_qgis.engine.archive.records import ChipRecord, RasterRecord
from frors_qgis.engine.encoders.installed import (
    DEFAULT_ENCODER,
    encoder_dimension,
    encoder_path,
    encoder_sha256,
    installed_encoders,
)
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.stretch import Stretch, estimate_stretch
from frors_qgis.engine.reindexing import reindexing_of
from frors_qgis.location import is_database
from frors_qgis.protocol import EngineError, ErrorCode

_MOST_UNDER_A_BOX = 20_000
_SUFFIX = ".gpkg"


def has_installed_encoder(archive: Archive) -> bool:
    """Whether the encoder that made the archive is the one that is installed under its id."""
    return archive.encoder in installed_encoders() and encoder_sha256(archive.encoder) == archive.encoder_sha256


def other_encoder(archive: Archive) -> EngineError:
    """The error for a box or a raster that cannot be encoded for an archive."""
    if is_foreign(archive):
        return EngineError(
            ErrorCode.ARCHIVE_FOREIGN,
            f"{archive.name} was imported: its embeddings were made elsewhere, by the model {_model_name(archive)}, "
            "and no encoder here can make such of a box or a raster. Search by one of its chips instead.",
        )
    installed = installed_encoders()
    version = "another version of the encoder" if archive.encoder in installed else "the encoder"
    return EngineError(
        ErrorCode.ARCHIVE_OTHER_ENCODER,
        f"{archive.name} was made by {version} {_encoder_name(archive)}, which is not installed here; installed: "
        f"{', '.join(installed) or 'none'}. Searching by one of its chips still works. For boxes and more rasters make "
        f"a new archive: {reindexing_of(archive).command()}",
    )


def writable_archive(path: str, encoder: str | None, before_making: Callable[[str], None]) -> Archive:
    """The archive opened for writing; made when it is not there, for `encoder` or the default one.

    For those who hold its WriterLock; what makers that were killed have left in its folder is removed.
    before_making: called with the encoder's id before an archive is made; what it raises keeps it from being made.
    Raises EngineError: BAD_REQUEST for a new archive whose name does not end in .gpkg, ENCODER_UNKNOWN,
    ENCODER_DAMAGED, ARCHIVE_OTHER_ENCODER, ARCHIVE_FOREIGN, and what Archive raises.
    """
    is_new = not Archive.exists(path)
    if is_new:
        require_suffix(path)
    if encoder is not None:
        encoder_path(encoder)
    if not is_database(path):
        remove_dead_drafts(absolute(path))
    if is_new:
        identifier = encoder or DEFAULT_ENCODER
        sha256 = encoder_sha256(identifier)
        before_making(identifier)
        dimension = encoder_dimension(identifier)
        return Archive.create(path, encoder=identifier, encoder_sha256=sha256, dimension=dimension)
    archive = Archive.open(path, writable=True)
    try:
        if archive.copied_from is not None:
            raise EngineError(
                ErrorCode.BAD_REQUEST,
                f"{archive.name} is a copy that is not finished: give the command copy again first.",
            )
        if not has_installed_encoder(archive):
            raise other_encoder(archive)
        if encoder not in (None, archive.encoder):
            raise EngineError(
                ErrorCode.ARCHIVE_OTHER_ENCODER,
                f"{archive.name} was made by the encoder {archive.encoder} and takes no other: leave the encoder "
                "out, or name an archive that does not exist yet.",
            )
    except EngineError:
        archive.close()
        raise
    return archive


def require_suffix(path: str) -> None:
    """Raises EngineError(BAD_REQUEST) for a path that a new archive should not have."""
    if not is_database(path) and Path(path).suffix.lower() != _SUFFIX:
        raise EngineError(
            ErrorCode.BAD_REQUEST,
            f"There is no archive {path}, and a new one needs a name that ends in {_SUFFIX}; give it such a name, "
            "before its rasters.",
        )


def chip_under(archive: Archive, extent: tuple[float, float, float, float]) -> ChipRecord:
    """The chip that an extent (west, south, east, north in EPSG:4326) covers most nearly, in place and size.

    Raises EngineError: CHIP_UNKNOWN where there is none, BOX_TOO_LARGE where there are too many to compare.
    """
    ids = archive.chips_within(extent).tolist()
    if not ids:
        raise EngineError(ErrorCode.CHIP_UNKNOWN, "The archive has no chip there; draw the box on one of its rasters.")
    if len(ids) > _MOST_UNDER_A_BOX:
        raise EngineError(ErrorCode.BOX_TOO_LARGE, f"{len(ids):,} chips lie under the box; draw a smaller one.")
    return max(archive.chips(ids), key=lambda chip: _overlap(chip, extent))


def known_raster(archive: Archive, path: str) -> RasterRecord:
    """The record of the raster at a path; raises EngineError(RASTER_UNKNOWN)."""
    record = archive.find_raster(path)
    if record is None:
        raise EngineError(ErrorCode.RASTER_UNKNOWN, f"The archive has no raster {path}; info lists those it has.")
    return record


def stretch_of(archive: Archive | None, raster: Raster) -> Stretch:
    """The stretch that the archive recorded for this raster, or a fresh one for a raster that it does not know."""
    record = None if archive is None else archive.find_raster(raster.path)
    if record is not None and record.identity == raster.identity:
        return Stretch.from_json(record.stretch)
    return estimate_stretch(raster)


def _overlap(chip: ChipRecord, extent: tuple[float, float, float, float]) -> float:
    """Shared area by the area of both together, of the boxes in degrees round chip and extent."""
    west, south, east, north = extent
    longitudes, latitudes = zip(*chip.footprint, strict=True)
    turn = 360.0 * round(((west + east) / 2 - (min(longitudes) + max(longitudes)) / 2) / 360.0)
    left, right, low, high = min(longitudes) + turn, max(longitudes) + turn, min(latitudes), max(latitudes)
    shared = max(0.0, min(east, right) - max(west, left)) * max(0.0, min(north, high) - max(south, low))
    return shared / ((right - left) * (high - low) + (east - west) * (north - south) - shared)


def _encoder_name(archive: Archive) -> str:
    """Id and digest of an archive's encoder, shortened and without what a stranger's archive might smuggle in."""
    return f"{_harmless(archive.encoder)} {_harmless(archive.encoder_sha256[:8])}"


def _model_name(archive: Archive) -> str:
    return _harmless(foreign_model(archive))


def _harmless(text: str) -> str:
    return re.sub(r"[^\w.-]", "?", text[:40])
