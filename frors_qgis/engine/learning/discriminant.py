"""The projection that tells images apart whatever the view, in closed form.

A discriminant analysis (Fisher 1936; Rao 1948) with two kinds of noise: what changes between random views of one image
(rotation, GSD, light), which nobody searches for, and, by `class_share`, what changes between images of one class. With
a share of 0 it uses no label. It keeps what separates images in general, and so serves classes that it has never seen
better than a projection trained to tell its own classes apart.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F

from frors_qgis.engine.encoders.projection import Projection
from frors_qgis.protocol import EngineError, ErrorCode


class ViewStatistics:
    """Sums over vectors of views, added view by view: what the discriminant analysis needs of them."""

    def __init__(self) -> None:
        self._means: torch.Tensor | float = 0.0
        self._moment: torch.Tensor | float = 0.0
        self._views = 0

    def add(self, vectors: torch.Tensor) -> None:
        """Vectors [n, K] of one view of the same n images in the same order each time."""
        self._views += 1
        self._means = self._means + (vectors - self._means) / self._views
        self._moment = self._moment + (vectors.T @ vectors / len(vectors) - self._moment) / self._views

    def fit(self, projection: Projection, labels: torch.Tensor, class_share: float, ridge: float) -> None:
        """Fits a projection [K -> D]; labels [n] of the images, counted from 0.

        The noise is the scatter between views plus `class_share` times that within classes, with `ridge` times its mean
        eigenvalue added to every axis. Projected vectors have a length of 1 on average.
        Raises EngineError(DATASET_INVALID) when there are fewer images than dimensions, or no noise.
        """
        means, moment = self._means, self._moment
        if not isinstance(means, torch.Tensor) or not isinstance(moment, torch.Tensor):
            raise ValueError("no view was added")
        if len(means) <= projection.dimension:
            raise EngineError(
                ErrorCode.DATASET_INVALID,
                f"{len(means)} images are too few for {projection.dimension} dimensions; add images.",
            )
        count = len(means)
        centre = means.mean(dim=0)
        centred = means - centre
        views = moment - means.T @ means / count
        sums = torch.zeros(int(labels.max()) + 1, means.shape[1]).index_add_(0, labels, centred)
        within = centred - (sums / torch.bincount(labels).clamp(min=1).unsqueeze(1))[labels]
        noise = views + class_share * (within.T @ within) / count
        noise.diagonal().add_(ridge * noise.diagonal().mean())

        factor, failed = torch.linalg.cholesky_ex(noise)
        if failed:
            raise EngineError(
                ErrorCode.DATASET_INVALID,
                "The images hardly differ within their classes and from view to view; add images, or take more views.",
            )
        whitened = torch.linalg.solve_triangular(factor, centred.T, upper=False)
        if count < len(factor):
            _, mixtures = torch.linalg.eigh(whitened.T @ whitened)
            directions = F.normalize(whitened @ mixtures.flip(1)[:, : projection.dimension], dim=0)
        else:
            _, axes = torch.linalg.eigh(whitened @ whitened.T)
            directions = axes.flip(1)[:, : projection.dimension]
        weight = torch.linalg.solve_triangular(factor.T, directions, upper=True).T
        weight = weight / torch.einsum("dk,kl,dl->", weight, moment - torch.outer(centre, centre), weight).sqrt()
        with torch.no_grad():
            projection.mean.copy_(centre)
            projection.weight.copy_(weight)
            projection.bias.zero_()
