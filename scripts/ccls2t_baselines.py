"""What CCLS2T's codes are compared with: the same embeddings and acquisitions, hashed in other ways."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from ccls2t.records import QUANTITIES, describe_acquisitions
from ccls2t.text_encoder import fourier
from ccls2t_protocol import FAMILIES, PLATFORMS
from numpy.typing import NDArray
from torch import nn

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.dates import SEASONS, season_of
from frors_qgis.engine.acquisition.platforms import platform_family

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
    """Two layers on the standardised picture and metadata columns: the head of deep supervised hashing.

    `weigh`, of the same kind, is for queries that weigh the bits as those of CCLS2T's hash layer do.
    """

    def __init__(self, inputs: int, width: int, bits: int) -> None:
        """inputs: columns of pictures and metadata together."""
        super().__init__()
        self.layers, self.weighing = (
            nn.Sequential(nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, bits)) for _ in range(2)
        )
        self.register_buffer("mean", torch.zeros(inputs))
        self.register_buffer("spread", torch.ones(inputs))

    def standardise(self, pictures: torch.Tensor, told: torch.Tensor, asked: torch.Tensor) -> None:
        """Takes means and spreads from what is learnt from: pictures [n, P] and columns of chips [m, F]."""
        self.mean.copy_(torch.cat([part.mean(dim=0) for part in (pictures, told)]))
        self.spread.copy_(torch.cat([part.std(dim=0) + 1e-3 for part in (pictures, told)]))

    def forward(self, pictures: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
        """[n, P] and [n, F] -> [n, bits]."""
        return self.layers(self._standardised(pictures, columns))

    def weigh(self, pictures: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
        """[n, P] and [n, F] of queries -> weights [n, bits]."""
        return self.weighing(self._standardised(pictures, columns))

    def _standardised(self, pictures: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
        return (torch.cat([pictures, columns], dim=1) - self.mean) / self.spread


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
