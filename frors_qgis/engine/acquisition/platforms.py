"""One spelling for platforms, sensors and product levels, whoever wrote them: that of STAC, in small letters."""

from __future__ import annotations

import re

_PLATFORMS = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"(?:sentinel|s)([1-6])([a-d]?)(?:msi|olci|slstr|csar|sar)?", "sentinel-{}{}"),
        (r"sentinel", "sentinel"),
        (r"(?:landsat|l[cotem])0?([1-9])|l([5-9])", "landsat-{}{}"),
        (r"landsat", "landsat"),
        (r"(?:worldview|wv)0?([1-4])", "worldview-{}"),
        (r"worldviewlegion0?(\d?)|legion0?(\d)", "worldview-legion-{}{}"),
        (r"worldview", "worldview"),
        (r"(?:quickbird|qb)0?2?", "quickbird-2"),
        (r"(?:geoeye|ge)0?1", "geoeye-1"),
        (r"ikonos2?", "ikonos"),
        (r"(?:pleiadesneo|pneo)([3-6]?)", "pleiades-neo-{}"),
        (r"(?:pleiades|phr)(1?[ab]?)", "pleiades-{}"),
        (r"spot([1-7]?)", "spot-{}"),
        (r"planetscope|psscene|dove(?:classic|r)?|superdove|flock\d*[a-z]*", "planetscope"),
        (r"skysat([a-z]?\d{0,2})", "skysat-{}"),
        (r"rapideye([1-5]?)", "rapideye-{}"),
        (r"(?:kompsat|k)([235]a?)", "kompsat-{}"),
        (r"(?:gaofen|gf)([1-9])", "gaofen-{}"),
        (r"(?:radarsat|rs)([12])", "radarsat-{}"),
        (r"(?:terrasarx|tsx1?)", "terrasar-x"),
        (r"terra|am1", "terra"),
        (r"aqua|pm1", "aqua"),
        (r"noaa(\d{2})", "noaa-{}"),
        (r"envisat", "envisat"),
        (r"ers([12])", "ers-{}"),
        (r"cbers(\d[ab]?)", "cbers-{}"),
        (r"alos([124]?)", "alos-{}"),
        (r"uav|drone|uas", "uav"),
        (r"aerial|airborne|aircraft", "airborne"),
    )
)
_UNIT = re.compile(r"([a-z]+(?:-[a-z]+)*)(?:-(\d+)([a-z]*)|-([a-z]\d+))?")
_SENSORS = frozenset(
    (
        "msi",
        "oli",
        "tirs",
        "etm",
        "tm",
        "mss",
        "olci",
        "slstr",
        "csar",
        "sar",
        "modis",
        "viirs",
        "aster",
        "psbsd",
        "ps2",
    )
)
_LEVEL = re.compile(r"(?:processing)?(?:level|l)?-?([0-4][a-z]{0,3}\d?)")
_LONGEST = 40


def platform_name(text: str) -> str:
    """The platform's usual name, with its unit where one is named: "S2A_MSI" is "sentinel-2a"; others stay as given."""
    return _known_platform(text) or text.strip()


def is_platform(text: str) -> bool:
    """Whether this is a platform that is known by name here."""
    return _known_platform(text) is not None


def platform_family(text: str) -> str:
    """The platform without its unit: "SENTINEL-2A" and "S2B" are "sentinel-2"."""
    series, *rest = _parts(text)
    return "-".join([series, *rest[:1]])


def holds_platform(wanted: str, found: str) -> bool | None:
    """Whether a platform is the one wanted, or of that series or family; None: it may be, its unit is not known."""
    want, have = _parts(wanted), _parts(found)
    if have[: len(want)] == want:
        return True
    return None if want[: len(have)] == have else False


def sensor_name(text: str) -> str:
    """The sensor in STAC's spelling, several joined by "_": "OLI/TIRS" is "oli_tirs"; unknown ones stay as given."""
    parts = _sensors(text)
    return "_".join(parts) if parts and set(parts) <= _SENSORS else text.strip()


def is_sensor(text: str) -> bool:
    """Whether these are sensors that are known by name here."""
    parts = _sensors(text)
    return bool(parts) and set(parts) <= _SENSORS


def holds_sensor(wanted: str, found: str) -> bool:
    """Whether all sensors that are wanted are among those found: "oli_tirs" holds "oli"."""
    if is_sensor(wanted) and is_sensor(found):
        return set(_sensors(wanted)) <= set(_sensors(found))
    return key(wanted) == key(found)


def level_name(text: str) -> str:
    """The product level as "L2A" or "L1TP"; what is no level of that kind stays as given."""
    match = _LEVEL.fullmatch(re.sub(r"[\s_]+", "", text).lower()[:_LONGEST])
    return text.strip() if match is None else f"L{match[1].upper()}"


def is_level(text: str) -> bool:
    """Whether this is a level as "L2A"; its first letter is needed, since 2 may be anything."""
    return text[:1] in "Ll" and re.fullmatch(r"L[0-4][A-Z]{0,3}\d?", level_name(text)) is not None


def holds_level(wanted: str, found: str) -> bool | None:
    """Whether a level is the one wanted or a kind of it ("L2SP" is of "L2"); None: it may be."""
    want, have = level_name(wanted), level_name(found)
    if have.startswith(want):
        return True
    return None if want.startswith(have) else False


def key(text: str) -> str:
    """Letters and digits only, small: what two spellings of a name have in common."""
    return re.sub(r"[^\w]|_", "", text.lower())


def _known_platform(text: str) -> str | None:
    name = key(text[:_LONGEST])
    for pattern, template in _PLATFORMS:
        if match := pattern.fullmatch(name):
            return template.format(*(part or "" for part in match.groups())).rstrip("-")
    return None


def _parts(text: str) -> list[str]:
    """A platform from the series to the unit: "sentinel-2a" is sentinel, 2, a."""
    known = _known_platform(text)
    match = None if known is None else _UNIT.fullmatch(known)
    return [key(text)] if match is None else [part for part in match.groups() if part]


def _sensors(text: str) -> list[str]:
    names = re.split(r"[\s_/+,;]+", text.lower().replace("c-sar", "csar").replace("etm+", "etm").strip())
    return [name for name in names if name]
