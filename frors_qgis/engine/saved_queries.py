"""Saved queries: what a `search` request asks, made independent of the chips it speaks of, and back."""

from __future__ import annotations

import json
import struct
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.queries import LONGEST_NAME, MOST_PICTURE_BYTES, SavedQuery
from frors_qgis.engine.archive.records import ChipRecord
from frors_qgis.engine.descriptions import matches_json
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.queries import read_query
from frors_qgis.engine.search.query import Match
from frors_qgis.protocol import EngineError, ErrorCode

_FILTERS = (
    *("k", "any_size", "rasters", "since", "until", "months", "least_score", "apart", "within", "crs"),
    *("words", "words_weight", "place"),
)
_KINDS = ("positive", "negative")
_DIGITS = 7
_MOST_CORNERS = 1000
_MOST_FILTER_LETTERS = 100_000
_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_PICTURE_PX = 1024

Request = dict[str, Any]


def saved_query(parameters: Parameters, archive: Archive) -> SavedQuery:
    """The query that the parameters of `search` describe, with its "name", "title", "box", "size" and "picture".

    "box": corners [n][2] in EPSG:4326 of what was asked with; "size": its width and height in metres; "picture": the
    path of a PNG file; "newest": the archive's last chip when it was searched with, which may be a while ago. Chips are
    kept with their embeddings, so that the query outlives them.
    Raises EngineError: BAD_REQUEST, CHIP_UNKNOWN.
    """
    name = parameters.text("name").strip()
    if not name or len(name) > LONGEST_NAME:
        raise EngineError(ErrorCode.BAD_REQUEST, f"A saved query has a name of 1 to {LONGEST_NAME} letters.")
    query, _ = read_query(parameters, archive)  # refuses what cannot be searched with
    request: Request = {"title": parameters.text("title", name), "box": _corners(parameters), "size": _size(parameters)}
    request["start"] = _start(parameters, archive)
    for kind in _KINDS:
        chips = parameters.wholes(kind)
        vectors = _numbers(archive.vectors(chips))
        request[kind] = [{"chip": chip, "vector": vector} for chip, vector in zip(chips, vectors, strict=True)]
        request[f"{kind}_boxes"] = _numbers(parameters.vectors(f"{kind}_boxes", archive.dimension))
    request["filters"] = {name: parameters.values[name] for name in _FILTERS if name in parameters.values}
    if query.place is not None and query.words.needs_place:  # of the chip, which may be gone then
        request["filters"]["place"] = list(query.place)
    picture = parameters.optional_text("picture")
    newest = min(parameters.whole("newest", archive.last_chip()), archive.last_chip())
    return SavedQuery(name, now(), now(), newest, request, None if picture is None else _png(picture))


def saved_query_json(query: SavedQuery, archive: Archive, folder: Path) -> dict[str, Any]:
    """A saved query as the shell needs it: parameters of `search`, and the marked chips as matches.

    The examples whose chips are gone are among "positive_boxes" and "negative_boxes". The picture is written to
    `folder`, for the caller to delete. Raises EngineError(ARCHIVE_DAMAGED) for a query that is none.
    """
    try:
        parts = Parameters(query.request)
        described: dict[str, Any] = {
            "title": parts.text("title"),
            "box": _corners(parts),
            "size": _size(parts),
            "start": _checked_start(query.request["start"], archive),
            "filters": _checked_filters(query.request["filters"]),
        }
        read_query(Parameters(described["start"] | described["filters"]), archive)
        start = np.array(described["start"].get("embedding", [0.0] * archive.dimension), np.float32)
        for kind in _KINDS:
            marked, vectors = _marked(query.request[kind], archive, start)
            boxes = parts.vectors(f"{kind}_boxes", archive.dimension)
            described[kind] = marked
            described[f"{kind}_boxes"] = _numbers(np.concatenate([boxes, vectors]))
    except (KeyError, TypeError, EngineError) as error:
        raise EngineError(
            ErrorCode.ARCHIVE_DAMAGED, f"The saved query {query.name} cannot be read: delete it, and save it anew."
        ) from error
    return described | {
        "name": query.name,
        "searched": query.searched,
        "newest": query.newest,
        "last_chip": archive.last_chip(),
        "picture": _written(query.picture, folder),
    }


