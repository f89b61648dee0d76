"""What a search does in its worker thread; no layer, project or widget is touched here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from qgis.PyQt.QtGui import QImage

from frors_qgis.client.tasks import Call, Work
from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.shell.layer_picture import LayerPicture
from frors_qgis.shell.match import Match, match_from_json
from frors_qgis.shell.reindex_offer import ReindexOffer, offer_after, other_encoder_told
from frors_qgis.shell.result_file import FinishedQuery
from frors_qgis.shell.saved_query import SavedQuery, taken_image
from frors_qgis.shell.translation import tr


@dataclass(frozen=True)
class SearchOptions:
    """What holds for a box and for a chip. `within` is an extent in EPSG:4326, or None for everywhere.

    `filters`: more parameters of the door method `search`. `archive_is_open`: whether the engine is known to hold the
    archive open.
    """

    archive: str
    archive_is_open: bool
    matches: int
    any_size: bool
    within: tuple[float, float, float, float] | None
    filters: dict[str, Any] = field(default_factory=dict)

    def params(self) -> dict[str, Any]:
        """Parameters of the door method `search`."""
        params: dict[str, Any] = {"archive": self.archive, "k": self.matches, "any_size": self.any_size}
        params |= self.filters
        if self.within is not None:
            params |= {"within": list(self.within), "crs": "EPSG:4326"}
        return params


@dataclass(frozen=True)
class SearchResult:
    """Matches, best first; the query's picture (null where there is none) and its size on the ground in metres.

    `start` are the parameters of the door method `search` that stand for the query itself; `last_chip` was the last
    one of the archive then, None where that is not known. `acquired`: the date of what was asked with, if it is known.
    """

    matches: tuple[Match, ...]
    note: str | None
    image: QImage
    size: tuple[float, float]
    start: dict[str, Any]
    last_chip: int | None = None
    acquired: str | None = None

    @property
    def is_by_looks(self) -> bool:
        """Whether there is a picture behind the query, and not words alone."""
        return "embedding" in self.start or "chip" in self.start


@dataclass(frozen=True)
class ShownSearch:
    """A search whose matches the panel shows, and the saved query that it came from, if any."""

    options: SearchOptions
    found: SearchResult
    query: FinishedQuery
    saved: SavedQuery | None = None


@dataclass(frozen=True)
class RefusedBox:
    """A box that the archive's encoder would have to embed, which is not installed; `chip` is what lies under it."""

    offer: ReindexOffer
    chip: Match | None


def box_work(
    options: SearchOptions,
    source: str | LayerPicture,
    box: tuple[float, float, float, float],
    box_crs: str,
    folder: Callable[[], Path],
    thumbnail_px: int,
) -> Work:
    """Embeds a box and searches for it. `source` is a raster's path, or a picture that is saved in `folder()` first.

    An archive whose embeddings were made elsewhere is searched with the chip under the box.
    The work's result is {"found": SearchResult}, or {"refused": RefusedBox}.
    """

    def with_chip(call: Call) -> dict[str, Any]:
        chip = call("locate", {"archive": options.archive, "box": list(box), "crs": box_crs}).get("match", {})
        found = chip_work(options, match_from_json(chip), thumbnail_px)(call)["found"]
        note = tr("The archive's embeddings were made elsewhere: it was searched with its own chip under the box.")
        return {"found": replace(found, note=found.note or note)}

    def work(call: Call) -> dict[str, Any]:
        if not options.archive_is_open:
            call("open", {"archive": options.archive})
        try:
            return search(call)
        except EngineError as error:
            if error.code is ErrorCode.ARCHIVE_FOREIGN:
                return with_chip(call)
            offer = offer_after(error, call, options.archive)
        return {"refused": RefusedBox(offer, _chip_under(call, options.archive, box, box_crs))}

    def search(call: Call) -> dict[str, Any]:
        with _readable(source, folder) as raster:
            params = {"archive": options.archive, "raster": raster, "box": list(box), "crs": box_crs}
            query = call("embed", params | {"thumbnail": thumbnail_px})
        try:
            image = taken_image(query.get("thumbnail"))
            wanted = {"embedding": query["embedding"], "ground_size": query["chip_size"], "place": query["place"]}
            note = None if options.any_size else query.get("note")
            columns, rows = query["cells"]
            cell = float(query["ground_size"]) / max(columns, rows)
            size = (cell * columns, cell * rows)
        except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
            message = f"The engine's description of the box cannot be read: {error!r}."
            raise EngineError(ErrorCode.INTERNAL, message) from error
        answer = call("search", options.params() | wanted)
        answer["note"] = answer.get("note") or note
        return {"found": _found(answer, image, size, wanted, query.get("acquired"))}

    return work


