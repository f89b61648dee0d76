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


def metadata_columns(acquisitions: Sequence[Acquisition], waves: bool) -> NDArray[np.float32]:
    """Acquisitions as numbers [n, F], 0 where a field is unknown.

    One column for each platform, family, sensor, month and season; the quantities that CCLS2T's text encoder reads,
    whether each is known, and cloud cover. waves: with the sines and cosines, too, that its text encoder makes of them.
    """
    records = describe_acquisitions(acquisitions)
    parts = [_one_hot(one) for one in acquisitions]
    cloud = [0.0 if one.cloud is None else one.cloud / 100 for one in acquisitions]
    columns = [np.array(parts), records.quantities, records.known, np.array(cloud)[:, None]]
    if waves:
        for number, (name, place) in enumerate(QUANTITIES.items()):
            made = fourier(name, torch.from_numpy(records.quantities[:, place])).numpy()
            columns.append(made * records.known[:, number : number + 1])
    return np.concatenate(columns, axis=1).astype(np.float32)


def weighted(pictures: NDArray[np.float32], columns: NDArray[np.float32], weight: float) -> NDArray[np.float32]:
    """Unit embeddings [n, D] beside metadata columns [n, F], brought to a length near `weight`."""
    return np.concatenate([pictures, weight * columns / np.sqrt(columns.shape[1] / 2)], axis=1)


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
    season = None if one.month is None else season_of(one.month, 50.0)
    pairs = (
        (one.platform, _NAMES),
        (family, FAMILIES),
        (one.sensor, _SENSORS),
        (one.month, tuple(range(1, 13))),
        (season, SEASONS),
    )
    return [float(value == name) for value, names in pairs for name in names]
