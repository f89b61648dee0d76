"""What training makes small: losses and miners of pytorch-metric-learning, weighted as a recipe says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from frors_qgis.engine.learning.recipe import Recipe
from frors_qgis.protocol import EngineError, ErrorCode

_MEMORY_BATCHES = 16
_PRESERVE_SCALE = 10.0


def require_metric_learning() -> None:
    """Raises EngineError(ENGINE_MISSING) where pytorch-metric-learning is not installed or cannot be loaded."""
    try:
        import pytorch_metric_learning.losses  # noqa: F401
    except ImportError as error:
        raise EngineError(
            ErrorCode.ENGINE_MISSING,
            "Training needs pytorch-metric-learning, which this Python lacks; "
            "run `pip install -r requirements-learning.txt`.",
        ) from error


class Objective(nn.Module):
    """The weighted sum of the losses of a recipe, on embeddings of a batch; its parameters are class weights.

    Where the embeddings have an image part, the same losses of it alone are added with the weight `auxiliary`.
    """

    def __init__(self, recipe: Recipe, classes: int, dimension: int, image_dimension: int | None = None) -> None:
        """dimension: of the embeddings; image_dimension: of their image part, if they have parts.

        Raises EngineError(ENGINE_MISSING). Class weights are drawn from torch's own generator.
        """
        require_metric_learning()
        from pytorch_metric_learning import losses, miners, reducers
        from pytorch_metric_learning.utils.common_functions import TorchInitWrapper

        super().__init__()
        self._recipe = recipe
        weights = {"weight_init_func": TorchInitWrapper(nn.init.normal_, std=0.05)}
        temperature = 1 / recipe.softmax_scale
        self.softmax = (
            losses.NormalizedSoftmaxLoss(classes, dimension, temperature, **weights) if recipe.softmax else None
        )
        self.image: Objective | None = None
        if recipe.auxiliary and image_dimension is not None:
            self.image = Objective(replace(recipe, auxiliary=0.0, preserve=0.0), classes, image_dimension)
        self.metric: Any = None
        self._miner: Any = None
        if not recipe.triplet:
            return
        if recipe.loss == "multi-similarity":
            size = _MEMORY_BATCHES * recipe.classes_per_batch * recipe.images_per_class
            miner = miners.MultiSimilarityMiner()
            self.metric = losses.CrossBatchMemory(losses.MultiSimilarityLoss(), dimension, size, miner)
        elif recipe.loss == "proxy-anchor":
            self.metric = losses.ProxyAnchorLoss(classes, dimension, **weights)
        elif recipe.miner == "hard":
            self._miner = miners.BatchHardMiner()
            self.metric = losses.TripletMarginLoss(recipe.margin, reducer=reducers.MeanReducer())
        else:
            self._miner = miners.TripletMarginMiner(recipe.margin, recipe.miner)
            self.metric = losses.TripletMarginLoss(recipe.margin, reducer=reducers.AvgNonZeroReducer())

    def start_epoch(self) -> None:
        """Forgets earlier batches, so that an epoch depends on nothing but the weights that it starts with."""
        if self.metric is not None and self._recipe.loss == "multi-similarity":
            self.metric.reset_queue()
        if self.image is not None:
            self.image.start_epoch()

    def forward(
        self, embeddings: Tensor, labels: Tensor, image: Tensor | None = None, before: Tensor | None = None
    ) -> tuple[Tensor, dict[str, float]]:
        """The loss to make small, and its parts by name, unweighted; `active triplets` is a share (see `_triplets`).

        embeddings: unit, [B, D]; labels: [B], counted from 0; image: the image part of the embeddings [B, D_image];
        before: what the embeddings were at the start of the training [B, D].
        """
        recipe = self._recipe
        total = embeddings.new_zeros(())
        parts: dict[str, float] = {}

        def add(name: str, weight: float, loss: Tensor) -> None:
            nonlocal total
            total = total + weight * loss
            parts[name] = float(loss.detach())

        if self.softmax is not None:
            add("softmax", recipe.softmax, self.softmax(embeddings, labels))
        if self.metric is not None:
            triplets = None
            if self._miner is not None:
                triplets, parts["active triplets"] = self._triplets(embeddings, labels)
            name = "triplet" if recipe.loss == "standard" else recipe.loss
            add(name, recipe.triplet, self.metric(embeddings, labels, triplets))
        if self.image is not None and image is not None:
            add("image", recipe.auxiliary, self.image(image, labels)[0])
        if recipe.preserve and before is not None:
            change = (embeddings @ embeddings.T - before @ before.T).square().mean()
            add("preserve", recipe.preserve, _PRESERVE_SCALE * change)
        return total, parts

    def _triplets(self, embeddings: Tensor, labels: Tensor) -> tuple[Any, float]:
        """Anchors, positives and negatives that count, and the share of triplets looked at whose loss is not 0.

        Looked at is the hardest triplet of every image ("hard"), else every triplet of the batch.
        """
        with torch.no_grad():
            mined = self._miner(embeddings, labels)
            anchor, positive, negative = mined
            if self._recipe.miner != "hard":
                same = labels[:, None] == labels
                positives = same.sum(dim=1) - 1
                looked_at = int((positives * (~same).sum(dim=1)).sum())
                return mined, len(anchor) / max(1, looked_at)
            distances = torch.cdist(embeddings, embeddings)
            violation = distances[anchor, positive] - distances[anchor, negative] + self._recipe.margin
            return mined, float((violation > 0).float().mean()) if len(anchor) else 0.0
