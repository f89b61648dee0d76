"""Which encoders are installed. Does not import torch, so that an index run with nothing to do starts at once."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from frors_qgis.engine.encoders.description import read_description, unusable
from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.resources import resource_path

DEFAULT_ENCODER = "frors"
_FROZEN = "resnet50-imagenet"


def installed_encoders() -> list[str]:
    """Ids of the encoders in `resources/encoders/`, in alphabetical order."""
    return sorted(path.stem for path in resource_path("encoders").glob("*.safetensors"))


def encoder_path(identifier: str) -> Path:
    """The checkpoint file of an installed encoder; raises EngineError(ENCODER_UNKNOWN)."""
    installed = installed_encoders()
    if identifier not in installed:
        hint = " `make encoders` in the repository makes it." if identifier == _FROZEN else ""
        raise EngineError(
            ErrorCode.ENCODER_UNKNOWN,
            f"There is no encoder {identifier!r} here; installed: {', '.join(installed) or 'none'}.{hint}",
        )
    return resource_path("encoders", f"{identifier}.safetensors")


@cache
def encoder_sha256(identifier: str) -> str:
    """Digest of an installed encoder's checkpoint file; raises EngineError(ENCODER_UNKNOWN)."""
    return hashlib.sha256(encoder_path(identifier).read_bytes()).hexdigest()


def encoder_dimension(identifier: str) -> int:
    """Dimensions of an installed encoder's embeddings, as its file says.

    Raises EngineError: ENCODER_UNKNOWN, ENCODER_DAMAGED.
    """
    path = encoder_path(identifier)
    dimension = read_description(path).get("dimension")
    if not isinstance(dimension, int):
        raise unusable(path, "its header does not say of how many dimensions its embeddings are")
    return dimension
