from __future__ import annotations

import os
import threading

import numpy as np
import pytest
from osgeo import gdal

from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.reader import Reader
from frors_qgis.engine.imagery.stretch import Stretch
from frors_qgis.protocol import EngineError, ErrorCode

PLAIN = Stretch((1, 1, 1), (0.0, 0.0, 0.0), (255.0, 255.0, 255.0), palette=False)


def refusal(path) -> ErrorCode:
    with pytest.raises(EngineError) as caught:
        Raster(path)
    assert len(caught.value.message) > 20
    return caught.value.code


@pytest.mark.usefixtures("gdal_exceptions")
class TestRefusals:
    def test_a_missing_file_is_missing(self, tmp_path):
        for path in ["", "x" * 5000, "a\0b", "/vsimem/none.tif", "<VRTDataset/>", "https://example.org/raster.tif"]:
            assert refusal(tmp_path / path if path.startswith("x") else path) is ErrorCode.RASTER_MISSING

    def test_a_file_name_that_is_not_text_is_no_crash(self):
        with pytest.raises(EngineError) as caught:
            Raster("/tmp/\udcff.tif")
        assert caught.value.code is ErrorCode.RASTER_UNREADABLE
        assert caught.value.message.encode()

    def test_a_text_named_tif_is_unreadable(self, tmp_path):
        path = tmp_path / "letter.tif"
        path.write_text("Dear analyst, I am no image.")
        assert refusal(path) is ErrorCode.RASTER_UNREADABLE

    def test_an_empty_file_and_a_folder_are_unreadable(self, tmp_path):
        (tmp_path / "empty.tif").touch()
        assert refusal(tmp_path / "empty.tif") is ErrorCode.RASTER_UNREADABLE
        assert refusal(tmp_path) is ErrorCode.RASTER_UNREADABLE
        with pytest.raises(EngineError, match="is a folder"):
            Raster(tmp_path)

    def test_a_file_cut_in_its_header_is_unreadable(self, write_raster, noise):
        path = write_raster(noise(3, 50, 50))
        path.write_bytes(path.read_bytes()[:6])
        assert refusal(path) is ErrorCode.RASTER_UNREADABLE

    def test_a_file_cut_in_its_pixels_says_so_when_read(self, write_raster, noise):
        path = write_raster(noise(1, 512, 512), options=["COMPRESS=DEFLATE", "COPY_SRC_OVERVIEWS=NO"])
        path.write_bytes(path.read_bytes()[:100_000])
        with Raster(path) as raster, pytest.raises(EngineError) as caught:
            Reader(raster, PLAIN).read(raster.grid(), 0, 0, 512, 512)
        assert caught.value.code is ErrorCode.RASTER_UNREADABLE
        assert str(path) in caught.value.message

    def test_no_crs_or_no_transform_is_refused(self, write_raster, noise):
        assert refusal(write_raster(noise(1, 5, 5), crs=None)) is ErrorCode.RASTER_WITHOUT_CRS
        assert refusal(write_raster(noise(1, 5, 5), transform=None)) is ErrorCode.RASTER_WITHOUT_CRS

    def test_a_local_crs_is_refused(self, write_raster, noise):
        local = 'LOCAL_CS["site grid",UNIT["metre",1]]'
        assert refusal(write_raster(noise(1, 5, 5), crs=local)) is ErrorCode.RASTER_WITHOUT_CRS

    @pytest.mark.parametrize(
        "transform",
        [
            (500000.0, 0.0, 0.0, 5e6, 0.0, -10.0),
            (500000.0, 10.0, 20.0, 5e6, 5.0, 10.0),
            (float("nan"), 10.0, 0.0, 5e6, 0.0, -10.0),
            (500000.0, float("inf"), 0.0, 5e6, 0.0, -10.0),
            (1e300, 10.0, 0.0, 5e6, 0.0, -10.0),
            (500000.0, 1e-300, 0.0, 5e6, 0.0, -1e-300),
        ],
    )
    def test_an_absurd_transform_is_refused(self, tmp_path, transform):
        values = ",".join(map(repr, transform))
        path = tmp_path / "absurd.vrt"
        path.write_text(
            f'<VRTDataset rasterXSize="9" rasterYSize="9"><SRS>EPSG:32632</SRS><GeoTransform>{values}</GeoTransform>'
            '<VRTRasterBand dataType="Byte" band="1"/></VRTDataset>'
        )
        assert refusal(path) is ErrorCode.RASTER_WITHOUT_CRS

    def test_a_place_that_projections_never_finish_with_is_refused(self, write_raster, noise):
        path = write_raster(noise(1, 9, 9), crs="EPSG:3857", transform=(-2.7e51, 10.0, 0.0, 0.0, 0.0, -10.0))
        assert refusal(path) is ErrorCode.RASTER_WITHOUT_CRS

    def test_degrees_beyond_the_pole_are_refused(self, write_raster, noise):
        path = write_raster(noise(1, 9, 9), crs="EPSG:4326", transform=(0.0, 1.0, 0.0, 2000.0, 0.0, -1.0))
        assert refusal(path) is ErrorCode.RASTER_WITHOUT_CRS

    def test_complex_numbers_are_refused(self, write_raster):
        assert refusal(write_raster(np.ones((1, 5, 5), np.complex64))) is ErrorCode.RASTER_UNREADABLE

    def test_a_raster_without_bands_is_refused(self, tmp_path):
        path = tmp_path / "none.vrt"
        path.write_text('<VRTDataset rasterXSize="9" rasterYSize="9"><SRS>EPSG:32632</SRS></VRTDataset>')
        assert refusal(path) is ErrorCode.RASTER_UNREADABLE

    def test_a_closed_raster_does_not_read(self, write_raster, noise):
        raster = Raster(write_raster(noise(1, 5, 5)))
        reader = Reader(raster, PLAIN)
        raster.close()
        raster.close()
        with pytest.raises(EngineError) as caught:
            reader.read(raster.grid(), 0, 0, 5, 5)
        assert caught.value.code is ErrorCode.RASTER_UNREADABLE


