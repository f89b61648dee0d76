"""Trains an encoder on labelled features; imports torch when it begins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from frors_qgis.engine.call import Call
from frors_qgis.engine.encoders.installed import (
    DEFAULT_ENCODER,
    encoder_classes,
    encoder_path,
    encoder_sha256,
    new_encoder_path,
)
from frors_qgis.engine.feature_images import FeatureImage, cut_images
from frors_qgis.engine.feature_overlaps import overlapping
from frors_qgis.engine.feature_places import open_places
from frors_qgis.engine.imagery.stretch import estimate_stretch
from frors_qgis.engine.labelled_features import Skipped, class_name, none_left, read_features, skipped_json
from frors_qgis.engine.learning.dataset import LabelledImage
from frors_qgis.engine.learning.metrics import validation_figures
from frors_qgis.engine.learning.model_card import ModelCard
from frors_qgis.engine.learning.progress import Progress, part_of
from frors_qgis.engine.learning.provenance import Provenance
from frors_qgis.engine.learning.recipe import Recipe
from frors_qgis.engine.learning.split import split_by_class, without_copies
from frors_qgis.engine.parameters import Parameters
from frors_qgis.protocol import EngineError, ErrorCode

if TYPE_CHECKING:
    from frors_qgis.engine.learning.run_folder import RunFolder

EPOCHS = 8
SURROUNDINGS = 0.15
VALIDATE = 0.2

_KEPT = 0.5
_FITTED_VIEWS = 6
_LEAST_DIMENSION = 32
_WHOLE = 8
_MOST_SURROUNDINGS = 2.0
_MARGIN = 1.3
"""Images are cut at this many times the side of a view, which is what views are made from."""


@dataclass(frozen=True)
class Wish:
    """What a request wants of a training.

    identifier: of the new encoder; start: id of the encoder whose trunk it starts from; recipe: its dimension is the
    most that is wanted; validate: share of the features to keep apart, 0 for none; surroundings: see `cut_images`;
    device: see `choose_device`; licences, name: for the card.
    """

    identifier: str
    start: str
    recipe: Recipe
    validate: float
    surroundings: float
    device: str
    licences: tuple[str, ...]
    name: str


def read_wish(parameters: Parameters) -> Wish:
    """What a request wants, checked before anything is read.

    Raises EngineError: BAD_REQUEST naming what makes no sense, ENCODER_UNKNOWN for a start that is not installed.
    """
    identifier = parameters.text("id")
    new_encoder_path(identifier)
    start = parameters.text("start", DEFAULT_ENCODER)
    encoder_path(start)
    epochs = parameters.whole("epochs", EPOCHS)
    values: dict[str, Any] = {"encoder": parameters.text("kind", "frors"), "epochs": epochs, "kept": _KEPT}
    values |= {"seed": parameters.whole("seed", 0)} | ({} if epochs else {"views": _FITTED_VIEWS})
    settings = parameters.texts("settings") if parameters.values.get("settings") else []
    recipe = Recipe.from_json(values).with_settings(settings)
    validate, surroundings = parameters.number("validate", VALIDATE), parameters.number("surroundings", SURROUNDINGS)
    if not 0 <= validate <= 0.5:
        raise _bad(f"The share of features to keep apart is 0 to 0.5, not {validate:g}.")
    if not 0 <= surroundings <= _MOST_SURROUNDINGS:
        raise _bad(f"The surroundings are 0 to {_MOST_SURROUNDINGS:g} times a feature's longer side.")
    licences = tuple(parameters.texts("licences")) if parameters.values.get("licences") else ()
    name, device = parameters.text("name", "features"), parameters.text("device", "auto")
    return Wish(identifier, start, recipe, validate, surroundings, device, licences, name)


def train_on_features(parameters: Parameters, folder: Path, call: Call) -> dict[str, Any]:
    """Trains as a request says and writes `<id>.safetensors` and `<id>.md` into a folder of its own; JSON values.

    "checkpoint", "card": their paths; "images", "labels": what was learnt from; "dimension", "epochs"; "validation":
    None, or "images" kept apart and their figures "before", by the encoder that it started from, and "after";
    "notes": sentences; and what was skipped.
    Raises EngineError: ENGINE_MISSING naming what to install, BAD_REQUEST, DATASET_INVALID for too few features, and
    what the trainer raises.
    """
    from frors_qgis.engine.learning.objective import require_metric_learning
    from frors_qgis.engine.learning.pictures import require_matplotlib
    from frors_qgis.engine.learning.run_folder import nothing_taught

    require_metric_learning()
    require_matplotlib()
    wish = read_wish(parameters)
    features, skipped = read_features(parameters)

    def progress(fraction: float, message: str, seconds: float | None) -> None:
        call.check()
        call.progress(fraction, message, seconds)

    with open_places(parameters, estimate_stretch, call) as places:
        side = round(_MARGIN * wish.recipe.side)
        cutting = part_of(progress, 0.0, 0.1)
        images, more = cut_images(features, places, folder / "images", side, wish.surroundings, cutting)
        rasters = [Path(raster.path).name for raster in places.rasters]
    images, single = _without_single(images)
    skipped = [*skipped, *more, *single]
    if not images:
        raise none_left(skipped)
    if len({one.image.label for one in images}) < 2:
        raise EngineError(
            ErrorCode.DATASET_INVALID,
            "The features that can be read have a single label; training needs two or more to tell apart.",
        )
    learnt, kept_apart = _split(images, wish)
    recipe = _fitting_recipe(wish, learnt, bool(kept_apart))
    checkpoint = folder / f"{wish.identifier}.safetensors"
    run = _train(wish, recipe, learnt, checkpoint, part_of(progress, 0.1, 0.9))
    measuring = part_of(progress, 0.9, 1.0)
    validation = _measure(wish, recipe, kept_apart, checkpoint, measuring) if kept_apart else None
    notes = [*_figures_in_words(wish, validation), *_cautions(wish, images, learnt, kept_apart)]
    if caution := nothing_taught(run.metrics()):
        notes.append(caution)
    after = {} if validation is None else validation["after"]
    card = _card(wish, recipe, learnt, kept_apart, checkpoint, rasters, after, notes, run.metrics())
    checkpoint.with_suffix(".md").write_text(card.text(), encoding="utf-8")
    progress(1.0, "Trained", None)
    return {
        "checkpoint": str(checkpoint),
        "card": str(checkpoint.with_suffix(".md")),
        "sha256": card.sha256,
        "images": len(learnt),
        "labels": len({image.label for image in learnt}),
        "dimension": recipe.dimension,
        "epochs": recipe.epochs,
        "validation": validation,
        "notes": notes,
        **skipped_json(skipped),
    }


def _bad(sentence: str) -> EngineError:
    return EngineError(ErrorCode.BAD_REQUEST, sentence)


def _without_single(images: Sequence[FeatureImage]) -> tuple[list[FeatureImage], list[Skipped]]:
    """The images whose label others have as well, and the other features."""
    counts = Counter(one.image.label for one in images)
    reason = "No other feature that can be read has its label, and a label needs two."
    single = [Skipped(one.id, reason) for one in images if counts[one.image.label] == 1]
    return [one for one in images if counts[one.image.label] > 1], single


def _split(images: Sequence[FeatureImage], wish: Wish) -> tuple[list[LabelledImage], list[LabelledImage]]:
    """The images to learn from, and those kept apart, without copies of the former.

    Raises EngineError(DATASET_INVALID) where none that is kept apart could be found by another.
    """
    everything = [one.image for one in images]
    if not wish.validate:
        return everything, []
    kept_apart, learnt = split_by_class(everything, wish.validate, wish.recipe.seed)
    kept_apart, _ = without_copies(learnt, kept_apart)
    if max(Counter(image.label for image in kept_apart).values(), default=0) < 2:
        raise EngineError(
            ErrorCode.DATASET_INVALID,
            f"A share of {wish.validate:.0%} keeps no two features of one label apart, so none could be found by "
            "another: label more features, or keep a larger share apart, or none.",
        )
    return learnt, kept_apart


def _fitting_recipe(wish: Wish, learnt: Sequence[LabelledImage], validates: bool) -> Recipe:
    """The recipe with as many dimensions as so many images are enough for; raises EngineError(DATASET_INVALID)."""
    from frors_qgis.engine.learning.trainer import images_needed, largest_dimension

    recipe, labels = wish.recipe, len({image.label for image in learnt})
    largest = largest_dimension(recipe, len(learnt), labels) or 0
    least = min(_LEAST_DIMENSION, recipe.dimension)
    if largest < least:
        needed = images_needed(replace(recipe, dimension=least), labels)
        share = " or keep fewer apart," if validates else ""
        raise EngineError(
            ErrorCode.DATASET_INVALID,
            f"{len(learnt):,} features to learn from are too few: {needed:,} are the least, and many more are better. "
            f"Label more,{share} or use the encoder {wish.start} as it is.",
        )
    return replace(recipe, dimension=largest if largest in (recipe.dimension, least) else largest - largest % _WHOLE)


def _train(
    wish: Wish, recipe: Recipe, learnt: Sequence[LabelledImage], checkpoint: Path, progress: Progress
) -> RunFolder:
    """Trains to the checkpoint, with all that is needed meanwhile beside it; the run."""
    from frors_qgis.engine.encoders.registry import load_trunk
    from frors_qgis.engine.learning.run_folder import RunFolder
    from frors_qgis.engine.learning.trainer import train

    run, trunk = RunFolder(checkpoint.with_suffix(".run")), load_trunk(encoder_path(wish.start))
    known = encoder_classes(wish.start)
    train(learnt, recipe, run, trunk, progress, checkpoint=checkpoint, trunk_classes=known, device=wish.device)
    return run


def _measure(
    wish: Wish, recipe: Recipe, kept_apart: Sequence[LabelledImage], checkpoint: Path, progress: Progress
) -> dict[str, Any]:
    """Figures of the images kept apart, each searched among the others: by the start's encoder and by the new one."""
    from frors_qgis.engine.encoders.registry import load_checkpoint_file
    from frors_qgis.engine.learning.evaluation import embed_images

    labels = np.array([image.label for image in kept_apart], np.str_)
    figures: dict[str, Any] = {"images": len(kept_apart)}
    ends = {"before": (encoder_path(wish.start), 0.0, 0.5), "after": (checkpoint, 0.5, 1.0)}
    for name, (path, start, end) in ends.items():
        encoder = load_checkpoint_file(path, wish.device)
        vectors = embed_images(kept_apart, encoder, recipe.side, part_of(progress, start, end))
        figures[name] = validation_figures(vectors, labels)
    return figures


