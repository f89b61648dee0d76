from __future__ import annotations

import json

import pytest

from frors_qgis.engine.imagery.metadata.tags import RasterMetadata
from frors_qgis.engine.imagery.raster import Raster


def metadata(path) -> RasterMetadata:
    with Raster(path) as raster:
        return raster.metadata


def test_tags_say_platform_sensor_and_date(write_raster, noise):
    tags = {
        "TIFFTAG_DATETIME": "2023:08:17 10:11:12",
        "PLATFORM": "Sentinel-2",
        "SENSOR": "MSI",
        "CLOUDY_PIXEL_PERCENTAGE": "12.5",
        "LOCATION": "algiers",
        "STATISTICS_MEAN": "3",
    }
    facts = metadata(write_raster(noise(1, 5, 5), tags=tags))
    assert facts == RasterMetadata("Sentinel-2", "MSI", "2023-08-17", 12.5, {"LOCATION": "algiers"})


def test_a_raster_without_tags_says_nothing(write_raster, noise):
    assert metadata(write_raster(noise(1, 5, 5))) == RasterMetadata()


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2023-08-17T10:11:12.123Z", "2023-08-17"),
        ("20230817", "2023-08-17"),
        ("2023/08/17", "2023-08-17"),
        ("0000:00:00 00:00:00", None),
        ("2023:13:45 00:00:00", None),
        ("yesterday", None),
        ("1970-01-01 00:00:00", None),
        ("", None),
    ],
)
def test_a_date_is_read_as_written_or_not_at_all(write_raster, noise, text, date):
    assert metadata(write_raster(noise(1, 5, 5), tags={"ACQUISITION_DATE": text})).acquired == date


def test_the_acquisition_date_goes_before_the_files_own(write_raster, noise):
    tags = {"TIFFTAG_DATETIME": "2025:01:01 00:00:00", "DATE_ACQUIRED": "2023-08-17"}
    assert metadata(write_raster(noise(1, 5, 5), tags=tags)).acquired == "2023-08-17"


@pytest.mark.parametrize(("text", "cloud"), [("12 %", 12.0), ("-1", None), ("999", None), ("nan", None), ("low", None)])
def test_cloud_is_a_percentage_or_nothing(write_raster, noise, text, cloud):
    assert metadata(write_raster(noise(1, 5, 5), tags={"CLOUDCOVER": text})).cloud == cloud


def test_endless_tags_are_cut(write_raster, noise):
    facts = metadata(write_raster(noise(1, 5, 5), tags={f"TAG{number}": "x" * 5000 for number in range(500)}))
    assert len(facts.extra) == 64
    assert max(map(len, facts.extra.values())) == 256
    assert json.dumps(facts.extra)
