"""Files that are replaced as a whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from safetensors import SafetensorError

from frors_qgis.protocol import EngineError, ErrorCode


def replace_file(path: Path, waiting: Path, write: Callable[[Path], object]) -> None:
    """Replaces a file by what `write` makes at `waiting`, a path in the same folder.

    Raises EngineError(DISK_FULL) when it cannot be written; the earlier file stays then.
    """
    try:
        write(waiting)
        with waiting.open("rb+") as file:
            os.fsync(file.fileno())
        waiting.replace(path)
    except (OSError, SafetensorError) as error:
        waiting.unlink(missing_ok=True)
        raise EngineError(
            ErrorCode.DISK_FULL,
            f"{path} cannot be written ({error}); make room there, then give the same command again.",
        ) from error
