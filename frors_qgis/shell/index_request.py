"""What the user wants to have indexed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

CELL_PX = 32


@dataclass(frozen=True)
class IndexRequest:
    """Paths of rasters and how they are cut. `gsd` in metres, None for each raster's own; `windows` in cells of 32 px.

    `overlap` is the shared part of neighbouring windows, 0..1. `acquisitions`: what the user says of how rasters were
    taken, by their paths. `cluster` is the address of one that encodes, `parts` a folder that it shares; "" for none.
    """

    rasters: tuple[str, ...]
    gsd: float | None
    windows: tuple[int, ...]
    overlap: float
    acquisitions: dict[str, dict[str, Any]] = field(default_factory=dict)
    cluster: str = ""
    parts: str = ""

    def params(self) -> dict[str, Any]:
        """Parameters of the door methods `plan` and `index`."""
        params: dict[str, Any] = {
            "rasters": list(self.rasters),
            "windows": list(self.windows),
            "overlap": self.overlap,
        }
        if self.gsd is not None:
            params["gsd"] = self.gsd
        if self.acquisitions:
            params["acquisitions"] = self.acquisitions
        if self.cluster:
            params["cluster"] = self.cluster
            if self.parts:
                params["parts"] = self.parts
        return params
