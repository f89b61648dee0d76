"""Runs a CCLS2T over many pictures and acquisitions, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ccls2t.ccls2t import Ccls2t
from ccls2t.records import Records, describe_acquisitions
from frors_qgis.engine.acquisition.acquisition import Acquisition

_AT_ONCE = 1024


def picture_vectors(model: Ccls2t, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
    """Unit embeddings at three scales [n, 3, D] -> what hash layers take of pictures [n, D + width]."""
    return _in_parts(model.picture, torch.from_numpy(embeddings))


def asked_vectors(model: Ccls2t, acquisitions: Sequence[Acquisition], *, sentences: bool = True) -> NDArray[np.float32]:
    """Metadata vectors of what queries ask [n, M], 0 where that is nothing; sentences: see `TextRecipe`."""
    return _in_parts(model.ask, *record_tensors(describe_acquisitions(acquisitions), sentences=sentences))


def told_vectors(model: Ccls2t, acquisitions: Sequence[Acquisition], *, sentences: bool = True) -> NDArray[np.float32]:
    """Metadata vectors of what chips tell [n, M]; sentences: see `TextRecipe`."""
    return _in_parts(model.tell, *record_tensors(describe_acquisitions(acquisitions), sentences=sentences))


def log_odds(model: Ccls2t, asked: NDArray[np.float32], told: NDArray[np.float32]) -> NDArray[np.float64]:
    """Log-odds that chips [m, M] fulfil what queries [n, M] ask: [n, m]."""
    with torch.no_grad():
        return model.log_odds(torch.from_numpy(asked).double(), torch.from_numpy(told).double()).numpy()


def record_tensors(records: Records, *, sentences: bool = True) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Records as the text encoder takes them."""
    tokens = records.tokens if sentences else np.zeros_like(records.tokens)
    return torch.from_numpy(tokens), torch.from_numpy(records.quantities), torch.from_numpy(records.known)


def _in_parts(function: Callable[..., torch.Tensor], *tensors: torch.Tensor) -> NDArray[Any]:
    with torch.no_grad():
        parts = zip(*(tensor.split(_AT_ONCE) for tensor in tensors), strict=True)
        return np.concatenate([function(*part).numpy() for part in parts])
