"""The picture of a benchmark: bars, each with its value, and a mark where the target is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

_BLUE, _ORANGE = "#0072B2", "#D55E00"


@dataclass(frozen=True)
class Bar:
    """A figure and, where there is one, its target in the same unit."""

    label: str
    value: float
    target: float | None = None


def draw_bars(path: Path, title: str, unit: str, bars: Sequence[Bar]) -> None:
    """Writes a PNG, the first bar on top; the scale is logarithmic where values differ by more than 30 times."""
    figure = Figure(figsize=(7.5, 1.1 + 0.34 * len(bars)), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    rows = range(len(bars))
    axes.barh(rows, [bar.value for bar in bars], height=0.65, color=_BLUE)
    wanted = [(row, bar.target) for row, bar in enumerate(bars) if bar.target is not None]
    if wanted:
        places, targets = zip(*wanted, strict=True)
        axes.plot(targets, places, "|", color=_ORANGE, markersize=16, markeredgewidth=3, label="target")
        axes.legend(loc="lower right", frameon=False, fontsize=8)
    for row, bar in enumerate(bars):
        axes.annotate(
            f"{bar.value:,.3g}", (bar.value, row), (4, 0), textcoords="offset points", va="center", fontsize=8
        )
    values = [bar.value for bar in bars if bar.value > 0]
    if values and max(values) > 30 * min(values):
        axes.set_xscale("log")
    axes.margins(x=0.12)
    axes.set_yticks(rows, [bar.label for bar in bars], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel(unit, fontsize=8)
    axes.set_title(title, loc="left", fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