def now() -> str:
    """This moment as an ISO time in UTC."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _start(parameters: Parameters, archive: Archive) -> Request:
    if (chip_id := parameters.optional_whole("chip")) is not None:
        chip = archive.chips([chip_id])[0]
        return {"embedding": _numbers(archive.vectors([chip_id]))[0], "ground_size": chip.ground_size}
    if not (numbers := parameters.numbers("embedding")):  # by words alone
        return {}
    return {"embedding": numbers, "ground_size": parameters.optional_number("ground_size")}


def _checked_start(start: object, archive: Archive) -> Request:
    parts = Parameters(_object(start))
    if not parts.values:
        return {}
    (vector,) = Parameters({"embedding": [parts.values["embedding"]]}).vectors("embedding", archive.dimension).tolist()
    return {"embedding": vector, "ground_size": parts.optional_number("ground_size")}


def _checked_filters(filters: object) -> Request:
    known = {name: value for name, value in _object(filters).items() if name in _FILTERS}
    if len(json.dumps(known)) > _MOST_FILTER_LETTERS:
        raise TypeError
    return known


def _marked(values: object, archive: Archive, start: NDArray[np.float32]) -> tuple[list[Any], NDArray[np.float32]]:
    """The marked chips that are there as matches of the query [d], and the embeddings [n, d] of those that are gone."""
    if not isinstance(values, list):
        raise TypeError
    marks = [Parameters(_object(value)) for value in values]
    there, gone = [], []
    for mark in marks:
        chip = _chip(archive, mark.whole("chip"))
        if chip is not None:
            there.append(Match(1, min(1.0, float(archive.embedding(chip.id) @ start)), chip))
        else:
            gone.append(mark.numbers("vector"))
    vectors = Parameters({"vectors": gone}).vectors("vectors", archive.dimension)
    return matches_json(archive, there, None), vectors


def _chip(archive: Archive, chip_id: int) -> ChipRecord | None:
    try:
        return archive.chips([chip_id])[0]
    except EngineError as error:
        if error.code is not ErrorCode.CHIP_UNKNOWN:
            raise
        return None


def _corners(parameters: Parameters) -> list[list[float]]:
    """Pairs of numbers, in float64: float32 would move them by a metre."""
    corners = parameters.values.get("box", [])
    if not isinstance(corners, list) or len(corners) > _MOST_CORNERS:
        raise EngineError(
            ErrorCode.BAD_REQUEST, f"The parameter 'box' must be a list of at most {_MOST_CORNERS} points."
        )
    points = [Parameters({"box": corner}).numbers("box") for corner in corners]
    if any(len(point) != 2 for point in points):
        raise EngineError(ErrorCode.BAD_REQUEST, "The parameter 'box' must be a list of pairs of numbers.")
    return points


def _size(parameters: Parameters) -> list[float] | None:
    size = parameters.numbers("size")
    if not size:
        return None
    if len(size) != 2 or min(size) <= 0:
        raise EngineError(ErrorCode.BAD_REQUEST, "The parameter 'size' must be a width and a height in metres.")
    return size


def _object(value: object) -> Request:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _numbers(vectors: NDArray[np.float32]) -> list[list[float]]:
    return [[round(float(value), _DIGITS) for value in vector] for vector in vectors]


def _png(path: str) -> bytes:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise EngineError(ErrorCode.BAD_REQUEST, f"The picture {path} cannot be read: {error.strerror}.") from error
    if not _is_small_png(content):
        raise EngineError(
            ErrorCode.BAD_REQUEST,
            f"The picture {path} must be a PNG file of at most 1 MiB and {_MOST_PICTURE_PX} pixels a side.",
        )
    return content


def _is_small_png(content: bytes) -> bool:
    """Whether a file's content begins as a PNG of a few pixels: a stranger's may unpack to gigabytes."""
    if not content.startswith(_PNG) or content[12:16] != b"IHDR" or not 24 <= len(content) <= MOST_PICTURE_BYTES:
        return False
    return max(struct.unpack(">II", content[16:24])) <= _MOST_PICTURE_PX


def _written(picture: bytes | None, folder: Path) -> str | None:
    if picture is None or not _is_small_png(picture):
        return None
    path = folder / f"saved-{time.monotonic_ns()}.png"
    path.write_bytes(picture)
    return str(path)
