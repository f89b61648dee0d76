"""Asking whether work is still wanted."""

from __future__ import annotations

from collections.abc import Callable

Check = Callable[[], None]
"""Called now and then; may raise to give the work up."""


def go_on() -> None:
    """Never gives up."""
