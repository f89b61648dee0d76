"""Trains the last stage of the trunk and a head on cached views; killed at any time, it goes on from its last epoch."""

from __future__ import annotations

import copy
import math
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from frors_qgis.engine.encoders.device import Device, choose_device, lacks_memory
from frors_qgis.engine.encoders.frors_head import FrorsHead
from frors_qgis.engine.encoders.gem_head import GemHead
from frors_qgis.engine.encoders.head import Head
from frors_qgis.engine.encoders.registry import new_head, save_encoder
from frors_qgis.engine.encoders.resnet import ResNet50Trunk
from frors_qgis.engine.encoders.trunk_maps import STAGE3_STRIDE, STAGE4_CHANNELS, TrunkMaps
from frors_qgis.engine.learning.augmentation import Augmentation
from frors_qgis.engine.learning.dataset import LabelledImage
from frors_qgis.engine.learning.fitting import MOST_VIEWS, Views, fit_head
from frors_qgis.engine.learning.metrics import validation_figures
from frors_qgis.engine.learning.objective import Objective, require_metric_learning
from frors_qgis.engine.learning.optimizer import new_optimizer, set_rates
from frors_qgis.engine.learning.pictures import require_matplotlib
from frors_qgis.engine.learning.progress import Progress, part_of
from frors_qgis.engine.learning.recipe import Recipe
from frors_qgis.engine.learning.replacement import replace_file
from frors_qgis.engine.learning.run_folder import RunFolder, describe_images
from frors_qgis.engine.learning.sampler import batches_per_epoch, class_batches
from frors_qgis.engine.learning.state import State
from frors_qgis.engine.learning.training_set import dataset_of
from frors_qgis.engine.learning.views import ViewCache, trunk_sha256
from frors_qgis.protocol import EngineError, ErrorCode

_BATCH = 128


def train(
    images: Sequence[LabelledImage],
    recipe: Recipe,
    run: RunFolder,
    trunk: ResNet50Trunk,
    progress: Progress,
    validation: Sequence[LabelledImage] | None = None,
    *,
    checkpoint: Path | None = None,
    trunk_classes: Sequence[str] = (),
    cache: Path | None = None,
    device: str = "auto",
) -> Path:
    """Trains as the recipe says, or goes on with what the run folder holds; returns the path of the checkpoint.

    validation: images on which figures are taken after every epoch, each among all others; nothing is learnt from them.
    checkpoint: where to write it (None: into the run folder); its name is the encoder's id. trunk_classes: what the
    trunk has learnt before, for its description. cache: folder of views that several runs share (None: views stand in
    the run folder until the run is finished). The trunk is left as it is.
    Raises EngineError: DATASET_INVALID for fewer than two classes, images that cannot be read or too few for the
    dimensions, BAD_REQUEST for a loss that is not finite, DISK_FULL, ENGINE_MISSING, OUT_OF_MEMORY, and what
    `RunFolder.begin` and `choose_device` raise.
    """
    require_metric_learning()
    require_matplotlib()
    classes = sorted({image.label for image in images})
    if len(classes) < 2:
        raise EngineError(
            ErrorCode.DATASET_INVALID, "The images are of a single class; training needs two or more to tell apart."
        )
    _require_enough(len(images), len(classes), recipe)
    _require_describable(classes, recipe)
    counts = Counter(image.label for image in validation or ())
    if counts and max(counts.values()) < 2:
        raise EngineError(
            ErrorCode.DATASET_INVALID,
            "No class has two validation images, so none can be found by another; keep a larger share (--validate).",
        )
    checkpoint = checkpoint or run.folder / "encoder.safetensors"
    trunk = copy.deepcopy(trunk)
    chosen = choose_device(device)
    origin = run.begin(recipe, _origin(images, validation or (), trunk, chosen))
    chosen = replace(chosen, dtype=getattr(torch, origin["machine"]["precision"]))
    own_cache = run.folder / "views"
    trainer = _Trainer(images, classes, recipe, trunk, chosen, cache or own_cache, validation or ())
    try:
        trainer.run(run, progress)
        head = trainer.finished_head(progress)
    except (RuntimeError, MemoryError) as error:
        if not lacks_memory(error):
            raise
        raise EngineError(
            ErrorCode.OUT_OF_MEMORY,
            f"The {chosen.name} ran out of memory. Close other programs or choose the CPU as device, and give the same "
            "command again; or begin another run with fewer images_per_class.",
        ) from error
    description = describe_encoder(recipe, checkpoint.stem, classes) | {"trunk_classes": list(trunk_classes)}
    waiting = checkpoint.with_name(f"{checkpoint.name}.part")
    replace_file(checkpoint, waiting, lambda path: run.record_checkpoint(save_encoder(path, description, trunk, head)))
    shutil.rmtree(own_cache, ignore_errors=True)
    return checkpoint


