"""Features with labels, as a request describes them. Whatever they hold comes from a stranger's layer."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from frors_qgis.engine.parameters import Box, Parameters
from frors_qgis.protocol import EngineError, ErrorCode

MOST_FEATURES = 10_000
MOST_LABELS = 1_000
MOST_LETTERS = 100

_MOST_REASONS = 500


@dataclass(frozen=True)
class LabelledFeature:
    """A feature's id in its layer, its label as `class_name` gives it, and the box round it; a point has no extent."""

    id: int
    label: str
    box: Box


@dataclass(frozen=True)
class Skipped:
    """A feature that takes no part, by its id, and why, in a sentence."""

    id: int
    reason: str


def read_features(parameters: Parameters) -> tuple[list[LabelledFeature], list[Skipped]]:
    """The features of a request, and those among them that cannot take part whatever the raster.

    "features" is a list of objects: "id", a whole number; "label", a text or null; "box", four numbers (xmin, ymin,
    xmax, ymax) or null.
    Raises EngineError: BAD_REQUEST for anything else and for over `MOST_FEATURES`; DATASET_INVALID for over
    `MOST_LABELS` labels, or where no feature is left.
    """
    values = parameters.values.get("features")
    if not isinstance(values, list) or not values:
        raise EngineError(ErrorCode.BAD_REQUEST, "There are no features; the layer is empty, or none is selected.")
    if len(values) > MOST_FEATURES:
        raise EngineError(
            ErrorCode.BAD_REQUEST,
            f"There are over {MOST_FEATURES:,} features; select so many at most, at random for example.",
        )
    features: list[LabelledFeature] = []
    skipped: list[Skipped] = []
    for value in values:
        found = _read(value)
        if isinstance(found, Skipped):
            skipped.append(found)
        else:
            features.append(found)
    labels = {feature.label for feature in features}
    if len(labels) > MOST_LABELS:
        raise EngineError(
            ErrorCode.DATASET_INVALID,
            f"The features have {len(labels):,} different labels, and {MOST_LABELS:,} are the most; choose the field "
            "that holds their class, not one that is different for each.",
        )
    if not features:
        raise none_left(skipped)
    return features, skipped


def none_left(skipped: Sequence[Skipped]) -> EngineError:
    """The error where every feature was skipped: the first reason stands for all."""
    first = skipped[0]
    return EngineError(
        ErrorCode.DATASET_INVALID,
        f"None of the {len(skipped):,} features can be used. Feature {first.id}: {first.reason}",
    )


def class_name(label: str) -> str:
    """A label as the name of a class: one line of printable letters, Unicode NFC; empty where there are none.

    A slash becomes a division slash, which looks alike: "dataset/class" has a meaning among classes.
    """
    line = " ".join(unicodedata.normalize("NFC", label).split()).replace("/", "\N{DIVISION SLASH}")
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in line)


def skipped_json(skipped: Sequence[Skipped]) -> dict[str, Any]:
    """How many were skipped, and the first of them with their reasons, as JSON has them."""
    first = [{"id": one.id, "reason": one.reason} for one in skipped[:_MOST_REASONS]]
    return {"skipped_count": len(skipped), "skipped": first}


def _read(value: object) -> LabelledFeature | Skipped:
    if not isinstance(value, dict):
        raise EngineError(ErrorCode.BAD_REQUEST, "A feature must be an object with id, label and box.")
    id_ = Parameters(value).whole("id")
    label, box = value.get("label"), value.get("box")
    if label is not None and not isinstance(label, str):
        raise EngineError(ErrorCode.BAD_REQUEST, "The label of a feature must be a text or null.")
    name = "" if label is None else class_name(label[: 10 * MOST_LETTERS])
    if not name:
        return Skipped(id_, "It has no label.")
    if len(name) > MOST_LETTERS:
        return Skipped(id_, f"Its label has over {MOST_LETTERS} letters; choose a field with the names of classes.")
    if box is None:
        return Skipped(id_, "It has no geometry.")
    numbers = Parameters({"box": box}).numbers("box")
    if len(numbers) != 4 or numbers[0] > numbers[2] or numbers[1] > numbers[3]:
        raise EngineError(
            ErrorCode.BAD_REQUEST, "The box of a feature must be xmin, ymin, xmax, ymax, the least first."
        )
    xmin, ymin, xmax, ymax = numbers
    return LabelledFeature(id_, name, (xmin, ymin, xmax, ymax))