def test_opening_leaves_gdals_error_handling_as_it_was(write_raster, noise):
    before = gdal.GetUseExceptions()
    Raster(write_raster(noise(1, 5, 5))).close()
    assert gdal.GetUseExceptions() == before


def test_a_raster_says_what_it_is(write_raster, noise):
    path = write_raster(noise(4, 30, 20), nodata=7)
    with Raster(path) as raster:
        assert (raster.path, raster.width, raster.height, raster.bands) == (str(path), 20, 30, 4)
        assert raster.nodata == "7"
        assert raster.transform == (500000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0)
        assert raster.crs.startswith("PROJCRS[")
        assert "32632" in raster.crs


def test_thousands_of_bands_open_quickly(tmp_path):
    path = tmp_path / "bands.vrt"
    bands = "".join(f'<VRTRasterBand dataType="Byte" band="{number}"/>' for number in range(1, 20001))
    path.write_text(
        '<VRTDataset rasterXSize="9" rasterYSize="9"><SRS>EPSG:32632</SRS>'
        f"<GeoTransform>500000,10,0,5000000,0,-10</GeoTransform>{bands}</VRTDataset>"
    )
    with Raster(path) as raster:
        assert raster.bands == 20000


@pytest.mark.parametrize(("bands", "sentence"), [(10**6, "bands"), (60_000, "too small")])
def test_a_small_file_that_declares_a_million_bands_is_refused_with_a_reason(tmp_path, bands, sentence):
    (tmp_path / "a").write_bytes(bytes(1000))
    (tmp_path / "a.hdr").write_text(
        f"ENVI\nsamples = 64\nlines = 64\nbands = {bands}\ndata type = 1\ninterleave = bsq\nbyte order = 0\n"
        "map info = {UTM, 1, 1, 500000, 5000000, 10, 10, 32, North, WGS-84, units=Meters}\n"
    )
    with pytest.raises(EngineError, match=sentence) as caught:
        Raster(tmp_path / "a")
    assert caught.value.code is ErrorCode.RASTER_UNREADABLE


def test_a_file_beside_a_raster_that_gdal_cannot_read_does_not_take_the_raster_away(write_raster, noise, monkeypatch):
    def refuse(*_):
        raise RuntimeError("Maximum number of characters allowed reached.")

    path = write_raster(noise(1, 5, 5))
    monkeypatch.setattr(gdal.Dataset, "GetFileList", refuse)
    with Raster(path) as raster:
        before = raster.identity
    os.utime(path, ns=(1, 1))
    with Raster(path) as raster:
        assert raster.identity != before


def test_ground_control_points_that_fit_become_a_transform(tmp_path, write_raster, noise):
    plain = write_raster(noise(1, 40, 60))
    points = [
        gdal.GCP(500000 + 3 * column + 0.5 * row, 5000000 + 0.5 * column - 3 * row, 0, column, row)
        for column, row in [(0, 0), (60, 0), (60, 40), (0, 40)]
    ]
    path = tmp_path / "gcps.tif"
    gdal.Translate(str(path), str(plain), options=gdal.TranslateOptions(GCPs=points, outputSRS="EPSG:32632"))
    with Raster(path) as raster:
        assert raster.transform == pytest.approx((500000, 3, 0.5, 5000000, 0.5, -3))


