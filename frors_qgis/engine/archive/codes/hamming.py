"""Hamming distances between packed codes, by FAISS's own kernels on our own arrays.

No FAISS index is made. Its flat binary index would hold a second copy of the codes, took no selector before 1.11 and
leaves open which of equally distant codes it finds; its binary IVF takes none at all and looks at part of the codes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_CHUNK = 1 << 20  # codes gathered at once where a mask leaves some out
_WORD = 8


def nearest(
    codes: npt.NDArray[np.uint8], code: npt.NDArray[np.uint8], k: int, mask: npt.NDArray[np.bool_] | None = None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Positions and distances in bits of the k codes [n, b] nearest to one [b], nearest first, ties by position.

    mask: bool [n], which may be found; None: all. Fewer than k come back where there are fewer.
    """
    import faiss

    positions: list[npt.NDArray[np.int64]] = [np.empty(0, np.int64)]
    distances: list[npt.NDArray[np.int32]] = [np.empty(0, np.int32)]
    for start in range(0, len(codes), _CHUNK):
        part = codes[start : start + _CHUNK]
        chosen = None if mask is None else np.flatnonzero(mask[start : start + _CHUNK])
        if chosen is not None and len(chosen) < len(part):
            part = part.take(chosen, axis=0)
        if len(part):
            # "mc" counts how many codes are how far away and keeps the first of those: ties are in order.
            near, places = faiss.knn_hamming(code[None], part, min(k, len(part)), variant="mc")
            positions.append(start + (places[0] if chosen is None else chosen[places[0]]))
            distances.append(near[0])
    position, distance = np.concatenate(positions), np.concatenate(distances)
    order = np.lexsort((position, distance))[:k]
    return position[order], distance[order]


def words_of(width: int) -> int:
    """How many words of 64 bits a code of so many bytes takes."""
    return -(-width // _WORD)


def as_words(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """Codes [n, b] as words of 64 bits [n, w], filled up with zeros; the first bit is the lowest of the first word.

    Where they need no filling no copy is made.
    """
    if codes.shape[1] % _WORD == 0 and codes.flags.c_contiguous:
        return codes.view("<u8")
    filled = np.zeros((len(codes), words_of(codes.shape[1]) * _WORD), np.uint8)
    filled[:, : codes.shape[1]] = codes
    return filled.view("<u8")


def distances(words: npt.NDArray[np.uint64], query: npt.NDArray[np.uint64]) -> npt.NDArray[np.int32]:
    """How many bits each of the codes [n, w] differs in from one [w]: [n]."""
    import faiss

    found = np.empty(len(words), np.int32)
    if len(words):
        rows = np.ascontiguousarray(words).view(np.uint8)
        one = np.ascontiguousarray(query).view(np.uint8)
        arguments = faiss.swig_ptr(rows), faiss.swig_ptr(one), len(rows), 1, rows.shape[1], faiss.swig_ptr(found)
        faiss.hammings(*arguments)  # type: ignore[attr-defined]
    return found


def popcounts(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.int32]:
    """How many bits are set in each row [n, w]: [n]."""
    return distances(words, np.zeros(words.shape[1], np.uint64))
