"""QgsTasks that ask the engine, and the runner that keeps them."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any

from qgis.core import Qgis, QgsApplication, QgsMessageLog, QgsTask
from qgis.PyQt.QtCore import pyqtSignal, pyqtSlot

from frors_qgis.client.client import EngineClient
from frors_qgis.client.engine_sentence import answer_in_users_language, in_users_language
from frors_qgis.protocol import EngineError, ErrorCode

_PROGRESS_INTERVAL_S = 0.1


class Call:
    """What the work of a task has: `call(method, params)` asks the engine, `call.deliver(part)` hands over a part,
    `call.check()` raises EngineError(CANCELLED) when the task has been cancelled.

    A part comes out of the task's signal `delivered`. Work shall emit no other signal: any object but the task may be
    deleted while it runs.
    """

    def __init__(
        self,
        ask: Callable[[str, dict[str, Any]], dict[str, Any]],
        deliver: Callable[[object], None],
        check: Callable[[], None],
    ) -> None:
        self._ask = ask
        self.deliver = deliver
        self.check = check

    def __call__(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """The engine's result; raises EngineError."""
        return self._ask(method, params)


Work = Callable[[Call], dict[str, Any]]


class EngineTask(QgsTask):
    """One call of the engine, or a short chain of them, in QGIS's task manager.

    Exactly one of `succeeded`, `failed` and `cancelled` is emitted, once; all signals come on the main thread. Whoever
    starts it tells the user how it ended: QGIS says no word of its own.
    """

    succeeded = pyqtSignal(dict)
    failed = pyqtSignal(str, str)  # ErrorCode value, sentence
    cancelled = pyqtSignal()
    progressed = pyqtSignal(float, str, object)  # fraction in 0..1, message, seconds left or None
    delivered = pyqtSignal(object)  # a part of the result, before the rest
    _progress_received = pyqtSignal(float, str, object)
    _part_received = pyqtSignal(object)

    def __init__(self, client: EngineClient, description: str, work: Work, *, hidden: bool = False) -> None:
        """To be made on the main thread.

        `work(call)` runs in a worker thread and must touch no layer, project or widget: what it needs of them is
        captured before. `call(method, params)` is the client's, bound to this task's progress and cancel.
        `hidden`: QGIS does not show the task; for what is too short to read.
        """
        flags = QgsTask.Flag.CanCancel | QgsTask.Flag.CancelWithoutPrompt | QgsTask.Flag.Silent
        super().__init__(description, flags | QgsTask.Flag.Hidden if hidden else flags)
        self._client = client
        self._work = work
        self._result: dict[str, Any] = {}
        self._error: EngineError | None = None
        self._superseded = False
        self._next_progress = 0.0
        self._progress_received.connect(self._show_progress)
        self._part_received.connect(self._hand_over)

    def supersede(self) -> None:
        """Cancels it because a newer task has taken its place: it ends with `cancelled` whatever it has found."""
        self._superseded = True
        self.cancel()

    def run(self) -> bool:
        """Worker thread. Never raises: an exception here would take QGIS down."""
        try:
            self._result = self._work(Call(self._call, self._part_received.emit, self._check))
        except EngineError as error:
            self._error = error
        except Exception as error:
            QgsMessageLog.logMessage(traceback.format_exc(), "FRORS", Qgis.MessageLevel.Critical)
            message = f"FRORS has failed at this: {error}. The FRORS log has the details."
            self._error = EngineError(ErrorCode.INTERNAL, message)
        return self._error is None

    def finished(self, result: bool) -> None:
        """Main thread."""
        unwanted = self._superseded or self.isCanceled()
        if result and not unwanted:
            self.succeeded.emit(self._result)
        elif unwanted or self._error is None or self._error.code is ErrorCode.CANCELLED:
            self.cancelled.emit()
        else:
            self.failed.emit(self._error.code.value, in_users_language(self._error.message))

    def _call(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        return answer_in_users_language(self._client.call(method, params, self._take_progress, self.isCanceled))

    def _check(self) -> None:
        if self.isCanceled():
            raise EngineError(ErrorCode.CANCELLED, "Cancelled.")

    def _take_progress(self, fraction: float, message: str, eta: float | None) -> None:
        now = time.monotonic()
        if now >= self._next_progress or fraction >= 1.0:
            self._next_progress = now + _PROGRESS_INTERVAL_S
            self._progress_received.emit(fraction, message, eta)

    @pyqtSlot(float, str, object)
    def _show_progress(self, fraction: float, message: str, eta: float | None) -> None:
        if not self._superseded and not self.isCanceled():
            self.setProgress(100.0 * fraction)
            self.progressed.emit(fraction, in_users_language(message), eta)

    @pyqtSlot(object)
    def _hand_over(self, part: object) -> None:
        if not self._superseded and not self.isCanceled():
            self.delivered.emit(part)


class TaskRunner:
    """Hands tasks to QGIS and holds them until they have ended (a task only QGIS knows may vanish or crash).

    To be used on the main thread.
    """

    def __init__(self) -> None:
        self._tasks: dict[EngineTask, str | None] = {}

    def __len__(self) -> int:
        """How many tasks have not ended yet."""
        return len(self._tasks)

    def run(self, task: EngineTask, token: str | None = None) -> EngineTask:
        """Starts `task`, and supersedes the unfinished tasks that were started with the same token."""
        if token is not None:
            self.cancel_all(token)
        self._tasks[task] = token
        # A partial, not a bound method: PyQt would let go of a runner that nobody else holds.
        task.taskCompleted.connect(partial(self._forget, task))
        task.taskTerminated.connect(partial(self._forget, task))
        QgsApplication.taskManager().addTask(task)
        return task

    def cancel_all(self, token: str | None = None) -> None:
        """Supersedes all unfinished tasks, or those of one token: none of them delivers a result any more."""
        for task, other in list(self._tasks.items()):
            if token is None or token == other:
                task.supersede()

    def _forget(self, task: EngineTask) -> None:
        self._tasks.pop(task, None)
