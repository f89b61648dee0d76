"""Speaks the door's protocol: requests from one stream, events to another, until the first one closes."""

from __future__ import annotations

import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO, Optional, Union

from frors_qgis.engine.call import Call
from frors_qgis.engine.methods.method import Method
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.service import Service
from frors_qgis.protocol import MAX_LINE, EngineError, ErrorCode, decode_message, encode_message, error_event

_LANES = {
    "index": "work",
    "remove": "work",
    "relink": "work",
    "verify": "work",
    "export_parquet": "work",
    "import_parquet": "work",
    "copy": "work",
    "add_shard": "work",
    "plan": "plans",
    "archives": "plans",
    "outline": "outlines",
    "thumbnail": "pictures",
    "login": "notes",
    "grant": "notes",
    "set_acquisition": "notes",
    "save_query": "notes",
    "note_searched": "notes",
    "delete_query": "notes",
    "evaluate": "evaluation",
    "train": "training",
}
"""Which thread answers a method; the others are queries. Each lane answers one request after the other, so that
pictures, plans and queries do not wait for an index run, nor that for a training."""

_QUERIES = "queries"
_GRACE_SECONDS = 5.0
_PROGRESS_INTERVAL = 0.05

_Request = tuple[int, Method, Parameters, Call]
_Item = Optional[Union[_Request, Callable[[], object]]]  # noqa: UP007, UP045 - Python 3.10 cannot join these with |


class Server:
    """One engine at one door. `requests` and `events` are binary streams, one message per line."""

    def __init__(self, service: Service, requests: BinaryIO, events: BinaryIO) -> None:
        self._service = service
        service.log = lambda level, text: self._send({"id": None, "log": {"level": level, "message": text}})
        self._requests = requests
        self._events = events
        self._sending = threading.Lock()
        self._guard = threading.Lock()
        self._calls: dict[int, Call] = {}
        self._lanes: dict[str, queue.SimpleQueue[_Item]] = {}
        self._threads: list[threading.Thread] = []

    def run(self) -> None:
        """Serves until the requests end, then cancels what runs, waits a moment for it, and returns."""
        for name in (_QUERIES, *sorted(set(_LANES.values()))):
            self._lanes[name] = queue.SimpleQueue()
            thread = threading.Thread(target=self._work, args=(self._lanes[name],), name=name, daemon=True)
            thread.start()
            self._threads.append(thread)
        while line := self._requests.readline(MAX_LINE + 2):
            self._receive(line)
        with self._guard:
            for call in self._calls.values():
                call.cancel()
        for lane in self._lanes.values():
            lane.put(None)
        deadline = time.monotonic() + _GRACE_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _receive(self, line: bytes) -> None:
        request: int | None = None
        try:
            if len(line) > MAX_LINE:
                while line and not line.endswith(b"\n"):
                    line = self._requests.readline(MAX_LINE)
                raise EngineError(ErrorCode.BAD_REQUEST, f"A message is longer than {MAX_LINE} bytes.")
            message = decode_message(line)
            if "cancel" in message:
                self._cancel(message["cancel"])
                return
            identifier = message.get("id")
            if not isinstance(identifier, int) or isinstance(identifier, bool):
                raise EngineError(ErrorCode.BAD_REQUEST, "A request needs a whole number as id.")
            request = identifier
            self._accept(request, message)
        except EngineError as error:
            self._send(error_event(request, error))

    def _accept(self, request: int, message: dict[str, Any]) -> None:
        name, values = message.get("method"), message.get("params", {})
        method = self._service.methods.get(name) if isinstance(name, str) else None
        if method is None or not isinstance(name, str):
            raise EngineError(ErrorCode.BAD_REQUEST, f"The engine has no method {name!r}.")
        if not isinstance(values, dict):
            raise EngineError(ErrorCode.BAD_REQUEST, "The params of a request are an object.")
        last_progress = [0.0]

        def progress(fraction: float, text: str, eta: float | None) -> None:
            now = time.monotonic()
            if fraction >= 1 or now - last_progress[0] >= _PROGRESS_INTERVAL:
                last_progress[0] = now
                self._send({"id": request, "progress": {"fraction": fraction, "message": text, "eta": eta}})

        call = Call(progress)
        with self._guard:
            if request in self._calls:
                raise EngineError(ErrorCode.BAD_REQUEST, f"A request with the id {request} is running already.")
            self._calls[request] = call
        if name == "close":  # the other lanes have connections of their own
            for lane in self._lanes.values():
                lane.put(lambda: method(Parameters(values), Call()))
        self._lanes[_LANES.get(name, _QUERIES)].put((request, method, Parameters(values), call))

    def _cancel(self, request: object) -> None:
        with self._guard:
            call = self._calls.get(request) if isinstance(request, int) else None
        if call is not None:
            call.cancel()

    def _work(self, lane: queue.SimpleQueue[_Item]) -> None:
        try:
            while (item := lane.get()) is not None:
                if callable(item):
                    with suppress(EngineError):
                        item()
                    continue
                request, method, parameters, call = item
                event = self._answer(request, method, parameters, call)
                with self._guard:
                    del self._calls[request]
                self._send(event)
        finally:
            self._service.release_archives()

    def _answer(self, request: int, method: Method, parameters: Parameters, call: Call) -> dict[str, Any]:
        try:
            call.check()
            return {"id": request, "result": method(parameters, call)}
        except EngineError as error:
            return error_event(request, error)
        except MemoryError:
            sentence = "The computer ran out of memory. Close other programs, or index at a coarser GSD."
            return error_event(request, EngineError(ErrorCode.OUT_OF_MEMORY, sentence))
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            sentence = f"The engine met an error of its own, {type(error).__name__}: {error}. See the log."
            return error_event(request, EngineError(ErrorCode.INTERNAL, sentence))

    def _send(self, event: dict[str, Any]) -> None:
        """Writes one event; whether anybody still reads is seen by the requests' end."""
        try:
            line = encode_message(event)
        except ValueError:
            sentence = "The result holds numbers that are not finite; verify the archive."
            line = encode_message(error_event(event.get("id"), EngineError(ErrorCode.INTERNAL, sentence)))
        with self._sending:
            try:
                self._events.write(line)
                self._events.flush()
            except OSError:
                return
