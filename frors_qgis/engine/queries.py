"""The query that a `search` request describes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.places import Place
from frors_qgis.engine.acquisition.predicate import NO_CONDITIONS, Predicate
from frors_qgis.engine.acquisition.query_line import Known, clause_words, parse_query_line
from frors_qgis.engine.archive.acquisitions import record_acquisition
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.georeferences import box_in, record_crs
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.search.feedback import refined
from frors_qgis.engine.search.query import Matches, Query
from frors_qgis.protocol import EngineError, ErrorCode

_MOST_EXAMPLES = 1000


def read_query(parameters: Parameters, archive: Archive) -> tuple[Query, str | None]:
    """The query, and the CRS in which its matches are wanted (None: each in its raster's own).

    It starts from "chip" or "embedding", or from neither where there are "words"; examples move it: "positive" and
    "negative" chips by their ids, "positive_boxes" and "negative_boxes" by their embeddings. "words" is a line of
    conditions on acquisitions; "place", longitude and latitude, is where the query comes from, by default the chip that
    it starts from; "words_weight", 0 to 1, is how much the words make up of the score, by default they must hold.
    Raises EngineError: BAD_REQUEST, CHIP_UNKNOWN.
    """
    words = _words(parameters, archive)
    vector, size, crs = _start(parameters, archive, bool(words.clauses))
    within = parameters.optional_box("within")
    rasters, months = parameters.wholes("rasters"), parameters.wholes("months")
    positive, negative = parameters.wholes("positive"), parameters.wholes("negative")
    if both := set(positive) & set(negative):
        raise EngineError(ErrorCode.BAD_REQUEST, f"Chip {min(both)} cannot be a positive and a negative example.")
    liked = _examples(archive, positive, parameters.vectors("positive_boxes", archive.dimension))
    disliked = _examples(archive, negative, parameters.vectors("negative_boxes", archive.dimension))
    if vector is None and len(liked):
        vector = liked.mean(axis=0)
    if vector is not None and (len(liked) or len(disliked)):
        vector = refined(vector, liked, disliked)
    query = Query(
        vector,
        k=parameters.whole("k", 100),
        ground_size=None if parameters.flag("any_size") else size,
        extent=None if within is None else box_in(within, crs or "EPSG:4326", "EPSG:4326"),
        rasters=frozenset(rasters) if rasters else None,
        since=parameters.optional_text("since"),
        until=parameters.optional_text("until"),
        months=frozenset(months) if months else None,
        least_score=parameters.optional_number("least_score"),
        apart=parameters.number("apart", 0.0),
        hidden=tuple(negative),
        positive=frozenset(positive),
        newer_than=parameters.optional_whole("newer_than"),
        words=words,
        place=_place(parameters, archive),
        weight=parameters.optional_number("words_weight"),
    )
    return query, crs


def unknown_words(parameters: Parameters, query: Query, found: Matches) -> dict[int, list[dict[str, Any]]]:
    """What of the line "words" is unknown of the rasters of matches, by their ids, and how likely it was taken to be.

    Empty where nothing is weighed.
    """
    words = dict(zip(query.words.clauses, clause_words(parameters.optional_text("words") or ""), strict=True))
    return {
        id_: [{"words": words[clause], "odds": round(odds, 3)} for clause, odds in of_raster.items()]
        for id_, of_raster in found.odds.items()
    }


def known_words(archive: Archive) -> Known:
    """The names of platforms and the like that an archive holds, for its query lines."""
    return Known.of(map(record_acquisition, archive.rasters()))


def looks(query: Query) -> NDArray[np.float32]:
    """The embedding [d] of a query; raises EngineError(BAD_REQUEST) for one by words alone."""
    if query.vector is None:
        raise EngineError(
            ErrorCode.BAD_REQUEST,
            "A search by words alone compares no looks; search with one of its matches to see what is like it.",
        )
    return query.vector


def _words(parameters: Parameters, archive: Archive) -> Predicate:
    line = parameters.optional_text("words")
    return NO_CONDITIONS if line is None else parse_query_line(line, known_words(archive))


def _place(parameters: Parameters, archive: Archive) -> Place | None:
    if numbers := parameters.numbers("place"):
        return Acquisition.from_json({"place": numbers}).place
    if (chip_id := parameters.optional_whole("chip")) is None:
        return None
    corners = archive.chips([chip_id])[0].footprint
    longitude, latitude = (sum(parts) / len(corners) for parts in zip(*corners, strict=True))
    return Acquisition.from_json({"place": [longitude, latitude]}).place


def _examples(archive: Archive, chips: list[int], boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """The embeddings [n, d] of example chips and boxes, unit length."""
    if len(chips) + len(boxes) > _MOST_EXAMPLES:
        raise EngineError(ErrorCode.BAD_REQUEST, f"A query has at most {_MOST_EXAMPLES:,} examples of a kind.")
    vectors = np.concatenate([archive.vectors(chips), boxes]).astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not (np.isfinite(lengths) & (lengths > 0)).all():
        raise EngineError(ErrorCode.BAD_REQUEST, "The embedding of an example must have a length.")
    return (vectors / lengths).astype(np.float32)


def _start(
    parameters: Parameters, archive: Archive, has_words: bool
) -> tuple[NDArray[np.float32] | None, float | None, str | None]:
    """Embedding [d] and ground size of what is searched with, None by words alone, and the CRS for the matches."""
    crs = parameters.optional_text("crs")
    if (chip_id := parameters.optional_whole("chip")) is not None:
        chip = archive.chips([chip_id])[0]
        return archive.embedding(chip_id), chip.ground_size, crs or record_crs(archive.raster(chip.raster_id))
    numbers = parameters.numbers("embedding")
    if has_words and not numbers:
        return None, None, crs
    if len(numbers) != archive.dimension:
        raise EngineError(
            ErrorCode.BAD_REQUEST,
            f"The query embedding has {len(numbers)} numbers and the archive's {archive.dimension}.",
        )
    return np.array(numbers, np.float32), parameters.optional_number("ground_size"), crs
