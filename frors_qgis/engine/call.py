"""What a method may tell its caller while it works."""

from __future__ import annotations

import threading
from collections.abc import Callable

from frors_qgis.protocol import EngineError, ErrorCode


class Call:
    """One call of a method: reports progress, and knows whether it was cancelled."""

    def __init__(
        self,
        progress: Callable[[float, str, float | None], None] = lambda fraction, message, eta: None,
    ) -> None:
        self.progress = progress
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Asks the method to stop; from any thread."""
        self._cancelled.set()

    def check(self) -> None:
        """Raises EngineError(CANCELLED) after `cancel`."""
        if self._cancelled.is_set():
            raise EngineError(ErrorCode.CANCELLED, "Cancelled.")
