"""Brings resources/i18n up to date with the sentences of the plugin: what `make translations` does.

.venv/bin/python scripts/translations.py

Every `tr("...")` of frors_qgis becomes a message of each frors_<language>.ts, and so does every sentence of the engine,
in a context of its own: translations stay, new sentences are unfinished, those that are gone are dropped. Then Qt's
lrelease makes the .qm files that the plugin loads. For another language make an empty frors_<language>.ts first; any
editor for Qt's .ts files fills it in. The engine's sentences are listed as well, because a .qm cannot be listed and the
plugin has to recognise them.
"""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

from engine_sentences import engine_sentences
from open_qgis import REPOSITORY

FOLDER = REPOSITORY / "resources" / "i18n"
LIST = FOLDER / "engine_sentences.json"


def sentences() -> list[str]:
    """Every sentence that the plugin hands to `tr`, once, in the order of files and lines."""
    found: dict[str, None] = {}
    for path in sorted((REPOSITORY / "frors_qgis").rglob("*.py")):
        for sentence in sentences_of(path):
            found.setdefault(sentence)
    return list(found)


def sentences_of(path: Path) -> Iterator[str]:
    """The sentences of one module; raises ValueError for a `tr` of something that is not a plain text."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr":
            value = node.args[0]
            if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
                raise ValueError(f"{path}:{node.lineno}: tr() needs a plain text, or it cannot be translated.")
            yield value.value


def contexts() -> dict[str, list[str]]:
    """The sentences of each context."""
    return {"frors": sentences(), "engine": list(engine_sentences())}


def read_translations(path: Path) -> dict[str, dict[str, str]]:
    """Sentence to translation, by context; those that are not finished are left out."""
    found: dict[str, dict[str, str]] = {name: {} for name in ("frors", "engine")}
    if not path.read_text(encoding="utf-8").strip():
        return found
    for context in ElementTree.parse(path).iter("context"):  # noqa: S314  our own file
        translations = found.setdefault(context.findtext("name", ""), {})
        for message in context.iter("message"):
            translation = message.find("translation")
            if translation is not None and translation.get("type") is None and translation.text:
                translations[message.findtext("source", "")] = translation.text
    return found


def write_translations(path: Path, translations: dict[str, dict[str, str]]) -> int:
    """Writes the file anew with all sentences; returns how many are not translated."""
    language = path.stem.split("_", 1)[1]
    root = ElementTree.Element("TS", {"version": "2.1", "language": language, "sourcelanguage": "en"})
    unfinished = 0
    for name, wanted in contexts().items():
        context = ElementTree.SubElement(root, "context")
        ElementTree.SubElement(context, "name").text = name
        for sentence in wanted:
            message = ElementTree.SubElement(context, "message")
            ElementTree.SubElement(message, "source").text = sentence
            translation = ElementTree.SubElement(message, "translation")
            if sentence in translations[name]:
                translation.text = translations[name][sentence]
            else:
                translation.set("type", "unfinished")
                unfinished += 1
    ElementTree.indent(root, " ")
    content = ElementTree.tostring(root, "unicode")
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{content}\n', encoding="utf-8")
    return unfinished


def write_list() -> None:
    """Lists the sentences of the engine, one a line, for the plugin to recognise."""
    LIST.write_text(json.dumps(engine_sentences(), indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> int:
    """Returns the exit status."""
    lrelease = shutil.which("lrelease")
    if lrelease is None:
        print("translations: lrelease is missing; on Debian it is in qttools5-dev-tools.", file=sys.stderr)
        return 1
    write_list()
    for path in sorted(FOLDER.glob("*.ts")):
        unfinished = write_translations(path, read_translations(path))
        subprocess.run([lrelease, "-silent", str(path), "-qm", str(path.with_suffix(".qm"))], check=True)
        print(f"{path.name}: {unfinished} sentences are not translated yet")
    return 0


if __name__ == "__main__":
    sys.exit(main())
