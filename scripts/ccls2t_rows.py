"""The rows of the CCLS2T tables: what each trains, and with what."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ccls2t.hash_layer import HashLayer
from ccls2t.hash_trainer import PairPool
from ccls2t.recipe import HashRecipe, TextRecipe
from ccls2t_baselines import DeepHash
from ccls2t_protocol import BITS, SPLITS
from torch import nn

_TEXT = TextRecipe()
_CODES = HashRecipe()
_DEEP = HashRecipe(rate=1e-3, weighted=False, loss="supervised contrast", balance=1.0, independence=1.0)


@dataclass(frozen=True)
class HashRow:
    """A way to make codes.

    text: the encoders whose vectors are hashed, None for embeddings beside columns of metadata; fit: LSH or ITQ instead
    of a trained layer, with a weight of the columns; waves: see `metadata_columns`; width: of the hidden layer; wider:
    whether the encoders' vector of three windows stands beside the embedding.
    """

    text: TextRecipe | None = None
    recipe: HashRecipe = _CODES
    fit: str | None = None
    weight: float = 1.0
    waves: bool = False
    width: int = 512
    metadata: bool = True
    wider: bool = True
    bits: tuple[int, ...] = BITS
    sets: tuple[str, ...] = tuple(SPLITS)

    @property
    def weighted(self) -> bool:
        """Whether queries weigh the bits of codes."""
        return self.fit is None and self.recipe.weighted

    def layer(self, pool: PairPool, bits: int) -> nn.Module:
        """What is trained: a linear layer on the encoders' vectors, or a deep one on the columns."""
        if self.text is not None:
            return HashLayer(pool.pictures.shape[1], pool.told.shape[2], bits)
        return DeepHash(pool.pictures.shape[1] + pool.told.shape[2], self.width, bits)


@dataclass(frozen=True)
class EngineRow:
    """A way to rank whole vectors.

    text: the encoders that tell the odds of what a query asks, None for an engine's filter; or_null: whether the filter
    lets unknown fields pass; null_cost, each_null_cost: what an ORDER BY takes off the similarity of these, once and
    for each of them; base_rates: whether it adds up log-odds of one class and, for unknown fields, the logarithm of how
    often the condition holds where it is known; rates_by: fields of acquisitions, coarse to fine, whose equal values
    have a rate of their own; family_of_sensor: whether an unknown family is that of the sensor; far_cost: what is taken
    off for distance in place and time where what is wanted is graded, in place of the filter.
    conditions: whether what is known is judged as the filter does, and odds are of what is unknown alone. slope,
    middle: of the log-odds that two images are of one class, by their cosine.
    """

    text: TextRecipe | None = None
    or_null: bool = False
    null_cost: float = 0.0
    each_null_cost: float = 0.0
    base_rates: bool = False
    rates_by: tuple[str, ...] = ()
    family_of_sensor: bool = False
    far_cost: float = 0.0
    conditions: bool = False
    slope: float = 25.0
    middle: float = 0.5
    sets: tuple[str, ...] = field(default=tuple(SPLITS))


def _ablated(
    text: TextRecipe | None = _TEXT, recipe: HashRecipe = _CODES, metadata: bool = True, **others: Any
) -> HashRow:
    return HashRow(text, recipe, metadata=metadata, bits=(64,), sets=("ucmerced",), **others)


_COLUMNS = "columns in place of the encoders"
ABLATIONS = {
    "without metadata": _ablated(metadata=False),
    "without weights, as the baselines": _ablated(recipe=replace(_DEEP, rate=_CODES.rate)),
    _COLUMNS: _ablated(None, replace(_CODES, rate=1e-3), waves=True),
    "without the narrower windows": _ablated(wider=False),
    "without the sentence": _ablated(replace(_TEXT, sentences=False)),
    "without the contrasts": _ablated(replace(_TEXT, contrast=0.0, intermediate=0.0)),
    "without the intermediate contrast": _ablated(replace(_TEXT, intermediate=0.0)),
    "without the guard": _ablated(replace(_TEXT, guard=False)),
    "without the reconstruction": _ablated(replace(_TEXT, reconstruction=0.0)),
    "without the relations": _ablated(replace(_TEXT, relations=0.0)),
    "supervised contrast": _ablated(recipe=replace(_CODES, loss="supervised contrast")),
    "without quantisation": _ablated(recipe=replace(_CODES, quantisation=0.0)),
    "without balance": _ablated(recipe=replace(_CODES, balance=0.0)),
    "without independence": _ablated(recipe=replace(_CODES, independence=0.0)),
}
"""What each part gives; the row of the columns: what stays if the deep baseline's queries may weigh bits, too."""
HASH_ROWS = {
    "LSH": HashRow(fit="LSH", weight=0.3),
    "ITQ": HashRow(fit="ITQ", weight=0.3),
    "ITQ, waves": HashRow(fit="ITQ", waves=True, weight=0.2),
    "deep hash (SupCon)": HashRow(recipe=_DEEP, waves=True),
    "deep hash (DHN)": HashRow(
        recipe=replace(_DEEP, loss="pairwise likelihood", temperature=0.03, balance=0.1, independence=0.1), waves=True
    ),
    "triplet hash": HashRow(recipe=replace(_DEEP, loss="triplet", margin=0.05), waves=True),
    "CCLS2T": HashRow(_TEXT),
    **ABLATIONS,
}
ENGINE_ROWS = {
    "engine, strict filter": EngineRow(),
    "engine, filter or null": EngineRow(or_null=True),
    "engine, tuned order": EngineRow(or_null=True, null_cost=0.3, far_cost=0.02),
    "engine, each NULL": EngineRow(or_null=True, each_null_cost=0.25, far_cost=0.02),
    "engine, base rates": EngineRow(or_null=True, base_rates=True, far_cost=0.02),
    "engine, base rates, family of the sensor": EngineRow(
        or_null=True, base_rates=True, family_of_sensor=True, far_cost=0.02
    ),
    "engine, base rates by sensor and platform": EngineRow(
        or_null=True, base_rates=True, rates_by=("sensor", "platform"), far_cost=0.02
    ),
    "CCLS2T, odds": EngineRow(_TEXT),
    "CCLS2T, conditions and odds": EngineRow(_TEXT, conditions=True),
}
