"""Measures how well an encoder retrieves images of the same class."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.encoders.interface import CELL
from frors_qgis.engine.learning.dataset import LabelledImage, class_folders, first_copies, read_image, read_square
from frors_qgis.engine.learning.metrics import RetrievalReport, retrieval_report
from frors_qgis.engine.learning.progress import Progress
from frors_qgis.engine.learning.provenance import Provenance
from frors_qgis.engine.learning.split import images_to_learn_from, only_classes, without_copies
from frors_qgis.protocol import EngineError, ErrorCode

_LEAST_CELLS = 4
_MOST_CELLS = 32
_PIXELS_AT_ONCE = 1 << 21


class ImageEncoder(Protocol):
    """What evaluation needs of an encoder."""

    id: str
    sha256: str
    dimension: int
    learnt: tuple[str, ...]

    def encode_images(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See `frors_qgis.engine.encoders.encoder.Encoder.encode_images`."""


@dataclass(frozen=True)
class Task:
    """What is to be retrieved from what.

    dataset: class folders of the gallery; queries: class folders of the queries (None: every image of the gallery is
    a query once); side: pixels to which images are resampled (None: their own size, to whole cells); classes: the
    only ones that take part (None: all); fraction, seed: of a training whose images are left out (None: none are).
    """

    dataset: Path
    queries: Path | None = None
    side: int | None = None
    classes: tuple[str, ...] | None = None
    fraction: float | None = None
    seed: int = 0


@dataclass(frozen=True)
class Evaluation:
    """A report of retrieval, the protocol that it holds for, and sentences on why its figures may say too much."""

    protocol: dict[str, Any]
    report: RetrievalReport
    warnings: list[str]

    def as_json(self) -> dict[str, Any]:
        """Protocol, warnings, metrics, figures by class and confusion as JSON has them."""
        return {
            "protocol": self.protocol,
            "warnings": self.warnings,
            "metrics": self.report.metrics,
            "per class": self.report.per_class,
            "confusion": {
                "row": "class of the query",
                "column": "class of its best match",
                "classes": list(self.report.classes),
                "queries": self.report.confusion.tolist(),
            },
        }


def evaluate(task: Task, encoder: ImageEncoder, progress: Progress) -> Evaluation:
    """Retrieval by cosine in class folders; the query's own file and its copies, byte for byte, are not in its gallery.

    Of a dataset whose folders name a test part, that part alone is used; with a fraction, all that a training on it
    does not take. Either is without copies of the images learnt from. Queries whose class has no other image in the
    gallery do not count.
    Raises EngineError: BAD_REQUEST for an impossible side or fraction, DATASET_INVALID, and what the encoder raises.
    """
    _check_side(task.side)
    learnt, gallery, parts = _images(task.dataset, task.fraction, task.seed)
    gallery, copies = without_copies(learnt, gallery) if learnt else (gallery, 0)
    if task.classes is not None:
        gallery = only_classes(gallery, task.classes)
    asked: list[LabelledImage] = []
    if task.queries is not None:
        _, asked, parts_of_queries = _images(task.queries, None, 0)
        parts = f"gallery: {parts}; queries: {parts_of_queries}"
        if learnt:
            asked, copies_asked = without_copies(learnt, asked)
            copies += copies_asked
        if task.classes is not None:
            chosen = {image.label for image in gallery}
            asked = [image for image in asked if image.label in chosen]
    images = [*gallery, *asked]
    files = first_copies(images)
    distinct, rows = np.unique(files, return_inverse=True)
    embeddings = embed_images([images[i] for i in distinct], encoder, task.side, progress)[rows]
    labels = np.array([image.label for image in images], np.str_)
    in_gallery = slice(0, len(gallery))
    queries = in_gallery if task.queries is None else slice(len(gallery), None)

    report = retrieval_report(
        embeddings[queries],
        labels[queries],
        embeddings[in_gallery],
        labels[in_gallery],
        files[queries],
        files[in_gallery],
    )
    side = f"whole image, sides resampled to whole cells of {CELL} px (at least {_LEAST_CELLS})"
    protocol = {
        "dataset": _name(task.dataset),
        "query folder": "the dataset itself" if task.queries is None else _name(task.queries),
        "parts": parts,
        "classes": len({image.label for image in gallery}),
        "chosen classes": "all" if task.classes is None else ", ".join(task.classes),
        "gallery": len(gallery),
        "copies in the gallery": _copies(files[in_gallery]),
        "queries": report.counted,
        "copies in the queries": _copies(files[queries]),
        "queries that the gallery holds": int(np.isin(files[queries], files[in_gallery]).sum()),
        "queries without relevant images, left out": len(files[queries]) - report.counted,
        "copies of images to learn from, left out": copies if learnt else "not known which images are learnt from",
        "query in its own gallery": "no, nor its copies byte for byte",
        "relevance": "same class",
        "ranking": "cosine, ties in order of class and file names",
        "AP@k": "sum of precisions at relevant ranks <= k, divided by min(k, relevant in gallery)",
        "ANMRR": "K = 2 x relevant in gallery; beyond K rank 1.25 K as in MPEG-7, or K + 1",
        "image": side if task.side is None else f"whole image, resampled to {task.side} x {task.side} px",
        "border": "the convolutions' own zero padding",
        "encoder": encoder.id,
        "checkpoint sha-256": encoder.sha256,
    }
    return Evaluation(protocol, report, _warnings(task, encoder, gallery, asked))


