"""A scene as other dates might show it, simulated: no place of DATA's rasters was taken twice."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal

gdal.UseExceptions()

_HAZE = np.array([150.0, 160.0, 175.0])
"""What is scattered into red, green and blue where nothing of the ground is seen."""

_RING_PX = 4


@dataclass(frozen=True)
class Day:
    """A date, how bright the ground is in red, green and blue as parts of what it was, and the share of haze."""

    date: str
    light: tuple[float, float, float]
    haze: float


DAYS = (Day("2023-11-19", (0.8, 0.72, 0.7), 0.3), Day("2024-02-11", (0.6, 0.56, 0.62), 0.08))


def simulate(scene: Path, folder: Path) -> list[Path]:
    """Writes the scene of each of `DAYS` as GeoTIFF: other light and haze, half a pixel aside, its vessels gone.

    Beside the scene, <name>_10m.tif, lie its vessels, <name>_vessels.json. The files tell their dates as it does its
    own, and that they are simulated.
    """
    source = gdal.Open(str(scene))
    pixels = _without_vessels(source.ReadAsArray().transpose(1, 2, 0), scene.with_name(_stem(scene) + "_vessels.json"))
    written = []
    for number, day in enumerate(DAYS):
        ground = (pixels + np.roll(pixels, 1, axis=number % 2)) / 2 * day.light
        noise = np.random.default_rng(number).normal(0, 1.5, ground.shape)
        seen = np.clip(ground * (1 - day.haze) + _HAZE * day.haze + noise, 0, 255)
        path = folder / f"{_stem(scene)}_simulated_{day.date}_10m.tif"
        target = gdal.GetDriverByName("GTiff").CreateCopy(str(path), source, options=["COMPRESS=DEFLATE"])
        target.SetMetadataItem("TIFFTAG_DATETIME", f"{day.date.replace('-', ':')} 00:00:00")
        target.SetMetadataItem("TIFFTAG_IMAGEDESCRIPTION", f"Simulated from {scene.name}")
        for band in range(3):
            target.GetRasterBand(band + 1).WriteArray(seen[:, :, band].astype(np.uint8))
        written.append(path)
    return written


def _stem(scene: Path) -> str:
    return scene.stem.removesuffix("_10m")


def _without_vessels(pixels: NDArray[np.uint8], labels: Path) -> NDArray[np.float64]:
    """The pixels [h, w, 3] with vessels as dark as the darkest tenth of what lies round them, which is water."""
    result = pixels.astype(np.float64)
    for vessel in json.loads(labels.read_text())["annotations"]:
        outside_first = vessel["segmentation"]["counts"]  # COCO: lengths of runs, column by column
        mask = np.repeat(np.arange(len(outside_first)) % 2 == 1, outside_first).reshape(pixels.shape[:2], order="F")
        left, top, width, height = map(int, vessel["bbox"])
        around = np.s_[
            max(0, top - _RING_PX) : top + height + _RING_PX, max(0, left - _RING_PX) : left + width + _RING_PX
        ]
        result[mask] = np.percentile(pixels[around], 10, axis=(0, 1))
    return result
