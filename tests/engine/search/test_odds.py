"""Odds of conditions on fields that are unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from frors_qgis.engine.acquisition.acquisition import Acquisition, checked
from frors_qgis.engine.acquisition.catalogue import CATALOGUE
from frors_qgis.engine.acquisition.query_line import Known, parse_query_line
from frors_qgis.engine.search.odds import Odds

SENTINEL = Acquisition("sentinel-2a", "msi", "L2A", 10.0, None, None, "2020-07-01", (5.4, 43.3))


def odds(line, acquisition, archive=()):
    [clause] = parse_query_line(line, Known.of(archive)).clauses
    return Odds(archive).of(clause, acquisition)


def test_every_product_of_the_catalogue_is_spelled_as_acquisitions_are():
    for product in CATALOGUE:
        assert checked("platform", product.platform) == product.platform
        assert product.sensor is None or checked("sensor", product.sensor) == product.sensor
        assert [checked("level", level) for level in product.levels] == list(product.levels)
        assert product.gsds
        assert product.last is None or product.first <= product.last


@pytest.mark.parametrize(
    ("line", "likely", "unlikely"),
    [
        ("sentinel-2", Acquisition(gsd=10), Acquisition(gsd=0.3)),
        ("sentinel-2", Acquisition(gsd=10, sensor="msi"), Acquisition(gsd=10, sensor="csar")),
        ("landsat", Acquisition(gsd=30), Acquisition(gsd=3)),
        ("landsat", Acquisition(gsd=30, acquired="1990"), Acquisition(gsd=10, acquired="1990")),
        ("planetscope", Acquisition(gsd=3.1), Acquisition(gsd=10)),
        ("msi", Acquisition(gsd=10, platform="sentinel-2b"), Acquisition(gsd=10, platform="sentinel-1a")),
        ("L2A", Acquisition(gsd=10, platform="sentinel-2b"), Acquisition(gsd=0.5, platform="worldview-2")),
        ("since 2022", Acquisition(gsd=30, platform="landsat-9"), Acquisition(gsd=30, platform="landsat-5")),
        ("resolution < 5 m", Acquisition(platform="worldview-3"), Acquisition(platform="landsat-8")),
        ("not landsat", Acquisition(gsd=10), Acquisition(gsd=30)),
        ("june or sentinel-2", Acquisition(gsd=10, sensor="msi"), Acquisition(gsd=30)),
    ],
)
def test_one_field_is_told_by_the_others(line, likely, unlikely):
    assert odds(line, likely) > 2 * odds(line, unlikely)


def test_a_platform_that_the_archive_holds_is_likelier_than_one_that_it_does_not():
    unnamed = Acquisition(gsd=0.3)
    before = odds("airborne", unnamed)
    assert odds("airborne", unnamed, [Acquisition("airborne", gsd=0.3)] * 20) > 0.7 > before
    assert odds("my-drone", unnamed, [Acquisition("my-drone", gsd=0.31)] * 20 + [unnamed] * 5) > 0.7


def test_what_the_rasters_of_a_platform_do_not_say_the_catalogue_does():
    plain = [Acquisition("sentinel-2a", gsd=10.0), Acquisition("landsat-8", gsd=30.0)] * 50
    assert odds("msi", plain[0], plain) > 0.95
    assert odds("oli", plain[0], plain) < 0.05


def test_seasons_and_clouds_are_as_likely_as_the_archive_has_them():
    unnamed = replace(SENTINEL, acquired=None, cloud=None)
    assert odds("summer", unnamed) == pytest.approx(0.25)
    assert odds("june or july or august", unnamed) == pytest.approx(0.25)
    assert odds("summer", unnamed, [SENTINEL] * 20) > 0.9
    assert odds("winter", unnamed, [SENTINEL] * 20) < 0.1
    assert odds("not winter", unnamed, [SENTINEL] * 20) > 0.9
    clear = [replace(SENTINEL, cloud=cloud) for cloud in (1.0, 2.0, 3.0, 60.0)]
    assert odds("cloud < 20", unnamed, clear) == pytest.approx(4 / 6)
    assert odds("cloud < 20", unnamed) == pytest.approx(0.5)


def test_a_date_that_is_known_in_part_counts_by_its_share_of_the_period():
    year = Acquisition("sentinel-2a", gsd=10, acquired="2020", place=(5.4, 43.3))
    assert odds("2020-02..2020-03", year) == pytest.approx(60 / 366)
    assert odds("since 2020-07-01", year) == pytest.approx(184 / 366)
    assert odds("2020-06-01..2020-06-10", replace(year, acquired="2020-06")) == pytest.approx(1 / 3)
    assert odds("2020-06-01..2020-06-10", replace(year, acquired="2020-06-09")) == pytest.approx(1)


def test_the_unit_of_a_platform_is_one_of_those_that_flew_then():
    def unit(year):
        return odds("sentinel-2c", Acquisition("sentinel-2", "msi", gsd=10.0, acquired=year))

    assert unit("2019") < 0.02
    assert unit("2025") == pytest.approx(1 / 3, abs=0.02)


def test_nothing_that_can_be_known_of_a_raster_is_without_odds():
    strange = Acquisition("voyager", "vidicon", "XYZ", 1e6, 0.0, 0.0, "1801", (0.0, 0.0))
    for line in ("sentinel-2", "msi", "L2A", "summer", "may", "since 1999", "resolution < 1", "off-nadir < 5"):
        for one in (strange, Acquisition(), replace(strange, platform=None), Acquisition(gsd=1e-4)):
            assert 0 <= odds(line, one, [strange, Acquisition()]) <= 1