def images_needed(recipe: Recipe, classes: int) -> int:
    """The fewest images, or views of images, that projections to so many dimensions can be fitted to."""
    sizes = [size for size, _ in recipe.part_sizes(classes).values()]
    return 1 + (max(sizes) if recipe.match else recipe.dimension)


def largest_dimension(recipe: Recipe, images: int, classes: int) -> int | None:
    """The most dimensions, up to the recipe's, that so many images, or views of them, are enough for; None for none."""
    sizes = range(recipe.dimension, max(2, len(recipe.parts)) - 1, -1)
    return next((size for size in sizes if images_needed(replace(recipe, dimension=size), classes) <= images), None)


def describe_encoder(recipe: Recipe, identifier: str, classes: Sequence[str]) -> dict[str, Any]:
    """The description in the checkpoint of an encoder trained by this recipe; see `registry.new_head`."""
    description = {"id": identifier, "dimension": recipe.dimension, "classes": list(classes)}
    if recipe.encoder == "frors":
        return description | {
            "head": "frors",
            "parts": {name: list(size) for name, size in recipe.part_sizes(len(classes)).items()},
            "match": recipe.match,
            "width": recipe.local_width,
            "prototypes": recipe.prototypes,
            "temperature": recipe.temperature,
        }
    dimension = STAGE4_CHANNELS if recipe.reduction == "none" else recipe.dimension
    return description | {"head": "gem", "dimension": dimension}


