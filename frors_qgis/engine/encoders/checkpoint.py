"""Encoder checkpoints: one safetensors file with 8-bit weights and a description in its header.

A weight of two or more dimensions [out, ...] is stored as int8 with one float32 scale per output
(`<name>.scale`, [out]); vectors stay float32. The header's metadata holds `frors`: JSON with the encoder's
id, its architecture and its parameters.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from frors_qgis.protocol import EngineError, ErrorCode

_SCALE = ".scale"
_LARGEST_FILE = 512 * 1024 * 1024


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint file holds: `description` from its header, float32 `tensors` by name, the file's sha-256."""

    description: dict[str, Any]
    tensors: dict[str, torch.Tensor]
    sha256: str


def save_checkpoint(path: Path, description: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    """Writes a checkpoint; weights of two or more dimensions become 8-bit."""
    stored = {}
    for name, tensor in tensors.items():
        if tensor.ndim >= 2:
            scale = tensor.flatten(1).abs().amax(dim=1).clamp(min=1e-12) / 127
            stored[name] = (tensor / _by_output(scale, tensor)).round().to(torch.int8).contiguous()
            stored[name + _SCALE] = scale.float()
        else:
            stored[name] = tensor.float().contiguous()
    save_file(stored, path, metadata={"frors": json.dumps(description, sort_keys=True)})


def load_checkpoint(path: Path) -> Checkpoint:
    """Reads a checkpoint.

    Raises EngineError(ENCODER_DAMAGED) naming the file and the fault for anything that is not a sound checkpoint.
    """
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise _damaged(path, f"larger than {_LARGEST_FILE >> 20} MB")
        data = path.read_bytes()
        with safe_open(path, framework="pt") as file:
            description = json.loads((file.metadata() or {}).get("frors", "null"))
            stored = {name: file.get_tensor(name) for name in file.keys()}
    except (OSError, SafetensorError, ValueError) as error:
        raise _damaged(path, str(error)) from error
    if not isinstance(description, dict):
        raise _damaged(path, "its header does not describe an encoder")
    tensors = {}
    for name, tensor in stored.items():
        if name.endswith(_SCALE):
            continue
        if tensor.dtype == torch.int8:
            scale = stored.get(name + _SCALE)
            if scale is None or tensor.ndim < 2 or scale.shape != tensor.shape[:1]:
                raise _damaged(path, f"{name} has no fitting scale")
            tensor = tensor.float() * _by_output(scale, tensor)
        if not torch.isfinite(tensor).all():
            raise _damaged(path, f"{name} holds values that are not finite")
        tensors[name] = tensor
    return Checkpoint(description, tensors, hashlib.sha256(data).hexdigest())


def _by_output(scale: torch.Tensor, tensor: torch.Tensor) -> torch.Tensor:
    return scale.view(-1, *[1] * (tensor.ndim - 1))


def _damaged(path: Path, fault: str) -> EngineError:
    return EngineError(
        ErrorCode.ENCODER_DAMAGED, f"The encoder file {path.name} cannot be used: {fault}. Install the plugin again."
    )
