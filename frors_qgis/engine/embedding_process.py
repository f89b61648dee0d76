"""Embeds a box in a second engine, where torch and faiss must not share a process (macOS, Windows)."""

from __future__ import annotations

import subprocess  # nosec B404 # starts this same engine
import sys
from typing import Any

from frors_qgis.engine.call import Call
from frors_qgis.engine.parameters import Parameters
from frors_qgis.protocol import EngineError, ErrorCode, decode_message, encode_message, error_from_event


def embed_apart(parameters: Parameters, call: Call) -> dict[str, Any]:
    """The result of `embed`, computed by a child process; raises what the child answers, or ENGINE_STOPPED."""
    command = [sys.executable, "-m", "frors_qgis.engine", "serve", "--role", "encode"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:  # nosec B603 # no shell
        if child.stdin is None or child.stdout is None:
            raise EngineError(ErrorCode.INTERNAL, "The encoder's process has no pipes.")
        child.stdin.write(encode_message({"id": 1, "method": "embed", "params": dict(parameters.values)}))
        child.stdin.flush()
        for line in child.stdout:
            event = decode_message(line)
            if "error" in event:
                raise error_from_event(event)
            if "result" in event:
                result: dict[str, Any] = event["result"]
                return result
    raise EngineError(ErrorCode.ENGINE_STOPPED, "The encoder stopped before it answered; try again.")
