"""ISO dates that may be known to the year, the month, the day or the second, and the seasons they lie in."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, timedelta, timezone

MONTHS = tuple(name.lower() for name in calendar.month_name if name)
SEASONS = ("winter", "spring", "summer", "autumn")
FIRST_YEAR, LAST_YEAR = 1800, 2199

_MOMENT = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?",
    re.ASCII,
)
_SPOKEN = re.compile(r"(?:(\d{1,2})\.?\s+)?([a-z]{3,9})\s+(\d{4})", re.ASCII | re.IGNORECASE)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)

MONTH_WORDS = {name[:length]: number for number, name in enumerate(MONTHS, 1) for length in (3, len(name))}
"""The month, from 1, of each name and of its first three letters."""


def iso_moment(text: str) -> str | None:
    """A date, perhaps with a time, in one form: "2019", "2019-06", "2019-06-07" or "2019-06-07T10:30:31Z".

    A time with an offset becomes one in UTC; without one it stays without. None for anything else, such as months and
    days that do not exist, and for years outside 1800 to 2199.
    """
    match = _MOMENT.fullmatch(text.strip())
    if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        if match[4] is None:
            date(year, month if match[2] else 1, day if match[3] else 1)
            return "-".join(part for part in match.groups()[:3] if part)
        moment = datetime(year, month, day, hour, minute, min(second, 59))  # 60 is a leap second
    except ValueError:
        return None
    zone = match[7]
    if zone is None:
        return moment.isoformat()
    if zone != "Z":
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        moment += offset if zone[0] == "-" else -offset
    return moment.replace(tzinfo=timezone.utc).isoformat().replace("+00:00", "Z")


def written_moment(text: str) -> str | None:
    """The `iso_moment` of a date as people write it: also "June 2018", "11 June 2018" or "11.6.2018", the day first."""
    if spoken := _SPOKEN.fullmatch(text):
        day, year = spoken[1], spoken[3]
        month = MONTH_WORDS.get(spoken[2].lower(), 0)
    elif dotted := _DOTTED.fullmatch(text):
        day, year = dotted[1], dotted[3]
        month = int(dotted[2])
    else:
        return iso_moment(text)
    return iso_moment(f"{year}-{month:02d}" + (f"-{int(day):02d}" if day else ""))


def day_before(day: str) -> str:
    """The day before an ISO date."""
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def day_after(day: str) -> str:
    """The day after an ISO date."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def period(moment: str) -> tuple[str, str]:
    """The first and the last day that an `iso_moment` may mean, as ISO dates."""
    day = moment[:10]
    if len(day) == 4:
        return f"{day}-01-01", f"{day}-12-31"
    if len(day) == 7:
        last = calendar.monthrange(int(day[:4]), int(day[5:]))[1]
        return f"{day}-01", f"{day}-{last:02d}"
    return day, day


def common_moment(start: str, end: str) -> str | None:
    """What two of `iso_moment` have in common: one day, one month, one year, or nothing."""
    return next((start[:n] for n in (10, 7, 4) if len(start) >= n and start[:n] == end[:n]), None)


def month_of(moment: str) -> int | None:
    """The month, 1 to 12, of an `iso_moment`; None where it says the year only."""
    return int(moment[5:7]) if len(moment) >= 7 else None


def season_of(month: int, latitude: float) -> str:
    """The meteorological season: December to February are winter in the north and summer in the south.

    Between the tropics the names are kept, though what they say of vegetation is little there.
    """
    return SEASONS[(month % 12 // 3 + (2 if latitude < 0 else 0)) % 4]
