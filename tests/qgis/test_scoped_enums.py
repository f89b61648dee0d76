"""Every member of an enum of QGIS or Qt is written with its enum: `Qgis.MessageLevel.Info`, never `Qgis.Info`.

QGIS 4 and PyQt6 know no other way; QGIS 3 takes both. tests/test_qt6.py looks at Qt's own enums in PyQt6 itself.
"""

from __future__ import annotations

import ast
import enum
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from qgis.PyQt.QtCore import Qt

from tests.qt6_imports import chain_of, shell_files

REPOSITORY = Path(__file__).resolve().parents[2]
ENUM_TYPES = (enum.EnumMeta, type(Qt.AlignmentFlag))  # those of PyQt5 are no Python enums


def is_enum(value: Any) -> bool:
    return isinstance(value, ENUM_TYPES)


def unscoped(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of every member that is not reached through its enum, and of what QGIS does not have."""
    imported: dict[str, Any] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "qgis":
            module = importlib.import_module(str(node.module))
            imported |= {alias.asname or alias.name: getattr(module, alias.name, None) for alias in node.names}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        name, attributes = chain_of(node)
        owner = imported.get(name)
        for attribute in attributes:
            if not isinstance(owner, type):
                break
            name += f".{attribute}"
            value = getattr(owner, attribute, None)
            if value is None or (is_enum(type(value)) and not is_enum(owner)):
                yield node.lineno, name
            owner = value


def test_every_enum_is_scoped():
    found = []
    for path in shell_files(REPOSITORY).values():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += [f"{path.relative_to(REPOSITORY)}:{line}: {name}" for line, name in unscoped(tree)]
    assert found == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("from qgis.core import QgsTask\nQgsTask.CanCancel", ["QgsTask.CanCancel"]),
        ("from qgis.core import QgsTask\nQgsTask.Flag.CanCancel", []),
        ("from qgis.core import Qgis as Q\nprint(Q.Warning)", ["Q.Warning"]),
        ("from qgis.core import Qgis\nQgis.MessageLevel.Warning.value", []),
        ("from qgis.core import Qgis\nQgis.MessageLevel.Loud", ["Qgis.MessageLevel.Loud"]),
        ("from qgis.PyQt.QtCore import Qt\nQt.AlignLeft", ["Qt.AlignLeft"]),
        ("from qgis.PyQt.QtCore import Qt\nQt.AlignmentFlag.AlignLeft", []),
        ("from qgis.core import QgsProject\nQgsProject.instance().title()", []),
        ("from qgis.core import QgsFields\nQgsFields.OriginJoin", ["QgsFields.OriginJoin"]),
    ],
)
def test_a_planted_enum_is_found(source, names):
    assert [name for _, name in unscoped(ast.parse(source))] == names
