"""The order in which chips are shown that nothing ranks: all over the rasters, and all over each of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_GOLDEN = (5**0.5 - 1) / 2
"""Its multiples, modulo 1, are spread evenly however many of them are taken."""


def spread(ids: NDArray[np.int64], rasters: NDArray[np.int64], sizes: NDArray[np.float32]) -> NDArray[np.int64]:
    """The ids [n] in their new order: one chip of each raster after the other, those of a raster's largest size first.

    `rasters` and `sizes`, ground sizes, are those of the chips [n].
    """
    order = np.lexsort((ids, -sizes, rasters))
    kinds = np.stack([rasters[order], -sizes[order]])
    number = _numbered(np.any(kinds[:, 1:] != kinds[:, :-1], axis=0))
    scattered = np.lexsort((number * _GOLDEN % 1, kinds[1], kinds[0]))
    order = order[scattered]
    turn = _numbered(rasters[order][1:] != rasters[order][:-1])
    return ids[order][np.lexsort((rasters[order], turn))]


def _numbered(begins: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Numbers from 0 that begin anew where `begins` [n - 1] says so: [n]."""
    places = np.arange(len(begins) + 1)
    starts = np.maximum.accumulate(np.where(np.concatenate([[True], begins]), places, 0))
    return places - starts
