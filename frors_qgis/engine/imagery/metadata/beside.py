"""Files beside a raster that tell of it: only plain files of this computer are read, and only of bounded size."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from osgeo import gdal

from frors_qgis.engine.imagery.gdal_errors import gdal_errors
from frors_qgis.protocol import EngineError, ErrorCode

_MOST_BYTES = 4 << 20
_MOST_ELEMENTS = 100_000


def local_path(name: str) -> Path | None:
    """The path of a raster that is a plain file; None for GDAL's virtual names, which may lie on the network."""
    return Path(name) if not name.startswith("/vsi") and os.path.isfile(name) else None


def read_text(path: Path) -> str | None:
    """The content of a file; None where there is none that can be read as UTF-8, of at most 4 MiB."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would never end
            return None
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        return content.decode("utf-8-sig") if len(content) <= _MOST_BYTES else None
    except (OSError, ValueError):
        return None


def assignments(text: str) -> dict[str, str]:
    """The lines "key = value" of a text, the first of each key, without quotes and braces round the values."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, sign, value = line.partition("=")
        if sign:
            found.setdefault(name.strip(), value.strip().strip('"{}').strip())
    return found


def number_in(text: str | None) -> float | None:
    """The number that a text is; None where it is none."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def read_json(path: Path) -> dict[str, Any] | None:
    """The object in a JSON file; None where there is none."""
    text = read_text(path)
    try:
        found = None if text is None else json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def read_xml(path: Path) -> dict[str, str]:
    """The text of the first element of each name in an XML file, without namespaces; nothing where there is none.

    GDAL's parser knows no entities but the five of XML and opens no other file.
    """
    text = read_text(path)
    if text is None or "\0" in text:
        return {}
    try:
        with gdal_errors(ErrorCode.RASTER_UNREADABLE, "The XML file cannot be read."):
            tree = gdal.ParseXMLString(text)
    except EngineError:
        return {}
    texts: dict[str, str] = {}
    for name, content in _elements(tree):
        texts.setdefault(name, content)
    return texts


def _elements(tree: Any) -> Iterator[tuple[str, str]]:
    """Name and own text of every element, in the order of the file."""
    waiting = [] if tree is None else [tree]
    for _ in range(_MOST_ELEMENTS):
        if not waiting:
            return
        kind, value, *children = waiting.pop()
        if kind == gdal.CXT_Element:
            words = [child[1] for child in children if child[0] == gdal.CXT_Text]
            yield value.rpartition(":")[2], " ".join(words).strip()
            waiting += reversed(children)
