"""Measures how well an encoder retrieves images of the same class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.encoders.interface import CELL, WindowEncoder
from frors_qgis.engine.learning.dataset import LabelledImage, class_folders, read_image
from frors_qgis.engine.learning.metrics import retrieval_metrics
from frors_qgis.protocol import EngineError, ErrorCode

_LEAST_CELLS = 4
_BATCH = 8


def evaluate(
    dataset: Path,
    queries: Path | None,
    identifier: str,
    encoder: WindowEncoder,
    progress: Callable[[float, str, float | None], None],
) -> dict[str, Any]:
    """Metrics of retrieval by cosine in class folders, beside the protocol that they hold for.

    Every image of `queries` (None: of `dataset`) searches the images of `dataset`; the query's own file is never in
    its gallery. Queries whose class has no other image there do not count.
    Raises EngineError(DATASET_INVALID).
    """
    gallery = class_folders(dataset)
    asked = gallery if queries is None else class_folders(queries)
    images = list({image.path.resolve(): image for image in (*gallery, *asked)}.values())
    embeddings = dict(zip((i.path.resolve() for i in images), embed_images(images, encoder, progress), strict=True))

    vectors = np.stack([embeddings[image.path.resolve()] for image in gallery])
    labels = np.array([image.label for image in gallery])
    places = {image.path.resolve(): i for i, image in enumerate(gallery)}
    rankings = []
    for query in asked:
        scores = vectors @ embeddings[query.path.resolve()]
        order = np.argsort(-scores, kind="stable")
        own = places.get(query.path.resolve())
        relevant = labels[order[order != own] if own is not None else order] == query.label
        if (total := int(relevant.sum())) > 0:
            rankings.append((relevant, total))
    if not rankings:
        raise EngineError(ErrorCode.DATASET_INVALID, "No query has an image of its class to find; add images.")
    return {
        "protocol": {
            "dataset": dataset.name,
            "classes": len(set(labels.tolist())),
            "gallery": len(gallery),
            "queries": len(rankings),
            "queries without relevant images, left out": len(asked) - len(rankings),
            "query in its own gallery": "no",
            "relevance": "same class",
            "ranking": "cosine, ties in order of file names",
            "AP@k": "sum of precisions at relevant ranks <= k, divided by min(k, relevant in gallery)",
            "image": f"whole image, sides resampled to whole cells of {CELL} px (at least {_LEAST_CELLS}), zero halo",
            "encoder": identifier,
        },
        "metrics": retrieval_metrics(rankings),
    }


def embed_images(
    images: list[LabelledImage], encoder: WindowEncoder, progress: Callable[[float, str, float | None], None]
) -> NDArray[np.float32]:
    """Embeddings [n, D] of whole images; there is no context round them, so the halo is empty."""
    embeddings = np.zeros((len(images), encoder.dimension), np.float32)
    waiting: defaultdict[tuple[int, ...], list[tuple[int, NDArray[np.uint8]]]] = defaultdict(list)

    def encode(batch: list[tuple[int, NDArray[np.uint8]]]) -> None:
        rgb = np.stack([picture for _, picture in batch])
        halo, (height, width) = encoder.halo, rgb.shape[1:3]
        ring = ((0, 0), (halo, halo), (halo, halo))
        valid = np.pad(np.ones(rgb.shape[:3], bool), ring)
        whole = np.array([(0.0, 0.0, width / CELL, height / CELL)])
        embeddings[[i for i, _ in batch]] = encoder.encode(np.pad(rgb, (*ring, (0, 0))), valid, whole)[:, 0]
        batch.clear()

    for i, image in enumerate(images):
        picture = read_image(image.path, CELL, _LEAST_CELLS)
        batch = waiting[picture.shape[:2]]
        batch.append((i, picture))
        if len(batch) == _BATCH:
            encode(batch)
            progress(i / len(images), "Encoding images", None)
    for batch in waiting.values():
        if batch:
            encode(batch)
    return embeddings
