from __future__ import annotations

import numpy as np
import pytest
from osgeo import gdal

from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.reader import Reader
from frors_qgis.engine.imagery.stretch import estimate_stretch


def overview_of(path, pixels=300):
    """The whole raster at about so many pixels: (its stretch, its pixels)."""
    with Raster(path) as raster:
        stretch = estimate_stretch(raster)
        grid = raster.grid(raster.gsd * max(raster.width, raster.height) / pixels)
        size = int(raster.width / grid.step_x), int(raster.height / grid.step_y)
        return stretch, Reader(raster, stretch).read(grid, 0, 0, *size)


def test_an_aerial_reads_as_it_is_and_knows_its_ground_size(real_raster):
    path = real_raster("kitsap_aerial_030m.tif")
    with Raster(path) as raster:
        assert raster.gsd == pytest.approx(0.3001, abs=1e-4)
        pixels = Reader(raster, estimate_stretch(raster)).read(raster.grid(), 700, 900, 256, 256)
        half = Reader(raster, estimate_stretch(raster)).read(raster.grid(0.6), 350, 450, 128, 128)
    theirs = gdal.Open(str(path)).ReadAsArray(700, 900, 256, 256)
    assert np.array_equal(pixels.rgb, np.moveaxis(theirs, 0, -1))
    means = pixels.rgb.reshape(128, 2, 128, 2, 3).mean(axis=(1, 3))
    assert np.abs(half.rgb - means).mean() < 4.0  # the overview is JPEG of its own


def test_a_mercator_scene_knows_its_date_and_its_true_ground_size(real_raster):
    with Raster(real_raster("sentinel2_genoa_10m.tif")) as raster:
        assert raster.gsd == pytest.approx(10.0 * np.cos(np.radians(44.405)), rel=0.002)
        assert (raster.metadata.acquired, raster.metadata.platform) == ("2023-07-10", "Sentinel-2")
        grid = raster.grid()
        assert (grid.step_x, grid.step_y) == (1.0, 1.0)


def test_degree_pixels_with_alpha(real_raster):
    stretch, pixels = overview_of(real_raster("aerial_wgs84_4band.tif"))
    assert stretch.bands == (1, 2, 3)
    assert pixels.valid.mean() > 0.95


@pytest.mark.parametrize("name", ["sentinel2_12band_int16.tif", "multispectral_11band.tif"])
def test_many_bands_give_a_picture_with_contrast(real_raster, name):
    _, pixels = overview_of(real_raster(name))
    assert pixels.valid.mean() > 0.95
    assert pixels.rgb[pixels.valid].std(axis=0).min() > 15


def test_a_raster_of_nodata_only_has_no_valid_pixel(real_raster):
    _, pixels = overview_of(real_raster("drone_5band_float32.tif"))
    assert not pixels.valid.any()
    assert not pixels.rgb.any()
