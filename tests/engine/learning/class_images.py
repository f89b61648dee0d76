"""Small class folders that a training can be tried on: stripes of several widths and colours, with noise."""

import numpy as np
from osgeo import gdal

from frors_qgis.engine.learning.dataset import class_folders


def write_class_images(folder, classes=3, count=6, side=80):
    """Writes `count` noisy PNGs for each class, c0, c1, ..., and returns them as a dataset."""
    generator = np.random.default_rng(5)
    across = np.arange(side)
    for label in range(classes):
        (folder / f"c{label}").mkdir(parents=True)
        for i in range(count):
            stripes = 60 * np.sin(across * (label + 2) / 6 + generator.uniform(0, 6))
            colour = generator.integers(60, 190, 3)[:, None, None]
            pixels = np.clip(colour + stripes + generator.integers(-30, 30, (3, side, side)), 0, 255)
            write_image(folder / f"c{label}" / f"{i}.png", pixels.astype(np.uint8))
    return class_folders(folder)


def write_image(path, pixels):
    """Writes uint8 [3, h, w] as a PNG."""
    picture = gdal.GetDriverByName("MEM").Create("", pixels.shape[2], pixels.shape[1], 3)
    picture.WriteRaster(0, 0, pixels.shape[2], pixels.shape[1], pixels.tobytes())
    gdal.GetDriverByName("PNG").CreateCopy(str(path), picture)
