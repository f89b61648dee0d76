"""The shell's tasks: each asks the engine in a worker thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from frors_qgis.client.client import EngineClient
from frors_qgis.client.tasks import EngineTask, TaskRunner, Work


class EngineTasks:
    """Starts tasks of one engine. Of the tasks with the same token only the newest delivers its result.

    After `close` nothing is delivered: what the callbacks refer to may be gone.
    """

    def __init__(self, client: EngineClient) -> None:
        self._client = client
        self._runner = TaskRunner()
        self._closed = False

    def start(
        self,
        description: str,
        work: Work,
        token: str | None = None,
        *,
        hidden: bool = False,
        succeeded: Callable[[dict[str, Any]], None] | None = None,
        failed: Callable[[str, str], None] | None = None,
        cancelled: Callable[[], None] | None = None,
        progressed: Callable[[float, str, float | None], None] | None = None,
        delivered: Callable[[Any], None] | None = None,
    ) -> EngineTask:
        """Starts `work(call)`. The callbacks run on the main thread, never before this returns.

        Exactly one of `succeeded(result)`, `failed(code, sentence)` and `cancelled()` runs, after every
        `delivered(part)`.
        """
        task = EngineTask(self._client, description, work, hidden=hidden)
        for signal, callback in (
            (task.succeeded, succeeded),
            (task.failed, failed),
            (task.cancelled, cancelled),
            (task.progressed, progressed),
            (task.delivered, delivered),
        ):
            if callback is not None:
                signal.connect(self._unless_closed(callback))
        return self._runner.run(task, token)

    def cancel(self, token: str) -> None:
        """Ends the tasks of a token; their `cancelled` runs once they have ended."""
        self._runner.cancel_all(token)

    def close(self) -> None:
        """Ends all tasks without a word."""
        self._closed = True
        self._runner.cancel_all()

    def _unless_closed(self, callback: Callable[..., None]) -> Callable[..., None]:
        def guarded(*arguments: object) -> None:
            if not self._closed:
                callback(*arguments)

        return guarded
