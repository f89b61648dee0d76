"""Labelled images in class folders: `DATASET/<class>/<image>`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal

from frors_qgis.engine.imagery.gdal_errors import checked, gdal_errors
from frors_qgis.protocol import EngineError, ErrorCode

_SUFFIXES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp"}


@dataclass(frozen=True)
class LabelledImage:
    """An image file and the name of its class."""

    path: Path
    label: str


def class_folders(folder: Path) -> list[LabelledImage]:
    """The images of every class folder, in order of their names.

    Raises EngineError(DATASET_INVALID) when there is no class folder with an image.
    """
    if not folder.is_dir():
        raise EngineError(ErrorCode.DATASET_INVALID, f"There is no folder {folder}.")
    images = [
        LabelledImage(path, group.name)
        for group in sorted(folder.iterdir())
        if group.is_dir()
        for path in sorted(group.iterdir())
        if path.suffix.lower() in _SUFFIXES
    ]
    if not images:
        raise EngineError(
            ErrorCode.DATASET_INVALID,
            f"{folder} holds no class folders with images; {folder}/CLASS/IMAGE.jpg is expected.",
        )
    return images


def read_image(path: Path, cell: int, least_cells: int) -> NDArray[np.uint8]:
    """An 8-bit image as RGB [h, w, 3], resampled so that both sides are whole cells, at least `least_cells`.

    Raises EngineError(DATASET_INVALID) naming an image that cannot be read.
    """
    with gdal_errors(ErrorCode.DATASET_INVALID, f"The image {path} cannot be read."):
        dataset = checked(gdal.OpenEx(str(path), gdal.OF_RASTER))
        if dataset.GetRasterBand(1).DataType != gdal.GDT_Byte:
            raise EngineError(ErrorCode.DATASET_INVALID, f"The image {path} is not 8-bit; convert it first.")
        width, height = (
            max(least_cells, round(side / cell)) * cell for side in (dataset.RasterXSize, dataset.RasterYSize)
        )
        bands = [1, 2, 3] if dataset.RasterCount >= 3 else [1, 1, 1]
        planes = [
            dataset.GetRasterBand(band).ReadAsArray(
                buf_xsize=width, buf_ysize=height, resample_alg=gdal.GRIORA_Bilinear
            )
            for band in bands
        ]
    return np.stack(planes, axis=2)
