"""What the hard tests work on: small rasters, and the quick engine at its door."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from osgeo import gdal, osr

from tests.engine.door import Door

GSD = 10.0
WEST, NORTH = 500_000.0, 5_000_000.0


class QuickDoor(Door):
    """A door to `quick_engine`."""

    module = "tests.hard.quick_engine"

    def __init__(
        self, folder: Path, cwd: Path, variables: Mapping[str, str] | None = None, arguments: tuple[str, ...] = ()
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder, arguments=arguments, cwd=cwd, variables=variables)

    def kill(self) -> None:
        """As the system does when memory runs out: at once."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                try:
                    stream.close()
                except OSError:  # what was not sent yet cannot be sent any more
                    continue


def write_raster(path: Path, width: int, height: int, seed: int) -> Path:
    """A GeoTIFF of 10 m in UTM whose colour changes every 64 pixels."""
    chance = np.random.default_rng(seed)
    tiles = chance.integers(0, 255, (3, -(-height // 64), -(-width // 64)), dtype=np.uint8)
    pixels = np.ascontiguousarray(tiles.repeat(64, 1).repeat(64, 2)[:, :height, :width])
    options = ["TILED=YES", "COMPRESS=DEFLATE"]
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), width, height, 3, gdal.GDT_Byte, options)
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(32632)
    dataset.SetProjection(srs.ExportToWkt())
    dataset.SetGeoTransform((WEST, GSD, 0.0, NORTH, 0.0, -GSD))
    dataset.WriteRaster(0, 0, width, height, pixels.tobytes())
    del dataset
    return path


def box_of(column: int, row: int, width: int, height: int) -> list[float]:
    """The box of a window of pixels of such a raster, in its CRS."""
    return [WEST + GSD * column, NORTH - GSD * (row + height), WEST + GSD * (column + width), NORTH - GSD * row]
