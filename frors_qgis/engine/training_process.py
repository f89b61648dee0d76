"""Trains on labelled features in a process of its own, and puts the encoder that comes of it among the user's own.

A process can be ended at once wherever it is (a fit in closed form computes for many seconds without a pause), gives
way to the engine that answers queries, and gives its memory back.
"""

from __future__ import annotations

import queue
import shutil
import subprocess  # nosec B404 # starts this same engine
import sys
import tempfile
import threading
from functools import partial
from pathlib import Path
from typing import Any

from frors_qgis.engine.call import Call
from frors_qgis.engine.encoders.installed import new_encoder_path
from frors_qgis.engine.feature_training import read_wish
from frors_qgis.engine.parameters import Parameters
from frors_qgis.protocol import EngineError, ErrorCode, decode_message, encode_message, error_from_event

_POLL_S = 0.1
_END = b""
_WINDOWS_FLAGS = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "IDLE_PRIORITY_CLASS", 0)
"""0 elsewhere: there the process lowers its own priority."""


def train_apart(parameters: Parameters, call: Call, folder: Path, threads: int) -> dict[str, Any]:
    """What `train_on_features` gives, with "encoder", the new id, and the paths at which the encoder then lies.

    folder: takes what is needed meanwhile, and is as it was afterwards; threads: see `EncoderPool`.
    Raises EngineError: what `read_wish` and `train_on_features` raise, CANCELLED, DISK_FULL, and ENGINE_STOPPED where
    the process ended before it had answered.
    """
    wish = read_wish(parameters)
    with tempfile.TemporaryDirectory(prefix="train-", dir=folder) as work:
        result = _answer(dict(parameters.values), call, Path(work), threads)
        call.check()
        return result | _install(wish.identifier, Path(result["checkpoint"]), Path(result["card"]))


def _answer(values: dict[str, Any], call: Call, folder: Path, threads: int) -> dict[str, Any]:
    """The result of the process, whose progress is passed on; it is killed when the call is given up."""
    command = [sys.executable, "-m", "frors_qgis.engine", "serve", "--role", "learn"]
    command += ["--folder", str(folder), "--threads", str(threads)]
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    with subprocess.Popen(  # nosec B603 # a list, no shell
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl+C in a terminal is for this process, which then ends the other
        creationflags=_WINDOWS_FLAGS,
    ) as child:
        talk = threading.Thread(target=_talk, args=(child, encode_message(_request(values)), lines), daemon=True)
        talk.start()
        try:
            while True:
                call.check()
                try:
                    line = lines.get(timeout=_POLL_S)
                except queue.Empty:
                    continue
                if line == _END:
                    raise EngineError(
                        ErrorCode.ENGINE_STOPPED,
                        "The training stopped before it had ended, often for want of memory: close other programs, or "
                        "train on fewer features, and try again.",
                    )
                event = decode_message(line)
                if "progress" in event:
                    call.progress(*(event["progress"][name] for name in ("fraction", "message", "eta")))
                elif "error" in event:
                    raise error_from_event(event)
                elif "result" in event:
                    result: dict[str, Any] = event["result"]
                    return result
        finally:
            child.kill()
            talk.join()


def _request(values: dict[str, Any]) -> dict[str, Any]:
    return {"id": 1, "method": "train", "params": values}


def _talk(child: subprocess.Popen[bytes], request: bytes, lines: queue.SimpleQueue[bytes]) -> None:
    """Sends the request, which may fill the pipe, then hands on what the process says, and `_END`."""
    try:
        if child.stdin is not None and child.stdout is not None:
            child.stdin.write(request)
            child.stdin.flush()
            for line in child.stdout:
                lines.put(line)
    except OSError:  # it is gone
        return
    finally:
        lines.put(_END)


def _install(identifier: str, checkpoint: Path, card: Path) -> dict[str, Any]:
    """Puts an encoder and its card among the user's own, whole or not at all; raises EngineError(DISK_FULL)."""
    from frors_qgis.engine.learning.replacement import replace_file

    target = new_encoder_path(identifier)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(
            ErrorCode.DISK_FULL, f"The folder for encoders, {target.parent}, cannot be made: {error.strerror}."
        ) from error
    beside = target.with_suffix(".md")
    for source, path in ((card, beside), (checkpoint, target)):
        waiting = path.with_name(f"{path.name}.part")
        replace_file(path, waiting, partial(shutil.copyfile, source))
    return {"encoder": identifier, "checkpoint": str(target), "card": str(beside)}
