"""Where, when and by what a raster was taken."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Union

from frors_qgis.engine.acquisition.dates import iso_moment, month_of, season_of
from frors_qgis.engine.acquisition.places import Place
from frors_qgis.engine.acquisition.platforms import level_name, platform_name, sensor_name
from frors_qgis.protocol import EngineError, ErrorCode

Value = Union[str, float, Place]  # noqa: UP007 - evaluated when the module is loaded

LONGEST_TEXT = 120
_MOST = {"gsd": 1e6, "cloud": 100.0, "off_nadir": 90.0}
_NUMBERS = {
    "gsd": "a number of metres up to 1,000,000",
    "cloud": "a number of per cent from 0 to 100",
    "off_nadir": "a number of degrees from 0 to 90",
}
_PLACE = "a longitude and a latitude in degrees"
_TEXTS: dict[str, Callable[[str], str]] = {
    "platform": platform_name,
    "sensor": sensor_name,
    "level": level_name,
    "place_name": str.strip,
}


@dataclass(frozen=True)
class Acquisition:
    """What is known of how a raster was taken; None: unknown.

    `platform` such as "sentinel-2a" and `sensor` such as "msi" in STAC's spelling, `level` is the product level such as
    "L2A", `gsd` in metres, `cloud` in per cent, `off_nadir` in degrees. `acquired` is an ISO date, known to the year,
    the month or the day, perhaps with a time (`iso_moment`). `place` is (lon, lat) of the centre in EPSG:4326.
    """

    platform: str | None = None
    sensor: str | None = None
    level: str | None = None
    gsd: float | None = None
    cloud: float | None = None
    off_nadir: float | None = None
    acquired: str | None = None
    place: Place | None = None
    place_name: str | None = None

    @property
    def month(self) -> int | None:
        """The month of acquisition, 1 to 12."""
        return None if self.acquired is None else month_of(self.acquired)

    @property
    def season(self) -> str | None:
        """The meteorological season at its place; None where month or place is not known."""
        if self.month is None or self.place is None:
            return None
        return season_of(self.month, self.place[1])

    def to_json(self) -> dict[str, Any]:
        """The fields that are known, as JSON values."""
        values = {name: getattr(self, name) for name in FIELDS}
        return {name: list_if_place(value) for name, value in values.items() if value is not None}

    @classmethod
    def from_json(cls, values: object) -> Acquisition:
        """The reverse of `to_json`; raises EngineError(BAD_REQUEST) for what no acquisition has."""
        if not isinstance(values, Mapping):
            raise EngineError(ErrorCode.BAD_REQUEST, "An acquisition must be an object of fields.")
        return cls(**{name: checked(name, value) for name, value in values.items() if value is not None})


FIELDS = tuple(field.name for field in dataclasses.fields(Acquisition))


def checked(name: str, value: object) -> Any:
    """A field's value in its one form: names as STAC spells them, dates as ISO.

    Raises EngineError(BAD_REQUEST) for a field that there is not, or a value that it cannot have.
    """
    if name in _MOST:
        return _number(name, value)
    if name == "place":
        return _place(value)
    if name == "acquired":
        moment = iso_moment(value) if isinstance(value, str) else None
        if moment is None:
            raise _bad(name, "a date such as 2019, 2019-06, 2019-06-07 or 2019-06-07T10:30:31Z")
        return moment
    if name in _TEXTS:
        if not isinstance(value, str):
            raise _bad(name, "a text")
        text = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", " ", value[: 4 * LONGEST_TEXT]).split())
        text = _TEXTS[name](text[:LONGEST_TEXT])
        if not text:
            raise _bad(name, "a text with letters")
        return text
    raise EngineError(
        ErrorCode.BAD_REQUEST, f"An acquisition has no field {str(name)[:40]!r}; {', '.join(FIELDS)} are."
    )


def list_if_place(value: Value) -> str | float | list[float]:
    """A field's value as JSON has it."""
    return list(value) if isinstance(value, tuple) else value


def _number(name: str, value: object) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= _MOST[name]:
        raise _bad(name, _NUMBERS[name])
    if name == "gsd" and value < 1e-4:
        raise _bad(name, "a number of metres above 0.0001")
    return float(value)


def _place(value: object) -> Place:
    parts = value if isinstance(value, (list, tuple)) and len(value) == 2 else ()
    if not parts or not all(isinstance(part, (int, float)) and not isinstance(part, bool) for part in parts):
        raise _bad("place", _PLACE)
    longitude, latitude = parts
    if not (abs(longitude) <= 540 and abs(latitude) <= 90):
        raise _bad("place", _PLACE)
    turned = longitude if abs(longitude) <= 180 else (longitude + 180) % 360 - 180
    return float(turned), float(latitude)


def _bad(name: str, expected: str) -> EngineError:
    return EngineError(ErrorCode.BAD_REQUEST, f"The field {name!r} of an acquisition must be {expected}.")
