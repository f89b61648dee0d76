"""Triplet embeddings of UC Merced reduced to 2 ... 512 dimensions, by PCA and by training (FC): JSON and a picture.

    .venv/bin/python scripts/benchmark_dimensions.py --data DATA -o docs/results/dimensions.json

Protocol and recipe are those of the rows "triplet" of `benchmark_retrieval.py` (80 % of each class learnt, its first
seed). The PCAs are fitted, without labels, to what one training without a projection makes of the images that it
learnt from, there to views of them; FC is one training for each number of dimensions. What OUTPUT holds already is not
computed again.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import torch
import torch.nn.functional as F
from benchmark_retrieval import Galleries, bar
from numpy.typing import NDArray
from retrieval_protocol import FRACTION, ROWS, SEEDS, SIDE

from frors_qgis.engine.encoders.projection import Projection
from frors_qgis.engine.encoders.registry import load_checkpoint_file
from frors_qgis.engine.learning.metrics import self_excluded_metrics
from frors_qgis.engine.learning.recipe import Recipe
from frors_qgis.engine.learning.run_folder import RunFolder
from frors_qgis.engine.learning.split import split_by_class
from frors_qgis.engine.learning.trainer import train

DIMENSIONS = (2, 4, 8, 16, 32, 64, 128, 256, 512)
DATASET = "ucmerced"
SEED = SEEDS[0]
FIGURES = ("mAP", "mAP@10")


class Bench:
    """Trainings on one split of a dataset, and what they give."""

    def __init__(self, data: Path, work: Path) -> None:
        self._galleries = Galleries(data, work / "galleries")
        self._work = work
        self._learnt, self._rest = split_by_class(self._galleries.images[DATASET], FRACTION[DATASET], SEED)
        self._whole: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None

    def reduced(self, method: str, dimension: int) -> dict[str, float]:
        """Figures of embeddings reduced by "pca" or "fc"."""
        if method == "fc":
            return self._figures(self._trained(*ROWS["triplet"].settings, f"dimension={dimension}")[1])
        if self._whole is None:
            self._whole = self._trained("reduction=none")
        learnt, rest = (torch.from_numpy(vectors) for vectors in self._whole)
        projection = Projection(learnt.shape[1], dimension)
        projection.fit(learnt, Recipe.whitening)
        with torch.no_grad():
            return self._figures(F.normalize(projection(rest), dim=1).numpy())

    def _trained(self, *settings: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Embeddings of the images learnt from and of the rest, by a Triplet encoder with these settings."""
        recipe = Recipe.default("triplet").with_settings([f"seed={SEED}", f"side={SIDE}", *settings])
        folder = self._work / f"dimensions-{'-'.join(settings)}"
        views = self._work / "views"
        checkpoint = train(
            self._learnt, recipe, RunFolder(folder), self._galleries.trunk, bar(folder.name), cache=views
        )
        encoder = load_checkpoint_file(checkpoint)
        embeddings = [self._galleries.embed(DATASET, encoder, images) for images in (self._learnt, self._rest)]
        shutil.rmtree(folder)
        return embeddings[0], embeddings[1]

    def _figures(self, embeddings: NDArray[np.float32]) -> dict[str, float]:
        metrics = self_excluded_metrics(embeddings, np.array([image.label for image in self._rest])).metrics
        return {name: metrics[name] for name in FIGURES}


def draw(path: Path, rows: list[dict[str, Any]]) -> None:
    """The figures over the number of dimensions."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.5, 3.6), dpi=120, layout="constrained")
    axes = figure.subplots()
    styles = {("pca", "mAP"): ("#E69F00", "o-"), ("fc", "mAP"): ("#0072B2", "s-")}
    styles |= {("pca", "mAP@10"): ("#E69F00", "o:"), ("fc", "mAP@10"): ("#0072B2", "s:")}
    for (method, name), (colour, style) in styles.items():
        points = sorted((row["dimension"], row[name]) for row in rows if row["method"] == method)
        axes.plot(*zip(*points, strict=True), style, color=colour, markersize=4, label=f"{method.upper()}, {name}")
    axes.set_xscale("log", base=2)
    axes.set_xticks(DIMENSIONS, [str(dimension) for dimension in DIMENSIONS])
    axes.set_xlabel("dimensions")
    axes.set_ylim(0, 1)
    axes.grid(color="#dddddd", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title("Triplet on UC Merced, 80 % learnt, the rest searched", loc="left", fontsize=9)
    axes.legend(loc="lower right", fontsize=9, frameon=False)
    figure.savefig(path)


def main() -> None:
    """Computes what is missing, writes after each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds aid and ucmerced")
    parser.add_argument("--work", type=Path, default=Path("build/retrieval"), help="views and runs: 20 GB of disk")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    rows = json.loads(options.output.read_text())["rows"] if options.output.exists() else []
    done = {(row["method"], row["dimension"]) for row in rows}
    missing = [(method, d) for method in ("pca", "fc") for d in DIMENSIONS if (method, d) not in done]
    if missing:
        bench = Bench(options.data, options.work)
        for method, dimension in missing:
            torch.manual_seed(SEED)
            row = {"method": method, "dimension": dimension, **bench.reduced(method, dimension)}
            rows.append(row)
            options.output.write_text(json.dumps({"dataset": DATASET, "seed": SEED, "rows": rows}, indent=1) + "\n")
            print(f"\r{row}\x1b[K", flush=True)
        shutil.rmtree(options.work / "views", ignore_errors=True)
    draw(options.output.with_suffix(".png"), rows)


if __name__ == "__main__":
    main()
