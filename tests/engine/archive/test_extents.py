"""Which chips lie in an extent, with the antimeridian and the float32 boxes of the R-tree."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from osgeo import ogr

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.records import NewChips, RasterRecord
from frors_qgis.protocol import EngineError, ErrorCode

MakeChips = Callable[..., NewChips]


@pytest.fixture
def place(
    archive: Archive, make_chips: MakeChips, make_record: Callable[..., RasterRecord]
) -> Callable[[list[list[tuple[float, float]]]], None]:
    """Writes chips with the given footprints; their ids are 1, 2, ..."""

    def write(footprints: list[list[tuple[float, float]]]) -> None:
        chips = make_chips(len(footprints), dimension=16)
        chips.footprints = np.array(footprints, np.float64)
        archive.write_block(archive.add_raster(make_record()), 0, chips)

    return write


def _box(west: float, south: float, east: float, north: float) -> list[tuple[float, float]]:
    return [(west, north), (east, north), (east, south), (west, south)]


def test_random_turned_footprints_agree_with_geos(
    archive: Archive, place: Callable[[list[list[tuple[float, float]]]], None]
) -> None:
    generator = np.random.default_rng(5)
    centres = generator.uniform((-20, -20), (20, 20), (300, 2))
    angles = generator.uniform(0, np.pi / 2, 300)
    sizes = generator.uniform(0.1, 4, 300)
    corners = np.array([[-1, 1], [1, 1], [1, -1], [-1, -1]])
    turn = np.array([[np.cos(angles), -np.sin(angles)], [np.sin(angles), np.cos(angles)]]).transpose(2, 0, 1)
    footprints = centres[:, None] + sizes[:, None, None] * np.einsum("nij,cj->nci", turn, corners)
    place(footprints.tolist())
    shapes = []
    for footprint in footprints:
        ring = ogr.Geometry(ogr.wkbLinearRing)
        for x, y in [*footprint, footprint[0]]:
            ring.AddPoint_2D(x, y)
        shape = ogr.Geometry(ogr.wkbPolygon)
        shape.AddGeometry(ring)
        shapes.append(shape)
    for _ in range(40):
        west, south = generator.uniform(-22, 20, 2)
        width, height = generator.uniform(0.01, 8, 2)
        extent = (west, south, west + width, south + height)
        wkt = "POLYGON(({0} {1},{2} {1},{2} {3},{0} {3},{0} {1}))".format(*map(repr, map(float, extent)))
        query = ogr.CreateGeometryFromWkt(wkt)
        expected = [index + 1 for index, shape in enumerate(shapes) if shape.Intersects(query)]
        assert archive.chips_within(extent).tolist() == expected


def test_chips_half_a_metre_beside_the_extent_are_left_out(
    archive: Archive, place: Callable[[list[list[tuple[float, float]]]], None]
) -> None:
    metre = 1e-5
    place([_box(122.0, 30, 122.001, 30.001), _box(122.001 + 0.3 * metre, 30, 122.002, 30.001)])
    assert archive.chips_within((121.9, 29, 122.001 + 0.2 * metre, 31)).tolist() == [1]
    assert archive.chips_within((122.001 + 0.1 * metre, 29, 123, 31)).tolist() == [2]


@pytest.mark.parametrize(
    ("extent", "expected"),
    [
        ((179, -1, -179, 1), [1, 2, 3, 4]),
        ((179, -1, 181, 1), [1, 2, 3, 4]),
        ((-181, -1, -179, 1), [1, 2, 3, 4]),
        ((539, -1, 541, 1), [1, 2, 3, 4]),
        ((179, -1, 180, 1), [1, 2, 3]),
        ((-180, -1, -179, 1), [2, 3, 4]),
        ((-180, -1, -179.95, 1), [2, 3]),
        ((-180, -90, 180, 90), [1, 2, 3, 4, 5]),
        ((-1000, -90, 1000, 90), [1, 2, 3, 4, 5]),
        ((0, -1, 10, 1), [5]),
        ((10, -1, 0, 1), [1, 2, 3, 4, 5]),
        ((-170, -1, 170, 1), [5]),
    ],
)
def test_extents_and_footprints_reach_over_the_antimeridian(
    archive: Archive,
    place: Callable[[list[list[tuple[float, float]]]], None],
    extent: tuple[float, float, float, float],
    expected: list[int],
) -> None:
    place(
        [
            _box(179.8, -0.1, 179.9, 0.1),
            _box(179.9, -0.1, 180.1, 0.1),
            _box(-180.1, -0.1, -179.97, 0.1),
            _box(-179.9, -0.1, -179.8, 0.1),
            _box(0, -0.1, 0.1, 0.1),
        ]
    )
    assert archive.chips_within(extent).tolist() == expected


@pytest.mark.parametrize("extent", [(0, 1, 1, 0), (np.nan, 0, 1, 1), (0, -np.inf, 1, 1)])
def test_what_is_no_extent_is_refused(archive: Archive, extent: tuple[float, float, float, float]) -> None:
    with pytest.raises(EngineError) as caught:
        archive.chips_within(extent)
    assert caught.value.code == ErrorCode.BAD_REQUEST