@pytest.mark.parametrize("spoil", ["bent", "few", "in a line"])
def test_ground_control_points_that_do_not_fit_are_refused(tmp_path, write_raster, noise, spoil):
    places = {
        "bent": [(0, 0, 0), (60, 0, 0), (60, 40, 9), (0, 40, 0)],
        "few": [(0, 0, 0), (60, 0, 0)],
        "in a line": [(0, 0, 0), (20, 20, 0), (40, 40, 0), (10, 10, 0)],
    }[spoil]
    points = [gdal.GCP(500000 + 3 * (x + off), 5000000 - 3 * y, 0, x, y) for x, y, off in places]
    path = tmp_path / "gcps.tif"
    options = gdal.TranslateOptions(GCPs=points, outputSRS="EPSG:32632")
    gdal.Translate(str(path), str(write_raster(noise(1, 40, 60))), options=options)
    assert refusal(path) is ErrorCode.RASTER_WITHOUT_CRS


def test_identity_notices_change_and_ignores_sidecars(write_raster, noise):
    path = write_raster(noise(1, 9, 9))
    identity = Raster(path).identity
    assert Raster(path).identity == identity
    path.with_name("raster.tif.aux.xml").write_text("<PAMDataset/>")
    assert Raster(path).identity == identity
    os.utime(path, ns=(1, 1))
    assert Raster(path).identity != identity


def test_identity_of_a_virtual_mosaic_follows_its_sources(tmp_path, write_raster, noise):
    source = write_raster(noise(1, 9, 9))
    mosaic = tmp_path / "mosaic.vrt"
    gdal.BuildVRT(str(mosaic), [str(source)]).FlushCache()
    identity = Raster(mosaic).identity
    os.utime(source, ns=(1, 1))
    assert Raster(mosaic).identity != identity


def test_identity_of_a_file_in_memory_is_there(write_raster, noise):
    gdal.FileFromMemBuffer("/vsimem/identity.tif", write_raster(noise(1, 9, 9)).read_bytes())
    with Raster("/vsimem/identity.tif") as raster:
        assert raster.identity
    gdal.Unlink("/vsimem/identity.tif")


def test_own_gsd_is_whole_pixels_and_steps_near_whole_are_made_whole(write_raster, noise):
    mercator = (0.0, 10.0, 0.0, 5621521.0, 0.0, -10.0)  # 45 degrees north
    with Raster(write_raster(noise(1, 20, 20), crs="EPSG:3857", transform=mercator)) as raster:
        grid = raster.grid(column=3.4, row=2.0)
        assert (grid.step_x, grid.step_y, grid.column, grid.row) == (1.0, 1.0, 3.0, 2.0)
        assert grid.gsd == pytest.approx(raster.gsd)
        doubled = raster.grid(raster.gsd * 2.01)
        assert (doubled.step_x, doubled.step_y) == (2.0, 2.0)
        assert doubled.gsd == pytest.approx(raster.gsd * 2.0)
        between = raster.grid(raster.gsd * 1.5, column=3.4)
        assert between.gsd == pytest.approx(raster.gsd * 1.5)
        assert between.column == 3.4
        finer = raster.grid(raster.gsd / 2)
        assert finer.step_x == pytest.approx(0.5, abs=0.005)


@pytest.mark.parametrize("gsd", [0.0, -1.0, float("nan"), float("inf"), 1e-9, 1e12])
def test_an_absurd_gsd_is_refused(write_raster, noise, gsd):
    with Raster(write_raster(noise(1, 9, 9))) as raster, pytest.raises(EngineError) as caught:
        raster.grid(gsd)
    assert caught.value.code is ErrorCode.BAD_REQUEST


def test_many_threads_with_a_raster_each_read_the_same(write_raster, noise):
    path = write_raster(noise(1, 200, 200))
    results = []

    def work():
        with Raster(path) as raster:
            grid = raster.grid(raster.gsd * 1.3)
            rgb = Reader(raster, PLAIN).read(grid, 0, 0, 90, 90).rgb
            results.append((rgb, raster.footprints(grid.windows(np.array([(0, 0, 9, 9)])))))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6
    assert all(np.array_equal(rgb, results[0][0]) for rgb, _ in results)
    assert all(np.array_equal(rings, results[0][1]) for _, rings in results)


def test_gdal_keeps_little_of_what_was_read():
    assert gdal.GetCacheMax() <= 256 << 20
