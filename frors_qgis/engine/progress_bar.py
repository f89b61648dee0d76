"""Progress of a command."""

from __future__ import annotations

import sys
import time

_WIDTH = 30
_APART_S = 60.0


class ProgressBar:
    """One line on stderr that is written over; into a file, a line each minute. A context manager."""

    def __init__(self) -> None:
        self._overwrites = sys.stderr.isatty()
        self._used = False
        self._written = time.monotonic()

    def show(self, fraction: float, message: str, eta: float | None) -> None:
        """Shows the fraction done, what is being done, and the seconds to go if they are known."""
        left = "" if eta is None else f", {_duration(eta)} left"
        if not self._overwrites:
            if time.monotonic() - self._written >= _APART_S:
                self._written = time.monotonic()
                print(f"{fraction:4.0%} {message}{left}", file=sys.stderr, flush=True)
            return
        self._used = True
        filled = round(max(0.0, min(1.0, fraction)) * _WIDTH)
        bar = "#" * filled + "." * (_WIDTH - filled)
        sys.stderr.write(f"\r\033[K[{bar}] {fraction:4.0%} {message}{left}")
        sys.stderr.flush()

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._used:
            sys.stderr.write("\n")


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
