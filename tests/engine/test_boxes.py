import numpy as np
import pytest

from frors_qgis.engine.archive.records import Level
from frors_qgis.engine.boxes import box_window, embed_box, picture
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.stretch import estimate_stretch
from frors_qgis.engine.imagery.windows import PixelWindow
from frors_qgis.protocol import EngineError, ErrorCode

TOWN_GRID = """PROJCS["Town grid", GEOGCS["WGS 84", DATUM["WGS_1984", SPHEROID["WGS 84", 6378137, 298.257223563]],
    PRIMEM["Greenwich", 0], UNIT["degree", 0.0174532925199433]], PROJECTION["Transverse_Mercator"],
    PARAMETER["central_meridian", 9], PARAMETER["scale_factor", 1], UNIT["metre", 1]]"""


@pytest.fixture
def raster(write_raster):
    """600 x 500 pixels of 10 m in UTM."""
    picture = np.random.default_rng(4).integers(0, 255, (3, 500, 600), dtype=np.uint8)
    with Raster(write_raster(picture)) as opened:
        yield opened


@pytest.fixture
def embed(raster, colour_encoder):
    def run(window, *levels):
        return embed_box(raster, estimate_stretch(raster), window, levels, colour_encoder)

    return run


def test_a_box_fills_the_window_of_the_level_nearest_in_size(embed, raster):
    small, large = Level(raster.gsd, 4, 1), Level(raster.gsd, 8, 1)
    for side, cells in ((128, 4), (150, 4), (200, 8), (256, 8), (400, 8)):
        found = embed(PixelWindow(10, 10, side, side), small, large)
        assert found.cells == (cells, cells)
        assert found.gsd == pytest.approx(raster.gsd * side / (32 * cells), rel=0.011)
        assert found.chip_size == found.ground_size or found.note


def test_the_shorter_side_of_a_box_keeps_its_share(embed, raster):
    assert embed(PixelWindow(10, 10, 256, 128), Level(raster.gsd, 8, 1)).cells == (8, 4)
    assert embed(PixelWindow(10, 10, 256, 4), Level(raster.gsd, 8, 1)).cells == (8, 1)


def test_a_small_box_on_a_coarse_raster_is_not_compared_with_aerial_chips_of_its_size(embed, raster):
    aerial, own = Level(0.3, 8, 1), Level(raster.gsd, 4, 1)
    found = embed(PixelWindow(100, 100, 8, 8), aerial, own)
    assert found.ground_size == pytest.approx(80, rel=0.01)
    assert found.chip_size == own.ground_size
    assert "finer GSD" in found.note


def test_a_box_at_the_raster_s_edge_is_embedded_without_what_lies_outside(embed, raster):
    edge = embed(PixelWindow(-64, 0, 128, 128), Level(raster.gsd, 4, 1))
    inside = embed(PixelWindow(0, 0, 64, 128), Level(raster.gsd, 4, 1))
    assert edge.vector @ inside.vector > 0.999


@pytest.mark.parametrize(
    ("window", "code"),
    [
        ((0, 0, 5, 5), ErrorCode.BOX_TOO_SMALL),
        ((0, 0, 100, 0.5), ErrorCode.BOX_TOO_SMALL),
        ((700, 0, 50, 50), ErrorCode.BOX_OUTSIDE),
        ((0, -60, 50, 50), ErrorCode.BOX_OUTSIDE),
    ],
)
def test_a_box_that_cannot_be_read_is_refused_by_code(raster, window, code):
    with pytest.raises(EngineError) as caught:
        box_window(raster, raster.bounds(PixelWindow(*window), raster.crs), None)
    assert caught.value.code is code


@pytest.mark.parametrize(
    ("crs", "title"),
    [
        (None, "EPSG:32632"),
        ("EPSG:3857", "EPSG:3857"),
        (TOWN_GRID, "Town grid"),
    ],
)
def test_a_box_outside_says_how_its_coordinates_were_read(raster, crs, title):
    with pytest.raises(EngineError, match=f"read as {title}; draw"):
        box_window(raster, (10.0, 10.0, 20.0, 20.0), crs)


def test_a_box_beyond_a_block_of_the_largest_chips_is_too_large(embed):
    with pytest.raises(EngineError) as caught:
        embed(PixelWindow(0, 0, 600, 500), Level(1.0, 8, 1))
    assert caught.value.code is ErrorCode.BOX_TOO_LARGE


def test_a_picture_is_never_finer_than_the_raster(raster):
    stretch = estimate_stretch(raster)
    assert picture(raster, stretch, PixelWindow(0, 0, 64, 32), 256).rgb.shape == (32, 64, 3)
    assert picture(raster, stretch, PixelWindow(0, 0, 512, 256), 128).rgb.shape == (64, 128, 3)
