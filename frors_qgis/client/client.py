"""The shell's side of the door: starts the engine when it is needed, routes calls, starts it again after a crash."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QObject, pyqtSignal

from frors_qgis.client.engine_options import read_engine_options
from frors_qgis.client.engine_process import POLL_S, CancelCheck, EngineProcess, ProgressHandler
from frors_qgis.client.interpreter import engine_environment, find_interpreter
from frors_qgis.client.private_folder import PrivateFolder, remove_stale_folders
from frors_qgis.client.stored_connections import login_of
from frors_qgis.location import is_database
from frors_qgis.protocol import PROTOCOL_VERSION, EngineError, ErrorCode

ENCODE_METHODS = frozenset({"embed", "evaluate", "explain", "index", "outline", "runtime", "train"})
_STOP_GRACE_S = 1.0
_FIRST_METHODS = ("open", "archives")
"""What users do anew after they have corrected a password, which the engine then has to be told."""
_GREETING_LIMIT_S = 120.0  # a first start reads gigabytes of libraries, perhaps through a virus scanner

ServeCommand = Callable[[str, Path], list[str]]  # role, folder -> program and arguments


def role_of(method: str, split: bool) -> str:
    """Which engine answers `method`: "both", or with two engines "encode" (torch) or "search" (faiss)."""
    if not split:
        return "both"
    return "encode" if method in ENCODE_METHODS else "search"


def serve_command(role: str, folder: Path) -> list[str]:
    """The command that starts the engine. Raises EngineError(ENGINE_MISSING) when there is no Python for it."""
    command = [str(find_interpreter()), "-m", "frors_qgis.engine", "serve", "--role", role, "--folder", str(folder)]
    return command + read_engine_options().arguments()


class EngineClient(QObject):
    """The engine as the shell sees it. Starts nothing until the first call, from the calling thread.

    `call` and `stop_engine` may come from any thread; make the client, connect and `shut_down` on the main thread.
    """

    engine_started = pyqtSignal()
    engine_missing = pyqtSignal(str)  # why none could be started, in one sentence
    engine_stopped = pyqtSignal(str)  # why, in one sentence; "" when it was stopped on purpose
    line_logged = pyqtSignal(str)
    archive_reopened = pyqtSignal(list)  # paths of the archives that a restarted engine has opened again

    def __init__(
        self, parent: QObject | None = None, *, split: bool | None = None, command: ServeCommand = serve_command
    ) -> None:
        """`split`: two engines instead of one; None = as this platform needs it (torch and faiss clash off Linux)."""
        super().__init__(parent)
        self._split = sys.platform != "linux" if split is None else split
        self._command = command
        self._lock = threading.Lock()  # guards what follows; never held while anything is waited for
        self._slots: dict[str, _Slot] = {}
        self._folder: PrivateFolder | None = None
        self._open_archives: dict[str, None] = {}  # in the order of their opening
        self._shut_down = False

    def call(
        self,
        method: str,
        params: dict[str, Any] | None = None,
        on_progress: ProgressHandler | None = None,
        is_cancelled: CancelCheck | None = None,
    ) -> dict[str, Any]:
        """The engine's result for `method`; blocks the calling thread, which shall not be the main thread of a QGIS.

        `on_progress(fraction in 0..1, message, seconds left or None)` and `is_cancelled` run in the calling thread.
        Starts the engine when there is none; after a crash the next call starts it once more and opens the archives
        again that were open. Raises EngineError: the engine's own, CANCELLED, ENGINE_MISSING (cannot be started),
        ENGINE_STOPPED (died during the call, or the client was shut down), BAD_REQUEST (parameters are not JSON).
        """
        archive = (params or {}).get("archive")
        if method == "index" and isinstance(archive, str):
            self._hold(archive, is_cancelled)
        role = role_of(method, self._split)
        try:
            engine = self._running_engine(role, is_cancelled)
        except EngineError as error:
            if error.code is ErrorCode.ENGINE_MISSING:
                with contextlib.suppress(RuntimeError):
                    self.engine_missing.emit(error.message)
            raise
        if isinstance(archive, str) and is_database(archive):
            self._log_in(role, engine, archive, is_cancelled, anew=method in _FIRST_METHODS)
        if method in ENCODE_METHODS:
            params = {"device": read_engine_options().device} | (params or {})
        result = engine.call(method, params or {}, on_progress, is_cancelled)
        if method in ("open", "close") and isinstance(archive, str):
            with self._lock:
                if method == "open":
                    self._open_archives[archive] = None
                else:
                    self._open_archives.pop(archive, None)
        return result

    def _log_in(
        self, role: str, engine: EngineProcess, archive: str, is_cancelled: CancelCheck | None, *, anew: bool
    ) -> None:
        """Tells an engine the password of an archive's database before it first connects there, or anew.

        The engine keeps it in memory alone, and we do not keep it at all.
        """
        with self._lock:
            logins = self._slots[role].logins
            known = archive in logins
        if anew or not known:
            if login := login_of(archive):
                engine.call("login", {"archive": archive} | login, None, is_cancelled)
            with self._lock:
                logins.add(archive)

    def _hold(self, archive: str, is_cancelled: CancelCheck | None) -> None:
        """Opens a file that is about to be written, so that layers of it can be read anew before and go on."""
        with self._lock:
            known = archive in self._open_archives
        if not known and not is_database(archive) and Path(archive).exists():
            self.call("open", {"archive": archive}, None, is_cancelled)
            self.archive_reopened.emit([archive])

    def stop_engine(self) -> None:
        """Ends the engine within two seconds, waiting calls with CANCELLED; the next call starts a new one.

        For a changed setting, or an engine that hangs. The archives that were open will be opened again.
        """
        with self._lock:
            engines = [slot.engine for slot in self._slots.values() if slot.engine is not None]
        for engine in engines:
            engine.close_input()
        deadline = time.monotonic() + _STOP_GRACE_S
        for engine in engines:
            engine.stop(max(deadline - time.monotonic(), 0.0))

    def shut_down(self) -> None:
        """Ends the engine for good and deletes the private folder, within two seconds. May be repeated."""
        with self._lock:
            self._shut_down = True
        self.stop_engine()
        with self._lock:
            folder, self._folder = self._folder, None
        if folder is not None:
            folder.remove()

    def _running_engine(self, role: str, is_cancelled: CancelCheck | None) -> EngineProcess:
        """The engine of a role, greeted, with its archives open; others who need it wait here while one starts it."""
        with self._lock:
            slot = self._slots.setdefault(role, _Slot())
        while not slot.starting.acquire(timeout=POLL_S):
            if is_cancelled is not None and is_cancelled():
                raise EngineError(ErrorCode.CANCELLED, "Cancelled.")
        try:
            engine = slot.engine
            if engine is None or not engine.alive:
                engine = self._start(role, slot)
            if not slot.ready:
                self._greet(engine, is_cancelled)
                searches = role == role_of("open", self._split)
                reopened = self._open_again(role, engine, is_cancelled) if searches else []
                slot.ready = True
                self.engine_started.emit()
                if reopened:
                    self.archive_reopened.emit(reopened)
            return engine
        finally:
            slot.starting.release()

    def _start(self, role: str, slot: _Slot) -> EngineProcess:
        command, folder = self._prepared(role)
        engine = EngineProcess(
            command, engine_environment(Path(command[0])), folder, on_line=self._log, on_stopped=self._tell_stopped
        )
        with self._lock:
            slot.engine, slot.ready, slot.logins = engine, False, set()
            shut_down = self._shut_down
        if shut_down:
            engine.stop(0.0)
            self._refuse_after_shut_down()
        return engine

    def _prepared(self, role: str) -> tuple[list[str], Path]:
        if self._folder is None:
            remove_stale_folders()
        try:
            with self._lock:
                self._refuse_after_shut_down()
                if self._folder is None:
                    self._folder = PrivateFolder()
                folder = self._folder.subfolder(role)
        except OSError as error:
            message = f"No temporary folder could be made for the engine: {error}. Free some space and try again."
            raise EngineError(ErrorCode.ENGINE_MISSING, message) from error
        return self._command(role, folder), folder

    def _refuse_after_shut_down(self) -> None:
        if self._shut_down:
            message = "FRORS has been switched off; switch the plugin on to use the engine again."
            raise EngineError(ErrorCode.ENGINE_STOPPED, message)

    def _greet(self, engine: EngineProcess, is_cancelled: CancelCheck | None) -> None:
        """Waits until a new engine answers and checks that it speaks this protocol; a cancelled wait leaves it be."""
        deadline = time.monotonic() + _GREETING_LIMIT_S

        def is_over() -> bool:
            return time.monotonic() > deadline or (is_cancelled is not None and is_cancelled())

        try:
            # Without grace: a superseded query must not hold up the next one, which waits for the same start.
            hello = engine.call("hello", {}, None, is_over, cancel_grace_s=0.0)
        except EngineError as error:
            if error.code is ErrorCode.CANCELLED and time.monotonic() <= deadline:
                raise
            engine.stop(0.0)
            reason = "It does not answer." if error.code is ErrorCode.CANCELLED else error.message
            message = f"The engine could not be started. {reason}"
            raise EngineError(ErrorCode.ENGINE_MISSING, message) from error
        if hello.get("protocol") != PROTOCOL_VERSION:
            engine.stop(0.0)
            message = "The engine belongs to another version of FRORS; install the plugin again and restart QGIS."
            raise EngineError(ErrorCode.ENGINE_MISSING, message)

    def _open_again(self, role: str, engine: EngineProcess, is_cancelled: CancelCheck | None) -> list[str]:
        with self._lock:
            archives = list(self._open_archives)
        reopened = []
        for archive in archives:
            try:
                if is_database(archive):
                    self._log_in(role, engine, archive, is_cancelled, anew=True)
                engine.call("open", {"archive": archive}, None, is_cancelled)
            except EngineError as error:
                if error.code in (ErrorCode.CANCELLED, ErrorCode.ENGINE_STOPPED):
                    raise
                self._log(f"{archive} could not be opened again: {error.message}")
                with self._lock:
                    self._open_archives.pop(archive, None)
            else:
                reopened.append(archive)
        return reopened

    def _log(self, line: str) -> None:
        with contextlib.suppress(RuntimeError):  # the C++ half may be gone while the engine's threads still end
            self.line_logged.emit(line)

    def _tell_stopped(self, reason: str) -> None:
        with contextlib.suppress(RuntimeError):
            self.engine_stopped.emit(reason)


class _Slot:
    """Place of the engine of one role."""

    def __init__(self) -> None:
        self.starting = threading.Lock()  # held by the one who starts it
        self.engine: EngineProcess | None = None
        self.ready = False  # greeted, archives open
        self.logins: set[str] = set()  # archives in databases of which it knows the password, if we do
