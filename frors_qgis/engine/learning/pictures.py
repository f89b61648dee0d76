"""Pictures of evaluations and trainings, drawn with matplotlib, which is loaded when the first one is drawn.

Needs no display.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from frors_qgis.protocol import EngineError, ErrorCode

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BLUE, _ORANGE = "#0072B2", "#E69F00"
"""Of Okabe and Ito's palette, which people with any colour vision tell apart."""

_PALETTE = (_ORANGE, "#009E73", _BLUE, "#CC79A7", "#D55E00")

_DPI = 120


def require_matplotlib() -> None:
    """Raises EngineError(ENGINE_MISSING) where matplotlib is not installed or cannot be loaded."""
    try:
        import matplotlib.backends.backend_agg  # noqa: F401
    except ImportError as error:
        raise EngineError(
            ErrorCode.ENGINE_MISSING,
            "Pictures need matplotlib, which this Python lacks; run `pip install -r requirements-learning.txt`.",
        ) from error


def draw_classes(path: Path, per_class: dict[str, dict[str, float]], means: dict[str, float], title: str) -> None:
    """Writes a PNG with one bar per class, best on top: mAP as the bar, mAP@10 as a dot, their means as lines.

    per_class: see `RetrievalReport.per_class`; means: mAP and mAP@10 over all queries.
    """
    names = sorted(per_class, key=lambda name: (-per_class[name]["mAP"], name))
    rows = np.arange(len(names))
    bars, dots = ([per_class[name][figure] for name in names] for figure in ("mAP", "mAP@10"))
    drawing, axes = _drawing(6.5, 0.24 * len(names))
    axes.barh(rows, bars, height=0.72, color=_BLUE, label=f"mAP, mean {means['mAP']:.3f} (dashed)")
    label = f"mAP@10, mean {means['mAP@10']:.3f} (dotted)"
    axes.plot(dots, rows, "o", color=_ORANGE, markeredgecolor="black", markersize=6, zorder=4, label=label)
    axes.axvline(means["mAP"], color="black", linestyle="--", linewidth=1, zorder=3)
    axes.axvline(means["mAP@10"], color="black", linestyle=":", linewidth=1.3, zorder=3)
    beside = axes.get_yaxis_transform()
    for x, heading in ((1.08, "mAP"), (1.18, "mAP@10")):
        axes.text(x, -0.8, heading, transform=beside, ha="right", va="bottom", fontsize=8)
        for row, name in enumerate(names):
            value = f"{per_class[name][heading]:.3f}"
            axes.text(x, row, value, transform=beside, ha="right", va="center", fontsize=8)
    axes.set_yticks(rows, [_plain(name) for name in names], fontsize=9)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(0, 1.01)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(_plain(title), loc="left", fontsize=9, pad=18)
    axes.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        bbox_transform=axes.transAxes,
        borderaxespad=3,
        ncols=2,
        fontsize=9,
        frameon=False,
    )
    _write(drawing, path)


def draw_confusion(path: Path, classes: tuple[str, ...], confusion: NDArray[np.int64], title: str) -> None:
    """Writes a PNG of a confusion matrix [C, C]: each cell's share of the queries of its row, in per cent.

    The colours follow the square root of the share, so that rare confusions are seen beside a full diagonal.
    """
    count = len(classes)
    shares = 100 * confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    side = max(3.0, 0.3 * count)
    drawing, axes = _drawing(side, side)
    from matplotlib.colors import PowerNorm

    picture = axes.imshow(shares, cmap="Blues", norm=PowerNorm(0.5, 0, 100))
    for row, column in np.argwhere(confusion):
        share = shares[row, column]
        text = "<1" if share < 1 else f"{share:.0f}"
        axes.text(column, row, text, ha="center", va="center", fontsize=7, color="white" if share > 30 else "black")
    names = [_plain(name) for name in classes]
    axes.set_xticks(range(count), names, rotation=90, fontsize=8)
    axes.set_yticks(range(count), names, fontsize=8)
    axes.set_xticks(np.arange(1, count) - 0.5, minor=True)
    axes.set_yticks(np.arange(1, count) - 0.5, minor=True)
    axes.grid(which="minor", color="#cccccc", linewidth=0.4)
    axes.tick_params(which="minor", length=0)
    axes.set_xlabel("class of the best match")
    axes.set_ylabel("class of the query")
    axes.set_title(_plain(title), loc="left", fontsize=9)
    scale = axes.inset_axes((1 + 0.15 / side, 0, 0.15 / side, 3.0 / side))
    drawing.colorbar(picture, cax=scale, label="% of the row's queries", ticks=(0, 1, 5, 10, 25, 50, 100))
    _write(drawing, path)


def draw_curve(path: Path, records: list[dict[str, Any]], title: str) -> None:
    """Writes a PNG of a training: the loss of each epoch above; shares and validation figures, 0 to 1, below.

    records: one per epoch, with "epoch", "loss" and any of "active triplets" and "validation" (figures by name).
    """
    epochs = [record["epoch"] for record in records]
    drawing, above = _drawing(6.5, 2.2)
    above.plot(epochs, [record["loss"] for record in records], "o-", color=_BLUE, markersize=4)
    above.set_ylim(bottom=0)
    above.set_ylabel("loss")
    above.set_title(_plain(title), loc="left", fontsize=9)
    axes = [above]
    lines = {"active triplets": [record.get("active triplets") for record in records]}
    for name in records[-1].get("validation", {}):
        lines[f"validation {name}"] = [record.get("validation", {}).get(name) for record in records]
    lines = {name: values for name, values in lines.items() if any(value is not None for value in values)}
    if lines:
        below = drawing.add_axes((0, -1.15, 1, 1))
        for (name, values), colour in zip(lines.items(), _PALETTE, strict=False):
            numbers = [np.nan if value is None else value for value in values]
            last = next(value for value in reversed(values) if value is not None)
            below.plot(epochs, numbers, "o-", color=colour, markersize=4, label=f"{name}, now {last:.3f}")
        below.set_ylim(0, 1.02)
        below.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=2, fontsize=9, frameon=False)
        axes.append(below)
    for part in axes:
        part.set_xlim(0.5, max(epochs) + 0.5)
        part.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        part.grid(color="#dddddd", linewidth=0.6)
        part.set_axisbelow(True)
        part.spines[["top", "right"]].set_visible(False)
    axes[-1].set_xlabel("epoch")
    _write(drawing, path)


def _drawing(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure and its axes, whose inside measures width x height inches; what stands round it is added on writing."""
    require_matplotlib()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=_DPI)
    FigureCanvasAgg(figure)
    return figure, figure.add_axes((0, 0, 1, 1))


def _write(figure: Figure, path: Path) -> None:
    figure.savefig(path, format="png", bbox_inches="tight", pad_inches=0.15)


def _plain(text: str) -> str:
    """A text of which matplotlib reads no part as a formula."""
    return text.replace("$", r"\$")
