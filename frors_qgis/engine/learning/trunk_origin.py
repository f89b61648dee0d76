"""The checkpoint whose trunk a training starts from, and what that has learnt already. Does not import torch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_MOST_NAMES = 5


@dataclass(frozen=True)
class TrunkOrigin:
    """name, sha256: of the checkpoint's file; classes: what it learnt, "dataset/class" if of several datasets."""

    name: str
    sha256: str
    classes: tuple[str, ...]

    @property
    def learnt_from(self) -> str:
        """What its classes say that it learnt from, in a few words."""
        if not self.classes:
            return "classes that its file does not name"
        found = [*self._datasets(), *([f"the classes {_listing(self._plain())}"] if self._plain() else [])]
        return ", ".join(found)

    def known(self, datasets: Iterable[str], labels: Iterable[str]) -> str | None:
        """What of these datasets and classes it has learnt from already, as far as names tell; None for nothing.

        datasets: names of their folders; labels: of the images to train on, "dataset/class" if of several datasets.
        """
        there = {name.casefold() for name in self._datasets()}
        found = [name for name in datasets if name.casefold() in there]
        plain = {label.rpartition("/")[2] for label in labels} & set(self._plain())
        return ", ".join([*found, *([f"classes called {_listing(sorted(plain))}"] if plain else [])]) or None

    def _datasets(self) -> list[str]:
        return sorted({name.partition("/")[0] for name in self.classes if "/" in name})

    def _plain(self) -> list[str]:
        return [name for name in self.classes if "/" not in name]


def _listing(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMES]) + (", ..." if len(names) > _MOST_NAMES else "")
