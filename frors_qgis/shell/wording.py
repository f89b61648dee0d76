"""Numbers as people read them."""

from __future__ import annotations

from qgis.PyQt.QtCore import QLocale

from frors_qgis.shell.translation import tr

_MINUTE = 60
_HOUR = 3600
_KILOMETRE = 1000


def count_text(number: int) -> str:
    """`12345` -> `12,345`, as the user's language writes it."""
    return QLocale().toString(number)


def counted_text(number: int, one: str, many: str) -> str:
    """`1` -> `1 raster`, `9` -> `9 rasters`; `one` and `many` are translated sentences, `many` with a `{count}`."""
    return one if number == 1 else many.format(count=count_text(number))


def decimal_text(number: float, digits: int = 3) -> str:
    """`0.98` -> `0.980`, or `0,980`, as the user's language writes it."""
    return QLocale().toString(float(number), "f", digits)


def scores_text(count: int, best: float, worst: float) -> str:
    """`100, 0.98, 0.6` -> `100 matches, scores 0.980 to 0.600`; equal ones are told once."""
    matches = counted_text(count, tr("1 match"), tr("{count} matches"))
    if best == worst:
        return tr("{matches}, score {score}").format(matches=matches, score=decimal_text(best))
    return tr("{matches}, scores {best} to {worst}").format(
        matches=matches, best=decimal_text(best), worst=decimal_text(worst)
    )


def duration_text(seconds: float) -> str:
    """`95` -> `2 min`; under a minute in seconds, above an hour in hours and minutes."""
    if seconds < _MINUTE:
        return tr("{seconds} s").format(seconds=max(1, round(seconds)))
    if seconds < _HOUR:
        return tr("{minutes} min").format(minutes=round(seconds / _MINUTE))
    hours, rest = divmod(round(seconds / _MINUTE), 60)
    return tr("{hours} h {minutes} min").format(hours=hours, minutes=rest)


def bytes_text(number: float) -> str:
    """`12345678` -> `11.8 MiB`."""
    return QLocale().formattedDataSize(round(number), 1)


def metres_text(metres: float) -> str:
    """`76.8` -> `76.8 m`, `2560` -> `2.56 km`; three significant digits."""
    if metres >= _KILOMETRE:
        return tr("{length} km").format(length=_significant(metres / _KILOMETRE))
    return tr("{length} m").format(length=_significant(metres))


def area_text(width: float, height: float) -> str:
    """`38.4, 25.6` (metres) -> `38.4 x 25.6 m`."""
    if max(width, height) >= _KILOMETRE:
        return tr("{width} x {height} km").format(
            width=_significant(width / _KILOMETRE), height=_significant(height / _KILOMETRE)
        )
    return tr("{width} x {height} m").format(width=_significant(width), height=_significant(height))


def _significant(number: float) -> str:
    return QLocale().toString(float(number), "g", 3)
