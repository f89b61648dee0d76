from __future__ import annotations

import numpy as np
import pytest
from osgeo import gdal

from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.reader import Pixels, Reader
from frors_qgis.engine.imagery.stretch import Stretch, estimate_stretch
from frors_qgis.protocol import EngineError, ErrorCode

PLAIN_RANGE = ((0.0,) * 3, (255.0,) * 3)
PLAIN = Stretch((1, 2, 3), *PLAIN_RANGE, palette=False)
GREY = Stretch((1, 1, 1), *PLAIN_RANGE, palette=False)
RGBA = [gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand, gdal.GCI_AlphaBand]


def read_all(path, stretch=None, step=1.0, column=0.0, row=0.0) -> Pixels:
    with Raster(path) as raster:
        reader = Reader(raster, stretch or estimate_stretch(raster))
        grid = raster.grid(raster.gsd * step, column, row)
        return reader.read(grid, 0, 0, int(raster.width / grid.step_x), int(raster.height / grid.step_y))


def smooth(bands, height, width):
    """A picture without detail finer than some 16 pixels."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [np.sin(x / (7.0 + band)) * np.cos(y / (9.0 + band)) for band in range(bands)]
    return (np.stack(planes) * 100 + 127).astype(np.uint8)


def means(array, step):
    """Means [h / step, w / step, 3] of whole blocks of an array [3, h, w], halves rounded up."""
    bands, height, width = array.shape
    blocks = array.reshape(bands, height // step, step, width // step, step).astype(float).mean(axis=(2, 4))
    return np.moveaxis(np.floor(blocks + 0.5), 0, -1)


def test_own_gsd_is_an_exact_copy(write_raster, noise):
    values = noise(3, 70, 300)
    pixels = read_all(write_raster(values))
    assert np.array_equal(pixels.rgb, np.moveaxis(values, 0, -1))
    assert pixels.valid.all()
    assert (pixels.rgb.dtype, pixels.valid.dtype) == (np.uint8, bool)


@pytest.mark.parametrize("options", [["TILED=YES", "INTERLEAVE=BAND"], ["TILED=YES"], ["INTERLEAVE=PIXEL"]])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "uint32", "int32", "float32", "float64"])
def test_every_type_and_layout_reads_the_same_picture(write_raster, noise, dtype, options):
    values = noise(4, 40, 50)
    path = write_raster(values.astype(dtype), options=["ALPHA=NO", "PHOTOMETRIC=MINISBLACK", *options])
    pixels = read_all(path, Stretch((3, 2, 4), *PLAIN_RANGE, palette=False))
    assert np.array_equal(pixels.rgb, np.moveaxis(values[[2, 1, 3]], 0, -1))


@pytest.mark.parametrize("size", [(1, 1), (7, 300), (300, 7), (2, 3)])
@pytest.mark.parametrize("step", [0.3, 1.0, 1.5, 2.0, 9.0])
def test_a_tiny_raster_reads_at_any_gsd_and_is_invalid_round_about(write_raster, size, step):
    values = np.full((1, *size), 90, np.uint8)
    with Raster(write_raster(values)) as raster:
        pixels = Reader(raster, GREY).read(raster.grid(raster.gsd * step), -3, -3, 40, 40)
    assert not pixels.valid[:3].any()
    assert not pixels.valid[:, :3].any()
    inside = [min(37, int(extent / step + 0.5 + 1e-6)) for extent in size]
    assert pixels.valid.sum() == inside[0] * inside[1]
    assert (pixels.rgb[pixels.valid] == 90).all()
    assert (pixels.rgb[~pixels.valid] == 0).all()


def test_a_read_far_outside_is_empty_and_one_of_no_pixels_is_refused(write_raster, noise):
    with Raster(write_raster(noise(1, 9, 9))) as raster:
        reader, grid = Reader(raster, GREY), raster.grid()
        for x, y in [(9, 0), (-9, 0), (0, -(10**15)), (10**15, 10**15)]:
            assert not reader.read(grid, x, y, 9, 9).valid.any()
        with pytest.raises(EngineError) as caught:
            reader.read(grid, 0, 0, 0, 9)
        assert caught.value.code is ErrorCode.BAD_REQUEST


@pytest.mark.parametrize("step", [2, 3, 5])
def test_whole_steps_are_means(write_raster, noise, step):
    values = noise(3, 60, 90)
    assert np.array_equal(read_all(write_raster(values), step=step).rgb, means(values, step))


def test_means_start_at_the_grids_origin(write_raster, noise):
    values = noise(3, 60, 90)
    pixels = read_all(write_raster(values), step=2, column=3.0, row=1.0)
    assert np.array_equal(pixels.rgb[:29, :43], means(values[:, 1:59, 3:89], 2))


@pytest.mark.parametrize("step", [0.37, 0.5, 0.8, 1.3, 1.5, 2.5, 3.7, 6.5])
def test_steps_between_keep_a_smooth_picture_in_place(write_raster, step):
    values = smooth(3, 200, 240)
    with Raster(write_raster(values)) as raster:
        grid = raster.grid(raster.gsd * step)
        pixels = Reader(raster, PLAIN).read(grid, 0, 0, int(240 / grid.step_x), int(200 / grid.step_y))
    rows = ((np.arange(pixels.rgb.shape[0]) + 0.5) * grid.step_y).astype(int)
    columns = ((np.arange(pixels.rgb.shape[1]) + 0.5) * grid.step_x).astype(int)
    expected = np.moveaxis(values[:, rows][:, :, columns], 0, -1).astype(float)
    assert np.abs(pixels.rgb - expected)[2:-2, 2:-2].max() < 16
    assert abs((pixels.rgb - expected)[2:-2, 2:-2].mean()) < 0.6


def test_fractional_steps_agree_with_gdals_own_resampling(write_raster, noise):
    path = write_raster(noise(3, 120, 120))
    mine = read_all(path, step=1.5).rgb.astype(float)[:79, :79]
    options = gdal.TranslateOptions(format="MEM", width=80, height=80, resampleAlg="cubic")
    theirs = np.moveaxis(gdal.Translate("", str(path), options=options).ReadAsArray(), 0, -1)
    assert np.abs(mine - theirs[:79, :79])[4:-4, 4:-4].mean() < 2.0


@pytest.mark.parametrize("overviews", [False, True])
@pytest.mark.parametrize("with_nodata", [False, True])
@pytest.mark.parametrize("step", [0.45, 1.0, 1.1, 1.75, 2.0, 3.0, 3.3, 4.0, 4.9, 7.3])
def test_a_window_is_a_slice_of_a_larger_read(write_raster, noise, step, with_nodata, overviews):
    values = noise(3, 203, 310)
    if with_nodata:
        values[:, 50:90, 40:77] = 0
        values[:, ::5, ::7] = 0
    path = write_raster(values, nodata=0 if with_nodata else None)
    if overviews:
        gdal.Open(str(path), gdal.GA_Update).BuildOverviews("AVERAGE", [2, 4])
    with Raster(path) as raster:
        reader = Reader(raster, PLAIN)
        grid = raster.grid(raster.gsd * step, column=1.25, row=-2.5)
        whole = reader.read(grid, -4, -4, 90, 70)
        for x, y, width, height in [(0, 0, 33, 21), (17, 5, 40, 40), (-4, 63, 90, 3), (31, 30, 1, 1)]:
            part = reader.read(grid, x, y, width, height)
            place = slice(y + 4, y + 4 + height), slice(x + 4, x + 4 + width)
            assert np.array_equal(part.valid, whole.valid[place])
            difference = np.abs(part.rgb.astype(int) - whole.rgb[place])
            assert difference.max() <= 1  # the last bit of a float sum may fall on either side of a rounding
            assert difference.mean() < 1e-3


def test_a_read_too_large_for_one_piece_is_the_same_picture(write_raster, noise, monkeypatch):
    path = write_raster(noise(3, 300, 310))
    whole = [read_all(path, step=step) for step in (1.0, 1.3, 2.0)]
    monkeypatch.setattr("frors_qgis.engine.imagery.reader._SOURCE_PIXELS", 5000)
    parts = [read_all(path, step=step) for step in (1.0, 1.3, 2.0)]
    for one, other in zip(whole, parts, strict=True):
        assert np.array_equal(one.valid, other.valid)
        assert np.abs(one.rgb.astype(int) - other.rgb).max() <= 1


def test_overviews_are_used_and_only_where_they_serve(write_raster):
    path = write_raster(np.full((3, 256, 256), 10, np.uint8))
    dataset = gdal.Open(str(path), gdal.GA_Update)
    dataset.BuildOverviews("NEAREST", [2, 4])
    for band in range(1, 4):
        for overview, value in enumerate((100, 200)):
            view = dataset.GetRasterBand(band).GetOverview(overview)
            view.WriteRaster(0, 0, view.XSize, view.YSize, bytes([value]) * (view.XSize * view.YSize))
    dataset = None
    seen = {step: int(np.median(read_all(path, PLAIN, step).rgb)) for step in (0.5, 1, 1.5, 2, 2.5, 3, 4, 6, 8, 9)}
    assert seen == {0.5: 10, 1: 10, 1.5: 10, 2: 100, 2.5: 10, 3: 10, 4: 200, 6: 100, 8: 200, 9: 200}
    # an origin between an overview's pixels needs the next finer one
    assert np.median(read_all(path, PLAIN, 4, column=2.0, row=2.0).rgb) == 100
    assert np.median(read_all(path, PLAIN, 2, column=1.0, row=1.0).rgb) == 10


@pytest.mark.parametrize("size", [(256, 256), (250, 333)])
@pytest.mark.parametrize("step", [2.0, 3.5, 4.0, 7.0, 8.0])
def test_overviews_give_what_full_resolution_gives(write_raster, size, step):
    rough = (smooth(3, *size) * 0.7 + np.random.default_rng(3).random((3, *size)) * 70).astype(np.uint8)
    plain, viewed = write_raster(rough, "plain.tif"), write_raster(rough, "viewed.tif")
    gdal.Open(str(viewed), gdal.GA_Update).BuildOverviews("AVERAGE", [2, 4])
    one, other = read_all(plain, PLAIN, step), read_all(viewed, PLAIN, step)
    assert np.array_equal(one.valid, other.valid)
    difference = np.abs(one.rgb.astype(int) - other.rgb)
    assert difference.mean() < 2.0


def test_a_palette_gives_its_colours(write_raster):
    indices = np.array([[0, 1, 2], [3, 4, 200]], np.uint8)
    palette = [(255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255), (9, 9, 9, 0), (1, 2, 3, 255)]
    pixels = read_all(write_raster(indices, palette=palette))
    assert pixels.rgb[0].tolist() == [[255, 0, 0], [0, 255, 0], [0, 0, 255]]
    assert pixels.rgb[1].tolist() == [[9, 9, 9], [1, 2, 3], [0, 0, 0]] or not pixels.valid[1, 0]


def test_a_palettes_nodata_and_transparent_colours_are_invalid(tmp_path):
    path = tmp_path / "palette.vrt"
    entries = "".join(f'<Entry c1="{c}" c2="{c}" c3="{c}" c4="{a}"/>' for c, a in [(50, 255), (60, 0), (70, 255)])
    indices = "".join(f"<ColorTable>{entries}</ColorTable><NoDataValue>2</NoDataValue>")
    raw = tmp_path / "raw.bin"
    raw.write_bytes(bytes([0, 1, 2]))
    path.write_text(
        '<VRTDataset rasterXSize="3" rasterYSize="1"><SRS>EPSG:32632</SRS>'
        "<GeoTransform>500000,1,0,5000000,0,-1</GeoTransform>"
        f'<VRTRasterBand dataType="Byte" band="1" subClass="VRTRawRasterBand">{indices}'
        '<SourceFilename relativeToVRT="1">raw.bin</SourceFilename></VRTRasterBand></VRTDataset>'
    )
    pixels = read_all(path)
    assert pixels.valid[0].tolist() == [True, False, False]
    assert pixels.rgb[0, :, 0].tolist() == [50, 0, 0]


def test_a_pixel_is_nodata_only_when_all_three_bands_are(write_raster):
    values = np.full((3, 2, 2), 50, np.uint8)
    values[:, 0, 0] = 7
    values[0, 0, 1] = 7
    pixels = read_all(write_raster(values, nodata=7), PLAIN)
    assert pixels.valid.tolist() == [[False, True], [True, True]]
    assert pixels.rgb[0].tolist() == [[0, 0, 0], [7, 50, 50]]


@pytest.mark.parametrize("nodata", [-9999.0, float("nan"), -3.4028234663852886e38, 0.0])
def test_float_nodata_of_any_kind_is_invalid(write_raster, nodata):
    values = np.full((1, 4, 4), 50, np.float32)
    values[0, 1, 1] = nodata
    values[0, 2, 2] = np.nan
    values[0, 3, 3] = np.inf
    pixels = read_all(write_raster(values, nodata=nodata), GREY)
    assert np.argwhere(~pixels.valid).tolist() == [[1, 1], [2, 2], [3, 3]]


def test_a_value_a_type_cannot_hold_is_no_nodata(write_raster, noise, tmp_path):
    path = tmp_path / "odd.vrt"
    gdal.Translate(str(path), str(write_raster(noise(1, 9, 9))), format="VRT")
    path.write_text(path.read_text().replace("<ColorInterp>", "<NoDataValue>-9999</NoDataValue><ColorInterp>"))
    assert read_all(path, GREY).valid.all()


def test_alpha_and_masks_say_what_is_valid(write_raster, noise):
    hole = np.ones((20, 30), bool)
    hole[3:9, 4:12] = False
    values = noise(3, 20, 30)
    alpha = read_all(write_raster(np.concatenate([values, hole[None] * np.uint8(255)]), "a.tif", colours=RGBA))
    masked = read_all(write_raster(values, "m.tif", mask=hole))
    both = read_all(write_raster(np.concatenate([values, hole[None] * np.uint8(255)]), "b.tif", colours=RGBA, nodata=0))
    for pixels in (alpha, masked, both):
        assert np.array_equal(pixels.valid, hole)
        assert (pixels.rgb[~hole] == 0).all()


@pytest.mark.parametrize("kind", ["mask file without overviews", "mask file with overviews", "alpha", "nodata"])
def test_what_is_valid_stays_so_on_overviews(write_raster, kind):
    hole = np.ones((64, 64), bool)
    hole[:, :32] = False
    values = np.full((3, 64, 64), 80, np.uint8) * hole
    if kind == "alpha":
        path = write_raster(np.concatenate([values, hole[None] * np.uint8(255)]), colours=RGBA)
    else:
        path = write_raster(values, nodata=0) if kind == "nodata" else write_raster(values, mask=hole)
    gdal.Open(str(path), gdal.GA_Update).BuildOverviews("AVERAGE", [2, 4])
    if kind == "mask file with overviews":
        gdal.Open(f"{path}.msk", gdal.GA_Update).BuildOverviews("NEAREST", [2, 4])
    pixels = read_all(path, PLAIN, 4)
    assert np.array_equal(pixels.valid, hole[::4, ::4])
    assert (pixels.rgb[pixels.valid] == 80).all()


@pytest.fixture
def decoded(monkeypatch):
    """Counts the reads of values, which masks and alpha bands are not among."""
    windows = []
    read = gdal.Dataset.ReadRaster

    def counted(dataset, *arguments, **options):
        windows.append(arguments)
        return read(dataset, *arguments, **options)

    monkeypatch.setattr(gdal.Dataset, "ReadRaster", counted)
    return windows


def test_what_a_sparse_file_never_wrote_is_invalid_and_not_decoded(tmp_path, write_raster, noise, decoded):
    path = write_raster(np.zeros((3, 512, 512), np.uint8), nodata=0, options=["TILED=YES", "SPARSE_OK=TRUE"])
    dataset = gdal.Open(str(path), gdal.GA_Update)
    values = np.maximum(1, noise(3, 256, 256))
    dataset.WriteArray(values, 256, 0)
    dataset = None
    with Raster(path) as raster:
        reader = Reader(raster, PLAIN)
        assert not reader.read(raster.grid(), 0, 0, 256, 512).valid.any()
        assert decoded == []
        pixels = reader.read(raster.grid(), 128, 0, 384, 256)
    assert len(decoded) == 1
    assert pixels.valid[:, 128:].all()
    assert not pixels.valid[:, :128].any()
    assert np.array_equal(pixels.rgb[:, 128:], np.moveaxis(values, 0, -1))


def test_unwritten_tiles_of_a_file_without_nodata_are_black_pixels_as_gdal_reads_them(write_raster):
    path = write_raster(np.zeros((3, 256, 256), np.uint8), options=["TILED=YES", "SPARSE_OK=TRUE"])
    assert read_all(path, PLAIN).valid.all()


@pytest.mark.parametrize("kind", ["mask", "alpha"])
def test_what_a_mask_hides_altogether_is_not_decoded(write_raster, noise, kind, decoded):
    values, shown = noise(4, 64, 64), np.zeros((64, 64), bool)
    shown[:, 40:] = True
    if kind == "alpha":
        values[3] = 255 * shown
        path = write_raster(values, colours=RGBA)
    else:
        path = write_raster(values[:3], mask=shown)
    with Raster(path) as raster:
        reader = Reader(raster, PLAIN)
        assert not reader.read(raster.grid(), 0, 0, 32, 64).valid.any()
        assert decoded == []
        assert reader.read(raster.grid(), 32, 0, 32, 64).valid.sum() == 24 * 64
    assert len(decoded) == 1


@pytest.mark.parametrize("step", [0.4, 1.4, 2.0, 2.7, 5.5])
def test_nodata_leaves_no_fringe(write_raster, step):
    values = np.full((3, 80, 80), 120, np.uint8)
    values[:, :40] = 0
    values[:, 60, 60] = 0
    pixels = read_all(write_raster(values, nodata=0), PLAIN, step)
    assert np.abs(pixels.rgb[pixels.valid].astype(int) - 120).max() <= 1
    assert pixels.valid.mean() == pytest.approx(0.5, abs=0.05)


def test_south_up_rasters_read_in_the_order_of_their_rows(write_raster, noise):
    values = noise(3, 20, 30)
    path = write_raster(values, transform=(500000.0, 10.0, 0.0, 5000000.0, 0.0, 10.0))
    assert np.array_equal(read_all(path).rgb, np.moveaxis(values, 0, -1))


def test_degree_pixels_become_square_on_the_ground(write_raster, noise):
    path = write_raster(noise(3, 100, 100), crs="EPSG:4326", transform=(20.0, 1e-4, 0.0, 60.0, 0.0, -1e-4))
    with Raster(path) as raster:
        grid = raster.grid()
        assert grid.step_x * raster.ground_x == pytest.approx(grid.step_y * raster.ground_y)
        assert grid.step_x / grid.step_y == pytest.approx(2.0, rel=0.01)
        assert Reader(raster, PLAIN).read(grid, 0, 0, 60, 60).valid.all()


@pytest.mark.usefixtures("gdal_exceptions")
def test_a_stretch_that_the_raster_cannot_follow_is_refused(write_raster, noise):
    with Raster(write_raster(noise(2, 9, 9))) as raster:
        for stretch in (PLAIN, Stretch((1, 1, 1), *PLAIN_RANGE, palette=True)):
            with pytest.raises(EngineError) as caught:
                Reader(raster, stretch)
            assert caught.value.code is ErrorCode.RASTER_UNREADABLE
