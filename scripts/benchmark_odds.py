"""Measures what tells best whether a condition holds of an acquisition of which not all is known.

    .venv/bin/python scripts/benchmark_odds.py --data DATA -o docs/results/odds.json

Acquisitions, queries and splits are those of the CCLS2T benchmark on UC Merced, of which `Odds` and the text encoder
"of the catalogue" have seen nothing: that one is trained on acquisitions drawn from the platform catalogue. For each
way: the mean negative log-likelihood, in bits, of whether what is asked holds where that is not known, and the mAP of
"conditions and odds" by it. Then the mAP of the weighed search by the weight of the words.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import torch
from benchmark_ccls2t import Bench, Gallery, bar
from ccls2t.ccls2t import Ccls2t
from ccls2t.recipe import TextRecipe
from ccls2t.relations import GSD_FACTOR, Facts
from ccls2t.run import Run
from ccls2t.text_trainer import LearningSet, train_text
from ccls2t.vectors import asked_vectors, log_odds, told_vectors
from ccls2t_engine import log_sigmoid
from ccls2t_features import FrozenFeatures
from ccls2t_protocol import FAMILIES, SEEDS, Task, figures, tasks
from numpy.typing import NDArray

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.agreement import agreement
from frors_qgis.engine.acquisition.catalogue import CATALOGUE
from frors_qgis.engine.acquisition.dates import season_of
from frors_qgis.engine.acquisition.platforms import platform_family
from frors_qgis.engine.acquisition.predicate import (
    Clause,
    Condition,
    InMonth,
    InSeason,
    Measured,
    OfPlatform,
    Term,
)
from frors_qgis.engine.search.odds import Odds

MISSING = (0.2, 0.4)
WEIGHTS = (0.3, 0.5, 0.7)
DRAWN = 4000
_DIMENSION = 8
_THIS_YEAR = 2024

Judge = Callable[[Clause, Acquisition], float]
"""How likely a clause holds of an acquisition of which that is not known."""


def _family_and_season(one: Acquisition) -> list[Clause]:
    latitude = 0.0 if one.place is None else one.place[1]
    return [_any_of(OfPlatform(platform_family(one.platform or ""))), _any_of(InSeason(season_of(one.month, latitude)))]


def _months(one: Acquisition) -> list[Clause]:
    return [_any_of(*(InMonth((one.month + step - 1) % 12 + 1) for step in (-1, 0, 1)))]


def _sizes(one: Acquisition) -> list[Clause]:
    low, high = one.gsd / GSD_FACTOR, one.gsd * GSD_FACTOR
    return [_any_of(Measured("gsd", ">=", low)), _any_of(Measured("gsd", "<=", high))]


def _any_of(*conditions: Condition) -> Clause:
    return tuple(Term(condition) for condition in conditions)


ASKED = {
    "same season and platform family": _family_and_season,
    "same month or the next": _months,
    "GSD within a factor of 2": _sizes,
}
"""What a query asks by its own acquisition, as conditions of a line. A chip's place is always known."""


def drawn(count: int, seed: int) -> list[Acquisition]:
    """Complete acquisitions of the catalogue's products, by equal chances of each, anywhere from 60 S to 60 N."""
    generator = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        product = CATALOGUE[generator.integers(len(CATALOGUE))]
        first, last = date(product.first, 1, 1), date((product.last or _THIS_YEAR) + 1, 1, 1)
        day = first + timedelta(days=int(generator.integers((last - first).days)))
        gsd = product.gsds[generator.integers(len(product.gsds))] * 2 ** generator.normal(0, 0.1)
        level = product.levels[generator.integers(len(product.levels))] if product.levels else None
        place = (float(generator.uniform(-180, 180)), float(generator.uniform(-60, 60)))
        cloud = float(generator.uniform(0, 60))
        found.append(
            Acquisition(product.platform, product.sensor, level, float(gsd), cloud, None, day.isoformat(), place)
        )
    return found


def trained_on_the_catalogue(folder: Path) -> Ccls2t:
    """The text encoder, its log-odds of relations and nothing else, trained on acquisitions of the catalogue."""
    recipe = TextRecipe(contrast=0.0, intermediate=0.0, seed=1)
    torch.manual_seed(recipe.seed)
    model = Ccls2t(_DIMENSION, recipe.width, recipe.layers, recipe.metadata)
    nothing = np.zeros((DRAWN, 3, _DIMENSION), np.float32)  # no picture has a part in it
    families = sorted({platform_family(product.platform) for product in CATALOGUE})
    learnt = LearningSet(nothing, np.zeros(DRAWN, np.int64), ("",), drawn(DRAWN, recipe.seed), families)
    train_text(model, learnt, recipe, Run(folder / "catalogue_text"), bar("catalogue"))
    return model.eval()


def by_encoder(model: Ccls2t, task: Task, gallery: Gallery) -> NDArray[np.float64]:
    """Logarithms of the odds [q, g] that chips fulfil what queries ask."""
    asked = asked_vectors(model, [task.relation.asked(gallery.complete[query]) for query in task.queries])
    return log_sigmoid(log_odds(model, asked, told_vectors(model, gallery.told)))


