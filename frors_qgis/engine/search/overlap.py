"""Keeps the best of chips that lie on top of each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from frors_qgis.engine.archive.records import ChipRecord

MOST_SHARED = 0.2
"""Chips of one raster that share more of the smaller one's area than this are the same place: so are the eight
neighbours of a chip at an overlap of one half, of which the diagonal ones share a quarter."""


def without_overlaps(chips: Iterable[ChipRecord]) -> Iterator[ChipRecord]:
    """The chips, best first, without those that overlap a better one of the same raster."""
    kept: defaultdict[int, list[ChipRecord]] = defaultdict(list)
    for chip in chips:
        if all(shared_area(chip, better) <= MOST_SHARED for better in kept[chip.raster_id]):
            kept[chip.raster_id].append(chip)
            yield chip


def overlaps_any(chip: ChipRecord, others: Sequence[ChipRecord]) -> bool:
    """Whether a chip lies on the place of one of the others."""
    return any(chip.raster_id == other.raster_id and shared_area(chip, other) > MOST_SHARED for other in others)


def shared_area(a: ChipRecord, b: ChipRecord) -> float:
    """Area that two chips of one raster share, as a fraction of the smaller one's."""
    width = min(a.column + a.width, b.column + b.width) - max(a.column, b.column)
    height = min(a.row + a.height, b.row + b.height) - max(a.row, b.row)
    return max(0.0, width) * max(0.0, height) / min(a.width * a.height, b.width * b.height)
