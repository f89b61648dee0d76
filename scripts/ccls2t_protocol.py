"""What the CCLS2T benchmark simulates and asks: acquisitions that know nothing of the class, splits, tasks, figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from ccls2t.pairs import with_fields_missing
from ccls2t.relations import RELATIONS, Facts, Relation, days_apart, distance_km
from numpy.typing import NDArray

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.platforms import platform_family
from frors_qgis.engine.learning.metrics import query_figures

SEEDS = (1, 2, 3)
"""Of splits, simulated acquisitions and trainings that count. All was tried out on seed 0, which no table shows."""
SIDE = 160
SPLITS = {"ucmerced": 0.8, "aid": 0.2}
"""Share of each class that is learnt from; the rest is the gallery."""
BITS = (16, 32, 64, 128)
MISSING = (0.0, 0.2, 0.4)
"""Shares of the fields of the gallery's acquisitions that are missing, each field of each by its own throw."""
MOST_QUERIES = 400
"""Queries of a set, drawn from its gallery where that is larger."""
SOFT = "within 200 km, same month or the next"
"""The task that is also measured with grades, by `closeness`."""
DRAWS = {"ucmerced": 3, "aid": 1}
"""How often acquisitions are dealt to the gallery anew; the figures are means over all of these."""


@dataclass(frozen=True)
class Platform:
    """A platform that is simulated: its sensor, the GSDs of its products in metres, its first and its last year."""

    name: str
    sensor: str
    gsds: tuple[float, ...]
    years: tuple[int, int]


PLATFORMS = (
    Platform("sentinel-2a", "msi", (10.0, 20.0), (2016, 2024)),
    Platform("sentinel-2b", "msi", (10.0, 20.0), (2018, 2024)),
    Platform("landsat-7", "etm", (15.0, 30.0), (2010, 2021)),
    Platform("landsat-8", "oli_tirs", (15.0, 30.0), (2014, 2024)),
    Platform("landsat-9", "oli_tirs", (15.0, 30.0), (2022, 2024)),
    Platform("planetscope", "psbsd", (3.0,), (2017, 2024)),
    Platform("worldview-2", "wv110", (0.5, 2.0), (2010, 2024)),
    Platform("worldview-3", "wv110", (0.3, 1.2), (2015, 2024)),
    Platform("airborne", "rgb", (0.1, 0.3, 1.0), (2010, 2024)),
)
FAMILIES = tuple(sorted({platform_family(platform.name) for platform in PLATFORMS}))
REGIONS = 8
"""Regions of an archive: their centres lie anywhere from 20 to 60 degrees north, places round them."""

_LATITUDES = (20.0, 60.0)
_REGION_KM = 120.0
_KM_PER_DEGREE = 111.2


def simulated(count: int, seed: int, draw: int) -> list[Acquisition]:
    """Acquisitions, complete. They depend on the seed and the draw alone: nothing of an image enters.

    The regions depend on the seed only, so what is learnt from and what is searched are of one archive. Platform by
    equal chances, then its GSD, times a factor up to 1.15 for oblique views, and a day of its years; a region by equal
    chances, then a place by a normal distribution of 120 km to the east and to the north; cloud cover from 0 to 60 %.
    """
    centres = np.random.default_rng((seed, 77)).random((REGIONS, 2))
    low, high = _LATITUDES
    # Equal areas: the sine of the latitude is what is drawn evenly.
    sines = np.sin(np.radians(low)) + centres[:, 1] * (np.sin(np.radians(high)) - np.sin(np.radians(low)))
    longitudes, latitudes = 360 * centres[:, 0] - 180, np.degrees(np.arcsin(sines))
    generator = np.random.default_rng((seed, draw))
    found = []
    for _ in range(count):
        platform = PLATFORMS[generator.integers(len(PLATFORMS))]
        first, last = (date(year, 1, 1) for year in (platform.years[0], platform.years[1] + 1))
        day = first + timedelta(days=int(generator.integers((last - first).days)))
        region = generator.integers(REGIONS)
        east, north = generator.normal(0, _REGION_KM / _KM_PER_DEGREE, 2)
        longitude = longitudes[region] + east / np.cos(np.radians(latitudes[region]))
        place = (float((longitude + 180) % 360 - 180), float(latitudes[region] + north))
        gsd = platform.gsds[generator.integers(len(platform.gsds))] * (1 + 0.15 * generator.random())
        cloud = 60 * generator.random()
        found.append(Acquisition(platform.name, platform.sensor, None, gsd, float(cloud), None, day.isoformat(), place))
    return found


