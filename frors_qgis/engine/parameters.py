"""Typed values out of a request's parameters; anything else is a bad request with a sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frors_qgis.protocol import EngineError, ErrorCode

Box = tuple[float, float, float, float]


class Parameters:
    """The parameters of one request. Every method raises EngineError(BAD_REQUEST) for a value of another kind."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def text(self, name: str, default: str | None = None) -> str:
        """A non-empty string without half characters, which neither SQLite nor a file could take."""
        value = self.values.get(name, default)
        if not isinstance(value, str) or not value or "\0" in value or not _is_whole(value):
            raise _bad(name, "a text")
        return value

    def optional_text(self, name: str) -> str | None:
        """A non-empty string, or None when it is not given."""
        return None if self.values.get(name) is None else self.text(name)

    def texts(self, name: str) -> list[str]:
        """A list of one or more non-empty strings."""
        values = self.values.get(name)
        if not isinstance(values, list) or not values:
            raise _bad(name, "a list of texts")
        return [Parameters({name: value}).text(name) for value in values]

    def number(self, name: str, default: float | None = None) -> float:
        """A finite number."""
        return _number(name, self.values.get(name, default))

    def optional_number(self, name: str) -> float | None:
        """A finite number, or None when it is not given."""
        return None if self.values.get(name) is None else self.number(name)

    def whole(self, name: str, default: int | None = None) -> int:
        """A whole number of at most 63 bits."""
        value = self.values.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**63:
            raise _bad(name, "a whole number")
        return value

    def optional_whole(self, name: str) -> int | None:
        """A whole number, or None when it is not given."""
        return None if self.values.get(name) is None else self.whole(name)

    def flag(self, name: str) -> bool:
        """True or false, false when it is not given."""
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            raise _bad(name, "true or false")
        return value

    def numbers(self, name: str) -> list[float]:
        """A list of finite numbers; a single number is a list of one; empty when it is not given."""
        values = self.values.get(name)
        if values is None:
            return []
        return [_number(name, value) for value in (values if isinstance(values, (list, tuple)) else [values])]

    def vectors(self, name: str, dimension: int) -> NDArray[np.float32]:
        """A list of lists of `dimension` finite numbers [n, dimension]; none when it is not given."""
        values = self.values.get(name, [])
        if not isinstance(values, list) or not all(isinstance(v, list) and len(v) == dimension for v in values):
            raise _bad(name, f"a list of lists of {dimension} numbers")
        numbers = [[_number(name, number) for number in vector] for vector in values]
        return np.array(numbers, np.float32).reshape(len(numbers), dimension)

    def wholes(self, name: str, default: tuple[int, ...] = ()) -> list[int]:
        """A list of whole numbers."""
        values = self.values.get(name, list(default))
        if not isinstance(values, list):
            raise _bad(name, "a list of whole numbers")
        return [Parameters({name: value}).whole(name) for value in values]

    def fields(self, name: str) -> dict[str, Any]:
        """An object."""
        value = self.values.get(name)
        if not isinstance(value, dict):
            raise _bad(name, "an object of fields")
        return value

    def box(self, name: str) -> Box:
        """Four finite numbers: xmin, ymin, xmax, ymax with xmin < xmax and ymin < ymax."""
        numbers = self.numbers(name)
        if len(numbers) != 4:
            raise _bad(name, "four numbers: xmin, ymin, xmax, ymax")
        xmin, ymin, xmax, ymax = numbers
        if xmin >= xmax or ymin >= ymax:
            raise _bad(name, "xmin, ymin, xmax, ymax with the least values first")
        return xmin, ymin, xmax, ymax

    def optional_box(self, name: str) -> Box | None:
        """A box, or None when it is not given."""
        return None if self.values.get(name) is None else self.box(name)


def _number(name: str, value: object) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise _bad(name, "a number")
    try:
        number = float(value)
    except OverflowError:
        raise _bad(name, "a finite number") from None
    if not math.isfinite(number):
        raise _bad(name, "a finite number")
    return number


def _is_whole(text: str) -> bool:
    """Whether a text is Unicode: Python also lets halves of characters stand."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _bad(name: str, expected: str) -> EngineError:
    return EngineError(ErrorCode.BAD_REQUEST, f"The parameter {name!r} must be {expected}.")
