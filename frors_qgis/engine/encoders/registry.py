"""Builds encoders from their checkpoints."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from frors_qgis.engine.encoders.checkpoint import Checkpoint, load_checkpoint
from frors_qgis.engine.encoders.device import Device, choose_device
from frors_qgis.engine.encoders.encoder import Encoder
from frors_qgis.engine.encoders.gem_head import GemHead
from frors_qgis.engine.encoders.installed import encoder_path
from frors_qgis.engine.encoders.resnet import CHANNELS, ResNet50Trunk
from frors_qgis.protocol import EngineError, ErrorCode


def load_encoder(identifier: str, device: str = "auto") -> Encoder:
    """The encoder of this id on the device of this name.

    Raises EngineError: ENCODER_UNKNOWN, ENCODER_DAMAGED, and what `choose_device` raises.
    """
    path = encoder_path(identifier)
    return build_encoder(load_checkpoint(path), path, choose_device(device))


def build_encoder(checkpoint: Checkpoint, path: Path, device: Device) -> Encoder:
    """The encoder that a checkpoint describes; raises EngineError(ENCODER_DAMAGED) when its parts do not fit."""
    try:
        description = checkpoint.description
        trunk = ResNet50Trunk()
        head = GemHead(CHANNELS, int(description["dimension"]), float(description["gem_p"]))
        _fill(trunk, "trunk.", checkpoint.tensors)
        _fill(head, "head.", checkpoint.tensors)
        return Encoder(str(description["id"]), checkpoint.sha256, trunk, head, device)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        fault = " ".join(str(error).split())
        raise EngineError(
            ErrorCode.ENCODER_DAMAGED,
            f"The encoder file {path.name} cannot be used: {fault}. Install the plugin again.",
        ) from error


def _fill(module: nn.Module, prefix: str, tensors: dict[str, torch.Tensor]) -> None:
    """Loads the tensors below a prefix; every parameter must be there in the right shape, and none besides."""
    part = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
    missing, unexpected = module.load_state_dict(part, strict=False)
    faults = [f"{name} is missing" for name in missing if not name.endswith("num_batches_tracked")]
    faults += [f"{name} is not part of it" for name in unexpected]
    if faults:
        raise ValueError(faults[0])
