"""Progress on a terminal."""

from __future__ import annotations

import sys

_WIDTH = 30


class ProgressBar:
    """One line on stderr that is written over; silent when stderr is not a terminal. A context manager."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._used = False

    def show(self, fraction: float, message: str, eta: float | None) -> None:
        """Shows the fraction done, what is being done, and the seconds to go if they are known."""
        if not self._shown:
            return
        self._used = True
        filled = round(max(0.0, min(1.0, fraction)) * _WIDTH)
        left = "" if eta is None else f", {_duration(eta)} left"
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
