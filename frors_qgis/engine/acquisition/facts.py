"""What each source says about a raster's acquisition, and where sources disagree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from frors_qgis.engine.acquisition.acquisition import FIELDS, Acquisition, Value, checked, list_if_place
from frors_qgis.engine.acquisition.dates import period
from frors_qgis.engine.acquisition.places import distance_km
from frors_qgis.engine.acquisition.platforms import holds_level, holds_platform, holds_sensor, key
from frors_qgis.protocol import EngineError

SOURCES = {
    "user": "the user says",
    "raster": "the raster itself says",
    "tags": "its tags say",
    "stac": "the STAC item says",
    "mtl": "the Landsat MTL file says",
    "safe": "the Sentinel SAFE product says",
    "envi": "the ENVI header says",
    "qmd": "the QGIS metadata say",
    "name": "the file name says",
    "written": "the date of its TIFF header says",
}
"""Every source, the most trusted first, and how a sentence speaks of it."""

USER = "user"
_TRUST = {source: number for number, source in enumerate(SOURCES)}
_MOST_FACTS = len(SOURCES) * len(FIELDS)


@dataclass(frozen=True)
class Fact:
    """What one source says of one field of an acquisition."""

    field: str
    value: Value
    source: str

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"field": self.field, "value": list_if_place(self.value), "source": self.source}


@dataclass(frozen=True)
class Conflict:
    """Two sources that disagree: the fact that is used, and the other one."""

    used: Fact
    other: Fact

    @property
    def sentence(self) -> str:
        """For people: "acquired: its tags say 2019-06-07, the file name says 2019-06-17"."""
        said = (f"{SOURCES[fact.source]} {_said(fact.value)}" for fact in (self.used, self.other))
        return f"{self.used.field}: {', '.join(said)}"


@dataclass(frozen=True)
class Facts:
    """The facts about one raster, the most trusted source first, at most one of each source for each field."""

    facts: tuple[Fact, ...] = ()

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> Facts:
        """Facts in any order; of those of one source on one field the first is kept."""
        kept: dict[tuple[str, str], Fact] = {}
        for fact in facts:
            kept.setdefault((fact.source, fact.field), fact)
        return cls(tuple(sorted(kept.values(), key=lambda fact: _TRUST[fact.source])))

    def used(self) -> dict[str, Fact]:
        """The fact that is used for each field that is known, in the order of the fields."""
        first: dict[str, Fact] = {}
        for fact in self.facts:
            first.setdefault(fact.field, fact)
        return {name: first[name] for name in FIELDS if name in first}

    @property
    def acquisition(self) -> Acquisition:
        """What the most trusted sources say."""
        return Acquisition(**{name: fact.value for name, fact in self.used().items()})  # type: ignore[arg-type]

    def conflicts(self) -> list[Conflict]:
        """Where another source contradicts the one that is used; none about what the user has decided."""
        used = self.used()
        found = (Conflict(used[fact.field], fact) for fact in self.facts if fact.source != "written")
        return [one for one in found if one.used.source != USER and not _AGREE[one.used.field](one.used, one.other)]

    def with_users_word(self, values: Mapping[str, object]) -> Facts:
        """With what the user says of some fields; None takes back what the user said of that field before.

        Raises EngineError(BAD_REQUEST) as `checked` does.
        """
        new = [Fact(name, checked(name, value), USER) for name, value in values.items() if value is not None]
        for name in values:
            if values[name] is None and name not in FIELDS:
                checked(name, None)
        return Facts.of([*new, *(fact for fact in self.facts if fact.source != USER or fact.field not in values)])

    def with_user_of(self, other: Facts) -> Facts:
        """These facts, with the user's word of other ones in place of their own."""
        users = [fact for fact in other.facts if fact.source == USER]
        return Facts.of([*users, *(fact for fact in self.facts if fact.source != USER)])

    def to_json(self) -> list[dict[str, Any]]:
        """As JSON values."""
        return [fact.to_json() for fact in self.facts]

    @classmethod
    def from_json(cls, values: object) -> Facts:
        """The reverse of `to_json`; what is no fact is left out, since an archive may be a stranger's."""
        found = []
        for entry in values[:_MOST_FACTS] if isinstance(values, list) else []:
            if isinstance(entry, dict) and isinstance(source := entry.get("source"), str):
                found += facts_of(source, {str(entry.get("field")): entry.get("value")})
        return cls.of(found)


def facts_of(source: str, values: Mapping[str, object]) -> list[Fact]:
    """The facts of a source; values that make no sense count as unknown."""
    facts = []
    for name, value in values.items():
        with suppress(EngineError):
            if value is not None and source in SOURCES:
                facts.append(Fact(name, checked(name, value), source))
    return facts


def _said(value: Value) -> str:
    if isinstance(value, tuple):
        return f"{value[1]:.4f}, {value[0]:.4f}"
    return f"{value:.6g}" if isinstance(value, float) else value


def _is_same_time(one: Fact, other: Fact) -> bool:
    """Whether both may be of one day."""
    (first, last), (begin, end) = period(str(one.value)), period(str(other.value))
    return first <= end and begin <= last


def _either(holds: Callable[[str, str], bool | None]) -> Callable[[Fact, Fact], bool]:
    """Whether one may be a closer word for the other."""

    def agree(one: Fact, other: Fact) -> bool:
        a, b = str(one.value), str(other.value)
        return holds(a, b) is not False or holds(b, a) is not False

    return agree


def _close(factor: float, apart: float) -> Callable[[Fact, Fact], bool]:
    """Whether numbers are within a factor of each other, or no farther apart."""

    def agree(one: Fact, other: Fact) -> bool:
        low, high = sorted((float(one.value), float(other.value)))  # type: ignore[arg-type]
        return high <= low * factor or high - low <= apart

    return agree


_AGREE: dict[str, Callable[[Fact, Fact], bool]] = {
    "platform": _either(holds_platform),
    "sensor": _either(holds_sensor),
    "level": _either(holds_level),
    "gsd": _close(2.0, 0.0),  # bands of one product have several, and a tag may give the finest
    "cloud": _close(1.0, 1.0),
    "off_nadir": _close(1.0, 1.0),
    "acquired": _is_same_time,
    "place": lambda one, other: distance_km(one.value, other.value) <= 200.0,  # type: ignore[arg-type]
    "place_name": lambda one, other: key(str(one.value)) == key(str(other.value)),
}