def by_clauses(judge: Judge, clauses: Sequence[Sequence[Clause]], told: Sequence[Acquisition]) -> NDArray[np.float64]:
    """The odds [q, c, g] of each clause of each query."""
    distinct = {clause for of_query in clauses for clause in of_query}
    rows = {clause: [judge(clause, one) for one in told] for clause in distinct}
    return np.array([[rows[clause] for clause in of_query] for of_query in clauses])


def shares(told: Sequence[Acquisition]) -> Judge:
    """How often a clause holds among acquisitions where that is known."""
    known: dict[Clause, float] = {}

    def judge(clause: Clause, _: Acquisition) -> float:
        if clause not in known:
            truths = [value for one in told if (value := agreement(clause, one)) is not None]
            known[clause] = (sum(value == 1 for value in truths) + 1) / (len(truths) + 2)
        return known[clause]

    return judge


def measure(bench: Bench, catalogue: Ccls2t) -> dict[str, Any]:
    """Figures of one seed, by the share missing, the task and the way."""
    embeddings = np.ascontiguousarray(bench.split.embeddings[:, 0])
    result: dict[str, Any] = {}
    for missing in MISSING:
        gallery = bench.gallery(0, missing)
        truth, told = (Facts.of(part, FAMILIES) for part in (gallery.complete, gallery.told))
        of_task: dict[str, Any] = {}
        for task in tasks(bench.split.labels[gallery.images], truth, bench.seed):
            if task.relation.name not in ASKED:
                continue
            asking = [ASKED[task.relation.name](gallery.complete[query]) for query in task.queries]
            facts = truth.at(task.queries)
            holds, allowed = task.relation.holds(facts, told), task.relation.possible(facts, told)
            fulfils = task.relation.holds(facts, truth)
            agreed = by_clauses(lambda clause, one: _or_nan(agreement(clause, one)), asking, gallery.told)
            unknown = np.isnan(agreed)
            own = by_clauses(Odds(gallery.told).of, asking, gallery.told)
            usual = np.where(unknown, by_clauses(shares(gallery.told), asking, gallery.told), 1.0)
            ways = {
                "share where it is known": np.log(usual).sum(axis=1),
                "text encoder of the catalogue": by_encoder(catalogue, task, gallery),
                "text encoder of the simulation": by_encoder(bench.model(TextRecipe()), task, gallery),
                "Odds": np.log(np.clip(np.where(unknown, own, 1.0), 1e-3, 1)).sum(axis=1),
            }
            cosines = (embeddings[gallery.images[task.queries]] @ embeddings[gallery.images].T).astype(np.float64)
            looks = log_sigmoid(25.0 * (cosines - 0.5))
            told_nothing = allowed & ~holds
            told_nothing[np.arange(len(task.queries)), task.queries] = False
            rows: dict[str, Any] = {
                name: {
                    "bits": _bits(odds[told_nothing], fulfils[told_nothing]),
                    "mAP": figures(looks + np.where(holds, 0.0, odds), task, allowed)["mAP"],
                }
                for name, odds in ways.items()
            }
            for weight in WEIGHTS:
                for name, counted in (("by looks", cosines[:, None]), ("by odds", guessed(own, cosines[:, None]))):
                    scores = (1 - weight) * cosines + weight * np.where(unknown, counted, agreed).mean(axis=1)
                    rows[f"weight {weight:g}, what is unknown {name}"] = {"mAP": figures(scores, task)["mAP"]}
            of_task[task.relation.name] = rows
            print(bench.seed, missing, task.relation.name, json.dumps(rows), flush=True)
        result[f"{missing:g}"] = of_task
    return result


def guessed(odds: NDArray[np.float64], looks: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a weighed search counts of clauses that cannot be told; see `search.weighing.parts`."""
    odds = np.round(4 * odds) / 4
    unsure = 4 * odds * (1 - odds)
    return unsure * looks + (1 - unsure) * odds


def _bits(log_likely: NDArray[np.float64], fulfils: NDArray[np.bool_]) -> float:
    likely = np.clip(np.exp(log_likely), 1e-3, 1 - 1e-3)
    return float(-np.log2(np.where(fulfils, likely, 1 - likely)).mean())


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value


def main() -> None:
    """Measures and writes the figures, and their means over seeds and tasks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds ucmerced")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("build/ccls2t"), help="features and runs")
    parser.add_argument("--seed", action="append", type=int, help="may repeat; 0 is for trials")
    options = parser.parse_args()
    features = FrozenFeatures(options.data, "ucmerced", options.work)
    catalogue = trained_on_the_catalogue(options.work)
    seeds = options.seed or SEEDS
    runs = {str(seed): measure(Bench("ucmerced", features, seed, options.work), catalogue) for seed in seeds}
    first = runs[str(seeds[0])]
    means = {
        missing: {
            way: {
                name: round(
                    float(np.mean([run[missing][task][way][name] for run in runs.values() for task in ASKED])), 4
                )
                for name in figures_of
            }
            for way, figures_of in of_task[next(iter(ASKED))].items()
        }
        for missing, of_task in first.items()
    }
    options.output.write_text(json.dumps({"means": means, "seeds": runs}, indent=1) + "\n")
    print(json.dumps(means, indent=1))


if __name__ == "__main__":
    main()
