"""Conditions on an acquisition. Each holds, does not hold, or cannot be told because a field is unknown (None)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.dates import period
from frors_qgis.engine.acquisition.places import Place, distance_km
from frors_qgis.engine.acquisition.platforms import holds_level, holds_platform, holds_sensor

_EQUAL = 0.05


class Condition(Protocol):
    """One condition."""

    def holds(self, acquisition: Acquisition, here: Place | None) -> bool | None:
        """Whether it holds; None where that is unknown. `here` is the place of what is searched with."""


@dataclass(frozen=True)
class OfPlatform:
    """Taken by a platform, or one of a series or family: "sentinel-2" holds of Sentinel-2A."""

    name: str

    def holds(self, acquisition: Acquisition, here: Place | None) -> bool | None:
        return None if acquisition.platform is None else holds_platform(self.name, acquisition.platform)


@dataclass(frozen=True)
class OfSensor:
    """Taken by a sensor."""

    name: str

    def holds(self, acquisition: Acquisition, here: Place | None) -> bool | None:
        return None if acquisition.sensor is None else holds_sensor(self.name, acquisition.sensor)


@dataclass(frozen=True)
class OfLevel:
    """Of a product level: "L2" holds of L2A."""

    name: str

    def holds(self, acquisition: Acquisition, here: Place | None) -> bool | None:
        return None if acquisition.level is None else holds_level(self.name, acquisition.level)


@dataclass(frozen=True)
class InSeason:
    """Taken in a meteorological season, as it is at the raster's place."""

    season: str

    def holds(self, acquisition: Acquisition, here: Place | None) -> bool | None:
        return None if acquisition.season is None else acquisition.season == self.season


@dataclass(frozen=True)
class InMonth:
    """Taken in a month, 1 to 12, of any year."""

    month: int

    def holds(self, acquisition: Acquisition, here: Place | None) -> bool | None:
        return None if acquisition.month is None else acquisition.month == self.month


@dataclass(frozen=True)
class InPeriod:
    """Taken from the day `since` to the day `until`, ISO dates, both included; None: open."""

    since: str | None
    until: str | None

    def holds(self, acquisition: Acquisition, here: Place | None) -> bool | None:
        if acquisition.acquired is None:
            return None
        first, last = period(acquisition.acquired)
        since, until = self.since or "", self.until or "9999"
        if last < since or first > until:
            return False
        return True if since <= first and last <= until else None


@dataclass(frozen=True)
class Measured:
    """A number of an acquisition ("gsd", "cloud" or "off_nadir") compared with another; "=" is within 5 per cent."""

    field: str
    sign: str
    value: float

    def holds(self, acquisition: Acquisition, here: Place | None) -> bool | None:
        value: float | None = getattr(acquisition, self.field)
        if value is None:
            return None
        if self.sign == "=":
            return math.isclose(value, self.value, rel_tol=_EQUAL, abs_tol=_EQUAL * 1e-3)
        if "=" in self.sign and value == self.value:
            return True
        return value < self.value if self.sign[0] == "<" else value > self.value


@dataclass(frozen=True)
class Within:
    """Taken no farther than `km` from a place; None: from that of what is searched with."""

    km: float
    place: Place | None = None

    def holds(self, acquisition: Acquisition, here: Place | None) -> bool | None:
        centre = self.place or here
        if acquisition.place is None or centre is None:
            return None
        return distance_km(acquisition.place, centre) <= self.km


@dataclass(frozen=True)
class Term:
    """A condition, or its opposite. The opposite of what cannot be told cannot be told either."""

    condition: Condition
    negated: bool = False

    def holds(self, acquisition: Acquisition, here: Place | None) -> bool | None:
        """As a condition does."""
        truth = self.condition.holds(acquisition, here)
        return truth if truth is None or not self.negated else not truth


Clause = tuple[Term, ...]
"""Terms of which one must hold. `Within` stands with others of its kind only."""


@dataclass(frozen=True)
class Predicate:
    """Clauses which must all hold.

    Truth has three values (Kleene): what rests on an unknown field is unknown, and only what is known to hold matches.
    So neither "winter" nor "not winter" matches a raster of unknown date, but "landsat or 2019" matches a Landsat scene
    of unknown date.
    """

    clauses: tuple[Clause, ...] = ()

    def matches(self, acquisition: Acquisition, here: Place | None = None) -> bool:
        """Whether an acquisition is known to fulfil every clause; `here`: the place of what is searched with."""
        return all(any(term.holds(acquisition, here) is True for term in clause) for clause in self.clauses)

    @property
    def of_rasters(self) -> Predicate:
        """The clauses about rasters as a whole."""
        return Predicate(tuple(clause for clause in self.clauses if not _is_of_places(clause)))

    @property
    def of_places(self) -> tuple[tuple[tuple[Within, bool], ...], ...]:
        """The clauses about places: each with its distances, and whether it is the area beyond that is meant."""
        clauses = (clause for clause in self.clauses if _is_of_places(clause))
        return tuple(tuple(_distances(clause)) for clause in clauses)

    @property
    def needs_place(self) -> bool:
        """Whether a distance is from the place of what is searched with."""
        return any(within.place is None for clause in self.of_places for within, _ in clause)


def _is_of_places(clause: Clause) -> bool:
    return all(isinstance(term.condition, Within) for term in clause)


def _distances(clause: Clause) -> Iterable[tuple[Within, bool]]:
    return ((term.condition, term.negated) for term in clause if isinstance(term.condition, Within))
