"""What the user has said of one query's matches, and of further boxes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from qgis.PyQt.QtCore import QObject, pyqtSignal

from frors_qgis.shell.match import Match


@dataclass(frozen=True)
class ExampleSet:
    """Chips by their ids, and boxes by their embeddings, each with whether it is right."""

    chips: dict[int, tuple[Match, bool]] = field(default_factory=dict)
    boxes: tuple[tuple[tuple[float, ...], bool], ...] = ()

    def verdicts(self) -> dict[int, bool]:
        """The verdicts of the chips."""
        return {chip: right for chip, (_, right) in self.chips.items()}

    def params(self) -> dict[str, Any]:
        """Parameters of the door method `search`."""
        params: dict[str, Any] = {}
        for name, wanted in (("positive", True), ("negative", False)):
            params[name] = [chip for chip, right in self.verdicts().items() if right is wanted]
            params[f"{name}_boxes"] = [list(vector) for vector, right in self.boxes if right is wanted]
        return {name: values for name, values in params.items() if values}


class Examples(QObject):
    """Right and wrong examples of one query; each change can be undone. Signal `changed()`."""

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = ExampleSet()
        self._earlier: list[ExampleSet] = []

    def begin(self, examples: ExampleSet | None = None) -> None:
        """Forgets everything without a word: there is another query, which may come with examples."""
        self._state = examples or ExampleSet()
        self._earlier.clear()

    def mark(self, match: Match, right: bool | None) -> None:
        """Marks a match as right or wrong; None takes its mark away."""
        if self.verdict(match.chip) is right:
            return
        chips = {chip: marked for chip, marked in self._state.chips.items() if chip != match.chip}
        if right is not None:
            chips[match.chip] = (match, right)
        self._change(ExampleSet(chips, self._state.boxes))

    def add_box(self, embedding: tuple[float, ...], right: bool) -> None:
        """Takes a box as an example."""
        self._change(ExampleSet(self._state.chips, (*self._state.boxes, (embedding, right))))

    def clear(self) -> None:
        """Takes all examples away."""
        if len(self):
            self._change(ExampleSet())

    def undo(self) -> None:
        """Takes the last change back."""
        if self._earlier:
            self._state = self._earlier.pop()
            self.changed.emit()

    def __len__(self) -> int:
        return len(self._state.chips) + len(self._state.boxes)

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._earlier)

    def count(self, right: bool) -> int:
        """How many are right, or wrong."""
        verdicts = [verdict for _, verdict in (*self._state.chips.values(), *self._state.boxes)]
        return verdicts.count(right)

    def verdict(self, chip: int) -> bool | None:
        """Whether a chip is marked right (True) or wrong (False)."""
        marked = self._state.chips.get(chip)
        return None if marked is None else marked[1]

    def verdicts(self) -> dict[int, bool]:
        """The verdicts of all marked chips."""
        return self._state.verdicts()

    def matches(self) -> list[Match]:
        """The matches that are marked, as they were then, in the order of marking."""
        return [match for match, _ in self._state.chips.values()]

    def params(self) -> dict[str, Any]:
        """Parameters of the door method `search`."""
        return self._state.params()

    def _change(self, state: ExampleSet) -> None:
        self._earlier.append(self._state)
        self._state = state
        self.changed.emit()
