"""What a file's name says of a raster, where it follows a convention."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from frors_qgis.engine.acquisition.facts import Fact, facts_of

Values = Mapping[str, object]

_LONGEST_NAME = 255
_FIRST_YEAR = 1950
_DAY = re.compile(r"(?<!\d)((?:19|20)\d{2})([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)", re.ASCII)
_LANDSAT_SENSORS = {"C": "oli_tirs", "O": "oli", "T": "tirs", "E": "etm", "M": "mss"}


def name_facts(name: str) -> list[Fact]:
    """The facts in a file's name: of a known product, else a date if there is exactly one."""
    stem = name[:_LONGEST_NAME].rpartition(".")[0] or name[:_LONGEST_NAME]
    return facts_of("name", product_values(stem) or {"acquired": _only_day(stem)})


def product_values(name: str) -> Values:
    """What the name of a Landsat, Sentinel or PlanetScope product says; nothing for other names."""
    for pattern, values in _PRODUCTS:
        if match := pattern.search(name):
            return values(match)
    return {}


def _landsat(match: re.Match[str]) -> Values:
    return {
        "platform": f"landsat-{int(match[2])}",
        "sensor": _landsat_sensor(match),
        "level": match[3],
        "acquired": _moment(match[4]),
    }


def _early_landsat(match: re.Match[str]) -> Values:
    day = date(int(match[3]), 1, 1) + timedelta(int(match[4]) - 1)
    values = {"platform": f"landsat-{match[2]}", "sensor": _landsat_sensor(match), "acquired": day.isoformat()}
    return values if day.year == int(match[3]) else {}


def _landsat_sensor(match: re.Match[str]) -> str:
    return "tm" if match[1] == "T" and int(match[2]) < 8 else _LANDSAT_SENSORS[match[1]]


def _sentinel_2(match: re.Match[str]) -> Values:
    return {"platform": f"sentinel-2{match[1].lower()}", "sensor": "msi"} | {
        "level": match["level"],
        "acquired": _moment(match["moment"]),
    }


def _sentinel_2_band(match: re.Match[str]) -> Values:
    return {"platform": "sentinel-2", "sensor": "msi", "acquired": _moment(match[1])}


def _sentinel_1(match: re.Match[str]) -> Values:
    return {
        "platform": f"sentinel-1{match[1].lower()}",
        "sensor": "csar",
        "level": f"L{match[2]}",
        "acquired": _moment(match[3]),
    }


def _planetscope(match: re.Match[str]) -> Values:
    return {"platform": "planetscope", "level": f"L{match[3]}", "acquired": _moment(f"{match[1]}T{match[2]}")}


_START = r"(?<![A-Za-z0-9])"
_TIME = r"\d{8}T\d{6}"
_PRODUCTS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Values]], ...] = tuple(
    (re.compile(_START + pattern, re.ASCII), values)
    for pattern, values in (
        (r"L([COTEM])0([1-9])_(L[12][A-Z]{2})_\d{6}_(\d{8})_\d{8}_\d{2}_[A-Z0-9]{2}", _landsat),
        (r"L([COTEM])([1-9])\d{6}((?:19|20)\d{2})([0-3]\d{2})[A-Z]{3}\d{2}", _early_landsat),
        (rf"S2([A-D])_MSI(?P<level>L1C|L2A)_(?P<moment>{_TIME})_N\d{{4}}_R\d{{3}}_T\d{{2}}[A-Z]{{3}}", _sentinel_2),
        (r"S2([A-D])_\d{1,2}[A-Z]{3}_(?P<moment>\d{8})_\d+_(?P<level>L1C|L2A)", _sentinel_2),
        (rf"(?:L2A_)?T\d{{2}}[A-Z]{{3}}_({_TIME})_(?:B\d[0-9A]|TCI|AOT|WVP|SCL)", _sentinel_2_band),
        (rf"S1([A-D])_(?:SM|IW|EW|WV|S\d)_(?:RAW|SLC|GRD|OCN)[FHM_]_([0-2])S[SD][HV]_({_TIME})_{_TIME}", _sentinel_1),
        (r"(\d{8})_(\d{6})_(?:\d{2}_)?[0-9a-f]{4}_(1B|3A|3B)(?![A-Za-z0-9])", _planetscope),
    )
)


def _moment(digits: str) -> str:
    """20190607 or 20190607T103031 as an ISO date, in UTC where there is a time."""
    day = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"
    return f"{day}T{digits[9:11]}:{digits[11:13]}:{digits[13:15]}Z" if len(digits) > 8 else day


def _only_day(stem: str) -> str | None:
    """The day in a name that holds exactly one; digits beside it, and days to come, make it none."""
    days = {f"{match[1]}-{match[3]}-{match[4]}" for match in _DAY.finditer(stem)}
    latest = (date.today() + timedelta(1)).isoformat()
    only = days.pop() if len(days) == 1 else ""
    return only if f"{_FIRST_YEAR}" <= only <= latest else None
