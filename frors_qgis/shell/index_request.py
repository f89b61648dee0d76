"""What the user wants to have indexed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CELL_PX = 32


@dataclass(frozen=True)
class IndexRequest:
    """Paths of rasters and how they are cut. `gsd` in metres, None for each raster's own; `windows` in cells of 32 px.

    `overlap` is the shared part of neighbouring windows, 0..1.
    """

    rasters: tuple[str, ...]
    gsd: float | None
    windows: tuple[int, ...]
    overlap: float

    def params(self) -> dict[str, Any]:
        """Parameters of the door methods `plan` and `index`."""
        params: dict[str, Any] = {
            "rasters": list(self.rasters),
            "windows": list(self.windows),
            "overlap": self.overlap,
        }
        if self.gsd is not None:
            params["gsd"] = self.gsd
        return params
