"""What the retrieval benchmark trains and what it asks: sets, groups of classes, rows, tasks."""

from __future__ import annotations

from dataclasses import dataclass

SEEDS = (0, 1, 2)
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

UNSEEN = {
    "aid": "Airport Center Church Commercial MediumResidential Park Resort School Square Viaduct".split(),
    "ucmerced": ("buildings denseresidential intersection mediumresidential overpass storagetanks tenniscourt".split()),
}
"""A third of the classes, hard ones, left out of training where a table asks for classes never seen."""

FROZEN = "frozen trunk"


@dataclass(frozen=True)
class Row:
    """A method: the encoder it trains and the settings that differ from that encoder's recipe.

    unseen: whether it is also trained without the classes of UNSEEN; core: whether then, too, with all seeds; once:
    with a single seed everywhere.
    """

    encoder: str
    settings: tuple[str, ...] = ()
    unseen: bool = True
    core: bool = False
    once: bool = False

    def seeds(self, subset: TrainingSetName) -> tuple[int, ...]:
        """The seeds that it is trained with on a set."""
        if subset.whole:
            return SEEDS[:1] if self.once else SEEDS
        if not self.unseen:
            return ()
        return SEEDS if self.core and subset.dataset == "aid" else SEEDS[:1]


ROWS = {
    "softmax": Row("softmax", core=True),
    "triplet": Row("triplet", ("fit=pca", "head_rate=1e-3"), core=True),
    "triplet, PCA to 64": Row("triplet", ("reduction=pca", "dimension=64"), unseen=False),
    "triplet, FC to 64": Row("triplet", ("fit=pca", "head_rate=1e-3", "dimension=64"), unseen=False),
    "baseline": Row("triplet", core=True),
    "baseline + FPM": Row("frors", ("parts=image,prototypes", "match=false", "auxiliary=0")),
    "baseline + GraL": Row("frors", ("parts=image,gram", "match=false", "auxiliary=0")),
    "baseline + FPM + GraL": Row("frors", ("match=false", "auxiliary=0")),
    "FRORS": Row("frors", core=True),
    "FRORS without FPM": Row("frors", ("parts=image,gram",), once=True),
    "FRORS without GraL": Row("frors", ("parts=image,prototypes",), once=True),
    "softmax + triplet": Row("softmax-triplet", once=True),
    "multi-similarity": Row("triplet", ("loss=multi-similarity",), once=True),
}


@dataclass(frozen=True)
class TrainingSetName:
    """A dataset, with or without the classes of UNSEEN."""

    dataset: str
    whole: bool

    def __str__(self) -> str:
        return self.dataset if self.whole else f"{self.dataset}-seen"


SETS = tuple(TrainingSetName(dataset, whole) for whole in (True, False) for dataset in ("aid", "ucmerced"))
