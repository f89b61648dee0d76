"""How CCLS2T is trained, in values that can be written down."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from typing import Any

from frors_qgis.protocol import EngineError, ErrorCode

LOSSES = ("supervised InfoNCE", "supervised contrast", "pairwise likelihood", "triplet")


@dataclass(frozen=True)
class TextRecipe:
    """Of the two encoders and the metadata vectors.

    width, layers: of the encoders; metadata: dimensions of a metadata vector. batch: images of a step, each with an
    acquisition; steps, rate: of AdamW, the rate falling as half a cosine. dropped: share of the fields of an
    acquisition, and of the contents, that a sentence leaves out. contrast: weight of InfoNCE at the last layer,
    intermediate: half way; reconstruction: of the quantities read back; relations: of the log-odds that a chip fulfils
    what a query asks. guard: whether two of one leaf are no negatives; sentences: whether there are words beside the
    quantities.
    """

    width: int = 64
    layers: int = 2
    metadata: int = 128
    batch: int = 128
    steps: int = 2000
    rate: float = 2e-3
    dropped: float = 0.3
    contrast: float = 0.1
    intermediate: float = 0.1
    reconstruction: float = 1.0
    relations: float = 1.0
    guard: bool = True
    sentences: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        _check(self, least={"width": 8, "layers": 2, "metadata": 1, "batch": 2, "rate": 1e-6}, most={"dropped": 0.9})
        if self.width % 4:
            raise _bad(f"width must be a multiple of 4, not {self.width}")

    def as_json(self) -> dict[str, Any]:
        """Every field by its name."""
        return asdict(self)


@dataclass(frozen=True)
class HashRecipe:
    """Of one hash layer.

    bits: of a code; batch: queries of a step, and as many chips; steps, rate, weight_decay: of AdamW. weighted: whether
    a query weighs the bits of codes, rather than having a code like a chip's. loss: how pairs are learnt, with this
    margin (of triplets), and where queries have codes, at this temperature (the likelihood of pairs: with a log-odds of
    1 / temperature). quantisation, balance, independence: weights of what makes codes binary, even and diverse.
    noise: standard deviation, over the whole vector, of what is added to embeddings, which are surer on images that
    they were fitted to.
    """

    bits: int = 64
    batch: int = 256
    steps: int = 2000
    rate: float = 2e-3
    weight_decay: float = 1e-4
    weighted: bool = True
    loss: str = "supervised InfoNCE"
    temperature: float = 0.1
    margin: float = 0.2
    contrast: float = 1.0
    quantisation: float = 0.1
    balance: float = 0.1
    independence: float = 0.1
    noise: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        _check(self, least={"bits": 8, "batch": 2, "rate": 1e-6, "temperature": 1e-3}, most={"bits": 4096})
        if self.loss not in LOSSES:
            raise _bad(f"loss is one of {', '.join(LOSSES)}, not {self.loss!r}")
        if self.bits % 8:
            raise _bad(f"bits must be a multiple of 8, not {self.bits}")

    def as_json(self) -> dict[str, Any]:
        """Every field by its name."""
        return asdict(self)


def _check(recipe: TextRecipe | HashRecipe, least: dict[str, float], most: dict[str, float]) -> None:
    for field in fields(recipe):
        value = getattr(recipe, field.name)
        if isinstance(value, (bool, str)):
            continue
        low, high = least.get(field.name, 0), most.get(field.name, math.inf)
        if not math.isfinite(value) or not low <= value <= high:
            raise _bad(f"{field.name} must be from {low:g} to {high:g}, not {value}")


def _bad(sentence: str) -> EngineError:
    return EngineError(ErrorCode.BAD_REQUEST, f"In a recipe of CCLS2T {sentence}.")
