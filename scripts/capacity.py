"""What archives of any size take: models fitted to what was measured, written as the tables of docs/scale.md.

    .venv/bin/python scripts/capacity.py

Each quantity grows in a form that says why; its one or two factors are those with the least squares of relative errors
over all sizes in docs/results, none below 0. Chips are counted in millions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

DOCS = Path(__file__).resolve().parent.parent / "docs"
HEADING = "## Tables\n"
SIZES = (0.1, 1.0, 10.0, 100.0, 1000.0)
MOST_SCANNED = 2.0
"""Millions of chips that one search of a file is compared with at most."""

Form = Callable[[float], tuple[float, ...]]


class Growth(NamedTuple):
    """How a quantity grows: what its factors multiply, and that in words, with places for the factors."""

    terms: Form
    words: str


PROPORTIONAL = Growth(lambda chips: (chips,), "{0} a million")
LINEAR = Growth(lambda chips: (1, chips), "{0} and {1} a million")
CAPPED = Growth(lambda chips: (1, min(chips, MOST_SCANNED)), "{0} and {1} a million, up to two millions")
SORTED = Growth(
    lambda chips: (chips * float(np.log2(1e6 * chips) / np.log2(1e6)),), "{0} for a million, as n log n does"
)
LOGARITHMIC = Growth(lambda chips: (1, float(np.log2(chips))), "{0} at a million, and {1} each time they double")


class Quantity(NamedTuple):
    """A row of a table: what was measured at which sizes."""

    name: str
    unit: str
    growth: Growth
    points: list[tuple[float, float]]
    known: tuple[float, ...] = ()
    """The factors of `growth`, where they were measured in another way than at different sizes."""

    def factors(self) -> list[float]:
        """The factors of `growth` that fit best, one of two if the other would be below 0; none of too few sizes."""
        if self.known:
            return list(self.known)
        sizes, values = np.array(self.points, np.float64).T
        terms = np.array([self.growth.terms(size) for size in sizes])
        most = terms.shape[1]
        if most > len(values):
            return []
        terms /= values[:, None]
        tried = []
        for chosen in (slice(None), *([number] for number in range(most))):
            found = np.zeros(most)
            found[chosen] = np.linalg.lstsq(terms[:, chosen], np.ones(len(values)), rcond=None)[0]
            if (found >= 0).all():
                tried.append(found)
        best: list[float] = min(tried, key=lambda found: float(((terms @ found - 1) ** 2).sum())).tolist()
        return best

    def row(self) -> str:
        """The row in Markdown: the model, what it says of each size, and beside it what was measured near it."""
        factors = self.factors()

        def model(size: float) -> float:
            return float(np.dot(factors, self.growth.terms(size)))

        def cell(size: float) -> str:
            near = [value for chips, value in self.points if abs(np.log10(chips / size)) < 0.1]
            measured = f" ({shown(near[0], self.unit)})" if near else ""
            return (shown(model(size), self.unit) if factors else "") + measured

        said, off = "-", "-"
        if factors:
            said = self.growth.words.format(*(shown(factor, self.unit) for factor in factors))
            if len(self.points) > len(factors) and not self.known:
                off = f"{max(abs(model(chips) / value - 1) for chips, value in self.points):.0%}"
        return f"| {self.name} | {said} | {off} | {' | '.join(map(cell, SIZES))} |"


def shown(value: float, unit: str) -> str:
    """A value with two or three digits, in a unit that people read."""
    for larger, factor, beyond in (("ms", 1000, "s"), ("s", 3600, "h"), ("h", 48, "days"), ("GB", 1000, "TB")):
        if unit == larger and abs(value) >= factor:
            value, unit = value / (24 if larger == "h" else factor), beyond
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}"


def encoding() -> Iterator[Quantity]:
    """What all archives need before."""
    rate = read("index")["overlaps"]["0.5"]["chips per second"]["index"]
    yield Quantity("encoding, two cores", "h", PROPORTIONAL, [(0.0076, 0.0076e6 / rate / 3600)])


def file_archive() -> Iterator[Quantity]:
    """A file and its index by FAISS."""
    archives = [archive for name in ("search", "search-10m") for archive in read(name)["archives"]]
    sealed = [archive for archive in archives if archive["index bytes per sealed chip"]]

    def points(
        value: Callable[[dict[str, Any]], float], of: list[dict[str, Any]] = archives
    ) -> list[tuple[float, float]]:
        return [(archive["chips"] / 1e6, value(archive)) for archive in of]

    def search(kind: str, share: float) -> list[tuple[float, float]]:
        def value(archive: dict[str, Any]) -> float:
            rows = archive["searches"]
            chosen = [row for row in rows if (row["filter"], row["share"], row["matches"]) == (kind, share, 10)]
            return float(chosen[0]["p50 ms"])

        return points(value)

    yield Quantity("archive", "GB", PROPORTIONAL, points(lambda a: a["archive bytes per chip"] * a["chips"] / 1e9))
    yield Quantity(
        "index, which memory should hold",
        "GB",
        PROPORTIONAL,
        points(lambda a: a["index bytes per sealed chip"] * a["chips"] / 1e9, sealed),
    )
    yield Quantity("building the index", "s", PROPORTIONAL, points(lambda a: a["open seconds"]["sealing"], sealed))
    yield Quantity("opening", "s", LINEAR, points(lambda a: a["open seconds"]["with an index"], sealed))
    yield Quantity("ten matches, no filter", "ms", CAPPED, search("none", 1.0))
    yield Quantity("in an extent of 1 %", "ms", LINEAR, search("extent", 0.01))
    yield Quantity("in an extent of 25 %", "ms", LINEAR, search("extent", 0.25))


def coded_archive() -> Iterator[Quantity]:
    """A file searched by hash codes of as many bits as its embeddings have numbers."""
    measured = read("codes")
    chips = measured["chips"] / 1e6
    short, whole = sorted(measured["codes"], key=lambda row: row["bits"])
    first = whole["at first"]
    archive = read("search-10m")["archives"][0]["archive bytes per chip"] * chips / 1000
    on_disk = (first["MB of codes on disk"] + first["MB of tree on disk"]) / 1000
    # What does not grow is what codes of half the bits have left over, too.
    less = first["MB of codes on disk"] - short["at first"]["MB of codes on disk"]
    each = (whole["peak RSS in MB"] - short["peak RSS in MB"]) / less * first["MB of codes on disk"] / chips
    held = (whole["peak RSS in MB"] - each * chips) / 1000
    # Two sizes of the scan alone, whose codes have half the bits, say what of a search grows.
    scans = {int(size) / 1e6: row["100.0%"]["ms"]["scan in FAISS"] for size, row in read("tree")["sizes"].items()}
    scan = 2 * (scans[1.0] - scans[0.1]) / 0.9
    search = whole["ms of a search"]["10 matches"]["CPU"]
    yield Quantity("archive, codes and tree", "GB", PROPORTIONAL, [(chips, archive + on_disk)])
    yield Quantity("memory", "GB", LINEAR, [(chips, whole["peak RSS in MB"] / 1000)], (held, each / 1000))
    made = first["CPU seconds by then, the tree built"]
    yield Quantity("making codes and tree, CPU time", "s", PROPORTIONAL, [(chips, made)])
    yield Quantity("ten matches, no filter, CPU time", "ms", LINEAR, [(chips, search)], (search - scan * chips, scan))


def database() -> Iterator[Quantity]:
    """PostgreSQL on one server, and its searches over two."""
    archives = read("database")["archives"].values()

    def points(value: Callable[[dict[str, Any]], float]) -> list[tuple[float, float]]:
        return [(archive["chips"] / 1e6, value(archive)) for archive in archives]

    def single(archive: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = archive["backends"]["PostgreSQL"]
        return found

    def search(way: str, backend: str = "PostgreSQL") -> list[tuple[float, float]]:
        return points(lambda archive: archive["searches"][way][backend]["p50 ms"])

    yield Quantity("on disk", "GB", PROPORTIONAL, points(lambda a: single(a)["bytes per chip"] * a["chips"] / 1e9))
    held = points(lambda a: single(a)["of these the index of embeddings"] * a["chips"] / 1e9)
    yield Quantity("of these the index, which memory should hold", "GB", PROPORTIONAL, held)
    yield Quantity("copying", "s", PROPORTIONAL, points(lambda a: single(a)["seconds"]["copy"]))
    yield Quantity("building the index", "s", SORTED, points(lambda a: single(a)["seconds"]["index"]))
    yield Quantity("ten matches, no filter", "ms", LOGARITHMIC, search("100.0%"))
    # Above 2 million more than the 20,000 chips pass that are all compared.
    yield Quantity("in an extent of 1 %", "ms", CAPPED, search("1.0%"))
    yield Quantity("in an extent of 25 %", "ms", LOGARITHMIC, search("25.0%"))
    yield Quantity("two shards: ten matches, no filter", "ms", LOGARITHMIC, search("100.0%", "PostgreSQL, two shards"))


def read(name: str) -> dict[str, Any]:
    """What a benchmark wrote."""
    found: dict[str, Any] = json.loads((DOCS / "results" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def tables() -> Iterator[str]:
    """The lines of all tables."""
    loads = sorted(archive["load"] for archive in read("database")["archives"].values())
    load = f"load of {loads[0]:.1f} to {loads[-1]:.1f} on two cores, its own work included"
    for title, quantities in (
        ("Before all: embeddings", encoding()),
        ("A file, searched by FAISS", file_archive()),
        ("A file, searched by codes of 256 bits", coded_archive()),
        (f"PostgreSQL, measured at a {load}", database()),
    ):
        heads = [f"{round(size * 1e6):,}" for size in SIZES]
        yield from ("", f"**{title}**", "", f"| | model | off by | {' | '.join(heads)} |")
        yield "|---|---|---|" + "---|" * len(SIZES)
        yield from (quantity.row() for quantity in quantities)


if __name__ == "__main__":
    page = DOCS / "scale.md"
    text, _, _ = page.read_text(encoding="utf-8").partition(HEADING)
    page.write_text(text + HEADING + "\n".join([*tables(), ""]), encoding="utf-8")
