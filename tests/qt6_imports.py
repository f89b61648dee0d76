"""What of the plugin does not fit Qt 6: every module but those of the engine, imported with PyQt6 and read through.

python tests/qt6_imports.py FOLDER      FOLDER holds frors_qgis; prints one sentence per finding, last how many modules
python tests/qt6_imports.py --names     prints the names of all methods of PyQt5 that QGIS does not use for its own

`qgis` is stubbed: qgis.PyQt is PyQt6, everything else in it is a class that can do anything. Run in a process of its
own, because PyQt5 and PyQt6 must not meet. tests/qgis/test_scoped_enums.py looks at the enums of QGIS itself.
"""

from __future__ import annotations

import ast
import importlib
import sys
import types
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

PACKAGE = "frors_qgis"
QT_MODULES = ("QtCore", "QtGui", "QtNetwork", "QtPrintSupport", "QtSvg", "QtWidgets", "QtXml")


class StubType(type):
    """The class of stubs: whatever is asked of one is another, and two of them can be combined like flags."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return StubType(name, (Stub,), {})

    def __or__(cls, other: Any) -> Any:  # type: ignore[override]
        return cls

    __and__ = __ror__ = __or__


class Stub(metaclass=StubType):
    """Stands for any class or enum of QGIS."""

    def __init__(self, *arguments: Any, **named: Any) -> None: ...

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Stub()

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return Stub()


class StubModule(types.ModuleType):
    """A module of QGIS, with whatever is asked of it."""

    __path__: Sequence[str] = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return StubType(name, (Stub,), {})


class QgisOnQt6(MetaPathFinder, Loader):
    """Finds qgis.PyQt in PyQt6 and the rest of qgis nowhere; PyQt5 cannot be found at all."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        """Takes what is below qgis and what must not be imported."""
        top = name.split(".")[0]
        return ModuleSpec(name, self, is_package=True) if top in ("qgis", "processing", "PyQt5", "sip") else None

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        """PyQt6's module for one of qgis.PyQt, a stub for another of QGIS."""
        parts = spec.name.split(".")
        if parts[0] in ("PyQt5", "sip"):
            raise ImportError(f"{spec.name} belongs to Qt 5; use qgis.PyQt")
        if parts[:2] != ["qgis", "PyQt"]:
            return StubModule(spec.name)
        module = types.ModuleType(spec.name)
        module.__dict__.update(vars(importlib.import_module(".".join(["PyQt6", *parts[2:]]))))
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing more to be done."""


def shell_files(folder: Path) -> dict[str, Path]:
    """Every module of the plugin but those of the engine, by its dotted name."""
    found = {}
    for path in sorted((folder / PACKAGE).rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        if parts[1] != "engine":
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def chain_of(node: ast.Attribute) -> tuple[str, list[str]]:
    """The name that a chain of attributes starts with, empty when it starts with something else, and the attributes."""
    attributes: list[str] = []
    current: ast.expr = node
    while isinstance(current, ast.Attribute):
        attributes.insert(0, current.attr)
        current = current.value
    return (current.id if isinstance(current, ast.Name) else ""), attributes


def missing_from(qt: dict[str, Any], node: ast.Attribute) -> str:
    """What of `Class.Enum.Member` or `Class.method` PyQt6 does not have; empty when it has all."""
    name, attributes = chain_of(node)
    current = qt.get(name)
    known = name
    for attribute in attributes:
        if not isinstance(current, type):
            return ""
        known += f".{attribute}"
        if not hasattr(current, attribute):
            return known
        current = getattr(current, attribute)
    return ""


def imported_from_qt(tree: ast.AST) -> dict[str, Any]:
    """What a module imports from qgis.PyQt, by the name that it has there."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("qgis.PyQt"):
            module = importlib.import_module(str(node.module))
            found |= {alias.asname or alias.name: getattr(module, alias.name, None) for alias in node.names}
    return found


