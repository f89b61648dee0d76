"""What a training does, in one value that can be written down: losses, rates, sampling, views."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, get_args, get_type_hints

from frors_qgis.engine.encoders.interface import CELL
from frors_qgis.protocol import EngineError, ErrorCode

ENCODERS = ("frors", "triplet", "softmax-triplet", "softmax")
PARTS = ("image", "gram", "prototypes")
"""Of the FRORS head, in the order of the embedding."""

_PART_SHARES = {"image": 5, "gram": 7, "prototypes": 3}
_CHOICES = {
    "encoder": ENCODERS,
    "optimizer": ("adamw", "sgd"),
    "loss": ("standard", "multi-similarity", "proxy-anchor"),
    "miner": ("hard", "semihard", "all"),
    "reduction": ("fc", "pca", "none"),
    "fit": ("discriminant", "pca"),
}
_LEAST = {
    "dimension": 2,
    "classes_per_batch": 2,
    "images_per_class": 2,
    "softmax_scale": 1e-3,
    "margin": 0,
    "ridge": 1e-6,
    "gram_weight": 1e-3,
    "prototypes_weight": 1e-3,
    "local_width": 2,
    "prototypes": 1,
    "temperature": 1e-3,
}
_MOST = {
    "dimension": 2048,
    "side": 32 * CELL,
    "views": 1000,
    "epochs": 100_000,
    "classes_per_batch": 1024,
    "images_per_class": 1024,
    "warm_up": 1,
    "kept": 1,
    "local_width": 256,
    "prototypes": 256,
    "whitening": 1,
    "seed": 2**32 - 1,
}


@dataclass(frozen=True)
class Recipe:
    """How an encoder is trained.

    encoder: "frors"; "triplet" (Cao et al., arXiv 1902.05818); "softmax-triplet", both losses on a plain head;
    "softmax". dimension: of the embedding; side: pixels of a view; views: random views of every image (0: the image
    as it is, once); epochs: 0 fits the head in closed form and trains nothing.
    A batch holds `images_per_class` of each of `classes_per_batch` classes; an epoch has as many batches as the images
    fill. trunk_rate: of the trunk's last stage (0: it stays as it is); head_rate: of the projections; proxy_rate: of
    the class weights inside losses; rates rise over the share `warm_up` of all steps, then fall as a cosine. softmax,
    triplet: weights of the two losses; auxiliary: that of both once more, on the image part alone (FRORS only);
    preserve: that of ten times the mean squared change, since the start, of the cosines between the images of a batch,
    which keeps what the frozen trunk knew; kept: how far all weights go back to where they started when training ends
    (0: not; 1: all the way), which keeps it, too (WiSE-FT, Wortsman et al., arXiv 2109.01903); softmax_scale: factor on
    cosines; margin: of the triplet loss, in Euclidean distance; miner: which triplets of a batch count. loss:
    "standard" is the triplet loss; "multi-similarity" (with a memory of earlier batches) and "proxy-anchor" take its
    place and its weight.
    reduction: how embeddings get their dimension: "fc" trains the projection, "pca" fits one without labels after
    training without one, "none" leaves all of the trunk's. fit: how projections start, by discriminant analysis
    (class_share, ridge) or by PCA (whitening).
    parts: of the FRORS head (see `part_sizes`); match: whether each has a projection of its own, or one takes them
    all; gram_weight, prototypes_weight: of those parts, where image has 1; local_width: of the local features;
    prototypes: of every class; temperature: of the shares that a position has in them.
    Raises EngineError(BAD_REQUEST) for a value that makes no sense, naming its field.
    """

    encoder: str = "frors"
    dimension: int = 256
    side: int = 160
    views: int = 12
    epochs: int = 16
    classes_per_batch: int = 16
    images_per_class: int = 4
    trunk_rate: float = 1e-4
    head_rate: float = 3e-4
    proxy_rate: float = 1e-3
    weight_decay: float = 1e-4
    optimizer: str = "adamw"
    warm_up: float = 0.05
    loss: str = "standard"
    softmax: float = 1.0
    softmax_scale: float = 20.0
    triplet: float = 1.0
    margin: float = 0.2
    miner: str = "hard"
    auxiliary: float = 0.0
    preserve: float = 0.0
    kept: float = 0.0
    reduction: str = "fc"
    fit: str = "discriminant"
    class_share: float = 1.0
    ridge: float = 0.1
    whitening: float = 0.25
    parts: tuple[str, ...] = ("image",)
    match: bool = False
    gram_weight: float = 1.0
    prototypes_weight: float = 0.8
    local_width: int = 64
    prototypes: int = 16
    temperature: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        kinds = get_type_hints(Recipe)
        for field in fields(self):
            _check(field.name, getattr(self, field.name), kinds[field.name])
        if self.side % CELL:
            raise _bad(
                f"The side of {self.side} px is not whole cells of {CELL} px; use {round(self.side / CELL) * CELL}."
            )
        if self.parts[:1] != ("image",) or len(set(self.parts)) < len(self.parts) or set(self.parts) - set(PARTS):
            raise _bad(f"The parts are image, then any of gram and prototypes, not {', '.join(self.parts)}.")
        if self.encoder != "frors" and (len(self.parts) > 1 or self.match or self.auxiliary):
            raise _bad(f"Parts, match and auxiliary belong to the encoder frors, not to {self.encoder}.")
        if self.dimension < len(self.parts):
            raise _bad(f"The dimension of {self.dimension} is too small for {len(self.parts)} parts; give each one.")
        if self.auxiliary and not self.match:
            raise _bad("Without match there is no image part of its own for auxiliary; set auxiliary=0.")
        if self.encoder == "frors" and self.reduction != "fc":
            raise _bad("The encoder frors has projections of its own; its reduction is fc.")
        if self.epochs and not (self.softmax or self.triplet):
            raise _bad("Nothing can be learnt while the weights of softmax and triplet are both 0.")
        if self.epochs and not self.trunk_rate and not (self.head_rate and self.reduction == "fc"):
            raise _bad(
                "The encoder would stay as it is: give trunk_rate or head_rate (with the reduction fc), or epochs=0."
            )
        if self.loss != "standard" and not self.triplet:
            raise _bad(f"The loss {self.loss} has the weight of triplet, which is 0; give it one.")

    @classmethod
    def default(cls, encoder: str) -> Recipe:
        """The recipe that an encoder of this kind was tuned to. Raises EngineError(BAD_REQUEST) for an unknown kind."""
        if encoder == "frors":
            return cls(encoder, softmax=0.0, auxiliary=1.0, ridge=0.3, parts=PARTS, match=True, local_width=96)
        if encoder == "triplet":
            return cls(encoder, softmax=0.0)
        if encoder == "softmax":
            return cls(encoder, triplet=0.0)
        return cls(encoder)

    @classmethod
    def from_json(cls, values: Any) -> Recipe:
        """The recipe of a JSON object; absent fields take the defaults of its encoder.

        Raises EngineError(BAD_REQUEST) naming a field that is unknown or of another type.
        """
        if not isinstance(values, dict):
            raise _bad("A recipe must be a JSON object.")
        known = {field.name for field in fields(cls)}
        for name in values:
            if name not in known:
                raise _bad(f"A recipe has no {name!r}; it has {', '.join(sorted(known))}.")
        encoder = values.get("encoder", cls.encoder)
        parts = values.get("parts")
        values = values | ({"parts": tuple(parts)} if isinstance(parts, list) else {})
        return replace(cls.default(encoder), **values)

    def as_json(self) -> dict[str, Any]:
        """Every field by its name, as JSON has it."""
        return asdict(self) | {"parts": list(self.parts)}

    def part_sizes(self, classes: int) -> dict[str, tuple[int, float]]:
        """Dimensions and weight of each part of the FRORS head; image, gram, prototypes have them as 5 to 7 to 3.

        A part has at most as many as features (prototypes: as many of these as there are of so many classes); what is
        left over goes to image.
        """
        features = {"gram": self.local_width * (self.local_width + 1) // 2, "prototypes": self.prototypes * classes}
        weights = {"image": 1.0, "gram": self.gram_weight, "prototypes": self.prototypes_weight}
        shares = {name: share for name, share in _PART_SHARES.items() if name in self.parts}
        sizes = {name: max(1, self.dimension * share // sum(shares.values())) for name, share in shares.items()}
        sizes = {name: min(size, features.get(name, size)) for name, size in sizes.items()}
        sizes["image"] += self.dimension - sum(sizes.values())
        return {name: (size, weights[name]) for name, size in sizes.items()}

    def with_settings(self, settings: list[str]) -> Recipe:
        """This recipe with fields changed by texts such as "trunk_rate=3e-5" or "parts=image,gram".

        Raises EngineError(BAD_REQUEST) for a text of another form and for what `from_json` raises.
        """
        kinds = get_type_hints(Recipe)
        values = self.as_json()
        for setting in settings:
            name, separator, text = setting.partition("=")
            if not separator:
                raise _bad(f"{setting!r} is not of the form name=value.")
            values[name] = _parse(text, kinds.get(name, str))
        return Recipe.from_json(values)

    def differences(self, other: Recipe) -> list[str]:
        """What of another recipe is not as here, such as "epochs was 16, now 12"."""
        here, there = self.as_json(), other.as_json()
        return [f"{name} was {here[name]}, now {there[name]}" for name in here if here[name] != there[name]]


def _parse(text: str, kind: Any) -> Any:
    if kind is str:
        return text
    if get_args(kind):
        return text.split(",")
    try:
        return json.loads(text)
    except ValueError:
        return text


def _check(name: str, value: Any, kind: Any) -> None:
    """Raises EngineError(BAD_REQUEST) where a field has another type or is out of range."""
    if get_args(kind):
        if not isinstance(value, tuple) or not all(isinstance(part, str) for part in value):
            raise _bad(f"{name} of a recipe must be a list of names, not {value!r}.")
        return
    accepted = (int, float) if kind is float else (kind,)
    if isinstance(value, bool) != (kind is bool) or not isinstance(value, accepted):
        names = {bool: "true or false", str: "a text", int: "a whole number", float: "a number"}
        raise _bad(f"{name} of a recipe must be {names[kind]}, not {value!r}.")
    if kind is bool:
        return
    if kind is str:
        if value not in _CHOICES[name]:
            raise _bad(f"{name} of a recipe is one of {', '.join(_CHOICES[name])}, not {value!r}.")
        return
    least, most = _LEAST.get(name, CELL if name == "side" else 0), _MOST.get(name, math.inf)
    if not least <= value <= most or not math.isfinite(value):
        between = f"at least {least:g}" if math.isinf(most) else f"between {least:g} and {most:g}"
        raise _bad(f"{name} of a recipe must be {between}, not {value}.")


def _bad(sentence: str) -> EngineError:
    return EngineError(ErrorCode.BAD_REQUEST, sentence)
