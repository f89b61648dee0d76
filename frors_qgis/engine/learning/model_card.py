"""The text beside a checkpoint that says what it was made from, how, and how well it does. Does not import torch."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from frors_qgis.engine.learning.dataset import LabelledImage
from frors_qgis.engine.learning.provenance import Provenance
from frors_qgis.engine.learning.recipe import Recipe

_METHODS = {
    "frors": "FRORS, a re-implementation after the abstract of Mao et al. (IEEE JSTARS 18, 7406-7419, 2025): GeM of "
    "the last stage, a Gram vector and local prototypes, joined in one embedding",
    "triplet": "Triplet network after Cao et al. (arXiv 1902.05818): GeM of the last stage and a projection",
    "softmax-triplet": "softmax and triplet losses together on GeM of the last stage and a projection",
    "softmax": "normalised softmax on GeM of the last stage and a projection",
}
_LICENCES_MISSING = (
    "not stated; say under which terms the images may be used, with `--licence TEXT`, before sharing this"
)


@dataclass(frozen=True)
class ModelCard:
    """What a card says.

    name, sha256: of the checkpoint; datasets: names of their folders; images: those learnt from; protocol: what was
    kept apart and how, by name; validation: figures of this file on the images kept apart, by name; notes: sentences;
    records: one per epoch, see `RunFolder.metrics`; command: the line that made it.
    """

    name: str
    sha256: str
    recipe: Recipe
    trunk: Provenance
    datasets: Sequence[str]
    images: Sequence[LabelledImage]
    licences: Sequence[str]
    protocol: dict[str, Any]
    validation: Mapping[str, float]
    notes: Sequence[str]
    records: Sequence[dict[str, Any]]
    command: str

    def text(self) -> str:
        """The card as Markdown."""
        counts = Counter(image.label for image in self.images)
        sections = {
            "Encoder": [
                f"- method: {_METHODS[self.recipe.encoder]}",
                f"- trunk: ResNet-50; all four stages start from {self.trunk.name} (sha-256 `{self.trunk.sha256}`), "
                f"which learnt from {self.trunk.learnt_from}; the first three stay as they are there",
                "- gives: a unit vector for any window of an image seen from above, to be compared by inner product",
                f"- sha-256: `{self.sha256}`",
            ],
            "Data": [
                f"- datasets: {', '.join(self.datasets)}",
                f"- {len(self.images):,} images of {len(counts)} classes to learn from:",
                "",
                *_table("class", "images", sorted(counts.items())),
            ],
            "Licences": [
                *(f"- {licence}" for licence in self.licences or (_LICENCES_MISSING,)),
                f"- of what the trunk learnt before: see the card of {self.trunk.name}",
            ],
            "Protocol": [f"- {name}: {value}" for name, value in self.protocol.items()],
            "Figures": self._figures(),
            "Notes": [f"- {note}" for note in self.notes],
            "Recipe": ["```json", json.dumps(self.recipe.as_json(), indent=2), "```"],
            "Command": ["```", self.command, "```"],
        }
        parts = [f"# {self.name}"]
        parts += ["\n".join([f"## {heading}", "", *lines]) for heading, lines in sections.items() if lines]
        return "\n\n".join(parts) + "\n"

    def _figures(self) -> list[str]:
        last = self.records[-1] if self.records else {}
        training: dict[str, float] = {name: last[name] for name in ("loss", "active triplets") if name in last}
        lines = []
        if self.validation:
            lines += [
                "Of this file; each validation image searched among the others:",
                "",
                *_figure_table(self.validation),
            ]
        if self.validation and training:
            lines.append("")
        if training:
            kept = ", before the weights went back towards their start" if self.recipe.kept else ""
            lines += [f"Of training, after epoch {last['epoch']}{kept}:", "", *_figure_table(training)]
        return lines or ["None were taken: the head was fitted in closed form, without validation images."]


def _figure_table(figures: Mapping[str, float]) -> list[str]:
    return _table("figure", "", ((name, f"{value:.4f}") for name, value in figures.items()))


def _table(left: str, right: str, rows: Iterable[tuple[str, Any]]) -> list[str]:
    """A Markdown table of two columns."""
    cells = [(name.replace("|", r"\|"), value) for name, value in rows]
    return [f"| {left} | {right} |", "|---|---|", *(f"| {name} | {value} |" for name, value in cells)]
