from __future__ import annotations

import math

import numpy as np
import pytest
from osgeo import gdal, osr

from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.windows import PixelWindow
from frors_qgis.protocol import EngineError, ErrorCode

A, E2 = 6378137.0, 0.00669437999014


def radii(latitude):
    """Metres per radian along the parallel and along the meridian of the WGS 84 ellipsoid."""
    s = math.sin(math.radians(latitude))
    normal = A / math.sqrt(1 - E2 * s * s)
    return normal * math.cos(math.radians(latitude)), A * (1 - E2) / (1 - E2 * s * s) ** 1.5


def mercator_y(latitude):
    return A * math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))


def ring_of(raster, window):
    """The corners (longitude, latitude) of one window."""
    (ring,) = raster.footprints(np.array([(window.column, window.row, window.width, window.height)]))
    return [tuple(corner) for corner in ring.tolist()]


PLACEMENTS = {
    "north-up UTM": ("EPSG:32632", (500000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0)),
    "rotated UTM": ("EPSG:32632", (500000.0, 7.0, 3.0, 5000000.0, 3.0, -7.0)),
    "sheared UTM": ("EPSG:32632", (500000.0, 7.0, 5.0, 5000000.0, 0.5, -3.0)),
    "south-up UTM": ("EPSG:32632", (500000.0, 10.0, 0.0, 5000000.0, 0.0, 10.0)),
    "mirrored UTM": ("EPSG:32632", (500000.0, -10.0, 0.0, 5000000.0, 0.0, -10.0)),
    "degrees": ("EPSG:4326", (20.5, 2.5e-5, 0.0, -34.0, 0.0, -2.5e-5)),
    "web mercator": ("EPSG:3857", (1e6, 10.0, 0.0, 8e6, 0.0, -10.0)),
    "polar": ("EPSG:3031", (-300.0, 10.0, 0.0, 1e6, 0.0, -10.0)),
    "other datum": ("EPSG:31467", (3500000.0, 1.0, 0.0, 5500000.0, 0.0, -1.0)),
    "feet": ("EPSG:2227", (6000000.0, 1.0, 0.0, 2000000.0, 0.0, -1.0)),
    "with heights": ("EPSG:32632+5773", (500000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0)),
}


@pytest.mark.parametrize("name", PLACEMENTS)
def test_a_footprint_is_right_to_a_thousandth_of_a_pixel(write_raster, noise, name):
    crs, transform = PLACEMENTS[name]
    path = write_raster(noise(1, 300, 200), crs=crs, transform=transform)
    transformer = gdal.Transformer(gdal.Open(str(path)), None, ["DST_SRS=EPSG:4326"])
    window = PixelWindow(-10.5, 20.25, 150.0, 300.0)
    corners = [(-10.5, 20.25), (139.5, 20.25), (139.5, 320.25), (-10.5, 320.25)]
    with Raster(path) as raster:
        ring = ring_of(raster, window)
        for (longitude, latitude), corner in zip(ring, corners, strict=True):
            ok, (column, row, _) = transformer.TransformPoint(1, longitude, latitude)
            assert ok
            assert (column, row) == pytest.approx(corner, abs=1e-3)


@pytest.mark.parametrize("name", PLACEMENTS)
def test_a_box_goes_to_pixels_and_back(write_raster, noise, name):
    crs, transform = PLACEMENTS[name]
    with Raster(write_raster(noise(1, 300, 200), crs=crs, transform=transform)) as raster:
        box = raster.bounds(PixelWindow(50, 60, 40, 30), raster.crs)
        same = raster.window(box)
        by_name = raster.window(box, crs.split("+")[0])
        assert (same.column, same.row, same.width, same.height) == pytest.approx(
            (by_name.column, by_name.row, by_name.width, by_name.height), abs=1e-4
        )
        assert same.column <= 50 + 1e-6
        assert same.row <= 60 + 1e-6
        assert same.column + same.width >= 90 - 1e-6
        assert same.row + same.height >= 90 - 1e-6
        if transform[2] == 0.0:
            assert (same.column, same.row, same.width, same.height) == pytest.approx((50, 60, 40, 30), abs=1e-4)


