"""A raster of an archive, as the shell sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ArchiveRaster:
    """`acquisition` has the fields that are known of how it was taken, `conflicts` says whether sources disagree."""

    id: int
    path: str
    acquisition: dict[str, Any] = field(default_factory=dict)
    conflicts: bool = False


def rasters_from_info(info: dict[str, Any]) -> tuple[ArchiveRaster, ...]:
    """The rasters in the engine's description of an archive; those that cannot be read are left out."""
    rasters = []
    for raster in info.get("rasters", []):
        acquisition = raster.get("acquisition")
        if isinstance(raster.get("id"), int):
            known = acquisition if isinstance(acquisition, dict) else {}
            rasters.append(ArchiveRaster(raster["id"], str(raster["path"]), known, bool(raster.get("conflicts"))))
    return tuple(rasters)
