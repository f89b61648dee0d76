"""How work that takes long says how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float, str, float | None], None]
"""Told the share that is done (0 to 1), what is being done, and the seconds left (None: not known)."""
