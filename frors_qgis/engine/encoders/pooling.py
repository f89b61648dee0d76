"""Windows of a feature map as rows of weights, so that one product of matrices pools them all."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray


def window_weights(windows: NDArray[np.float64], validity: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weights [n, rows * columns] that average the cells of each window; every row sums to 1.

    windows: [n, 4] as x, y, width, height in cells from the upper left corner; fractions count cells in part.
    validity: [rows, columns], the valid fraction of each cell's pixels, 0 to 1; cells count by it, and a window
    without any valid pixel counts all its cells alike.
    """
    rows, columns = validity.shape
    across = _coverage(windows[:, 0], windows[:, 2], columns)
    down = _coverage(windows[:, 1], windows[:, 3], rows)
    area = (down[:, :, None] * across[:, None, :]).reshape(len(windows), -1)
    weights = area * validity.reshape(1, -1)
    empty = weights.sum(axis=1) <= 0
    weights[empty] = area[empty]
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def _coverage(start: NDArray[np.float64], length: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Share of each of `count` unit cells that lies within [start, start + length): [n, count]."""
    cells = np.arange(count)
    low = np.maximum(start[:, None], cells)
    high = np.minimum((start + length)[:, None], cells + 1)
    return np.clip(high - low, 0.0, 1.0)


def common_unit(windows: NDArray[np.float64], validity: NDArray[np.float32]) -> int:
    """The side, in cells, of the largest squares of which all windows and the whole map are made.

    windows: [n, 4] as `window_weights` takes them; validity: [..., rows, columns]. 1 where windows do not start and end
    with cells, or where cells do not all count alike.
    """
    whole = windows.astype(np.int64)
    if (whole != windows).any() or (validity != 1).any():
        return 1
    return int(np.gcd.reduce([*validity.shape[-2:], *whole.ravel()]))


def cell_validity(valid: NDArray[np.bool_], cell: int) -> NDArray[np.float32]:
    """Valid fraction of every cell of blocks [B, H, W] with H and W whole cells: [B, H / cell, W / cell]."""
    blocks, height, width = valid.shape
    return valid.reshape(blocks, height // cell, cell, width // cell, cell).mean(axis=(2, 4), dtype=np.float32)


def weighted_means(weights: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """Rows of weights [B, n, cells] times values [B, cells, K] -> [B, n, K].

    On the CPU as sparse matrices, a sixth of the time: a window covers few cells of a block.
    """
    if weights.device.type != "cpu":
        return weights @ values
    return torch.stack([torch.sparse.mm(rows.to_sparse(), cells) for rows, cells in zip(weights, values, strict=True)])
