"""The door between shell and engine: newline-delimited JSON messages and error codes.

Standard library only; both sides import it. One message per line, UTF-8, at most `MAX_LINE` bytes:

    request   {"id": 7, "method": "search", "params": {...}}
    cancel    {"cancel": 7}
    event     {"id": 7, "progress": {"fraction": 0.4, "message": "...", "eta": 12.5}}
              {"id": null, "log": {"level": "info" | "warning", "message": "..."}}
              {"id": 7, "result": {...}}         last event of a request that succeeded
              {"id": 7, "error": {"code": "...", "message": "..."}}   last event of one that did not
"""

from __future__ import annotations

import json
from enum import Enum
from typing import Any

PROTOCOL_VERSION = 1
MAX_LINE = 8 * 1024 * 1024


class ErrorCode(str, Enum):
    """What went wrong, for programs; the message that goes with it is for people."""

    BAD_REQUEST = "bad_request"
    CANCELLED = "cancelled"
    RASTER_UNREADABLE = "raster_unreadable"
    RASTER_MISSING = "raster_missing"
    RASTER_WITHOUT_CRS = "raster_without_crs"
    RASTER_UNKNOWN = "raster_unknown"
    BOX_OUTSIDE = "box_outside"
    BOX_EMPTY = "box_empty"
    BOX_TOO_SMALL = "box_too_small"
    BOX_TOO_LARGE = "box_too_large"
    ARCHIVE_MISSING = "archive_missing"
    ARCHIVE_EMPTY = "archive_empty"
    ARCHIVE_INVALID = "archive_invalid"
    ARCHIVE_DAMAGED = "archive_damaged"
    ARCHIVE_NEWER = "archive_newer"
    ARCHIVE_OTHER_ENCODER = "archive_other_encoder"
    ARCHIVE_FOREIGN = "archive_foreign"
    ARCHIVE_BUSY = "archive_busy"
    ARCHIVE_READ_ONLY = "archive_read_only"
    ARCHIVE_UNREACHABLE = "archive_unreachable"
    DISK_FULL = "disk_full"
    CHIP_UNKNOWN = "chip_unknown"
    QUERY_UNKNOWN = "query_unknown"
    ENCODER_UNKNOWN = "encoder_unknown"
    ENCODER_DAMAGED = "encoder_damaged"
    DATASET_INVALID = "dataset_invalid"
    DEVICE_UNAVAILABLE = "device_unavailable"
    OUT_OF_MEMORY = "out_of_memory"
    CLUSTER_UNUSABLE = "cluster_unusable"
    ENGINE_MISSING = "engine_missing"
    ENGINE_STOPPED = "engine_stopped"
    INTERNAL = "internal"


class EngineError(Exception):
    """A failure with a code for programs and one sentence for people: what happened and what to do next."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def encode_message(message: dict[str, Any]) -> bytes:
    """One line of JSON with its newline. ValueError for NaN and infinity, which are not JSON."""
    text = json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace") + b"\n"  # half characters of broken names, as JSON escapes them


def decode_message(line: bytes) -> dict[str, Any]:
    """The message of one line.

    Raises EngineError(BAD_REQUEST) for a line that is too long, not JSON, or not an object.
    """
    if len(line) > MAX_LINE:
        raise EngineError(ErrorCode.BAD_REQUEST, f"A message of {len(line)} bytes is longer than {MAX_LINE}.")
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise EngineError(ErrorCode.BAD_REQUEST, f"A message is not JSON: {error}.") from error
    if not isinstance(message, dict):
        raise EngineError(ErrorCode.BAD_REQUEST, "A message must be a JSON object.")
    return message


def error_event(request: int | None, error: EngineError) -> dict[str, Any]:
    """The event that ends a request with an error."""
    return {"id": request, "error": {"code": error.code.value, "message": error.message}}


def error_from_event(event: dict[str, Any]) -> EngineError:
    """The exception that an error event stands for; an unknown code becomes INTERNAL."""
    detail = event["error"]
    try:
        code = ErrorCode(detail.get("code"))
    except ValueError:
        code = ErrorCode.INTERNAL
    return EngineError(code, str(detail.get("message", "The engine reported an error without a message.")))
