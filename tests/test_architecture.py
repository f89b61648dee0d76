"""The arrows between the rooms (the section Rooms of the design), read from the imports of every module."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = "frors_qgis"

LEAVES = {"location", "protocol", "resources", "version"}  # single modules that anybody may read; standard library only
ENGINE_ROOMS = ("acquisition", "imagery", "encoders", "archive", "indexing", "search", "learning", "exchange")
# Room -> rooms that it may import, besides itself. A room is a folder or a module of the package; "engine" here means
# the modules that stand directly in the engine's folder and tie its rooms together.
ARROWS = {
    "": {"plugin"},
    "plugin": {"shell", "processing", "client"} | LEAVES,
    "shell": {"installation", "client"} | LEAVES,
    "processing": {"client"} | LEAVES,
    "installation": {"client"} | LEAVES,
    "client": LEAVES,
    "location": {"protocol"},
    "protocol": set(),
    "resources": set(),
    "version": set(),
    "engine": LEAVES | {f"engine.{room}" for room in ENGINE_ROOMS},
    "engine.acquisition": LEAVES,  # with the standard library only, below
    "engine.imagery": LEAVES | {"engine.acquisition"},
    "engine.encoders": LEAVES,
    "engine.archive": LEAVES | {"engine.acquisition"},
    "engine.indexing": LEAVES | {"engine.acquisition", "engine.imagery", "engine.encoders", "engine.archive"},
    "engine.search": LEAVES | {"engine.acquisition", "engine.archive"},
    "engine.exchange": LEAVES | {"engine.acquisition", "engine.imagery", "engine.archive"},
    "engine.learning": LEAVES | {"engine.imagery", "engine.encoders"},
}
PLAIN = LEAVES | {"engine.acquisition"}  # rooms that need nothing but the standard library
TORCH = {"torch", "torchvision"}
QGIS = {"qgis", "PyQt5", "PyQt6", "sip", "processing"}
# Room -> packages that must not be imported, neither by it nor by what it imports.
BANNED = dict.fromkeys(ARROWS, TORCH | {"faiss"})
BANNED |= {room: QGIS for room in ARROWS if room.startswith("engine")}
BANNED |= {room: QGIS | TORCH for room in ("engine.archive", "engine.search", "engine.exchange")}


def room_of(module: str) -> str:
    """The room of a module of the package, for example "engine.archive"."""
    parts = module.split(".")[1:]
    if parts[:1] == ["engine"]:
        room = ".".join(parts[:2])
        return room if room in ARROWS else "engine"
    return parts[0] if parts else ""


def module_files(root: Path) -> dict[str, Path]:
    """Every module of the package below `root`, by its dotted name."""
    files = {}
    for path in sorted((root / PACKAGE).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return files


def imported_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything that is imported anywhere in a module, also inside functions and by text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and node.args:
            function, argument = node.func, node.args[0]
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            by_text = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            if name in ("import_module", "__import__") and by_text:
                yield node.lineno, argument.value


def loaded_at_once(statements: Iterable[ast.AST]) -> Iterator[str]:
    """Modules that are loaded when a module is imported: not those inside functions or `if TYPE_CHECKING`."""
    for node in statements:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from loaded_at_once(node.orelse)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from loaded_at_once(ast.iter_child_nodes(node))


def violations(root: Path) -> list[str]:
    """One sentence for every import below `root` that goes against the design."""
    files = module_files(root)
    trees = {module: ast.parse(path.read_text(encoding="utf-8")) for module, path in files.items()}
    found = []
    ours: dict[str, set[str]] = {}  # module -> modules of the package that it loads
    foreign: dict[str, set[str]] = {}  # module -> top names of other packages that it imports
    for module, tree in trees.items():
        room, where = room_of(module), files[module].relative_to(root)
        # Python runs the __init__ of every folder above a module first; that of the package itself imports nothing.
        ours[module] = {module.rsplit(".", count)[0] for count in range(1, module.count("."))}
        foreign[module] = set()
        if room not in ARROWS:
            found.append(f"{where}: {room} is not a room of the design")
            continue
        for line, name in imported_names(tree):
            top = name.split(".")[0]
            if name.startswith("."):
                found.append(f"{where}:{line}: a relative import")
            elif top == PACKAGE:
                target = name if name in files else name.rsplit(".", 1)[0]
                ours[module].add(target)
                if room_of(target) != room and room_of(target) not in ARROWS[room]:
                    found.append(f"{where}:{line}: {room or PACKAGE} imports {room_of(target) or PACKAGE}")
            else:
                foreign[module].add(top)
                if top in ("PyQt5", "PyQt6", "sip"):
                    found.append(f"{where}:{line}: {top} is imported directly; use qgis.PyQt")
                if room in PLAIN and top not in sys.stdlib_module_names:
                    found.append(f"{where}:{line}: {room or PACKAGE} imports {top}, not the standard library")
    for module in trees:
        reached, waiting = set(), [module]
        while waiting:
            current = waiting.pop()
            if current not in reached and current in ours:
                reached.add(current)
                waiting.extend(ours[current])
        for other in sorted(reached):
            for top in sorted(foreign[other] & BANNED.get(room_of(module), set())):
                chain = "" if other == module else f" through {other}"
                found.append(f"{files[module].relative_to(root)}: imports {top}{chain}")
    if PACKAGE in trees and (loaded := set(loaded_at_once(trees[PACKAGE].body)) - {"__future__", "typing"}):
        found.append(f"{PACKAGE}/__init__.py: loads {', '.join(sorted(loaded))}, and the engine with it")
    return found


def test_every_import_follows_the_arrows() -> None:
    assert len(module_files(REPOSITORY)) > 50
    assert violations(REPOSITORY) == []


@pytest.mark.parametrize(
    ("file", "source", "complaint"),
    [
        ("client/a.py", "from frors_qgis.shell.b import C", "client imports shell"),
        ("protocol.py", "from frors_qgis.resources import resource_path", "protocol imports resources"),
        ("shell/a.py", "import frors_qgis.engine.archive", "shell imports engine.archive"),
        ("shell/a.py", "def f():\n    from frors_qgis.engine import server", "shell imports engine"),
        ("shell/a.py", "from frors_qgis import plugin", "shell imports plugin"),
        ("processing/a.py", "from frors_qgis.shell import dock", "processing imports shell"),
        ("installation/a.py", "from frors_qgis.shell import dock", "installation imports shell"),
        ("client/a.py", "from frors_qgis.installation.plan import f", "client imports installation"),
        ("installation/a.py", "import torch", "imports torch"),
        ("engine/a.py", "from frors_qgis.client.b import C", "engine imports client"),
        ("engine/acquisition/a.py", "from frors_qgis.engine.archive.b import C", "acquisition imports engine.archive"),
        ("engine/acquisition/a.py", "import numpy", "not the standard library"),
        ("engine/imagery/a.py", "from frors_qgis.engine.archive.b import C", "engine.imagery imports engine.archive"),
        ("engine/search/a.py", "from frors_qgis.engine.encoders.b import C", "engine.search imports engine.encoders"),
        ("engine/archive/a.py", "from frors_qgis.engine import server", "engine.archive imports engine"),
        ("engine/learning/a.py", "from frors_qgis.engine.archive import b", "engine.learning imports engine.archive"),
        ("engine/archive/a.py", "import torch.nn", "imports torch"),
        ("engine/search/a.py", "def f():\n    import torchvision", "imports torchvision"),
        ("engine/search/a.py", "import importlib\nimportlib.import_module('torch')", "imports torch"),
        ("engine/archive/__init__.py", "import torch", "engine/archive/plain.py: imports torch through"),
        ("engine/__init__.py", "import torch", "engine/archive/plain.py: imports torch through frors_qgis.engine"),
        ("engine/a.py", "from qgis.core import QgsTask", "imports qgis"),
        ("engine/indexing/a.py", "from PyQt5.QtCore import Qt", "PyQt5 is imported directly"),
        ("shell/a.py", "from PyQt6 import QtWidgets", "PyQt6 is imported directly"),
        ("shell/a.py", "import faiss", "imports faiss"),
        ("plugin.py", "def f():\n    import torch", "imports torch"),
        ("client/a.py", "import torchvision.models", "imports torchvision"),
        ("protocol.py", "import numpy", "not the standard library"),
        ("protocol.py", "import torch", "client/plain.py: imports torch through frors_qgis.protocol"),
        ("shell/a.py", "from .b import C", "a relative import"),
        ("__init__.py", "try:\n    import qgis.core\nexcept ImportError:\n    pass", "loads qgis.core, and"),
        ("__init__.py", "from frors_qgis.plugin import FrorsPlugin", "loads frors_qgis.plugin, and the engine"),
        ("core/a.py", "import os", "core is not a room"),
    ],
)
def test_a_planted_violation_is_found(tmp_path: Path, file: str, source: str, complaint: str) -> None:
    innocent = {
        "__init__.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from qgis.gui import QgisInterface\n"
        "def classFactory(iface):\n    from frors_qgis import plugin",
        "plugin.py": "from qgis.PyQt.QtCore import Qt\nfrom frors_qgis.shell.plain import f",
        "protocol.py": "import json",
        "resources.py": "from pathlib import Path",
        "shell/plain.py": "from frors_qgis.client.plain import f",
        "client/plain.py": "from frors_qgis.protocol import ErrorCode\nfrom qgis.core import QgsTask",
        "engine/__init__.py": "",
        "engine/server.py": "import torch\nimport faiss\nfrom frors_qgis.engine.archive import plain",
        "engine/archive/__init__.py": "",
        "engine/archive/plain.py": "import numpy\nimport faiss",
    }
    for name, text in innocent.items():
        path = tmp_path / PACKAGE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert violations(tmp_path) == []
    planted = tmp_path / PACKAGE / file
    planted.parent.mkdir(exist_ok=True, parents=True)
    planted.write_text(source, encoding="utf-8")
    assert any(complaint in sentence for sentence in violations(tmp_path)), violations(tmp_path)


def test_archive_and_search_run_without_torch_and_the_engine_without_qgis() -> None:
    def loaded(rooms: tuple[str, ...]) -> set[str]:
        modules = [module for module in module_files(REPOSITORY) if room_of(module) in rooms]
        assert modules
        imports = "".join(f"import {module}\n" for module in modules)
        command = [sys.executable, "-c", f"import sys\n{imports}print(*sys.modules)"]
        result = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
        return set(result.stdout.splitlines()[-1].split())

    assert not loaded(("engine.archive", "engine.search", "protocol")) & (TORCH | QGIS)
    everything = loaded(tuple(room for room in ARROWS if room.startswith("engine")))
    assert "torch" in everything
    assert not everything & QGIS
