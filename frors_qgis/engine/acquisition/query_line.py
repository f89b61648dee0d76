"""A line of words about acquisitions, such as "sentinel-2, summer, within 50 km, cloud < 20", as conditions.

    line      = clause , { "," , clause } ;                            all of them hold
    clause    = term , { "or" , term } ;                               one of them holds
    term      = [ "not" ] , condition ;
    condition = platform | sensor | level                              sentinel-2, landsat, msi, L2A
              | season | month                                         summer, june
              | date , [ ".." , date ]                                 2019, 2019-06..2020-05, June 2018
              | ( "since" | "until" ) , date                           both include their date
              | ( "before" | "after" ) , date                          neither does
              | measure , sign , number , [ unit ]                     resolution < 15 m, cloud <= 20 %, off-nadir < 10
              | "within" , number , unit , [ "of" , place ]            within 50 km; within 800 m of 43.3 N 5.4 E
              | "near" , place ;                                       within 25 km of it
    date      = year , [ "-" , month , [ "-" , day ] ]                 2018, 2018-06, 2018-06-11
              | [ day ] , month , year                                 June 2018, 11 June 2018
              | day , "." , month , "." , year ;                       11.6.2018
    place     = number , [ "N" | "S" ] , number , [ "E" | "W" ] ;      latitude and longitude, south and west negative
    sign      = "<" | "<=" | ">" | ">=" | "=" ;
    unit      = "m" | "cm" | "km" | "%" | "deg" ;

Letters may be large or small. "or" joins distances with distances only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.acquisition.dates import (
    MONTH_WORDS,
    MONTHS,
    SEASONS,
    day_after,
    day_before,
    period,
    written_moment,
)
from frors_qgis.engine.acquisition.places import MOST_KM, Place
from frors_qgis.engine.acquisition.platforms import is_level, is_platform, is_sensor, key, platform_family
from frors_qgis.engine.acquisition.predicate import (
    Clause,
    Condition,
    InMonth,
    InPeriod,
    InSeason,
    Measured,
    OfLevel,
    OfPlatform,
    OfSensor,
    Predicate,
    Term,
    Within,
)
from frors_qgis.protocol import EngineError, ErrorCode

LONGEST_LINE = 500
_NEAR_KM = 25.0
_MOST_WORDS_OF_A_NAME = 6
_MOST_SHOWN = 40
_TOKEN = re.compile(r"\s*(<=|>=|[<>=≤≥,]|\.\.|[^\s,<>=≤≥]+?(?=\.\.|[\s,<>=≤≥]|$))")
_GLUED = re.compile(r"([+-]?\d+(?:\.\d+)?)(km|cm|m|%|°|deg|[nsew])", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_MEASURES = {"resolution": "gsd", "gsd": "gsd", "cloud": "cloud", "off-nadir": "off_nadir"}
_SIGNS = {"<": "<", "<=": "<=", "≤": "<=", ">": ">", ">=": ">=", "≥": ">=", "=": "="}
_METRES = {"cm": 0.01, "m": 1.0, "km": 1000.0}
_UNITS = {"gsd": _METRES, "cloud": {"%": 1.0}, "off_nadir": {"deg": 1.0, "°": 1.0}}
_SEASON_WORDS = {season: season for season in SEASONS} | {"fall": "autumn"}
_SPANS = ("since", "until", "before", "after")
_MOST_WORDS_OF_A_DATE = 3
_STARTERS = (*_SPANS, "within", "near", "resolution", "cloud", "off-nadir")
_START = (
    "a platform, a season, a month, a date, since, until, before, after, within, near, resolution, cloud or off-nadir"
)


@dataclass(frozen=True)
class Known:
    """The names that an archive holds, each once: words which may stand in a line, and which it can be completed to."""

    platforms: tuple[str, ...] = ()
    sensors: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    years: tuple[str, ...] = ()

    @classmethod
    def of(cls, acquisitions: Iterable[Acquisition]) -> Known:
        """The names in some acquisitions, and the families of their platforms."""
        every = list(acquisitions)
        platforms = {name for one in every if one.platform for name in (one.platform, platform_family(one.platform))}
        return cls(
            tuple(sorted(platforms)),
            tuple(sorted({one.sensor for one in every if one.sensor})),
            tuple(sorted({one.level for one in every if one.level})),
            tuple(sorted({one.acquired[:4] for one in every if one.acquired})),
        )


NOTHING_KNOWN = Known()


def parse_query_line(text: str, known: Known = NOTHING_KNOWN) -> Predicate:
    """The conditions of a line; an empty one has none, and a comma may end it.

    Raises EngineError(BAD_REQUEST) for a line of over 500 letters and for what is none, saying which word cannot be
    read and what could stand there.
    """
    if len(text) > LONGEST_LINE:
        raise EngineError(ErrorCode.BAD_REQUEST, f"A line of conditions has at most {LONGEST_LINE} letters.")
    parts = _clauses(_tokens(text))
    if not parts[-1]:
        del parts[-1]
    return Predicate(tuple(_Reader(part, known).clause() for part in parts))


def clause_words(text: str) -> list[str]:
    """The words of each clause of a line that can be read, as they are written."""
    return [" ".join(part) for part in _clauses(_tokens(text)) if part]


def completions(text: str, cursor: int, known: Known = NOTHING_KNOWN) -> list[str]:
    """The words that could stand at the cursor, a position in the line, in place of the word that it stands behind.

    None where what stands before cannot be read.
    """
    before = text[:LONGEST_LINE][: max(0, cursor)]
    begin = word_start(text, cursor)
    start = before[begin:]
    part = _clauses(_tokens(before[:begin]))[-1]
    reader = _Reader(part, known)
    try:
        reader.clause()
        words: Sequence[str] = reader.next_words
    except _MissingError as end:
        words = end.words
    except EngineError:
        return []
    return [word for word in words if word.lower().startswith(start.lower()) and word.lower() != start.lower()]


def word_start(text: str, cursor: int) -> int:
    """Where the word begins that the cursor, a position in the line, stands behind."""
    before = text[:LONGEST_LINE][: max(0, cursor)]
    begun = re.search(r"[^\s,<>=≤≥]*$", before)
    return len(before) - len(begun.group().rsplit("..", 1)[-1] if begun else "")


class _MissingError(EngineError):
    """The clause ends where something must follow: one of `words`, for example."""

    def __init__(self, message: str, words: Sequence[str]) -> None:
        super().__init__(ErrorCode.BAD_REQUEST, message)
        self.words = words


class _Reader:
    """Reads the tokens of one clause from left to right."""

    def __init__(self, tokens: list[str], known: Known) -> None:
        self._tokens = tokens
        self._known = known
        self._names: dict[str, Condition] = {
            **{key(name): OfLevel(name) for name in known.levels},
            **{key(name): OfSensor(name) for name in known.sensors},
            **{key(name): OfPlatform(name) for name in known.platforms},
        }
        self._at = 0
        self.next_words: Sequence[str] = ()

    def clause(self) -> Clause:
        """The whole clause; `next_words` then says what could follow."""
        terms = [self._term()]
        while self._at < len(self._tokens):
            if not self._takes("or"):
                self._refuse("a comma or the word or")
            terms.append(self._term())
        if len({isinstance(term.condition, Within) for term in terms}) > 1:
            raise EngineError(
                ErrorCode.BAD_REQUEST,
                "'or' cannot join a distance with another condition; put a comma between them.",
            )
        self.next_words = [*self.next_words, ",", "or"]
        return tuple(terms)

    def _term(self) -> Term:
        negated = self._takes("not")
        self.next_words = ()
        return Term(self._condition(negated), negated)

    def _condition(self, negated: bool) -> Condition:
        starters = self._starters() if negated else [*self._starters(), "not"]
        word = self._peek(_START, starters)
        small = word.lower()
        if small in _SPANS:
            self._at += 1
            return self._span(small)
        if small == "within":
            self._at += 1
            return self._within()
        if small == "near":
            self._at += 1
            return Within(_NEAR_KM, self._place())
        if small in _MEASURES:
            self._at += 1
            return self._measured(_MEASURES[small])
        if small in _SEASON_WORDS:
            self._at += 1
            return InSeason(_SEASON_WORDS[small])
        if small in MONTH_WORDS and self._moment() is None:
            self._at += 1
            self.next_words = self._known.years
            return InMonth(MONTH_WORDS[small])
        if small not in MONTH_WORDS and (name := self._name()) is not None:
            return name
        if self._moment() is not None:
            return self._from_to()
        self._refuse(_START)

    def _span(self, word: str) -> InPeriod:
        """What lies since, until, before or after a date."""
        first, last = self._date("a date such as 2020, 2020-05, May 2020 or 31.5.2020")
        if word in ("since", "after"):
            return InPeriod(first if word == "since" else day_after(last), None)
        return InPeriod(None, last if word == "until" else day_before(first))

    def _from_to(self) -> InPeriod:
        """A date, or all between two."""
        first, last = self._date(_START)
        if self._takes(".."):
            last = self._date("the last date, such as 2021")[1]
        else:
            self.next_words = [".."]
        if last < first:
            raise EngineError(ErrorCode.BAD_REQUEST, f"The dates {first} .. {last} go backwards: swap them.")
        return InPeriod(first, last)

    def _starters(self) -> list[str]:
        known = self._known
        return [
            *dict.fromkeys((*known.platforms, *known.sensors, *known.levels, *known.years, *SEASONS, *MONTHS)),
            *_STARTERS,
        ]

    def _name(self) -> Condition | None:
        """The longest run of words that is the name of a platform, a sensor or a level."""
        rest = self._tokens[self._at : self._at + _MOST_WORDS_OF_A_NAME]
        stop = next((number for number, word in enumerate(rest) if word.lower() == "or"), len(rest))
        for count in range(stop, 0, -1):
            text = " ".join(rest[:count])
            condition = self._names.get(key(text)) if key(text) else None
            if condition is None and is_platform(text):
                condition = OfPlatform(text)
            if condition is None and is_sensor(text):
                condition = OfSensor(text)
            if condition is None and is_level(text):
                condition = OfLevel(text)
            if condition is not None:
                self._at += count
                return condition
        return None

    def _date(self, expected: str) -> tuple[str, str]:
        """The first and the last day of a date."""
        word = self._peek(expected, [*self._known.years, *MONTHS])
        found = self._moment()
        if found is None:
            if word.lower() in MONTH_WORDS:
                self._at += 1
                expected = "a year"
                self._peek(expected, self._known.years)
            self._refuse(expected)
        moment, count = found
        self._at += count
        return period(moment)

    def _moment(self) -> tuple[str, int] | None:
        """The `iso_moment` of the words that come next, as many as make one, and how many; nothing is read by it."""
        rest = self._tokens[self._at : self._at + _MOST_WORDS_OF_A_DATE]
        for count in range(len(rest), 0, -1):
            if (moment := written_moment(" ".join(rest[:count]))) is not None:
                return moment, count
        return None

    def _measured(self, field: str) -> Measured:
        sign = _SIGNS.get(self._peek("a sign such as <", ["<", "<=", ">", ">=", "="]))
        if sign is None:
            self._refuse("a sign: <, <=, >, >= or =")
        self._at += 1
        units = _UNITS[field]
        value = self._number("a number")
        factor = units.get(self._tokens[self._at].lower()) if self._at < len(self._tokens) else None
        if factor is None:
            self.next_words = list(units)
        else:
            self._at += 1
        return Measured(field, sign, value * (factor or 1.0))

    def _within(self) -> Within:
        value = self._number("a number of kilometres or metres")
        expected = "km or m"
        factor = _METRES.get(self._peek(expected, ["km", "m"]).lower())
        if factor is None:
            self._refuse(expected)
        self._at += 1
        km = value * factor / 1000.0
        if not 0 < km <= MOST_KM:
            raise EngineError(ErrorCode.BAD_REQUEST, f"A distance is more than 0 and at most {MOST_KM:,.0f} km.")
        if self._takes("of"):
            return Within(km, self._place())
        self.next_words = ["of"]
        return Within(km)

    def _place(self) -> Place:
        """Latitude and longitude as people write them; (lon, lat)."""
        latitude = self._coordinate("a latitude such as 43.3 N", "ns", 90.0)
        longitude = self._coordinate("a longitude such as 5.4 E", "ew", 180.0)
        return longitude, latitude

    def _coordinate(self, expected: str, letters: str, most: float) -> float:
        start = self._at
        value = self._number(expected)
        letter = self._tokens[self._at].lower() if self._at < len(self._tokens) else ""
        if letter and letter in letters:
            self._at += 1
            value = -abs(value) if letter in "sw" else value
        if abs(value) > most:
            self._at = start
            self._refuse(expected)
        return value

    def _number(self, expected: str) -> float:
        word = self._peek(expected, ())
        if not _NUMBER.fullmatch(word):
            self._refuse(expected)
        self._at += 1
        return float(word)

    def _takes(self, word: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at].lower() == word:
            self._at += 1
            return True
        return False

    def _peek(self, expected: str, words: Sequence[str]) -> str:
        """The next token; at the end EngineError says what is missing."""
        if self._at < len(self._tokens):
            return self._tokens[self._at]
        where = f"After {self._tokens[-1][:_MOST_SHOWN]!r}" if self._tokens else "Beside a comma"
        raise _MissingError(f"{where} something is missing: {expected}.", words)

    def _refuse(self, expected: str) -> NoReturn:
        word = self._tokens[self._at][:_MOST_SHOWN]
        raise EngineError(ErrorCode.BAD_REQUEST, f"{word!r} cannot be read; in its place could stand {expected}.")


def _tokens(text: str) -> list[str]:
    """The words, numbers, signs and commas of a line; a number is parted from its unit."""
    tokens: list[str] = []
    for match in _TOKEN.finditer(text):
        glued = _GLUED.fullmatch(match[1])
        tokens += glued.groups() if glued else [match[1]]
    return tokens


def _clauses(tokens: list[str]) -> list[list[str]]:
    """The tokens between commas."""
    parts: list[list[str]] = [[]]
    for word in tokens:
        if word == ",":
            parts.append([])
        else:
            parts[-1].append(word)
    return parts
