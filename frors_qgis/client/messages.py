"""Requests and events as the client sees them: nothing that an engine sends is taken on trust."""

from __future__ import annotations

import math
import signal
from typing import Any

from frors_qgis.protocol import MAX_LINE, EngineError, ErrorCode, encode_message, error_from_event


def encode_request(request: dict[str, Any]) -> bytes:
    """The line of a request. Raises EngineError(BAD_REQUEST) when it is not JSON or longer than MAX_LINE bytes."""
    try:
        line = encode_message(request)
    except (TypeError, ValueError, RecursionError) as error:
        raise EngineError(ErrorCode.BAD_REQUEST, f"The request cannot be written as JSON: {error}.") from error
    if len(line) > MAX_LINE:
        message = f"The request has {len(line)} bytes, more than {MAX_LINE}; ask for less at once."
        raise EngineError(ErrorCode.BAD_REQUEST, message)
    return line


def progress_of(progress: object) -> tuple[float, str, float | None]:
    """Fraction in 0..1, message and seconds left (None: unknown) of a progress event."""
    detail = progress if isinstance(progress, dict) else {}
    fraction, eta = _number(detail.get("fraction")), _number(detail.get("eta"))
    return min(max(fraction or 0.0, 0.0), 1.0), str(detail.get("message") or ""), eta


def result_of(event: dict[str, Any]) -> dict[str, Any]:
    """The result of an answer. Raises the engine's EngineError, or INTERNAL for an answer that is neither."""
    result = event.get("result")
    if isinstance(result, dict):
        return result
    if isinstance(event.get("error"), dict):
        raise error_from_event(event)
    raise EngineError(ErrorCode.INTERNAL, f"The engine's answer was not understood: {str(event)[:200]}.")


def exit_reason(code: int | None) -> str:
    """In words how a process ended, from its return code; None: it has not."""
    if code is None:
        return "it closed its output"
    if code >= 0:
        return f"exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"{name}, often for want of memory" if name == "SIGKILL" else name


def _number(value: object) -> float | None:
    """A finite number or None; JSON's integers may be too large for a float."""
    try:
        number = float(value) if isinstance(value, (int, float)) else math.nan
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
