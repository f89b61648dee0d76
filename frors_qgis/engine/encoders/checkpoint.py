"""Encoder checkpoints: one safetensors file with 8-bit weights and a description in its header.

A convolution's weight, and any other of two or more dimensions [out, ...] and 100,000 values or more, is stored as int8
with one float32 scale per output (`<name>.scale`, [out]); everything else stays float32. The header's metadata holds
`frors`: JSON with the encoder's id, its architecture, its parameters, and `digest`, the sha-256 of all tensors stored.
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
_LEAST_8_BIT = 100_000
_LARGEST_FILE = 512 * 1024 * 1024


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint file holds: `description` from its header, float32 `tensors` by name, the file's sha-256."""

    description: dict[str, Any]
    tensors: dict[str, torch.Tensor]
    sha256: str


def save_checkpoint(path: Path, description: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    """Writes a checkpoint; convolutions and large weights become 8-bit."""
    stored = {}
    for name, tensor in tensors.items():
        if tensor.ndim == 4 or (tensor.ndim >= 2 and tensor.numel() >= _LEAST_8_BIT):
            scale = tensor.flatten(1).abs().amax(dim=1).clamp(min=1e-12) / 127
            stored[name] = (tensor / _by_output(scale, tensor)).round().to(torch.int8).contiguous()
            stored[name + _SCALE] = scale.float()
        else:
            stored[name] = tensor.float().contiguous()
    save_file(stored, path, metadata={"frors": json.dumps(description | {"digest": _digest(stored)}, sort_keys=True)})


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
    if description.pop("digest", None) != _digest(stored):
        raise _damaged(path, "its weights are not those that it was saved with: their sha-256 differs")
    return Checkpoint(description, tensors, hashlib.sha256(data).hexdigest())


def _digest(stored: dict[str, torch.Tensor]) -> str:
    digest = hashlib.sha256()
    for name in sorted(stored):
        tensor = stored[name].contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.flatten().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def _by_output(scale: torch.Tensor, tensor: torch.Tensor) -> torch.Tensor:
    return scale.view(-1, *[1] * (tensor.ndim - 1))


def _damaged(path: Path, fault: str) -> EngineError:
    return EngineError(
        ErrorCode.ENCODER_DAMAGED, f"The encoder file {path.name} cannot be used: {fault}. Install the plugin again."
    )