def test_ground_size_of_degrees_and_mercator_is_corrected_for_latitude(write_raster, noise):
    for latitude in (0.0, 45.0, -60.0, 80.0):
        across, along = radii(latitude)
        size = 1e-4
        degrees = (20.0 - 50 * size, size, 0.0, latitude + 50 * size, 0.0, -size)
        with Raster(write_raster(noise(1, 100, 100), crs="EPSG:4326", transform=degrees)) as raster:
            assert raster.ground_x == pytest.approx(math.radians(size) * across, rel=1e-6)
            assert raster.ground_y == pytest.approx(math.radians(size) * along, rel=1e-6)
            assert raster.gsd == pytest.approx(math.sqrt(raster.ground_x * raster.ground_y))
        mercator = (1e6, 10.0, 0.0, mercator_y(latitude) + 500.0, 0.0, -10.0)
        with Raster(write_raster(noise(1, 100, 100), crs="EPSG:3857", transform=mercator)) as raster:
            assert raster.ground_x == pytest.approx(10.0 / A * across, rel=1e-6)
            assert raster.ground_y == pytest.approx(10.0 / A * along * math.cos(math.radians(latitude)), rel=1e-6)
            assert raster.gsd == pytest.approx(10.0 * math.cos(math.radians(latitude)), rel=0.005)


def test_ground_size_of_utm_is_its_pixel_over_the_scale(write_raster, noise):
    for transform in (PLACEMENTS["north-up UTM"][1], (500000.0, 6.0, 8.0, 5e6, 8.0, -6.0)):
        with Raster(write_raster(noise(1, 8, 8), transform=transform)) as raster:
            assert raster.ground_x == pytest.approx(10.0 / 0.9996, rel=1e-6)
            assert raster.ground_y == pytest.approx(10.0 / 0.9996, rel=1e-6)


def test_tiny_pixels_far_from_the_origin_keep_their_ground_size(write_raster, noise):
    path = write_raster(noise(1, 9, 9), transform=(500000.0, 0.005, 0.0, 9000000.0, 0.0, -0.005))
    with Raster(path) as raster:
        assert raster.gsd == pytest.approx(0.005 / 0.9996, rel=1e-4)


def test_ground_size_on_the_pole_is_finite(write_raster, noise):
    path = write_raster(noise(1, 100, 100), crs="EPSG:3031", transform=(-500.0, 10.0, 0.0, 500.0, 0.0, -10.0))
    with Raster(path) as raster:
        assert raster.gsd == pytest.approx(10.0 / 0.9727690, rel=1e-3)
        assert raster.bounds(PixelWindow(40, 40, 20, 20), "EPSG:4326")[:3:2] == (-180.0, 180.0)
        assert raster.bounds(PixelWindow(40, 40, 20, 20), "EPSG:4326")[1] == -90.0


@pytest.mark.parametrize(
    ("crs", "transform"),
    [
        ("EPSG:4326", (179.9, 0.001, 0.0, -17.0, 0.0, -0.001)),
        ("EPSG:4326", (-180.1, 0.001, 0.0, -17.0, 0.0, -0.001)),
        ("EPSG:3857", (math.pi * A - 10000.0, 100.0, 0.0, -2e6, 0.0, -100.0)),
        ("EPSG:32660", (800000.0, 200.0, 0.0, 2000000.0, 0.0, -200.0)),
    ],
)
def test_a_footprint_across_the_antimeridian_stays_contiguous(write_raster, noise, crs, transform):
    with Raster(write_raster(noise(1, 200, 300), crs=crs, transform=transform)) as raster:
        ring = ring_of(raster, PixelWindow(0, 0, 300, 200))
        longitudes = [longitude for longitude, _ in ring]
        assert max(longitudes) - min(longitudes) < 2.0
        assert -180.0 <= min(longitudes) < 180.0 < max(longitudes)
        west, _, east, _ = raster.bounds(PixelWindow(0, 0, 300, 200), "EPSG:4326")
        assert east - west < 2.0
        middle = (min(longitudes) + max(longitudes)) / 2.0
        latitude = ring[0][1] - 0.05
        for turn in (0.0, -360.0):
            box = (middle + turn - 0.01, latitude - 0.01, middle + turn + 0.01, latitude + 0.01)
            window = raster.window(box, "EPSG:4326")
            assert 0 <= window.column < 300
            assert 0 <= window.row < 200
            assert window.width < 60


def test_footprints_of_many_windows_are_those_of_each_alone(write_raster, noise):
    path = write_raster(noise(1, 18, 36), crs="EPSG:4326", transform=(-180.0, 10.0, 0.0, 90.0, 0.0, -10.0))
    with Raster(path) as raster:
        windows = [
            PixelWindow(0, 0, 30, 18),
            PixelWindow(34, 3, 4, 2),
            PixelWindow(5, 0, 1, 1),
            PixelWindow(5, 8, 1, 1),
        ]
        rows = np.array([(w.column, w.row, w.width, w.height) for w in windows], float)
        rings = raster.footprints(rows).tolist()
        assert [[tuple(corner) for corner in ring] for ring in rings] == [
            ring_of(raster, PixelWindow(*row)) for row in rows.tolist()
        ]
        assert rings[1] == [[160, 60], [200, 60], [200, 40], [160, 40]]
        assert raster.footprints(rows[:0]).shape == (0, 4, 2)


