"""A query vector from a box's own embedding and positive and negative examples.

It stays one vector, so a search costs the same with fifty examples as with none, on every kind of archive.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

POSITIVE, NEGATIVE = 1.0, 0.0
"""The scores that examples should have."""

CAUTION = 1.0
"""How little the vector may leave the query for a better fit: the ridge of a ridge regression."""


def refined(
    query: NDArray[np.float32], positive: NDArray[np.float32], negative: NDArray[np.float32], caution: float = CAUTION
) -> NDArray[np.float32]:
    """The query [d] moved so that positive examples [p, d] score higher and negative ones [n, d] lower; unit length.

    It is the ridge regression of the scores that the examples should have, with the query in the place of zero: with no
    examples it is the query itself, and one that scores as it should already moves nothing.
    """
    examples = np.concatenate([positive, negative]).astype(np.float64)
    wanted = np.repeat([POSITIVE, NEGATIVE], [len(positive), len(negative)])
    products = examples @ examples.T + caution * np.eye(len(examples))
    moved = query + examples.T @ np.linalg.solve(products, wanted - examples @ query)
    return (moved / max(np.linalg.norm(moved), 1e-9)).astype(np.float32)
