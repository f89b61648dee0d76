"""The part of a match that is most like the query."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qgis.core import QgsGeometry

from frors_qgis.client.tasks import Call, Work
from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.shell.match import Match, polygon_of
from frors_qgis.shell.reindex_offer import other_encoder_told


@dataclass(frozen=True)
class Outline:
    """A part of a match: its score, and its polygon in EPSG:4326."""

    match: Match
    score: float
    geometry: QgsGeometry


def outline_work(archive: str, matches: Sequence[Match], query: dict[str, Any]) -> Work:
    """Asks for the outlines of matches of a query.

    The work's result is {"outlines": tuple of Outline, "failed": tuple of sentences, one for each raster that could not
    be read}.
    """

    def work(call: Call) -> dict[str, Any]:
        chips = [match.chip for match in matches]
        with other_encoder_told(call, archive):
            answer = call("outline", {"archive": archive, "matches": chips, **query})
        by_chip = {match.chip: match for match in matches}
        try:
            found = [one for one in answer["outlines"] if one["error"] is None]
            failed = {str(one["error"]["message"]): None for one in answer["outlines"] if one["error"] is not None}
            outlines = tuple(_outline(by_chip[one["chip"]], one) for one in found)
        except (KeyError, TypeError, ValueError) as error:
            raise EngineError(ErrorCode.INTERNAL, f"The engine's outlines cannot be read: {error!r}.") from error
        return {"outlines": outlines, "failed": tuple(failed)}

    return work


def _outline(match: Match, value: dict[str, Any]) -> Outline:
    corners = [(float(x), float(y)) for x, y in value["footprint"]]
    score = float(value["score"])
    if len(corners) != 4 or not all(map(math.isfinite, [score, *(number for corner in corners for number in corner)])):
        raise ValueError("an outline without four corners")
    return Outline(match, score, polygon_of(corners))
