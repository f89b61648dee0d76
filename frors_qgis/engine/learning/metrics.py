"""Retrieval metrics over queries with one label per image.

In all of them R is the number of relevant images (same class) in the query's gallery, and a hit is a relevant image at
its rank. Formulas and names as in the literature:

    AP@k         sum over hits at ranks <= k of the precision there, divided by min(k, R); AP: the whole gallery
    AP@R         AP@k with k = R (Musgrave et al., A Metric Learning Reality Check, 2020); its mean is mAP@R
    P@k          hits at ranks <= k, divided by k
    hit@k        1 if there is a hit at a rank <= k, else 0; hit@1 = P@1 = AP@1
    NMRR         (mean rank - (1 + R) / 2) / (1.25 K - (1 + R) / 2), where relevant images ranked beyond K = 2 R count
                 as rank 1.25 K (MPEG-7; Manjunath et al., 2001): 0 is best, 1 worst; its mean is ANMRR
    NMRR (K+1)   the same with rank K + 1 beyond K, divided by K + 1 - (1 + R) / 2: what much public code computes
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.learning.ranking import rankings
from frors_qgis.protocol import EngineError, ErrorCode

AP_CUTOFFS = (1, 5, 10, 20, 50)
PRECISION_CUTOFFS = (5, 10, 20)
HIT_CUTOFFS = (1, 10)


@dataclass(frozen=True)
class RetrievalReport:
    """How well a gallery was ranked for n queries of C classes.

    metrics: means over the queries that have something to find, by name; per_query: [n] by the name of the single
    figure (AP@10, NMRR, ...), NaN where there is nothing to find; classes: names in order; per_class: for each class
    of queries the number of queries with something to find, and their mAP and mAP@10; confusion: [C, C], queries with
    something to find by their class (row) and the class of their best match (column).
    """

    metrics: dict[str, float]
    per_query: dict[str, NDArray[np.float64]]
    classes: tuple[str, ...]
    per_class: dict[str, dict[str, float]]
    confusion: NDArray[np.int64]

    @property
    def counted(self) -> int:
        """Queries that have something to find."""
        return int(self.confusion.sum())


def self_excluded_metrics(embeddings: NDArray[np.float32], labels: NDArray[Any]) -> RetrievalReport:
    """The report of every image [n, D] as a query among all others; labels: [n], names or numbers.

    Raises what `retrieval_report` raises.
    """
    files = np.arange(len(embeddings))
    return retrieval_report(embeddings, labels, embeddings, labels, files, files)


def validation_figures(embeddings: NDArray[np.float32], labels: NDArray[Any]) -> dict[str, float]:
    """The few figures that trainings show, of every image [n, D] among all others; labels: [n], names or numbers.

    Raises what `retrieval_report` raises.
    """
    metrics = self_excluded_metrics(embeddings, labels).metrics
    return {name: metrics[name] for name in ("mAP@10", "mAP", "hit@1")}


def retrieval_report(
    queries: NDArray[np.float32],
    query_labels: NDArray[Any],
    gallery: NDArray[np.float32],
    gallery_labels: NDArray[Any],
    query_files: NDArray[np.integer[Any]],
    gallery_files: NDArray[np.integer[Any]],
) -> RetrievalReport:
    """The report of queries [n, D] in a gallery [g, D] of unit embeddings; labels: [n] and [g], names or numbers.

    files: [n] and [g], numbers that are equal where the files are the same: a query is left out of its own ranking.
    Equal scores are ranked in order of their positions. Queries without a relevant image do not count.
    Raises EngineError: DATASET_INVALID when no query counts, ENCODER_DAMAGED when embeddings are not finite.
    """
    names, places = np.unique(np.concatenate([query_labels, gallery_labels]), return_inverse=True)
    asked, held = places[: len(queries)], places[len(queries) :]
    per_query: dict[str, NDArray[np.float64]] = {}
    confusion = np.zeros((len(names), len(names)), np.int64)
    for part in rankings(queries, asked, gallery, held, query_files, gallery_files):
        rows = slice(part.start, part.start + len(part.relevant))
        for name, values in query_figures(part.query, part.rank, part.relevant).items():
            per_query.setdefault(name, np.empty(len(queries)))[rows] = values
        counts = part.relevant > 0
        np.add.at(confusion, (asked[rows][counts], held[part.best[counts]]), 1)
    if not confusion.any():
        raise EngineError(ErrorCode.DATASET_INVALID, "No query has an image of its class to find; add images.")
    classes = tuple(str(name) for name in names.tolist())
    per_class = {}
    for place, name in enumerate(classes):
        if counted := int(confusion[place].sum()):
            figures = {_name_of_mean(figure): _mean(per_query[figure][asked == place]) for figure in ("AP", "AP@10")}
            per_class[name] = {"queries": counted, **figures}
    metrics = {_name_of_mean(name): _mean(values) for name, values in per_query.items()}
    return RetrievalReport(metrics, per_query, classes, per_class, confusion)


def query_figures(
    query: NDArray[np.integer[Any]], rank: NDArray[np.integer[Any]], relevant: NDArray[np.integer[Any]]
) -> dict[str, NDArray[np.float64]]:
    """Every figure of this module for n queries, [n] each by its name; NaN where `relevant` is 0.

    query: [h], the query of each hit, ascending; rank: [h], its rank, from 1, ascending within a query; relevant: [n],
    R of each query, which may be more than its hits when the ranking was cut.
    """
    count = len(relevant)
    total = np.where(relevant > 0, relevant, np.nan)
    first = np.searchsorted(query, query)
    precision = (np.arange(len(query)) - first + 1) / rank

    def summed(values: NDArray[Any], counted: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.bincount(query[counted], values[counted], count).astype(np.float64)

    ones = np.ones(len(query))
    figures = {f"AP@{k}": summed(precision, rank <= k) / np.minimum(k, total) for k in AP_CUTOFFS}
    figures["AP"] = np.bincount(query, precision, count) / total
    figures["AP@R"] = summed(precision, rank <= relevant[query]) / total
    known = np.where(relevant > 0, 1.0, np.nan)
    figures |= {f"P@{k}": known * summed(ones, rank <= k) / k for k in PRECISION_CUTOFFS}
    figures |= {f"hit@{k}": known * (summed(ones, rank <= k) > 0) for k in HIT_CUTOFFS}

    last = 2 * total
    within = rank <= 2 * relevant[query]
    ranks, missed = summed(rank, within), total - summed(ones, within)
    best = (1 + total) / 2
    for name, beyond in (("NMRR", 1.25 * last), ("NMRR (K+1)", last + 1)):
        figures[name] = ((ranks + missed * beyond) / total - best) / (beyond - best)
    return figures


def _mean(values: NDArray[np.float64]) -> float:
    return float(np.nanmean(values))


def _name_of_mean(figure: str) -> str:
    """What the literature calls the mean of a figure."""
    prefixes = {"AP": "mAP", "NMRR": "ANMRR"}
    return next(
        (figure.replace(single, mean, 1) for single, mean in prefixes.items() if figure.startswith(single)), figure
    )
