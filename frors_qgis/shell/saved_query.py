"""A query that is kept in an archive, as the shell sees it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qgis.core import QgsGeometry, QgsPointXY
from qgis.PyQt.QtGui import QImage, QImageReader

from frors_qgis.client.tasks import Call, Work
from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.shell.examples import ExampleSet
from frors_qgis.shell.match import match_from_json
from frors_qgis.shell.settings import MOST_MATCHES

Params = dict[str, Any]
_MOST_PICTURE_PX = 2048
_KINDS = (("positive", True), ("negative", False))


def _whole_numbers(values: Any) -> list[int]:
    return [int(value) for value in values]


def _extent(values: Any) -> list[float]:
    west, south, east, north = values
    return [float(west), float(south), float(east), float(north)]


_FILTERS: dict[str, Callable[[Any], Any]] = {
    "k": lambda number: min(max(int(number), 1), MOST_MATCHES),
    "any_size": bool,
    "rasters": _whole_numbers,
    "months": _whole_numbers,
    "since": str,
    "until": str,
    "least_score": float,
    "apart": float,
    "within": _extent,
    "words": str,
    "words_weight": lambda number: min(max(float(number), 0.0), 1.0),
}


@dataclass(frozen=True)
class SavedQueryEntry:
    """What an archive says of a saved query: `searched` is an ISO time, `new` counts the chips that came since."""

    name: str
    searched: str
    new: int


@dataclass(frozen=True)
class SavedQuery:
    """A saved query with all that belongs to it.

    `box` is what it was asked with, in EPSG:4326 (may be null), `size` its width and height in metres; `start` and
    `filters` are parameters of the door method `search`. Chips after `newest` are new, and `last_chip` is the last one
    that there is now.
    """

    name: str
    box: QgsGeometry
    size: tuple[float, float]
    start: Params
    filters: Params
    examples: ExampleSet
    searched: str
    newest: int
    last_chip: int
    image: QImage


def entries_from_info(info: Params) -> tuple[SavedQueryEntry, ...]:
    """The saved queries in the engine's description of an archive."""
    try:
        return tuple(
            SavedQueryEntry(str(entry["name"]), str(entry["searched"]), int(entry["new"]))
            for entry in info.get("queries", [])
        )
    except (KeyError, TypeError, ValueError):
        return ()


def load_work(archive: str, name: str) -> Work:
    """Reads a saved query. The work's result is {"saved": SavedQuery}."""

    def work(call: Call) -> Params:
        answer = call("saved_query", {"archive": archive, "name": name})
        image = taken_image(answer.get("picture"))
        try:
            return {"saved": _saved_query(answer, image)}
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            message = f"The engine's description of the saved query cannot be read: {error!r}."
            raise EngineError(ErrorCode.INTERNAL, message) from error

    return work


def taken_image(path: object) -> QImage:
    """The image of a file that is ours to delete; null where there is none."""
    if not isinstance(path, str):
        return QImage()
    reader = QImageReader(path)
    size = reader.size()  # before anything is unpacked
    image = reader.read() if 0 < max(size.width(), size.height()) <= _MOST_PICTURE_PX else QImage()
    Path(path).unlink(missing_ok=True)
    return image


def _saved_query(answer: Params, image: QImage) -> SavedQuery:
    chips = {}
    boxes = []
    for kind, right in _KINDS:
        for match in map(match_from_json, answer[kind]):
            chips[match.chip] = (match, right)
        boxes += [(tuple(map(float, vector)), right) for vector in answer[f"{kind}_boxes"]]
    corners = [QgsPointXY(float(x), float(y)) for x, y in answer["box"]]
    start = dict(answer["start"])
    if "place" in answer["filters"]:
        start["place"] = [float(degrees) for degrees in answer["filters"]["place"]]
    if "embedding" not in start:  # by words alone
        start["words"] = str(answer["filters"]["words"])
    width, height = answer["size"] or (start.get("ground_size") or 0.0,) * 2
    return SavedQuery(
        name=str(answer["name"]),
        box=QgsGeometry.fromPolygonXY([corners]) if len(corners) > 2 else QgsGeometry(),
        size=(float(width), float(height)),
        start=start,
        filters=_filters(answer["filters"]),
        examples=ExampleSet(chips, tuple(boxes)),
        searched=str(answer["searched"]),
        newest=int(answer["newest"]),
        last_chip=int(answer["last_chip"]),
        image=image,
    )


def _filters(values: Params) -> Params:
    """The filters as the dock knows them; raises TypeError or ValueError for those of a stranger that are none."""
    filters = {name: _FILTERS[name](value) for name, value in dict(values).items() if name in _FILTERS}
    numbers = [*filters.get("within", []), *(filters.get(name, 0.0) for name in ("least_score", "apart"))]
    if not all(map(math.isfinite, numbers)):
        raise ValueError("a filter is not finite")
    return filters
