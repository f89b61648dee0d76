"""Archives as the engine's methods need them: with the encoder that made them, with the raster of a path."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.records import RasterRecord
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_sha256, installed_encoders
from frors_qgis.protocol import EngineError, ErrorCode

_DIMENSION = 256


def has_installed_encoder(archive: Archive) -> bool:
    """Whether the encoder that made the archive is the one that is installed under its id."""
    return archive.encoder in installed_encoders() and encoder_sha256(archive.encoder) == archive.encoder_sha256


def other_encoder(archive: Archive) -> EngineError:
    """The error for a box or a raster that cannot be encoded for an archive."""
    return EngineError(
        ErrorCode.ARCHIVE_OTHER_ENCODER,
        f"{archive.path.name} was made by another encoder ({archive.encoder} {archive.encoder_sha256[:8]}). "
        "Index the rasters into a new archive; searching by one of its own chips still works.",
    )


def writable_archive(path: str, encoder: str | None, before_making: Callable[[str], None]) -> Archive:
    """The archive opened for writing; made when it is not there, for `encoder` or the default one.

    before_making: called with the encoder's id before an archive is made; what it raises keeps it from being made.
    Raises EngineError: ENCODER_UNKNOWN, ARCHIVE_OTHER_ENCODER, and what Archive raises.
    """
    identifier = encoder or DEFAULT_ENCODER
    sha256 = encoder_sha256(identifier)
    if not Path(path).exists():
        before_making(identifier)
        return Archive.create(path, encoder=identifier, encoder_sha256=sha256, dimension=_DIMENSION)
    archive = Archive.open(path, writable=True)
    if not has_installed_encoder(archive) or encoder not in (None, archive.encoder):
        archive.close()
        raise other_encoder(archive)
    return archive


def known_raster(archive: Archive, path: str) -> RasterRecord:
    """The record of the raster at a path; raises EngineError(RASTER_UNKNOWN)."""
    record = archive.find_raster(path)
    if record is None:
        raise EngineError(ErrorCode.RASTER_UNKNOWN, f"The archive has no raster {path}; info lists those it has.")
    return record