def test_a_worldwide_raster_has_whole_footprints(write_raster, noise):
    path = write_raster(noise(1, 18, 36), crs="EPSG:4326", transform=(-180.0, 10.0, 0.0, 90.0, 0.0, -10.0))
    with Raster(path) as raster:
        assert ring_of(raster, PixelWindow(0, 0, 30, 18)) == [(-180, 90), (120, 90), (120, -90), (-180, -90)]


def test_a_box_in_another_crs_is_held_edges_and_all(write_raster, noise):
    path = write_raster(noise(1, 4000, 4000), transform=(200000.0, 100.0, 0.0, 7000000.0, 0.0, -100.0))
    box = (7.0, 60.0, 11.0, 62.0)  # the parallel's arc reaches beyond the corners
    to_utm = gdal.Transformer(gdal.Open(str(path)), None, ["DST_SRS=EPSG:4326"])
    with Raster(path) as raster:
        window = raster.window(box, "EPSG:4326")
        for longitude in np.linspace(7.0, 11.0, 101):
            _, (column, row, _) = to_utm.TransformPoint(1, longitude, 60.0)
            assert window.column - 0.5 <= column <= window.column + window.width + 0.5
            assert window.row - 0.5 <= row <= window.row + window.height + 0.5


@pytest.mark.usefixtures("gdal_exceptions")
@pytest.mark.parametrize(
    ("box", "crs"),
    [
        ((0.0, 0.0, 0.0, 1.0), None),
        ((1.0, 0.0, 0.0, 1.0), None),
        ((float("nan"), 0.0, 1.0, 1.0), None),
        ((0.0, 0.0, float("inf"), 1.0), None),
        ((0.0, 0.0, 1.0, 1.0), ""),
        ((0.0, 0.0, 1.0, 1.0), "EPSG:999999"),
        ((0.0, 0.0, 1.0, 1.0), "PROJCRS[nonsense"),
        ((0.0, 0.0, 1.0, 1.0), "+proj=nonsense"),
        ((0.0, 0.0, 1.0, 1.0), "/etc/passwd"),
        ((0.0, 0.0, 1.0, 1.0), "https://example.org/crs"),
        ((0.0, 0.0, 1.0, 1.0), 'LOCAL_CS["site grid",UNIT["metre",1]]'),
        ((1e300, 0.0, 2e300, 1.0), "EPSG:3857"),
        ((1e20, 0.0, 2e20, 1.0), "EPSG:3857"),
        ((0.0, 95.0, 1.0, 99.0), "EPSG:4326"),
    ],
)
def test_a_box_that_means_nothing_is_refused(write_raster, noise, box, crs):
    with Raster(write_raster(noise(1, 9, 9))) as raster, pytest.raises(EngineError) as caught:
        raster.window(box, crs)
    assert caught.value.code is ErrorCode.BAD_REQUEST


@pytest.mark.usefixtures("gdal_exceptions")
def test_a_window_off_the_earth_is_refused(write_raster, noise):
    geostationary = "+proj=geos +h=35785831 +lon_0=0 +a=6378137 +b=6356752.31414 +sweep=y +units=m"
    path = write_raster(noise(1, 100, 100), crs=geostationary, transform=(-5.5e6, 1.1e5, 0.0, 5.5e6, 0.0, -1.1e5))
    with Raster(path) as raster:
        assert raster.gsd > 1e5
        with pytest.raises(EngineError) as caught:
            ring_of(raster, PixelWindow(0, 0, 10, 10))
        assert caught.value.code is ErrorCode.BAD_REQUEST


def test_a_crs_is_read_x_before_y_whatever_its_authority_says(write_raster, noise):
    with Raster(write_raster(noise(1, 100, 100))) as raster:
        west, south, east, north = raster.bounds(PixelWindow(0, 0, 100, 100), "EPSG:4326")
        assert (west, north) == pytest.approx((9.0, 45.15), abs=0.02)
        assert west < east
        assert south < north
        wkt = osr.SpatialReference()
        wkt.ImportFromEPSG(4326)
        for text in ("OGC:CRS84", "+proj=longlat +datum=WGS84", wkt.ExportToWkt(["FORMAT=WKT2_2019"])):
            assert raster.bounds(PixelWindow(0, 0, 100, 100), text) == pytest.approx((west, south, east, north))
