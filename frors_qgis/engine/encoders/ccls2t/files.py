"""Checkpoints of CCLS2T: safetensors as those of encoders, with the digest of the encoder whose embeddings it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from frors_qgis.engine.encoders.ccls2t.ccls2t import Ccls2t
from frors_qgis.engine.encoders.checkpoint import load_checkpoint, save_checkpoint
from frors_qgis.engine.encoders.description import unusable

_KIND = "ccls2t"
_LARGEST = {"dimension": 4096, "width": 256, "layers": 4, "metadata": 256}
_LEAST = {"dimension": 4, "width": 8, "layers": 2, "metadata": 1}
_MOST_BITS = 256
_MOST_CODES = 8
_DIGEST = 64


def save_ccls2t(path: Path, model: Ccls2t, encoder_sha256: str) -> None:
    """Writes a model as a checkpoint that `load_ccls2t` reads; encoder_sha256: of the encoder it was trained on."""
    description = {"kind": _KIND, "encoder": encoder_sha256, "bits": list(model.bits), **model.sizes}
    save_checkpoint(path, description, {name: tensor.detach().cpu() for name, tensor in model.state_dict().items()})


def load_ccls2t(path: Path) -> tuple[Ccls2t, str]:
    """The model of a checkpoint, in eval mode on the CPU, and the sha-256 of the encoder that it was trained on.

    Raises EngineError(ENCODER_DAMAGED) naming the file and the fault.
    """
    checkpoint = load_checkpoint(path)
    try:
        description = checkpoint.description
        if description.get("kind") != _KIND:
            raise ValueError("it holds no CCLS2T")
        encoder = description["encoder"]
        if not isinstance(encoder, str) or len(encoder) != _DIGEST or set(encoder) - set("0123456789abcdef"):
            raise ValueError("it does not name its encoder by a sha-256")
        sizes = {name: _bounded(name, description[name]) for name in _LARGEST}
        if sizes["width"] % 4:
            raise ValueError(f"its width of {sizes['width']} is not a multiple of 4")
        bits = _lengths(description["bits"])
        with torch.device(
            "meta"
        ):  # takes no memory: the sizes are a stranger's until the tensors turn out to have them
            Ccls2t(**sizes, bits=bits).load_state_dict(checkpoint.tensors, assign=True)
        model = Ccls2t(**sizes, bits=bits)
        model.load_state_dict(checkpoint.tensors)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise unusable(path, error) from error
    return model.eval(), encoder


def _bounded(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not _LEAST[name] <= value <= _LARGEST[name]:
        raise ValueError(f"its {name} {value!r:.40} is not a whole number from {_LEAST[name]} to {_LARGEST[name]}")
    return value


def _lengths(values: Any) -> tuple[int, ...]:
    if not isinstance(values, list) or len(values) > _MOST_CODES or len(set(map(str, values))) < len(values):
        raise ValueError(f"its bits are not a list of up to {_MOST_CODES} different numbers")
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int) or not 8 <= value <= _MOST_BITS or value % 8:
            raise ValueError(f"codes of {value!r:.40} bits are not of a multiple of 8 up to {_MOST_BITS}")
    return tuple(values)
