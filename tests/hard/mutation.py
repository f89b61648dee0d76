"""Seeded changes to what was valid, and values that nobody expects."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

NUMBERS = (
    0, 1, -1, 2, 3, 7, 8, 255, 256, 65_535, 65_536, 10**9, 2**31 - 1, 2**31, -(2**31), 2**32, 2**53, 2**63 - 1, 2**63,
    -(2**63), 2**64, 10**20, 10**400, 0.5, -0.0, 1e-320, 1e-9, 1e9, 1e15, 1e300, -1e300, float("nan"), float("inf"),
    float("-inf"),
)  # fmt: skip
TEXTS = (
    "", " ", "a", "0", "-1", "NaN", "null", "x" * 5000, "\0", "a\0b", "\ud800", "\udfff\ud800", "\u202e", "é" * 300,
    "'; DROP TABLE chips; --", "\" OR 1=1 --", "%s%n%x", "$(touch executed)", "`touch executed`", "; touch executed",
    "../../../../etc/passwd", "/dev/zero", "/dev/null", "/proc/self/mem", "/", ".", "..", "C:\\x", "file:///etc/passwd",
    "/vsicurl/http://127.0.0.1:9/a.tif", "/vsimem/a.tif", "/vsizip/a.zip/a.tif", "GPKG:a:b", "EPSG:4326", "EPSG:99999",
    "<img src='x'>", "{}", "[]", "[" * 2000,
)  # fmt: skip
_WORDS = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\0\0\x01\0", b"\x01\0\0\0")


def mutated_bytes(data: bytes, chance: random.Random) -> bytes:
    """The data with some bits flipped, parts cut, moved or filled, or cut off."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8, 40))):
        if not changed:
            break
        at = chance.randrange(len(changed))
        kind = chance.randrange(8)
        if kind <= 2:
            changed[at] ^= 1 << chance.randrange(8)
        elif kind == 3:
            changed[at] = chance.randrange(256)
        elif kind == 4:
            changed[at : at + 4] = chance.choice(_WORDS)
        elif kind == 5:
            length = chance.choice((1, 2, 4, 16, 256, 4096))
            changed[at : at + length] = bytes(min(length, len(changed) - at))
        elif kind == 6:
            source = chance.randrange(len(changed))
            length = min(chance.choice((4, 16, 256, 4096)), len(changed) - at, len(changed) - source)
            changed[at : at + length] = changed[source : source + length]
        elif chance.randrange(3) == 0:
            del changed[at:]
        else:
            del changed[at : at + chance.choice((1, 2, 7, 64))]
    return bytes(changed)


def random_json(chance: random.Random, depth: int = 3) -> Any:
    """Any JSON value, NaN and lone surrogates among them."""
    kind = chance.randrange(9 if depth else 6)
    if kind <= 1:
        return chance.choice(NUMBERS)
    if kind <= 3:
        return chance.choice(TEXTS)
    if kind == 4:
        return chance.choice((None, True, False))
    if kind == 5:
        return "".join(chr(chance.choice((chance.randrange(128), chance.randrange(0x3000)))) for _ in range(8))
    if kind == 6:
        return nested(chance.choice((3, 30, 300)))
    count = chance.choice((0, 1, 2, 4, 12))
    if kind == 7:
        return [random_json(chance, depth - 1) for _ in range(count)]
    return {chance.choice(TEXTS): random_json(chance, depth - 1) for _ in range(count)}


def nested(depth: int) -> Any:
    """A list in a list in a list."""
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


def mutated_json(value: Any, chance: random.Random) -> Any:
    """The value with one place in it exchanged, taken away or doubled."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(sorted(value))
        kind = chance.randrange(8)
        if kind == 0:
            return {name: item for name, item in value.items() if name != key}
        if kind == 1:
            return value | {chance.choice(TEXTS): random_json(chance)}
        return value | {key: mutated_json(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.7:
        at = chance.randrange(len(value))
        kind = chance.randrange(5)
        if kind == 0:
            return value[:at] + value[at + 1 :]
        if kind == 1:
            return value * chance.choice((2, 50))
        return [*value[:at], mutated_json(value[at], chance), *value[at + 1 :]]
    return random_json(chance)


def dumps(value: Any, chance: random.Random) -> str:
    """JSON as Python writes it: NaN and Infinity as words, lone surrogates escaped; now and then damaged."""
    text = json.dumps(value)
    damage: tuple[Callable[[str], str], ...] = (
        lambda text: text[: chance.randrange(len(text) + 1)],
        lambda text: text + chance.choice(("}", "]", ",", '"', "\0", " {}")),
        lambda text: text.replace(":", chance.choice(("", "::", "=")), 1),
        lambda text: text.replace("0", "1" * 5000, 1),
    )
    return chance.choice(damage)(text) if chance.randrange(12) == 0 else text