class _Trainer:
    """The parts of one training and its epochs."""

    def __init__(
        self,
        images: Sequence[LabelledImage],
        classes: Sequence[str],
        recipe: Recipe,
        trunk: ResNet50Trunk,
        device: Device,
        cache: Path,
        validation: Sequence[LabelledImage],
    ) -> None:
        self._recipe = recipe
        self._device = device
        self._description = describe_encoder(recipe, "", classes)
        self._labels = np.array([classes.index(image.label) for image in images])
        self._datasets = np.unique([dataset_of(image.label) for image in images], return_inverse=True)[1]
        augmentation = Augmentation()
        self._views = ViewCache(cache, images, recipe.side, recipe.views, augmentation, recipe.seed, trunk, device)
        self._validation = (
            ViewCache(cache, validation, recipe.side, 0, augmentation, 0, trunk, device) if validation else None
        )
        self._validation_labels = np.array([image.label for image in validation], np.str_)
        self._trunk = trunk.eval().requires_grad_(False)
        self._trunk.layer4.to(device.name, memory_format=torch.channels_last).requires_grad_(recipe.trunk_rate > 0)
        self._head = _training_head(recipe, self._description).eval().to(device.name)
        remembers = recipe.preserve or recipe.kept
        self._start_stage = copy.deepcopy(self._trunk.layer4).requires_grad_(False) if remembers else None
        self._start_head = copy.deepcopy(self._head).requires_grad_(False) if remembers else None
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(recipe.seed)
            image_dimension = recipe.part_sizes(len(classes))["image"][0] if recipe.match else None
            self._objective = Objective(recipe, len(classes), self._head.dimension, image_dimension).to(device.name)
        self._optimizer = new_optimizer(recipe, self._trunk.layer4, self._head, self._objective)

    def run(self, run: RunFolder, progress: Progress) -> None:
        """Trains from the last whole epoch in the run folder to the last one of the recipe."""
        recipe = self._recipe
        state = run.load_state()
        if state is not None:
            self._restore(state, run)
        done = 0 if state is None else state.epoch
        if state is not None and done >= recipe.epochs:
            return
        self._build_views(progress)
        if state is None:
            progress(0.5, "Fitting the head", None)
            if recipe.reduction == "fc":
                self._fit(self._head, recipe)
            if self._start_head is not None:
                self._start_head.load_state_dict(self._head.state_dict())
            run.save_state(State.of(0, self._weights(), self._optimizer))
        started = time.monotonic()
        for epoch in range(done + 1, recipe.epochs + 1):
            record = self._epoch(epoch, started, done, part_of(progress, 0.5, 1.0))
            title = f"{recipe.encoder}, {recipe.dimension} d, {len(self._labels):,} images, seed {recipe.seed}"
            run.record(record, title)
            run.save_state(State.of(epoch, self._weights(), self._optimizer))

    def finished_head(self, progress: Progress) -> Head:
        """The head as the recipe wants it in the checkpoint; the trunk is made so, too."""
        for trained, start in ((self._trunk.layer4, self._start_stage), (self._head, self._start_head)):
            if start is not None:
                weights = trained.state_dict()
                for name, tensor in start.state_dict().items():
                    if tensor.is_floating_point():
                        weights[name].lerp_(tensor, self._recipe.kept)
        if self._recipe.reduction != "pca":
            return self._head
        self._build_views(progress)
        head = new_head(self._description)
        self._fit(head, replace(self._recipe, fit="pca"))
        return head

    def _build_views(self, progress: Progress) -> None:
        """Takes the first half of the progress; epochs, where there are any, the second."""
        self._views.build(part_of(progress, 0.0, 0.45))
        if self._validation is not None:
            self._validation.build(part_of(progress, 0.45, 0.5))

    def _epoch(self, epoch: int, started: float, done: int, progress: Progress) -> dict[str, Any]:
        """One epoch; what it depends on besides the weights is seeded by the recipe's seed and its number."""
        recipe = self._recipe
        began = time.monotonic()
        sums: defaultdict[str, float] = defaultdict(float)
        steps = batches_per_epoch(len(self._labels), recipe.classes_per_batch, recipe.images_per_class)
        self._objective.start_epoch()
        for step, (stage3, labels) in enumerate(self._batches(epoch)):
            set_rates(self._optimizer, (epoch - 1) * steps + step, recipe.epochs * steps, recipe.warm_up)
            for name, value in self._step(stage3, labels).items():
                sums[name] += value / steps
            if not math.isfinite(sums["loss"]):
                raise EngineError(
                    ErrorCode.BAD_REQUEST,
                    f"The loss is not finite in epoch {epoch}; begin another run with lower rates "
                    "(--set trunk_rate=... head_rate=... proxy_rate=...).",
                )
            finished = epoch - 1 - done + (step + 1) / steps
            left = (time.monotonic() - started) * (recipe.epochs - done - finished) / finished
            message = f"Epoch {epoch} of {recipe.epochs}, loss {sums['loss'] * steps / (step + 1):.3f}"
            progress((done + finished) / recipe.epochs, message, left)
        seconds = time.monotonic() - began
        rates = {group["name"]: group["lr"] for group in self._optimizer.param_groups}
        record: dict[str, Any] = {"epoch": epoch, **sums, "rates": rates, "seconds": round(seconds, 2)}
        record["images per second"] = round(steps * recipe.classes_per_batch * recipe.images_per_class / seconds, 1)
        if self._validation is not None:
            record["validation"] = self._validate(self._validation)
        return record

    def _step(self, stage3: Tensor, labels: Tensor) -> dict[str, float]:
        with torch.no_grad():
            early = self._head.mean_early(stage3)
            before = self._before(stage3, early)
        means = self._means(stage3, self._trunk.layer4, early)
        image = None
        if isinstance(self._head, FrorsHead):
            parts = self._head.parts(means)
            embeddings, image = self._head.join(parts), parts.get("image")
        else:
            embeddings = self._head.embed(means)
        loss, shown = self._objective(embeddings, labels, image, before)
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        return {"loss": float(loss.detach()), **shown}

    def _before(self, stage3: Tensor, early: Tensor) -> Tensor | None:
        """The embeddings that the trunk and the head gave before the first step, where a loss asks for them."""
        if self._start_head is None or self._start_stage is None or not self._recipe.preserve:
            return None
        return self._start_head.embed(self._means(stage3, self._start_stage, early))

    def _means(self, stage3: Tensor, stage: nn.Module, early: Tensor) -> Tensor:
        """What the head describes, averaged over whole views [B, K]; early: the part of it that comes from stage 3."""
        late = self._head.describe_late(self._late(stage3, stage)).mean(dim=1)
        return torch.cat([late, early], dim=1)

    def _late(self, stage3: Tensor, stage: nn.Module) -> Tensor:
        """The map of stage 4 as a trained or a starting stage computes it."""
        with torch.autocast(self._device.name, torch.bfloat16, enabled=self._device.dtype == torch.bfloat16):
            return stage(stage3).float()

    def _batches(self, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches of an epoch, the next one being read while one is computed."""
        recipe = self._recipe
        generator = np.random.default_rng([recipe.seed, epoch])
        size = (recipe.classes_per_batch, recipe.images_per_class)
        chosen = [
            (generator.integers(self._views.views, size=len(ids)), ids)
            for ids in class_batches(self._labels, self._datasets, *size, generator)
        ]
        with ThreadPoolExecutor(1) as reader:
            waiting = reader.submit(self._read, *chosen[0])
            for following in [*chosen[1:], None]:
                batch = waiting.result()
                if following is not None:
                    waiting = reader.submit(self._read, *following)
                yield batch

    def _read(self, views: NDArray[np.int64] | int, ids: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        labels = torch.from_numpy(self._labels[ids])
        return self._views.read(views, ids).to(self._device.name), labels.to(self._device.name)

    def _fit(self, head: Head, recipe: Recipe) -> None:
        """Fits a head in closed form to all views, on the CPU: some devices lack the decompositions that it needs."""

        def stage3(number: int) -> Iterator[tuple[Tensor, Tensor]]:
            for ids in _chunks(len(self._labels)):
                yield self._views.read(number, ids), torch.from_numpy(self._labels[ids])

        def late(maps: Tensor) -> Tensor:
            return self._late(maps.to(self._device.name), self._trunk.layer4).cpu()

        fit_head(
            head.cpu(),
            Views(self._views.views, stage3, late),
            class_share=recipe.class_share,
            ridge=recipe.ridge,
            whitening=recipe.whitening if recipe.fit == "pca" else None,
            seed=recipe.seed,
        )
        head.to(self._device.name)

    def _validate(self, views: ViewCache) -> dict[str, float]:
        embeddings = []
        with torch.no_grad():
            for ids in _chunks(len(self._validation_labels)):
                stage3 = views.read(0, ids).to(self._device.name)
                maps = TrunkMaps(stage3, self._late(stage3, self._trunk.layer4))
                embeddings.append(self._head(maps).cpu().numpy())
        return validation_figures(np.concatenate(embeddings), self._validation_labels)

    def _weights(self) -> dict[str, Tensor]:
        """The weights that a state keeps, by name; to write to them is to change what is trained."""
        weights = {
            "trunk.layer4": self._trunk.layer4.state_dict(),
            "head": self._head.state_dict(),
            "start": {} if self._start_head is None else self._start_head.state_dict(),
            "objective": {name: tensor.detach() for name, tensor in self._objective.named_parameters()},
        }
        return {f"{part}.{name}": tensor for part, tensors in weights.items() for name, tensor in tensors.items()}

    def _restore(self, state: State, run: RunFolder) -> None:
        """Raises EngineError(ENCODER_DAMAGED) when the state is not one of this training."""
        try:
            if not 0 <= state.epoch <= self._recipe.epochs:
                raise ValueError(f"it is that after epoch {state.epoch} of {self._recipe.epochs}")
            state.restore(self._weights(), self._optimizer)
        except ValueError as error:
            raise EngineError(
                ErrorCode.ENCODER_DAMAGED,
                f"The state in {run.folder} does not fit this training: {error}. Begin another run with --run.",
            ) from error


def _require_enough(images: int, classes: int, recipe: Recipe) -> None:
    """Raises EngineError(DATASET_INVALID) where projections could not be fitted, before hours are spent on views."""
    if recipe.reduction == "none":
        return
    positions = images * (recipe.side // STAGE3_STRIDE) ** 2
    if recipe.encoder == "frors" and positions <= recipe.local_width:
        raise EngineError(
            ErrorCode.DATASET_INVALID,
            f"{images:,} images of {recipe.side} px are too few for local features of {recipe.local_width} values. "
            "Add images, or take a larger side or a smaller local_width (--set).",
        )
    needed = images_needed(recipe, classes)
    by_vector = recipe.fit == "pca" or recipe.reduction == "pca"
    there = images * min(max(recipe.views, 1), MOST_VIEWS) if by_vector else images
    if there < needed:
        what = "views of images" if by_vector else "images"
        fitting = largest_dimension(recipe, there, classes)
        advice = "Add images." if fitting is None else f"Add images, or take --dimension {fitting}."
        raise EngineError(
            ErrorCode.DATASET_INVALID,
            f"{there:,} {what} are too few for {recipe.dimension} dimensions; {needed:,} are the least. {advice}",
        )


def _require_describable(classes: Sequence[str], recipe: Recipe) -> None:
    """Raises EngineError(DATASET_INVALID) for names or numbers of classes that a checkpoint cannot hold."""
    try:
        with torch.device("meta"):
            new_head(describe_encoder(recipe, "", classes))
    except ValueError as error:
        raise EngineError(
            ErrorCode.DATASET_INVALID, f"A checkpoint cannot hold an encoder of these classes: {error}."
        ) from error


def _origin(
    images: Sequence[LabelledImage], validation: Sequence[LabelledImage], trunk: ResNet50Trunk, device: Device
) -> dict[str, Any]:
    """What besides the recipe decides the result, for `RunFolder.begin`."""
    return {
        "images": describe_images(images),
        "validation images": describe_images(validation),
        "trunk": trunk_sha256(trunk),
        "augmentation": asdict(Augmentation()),
        "machine": {"device": str(device), "precision": str(device.dtype).removeprefix("torch.")},
    }


def _training_head(recipe: Recipe, description: dict[str, Any]) -> Head:
    """The head that is trained: its projections learn, or nothing where another reduction follows."""
    if recipe.reduction == "fc":
        head = new_head(description).requires_grad_(False)
        learning = head.projections if isinstance(head, FrorsHead) else head.projection
        learning.requires_grad_(recipe.head_rate > 0)
        return head
    whole = GemHead(STAGE4_CHANNELS).requires_grad_(False)
    whole.projection.weight.copy_(torch.eye(STAGE4_CHANNELS))
    return whole


def _chunks(count: int) -> Iterator[NDArray[np.int64]]:
    for start in range(0, count, _BATCH):
        yield np.arange(start, min(start + _BATCH, count))
