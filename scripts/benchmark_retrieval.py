"""Trains and measures every row of the tables in docs/retrieval.md; goes on where it was stopped.

    .venv/bin/python scripts/benchmark_retrieval.py --data DATA --results docs/results/retrieval --work build/retrieval

DATA holds aid/<class>/*.jpg and ucmerced/<class>/*.jpg. Every run writes RESULTS/<set>_<row>_<seed>.json and is skipped
where that is there and was made from images of the same names and sizes, the same trunk and recipe; `--row`, `--set`
and `--seed` choose single ones. The trunk is made by `make encoders`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import torch
from numpy.typing import NDArray
from retrieval_protocol import FRACTION, HARD, ROWS, SEEDS, SETS, SIDE, TrainingSetName, unseen
from retrieval_tables import write_tables

from frors_qgis.engine.encoders.device import choose_device
from frors_qgis.engine.encoders.encoder import Encoder
from frors_qgis.engine.encoders.installed import encoder_path
from frors_qgis.engine.encoders.registry import load_checkpoint_file, load_trunk
from frors_qgis.engine.learning.augmentation import Augmentation
from frors_qgis.engine.learning.dataset import LabelledImage, class_folders, first_copies
from frors_qgis.engine.learning.metrics import self_excluded_metrics
from frors_qgis.engine.learning.recipe import Recipe
from frors_qgis.engine.learning.run_folder import RunFolder, describe_images
from frors_qgis.engine.learning.split import only_classes, split_by_class, without_classes
from frors_qgis.engine.learning.trainer import train
from frors_qgis.engine.learning.views import ViewCache, trunk_sha256

TRUNK = "resnet50-imagenet"
_BATCH = 128


class Galleries:
    """Embeds all images of a dataset with a checkpoint whose stages 1 to 3 are those of the frozen trunk."""

    def __init__(self, data: Path, cache: Path) -> None:
        self.images = {name: distinct(class_folders(data / name)) for name in FRACTION}
        self.trunk = load_trunk(encoder_path(TRUNK))
        device = choose_device("auto")
        self._views = {
            name: ViewCache(cache, images, SIDE, 0, Augmentation.none(), 0, self.trunk, device)
            for name, images in self.images.items()
        }
        for name, views in self._views.items():
            views.build(bar(f"images of {name}"))

    def embed(self, name: str, encoder: Encoder, chosen: list[LabelledImage]) -> NDArray[np.float32]:
        """Embeddings [n, D] of these images."""
        return np.concatenate([encoder.embed_stage3(maps) for maps in self._maps(name, chosen)])

    def suggest(self, name: str, encoder: Encoder, chosen: list[LabelledImage]) -> NDArray[np.str_]:
        """The most probable class [n] of these images."""
        probable = np.concatenate([encoder.suggest_stage3(maps) for maps in self._maps(name, chosen)])
        return np.array(encoder.classes)[probable.argmax(axis=1)]

    def _maps(self, name: str, chosen: list[LabelledImage]) -> Iterator[torch.Tensor]:
        places = {image.path: place for place, image in enumerate(self.images[name])}
        ids = np.array([places[image.path] for image in chosen])
        for start in range(0, len(ids), _BATCH):
            yield self._views[name].read(0, ids[start : start + _BATCH])


def distinct(images: list[LabelledImage]) -> list[LabelledImage]:
    """All images but the byte-identical copies of others, which would be found by themselves."""
    return [images[place] for place in np.unique(first_copies(images))]


def bar(title: str) -> Any:
    """A progress function that keeps one line up to date."""

    def show(fraction: float, message: str, left: float | None) -> None:
        remaining = "" if left is None else f", {left:.0f} s left"
        print(f"\r{title}: {message} {fraction:.0%}{remaining}\x1b[K", end="", flush=True)

    return show


def trained_on(images: list[LabelledImage], subset: TrainingSetName, seed: int) -> list[LabelledImage]:
    """The images that a run learns from."""
    learnt, _ = split_by_class(images, FRACTION[subset.dataset], seed)
    return learnt if subset.whole else without_classes(learnt, left_out(images, subset, seed))


def left_out(images: list[LabelledImage], subset: TrainingSetName, seed: int) -> list[str]:
    """The classes that a run does not learn from."""
    return unseen(subset, {image.label for image in images}, seed)


def tasks(
    images: dict[str, list[LabelledImage]], subset: TrainingSetName, seed: int
) -> Iterator[tuple[str, str, list[LabelledImage]]]:
    """Name, dataset and gallery of every task of a run; no gallery holds an image that it learnt from."""
    dataset = subset.dataset
    if not subset.whole:
        yield "unseen classes", dataset, only_classes(images[dataset], left_out(images[dataset], subset, seed))
        return
    _, rest = split_by_class(images[dataset], FRACTION[dataset], seed)
    yield "all classes", dataset, rest
    yield "hard classes", dataset, only_classes(rest, HARD[dataset])
    other = next(name for name in FRACTION if name != dataset)
    yield "other set", other, images[other]


def measure(galleries: Galleries, checkpoint: Path, subset: TrainingSetName, seed: int) -> dict[str, Any]:
    """Figures of every task; of encoders that suggest classes also the share of right ones, where they know all."""
    encoder = load_checkpoint_file(checkpoint)
    figures = {}
    for task, dataset, gallery in tasks(galleries.images, subset, seed):
        labels = np.array([image.label for image in gallery])
        metrics = self_excluded_metrics(galleries.embed(dataset, encoder, gallery), labels).metrics
        if encoder.suggests and set(labels) <= set(encoder.classes):
            metrics["suggested"] = float((galleries.suggest(dataset, encoder, gallery) == labels).mean())
        figures[task] = {"dataset": dataset, "gallery": len(gallery), "metrics": metrics}
    return figures


def origin(galleries: Galleries, subset: TrainingSetName, row: str, seed: int) -> dict[str, Any]:
    """What the figures of a run come from."""
    settings = [f"seed={seed}", f"side={SIDE}", *ROWS[row].settings]
    data = json.dumps({name: describe_images(images) for name, images in galleries.images.items()}, sort_keys=True)
    classes = {} if subset.whole else {"left out": left_out(galleries.images[subset.dataset], subset, seed)}
    return classes | {
        "row": row,
        "trained on": str(subset),
        "seed": seed,
        "recipe": Recipe.default(ROWS[row].encoder).with_settings(settings).as_json(),
        "images sha-256": hashlib.sha256(data.encode()).hexdigest(),
        "trunk sha-256": trunk_sha256(galleries.trunk),
    }


def run_row(
    galleries: Galleries, subset: TrainingSetName, row: str, seed: int, work: Path, cache: Path
) -> dict[str, Any]:
    """Trains one row and measures it."""
    began = time.monotonic()
    result = origin(galleries, subset, row, seed)
    folder = work / f"{subset}_{slug(row)}_{seed}"
    images = trained_on(galleries.images[subset.dataset], subset, seed)
    recipe = Recipe.from_json(result["recipe"])
    checkpoint = train(images, recipe, RunFolder(folder), galleries.trunk, bar(folder.name), cache=cache)
    result |= {"images": len(images), "tasks": measure(galleries, checkpoint, subset, seed)}
    shutil.rmtree(folder)
    return result | {"seconds": round(time.monotonic() - began)}


def is_there(path: Path, expected: dict[str, Any]) -> bool:
    """Whether a result is there. Stops where it was made from something else: figures of one table must not mix."""
    if not path.exists():
        return False
    found = json.loads(path.read_text())
    found["recipe"] = Recipe.from_json(found["recipe"]).as_json()  # with fields that recipes did not have then
    if others := [name for name in expected if found.get(name) != expected[name]]:
        raise SystemExit(
            f"{path} was made with another {', '.join(others)}. Move it away, or choose another --results."
        )
    return True


def slug(row: str) -> str:
    """A row's name as part of a file's name."""
    return re.sub(r"[^a-z0-9]+", "-", row.lower())


def write(path: Path, result: dict[str, Any]) -> None:
    """Writes a result at once or not at all."""
    waiting = path.with_suffix(".part")
    waiting.write_text(json.dumps(result, indent=1) + "\n")
    waiting.replace(path)
    figures = {task: round(value["metrics"]["mAP@10"], 4) for task, value in result["tasks"].items()}
    print(f"\r{path.stem}: mAP@10 {figures}, {result['seconds']} s\x1b[K", flush=True)


def main() -> None:
    """Runs what is missing, then writes the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds aid and ucmerced")
    parser.add_argument("--results", type=Path, required=True, help="folder of the JSON files and the tables")
    parser.add_argument("--work", type=Path, default=Path("build/retrieval"), help="views and runs: 20 GB of disk")
    parser.add_argument("--row", action="append", choices=list(ROWS), help="only this row; may repeat")
    parser.add_argument("--set", action="append", choices=[str(subset) for subset in SETS], help="may repeat")
    parser.add_argument("--seed", action="append", type=int, choices=SEEDS, help="may repeat")
    options = parser.parse_args()
    options.results.mkdir(parents=True, exist_ok=True)
    galleries = Galleries(options.data, options.work / "galleries")
    for seed in options.seed or SEEDS:
        for subset in SETS:
            if options.set and str(subset) not in options.set:
                continue
            views = options.work / "views"
            for row in options.row or ROWS:
                path = options.results / f"{subset}_{slug(row)}_{seed}.json"
                if seed not in ROWS[row].seeds(subset) or is_there(path, origin(galleries, subset, row, seed)):
                    continue
                torch.manual_seed(seed)
                write(path, run_row(galleries, subset, row, seed, options.work, views))
                write_tables(options.results)
            shutil.rmtree(views, ignore_errors=True)


if __name__ == "__main__":
    main()
