"""How well an encoder tells labelled features apart: each is a query once, among all others."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.archive.records import Level
from frors_qgis.engine.boxes import embed_box
from frors_qgis.engine.call import Call
from frors_qgis.engine.encoders.installed import encoder_classes, encoder_sha256
from frors_qgis.engine.encoders.interface import WindowEncoder
from frors_qgis.engine.feature_overlaps import overlapping, same_places
from frors_qgis.engine.feature_places import UNREADABLE, FeaturePlaces, Place
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.stretch import Stretch
from frors_qgis.engine.imagery.windows import PixelWindow
from frors_qgis.engine.indexing.plan import Levels
from frors_qgis.engine.labelled_features import LabelledFeature, Skipped, none_left, skipped_json
from frors_qgis.engine.learning.metrics import RetrievalReport, retrieval_report
from frors_qgis.engine.learning.provenance import Provenance
from frors_qgis.protocol import EngineError, ErrorCode

FEW = 5
"""Features of a label: with fewer, chance decides what its figures are."""

_MOST_CONFUSIONS = 50
_MOST_NAMES = 5


@dataclass(frozen=True)
class EmbeddedFeatures:
    """Features with their places and embeddings [n, D], and those that take no part."""

    features: list[LabelledFeature]
    places: list[Place]
    vectors: NDArray[np.float32]
    skipped: list[Skipped]


def embed_features(
    features: Sequence[LabelledFeature],
    already_skipped: Sequence[Skipped],
    places: FeaturePlaces,
    levels_of: Callable[[Raster], Sequence[Level]],
    encoder: WindowEncoder,
    call: Call,
    take_turn: Callable[[], None],
) -> EmbeddedFeatures:
    """Embeds the box of every feature as a query box is embedded; what cannot be read is skipped.

    levels_of: the levels of the chips that a box on a raster would be compared with; take_turn: called between boxes
    and inside each, may wait, and raises to give up.
    Raises EngineError: DATASET_INVALID where no feature can be read, and what the encoder or `take_turn` raises.
    """

    def embed(raster: Raster, stretch: Stretch, window: PixelWindow) -> NDArray[np.float32]:
        return embed_box(raster, stretch, window, levels_of(raster), encoder, take_turn).vector

    kept: list[tuple[LabelledFeature, Place, NDArray[np.float32]]] = []
    skipped = list(already_skipped)
    started = time.monotonic()
    for done, feature in enumerate(features):
        take_turn()
        left = (time.monotonic() - started) * (len(features) - done) / done if done else None
        call.progress(done / len(features), f"Encoding {len(features):,} features", left)
        try:
            kept.append((feature, *places.read(feature, embed)))
        except EngineError as error:
            if error.code not in UNREADABLE:
                raise
            skipped.append(Skipped(feature.id, error.message))
    if not kept:
        raise none_left(skipped)
    call.progress(1.0, f"Comparing {len(kept):,} features", None)
    read, where, vectors = zip(*kept, strict=True)
    return EmbeddedFeatures(list(read), list(where), np.stack(vectors), skipped)


def usual_levels(raster: Raster) -> list[Level]:
    """The levels that indexing a raster at its own GSD gives, for boxes that no archive is asked about."""
    return [Level(raster.gsd, cells, 0) for cells in Levels().windows]


def evaluate_features(embedded: EmbeddedFeatures, encoder: str, name: str, described: dict[str, str]) -> dict[str, Any]:
    """Figures, figures by label, confusions, protocol and warnings, as JSON values.

    encoder: its id; name: of the layer; described: what else the protocol says, by name. A feature is never a match
    of itself, nor of one in the same place. Figures at a rank of which there are not so many features are left out.
    Raises EngineError(DATASET_INVALID) where no label has two features.
    """
    labels = np.array([feature.label for feature in embedded.features], np.str_)
    counts = Counter(labels.tolist())
    if max(counts.values()) < 2:
        raise EngineError(
            ErrorCode.DATASET_INVALID,
            "No label has two features that can be read, so none can be found by another; label more features, or "
            "choose the field that holds their class.",
        )
    files = same_places(embedded.places)
    report = retrieval_report(embedded.vectors, labels, embedded.vectors, labels, files, files)
    origin = Provenance(encoder, encoder_sha256(encoder), encoder_classes(encoder))
    protocol = {
        "features": name,
        **described,
        "queries": report.counted,
        "gallery": len(labels),
        "labels": len(counts),
        "query in its own gallery": "no, nor features in the same place",
        "queries without another feature of their label, left out": len(labels) - report.counted,
        "features that were skipped": len(embedded.skipped),
        "relevance": "same label",
        "ranking": "cosine of the embeddings of boxes, ties in the order of the layer",
        "AP@k": "sum of precisions at relevant ranks <= k, divided by min(k, relevant in gallery)",
        "encoder": encoder,
        "checkpoint sha-256": origin.sha256,
    }
    measured = report.per_class
    return {
        "protocol": protocol,
        "warnings": _warnings(embedded, counts, origin, name),
        "metrics": _within_reach(report.metrics, len(labels) - 1),
        "chance": _chance(counts, len(labels)),
        "classes": [
            {"label": label, "features": count, **measured.get(label, {"queries": 0})}
            for label, count in sorted(counts.items())
        ],
        "confusions": _confusions(report),
        **skipped_json(embedded.skipped),
    }


def _warnings(embedded: EmbeddedFeatures, counts: Counter[str], origin: Provenance, name: str) -> list[str]:
    warnings = []
    if len(counts) == 1:
        warnings.append(
            "All features have one label, so whatever is found is right and the figures mean nothing; label others "
            "as well."
        )
    if single := sorted(label for label, count in counts.items() if count == 1):
        warnings.append(
            f"Labels with a single feature cannot be measured, nothing is there to find: {_listing(single)}. They stay "
            "among what others may find by mistake."
        )
    if few := sorted(label for label, count in counts.items() if 1 < count < FEW):
        warnings.append(
            f"Labels with fewer than {FEW} features have figures that chance decides: {_listing(few)}; label more."
        )
    if overlaps := int(overlapping(embedded.places).sum()):
        warnings.append(
            f"{overlaps:,} features share over a fifth of their ground with another one: such find each other by the "
            "same pixels, and the figures flatter."
        )
    if known := origin.known([name], counts):
        warnings.append(
            f"The encoder {origin.name} has learnt from {known} before: where these are the same things, the figures "
            "flatter; evaluate on others."
        )
    return warnings


def _listing(labels: Sequence[str]) -> str:
    more = f" and {len(labels) - _MOST_NAMES:,} more" if len(labels) > _MOST_NAMES else ""
    return ", ".join(labels[:_MOST_NAMES]) + more


def _within_reach(metrics: dict[str, float], others: int) -> dict[str, float]:
    """The figures without those at a rank beyond the number of other features."""
    ranks = {name: name.partition("@")[2] for name in metrics}
    return {name: value for name, value in metrics.items() if not ranks[name].isdigit() or int(ranks[name]) <= others}


def _chance(counts: Counter[str], total: int) -> float:
    """What P@k and hit@1 would be on average if matches were drawn at random, over the features that can be found."""
    found = [count for count in counts.values() if count > 1]
    return sum(count * (count - 1) for count in found) / (sum(found) * (total - 1))


def _confusions(report: RetrievalReport) -> list[dict[str, Any]]:
    """Pairs of labels, the query's and another that its best match had, the most frequent first."""
    counts = report.confusion.copy()
    np.fill_diagonal(counts, 0)
    rows, columns = np.nonzero(counts)
    order = np.lexsort((columns, rows, -counts[rows, columns]))[:_MOST_CONFUSIONS]
    return [
        {
            "label": report.classes[rows[i]],
            "best match": report.classes[columns[i]],
            "queries": int(counts[rows[i], columns[i]]),
        }
        for i in order
    ]
