"""Pictures that were made, kept while there is room for them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

MOST_BYTES = 64 * 2**20


class PictureCache:
    """Files in a folder; those that were asked for longest ago go when they are too many. For one thread.

    The newest stay for long enough to be read: thousands of thumbnails fit.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._sizes: dict[Path, int] = {}

    def get(self, name: str, make: Callable[[Path], None]) -> Path:
        """The file of this name, made by `make` when it is not there; raises what that raises."""
        path = self._folder / name
        if self._sizes.pop(path, None) is None or not path.exists():
            make(path)
        self._sizes[path] = path.stat().st_size
        total = sum(self._sizes.values())
        for oldest in list(self._sizes)[:-1]:
            if total <= self._most_bytes:
                break
            total -= self._sizes.pop(oldest)
            with suppress(OSError):  # somebody reads it on Windows; the folder goes with the engine
                oldest.unlink()
        return path
