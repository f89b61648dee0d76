"""Embeddings to hash codes: short rows of bits whose Hamming distance follows the embeddings' cosine."""

from __future__ import annotations

import hashlib
from functools import cached_property

import numpy as np
import numpy.typing as npt

MOST_BITS = 1 << 12
_MOST_DIMENSIONS = 1 << 16


class ProjectionHasher:
    """A bit is whether a linear function of the embedding is positive; equal fingerprints mean equal codes.

    `matrix` float32 [bits, d] and `bias` float32 [bits]: random hyperplanes, ITQ and an embedding's own signs are of
    this form. Raises ValueError for numbers that make no hasher.
    """

    def __init__(self, matrix: npt.NDArray[np.float32], bias: npt.NDArray[np.float32]) -> None:
        self.matrix = np.ascontiguousarray(matrix, np.float32)
        self.bias = np.ascontiguousarray(bias, np.float32)
        if self.matrix.ndim != 2 or self.bias.shape != self.matrix.shape[:1]:
            raise ValueError("a hasher is a matrix and as many biases as it has rows")
        if not (0 < self.bits <= MOST_BITS and self.bits % 8 == 0 and 0 < self.dimension <= _MOST_DIMENSIONS):
            raise ValueError(f"a code has a multiple of 8 bits up to {MOST_BITS}, not {self.bits}")
        if not (np.isfinite(self.matrix).all() and np.isfinite(self.bias).all()):
            raise ValueError("a hasher consists of finite numbers")

    @property
    def dimension(self) -> int:
        """Numbers of an embedding."""
        return self.matrix.shape[1]

    @property
    def bits(self) -> int:
        """Bits of a code, a multiple of 8."""
        return self.matrix.shape[0]

    @cached_property
    def fingerprint(self) -> str:
        """Differs between hashers with different numbers, as 64 hexadecimal digits."""
        shape = np.array(self.matrix.shape, "<i8")
        parts = (shape, self.matrix.astype("<f4"), self.bias.astype("<f4"))
        return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()

    def encode(self, vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
        """Packed codes [n, bits / 8] of embeddings [n, d]; the first bit is the lowest of the first byte.

        Raises ValueError for embeddings of another length.
        """
        if vectors.ndim != 2 or vectors.shape[1] != self.dimension:
            raise ValueError(f"the hasher is for embeddings of {self.dimension} numbers")
        return np.packbits(vectors @ self.matrix.T + self.bias > 0, axis=1, bitorder="little")

    def agreement(self, query: npt.NDArray[np.float32], codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """How far codes [n, bits / 8] agree with a query [d], the larger the more: [n].

        A query weighs each bit by how far it lies from where the bit turns: there a different bit says little.
        """
        signs = 2 * np.unpackbits(codes, axis=1, bitorder="little").astype(np.float32) - 1
        return np.einsum("nb,b->n", signs, self.matrix @ query + self.bias)
