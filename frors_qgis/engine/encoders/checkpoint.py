"""Encoder checkpoints: one safetensors file with 8-bit weights and a description in its header.

A convolution's weight, and any other of two or more dimensions [out, ...] and 100,000 values or more, is stored as int8
with one float32 scale per output (`<name>.scale`, [out]); everything else stays float32. The header's metadata holds
`frors`: JSON with the encoder's id, its architecture, its parameters, and `digest`, the sha-256 of all the rest of it
and of all tensors stored.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from frors_qgis.engine.encoders.description import read_description, unusable

_SCALE = ".scale"
_STORED_TYPES = ("F32", "I8")
_LEAST_8_BIT = 100_000
_LARGEST_FILE = 128 << 20  # reading one takes up to ten times as much memory


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
    described = description | {"digest": tensors_digest(description, stored)}
    # Not by save_file, whose files nobody but their owner may read.
    path.write_bytes(save(stored, metadata={"frors": json.dumps(described, sort_keys=True)}))


def load_checkpoint(path: Path) -> Checkpoint:
    """Reads a checkpoint.

    Raises EngineError(ENCODER_DAMAGED) naming the file and the fault for anything that is not a sound checkpoint.
    """
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise unusable(path, f"it is larger than {_LARGEST_FILE >> 20} MB")
        description = read_description(path)
        data = path.read_bytes()
        stored = {}
        with safe_open(path, framework="pt") as file:
            for name in file.keys():
                if (kind := file.get_slice(name).get_dtype()) not in _STORED_TYPES:
                    raise unusable(path, f"{name} is stored as {kind}, not as {' or '.join(_STORED_TYPES)}")
                stored[name] = file.get_tensor(name)
        is_intact = description.pop("digest", None) == tensors_digest(description, stored)
    except (OSError, SafetensorError, ValueError, RecursionError) as error:
        raise unusable(path, error) from error
    tensors = {}
    for name, tensor in stored.items():
        if name.endswith(_SCALE):
            scaled = stored.get(name.removesuffix(_SCALE))
            if tensor.dtype != torch.float32 or scaled is None or scaled.dtype != torch.int8:
                raise unusable(path, f"{name} is no scale of 8-bit weights")
            continue
        if tensor.dtype == torch.int8:
            scale = stored.get(name + _SCALE)
            if scale is None or tensor.ndim < 2 or scale.shape != tensor.shape[:1]:
                raise unusable(path, f"{name} has no fitting scale")
            tensor = tensor.float() * _by_output(scale, tensor)
        if not torch.isfinite(tensor).all():
            raise unusable(path, f"{name} holds values that are not finite")
        tensors[name] = tensor
    if not is_intact:
        raise unusable(path, "its weights or its description are not those that it was saved with: the sha-256 differs")
    return Checkpoint(description, tensors, hashlib.sha256(data).hexdigest())


def tensors_digest(description: dict[str, Any], stored: dict[str, torch.Tensor]) -> str:
    """The sha-256 of tensors by name, with their types and shapes, and of what describes them, as JSON has it."""
    digest = hashlib.sha256(json.dumps(description, sort_keys=True).encode())
    for name in sorted(stored):
        tensor = stored[name].contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.flatten().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def _by_output(scale: torch.Tensor, tensor: torch.Tensor) -> torch.Tensor:
    return scale.view(-1, *[1] * (tensor.ndim - 1))
