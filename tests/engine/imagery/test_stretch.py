from __future__ import annotations

import json

import numpy as np
import pytest
from osgeo import gdal

from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.stretch import Stretch, estimate_stretch
from frors_qgis.protocol import EngineError, ErrorCode

RGB = [gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand]


def estimate(path) -> Stretch:
    with Raster(path) as raster:
        return estimate_stretch(raster)


def test_bytes_are_kept_as_they_are(write_raster, noise):
    stretch = estimate(write_raster(noise(3, 80, 90)))
    assert stretch == Stretch((1, 2, 3), (0.0, 0.0, 0.0), (255.0, 255.0, 255.0), palette=False)


def test_bytes_in_a_narrow_range_are_stretched(write_raster, noise):
    stretch = estimate(write_raster(noise(3, 80, 90) // 12 + 100))
    assert stretch.low == pytest.approx((100, 100, 100), abs=1)
    assert stretch.high == pytest.approx((120, 120, 120), abs=1)


@pytest.mark.parametrize("dtype", ["uint16", "int16", "uint32", "int32", "float32", "float64"])
def test_other_types_go_from_the_2nd_to_the_98th_percentile_of_each_band(write_raster, dtype):
    ramp = np.linspace(0, 10000, 100 * 100).reshape(100, 100)
    stretch = estimate(write_raster(np.stack([ramp, ramp / 2, ramp / 4]).astype(dtype)))
    assert stretch.low == pytest.approx((200, 100, 50), abs=2)
    assert stretch.high == pytest.approx((9800, 4900, 2450), abs=2)
    rgb = stretch.apply(np.full((3, 1, 1), 2500).astype(dtype))
    assert rgb[0, 0].tolist() == pytest.approx([61, 127, 255], abs=1)


def test_nodata_nan_and_undeclared_fill_do_not_move_the_stretch(write_raster, noise):
    values = noise(3, 100, 100, np.float32)
    clean = estimate(write_raster(values))
    values[:, :30] = np.nan
    values[:, 30:60] = -9999.0
    values[:, 60:62] = -3.4e38
    dirty = estimate(write_raster(values, "dirty.tif", nodata=-9999.0))
    assert dirty.low == pytest.approx(clean.low, abs=0.02)
    assert dirty.high == pytest.approx(clean.high, abs=0.02)


def test_statistics_in_the_file_are_not_trusted(write_raster, noise):
    path = write_raster(noise(3, 100, 100, np.float32))
    dataset = gdal.Open(str(path), gdal.GA_Update)
    for number in (1, 2, 3):
        dataset.GetRasterBand(number).SetStatistics(-1000, 5000, 7, 8)
    dataset = None
    assert estimate(path).high == pytest.approx((0.98, 0.98, 0.98), abs=0.02)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize("value", [0, 7, 200])
def test_a_constant_raster_is_one_grey_and_no_warning(write_raster, dtype, value, recwarn):
    stretch = estimate(write_raster(np.full((3, 9, 9), value, dtype)))
    rgb = stretch.apply(np.full((3, 9, 9), value, dtype))
    assert set(rgb.ravel().tolist()) == ({value} if dtype == "uint8" else {128})
    assert not recwarn.list


def test_a_constant_of_large_numbers_is_grey_too(write_raster):
    values = np.full((1, 9, 9), 123456789.0)
    assert set(estimate(write_raster(values)).apply(np.repeat(values, 3, axis=0)).ravel().tolist()) <= {127, 128}


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32"])
def test_a_raster_of_nodata_only_has_a_stretch(write_raster, dtype):
    stretch = estimate(write_raster(np.full((3, 9, 9), 99, dtype), nodata=99))
    assert all(high > low for low, high in zip(stretch.low, stretch.high, strict=True))


def test_bands_follow_the_colour_interpretation(write_raster, noise):
    colours = [gdal.GCI_AlphaBand, *reversed(RGB)]
    assert estimate(write_raster(noise(4, 9, 9), colours=colours)).bands == (4, 3, 2)


@pytest.mark.parametrize(
    ("descriptions", "bands"),
    [
        (["Blue", "Green", "Red", "Red Edge", "NIR"], (3, 2, 1)),
        (["nir", "red_edge", "rededge", "band_red", "green", "blue"], (4, 5, 6)),
        (["B01", "B02", "B03", "B04", "B05"], (4, 3, 2)),
        (["B1", "B2", "B3", "B4", "B12"], (4, 3, 2)),
        (
            ["B4, central wavelength 665 nm", "B3, central wavelength 560 nm", "B2, central wavelength 490 nm"],
            (1, 2, 3),
        ),
        (["infrared", "x", "y", "z"], (1, 2, 3)),
    ],
)
def test_bands_follow_their_descriptions(write_raster, noise, descriptions, bands):
    colours = [gdal.GCI_Undefined] * len(descriptions)
    path = write_raster(noise(len(descriptions), 9, 9, np.uint16), descriptions=descriptions, colours=colours)
    assert estimate(path).bands == bands


@pytest.mark.parametrize(("count", "bands"), [(1, (1, 1, 1)), (2, (1, 1, 1)), (3, (1, 2, 3)), (11, (1, 2, 3))])
def test_bands_without_names_are_the_first_three(write_raster, noise, count, bands):
    assert estimate(write_raster(noise(count, 9, 9, np.uint16))).bands == bands


def test_grey_with_alpha_is_grey(write_raster, noise):
    colours = [gdal.GCI_GrayIndex, gdal.GCI_AlphaBand]
    assert estimate(write_raster(noise(2, 9, 9), colours=colours)).bands == (1, 1, 1)


@pytest.mark.parametrize(("start", "side"), [(0, 100_000), (1000, 5000)], ids=["full", "between the patches"])
def test_a_vast_raster_is_sampled_without_reading_it_all(write_raster, tmp_path, noise, start, side):
    values = noise(1, 640, 640, np.uint16)
    source = write_raster(values, "source.tif")
    path = tmp_path / "vast.vrt"
    path.write_text(
        '<VRTDataset rasterXSize="100000" rasterYSize="100000"><SRS>EPSG:32632</SRS>'
        "<GeoTransform>500000,1,0,5000000,0,-1</GeoTransform>"
        '<VRTRasterBand dataType="UInt16" band="1"><NoDataValue>65535</NoDataValue><SimpleSource>'
        f"<SourceFilename>{source}</SourceFilename><SourceBand>1</SourceBand>"
        '<SrcRect xOff="0" yOff="0" xSize="640" ySize="640"/>'
        f'<DstRect xOff="{start}" yOff="{start}" xSize="{side}" ySize="{side}"/>'
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )
    stretch = estimate(path)
    assert stretch.low[0] == pytest.approx(np.percentile(values, 2), abs=8)
    assert stretch.high[0] == pytest.approx(np.percentile(values, 98), abs=8)


def test_apply_survives_every_value_a_float_can_have(recwarn):
    plane = np.array([[np.nan, np.inf, -np.inf, 3.4e38, -3.4e38, 0.5]], np.float32)
    rgb = Stretch((1, 1, 1), (0.0,) * 3, (1.0,) * 3, palette=False).apply(np.stack([plane] * 3))
    assert rgb[0, :, 0].tolist() == [0, 255, 0, 255, 0, 128]
    assert rgb.shape == (1, 6, 3)
    Stretch((1, 1, 1), (-1e300,) * 3, (5e-324,) * 3, palette=False).apply(np.stack([plane] * 3))
    Stretch((1, 1, 1), (0.0,) * 3, (5e-324,) * 3, palette=False).apply(np.stack([plane] * 3))
    assert not recwarn.list


def test_a_stretch_survives_json():
    stretch = Stretch((4, 3, 2), (0.5, -1.0, 2.0), (10.0, 11.0, 12.0), palette=False)
    assert Stretch.from_json(json.loads(json.dumps(stretch.to_json()))) == stretch


GOOD = {"bands": [1, 2, 3], "low": [0, 0, 0], "high": [1, 1, 1], "palette": False}


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "x",
        {},
        {**GOOD, "bands": [1, 2]},
        {**GOOD, "bands": [0, 1, 2]},
        {**GOOD, "bands": [1.0, 2, 3]},
        {**GOOD, "bands": [True, 2, 3]},
        {**GOOD, "bands": "123"},
        {**GOOD, "low": [0, 0, None]},
        {**GOOD, "low": [0, 0, 1]},
        {**GOOD, "high": [1, 1, float("nan")]},
        {**GOOD, "high": [1, 1, float("inf")]},
        {**GOOD, "low": [-1e308, 0, 0], "high": [1e308, 1, 1]},
        {**GOOD, "high": [1, 1, 10**400]},
        {**GOOD, "high": 7},
        {**GOOD, "palette": 1},
    ],
)
def test_a_damaged_stretch_is_refused(value):
    with pytest.raises(EngineError) as caught:
        Stretch.from_json(value)
    assert caught.value.code is ErrorCode.ARCHIVE_DAMAGED
