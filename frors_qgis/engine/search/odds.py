"""How likely a clause is to hold of an acquisition of which not all is known."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.catalogue import CATALOGUE, Product
from frors_qgis.engine.acquisition.dates import period
from frors_qgis.engine.acquisition.platforms import holds_level, holds_platform, holds_sensor, platform_family
from frors_qgis.engine.acquisition.predicate import (
    Clause,
    Condition,
    InMonth,
    InPeriod,
    InSeason,
    Measured,
    OfLevel,
    OfPlatform,
    OfSensor,
    Term,
)

_FINER = 0.5
"""Files in a product's second GSD are half as many as in its first, and so on."""
_OCTAVES = 0.25
"""Standard deviation of a file's GSD from that of its product, in powers of 2: of oblique views and Mercator metres."""
_STRAY = 0.01
"""Likelihood of what a product does not have: resampled files, a year in which it did not fly, another level."""
_UNSAID = 0.1
"""Likelihood of anything known, of a kind of imagery that does not say it."""
_STEPS = 8
"""GSDs are told apart by eighths of an octave, so that rasters of one kind are judged once."""
_EVEN = 0.5
_USUAL = {InSeason: 1 / 4, InMonth: 1 / 12}
"""How often a condition holds before anything is known of an archive; the others: even odds."""
_COUNTED = 2.0
"""Rasters that this counts for."""
_NO_PRODUCT = Product("", None, (), (), 0, None)


class _Kind(NamedTuple):
    """Imagery of one kind; None, or no levels: not said. Years as in `Product`, 0 in what is not of the catalogue."""

    platform: str | None = None
    sensor: str | None = None
    levels: tuple[str, ...] = ()
    gsd: float | None = None
    first: int = 0
    last: int | None = None


class Odds:
    """What the acquisitions of an archive, and a catalogue of platforms, let expect of what is unknown.

    What is known of an acquisition tells how likely it is of each kind of imagery: of a product of the catalogue, of
    one that the archive has, as often as it has it, or of none of these. Each kind tells how likely a condition holds.
    Of what no kind tells (season, month, cloud, angle) it is how often it holds where the archive knows.
    """

    def __init__(self, acquisitions: Iterable[Acquisition]) -> None:
        self._acquisitions = list(acquisitions)
        kinds = defaultdict(float, {_Kind(): 1.0})
        families: dict[str, Product] = {}
        for product in CATALOGUE:
            families.setdefault(platform_family(product.platform), product)
            for rank, gsd in enumerate(product.gsds):
                kinds[_Kind(*product[:2], product.levels, gsd, product.first, product.last)] += _FINER**rank
        for one in self._acquisitions:
            if one.platform is not None:
                like = families.get(platform_family(one.platform), _NO_PRODUCT)
                levels = like.levels if one.level is None else (one.level,)
                kinds[_Kind(one.platform, one.sensor or like.sensor, levels, _stepped(one.gsd))] += 1
        self._kinds = list(kinds)
        self._weights = np.array(list(kinds.values()))
        self._vectors: dict[Any, NDArray[np.float64]] = {}
        self._usual: dict[Condition, float] = {}
        self._found: dict[Any, float] = {}

    def of(self, clause: Clause, acquisition: Acquisition) -> float:
        """The probability, 0 to 1; the clause is not of places."""
        truths = tuple(term.holds(acquisition, None) for term in clause)
        named = (acquisition.platform, acquisition.sensor, acquisition.level)
        month = (acquisition.acquired or "")[: len("2019-06")]  # whether a day lies in a period is never unknown
        key = (clause, truths, *named, _stepped(acquisition.gsd), month)
        if key not in self._found:
            holds = np.zeros(len(self._kinds))
            for term, truth in zip(clause, truths, strict=True):
                holds += self._term(term, acquisition) if truth is None else float(truth)
            likely = self._likely(acquisition)
            odds = float(likely @ np.minimum(holds, 1)) / float(likely.sum())
            self._found[key] = min(odds, 1.0)  # above it by rounding
        return self._found[key]

    def _likely(self, one: Acquisition) -> NDArray[np.float64]:
        """How likely it is of each kind, times something that is the same for all."""
        likely = self._weights
        year = one.acquired and one.acquired[:4]
        values = (one.platform, one.sensor, one.level, _stepped(one.gsd), year)
        for value, judge in zip(values, _JUDGES, strict=True):
            if value is not None:
                likely = likely * self._vector((judge, value), partial(judge, value))
        return likely

    def _term(self, term: Term, acquisition: Acquisition) -> NDArray[np.float64]:
        """How likely a term holds of each kind."""
        condition = term.condition
        if isinstance(condition, InPeriod) and acquisition.acquired is not None:
            holds: Any = _overlap(condition, *period(acquisition.acquired))
        else:
            told = self._vector(condition, partial(_told, condition))
            holds = np.where(np.isnan(told), self._usually(condition), told)
        return np.asarray(1 - holds if term.negated else holds)

    def _usually(self, condition: Condition) -> float:
        """How often a condition holds where that is known."""
        if condition not in self._usual:
            truths = [condition.holds(one, None) for one in self._acquisitions]
            before = _COUNTED * _USUAL.get(type(condition), _EVEN)
            known = len(truths) - truths.count(None)
            self._usual[condition] = (truths.count(True) + before) / (known + _COUNTED)
        return self._usual[condition]

    def _vector(self, key: Any, judge: Callable[[_Kind], float]) -> NDArray[np.float64]:
        """What a judge says of each kind, kept under a key."""
        if key not in self._vectors:
            self._vectors[key] = np.array([judge(kind) for kind in self._kinds])
        return self._vectors[key]