def _figures_in_words(wish: Wish, validation: dict[str, Any] | None) -> list[str]:
    if validation is None:
        return [
            "No features were kept apart, so nothing says how well it does: evaluate it on features that it has not "
            "learnt from."
        ]
    before, after = validation["before"]["mAP@10"], validation["after"]["mAP@10"]
    sentences = [
        f"On {validation['images']:,} features kept apart, each searched among the others, mAP@10 is {after:.3f}; with "
        f"{wish.start}, from which it started, {before:.3f}. They lie on the rasters that it learnt from: elsewhere "
        "figures may be lower."
    ]
    if after < before:
        sentences.append(f"It finds them less well than {wish.start}: keep that one, or label more features.")
    return sentences


def _cautions(
    wish: Wish,
    images: Sequence[FeatureImage],
    learnt: Sequence[LabelledImage],
    kept_apart: Sequence[LabelledImage],
) -> list[str]:
    """Why the figures may say too much."""
    sentences = []
    places = {one.image.path: one.place for one in images}
    apart, others = ([places[image.path] for image in part] for part in (kept_apart, learnt))
    if apart and (shared := int(overlapping(apart, others).sum())):
        sentences.append(
            f"{shared:,} of the features kept apart share over a fifth of their ground with one that was learnt from, "
            "which flatters the figures."
        )
    origin = Provenance(wish.start, encoder_sha256(wish.start), encoder_classes(wish.start))
    known = origin.known([wish.name], (image.label for image in learnt))
    if apart and known:
        sentences.append(
            f"{wish.start} has learnt from {known} before: where these are the same things, the figures flatter."
        )
    return sentences


