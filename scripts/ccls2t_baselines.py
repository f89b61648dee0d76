"""What CCLS2T's codes are compared with: the same embeddings and acquisitions, hashed in other ways."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from ccls2t_protocol import FAMILIES, PLATFORMS
from numpy.typing import NDArray
from torch import nn

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.dates import SEASONS, season_of
from frors_qgis.engine.acquisition.platforms import platform_family
from frors_qgis.engine.encoders.ccls2t.records import QUANTITIES, describe_acquisitions
from frors_qgis.engine.encoders.ccls2t.text_encoder import fourier

_NAMES = tuple(platform.name for platform in PLATFORMS)
_SENSORS = tuple(sorted({platform.sensor for platform in PLATFORMS}))
_NORTH = 50.0
"""A latitude where all that is simulated lies, for what season a month is."""


def metadata_columns(acquisitions: Sequence[Acquisition], waves: bool) -> NDArray[np.float32]:
    """Acquisitions as numbers [n, F], NaN where a field is unknown.

    One column for each platform, family, sensor, month and season; the quantities that CCLS2T's text encoder reads, and
    cloud cover. waves: with the sines and cosines, too, that its text encoder makes of the quantities.
    """
    records = describe_acquisitions(acquisitions)
    cloud = [np.nan if one.cloud is None else one.cloud / 100 for one in acquisitions]
    columns = [np.array([_one_hot(one) for one in acquisitions]), np.array(cloud)[:, None]]
    for number, (name, place) in enumerate(QUANTITIES.items()):
        values = torch.from_numpy(records.quantities[:, place])
        made = (fourier(name, values) if waves else values).numpy()
        columns.append(np.where(records.known[:, number : number + 1], made, np.nan))
    return np.concatenate(columns, axis=1).astype(np.float32)


def filled(columns: NDArray[np.float32], means: NDArray[np.float32]) -> NDArray[np.float32]:
    """Columns [n, F] with their means [F] where they are unknown, which says the least."""
    return np.where(np.isnan(columns), means, columns)


def with_flags(columns: NDArray[np.float32], means: NDArray[np.float32]) -> NDArray[np.float32]:
    """Filled columns beside whether each is known [n, 2 F], for layers that learn what that means."""
    return np.concatenate([filled(columns, means), ~np.isnan(columns)], axis=1).astype(np.float32)


def weighted(pictures: NDArray[np.float32], columns: NDArray[np.float32], weight: float) -> NDArray[np.float32]:
    """Unit embeddings [n, D] beside filled columns [n, F] times a weight."""
    return np.concatenate([pictures, weight * columns], axis=1)


class DeepHash(nn.Module):
    """Two layers on the standardised picture and metadata columns: the head of deep supervised hashing."""

    def __init__(self, pictures: NDArray[np.float32], columns: NDArray[np.float32], width: int, bits: int) -> None:
        """pictures [n, P], columns [m, F]: of what is learnt from."""
        super().__init__()
        parts = pictures, columns
        self.register_buffer("mean", torch.from_numpy(np.concatenate([part.mean(axis=0) for part in parts])))
        self.register_buffer("spread", torch.from_numpy(np.concatenate([part.std(axis=0) + 1e-3 for part in parts])))
        self.layers = nn.Sequential(nn.Linear(len(self.mean), width), nn.ReLU(), nn.Linear(width, bits))

    def forward(self, pictures: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
        """[n, P] and [n, F] -> [n, bits]."""
        both = torch.cat([pictures, columns], dim=1)
        return self.layers((both - self.mean) / self.spread)


def _one_hot(one: Acquisition) -> list[float]:
    family = None if one.platform is None else platform_family(one.platform)
    season = None if one.month is None else season_of(one.month, _NORTH)
    pairs = (
        (one.platform, _NAMES),
        (family, FAMILIES),
        (one.sensor, _SENSORS),
        (one.month, tuple(range(1, 13))),
        (season, SEASONS),
    )
    return [np.nan if value is None else float(value == name) for value, names in pairs for name in names]
