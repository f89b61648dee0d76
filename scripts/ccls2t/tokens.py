"""Sentences about acquisitions (R2STFT) as the numbers of hashed words. Does not import torch.

A clause such as "platform sentinel-2a" gives a token for each word of its value and for each beginning of that word,
coarse to fine: "platform sentinel", "platform sentinel-2", "platform sentinel-2a". What is a number in the sentence
(location, resolution, cloud) is left to the quantities; the tile stays, by its beginnings.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

VOCABULARY = 4096
"""Numbers of tokens; 0 stands for no token. Words that share one by accident are told apart by their neighbours."""
MOST_TOKENS = 40

_NUMBERS = frozenset(("location", "resolution", "cloud", "off-nadir"))
_TILE_DIGITS = (2, 4, 6, 8)
_PIECES = re.compile(r"\d+|[^\W\d]+")


def sentence_tokens(sentences: Iterable[str]) -> NDArray[np.int64]:
    """Token numbers [n, MOST_TOKENS] of sentences, filled up with 0; what is longer is cut."""
    rows = [_numbers(sentence)[:MOST_TOKENS] for sentence in sentences]
    numbers = np.zeros((len(rows), MOST_TOKENS), np.int64)
    for row, found in zip(numbers, rows, strict=True):
        row[: len(found)] = found
    return numbers


def _numbers(sentence: str) -> list[int]:
    clauses = (clause for part in sentence.removesuffix(".").split(". ") for clause in part.split(", "))
    return list(dict.fromkeys(number for clause in clauses for number in _clause(clause)))


@lru_cache(maxsize=1 << 14)
def _clause(clause: str) -> tuple[int, ...]:
    """The numbers of a clause's tokens; remembered, for rasters of an archive, and steps of a training, share most."""
    name, _, value = clause.partition(" ")
    if name == "tile":
        found = [f"{name} {value[:digits]}" for digits in _TILE_DIGITS if len(value) >= digits]
    elif not value:
        found = [name] if name else []
    elif name in _NUMBERS:
        found = []
    else:
        found = [f"{name} {beginning}" for word in value.split() for beginning in _beginnings(word)]
    return tuple(map(_number, found))


def _beginnings(word: str) -> list[str]:
    """The beginnings of a word that end where letters, digits or other signs take over; of a date also its month."""
    found = [word[: match.end()] for match in _PIECES.finditer(word)] or [word]
    if re.fullmatch(r"\d{4}-\d{2}", word, re.ASCII):
        found.append(word[4:])
    return found


def _number(token: str) -> int:
    return 1 + zlib.crc32(token.encode("utf-8", "backslashreplace")) % (VOCABULARY - 1)
