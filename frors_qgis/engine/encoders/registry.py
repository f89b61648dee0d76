"""Builds encoders from their checkpoints, and checkpoints from encoders."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from frors_qgis.engine.encoders.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from frors_qgis.engine.encoders.description import learnt_classes, unusable
from frors_qgis.engine.encoders.device import Device, choose_device
from frors_qgis.engine.encoders.encoder import Encoder
from frors_qgis.engine.encoders.frors_head import FrorsHead
from frors_qgis.engine.encoders.gem_head import GemHead
from frors_qgis.engine.encoders.head import Head
from frors_qgis.engine.encoders.installed import encoder_path
from frors_qgis.engine.encoders.interface import CELL
from frors_qgis.engine.encoders.resnet import ResNet50Trunk

_TRUNK = "resnet50-keras"
_MOST_PROTOTYPES = 65_536
"""Of all classes that a description may ask for: every position of a block has a share in each."""
_MOST_DIMENSIONS = 4096
_UNIT = 0.1
"""How far the length of a prototype may be from 1; 8-bit storage moves it by less."""


def load_encoder(identifier: str, device: str = "auto") -> Encoder:
    """The encoder of this id on the device of this name.

    Raises EngineError: ENCODER_UNKNOWN, ENCODER_DAMAGED, OUT_OF_MEMORY, and what `choose_device` raises.
    """
    return load_checkpoint_file(encoder_path(identifier), device)


def load_checkpoint_file(path: Path, device: str = "auto") -> Encoder:
    """The encoder of a checkpoint file on the device of this name.

    Raises EngineError: ENCODER_DAMAGED naming the file and the fault, OUT_OF_MEMORY, and what `choose_device` raises.
    """
    return build_encoder(load_checkpoint(path), path, choose_device(device))


def build_encoder(checkpoint: Checkpoint, path: Path, device: Device) -> Encoder:
    """The encoder that a checkpoint describes, after it has encoded a picture of one cell.

    Raises EngineError: ENCODER_DAMAGED when its parts do not fit or do not give a unit vector, OUT_OF_MEMORY.
    """
    try:
        description = checkpoint.description
        classes = _names(description.get("classes", []))
        trunk, head = _trunk(checkpoint), _head(checkpoint)
        identifier = _names([description["id"]])[0]
        encoder = Encoder(identifier, checkpoint.sha256, trunk, head, device, classes, learnt_classes(description))
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise unusable(path, error) from error
    picture = np.resize(np.arange(256, dtype=np.uint8), (1, CELL, CELL, 3))
    if not abs(np.linalg.norm(encoder.encode_images(picture)) - 1) < 1e-3:  # NaN is not below it either
        raise unusable(path, "it does not embed a test picture as a vector of length 1")
    return encoder


def load_trunk(path: Path) -> ResNet50Trunk:
    """The trunk of a checkpoint, on the CPU in float32 and eval mode, its BatchNorm not folded: where training starts.

    Raises EngineError(ENCODER_DAMAGED).
    """
    checkpoint = load_checkpoint(path)
    try:
        return _trunk(checkpoint).eval()
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise unusable(path, error) from error


def new_head(description: dict[str, Any]) -> Head:
    """An empty head as the description of a checkpoint says; raises KeyError, TypeError or ValueError for nonsense."""
    dimension = _bounded(description["dimension"])
    names = _names(description.get("classes", []))
    if description["head"] == "gem":
        return GemHead(dimension)
    if description["head"] == "frors":
        parts = description["parts"]
        if not isinstance(parts, dict) or not parts:
            raise ValueError("its parts are not given by name")
        if not isinstance(description["match"], bool):
            raise ValueError(f"its match is {description['match']!r:.40}, not true or false")
        classes, prototypes = len(names), _bounded(description["prototypes"], 256)
        if not 1 <= classes * prototypes <= _MOST_PROTOTYPES:
            raise ValueError(f"{classes:,} classes of {prototypes} prototypes are not 1 to {_MOST_PROTOTYPES:,} in all")
        head = FrorsHead(
            classes,
            {name: (_bounded(size), _positive(weight)) for name, (size, weight) in parts.items()},
            description["match"],
            _bounded(description["width"], 256),
            prototypes,
            _positive(description["temperature"]),
        )
        if head.dimension != dimension:
            raise ValueError(f"its parts have {head.dimension} dimensions, not {dimension}")
        return head
    raise ValueError(f"it has a head {description['head']!r}, which this version does not know")


def save_encoder(path: Path, description: dict[str, Any], trunk: ResNet50Trunk, head: Head) -> str:
    """Writes trunk and head as a checkpoint that `load_checkpoint_file` reads; returns its sha-256.

    description: JSON with "id", and what `new_head` needs for an equal head.
    """
    parts = (("trunk.", trunk), ("head.", head))
    tensors = {f"{prefix}{name}": tensor for prefix, part in parts for name, tensor in _state(part).items()}
    save_checkpoint(path, description | {"trunk": _TRUNK}, tensors)
    return load_checkpoint(path).sha256


def _trunk(checkpoint: Checkpoint) -> ResNet50Trunk:
    if checkpoint.description["trunk"] != _TRUNK:
        raise ValueError(f"it has a trunk {checkpoint.description['trunk']!r}, which this version does not know")
    others = [name for name in checkpoint.tensors if not name.startswith(("trunk.", "head."))]
    if others:
        raise ValueError(f"{others[0]} is not part of it")
    trunk = ResNet50Trunk()
    _fill(trunk, "trunk.", checkpoint.tensors)
    for name, values in trunk.state_dict().items():
        if name.endswith("running_var") and bool((values < 0).any()):
            raise ValueError(f"{name} holds negative variances")
    return trunk


def _head(checkpoint: Checkpoint) -> Head:
    with torch.device("meta"):  # takes no memory: the sizes are a stranger's until the tensors turn out to have them
        _fill(new_head(checkpoint.description), "head.", checkpoint.tensors, assign=True)
    head = new_head(checkpoint.description)
    _fill(head, "head.", checkpoint.tensors)
    if isinstance(head, FrorsHead) and bool(((head.memory.memory.norm(dim=2) - 1).abs() > _UNIT).any()):
        raise ValueError("its prototypes are not of length 1")
    if isinstance(head, FrorsHead):
        _positive(float(head.memory.sharpness))
    return head


def _state(module: nn.Module) -> dict[str, torch.Tensor]:
    """The tensors of a module that a checkpoint keeps."""
    state = module.state_dict()
    return {name: tensor.detach().cpu() for name, tensor in state.items() if not name.endswith("num_batches_tracked")}


def _fill(module: nn.Module, prefix: str, tensors: dict[str, torch.Tensor], *, assign: bool = False) -> None:
    """Loads the tensors below a prefix; every one must be there in the right shape, and none besides.

    assign: takes the tensors themselves, not copies, which keep the file open that they were read from.
    """
    part = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
    missing, unexpected = module.load_state_dict(part, strict=False, assign=assign)
    faults = [f"{name} is missing" for name in missing if not name.endswith("num_batches_tracked")]
    faults += [f"{name} is not part of it" for name in unexpected]
    if faults:
        raise ValueError(faults[0])


def _names(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(name, str) and name.isprintable() for name in values):
        raise ValueError("its names are not a list of printable texts")
    if len(set(values)) < len(values):
        raise ValueError("it names a class twice")
    return tuple(values)


def _bounded(value: Any, most: int = _MOST_DIMENSIONS) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise ValueError(f"{value!r:.40} is not a whole number from 1 to {most}")
    return value


def _positive(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= sys.float_info.max:
        raise ValueError(f"{value!r:.40} is not a finite number above 0")
    return float(value)
