"""Lets queries go before indexing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from frors_qgis.engine.call import Call


class Turns:
    """Queries announce themselves; indexing, between two stages of a block, waits until none is left."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._urgent = 0

    @contextmanager
    def urgent(self) -> Iterator[None]:
        """While the block runs, whoever calls `wait` waits."""
        with self._condition:
            self._urgent += 1
        try:
            yield
        finally:
            with self._condition:
                self._urgent -= 1
                self._condition.notify_all()

    def wait(self, timeout: float) -> bool:
        """Waits up to `timeout` seconds until nothing is urgent; whether that is so."""
        with self._condition:
            return self._condition.wait_for(lambda: self._urgent == 0, timeout)

    def pause(self, call: Call) -> Callable[[], None]:
        """Called now and then by long work: waits while queries run, and gives the work up when it was cancelled."""

        def take_turn() -> None:
            call.check()
            while not self.wait(0.1):
                call.check()

        return take_turn
