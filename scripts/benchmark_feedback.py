"""Measures what right and wrong examples do to a ranking, with users who are simulated from class labels.

    .venv/bin/python scripts/benchmark_feedback.py --data DATA -o docs/results/feedback.json

An encoder is trained as the shipped one is, on AID without a third of its classes, and searched among these alone: a
user's objects are no training classes either. Every image is a query once. The user looks at the first results in turn
and marks each as right or wrong, 3 or 10 of them; the query vector follows. All marked images are taken out of both
rankings before these are compared: only what the marks do for the rest counts.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from benchmark_retrieval import Galleries, bar, left_out, origin, trained_on
from numpy.typing import NDArray
from retrieval_protocol import TrainingSetName

from frors_qgis.engine.encoders.registry import load_checkpoint_file
from frors_qgis.engine.learning.recipe import Recipe
from frors_qgis.engine.learning.run_folder import RunFolder
from frors_qgis.engine.learning.split import only_classes
from frors_qgis.engine.learning.trainer import train
from frors_qgis.engine.search.feedback import CAUTION, refined

SUBSET = TrainingSetName("aid", whole=False)
ROW = "FRORS as shipped"
SEEDS = (1, 2, 3)
MARKS = (1, 3, 10, 30)
HARM = 0.01


def unseen_embeddings(galleries: Galleries, seed: int, work: Path) -> tuple[NDArray[np.float32], NDArray[np.str_]]:
    """Embeddings and labels of the images of the classes that an encoder was trained without."""
    kept = work / f"feedback-{seed}.npz"
    images = only_classes(galleries.images[SUBSET.dataset], left_out(galleries.images[SUBSET.dataset], SUBSET, seed))
    labels = np.array([image.label for image in images])
    if not kept.exists():
        recipe = Recipe.from_json(origin(galleries, SUBSET, ROW, seed)["recipe"])
        learnt = trained_on(galleries.images[SUBSET.dataset], SUBSET, seed)
        folder = RunFolder(work / f"feedback-{seed}")
        checkpoint = train(learnt, recipe, folder, galleries.trunk, bar(f"seed {seed}"), cache=work / "views")
        np.savez(kept, vectors=galleries.embed(SUBSET.dataset, load_checkpoint_file(checkpoint), images))
    return np.load(kept)["vectors"], labels


def average_precision(scores: NDArray[np.float64], relevant: NDArray[np.bool_], left: NDArray[np.bool_]) -> float:
    """AP of a ranking of what is left, all of it; nan where nothing relevant is."""
    order = np.argsort(-scores[left], kind="stable")
    hits = relevant[left][order]
    ranks = 1 + np.flatnonzero(hits)
    return float((np.arange(1, len(ranks) + 1) / ranks).mean()) if len(ranks) else float("nan")


def gains(
    vectors: NDArray[np.float32], labels: NDArray[np.str_], marks: int, caution: float = CAUTION
) -> NDArray[np.float64]:
    """AP before and after the marks [queries, 2]."""
    rows = []
    for query in range(len(vectors)):
        relevant = labels == labels[query]
        before = vectors @ vectors[query]
        left = np.arange(len(vectors)) != query
        marked = np.flatnonzero(left)[np.argsort(-before[left], kind="stable")[:marks]]
        left[marked] = False
        right = relevant[marked]
        after = vectors @ refined(vectors[query], vectors[marked[right]], vectors[marked[~right]], caution)
        rows.append([average_precision(scores, relevant, left) for scores in (before, after)])
    return np.array(rows)


def summary(pairs: NDArray[np.float64]) -> dict[str, Any]:
    """Means, and the share of queries that lose more than HARM."""
    pairs = pairs[np.isfinite(pairs).all(axis=1)]
    return {
        "queries": len(pairs),
        "mAP before": round(float(pairs[:, 0].mean()), 4),
        "mAP after": round(float(pairs[:, 1].mean()), 4),
        f"lose over {HARM}": round(float((pairs[:, 0] - pairs[:, 1] > HARM).mean()), 4),
    }


def main() -> None:
    """Measures and writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds aid and ucmerced")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("build/retrieval"), help="views and runs: 8 GB of disk")
    parser.add_argument("--seed", type=int, action="append", choices=SEEDS, help="may repeat; default: all")
    parser.add_argument("--caution", type=float, default=CAUTION, help="to try another than the plugin's")
    arguments = parser.parse_args()
    galleries = Galleries(arguments.data, arguments.work / "galleries")
    results = {}
    for seed in arguments.seed or SEEDS:
        vectors, labels = unseen_embeddings(galleries, seed, arguments.work)
        results[str(seed)] = {str(marks): summary(gains(vectors, labels, marks, arguments.caution)) for marks in MARKS}
        print(seed, json.dumps(results[str(seed)], indent=1), flush=True)
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(json.dumps({"caution": arguments.caution, "seeds": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