def methods_of(binding: str, modules: Sequence[str], *, inherited: bool = True) -> set[str]:
    """The names of all methods of the classes of PyQt5, PyQt6 or qgis."""
    found: set[str] = set()
    for name in modules:
        try:
            module = importlib.import_module(f"{binding}.{name}")
        except ImportError:
            continue
        for value in vars(module).values():
            if isinstance(value, type):
                names = dir(value) if inherited else vars(value)
                found.update(key for key in names if callable(getattr(value, key, None)))
    return found


def removed_uses(tree: ast.AST, qt: dict[str, Any], removed: set[str]) -> Iterator[tuple[int, str]]:
    """Line and sentence for everything in a module that Qt 6 has not; `removed` are names of methods."""
    own = {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    imported = {
        alias.asname or alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("qgis.PyQt"):
            for alias in node.names:
                if qt.get(alias.asname or alias.name) is None:
                    yield node.lineno, f"PyQt6 has no {alias.name} in {node.module}"
        elif isinstance(node, ast.Attribute):
            if missing := missing_from(qt, node):
                yield node.lineno, f"PyQt6 has no {missing}"
            elif node.attr in removed - own and id(node) in called and chain_of(node)[0] not in imported | set(qt):
                yield node.lineno, f"{node.attr} is in no class of PyQt6"
        elif isinstance(node, ast.FunctionDef) and node.name == "exec_":
            yield node.lineno, "exec_ is called exec in PyQt6"
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute):
            if node.value.attr == "activated" and ast.unparse(node.slice) == "str":
                yield node.lineno, "activated[str] is textActivated in Qt 6"
        elif isinstance(node, ast.Call):
            yield from ((node.lineno, sentence) for sentence in fragile_call(node))


def fragile_call(node: ast.Call) -> Iterator[str]:
    """Sentences on a call that PyQt6 takes otherwise than PyQt5."""
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name == "QVariant":
        yield "QVariant() makes no NULL with Qt 6; use qgis.core.NULL"
    if name == "QDateTime" and (len(node.args) >= 7 or (len(node.args) == 1 and "QDate(" in ast.unparse(node.args[0]))):
        yield "QDateTime is made of a QDate and a QTime in Qt 6"
    if name == "addAction" and len(node.args) >= 4:
        yield "addAction takes its arguments in another order in Qt 6"
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Call):
        owner = function.value.func
        owner_name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
        if name == "width" and owner_name in ("fontMetrics", "QFontMetrics", "QFontMetricsF"):
            yield f"{owner_name}().width() is called horizontalAdvance() in Qt 6"


def findings(folder: Path, qt5_names: set[str]) -> Iterator[str]:
    """One sentence for everything in the plugin below `folder` that does not fit Qt 6."""
    removed = (qt5_names - methods_of("PyQt6", QT_MODULES)) | {"exec_"}  # QGIS 3 has it for its own dialogs, too
    for module, path in shell_files(folder).items():
        where = path.relative_to(folder)
        try:
            importlib.import_module(module)
        except Exception as error:
            yield f"{where}: cannot be imported with PyQt6: {type(error).__name__}: {error}"
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for line, sentence in sorted(set(removed_uses(tree, imported_from_qt(tree), removed))):
            yield f"{where}:{line}: {sentence}"


def main(arguments: list[str]) -> int:
    """Command line; reads the names of PyQt5's methods from the standard input. Returns the exit status."""
    if arguments == ["--names"]:
        names = methods_of("PyQt5", QT_MODULES) - methods_of("qgis", ("core", "gui"), inherited=False)
        print(*sorted(names), sep="\n")
        return 0
    folder = Path(arguments[0]).resolve()
    sys.path[:] = [str(folder), *(entry for entry in sys.path if Path(entry).resolve() != Path(__file__).parent)]
    sys.meta_path.insert(0, QgisOnQt6())
    found = list(findings(folder, set(sys.stdin.read().split())))
    print(*found, sep="\n")
    print(len(shell_files(folder)))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
