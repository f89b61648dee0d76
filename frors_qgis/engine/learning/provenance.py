"""What the encoder of a checkpoint has learnt from, as far as its file says. Does not import torch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_MOST_NAMES = 5


@dataclass(frozen=True)
class Provenance:
    """name, sha256: of the checkpoint; classes: what it learnt, "dataset/class" if of several datasets."""

    name: str
    sha256: str
    classes: tuple[str, ...]

    @property
    def learnt_from(self) -> str:
        """What its classes say that it learnt from, in a few words."""
        if not self.classes:
            return "classes that its file does not name"
        plain = [name for name in self.classes if "/" not in name]
        return ", ".join([*self._datasets(), *([f"the classes {_listing(plain)}"] if plain else [])])

    def known(self, datasets: Sequence[str], labels: Iterable[str]) -> str | None:
        """What of these datasets and classes it has learnt from already, as far as names tell; None for nothing.

        datasets: names of their folders; labels: of their images, "dataset/class" or, of the first dataset, "class".
        Classes of a dataset that is known itself are not listed.
        """
        found = [name for name in datasets if self._has_dataset(name)]
        learnt = {name.rpartition("/")[2].casefold() for name in self.classes}
        others = {label.rpartition("/")[::2] for label in labels}
        alike = {name for of, name in others if (of or datasets[0]) not in found and name.casefold() in learnt}
        return ", ".join([*found, *([f"classes called {_listing(sorted(alike))}"] if alike else [])]) or None

    def _datasets(self) -> list[str]:
        return sorted({name.partition("/")[0] for name in self.classes if "/" in name})

    def _has_dataset(self, folder: str) -> bool:
        """Whether a folder's name is a dataset's or begins with it as a word: "UCMerced_LandUse" is "ucmerced"."""
        no_letter = r"(?![^\W\d_])"
        return any(re.match(re.escape(name) + no_letter, folder, re.IGNORECASE) for name in self._datasets())


def _listing(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMES]) + (", ..." if len(names) > _MOST_NAMES else "")
