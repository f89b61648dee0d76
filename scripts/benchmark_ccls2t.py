"""Trains and measures every row of the CCLS2T tables in docs/retrieval.md; goes on where it was stopped.

    .venv/bin/python scripts/benchmark_ccls2t.py --data DATA --results docs/results/ccls2t --work build/ccls2t

DATA holds aid/<class>/*.jpg and ucmerced/<class>/*.jpg. Every row writes RESULTS/<set>_<row>_<seed>.json and is skipped
where that is there and was made by the same settings; `--row`, `--set` and `--seed` choose single ones, `--table` those
of a table of docs/retrieval.md, which it prints.
The trunk is made by `make encoders`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import torch
from benchmark_retrieval import slug
from ccls2t.ccls2t import Ccls2t
from ccls2t.hash_trainer import train_hash, values, weights
from ccls2t.pairs import PairPool, pair_pool
from ccls2t.recipe import TextRecipe
from ccls2t.relations import Facts, days_apart, distance_km
from ccls2t.run import Run
from ccls2t.text_trainer import LearningSet, train_text
from ccls2t.vectors import asked_vectors, log_odds, picture_vectors, told_vectors
from ccls2t_baselines import filled, metadata_columns, weighted, with_flags
from ccls2t_engine import FilterEngine, log_sigmoid
from ccls2t_features import FrozenFeatures, Split
from ccls2t_page import ROWS, page_table
from ccls2t_protocol import (
    DRAWS,
    FAMILIES,
    MISSING,
    SEEDS,
    SOFT,
    SPLITS,
    closeness,
    figures,
    graded_figures,
    simulated,
    tasks,
    with_missing,
)
from ccls2t_rows import ENGINE_ROWS, HASH_ROWS, HashRow
from ccls2t_tables import write_tables
from numpy.typing import NDArray

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.archive.codes.fitted_hashers import fit_itq, fit_lsh

_LEARNT_DRAW = 1000


@dataclass(frozen=True)
class Gallery:
    """What is searched: positions of images, and their acquisitions, complete and as far as they are told."""

    images: NDArray[np.int64]
    complete: list[Acquisition]
    told: list[Acquisition]


class Bench:
    """A split with its simulated acquisitions, and the models that were trained on it."""

    def __init__(self, name: str, features: FrozenFeatures, seed: int, work: Path) -> None:
        self.name, self.seed, self.work = name, seed, work
        self._features = features
        self._models: dict[TextRecipe, Ccls2t] = {}

    @cached_property
    def split(self) -> Split:
        """Read, or embedded, when the first row needs it."""
        return self._features.split(self.seed)

    @cached_property
    def learnt(self) -> list[Acquisition]:
        """The acquisitions of what is learnt from."""
        return simulated(len(self.split.learnt), self.seed, _LEARNT_DRAW)

    @property
    def labels(self) -> NDArray[np.int64]:
        """Of the images that are learnt from."""
        return self.split.labels[self.split.learnt]

    def gallery(self, draw: int, missing: float) -> Gallery:
        """The gallery with its acquisitions dealt for the n-th time."""
        complete = simulated(len(self.split.gallery), self.seed, draw)
        return Gallery(self.split.gallery, complete, with_missing(complete, missing, self.seed * 100 + draw))

    def model(self, recipe: TextRecipe) -> Ccls2t:
        """The encoders trained by a recipe, on whose pictures and metadata hash layers are trained."""
        recipe = replace(recipe, seed=self.seed)
        if recipe not in self._models:
            torch.manual_seed(self.seed)
            model = Ccls2t(self.split.embeddings.shape[2], recipe.width, recipe.layers, recipe.metadata)
            learnt = LearningSet(
                self.split.embeddings[self.split.learnt],
                self.labels,
                self.split.classes,
                self.learnt,
                FAMILIES,
                shuffled=True,
            )
            settings = [
                f"{name}-{value}" for name, value in recipe.as_json().items() if value != getattr(TextRecipe, name)
            ]
            folder = self.work / "_".join([self.name, str(self.seed), "text", *settings])
            train_text(model, learnt, recipe, Run(folder), bar(folder.name))
            self._models[recipe] = model.eval()
        return self._models[recipe]


class Method:
    """How a row turns pictures and acquisitions into vectors: of the two encoders, or columns of numbers."""

    def __init__(self, bench: Bench, row: HashRow) -> None:
        self._bench, self._row = bench, row
        self._model = None if row.text is None else bench.model(row.text)

    @cached_property
    def pictures(self) -> NDArray[np.float32]:
        """Of all images of the set [n, P]."""
        embeddings = self._bench.split.embeddings
        if self._model is None:
            return np.ascontiguousarray(embeddings[:, 0])
        pictures = picture_vectors(self._model, embeddings)
        return pictures if self._row.wider else np.ascontiguousarray(pictures[:, : embeddings.shape[2]])

    def asked(self, acquisitions: Sequence[Acquisition]) -> NDArray[np.float32]:
        """Metadata vectors of what queries ask [n, F]."""
        return self._vectors(acquisitions, ask=True)

    def told(self, acquisitions: Sequence[Acquisition]) -> NDArray[np.float32]:
        """Metadata vectors of what chips tell [n, F]."""
        return self._vectors(acquisitions, ask=False)

    def _vectors(self, acquisitions: Sequence[Acquisition], *, ask: bool) -> NDArray[np.float32]:
        if not self._row.metadata:
            return np.zeros((len(acquisitions), 1), np.float32)
        if self._model is None or self._row.text is None:
            fill = with_flags if self._row.fit is None else filled
            return fill(metadata_columns(acquisitions, self._row.waves), self._means)
        return (asked_vectors if ask else told_vectors)(self._model, acquisitions, sentences=self._row.text.sentences)

    @cached_property
    def _means(self) -> NDArray[np.float32]:
        """Of the columns of all that is learnt from."""
        return metadata_columns(self._bench.learnt, self._row.waves).mean(axis=0)

    def pool(self) -> PairPool:
        """What a hash layer learns from."""
        bench = self._bench
        pictures = self.pictures[bench.split.learnt]
        return pair_pool(pictures, bench.labels, bench.learnt, FAMILIES, self.asked, self.told)


Coder = Callable[[NDArray[np.float32], NDArray[np.float32]], NDArray[Any]]
"""Vectors of pictures [n, P] and metadata [n, F] -> numbers [n, bits]."""


def coders(bench: Bench, name: str, row: HashRow, method: Method, bits: int) -> tuple[Coder, Coder]:
    """What a row makes of chips, whose signs are the code, and of queries; trained or fitted."""
    learnt = bench.split.learnt
    if row.fit is not None:
        fit = {"LSH": fit_lsh, "ITQ": fit_itq}[row.fit]
        columns = method.told(bench.learnt)
        hasher = fit(weighted(method.pictures[learnt], columns, row.weight), bits, bench.seed)

        def project(pictures: NDArray[np.float32], columns: NDArray[np.float32]) -> NDArray[Any]:
            return weighted(pictures, columns, row.weight) @ hasher.matrix.T + hasher.bias

        return project, project
    recipe = replace(row.recipe, bits=bits, seed=bench.seed)
    pool = method.pool()
    torch.manual_seed(bench.seed)
    layer = row.layer(pool, bits)
    run = Run(bench.work / f"{bench.name}_{bench.seed}_{slug(name)}_{bits}")
    train_hash(layer, pool, recipe, run, bar(run.folder.name))
    return partial(values, layer), partial(weights if recipe.weighted else values, layer)


def measure_hash(bench: Bench, name: str, row: HashRow) -> dict[str, Any]:
    """Figures of a row's codes by bits, share of missing fields and task; means over the draws.

    "mAP" and "mAP@20" are of the Hamming distance, or of the weights of queries that have them; "..., asymmetric" of
    the Hamming distance with a query's code not made binary: every bit counts by how sure it is.
    """
    method = Method(bench, row)
    result: dict[str, Any] = {}
    for bits in row.bits:
        encode, ask = coders(bench, name, row, method, bits)
        for missing in MISSING:
            measured: dict[str, list[dict[str, float]]] = {}
            for draw in range(DRAWS[bench.name]):
                gallery = bench.gallery(draw, missing)
                pictures = method.pictures[gallery.images]
                codes = np.where(encode(pictures, method.told(gallery.told)) > 0, 1, -1).astype(np.float32)
                for task in tasks(bench.split.labels[gallery.images], Facts.of(gallery.complete, FAMILIES), bench.seed):
                    asked = [task.relation.asked(gallery.complete[query]) for query in task.queries]
                    made = ask(pictures[task.queries], method.asked(asked))
                    if row.weighted:
                        found = figures((made @ codes.T).astype(np.float32), task)
                    else:
                        alike = np.where(made > 0, 1, -1).astype(np.float32) @ codes.T
                        found = figures(alike.astype(np.int16), task)
                        unsure = figures((np.tanh(made / np.abs(made).mean()) @ codes.T).astype(np.float32), task)
                        found |= {f"{key}, asymmetric": value for key, value in unsure.items()}
                    measured.setdefault(task.relation.name, []).append(found)
            result.setdefault(str(bits), {})[f"{missing:g}"] = means(measured)
    return result


def measure_engine(bench: Bench, name: str) -> dict[str, Any]:
    """Figures of a row of the second table by share of missing fields and task; means over the draws."""
    row = ENGINE_ROWS[name]
    embeddings = np.ascontiguousarray(bench.split.embeddings[:, 0])
    model = None if row.text is None else bench.model(row.text)
    result: dict[str, Any] = {}
    for missing in MISSING:
        measured: dict[str, list[dict[str, float]]] = {}
        for draw in range(DRAWS[bench.name]):
            gallery = bench.gallery(draw, missing)
            truth, told = (Facts.of(part, FAMILIES) for part in (gallery.complete, gallery.told))
            engine = FilterEngine(FAMILIES)
            engine.load(embeddings[gallery.images], gallery.told)
            for task in tasks(bench.split.labels[gallery.images], truth, bench.seed):
                queries = embeddings[gallery.images[task.queries]]
                asked = [task.relation.asked(gallery.complete[query]) for query in task.queries]
                facts = Facts.of(asked, FAMILIES)
                cosines = (queries @ embeddings[gallery.images].T).astype(np.float64)
                if model is None:
                    scores, allowed = engine.search(queries, asked, task.relation, row)
                else:
                    scores, allowed = cosines, np.ones(cosines.shape, bool)
                    if task.relation.fields:
                        ask, tell = asked_vectors(model, asked), told_vectors(model, gallery.told)
                        odds = log_sigmoid(log_odds(model, ask, tell))
                        if row.conditions:
                            odds = np.where(task.relation.holds(facts, told), 0.0, odds)
                            allowed = task.relation.possible(facts, told)
                        scores = log_sigmoid(row.slope * (cosines - row.middle)) + odds
                found = figures(scores, task, allowed)
                if task.relation.name == SOFT:
                    if row.far_cost:
                        scores, allowed = cosines - row.far_cost * farness(facts, told), np.ones_like(allowed)
                    labels = bench.split.labels[gallery.images]
                    same = labels[task.queries][:, None] == labels
                    grades = same * closeness(truth.at(task.queries), truth)
                    found |= graded_figures(scores, task, grades, allowed)
                measured.setdefault(task.relation.name, []).append(found)
        result[f"{missing:g}"] = means(measured)
    return result


def farness(queries: Facts, chips: Facts) -> NDArray[np.float64]:
    """How far chips are in place and in the time of the year [q, g], as `closeness` sees it.

    Where one of the two is NULL its mean stands for it, which SQL calls COALESCE.
    """
    apart = distance_km(queries, chips) / 200, days_apart(queries, chips) / 30
    return sum(np.where(np.isnan(part), np.nanmean(part), part) for part in apart)


def means(measured: dict[str, list[dict[str, float]]]) -> dict[str, dict[str, float]]:
    """The mean of every figure by task."""
    return {
        task: {name: float(np.mean([one[name] for one in found])) for name in found[0]}
        for task, found in measured.items()
    }


def bar(title: str) -> Any:
    """A progress function that keeps one line up to date."""

    def show(fraction: float, message: str, left: float | None) -> None:
        print(f"\r{title}: {message}\x1b[K", end="", flush=True)

    return show


def is_there(path: Path, origin: dict[str, Any]) -> bool:
    """Whether a result is there; stops where it was made from something else."""
    if not path.exists():
        return False
    found = json.loads(path.read_text())
    if others := [name for name, value in origin.items() if found.get(name) != value]:
        raise SystemExit(
            f"{path} was made with another {', '.join(others)}. Move it away, or choose another --results."
        )
    return True


def main() -> None:
    """Runs what is missing, then writes the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds aid and ucmerced")
    parser.add_argument("--results", type=Path, required=True, help="folder of the JSON files and the tables")
    parser.add_argument("--work", type=Path, default=Path("build/ccls2t"), help="features and runs: 4 GB of disk")
    rows = parser.add_mutually_exclusive_group()
    rows.add_argument("--row", action="append", choices=[*HASH_ROWS, *ENGINE_ROWS], help="only this row; may repeat")
    rows.add_argument("--table", choices=list(ROWS), help="the rows of this table alone, which is printed")
    parser.add_argument("--set", action="append", choices=list(SPLITS), help="may repeat; of a table ucmerced")
    parser.add_argument("--seed", action="append", type=int, help="may repeat; 0 is for trials")
    options = parser.parse_args()
    options.results.mkdir(parents=True, exist_ok=True)
    names = options.set or (["ucmerced"] if options.table else SPLITS)
    for name in names:
        features = FrozenFeatures(options.data, name, options.work)
        for seed in options.seed or SEEDS:
            bench = Bench(name, features, seed, options.work)
            for row in options.row or ROWS.get(options.table, [*HASH_ROWS, *ENGINE_ROWS]):
                chosen = HASH_ROWS.get(row) or ENGINE_ROWS[row]
                path = options.results / f"{name}_{slug(row)}_{seed}.json"
                origin = json.loads(json.dumps({"settings": asdict(chosen), "images sha-256": features.sha256}))
                if name not in chosen.sets or is_there(path, origin):
                    continue
                began = time.monotonic()
                measured = measure_hash(bench, row, chosen) if row in HASH_ROWS else measure_engine(bench, row)
                result = {"row": row, "set": name, "seed": seed, **origin, "figures": measured}
                waiting = path.with_suffix(".part")
                waiting.write_text(json.dumps(result | {"seconds": round(time.monotonic() - began)}, indent=1) + "\n")
                waiting.replace(path)
                print(f"\r{path.stem}: {time.monotonic() - began:.0f} s\x1b[K", flush=True)
                write_tables(options.results)
        if options.table:
            print("\n".join(page_table(options.results, options.table, name)))


if __name__ == "__main__":
    main()
