"""Which encoders are installed. Does not import torch, so that an index run with nothing to do starts at once.

Those that come with FRORS lie in `resources/encoders/`; the user's own in a folder that an update of the plugin leaves
alone (`own_folder`). An own encoder never takes the place of one that comes with FRORS.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from functools import cache
from pathlib import Path

from frors_qgis.engine.encoders.description import learnt_classes, read_description, unusable
from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.resources import resource_path

DEFAULT_ENCODER = "frors"
FOLDER_VARIABLE = "FRORS_ENCODERS"
"""The environment variable that names another folder for the user's own encoders."""

_FROZEN = "resnet50-imagenet"
_SUFFIX = ".safetensors"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


def own_folder() -> Path:
    """Where the user's own encoders lie, absolute; it need not exist.

    What FRORS_ENCODERS names, else `frors/encoders` in the folder that the system has for a user's data, where QGIS
    has the plugin's environment, too: %LOCALAPPDATA%, ~/Library/Application Support, or $XDG_DATA_HOME
    (~/.local/share).
    """
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named).expanduser().absolute()
    if sys.platform == "win32":
        data = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        data = Path.home() / "Library" / "Application Support"
    else:
        data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return data.absolute() / "frors" / "encoders"


def installed_encoders() -> list[str]:
    """Ids of the encoders that come with FRORS and of the user's own, in alphabetical order."""
    return sorted(_files())


def encoder_path(identifier: str) -> Path:
    """The checkpoint file of an installed encoder; raises EngineError(ENCODER_UNKNOWN)."""
    files = _files()
    if identifier not in files:
        hint = " `make encoders` in the repository makes it." if identifier == _FROZEN else ""
        raise EngineError(
            ErrorCode.ENCODER_UNKNOWN,
            f"There is no encoder {identifier[:80]!r} here; installed: {', '.join(sorted(files)) or 'none'}.{hint}",
        )
    return files[identifier]


def new_encoder_path(identifier: str) -> Path:
    """Where a new encoder of the user's is to be written.

    Raises EngineError(BAD_REQUEST) for an id that is no plain name, belongs to FRORS or is taken.
    """
    if not _NAME.fullmatch(identifier):
        raise EngineError(
            ErrorCode.BAD_REQUEST,
            f"{identifier[:80]!r} cannot be the id of an encoder: give up to 40 letters (a to z), digits, - and _, "
            "a letter or a digit first.",
        )
    if is_of_frors(identifier):
        raise EngineError(ErrorCode.BAD_REQUEST, f"The encoder {identifier} is one of FRORS's own; choose another id.")
    path = own_folder() / f"{identifier}{_SUFFIX}"
    if identifier.casefold() in {name.casefold() for name in _own()} or path.exists():
        raise EngineError(
            ErrorCode.BAD_REQUEST, f"There is an encoder {identifier} already, {path}; choose another id, or delete it."
        )
    return path


def is_of_frors(identifier: str) -> bool:
    """Whether an encoder of this id comes with FRORS or is made by it, so that none of the user's can have it."""
    return identifier.casefold() in _reserved() | {_FROZEN}


def encoder_sha256(identifier: str) -> str:
    """Digest of an installed encoder's checkpoint file.

    Raises EngineError: ENCODER_UNKNOWN, ENCODER_DAMAGED where it cannot be read.
    """
    path = encoder_path(identifier)
    try:
        return file_sha256(path)
    except OSError as error:
        raise unusable(path, error) from error


def file_sha256(path: Path) -> str:
    """Digest of a file, read once for as long as it stays the same; raises OSError."""
    status = path.stat()
    return _sha256(path, status.st_size, status.st_mtime_ns)


def encoder_dimension(identifier: str) -> int:
    """Dimensions of an installed encoder's embeddings, as its file says.

    Raises EngineError: ENCODER_UNKNOWN, ENCODER_DAMAGED.
    """
    path = encoder_path(identifier)
    dimension = read_description(path).get("dimension")
    if not isinstance(dimension, int):
        raise unusable(path, "its header does not say of how many dimensions its embeddings are")
    return dimension


def encoder_classes(identifier: str) -> tuple[str, ...]:
    """The classes that an installed encoder and the trunk it started from have learnt, as far as its file says.

    Raises EngineError: ENCODER_UNKNOWN, ENCODER_DAMAGED.
    """
    return learnt_classes(read_description(encoder_path(identifier)))


def _files() -> dict[str, Path]:
    reserved = _reserved()
    own = {name: path for name, path in _own().items() if name.casefold() not in reserved}
    return own | _shipped()


def _shipped() -> dict[str, Path]:
    return _checkpoints(resource_path("encoders"))


def _reserved() -> set[str]:
    return {name.casefold() for name in _shipped()}


def _own() -> dict[str, Path]:
    return _checkpoints(own_folder())


def _checkpoints(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.glob(f"*{_SUFFIX}")) if path.is_file()}


@cache
def _sha256(path: Path, size: int, modified: int) -> str:
    """Digest of a file as it is while it has this size and time of modification."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()