def _platform(name: str, kind: _Kind) -> float:
    if kind.platform is None:
        return _UNSAID
    return float(holds_platform(name, kind.platform) is not False or holds_platform(kind.platform, name) is not False)


def _sensor(name: str, kind: _Kind) -> float:
    if kind.sensor is None:
        return _UNSAID
    return float(holds_sensor(name, kind.sensor) or holds_sensor(kind.sensor, name))


def _level(name: str, kind: _Kind) -> float:
    if not kind.levels:
        return _UNSAID
    return max(_STRAY, *(float(holds_level(name, level) is not False) for level in kind.levels))


def _gsd(gsd: float, kind: _Kind) -> float:
    if kind.gsd is None:
        return _UNSAID
    return _STRAY + math.exp(-0.5 * (math.log2(gsd / kind.gsd) / _OCTAVES) ** 2)


def _year(year: str, kind: _Kind) -> float:
    if not kind.first:
        return 1.0
    return 1.0 if kind.first <= int(year) <= (kind.last or date.max.year) else _STRAY


_JUDGES: tuple[Callable[[Any, _Kind], float], ...] = (_platform, _sensor, _level, _gsd, _year)


def _told(condition: Condition, kind: _Kind) -> float:
    """How likely a condition holds of imagery of a kind; NaN where that does not tell.

    What the catalogue does not name is of no sensor or level that anybody asks for.
    """
    truths: list[bool | None] = []
    if isinstance(condition, OfPlatform) and kind.platform is not None:
        truths = [holds_platform(condition.name, kind.platform)]
    elif isinstance(condition, OfSensor) and kind.sensor is not None:
        truths = [holds_sensor(condition.name, kind.sensor)]
    elif isinstance(condition, OfLevel) and kind.levels:
        truths = [holds_level(condition.name, level) for level in kind.levels]
    elif isinstance(condition, (OfSensor, OfLevel)) and kind.first:
        return 0.0
    elif isinstance(condition, Measured) and condition.field == "gsd":
        truths = [condition.holds(Acquisition(gsd=kind.gsd), None)]
    elif isinstance(condition, InPeriod) and kind.first:
        return _overlap(condition, f"{kind.first}-01-01", f"{kind.last or date.today().year}-12-31")
    known = [truth for truth in truths if truth is not None]
    return sum(known) / len(known) if known else math.nan


def _overlap(condition: InPeriod, first: str, last: str) -> float:
    """The share of the days between two, both included, that lies in a period."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    since = date.fromisoformat(condition.since) if condition.since else date.min
    until = date.fromisoformat(condition.until) if condition.until else date.max
    days = (min(end, until) - max(start, since)).days + 1
    return max(0, days) / ((end - start).days + 1)


def _stepped(gsd: float | None) -> float | None:
    return None if gsd is None else 2.0 ** (round(_STEPS * math.log2(gsd)) / _STEPS)
