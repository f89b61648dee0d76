"""What queries ask of the acquisitions of chips, and where these fulfil it. Does not import torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.dates import SEASONS, season_of
from frors_qgis.engine.acquisition.places import EARTH_RADIUS_KM
from frors_qgis.engine.acquisition.platforms import platform_family

NEAR_KM = 200.0
GSD_FACTOR = 2.0
_MONTHS = 12


@dataclass(frozen=True)
class Facts:
    """Columns of n complete acquisitions, or of incomplete ones, where what is unknown is NaN or -1.

    family, season: number of the platform's family and of the season; month: 1 to 12; position: on the unit sphere
    [n, 3]; day: of the year, from 1; gsd: binary logarithm of metres.
    """

    family: NDArray[np.int64]
    season: NDArray[np.int64]
    month: NDArray[np.int64]
    day: NDArray[np.float64]
    position: NDArray[np.float64]
    gsd: NDArray[np.float64]

    @classmethod
    def of(cls, acquisitions: Sequence[Acquisition], families: Sequence[str]) -> Facts:
        """The facts of acquisitions; families: all there are, in the order of their numbers."""
        numbers = {family: number for number, family in enumerate(families)}
        rows = [_row(one, numbers) for one in acquisitions]
        family, season, month, day, position, gsd = (np.array(column) for column in zip(*rows, strict=True))
        return cls(family, season, month, day.astype(float), position.astype(float), gsd.astype(float))

    def at(self, rows: NDArray[np.integer[Any]]) -> Facts:
        """Those at some positions."""
        return Facts(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


Condition = Callable[[Facts, Facts], tuple[NDArray[np.bool_], NDArray[np.bool_]]]
"""For n queries and m chips: where it holds [n, m], and where the facts that it rests on are known [n, m]."""


@dataclass(frozen=True)
class Relation:
    """What a query may ask for of every chip: to be like its own acquisition in all of some ways.

    fields: the fields of the query's acquisition that say what is asked for.
    """

    name: str
    fields: tuple[str, ...]
    conditions: tuple[Condition, ...]

    def holds(self, queries: Facts, chips: Facts) -> NDArray[np.bool_]:
        """Where all conditions are known to hold [n, m]."""
        return self._all(queries, chips, lambda holds, known: holds & known)

    def possible(self, queries: Facts, chips: Facts) -> NDArray[np.bool_]:
        """Where no condition is known not to hold [n, m]."""
        return self._all(queries, chips, lambda holds, known: holds | ~known)

    def asked(self, acquisition: Acquisition) -> Acquisition:
        """What of an acquisition the query says."""
        return replace(Acquisition(), **{name: getattr(acquisition, name) for name in self.fields})

    def _all(
        self, queries: Facts, chips: Facts, judged: Callable[[NDArray[np.bool_], NDArray[np.bool_]], NDArray[np.bool_]]
    ) -> NDArray[np.bool_]:
        result = np.ones((len(queries.month), len(chips.month)), bool)
        for condition in self.conditions:
            result &= judged(*condition(queries, chips))
        return result


def distance_km(queries: Facts, chips: Facts) -> NDArray[np.float64]:
    """Great-circle distances [n, m] in kilometres; NaN where a place is unknown."""
    cosines = queries.position @ chips.position.T
    return EARTH_RADIUS_KM * np.arccos(np.clip(cosines, -1, 1))


def days_apart(queries: Facts, chips: Facts) -> NDArray[np.float64]:
    """Days between two days of the year [n, m], the shorter way round; NaN where one is unknown."""
    apart = np.abs(queries.day[:, None] - chips.day)
    return np.minimum(apart, 365.25 - apart)


def _near(queries: Facts, chips: Facts) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    apart = distance_km(queries, chips)
    return apart <= NEAR_KM, ~np.isnan(apart)


def _month(queries: Facts, chips: Facts) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    apart = np.abs(queries.month[:, None] - chips.month) % _MONTHS
    return np.minimum(apart, _MONTHS - apart) <= 1, _known(queries.month, chips.month)


def _season(queries: Facts, chips: Facts) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    return queries.season[:, None] == chips.season, _known(queries.season, chips.season)


def _family(queries: Facts, chips: Facts) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    return queries.family[:, None] == chips.family, _known(queries.family, chips.family)


def _gsd(queries: Facts, chips: Facts) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    apart = np.abs(queries.gsd[:, None] - chips.gsd)
    return apart <= np.log2(GSD_FACTOR), ~np.isnan(apart)


RELATIONS = (
    Relation("same season and platform family", ("platform", "acquired"), (_season, _family)),
    Relation("within 200 km", ("place",), (_near,)),
    Relation("same month or the next", ("acquired",), (_month,)),
    Relation("GSD within a factor of 2", ("gsd",), (_gsd,)),
    Relation("within 200 km, same month or the next", ("place", "acquired"), (_near, _month)),
    Relation("nothing asked", (), ()),
)
"""The last one asks nothing. Seasons are those of the north where the place is unknown."""


def _known(queries: NDArray[np.int64], chips: NDArray[np.int64]) -> NDArray[np.bool_]:
    return (queries >= 0)[:, None] & (chips >= 0)


def _row(one: Acquisition, families: dict[str, int]) -> tuple[Any, ...]:
    month = one.month
    season = -1 if month is None else SEASONS.index(season_of(month, 0.0 if one.place is None else one.place[1]))
    day = np.nan
    if one.acquired is not None and len(one.acquired) >= len("2019-06-07"):
        day = float(date.fromisoformat(one.acquired[:10]).timetuple().tm_yday)
    position = np.full(3, np.nan)
    if one.place is not None:
        east, north = np.radians(one.place)
        position = np.array([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])
    family = -1 if one.platform is None else families.get(platform_family(one.platform), -1)
    return family, season, month or -1, day, position, np.nan if one.gsd is None else np.log2(one.gsd)