def embed_images(
    images: Sequence[LabelledImage], encoder: ImageEncoder, side: int | None, progress: Progress
) -> NDArray[np.float32]:
    """Embeddings [n, D] of whole images, resampled to `side` pixels (None: their own size, to whole cells)."""
    embeddings = np.zeros((len(images), encoder.dimension), np.float32)
    waiting: defaultdict[tuple[int, ...], list[tuple[int, NDArray[np.uint8]]]] = defaultdict(list)
    started = time.monotonic()
    done = 0

    def encode(batch: list[tuple[int, NDArray[np.uint8]]]) -> None:
        nonlocal done
        embeddings[[i for i, _ in batch]] = encoder.encode_images(np.stack([picture for _, picture in batch]))
        done += len(batch)
        batch.clear()
        eta = (time.monotonic() - started) * (len(images) - done) / done
        progress(done / len(images), "Encoding images", eta)

    for i, image in enumerate(images):
        picture = read_image(image.path, CELL, _LEAST_CELLS) if side is None else read_square(image.path, side)
        batch = waiting[picture.shape[:2]]
        batch.append((i, picture))
        if (len(batch) + 1) * picture.shape[0] * picture.shape[1] > _PIXELS_AT_ONCE:
            encode(batch)
    for batch in waiting.values():
        if batch:
            encode(batch)
    return embeddings


def _images(folder: Path, fraction: float | None, seed: int) -> tuple[list[LabelledImage], list[LabelledImage], str]:
    """The images of a dataset to learn from where they are known, those that take part, and which these are."""
    images = class_folders(folder)
    if fraction is not None:
        learnt = images_to_learn_from(images, fraction, seed)
        taken = {image.path for image in learnt}
        parts = f"all but the share of {fraction:g} of each class to learn from, seed {seed}"
        return learnt, [image for image in images if image.path not in taken], parts
    test = [image for image in images if image.part == "test"]
    if test:
        return [image for image in images if image.part == "train"], test, "the test part only"
    return [], images, "all images"


def _warnings(
    task: Task, encoder: ImageEncoder, gallery: Sequence[LabelledImage], asked: Sequence[LabelledImage]
) -> list[str]:
    warnings = []
    if len({image.label for image in gallery}) == 1:
        warnings.append(
            "All images of the gallery are of one class, so whatever is found is right and the figures mean nothing; "
            "take two classes or more."
        )
    images = [*gallery, *asked]
    if task.fraction is None and any(image.part != "test" for image in images):
        names = [_name(folder) for folder in (task.dataset, task.queries) if folder is not None]
        origin = Provenance(encoder.id, encoder.sha256, encoder.learnt)
        if known := origin.known(names, (image.label for image in images)):
            warnings.append(
                f"The encoder {encoder.id} has learnt from {known} before: where these are the same images, the "
                "figures flatter; evaluate on others, or with the --fraction and --seed of its training."
            )
    return warnings


def _copies(files: NDArray[np.int64]) -> int:
    """How many of the files are copies of another one of them."""
    return len(files) - len(np.unique(files))


def _name(folder: Path) -> str:
    return os.fsencode(folder.resolve().name).decode("utf-8", "backslashreplace")


def _check_side(side: int | None) -> None:
    if side is not None and (side % CELL or not CELL <= side <= _MOST_CELLS * CELL):
        raise EngineError(
            ErrorCode.BAD_REQUEST,
            f"The side must be a multiple of {CELL} px, up to {_MOST_CELLS * CELL}, not {side}; {7 * CELL} is usual.",
        )