def with_missing(acquisitions: Sequence[Acquisition], share: float, seed: int) -> list[Acquisition]:
    """Acquisitions of which each field is missing with a probability."""
    return with_fields_missing(acquisitions, share, np.random.default_rng((seed, round(1000 * share))))


@dataclass(frozen=True)
class Task:
    """Queries and what is relevant to each: chips of its class whose complete acquisitions fulfil what it asks.

    queries: positions in the gallery, which are not in their own rankings; relevant [q, g].
    """

    relation: Relation
    queries: NDArray[np.int64]
    relevant: NDArray[np.bool_]


def tasks(labels: NDArray[np.int64], truth: Facts, seed: int) -> list[Task]:
    """The tasks of a gallery; truth: the facts of its complete acquisitions."""
    generator = np.random.default_rng((seed, 5))
    queries = np.sort(generator.permutation(len(labels))[:MOST_QUERIES])
    same = labels[queries][:, None] == labels
    same[np.arange(len(queries)), queries] = False
    asked = truth.at(queries)
    return [Task(relation, queries, same & relation.holds(asked, truth)) for relation in RELATIONS]


def closeness(queries: Facts, chips: Facts) -> NDArray[np.float64]:
    """How near chips are in place and in the time of the year [q, g], 1 for the same: the grades of the soft task."""
    return np.exp(-distance_km(queries, chips) / 200 - days_apart(queries, chips) / 30)


def figures(scores: NDArray[Any], task: Task, allowed: NDArray[np.bool_] | None = None) -> dict[str, float]:
    """mAP and mAP@20 of a ranking by scores [q, g], over the queries that have something to find.

    Whole numbers are ranked several times faster than floating ones. Equal scores are ranked in an order of the gallery
    that a fixed seed shuffles, for chips of a class stand together.
    allowed [q, g]: what is returned at all; what is not is not found. AP@20 is divided by min(20, relevant).
    """
    returned = _returned(task, allowed)
    ranked = _ranked(scores, returned)
    query, rank = np.nonzero(np.take_along_axis(task.relevant & returned, ranked, axis=1))
    found = query_figures(query, rank + 1, task.relevant.sum(axis=1))
    return {"mAP": float(np.nanmean(found["AP"])), "mAP@20": float(np.nanmean(found["AP@20"]))}


def graded_figures(
    scores: NDArray[Any], task: Task, grades: NDArray[np.float64], allowed: NDArray[np.bool_] | None = None
) -> dict[str, float]:
    """nDCG@20 and nDCG of a ranking by scores [q, g], where a chip gains its grade [q, g] (0: none), ties as above."""
    returned = _returned(task, allowed)
    gains = np.where(_returned(task, None), grades, 0)
    ranked = _ranked(scores, returned)
    found = np.take_along_axis(np.where(returned, gains, 0), ranked, axis=1)
    best = -np.sort(-gains, axis=1)
    discounts = 1 / np.log2(np.arange(gains.shape[1]) + 2)
    counted = best[:, 0] > 0
    result = {}
    for name, last in (("nDCG@20", 20), ("nDCG", gains.shape[1])):
        ideal = best[counted, :last] @ discounts[:last]
        result[name] = float((found[counted, :last] @ discounts[:last] / ideal).mean())
    return result


def _returned(task: Task, allowed: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """What a query finds at all [q, g]: what is allowed, never itself."""
    returned = np.ones(task.relevant.shape, bool) if allowed is None else allowed.copy()
    returned[np.arange(len(task.queries)), task.queries] = False
    return returned


def _ranked(scores: NDArray[Any], returned: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Positions in the gallery [q, g], best first, what is not returned last."""
    shuffled = np.random.default_rng(11).permutation(scores.shape[1])
    behind = np.inf if np.issubdtype(scores.dtype, np.floating) else np.iinfo(scores.dtype).max
    return shuffled[np.argsort(np.where(returned, -scores, behind)[:, shuffled], axis=1, kind="stable")]
