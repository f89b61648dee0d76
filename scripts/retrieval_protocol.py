"""What the retrieval benchmark trains and what it asks: sets, groups of classes, rows, tasks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

SEEDS = (1, 2, 3)
"""Of the splits and the trainings that count. Recipes were chosen on splits of seed 0, which no table shows."""
SIDE = 160
FRACTION = {"aid": 0.2, "ucmerced": 0.8}
"""Share of each class that is learnt from; the rest is the gallery, each image of it a query once."""

HARD = {
    "aid": (
        "Airport Center Church Commercial DenseResidential Industrial MediumResidential Park RailwayStation Resort "
        "School SparseResidential Square Stadium Viaduct"
    ).split(),
    "ucmerced": (
        "buildings denseresidential freeway intersection mediumresidential mobilehomepark overpass river runway "
        "sparseresidential storagetanks tenniscourt"
    ).split(),
}
"""The classes that frozen features confuse most."""


@dataclass(frozen=True)
class Row:
    """A method: the encoder it trains and the settings that differ from that encoder's recipe.

    reduced: only trained on whole sets; once: only trained on AID, with the first seed.
    """

    encoder: str
    settings: tuple[str, ...] = ()
    reduced: bool = False
    once: bool = False

    def seeds(self, subset: TrainingSetName) -> tuple[int, ...]:
        """The seeds that it is trained with on a set: without a third of UC Merced's classes, which are few, one."""
        if self.once:
            return SEEDS[:1] if subset.dataset == "aid" else ()
        if str(subset) == "ucmerced-seen":
            return SEEDS[:1]
        return SEEDS if subset.whole or not self.reduced else ()


ROWS = {
    "frozen trunk": Row("triplet", ("epochs=0", "fit=pca")),
    "baseline, nothing trained": Row("triplet", ("epochs=0",)),
    "FRORS, nothing trained": Row("frors", ("epochs=0",)),
    "softmax": Row("softmax"),
    "triplet": Row("triplet", ("fit=pca", "head_rate=1e-3")),
    "triplet, margin .4": Row("triplet", ("fit=pca", "head_rate=1e-3", "margin=0.4")),
    "triplet, PCA to 64": Row("triplet", ("reduction=pca", "dimension=64"), reduced=True),
    "triplet, FC to 64": Row("triplet", ("fit=pca", "head_rate=1e-3", "dimension=64"), reduced=True),
    "baseline": Row("triplet"),
    "baseline + FPM": Row("frors", ("parts=image,prototypes", "match=false", "auxiliary=0")),
    "baseline + GraL": Row("frors", ("parts=image,gram", "match=false", "auxiliary=0")),
    "baseline + FPM + GraL": Row("frors", ("match=false", "auxiliary=0")),
    "FRORS without the image part's own loss": Row("frors", ("auxiliary=0",)),
    "FRORS": Row("frors"),
    "FRORS as shipped": Row("frors", ("views=6", "epochs=6", "kept=0.5")),
    "baseline, schedule as shipped": Row("triplet", ("views=6", "epochs=6", "kept=0.5")),
    "baseline + FPM + GraL, schedule as shipped": Row(
        "frors", ("match=false", "auxiliary=0", "views=6", "epochs=6", "kept=0.5")
    ),
    "multi-similarity": Row("triplet", ("loss=multi-similarity",), once=True),
}


def unseen(subset: TrainingSetName, classes: Iterable[str], seed: int) -> list[str]:
    """The third of a dataset's classes that a seed leaves out of training, a third of the hard ones among them.

    Three seeds in a row leave out every class once. The thirds are not those of the trials in docs/trials.md.
    """
    easy = set(classes) - set(HARD[subset.dataset])
    random = np.random.default_rng(1)
    groups = [random.permutation(sorted(group)).tolist() for group in (HARD[subset.dataset], easy)]
    return [name for group in groups for name in group[seed % 3 :: 3]]


@dataclass(frozen=True)
class TrainingSetName:
    """A dataset, whole or without the third of its classes that `unseen` names."""

    dataset: str
    whole: bool

    def __str__(self) -> str:
        return self.dataset if self.whole else f"{self.dataset}-seen"


SETS = tuple(TrainingSetName(dataset, whole) for whole in (True, False) for dataset in ("aid", "ucmerced"))
