import numpy as np
import pytest

from frors_qgis.engine.call import Call
from frors_qgis.engine.feature_overlaps import overlapping, same_places
from frors_qgis.engine.feature_places import FeaturePlaces, Place
from frors_qgis.engine.georeferences import box_in
from frors_qgis.engine.imagery.stretch import estimate_stretch
from frors_qgis.engine.imagery.windows import PixelWindow
from frors_qgis.engine.labelled_features import LabelledFeature
from frors_qgis.protocol import EngineError, ErrorCode

WEST, NORTH = 500000.0, 5000000.0


def at(column, row, width=20, height=10):
    """A feature on pixels of a raster of 10 m that begins in the north-west."""
    x, y = WEST + 10 * column, NORTH - 10 * row
    return LabelledFeature(1, "roof", (x, y - 10 * height, x + 10 * width, y))


@pytest.fixture
def open_places(write_raster):
    """Two rasters of 100 x 100 pixels side by side; 10 m a pixel."""
    picture = np.random.default_rng(1).integers(1, 255, (3, 100, 100), dtype=np.uint8)
    paths = [
        str(write_raster(picture, f"{number}.tif", (WEST + 1000 * number, 10, 0, NORTH, 0, -10))) for number in range(2)
    ]
    opened = []

    def make(crs="EPSG:32632", point_size=None, paths=paths, stretch_of=estimate_stretch):
        opened.append(FeaturePlaces(paths, crs, point_size, stretch_of, Call()))
        return opened[-1]

    yield make
    for places in opened:
        places.__exit__(None, None, None)


def test_a_feature_lies_on_the_raster_that_it_touches(open_places):
    places = open_places()
    assert places.of(at(10, 20)) == [Place(0, PixelWindow(10, 20, 20, 10))]
    assert places.of(at(110, 20)) == [Place(1, PixelWindow(10, 20, 20, 10))]


def test_across_a_seam_the_raster_that_shows_most_of_it_comes_first(open_places):
    assert [place.number for place in open_places().of(at(95, 20))] == [1, 0]
    assert [place.number for place in open_places().of(at(85, 20))] == [0, 1]


def test_a_feature_in_another_crs_lies_in_the_same_place(open_places):
    box = box_in(at(10, 20).box, "EPSG:32632", "EPSG:4326")
    (place,) = open_places("EPSG:4326").of(LabelledFeature(1, "roof", box))
    assert place.window.column == pytest.approx(10, abs=0.5)
    assert place.window.row == pytest.approx(20, abs=0.5)


@pytest.mark.parametrize(("size", "side"), [(None, 64), (120.0, 12)])
def test_a_point_gets_a_box_round_it(open_places, size, side):
    point = LabelledFeature(1, "roof", (WEST + 500, NORTH - 400) * 2)
    (place,) = open_places(point_size=size).of(point)
    window = place.window
    assert (window.width, window.height) == (pytest.approx(side, rel=0.002), pytest.approx(side, rel=0.002))
    assert window.column + window.width / 2 == pytest.approx(50, abs=1e-3)
    assert window.row + window.height / 2 == pytest.approx(40, abs=1e-3)


@pytest.mark.parametrize(
    ("feature", "code"),
    [
        (at(300, 0), ErrorCode.BOX_OUTSIDE),
        (at(10, 10, 5, 5), ErrorCode.BOX_TOO_SMALL),
        (at(10, 10, 20, 0), ErrorCode.BOX_TOO_SMALL),
        (LabelledFeature(1, "far", (1e300, 1e300, 1e301, 1e301)), ErrorCode.BAD_REQUEST),
    ],
)
def test_a_feature_that_cannot_be_read_is_refused_by_code(open_places, feature, code):
    with pytest.raises(EngineError) as caught:
        open_places().of(feature)
    assert caught.value.code is code


def test_a_crs_that_is_none_is_refused(open_places):
    with pytest.raises(EngineError, match="CRS") as caught:
        open_places("EPSG:junk").of(at(10, 10))
    assert caught.value.code is ErrorCode.BAD_REQUEST


@pytest.mark.parametrize("size", [0, -5])
def test_a_size_of_points_that_is_none_is_refused(open_places, size):
    with pytest.raises(EngineError, match="above 0"):
        open_places(point_size=size)


def test_a_raster_that_cannot_be_opened_is_named(open_places, tmp_path):
    with pytest.raises(EngineError, match=r"nowhere\.tif") as caught:
        open_places(paths=[str(tmp_path / "nowhere.tif")])
    assert caught.value.code is ErrorCode.RASTER_MISSING


def test_a_feature_is_read_from_the_first_place_that_can_be_and_a_stretch_is_asked_for_once(open_places):
    asked, tried = [], []

    def stretch_of(raster):
        asked.append(raster.path)
        return estimate_stretch(raster)

    def read(raster, stretch, window):
        tried.append(raster.path)
        if raster.path.endswith("1.tif"):
            raise EngineError(ErrorCode.BOX_EMPTY, "Nothing there.")
        return window.column

    places = open_places(stretch_of=stretch_of)
    for _ in range(2):
        place, column = places.read(at(95, 20), read)
        assert (place.number, column) == (0, 95)
    assert len(asked) == 2
    assert len(tried) == 4
    with pytest.raises(EngineError, match="Nothing there"):
        places.read(at(150, 20), read)


def test_what_concerns_more_than_one_feature_is_not_swallowed(open_places):
    def cancelled(raster, stretch, window):
        raise EngineError(ErrorCode.CANCELLED, "Cancelled.")

    with pytest.raises(EngineError) as caught:
        open_places().read(at(95, 20), cancelled)
    assert caught.value.code is ErrorCode.CANCELLED


def test_features_on_the_same_ground_are_known_and_those_of_another_raster_are_elsewhere():
    windows = [(0, 0, 10, 10), (0, 0, 10, 10), (8, 0, 10, 10), (5, 0, 10, 10), (40, 40, 10, 10)]
    places = [Place(0, PixelWindow(*window)) for window in windows] + [Place(1, PixelWindow(0, 0, 10, 10))]
    files = same_places(places).tolist()
    assert files[0] == files[1]
    assert len(set(files)) == 5
    assert overlapping(places).tolist() == [True, True, True, True, False, False]
    assert overlapping([places[2]], [places[0]]).tolist() == [False]
    assert overlapping([places[3]], [places[0]]).tolist() == [True]
