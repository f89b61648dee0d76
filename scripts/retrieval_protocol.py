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
    """A method: the encoder it trains and the settings that differ from that encoder's recipe; seeds it runs with."""

    encoder: str
    settings: tuple[str, ...] = ()
    only_whole_sets: bool = False
    seeds: tuple[int, ...] = SEEDS


ROWS = {
    "softmax": Row("softmax"),
    "triplet": Row("triplet"),
    "triplet, PCA to 64": Row("triplet", ("reduction=pca", "dimension=64"), only_whole_sets=True),
    "triplet, FC to 64": Row("triplet", ("dimension=64",), only_whole_sets=True),
    "baseline": Row("softmax-triplet"),
    "baseline + FPM": Row("frors", ("parts=image,prototypes", "match=false")),
    "baseline + GraL": Row("frors", ("parts=image,gram", "match=false")),
    "baseline + FPM + GraL": Row("frors", ("match=false",)),
    "FRORS": Row("frors"),
    "multi-similarity": Row("triplet", ("loss=multi-similarity",), seeds=(0,)),
}


@dataclass(frozen=True)
class TrainingSetName:
    """A dataset, with or without the classes of UNSEEN."""

    dataset: str
    whole: bool

    def __str__(self) -> str:
        return self.dataset if self.whole else f"{self.dataset}-seen"


SETS = tuple(TrainingSetName(dataset, whole) for whole in (True, False) for dataset in ("aid", "ucmerced"))
