"""What is known of how a raster was taken, as the shell sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from qgis.PyQt.QtCore import QLocale

from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.shell.translation import tr

Value = Any
Fields = dict[str, Value]

USER = "user"
FIELDS = ("acquired", "platform", "sensor", "level", "gsd", "cloud", "off_nadir", "place", "place_name")
_NUMBERS = ("gsd", "cloud", "off_nadir")
_PLACE_DIGITS = 5


@dataclass(frozen=True)
class Fact:
    """What one source says of one field."""

    field: str
    value: Value
    source: str


@dataclass(frozen=True)
class Facts:
    """What is said of a raster, the most trusted source first, and `conflicts`: by field, what is not used.

    `sentence` tells what is used; empty where nothing is known, or it has been edited.
    """

    facts: tuple[Fact, ...] = ()
    conflicts: tuple[Fact, ...] = ()
    sentence: str = ""

    def counting(self, name: str) -> Fact | None:
        """The fact that counts for a field."""
        return next((fact for fact in self.facts if fact.field == name), None)

    def without_user(self, name: str) -> Fact | None:
        """The fact that would count if the user had said nothing of the field."""
        return next((fact for fact in self.facts if fact.field == name and fact.source != USER), None)

    def with_users_word(self, fields: Mapping[str, Value]) -> Facts:
        """With what the user says of some fields; None takes that back."""
        own = tuple(Fact(name, value, USER) for name, value in fields.items() if value is not None)
        others = tuple(fact for fact in self.facts if fact.source != USER or fact.field not in fields)
        conflicts = tuple(fact for fact in self.conflicts if fields.get(fact.field) is None)
        return replace(self, facts=own + others, conflicts=conflicts, sentence="")


def facts_from_json(answer: Mapping[str, Any]) -> Facts:
    """The facts in the engine's description of a raster; raises EngineError(INTERNAL) where there are none."""
    try:
        return Facts(
            tuple(map(_fact, answer["facts"])),
            tuple(_fact(conflict["other"]) for conflict in answer["conflicts"]),
            str(answer["sentence"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        message = f"The engine's description of the acquisition cannot be read: {error!r}."
        raise EngineError(ErrorCode.INTERNAL, message) from error


def value_text(name: str, value: Value) -> str:
    """A field's value as the user reads and writes it; places with the latitude first."""
    if name == "place":
        longitude, latitude = value
        return f"{latitude:.{_PLACE_DIGITS}f}, {longitude:.{_PLACE_DIGITS}f}"
    return QLocale().toString(float(value), "g", 6) if name in _NUMBERS else str(value)


def value_of(name: str, text: str) -> Value:
    """What a text says of a field; the text itself where it is no value of it, for the engine to say why."""
    if name in _NUMBERS:
        number, fine = QLocale().toDouble(text)
        return number if fine else _number(text)
    if name == "place":
        parts = [_number(part.strip()) for part in text.split(",")]
        return parts[::-1] if all(isinstance(part, float) for part in parts) else text
    return text


def field_name(name: str) -> str:
    """A field as people speak of it."""
    return {
        "acquired": tr("Acquired"),
        "platform": tr("Platform"),
        "sensor": tr("Sensor"),
        "level": tr("Product level"),
        "gsd": tr("GSD (m)"),
        "cloud": tr("Cloud (%)"),
        "off_nadir": tr("Off-nadir (deg)"),
        "place": tr("Latitude, longitude"),
        "place_name": tr("Place name"),
    }[name]


def source_name(source: str) -> str:
    """A source as people speak of it."""
    return {
        USER: tr("you"),
        "raster": tr("the raster"),
        "tags": tr("its tags"),
        "stac": tr("STAC item"),
        "mtl": tr("Landsat MTL"),
        "safe": tr("Sentinel SAFE"),
        "envi": tr("ENVI header"),
        "qmd": tr("QGIS metadata"),
        "name": tr("file name"),
        "written": tr("TIFF header"),
    }.get(source, source)


def taken_text(facts: Facts) -> str:
    """Date and platform in a few letters; empty where neither is known."""
    told = []
    for name in ("acquired", "platform"):
        fact = facts.counting(name)
        if fact is not None:
            told.append(str(fact.value)[:10] if name == "acquired" else str(fact.value))
    return "  ·  ".join(told)


def _fact(value: Mapping[str, Any]) -> Fact:
    fact = Fact(str(value["field"]), value["value"], str(value["source"]))
    if fact.field not in FIELDS:
        raise ValueError(fact.field)
    value_text(fact.field, fact.value)
    return fact


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