def example_work(
    archive: str,
    source: str | LayerPicture,
    box: tuple[float, float, float, float],
    box_crs: str,
    folder: Callable[[], Path],
) -> Work:
    """Embeds a box. The work's result is {"embedding": tuple}."""

    def work(call: Call) -> dict[str, Any]:
        with _readable(source, folder) as raster, other_encoder_told(call, archive):
            params = {"archive": archive, "raster": raster, "box": list(box), "crs": box_crs}
            return {"embedding": tuple(map(float, call("embed", params)["embedding"]))}

    return work


def again_work(options: SearchOptions, found: SearchResult, examples: dict[str, Any]) -> Work:
    """Searches again with examples. The work's result is {"found": SearchResult}."""

    def work(call: Call) -> dict[str, Any]:
        answer = call("search", options.params() | found.start | examples)
        return {"found": _found(answer, found.image, found.size, found.start, found.acquired)}

    return work


def chip_work(options: SearchOptions, match: Match, thumbnail_px: int) -> Work:
    """Searches with the embedding of a match's chip. The work's result is {"found": SearchResult}."""

    def work(call: Call) -> dict[str, Any]:
        if not options.archive_is_open:
            call("open", {"archive": options.archive})
        answer = call("search", options.params() | {"chip": match.chip})
        try:
            picture = call("thumbnail", {"archive": options.archive, "chip": match.chip, "size": thumbnail_px})
        except EngineError as error:
            if error.code is ErrorCode.CANCELLED:
                raise
            picture = {}
        image = QImage(str(picture.get("path")))
        size = (match.ground_size, match.ground_size)
        return {"found": _found(answer, image, size, {"chip": match.chip}, match.acquired)}

    return work


def words_work(options: SearchOptions, line: str, place: tuple[float, float] | None) -> Work:
    """Searches by a line of conditions alone. The work's result is {"found": SearchResult}.

    `place` (lon, lat in EPSG:4326) is what distances without one are from.
    """

    def work(call: Call) -> dict[str, Any]:
        if not options.archive_is_open:
            call("open", {"archive": options.archive})
        start: dict[str, Any] = {"words": line} | ({} if place is None else {"place": list(place)})
        return {"found": _found(call("search", options.params() | start), QImage(), (0.0, 0.0), start)}

    return work


def saved_work(options: SearchOptions, saved: SavedQuery, only_new: bool) -> Work:
    """Searches with a saved query. The work's result is {"found": SearchResult}."""

    def work(call: Call) -> dict[str, Any]:
        start = saved.start | ({"newer_than": saved.newest} if only_new else {})
        answer = call("search", options.params() | start | saved.examples.params())
        return {"found": _found(answer, saved.image, saved.size, start)}

    return work


def _chip_under(call: Call, archive: str, box: tuple[float, float, float, float], crs: str) -> Match | None:
    """The archive's chip that a box means, as a match of itself; None where there is none."""
    try:
        return match_from_json(call("locate", {"archive": archive, "box": list(box), "crs": crs}).get("match", {}))
    except EngineError as error:
        if error.code is ErrorCode.CANCELLED:
            raise
        return None


@contextmanager
def _readable(source: str | LayerPicture, folder: Callable[[], Path]) -> Iterator[str]:
    """The path of a raster; a picture is saved in `folder()` for as long as it is read."""
    if isinstance(source, str):
        yield source
        return
    path = source.save(folder())
    try:
        yield str(path)
    finally:
        path.unlink(missing_ok=True)
        path.with_suffix(".png").unlink(missing_ok=True)


def _found(
    answer: dict[str, Any],
    image: QImage,
    size: tuple[float, float],
    start: dict[str, Any],
    acquired: object = None,
) -> SearchResult:
    matches = answer.get("matches")
    if not isinstance(matches, list):
        raise EngineError(ErrorCode.INTERNAL, "The engine's answer holds no list of matches.")
    note = answer.get("note")
    note = None if note is None else str(note)
    last_chip = answer.get("last_chip")
    last_chip = last_chip if isinstance(last_chip, int) else None
    acquired = None if acquired is None else str(acquired)
    return SearchResult(tuple(map(match_from_json, matches)), note, image, size, start, last_chip, acquired)