def _card(
    wish: Wish,
    recipe: Recipe,
    learnt: Sequence[LabelledImage],
    kept_apart: Sequence[LabelledImage],
    checkpoint: Path,
    rasters: Sequence[str],
    validation: Mapping[str, float],
    notes: Sequence[str],
    records: Sequence[dict[str, Any]],
) -> ModelCard:
    from frors_qgis.engine.encoders.registry import load_checkpoint_file

    share = f"a share of {wish.validate:g} of each label, kept apart, seed {recipe.seed}: {len(kept_apart):,} features"
    origin = encoder_path(wish.start)
    return ModelCard(
        name=wish.identifier,
        sha256=load_checkpoint_file(checkpoint, "cpu").sha256,
        recipe=recipe,
        trunk=Provenance(origin.name, encoder_sha256(wish.start), encoder_classes(wish.start)),
        datasets=[f"features of the layer {class_name(wish.name)} on {', '.join(map(class_name, rasters))}"],
        images=learnt,
        licences=wish.licences,
        protocol={
            "validation": share if kept_apart else "none",
            "image": f"a square round the feature, {wish.surroundings:g} of its longer side beyond it on each side",
            "border": "the convolutions' own zero padding",
            "side": f"{recipe.side} px",
        },
        validation=validation,
        notes=notes,
        records=records,
        command=f"frors:train with EPOCHS={recipe.epochs}, VALIDATION={100 * wish.validate:g}, SEED={recipe.seed}",
    )
