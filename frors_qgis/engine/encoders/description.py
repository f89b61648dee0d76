"""What an encoder's file says of itself in its header, and the refusal of a file. Does not import torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.resources import resource_path


def read_description(path: Path) -> dict[str, Any]:
    """The description in a checkpoint's header, with its `digest`; whether it is true of the weights is not checked.

    Raises EngineError(ENCODER_DAMAGED) naming the file and the fault where there is none.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            description = json.loads((file.metadata() or {}).get("frors", "null"))
    except SafetensorError as error:
        raise unusable(path, f"it is no safetensors file, or not a whole one ({error})") from error
    except (OSError, ValueError, RecursionError) as error:
        raise unusable(path, error) from error
    if not isinstance(description, dict):
        raise unusable(path, "its header does not describe an encoder")
    return description


def learnt_classes(description: dict[str, Any]) -> tuple[str, ...]:
    """The classes that an encoder has learnt, its own and those of the trunk it started from, as far as it says."""
    stated = [description.get(name) for name in ("classes", "trunk_classes")]
    names = [str(name) for listed in stated if isinstance(listed, list) for name in listed]
    return tuple(dict.fromkeys(names))


def unusable(path: Path, fault: str | Exception) -> EngineError:
    """The refusal of an encoder's file: its name, what is wrong with it, and what to do."""
    if isinstance(fault, FileNotFoundError):
        fault, advice = f"there is no file {path.absolute()}", "Give the path of an encoder file."
    elif path.absolute().parent == resource_path("encoders"):
        advice = "Install the plugin again; if the file is your own, get it from where it came, or train it anew."
    else:
        advice = "Get it again from where it came, or train it anew."
    sentence = f"The encoder file {path.name} cannot be used: {' '.join(str(fault).split())}. {advice}"
    return EngineError(ErrorCode.ENCODER_DAMAGED, sentence)
