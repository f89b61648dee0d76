"""Builds encoders from their checkpoints, and checkpoints from encoders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from frors_qgis.engine.encoders.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from frors_qgis.engine.encoders.device import Device, choose_device
from frors_qgis.engine.encoders.encoder import Encoder
from frors_qgis.engine.encoders.frors_head import FrorsHead
from frors_qgis.engine.encoders.gem_head import GemHead
from frors_qgis.engine.encoders.head import Head
from frors_qgis.engine.encoders.installed import encoder_path
from frors_qgis.engine.encoders.resnet import ResNet50Trunk
from frors_qgis.protocol import EngineError, ErrorCode

_TRUNK = "resnet50-keras"
_MOST_CLASSES = 10_000
_MOST_VALUES = 4096
"""Of dimensions, prototypes and widths that a description may ask for: a stranger's must not fill the memory."""


def load_encoder(identifier: str, device: str = "auto") -> Encoder:
    """The encoder of this id on the device of this name.

    Raises EngineError: ENCODER_UNKNOWN, ENCODER_DAMAGED, and what `choose_device` raises.
    """
    return load_checkpoint_file(encoder_path(identifier), device)


def load_checkpoint_file(path: Path, device: str = "auto") -> Encoder:
    """The encoder of a checkpoint file on the device of this name.

    Raises EngineError: ENCODER_DAMAGED naming the file and the fault, and what `choose_device` raises.
    """
    return build_encoder(load_checkpoint(path), path, choose_device(device))


def build_encoder(checkpoint: Checkpoint, path: Path, device: Device) -> Encoder:
    """The encoder that a checkpoint describes; raises EngineError(ENCODER_DAMAGED) when its parts do not fit."""
    try:
        description = checkpoint.description
        trunk, head = _trunk(checkpoint), new_head(description)
        _fill(head, "head.", checkpoint.tensors)
        classes = tuple(map(str, description.get("classes", ())))
        return Encoder(str(description["id"]), checkpoint.sha256, trunk, head, device, classes)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise _unusable(path, error) from error


def load_trunk(path: Path) -> ResNet50Trunk:
    """The trunk of a checkpoint, on the CPU in float32 and eval mode, its BatchNorm not folded: where training starts.

    Raises EngineError(ENCODER_DAMAGED).
    """
    checkpoint = load_checkpoint(path)
    try:
        return _trunk(checkpoint).eval()
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise _unusable(path, error) from error


def new_head(description: dict[str, Any]) -> Head:
    """An empty head as the description of a checkpoint says; raises KeyError, TypeError or ValueError for nonsense."""
    if description["head"] == "gem":
        return GemHead(_bounded(description["dimension"]))
    if description["head"] == "frors":
        head = FrorsHead(
            _bounded(len(description["classes"]), _MOST_CLASSES),
            {name: (_bounded(dimension), float(weight)) for name, (dimension, weight) in description["parts"].items()},
            bool(description["match"]),
            _bounded(description["width"], 256),
            _bounded(description["prototypes"], 256),
            float(description["temperature"]),
        )
        if head.dimension != description["dimension"]:
            raise ValueError(f"its parts have {head.dimension} dimensions, not {description['dimension']}")
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
    trunk = ResNet50Trunk()
    _fill(trunk, "trunk.", checkpoint.tensors)
    return trunk


def _state(module: nn.Module) -> dict[str, torch.Tensor]:
    """The tensors of a module that a checkpoint keeps."""
    state = module.state_dict()
    return {name: tensor.detach().cpu() for name, tensor in state.items() if not name.endswith("num_batches_tracked")}


def _fill(module: nn.Module, prefix: str, tensors: dict[str, torch.Tensor]) -> None:
    """Loads the tensors below a prefix; every one must be there in the right shape, and none besides."""
    part = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
    missing, unexpected = module.load_state_dict(part, strict=False)
    faults = [f"{name} is missing" for name in missing if not name.endswith("num_batches_tracked")]
    faults += [f"{name} is not part of it" for name in unexpected]
    if faults:
        raise ValueError(faults[0])


def _bounded(value: Any, most: int = _MOST_VALUES) -> int:
    if not isinstance(value, int) or not 1 <= value <= most:
        raise ValueError(f"{value!r} is not a whole number from 1 to {most}")
    return value


def _unusable(path: Path, error: Exception) -> EngineError:
    fault = " ".join(str(error).split())
    return EngineError(
        ErrorCode.ENCODER_DAMAGED, f"The encoder file {path.name} cannot be used: {fault}. Install the plugin again."
    )
