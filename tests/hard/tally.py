"""What the hard tests have counted so far, in one JSON file that is written anew as they go."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

_WRITE_SECONDS = 2.0
_MOST_FAULTS_KEPT = 50


class Tally:
    """The counts of one run, by part. Several threads may count."""

    def __init__(self, path: Path, **facts: Any) -> None:
        self.path = path
        self._facts = facts
        self._guard = threading.RLock()
        self._start = time.monotonic()
        self._written = 0.0
        self._parts: dict[str, Part] = {}
        path.parent.mkdir(parents=True, exist_ok=True)

    def part(self, name: str) -> Part:
        """The counts of a part of the suite."""
        with self._guard:
            return self._parts.setdefault(name, Part(self))

    @property
    def faults(self) -> int:
        """Of all parts."""
        return sum(part.counts["faults"] for part in self._parts.values())

    @property
    def injected(self) -> int:
        """Hostile inputs, kills and power cuts of all parts."""
        return sum(part.counts[what] for part in self._parts.values() for what in ("inputs", "kills", "cuts"))

    def write(self, *, at_once: bool = False) -> None:
        """Writes the file, at most every two seconds unless at once; a reader never sees half of it."""
        with self._guard:
            now = time.monotonic()
            if not at_once and now - self._written < _WRITE_SECONDS:
                return
            self._written = now
            seconds = {"seconds": round(now - self._start, 1), "faults injected": self.injected, "faults": self.faults}
            content = self._facts | seconds | {"parts": {name: part.as_json() for name, part in self._parts.items()}}
            draft = self.path.with_name(f"{self.path.name}.part")
            draft.write_text(json.dumps(content, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")
            os.replace(draft, self.path)


class Part:
    """The counts of one part: `counts`, the `most` that was measured of something, and what went wrong."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._guard = threading.Lock()
        self.counts: Counter[str] = Counter({"faults": 0, "crashes": 0})
        self.answers: Counter[str] = Counter()
        self.most: dict[str, float] = {}
        self.faults: list[str] = []

    def add(self, **counts: int) -> None:
        """Adds to counts; underscores in their names stand for spaces."""
        with self._guard:
            self.counts.update({name.replace("_", " "): int(count) for name, count in counts.items()})
        self._tally.write()

    def answer(self, code: str) -> None:
        """Counts one answer."""
        with self._guard:
            self.answers[code] += 1

    def measure(self, **values: float) -> None:
        """Keeps the most of each value."""
        with self._guard:
            for name, value in values.items():
                name = name.replace("_", " ")
                self.most[name] = round(max(value, self.most.get(name, value)), 3)

    def fault(self, text: str, kind: str = "faults") -> None:
        """Counts something that must not be, by its kind as well; the first ones are kept with their text."""
        with self._guard:
            self.counts["faults"] += 1
            if kind != "faults":
                self.counts[kind] += 1
            if len(self.faults) < _MOST_FAULTS_KEPT:
                self.faults.append(text[:2000])
        print(f"FAULT: {text[:600]}", flush=True)
        self._tally.write(at_once=True)

    def as_json(self) -> dict[str, Any]:
        with self._guard:
            return {
                **dict(self.counts),
                "answers": dict(self.answers.most_common()),
                "most": dict(self.most),
                "first faults": list(self.faults),
            }
