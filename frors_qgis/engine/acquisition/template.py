"""Acquisitions as sentences and back: R2STFT, a re-implementation after the abstract of CCLS2T.

The paper's own wording is not public. This one goes from coarse to fine, so that what two rasters have in common
stands first, and leaves out what is not known:

    sentence = [ part , { ". " , part } , "." ] ;                      parts and clauses in this order, each once
    part     = taken | resolved | located | dated | seen | content ;
    taken    = clause , { ", " , clause } ;   of   "platform " , words | "sensor " , words | "level " , words
    resolved = "resolution " , number , " m" ;                         three significant digits
    located  = clause , { ", " , clause } ;   of   "location " , degrees , " " , ( "N" | "S" ) , " " , degrees , " " ,
               ( "E" | "W" ) , ", tile " , quadkey | "place " , words  degrees: two decimals; quadkey: 12 digits
    dated    = "acquired " , year , [ "-" , month ] , [ ", " , season ] ;   the season if the location is known, too
    seen     = clause , { ", " , clause } ;   of   "cloud " , whole , " %" | "off-nadir " , whole , " degrees"
    content  = "content " , words ;
    words    = letters without ". " and ", " and without spaces at their ends ;

For example "platform sentinel-2a, sensor msi, level L2A. resolution 10 m. location 43.30 N 5.40 E, tile 120222133301.
acquired 2019-06, summer. cloud 12 %." Tile and season follow from the rest and are not read back.
"""

from __future__ import annotations

import re

from frors_qgis.engine.acquisition.acquisition import Acquisition, checked
from frors_qgis.engine.acquisition.places import quadkey
from frors_qgis.protocol import EngineError, ErrorCode

TILE_ZOOM = 12
LONGEST_SENTENCE = 2000
_LONGEST_CONTENT = 500
_DEGREES = r"(\d{1,3}\.\d\d)"
_LOCATION = re.compile(rf"{_DEGREES} ([NS]) {_DEGREES} ([EW])", re.ASCII)
_CLAUSES = {  # first word -> number of its part, field
    "platform": (0, "platform"),
    "sensor": (0, "sensor"),
    "level": (0, "level"),
    "resolution": (1, "gsd"),
    "location": (2, "place"),
    "tile": (2, ""),
    "place": (2, "place_name"),
    "acquired": (3, "acquired"),
    **dict.fromkeys(("winter", "spring", "summer", "autumn"), (3, "")),
    "cloud": (4, "cloud"),
    "off-nadir": (4, "off_nadir"),
    "content": (5, "content"),
}
_ORDER = list(_CLAUSES)
_UNITS = {"gsd": " m", "cloud": " %", "off_nadir": " degrees"}


def to_sentence(acquisition: Acquisition, content: str | None = None) -> str:
    """The sentence of an acquisition; empty where nothing is known. `content`: what the raster shows, as words."""
    a = acquisition
    names = [("platform", a.platform), ("sensor", a.sensor), ("level", a.level)]
    taken = [f"{word} {_words(name)}" for word, name in names if name and _words(name)]
    resolved = [] if a.gsd is None else [f"resolution {_digits(a.gsd)} m"]
    located = []
    if a.place is not None:
        (longitude, latitude) = (round(part, 2) for part in a.place)
        where = (
            f"{abs(latitude):.2f} {'S' if latitude < 0 else 'N'} {abs(longitude):.2f} {'W' if longitude < 0 else 'E'}"
        )
        located += [f"location {where}", f"tile {quadkey((longitude, latitude), TILE_ZOOM)}"]
    if a.place_name and _words(a.place_name):
        located.append(f"place {_words(a.place_name)}")
    dated = [] if a.acquired is None else [f"acquired {a.acquired[:7]}"]
    if a.season is not None:
        dated.append(a.season)
    seen = [] if a.cloud is None else [f"cloud {a.cloud:.0f} %"]
    if a.off_nadir is not None:
        seen.append(f"off-nadir {a.off_nadir:.0f} degrees")
    told = _words((content or "")[:_LONGEST_CONTENT])
    parts = [taken, resolved, located, dated, seen, [f"content {told}"] if told else []]
    return "".join(f"{', '.join(part)}. " for part in parts if part).rstrip()


def from_sentence(text: str) -> tuple[Acquisition, str | None]:
    """The acquisition and the content of a sentence, as closely as it tells them.

    Raises EngineError(BAD_REQUEST) for a text that `to_sentence` does not write, saying which part.
    """
    if len(text) > LONGEST_SENTENCE:
        raise EngineError(ErrorCode.BAD_REQUEST, f"A sentence has at most {LONGEST_SENTENCE:,} letters.")
    fields: dict[str, object] = {}
    content = None
    last, part_before = -1, -1
    if text and not text.endswith("."):
        raise EngineError(ErrorCode.BAD_REQUEST, "A sentence about an acquisition must end with a full stop.")
    for part in text[:-1].split(". ") if text else []:
        for number, clause in enumerate(part.split(", ")):
            word, _, rest = clause.partition(" ")
            at = _ORDER.index(word) if word in _CLAUSES else -1
            own, field = _CLAUSES.get(word, (-1, ""))
            if at <= last or (own == part_before) != (number > 0):
                raise _unreadable(clause)
            last, part_before = at, own
            if field == "content":
                content = rest
            elif field:
                fields[field] = _value(clause, field, rest)
    return Acquisition(**fields), content  # type: ignore[arg-type]


def _value(clause: str, field: str, text: str) -> object:
    """The value of a field as a clause tells it."""
    if field == "place":
        match = _LOCATION.fullmatch(text)
        if match is None:
            raise _unreadable(clause)
        latitude = float(match[1]) * (-1 if match[2] == "S" else 1)
        longitude = float(match[3]) * (-1 if match[4] == "W" else 1)
        return checked(field, (longitude, latitude))
    if field in _UNITS:
        number = text.removesuffix(_UNITS[field])
        if number == text or not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", number, re.ASCII):
            raise _unreadable(clause)
        return checked(field, float(number))
    return checked(field, text)


def _words(text: str) -> str:
    """A text without what parts sentences and clauses."""
    return " ".join(re.sub(r"[,.](?=\s|$)", " ", re.sub(r"[,.](?=[\s,.])", " ", text)).split())


def _digits(value: float) -> str:
    """Three significant digits, never with an exponent."""
    text = f"{float(f'{value:.3g}'):.9f}".rstrip("0").rstrip(".")
    return text or "0"


def _unreadable(clause: str) -> EngineError:
    return EngineError(
        ErrorCode.BAD_REQUEST,
        f"{clause[:60]!r} cannot be read in a sentence about an acquisition, or not in this place.",
    )
