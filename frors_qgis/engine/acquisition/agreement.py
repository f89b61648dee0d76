"""How far an acquisition agrees with a clause that it need not fulfil.

It is 1 where the clause holds, 1/2 where that takes a small step, 1/4 where it takes two, and 0 beyond: "summer" agrees
by 1/2 with May and September and by 1/4 with April and October. Few values make few kinds of rasters, which is what
keeps an exact search fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.dates import period, season_of
from frors_qgis.engine.acquisition.platforms import platform_family
from frors_qgis.engine.acquisition.predicate import (
    Clause,
    Condition,
    InMonth,
    InPeriod,
    InSeason,
    Measured,
    OfPlatform,
    Term,
)

NEARNESS = ((1.0, 1.0), (2.0, 0.5), (4.0, 0.25))
"""Factors by which a number or a distance may miss, each with the agreement that is left within it."""

_DAYS = (31, 366)


def agreement(clause: Clause, acquisition: Acquisition) -> float | None:
    """0, 1/4, 1/2 or 1; None where a field that it rests on is unknown. For clauses that are not of places."""
    agreed = [_of_term(term, acquisition) for term in clause]
    if 1.0 in agreed:
        return 1.0
    known = [one for one in agreed if one is not None]
    return max(known) if len(known) == len(agreed) else None


def _of_term(term: Term, acquisition: Acquisition) -> float | None:
    truth = term.holds(acquisition, None)
    if truth is None:
        return None
    if truth or term.negated:
        return float(truth)
    near = _NEAR.get(type(term.condition))
    return 0.0 if near is None else near(term.condition, acquisition)


def _platform(condition: OfPlatform, acquisition: Acquisition) -> float:
    """Another unit of the same family."""
    return 0.5 if platform_family(condition.name) == platform_family(acquisition.platform or "") else 0.0


def _season(condition: InSeason, acquisition: Acquisition) -> float:
    latitude = (acquisition.place or (0.0, 0.0))[1]
    months = (month for month in range(1, 13) if season_of(month, latitude) == condition.season)
    return _months_away(months, acquisition)


def _month(condition: InMonth, acquisition: Acquisition) -> float:
    return _months_away([condition.month], acquisition)


def _months_away(months: Iterable[int], acquisition: Acquisition) -> float:
    taken = acquisition.month or 0
    return _stepped(min(min((taken - month) % 12, (month - taken) % 12) for month in months), (1, 2))


def _period(condition: InPeriod, acquisition: Acquisition) -> float:
    first, last = map(date.fromisoformat, period(acquisition.acquired or ""))
    since = date.fromisoformat(condition.since) if condition.since else date.min
    until = date.fromisoformat(condition.until) if condition.until else date.max
    return _stepped(max((since - last).days, (first - until).days), _DAYS)


def _measure(condition: Measured, acquisition: Acquisition) -> float:
    low, high = sorted((getattr(acquisition, condition.field), condition.value))
    return next((left for factor, left in NEARNESS[1:] if 0 < high <= factor * low), 0.0)


def _stepped(distance: int, ends: tuple[int, int]) -> float:
    return 0.5 if distance <= ends[0] else 0.25 if distance <= ends[1] else 0.0


_NEAR: dict[type[Condition], Callable[[Any, Acquisition], float]] = {
    OfPlatform: _platform,
    InSeason: _season,
    InMonth: _month,
    InPeriod: _period,
    Measured: _measure,
}
"""Agreement with conditions that are known not to hold; with the others it is 0."""
