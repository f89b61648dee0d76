"""What the engine says of a match, and its picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from qgis.PyQt.QtGui import QImage

from frors_qgis.client.tasks import Call, Work
from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.shell.match import Match
from frors_qgis.shell.reindex_offer import other_encoder_told

_PICTURE_PX = 512


@dataclass(frozen=True)
class Explanation:
    """Why a match is one. `heat`: rows of scores of its cells; `best`: the part that is most like the query, as x, y,
    width and height in shares of the chip, `score` its score and `footprint` its corners (longitude, latitude);
    `classes`: names and probabilities, best first; `image`: null where there is no picture."""

    match: Match
    heat: tuple[tuple[float, ...], ...]
    best: tuple[float, float, float, float]
    score: float
    footprint: tuple[tuple[float, float], ...]
    classes: tuple[tuple[str, float], ...]
    image: QImage


def explanation_work(archive: str, match: Match, query: dict[str, Any]) -> Work:
    """Asks why a chip is a match for a query. The work's result is {"explanation": Explanation}."""

    def work(call: Call) -> dict[str, Any]:
        with other_encoder_told(call, archive):
            answer = call("explain", {"archive": archive, "match": match.chip, **query})
        picture = call("thumbnail", {"archive": archive, "chip": match.chip, "size": _PICTURE_PX})
        return {"explanation": _explanation(match, answer, QImage(str(picture.get("path"))))}

    return work


def _explanation(match: Match, answer: dict[str, Any], image: QImage) -> Explanation:
    try:
        cells = int(answer["cells"])
        heat = tuple(tuple(float(score) for score in row) for row in answer["heat"])
        x, y, width, height = (float(value) / cells for value in answer["best"])
        explanation = Explanation(
            match=match,
            heat=heat,
            best=(x, y, width, height),
            score=float(answer["score"]),
            footprint=tuple((float(x), float(y)) for x, y in answer["footprint"]),
            classes=tuple((str(name), float(probability)) for name, probability in answer["classes"]),
            image=image,
        )
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        message = f"The engine's explanation cannot be read: {error!r}."
        raise EngineError(ErrorCode.INTERNAL, message) from error
    numbers = [score for row in heat for score in row] + [
        number for corner in explanation.footprint for number in corner
    ]
    if {len(row) for row in heat} != {cells} or len(heat) != cells or not all(map(math.isfinite, numbers)):
        raise EngineError(ErrorCode.INTERNAL, "The engine's explanation is no square of numbers.")
    return explanation
