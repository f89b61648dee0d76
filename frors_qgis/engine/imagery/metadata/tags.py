"""What a raster's tags say about its acquisition."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from osgeo import gdal

_WRITTEN = "TIFFTAG_DATETIME"
_ACQUIRED = (
    "ACQUISITIONDATETIME",
    "ACQUISITION_DATETIME",
    "ACQUISITION_DATE",
    "DATE_ACQUIRED",
    "SENSING_TIME",
    "DATATAKE_1_DATATAKE_SENSING_START",
    "PRODUCT_START_TIME",
    "EXIF_DATETIMEORIGINAL",
    _WRITTEN,
)
_PLATFORM = ("PLATFORM", "SATELLITEID", "SPACECRAFT_NAME", "SPACECRAFT_ID", "DATATAKE_1_SPACECRAFT_NAME")
_SENSOR = ("SENSOR", "SENSORID", "SENSOR_ID", "INSTRUMENT", "EXIF_MODEL")
_LEVEL = ("PROCESSING_LEVEL", "PRODUCT_LEVEL", "PROCESSINGLEVEL")
_OFF_NADIR = ("OFF_NADIR", "OFFNADIR", "OFF_NADIR_ANGLE", "OFFNADIRVIEWANGLE")
_EXIF = {"EXIF_DATETIMEORIGINAL", "EXIF_MODEL"}
_CLOUD = ("CLOUDCOVER", "CLOUD_COVER", "CLOUD_COVERAGE_ASSESSMENT", "CLOUDY_PIXEL_PERCENTAGE")
_DATE = re.compile(r"(\d{4})([-:/]?)(\d{2})\2(\d{2})(?!\d)")
_CLOCK_ZERO = datetime.date(1970, 1, 1)
"""What GDAL makes of the time of a Landsat scene, which it does not understand in quotes."""

_EXTRA_TAGS = 64
_TEXT_LENGTH = 256


@dataclass(frozen=True)
class RasterMetadata:
    """Acquisition facts; None where the raster does not say.

    `acquired` is an ISO date (2023-08-17), `cloud` a percentage, `extra` the other tags (at most 64, cut at 256
    characters each). `level` is the product level and `off_nadir` an angle in degrees; `only_written`: `acquired` is
    when the TIFF file was written, for want of a better date.
    """

    platform: str | None = None
    sensor: str | None = None
    acquired: str | None = None
    cloud: float | None = None
    extra: dict[str, str] = field(default_factory=dict)
    level: str | None = None
    off_nadir: float | None = None
    only_written: bool = field(default=False, compare=False)


def read_metadata(dataset: gdal.Dataset) -> RasterMetadata:
    """The acquisition facts in a dataset's tags; tags that make no sense count as absent."""
    tags: dict[str, str] = {}
    for domain in ("", "IMAGERY", "EXIF"):
        for key, value in (dataset.GetMetadata(domain) or {}).items():
            if isinstance(key, str) and isinstance(value, str) and value.strip():
                name = _clean(key).upper()
                if domain != "EXIF" or name in _EXIF:
                    tags[name] = _clean(value)
    known = {"AREA_OR_POINT", *_ACQUIRED, *_PLATFORM, *_SENSOR, *_CLOUD, *_LEVEL, *_OFF_NADIR}
    extra = [(key, value) for key, value in tags.items() if key not in known and not key.startswith("STATISTICS_")]
    return RasterMetadata(
        platform=next((tags[key] for key in _PLATFORM if key in tags), None),
        sensor=next((tags[key] for key in _SENSOR if key in tags), None),
        acquired=_first_date(tags[key] for key in _ACQUIRED if key in tags),
        cloud=_first_number((tags[key] for key in _CLOUD if key in tags), 100.0),
        extra=dict(extra[:_EXTRA_TAGS]),
        level=next((tags[key] for key in _LEVEL if key in tags), None),
        off_nadir=_first_number((tags[key] for key in _OFF_NADIR if key in tags), 90.0),
        only_written=_first_date(tags[key] for key in _ACQUIRED if key in tags and key != _WRITTEN) is None,
    )


def _clean(text: str) -> str:
    """Text that can be written as UTF-8, without surrounding space, of bounded length."""
    return text.encode("utf-8", "replace").decode("utf-8").strip()[:_TEXT_LENGTH]


def _first_date(texts: Iterable[str]) -> str | None:
    for text in texts:
        match = _DATE.search(text)
        if match:
            try:
                day = datetime.date(int(match[1]), int(match[3]), int(match[4]))
            except ValueError:
                continue
            if day != _CLOCK_ZERO:
                return day.isoformat()
    return None


def _first_number(texts: Iterable[str], most: float) -> float | None:
    for text in texts:
        try:
            value = float(text.rstrip("% "))
        except ValueError:
            continue
        if 0.0 <= value <= most:
            return value
    return None
