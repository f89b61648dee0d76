"""What the engine says to people, in the language of QGIS.

The engine knows of no language; its sentences are recognised by the templates of `make translations`.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication

from frors_qgis.resources import resource_path

_DEEPEST = 3
_SPOKEN = {"message", "note", "notes", "reason", "warnings"}
"""Names under which sentences stand in the engine's answers."""


def in_users_language(sentence: str) -> str:
    """The sentence in the language of QGIS, its values as they are; as it is where it is not known or translated."""
    return _translated(sentence, _DEEPEST)


def answer_in_users_language(answer: Any) -> Any:
    """An answer of the engine with the sentences in it in the language of QGIS."""
    if isinstance(answer, dict):
        return {
            name: _spoken(value) if name in _SPOKEN else answer_in_users_language(value)
            for name, value in answer.items()
        }
    if isinstance(answer, list):
        return [answer_in_users_language(value) for value in answer]
    return answer


class _Template:
    """A sentence of the engine with {0}, {1}, ... where it puts values in, at least one."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pieces = re.split(r"\{\d+\}", text)
        self.letters = sum(map(len, self.pieces))

    def values_in(self, sentence: str) -> list[str] | None:
        """What stands where the values are, each as short as it can be; None where the sentence is another one."""
        first, *between, last = self.pieces
        start, end = len(first), len(sentence) - len(last)
        if end < start or not sentence.startswith(first) or not sentence.endswith(last):
            return None
        values = []
        for piece in between:
            found = sentence.find(piece, start, end)
            if found < 0:
                return None
            values.append(sentence[start:found])
            start = found + len(piece)
        return [*values, sentence[start:end]]


@lru_cache(maxsize=1)
def _templates() -> tuple[set[str], list[_Template]]:
    """The sentences without values, and the templates of the others, those of the most letters first."""
    try:
        texts = json.loads(resource_path("i18n", "engine_sentences.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):  # a plugin that is laid out badly speaks English
        texts = []
    templates = [_Template(text) for text in texts if "{0}" in text]
    return set(texts), sorted(templates, key=lambda template: -template.letters)


def _translated(sentence: str, depth: int) -> str:
    plain, templates = _templates()
    if sentence in plain:
        return QCoreApplication.translate("engine", sentence)
    for template in templates:
        values = template.values_in(sentence)
        if values is not None:
            translation = QCoreApplication.translate("engine", template.text)
            return sentence if translation == template.text else _filled(translation, values, depth)
    return sentence


def _filled(translation: str, values: list[str], depth: int) -> str:
    # A single word is a name, even where it is one of the engine's words too.
    said = [_translated(value, depth - 1) if depth > 1 and " " in value else value for value in values]
    return re.sub(
        r"\{(\d+)\}", lambda field: said[int(field[1])] if int(field[1]) < len(said) else field[0], translation
    )


def _spoken(value: Any) -> Any:
    if isinstance(value, str):
        return in_users_language(value)
    return [_spoken(one) for one in value] if isinstance(value, list) else value
