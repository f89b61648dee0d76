"""Finds the sentences that the engine words for people: messages of errors, progress, notes, reasons and warnings.

The engine knows of no language, so they are read from its code. A sentence is a template: {0}, {1}, ... stand for the
values that are put in. Words that one sentence puts into another, such as why a file cannot be used, are templates of
their own, because the plugin translates a value that it knows as it does the sentence round it.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import count, product
from pathlib import Path

from open_qgis import REPOSITORY

PACKAGE = REPOSITORY / "frors_qgis"
# What these say is printed by the command line or logged, never shown in QGIS.
UNSEEN = {
    *("__main__.py", "acquisition_command.py", "commands.py", "feature_commands.py", "labels_file.py"),
    *("match_files.py", "method_call.py"),
    *("progress_bar.py", "report.py", "run_folder.py", "segment.py"),
    *("array_file.py", "code_index.py", "fitted_hashers.py", "hasher.py", "semantic_tree.py", "semantic_tree_file.py"),
}
_SPEAKERS = {
    **{
        "EngineError": (1,),
        "_MissingError": (0,),
        "Skipped": (1,),
        "Matches": (1,),
        "set_state": (1, 2),
        "progress": (1,),
        "_report": (1,),
    },
    **{"ValueError": (0,), "RuntimeError": (0,)},  # the engine puts the words of such exceptions into sentences
}
"""Calls that take a sentence, and its place among their arguments."""
_RESULTS = {"note", "notes", "reason", "warnings"}
"""Names under which sentences stand in results."""
_PROTOCOLS = {"protocol", "described"}
"""Variables that hold what figures were measured on; its names are shown as well."""
_THROUGH = {"get", "join", "split", "str"}
"""Calls that leave the words of what they are given in their result."""
_RECODED = {"encode", "decode"}
_MOST_WORDINGS = 3
"""A value of so many known wordings is spelt out, each wording a template; with more of them it is put in."""

Text = tuple["str | None", ...]
"""What an expression may come to: pieces of text, and None for what is only known when it runs."""
VALUE: Text = (None,)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def engine_sentences() -> tuple[str, ...]:
    """The templates of all sentences that QGIS may show, sorted; the code is read once."""
    code = _Code(sorted(PACKAGE.rglob("*.py")))
    return tuple(sorted({template for module in code.modules for template in code.templates(module)}))


class _Module:
    """A parsed module: what encloses each node, and what its names stand for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.enclosing: dict[ast.AST, Function | None] = {}
        self.values: dict[tuple[Function | None, str], list[ast.expr]] = defaultdict(list)
        self.functions: dict[str, list[Function]] = defaultdict(list)
        self.calls: dict[str, list[ast.Call]] = defaultdict(list)
        self._walk(self.tree, None)

    def _walk(self, node: ast.AST, function: Function | None) -> None:
        self.enclosing[node] = function
        if isinstance(node, ast.Call):
            self.calls[name_of(node.func)].append(node)
            if name_of(node.func) == "append" and isinstance(node.func, ast.Attribute):
                self._assign(node.func.value, node.args[0], function)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(target, node.value, function)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            self._assign(node.target, node.value, function)
        elif isinstance(node, ast.For):
            self._assign_each(node.target, node.iter, function)
        if isinstance(node, Function):
            self.functions[node.name].append(node)
            function = node
        for child in ast.iter_child_nodes(node):
            self._walk(child, function)

    def _assign(self, target: ast.expr, value: ast.expr, function: Function | None) -> None:
        if isinstance(target, ast.Attribute):
            self.values[None, f"self.{target.attr}"].append(value)
        elif isinstance(target, ast.Name):
            self.values[function, target.id].append(value)
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, part in zip(target.elts, value.elts, strict=False):
                self._assign(one, part, function)

    def _assign_each(self, target: ast.expr, rows: ast.expr, function: Function | None) -> None:
        """What a loop over tuples that stand in the code puts into its names."""
        if isinstance(rows, ast.Name):
            rows = next(iter(self.values.get((None, rows.id), [])), rows)
        for row in rows.elts if isinstance(rows, ast.Tuple) else []:
            self._assign(target, row, function)


class _Code:
    """All modules; says what their expressions may come to."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.modules = [_Module(path) for path in paths]
        self._open: set[ast.AST] = set()
        self._words: set[Text] = set()

    def templates(self, module: _Module) -> Iterator[str]:
        """The templates of the sentences of one module, with the words that are put into them."""
        if module.path.name in UNSEEN:
            return
        self._words = set()
        spoken = {text for node in ast.walk(module.tree) for text in self._spoken(node, module)}
        yield from (template_of(text) for text in spoken if is_recognisable(text))
        yield from (template_of(text) for text in self._words if is_recognisable(text, least=2))

    def _spoken(self, node: ast.AST, module: _Module) -> Iterator[Text]:
        """The sentences that a node says to people."""
        if isinstance(node, ast.Call):
            places = _SPEAKERS.get(name_of(node.func), ())
            yield from self._all([node.args[place] for place in places if place < len(node.args)], module)
            yield from self._all([one.value for one in node.keywords if one.arg in _RESULTS], module)
        elif isinstance(node, ast.Dict):
            named = zip(node.keys, node.values, strict=True)
            values = [value for key, value in named if isinstance(key, ast.Constant) and key.value in _RESULTS]
            yield from self._all(values, module)
        elif isinstance(node, ast.Assign) and name_of(node.targets[0]) == "note":
            yield from self._texts(node.value, module)
        elif isinstance(node, ast.Assign) and name_of(node.targets[0]) in _PROTOCOLS:
            if isinstance(node.value, ast.Dict) and "learning" not in module.path.parts:
                yield from self._all([*filter(None, node.value.keys), *node.value.values], module)

    def _texts(self, node: ast.expr, module: _Module) -> list[Text]:
        """What an expression may come to, each text once; empty for what is no text."""
        if node in self._open:
            return []
        self._open.add(node)
        try:
            return list(dict.fromkeys(self._evaluated(node, module)))
        finally:
            self._open.remove(node)

    def _evaluated(self, node: ast.expr, module: _Module) -> Iterable[Text]:
        match node:
            case ast.Constant(value=str(text)):
                return [(text,)]
            case ast.Constant(value=None):
                return []
            case ast.JoinedStr():
                few = self._joined([self._part(part, module, _MOST_WORDINGS) for part in node.values])
                if any(map(has_words, few)):
                    return few
                return self._joined([self._part(part, module, sys.maxsize) for part in node.values])
            case ast.BinOp(op=ast.Add()):
                return self._joined([self._put_in(side, module, _MOST_WORDINGS) for side in (node.left, node.right)])
            case ast.IfExp():
                return [*self._texts(node.body, module), *self._texts(node.orelse, module)]
            case ast.BoolOp():
                return self._all(node.values, module)
            case ast.List() | ast.Tuple():
                return self._all(node.elts, module)
            case ast.Subscript(slice=ast.Slice()):
                return [VALUE]
            case ast.Starred() | ast.Subscript():
                return self._texts(node.value, module)
            case ast.Dict():
                return self._all(node.values, module)
            case ast.ListComp() | ast.GeneratorExp():
                return self._texts(node.elt, module)
            case ast.Name():
                return self._named(node, module)
            case ast.Attribute(value=ast.Name(id="self")):
                return self._all(module.values.get((None, f"self.{node.attr}"), []), module) or [VALUE]
            case ast.Call():
                return self._called(node, module)
        return [VALUE]

    def _all(self, nodes: Iterable[ast.expr], module: _Module) -> list[Text]:
        return [text for node in nodes for text in self._texts(node, module)]

    def _joined(self, parts: list[list[Text]]) -> list[Text]:
        texts = [tuple(piece for part in one for piece in part) for one in product(*parts)]
        return texts if any(map(has_words, texts)) else [VALUE]

    def _part(self, node: ast.expr, module: _Module, most: int) -> list[Text]:
        """What a part of an f-string may come to."""
        if not isinstance(node, ast.FormattedValue):
            return self._texts(node, module)
        if node.format_spec is not None or node.conversion != -1:
            return [VALUE]
        return self._put_in(node.value, module, most)

    def _put_in(self, node: ast.expr, module: _Module, most: int) -> list[Text]:
        """What is put into a sentence: its wordings if there are not too many, or a value; the wordings are noted."""
        texts = self._texts(node, module) or [VALUE]
        if len(texts) <= most and any(map(has_words, texts)):
            return texts
        self._words.update(texts)
        return [VALUE]

    def _named(self, node: ast.Name, module: _Module) -> list[Text]:
        function = module.enclosing[node]
        while function is not None:
            names = [argument.arg for argument in function.args.args]
            given = self._given(function, names.index(node.id), module) if node.id in names else []
            if node.id in names or (function, node.id) in module.values:
                return [*given, *self._all(module.values.get((function, node.id), []), module)] or [VALUE]
            function = module.enclosing[function]
        return self._all(module.values.get((None, node.id), []), module) or [VALUE]

    def _given(self, function: Function, place: int, module: _Module) -> list[Text]:
        """What a function's callers give it in some place."""
        if function.args.args[0].arg == "self":
            place -= 1
        modules = [module] if function.name.startswith("_") else self.modules
        return [
            text
            for other in modules
            if other.path.name not in UNSEEN
            for call in other.calls.get(function.name, [])
            if len(call.args) > place
            for text in self._texts(call.args[place], other)
        ]

    def _called(self, node: ast.Call, module: _Module) -> list[Text]:
        name = name_of(node.func)
        if name == "format" and isinstance(node.func, ast.Attribute):
            return [_with_fields(text) for text in self._texts(node.func.value, module)]
        if name in _RECODED and isinstance(node.func, ast.Attribute):
            return self._texts(node.func.value, module)
        if name in _THROUGH:
            given = [*node.args, *([node.func.value] if isinstance(node.func, ast.Attribute) else [])]
            self._words.update(self._all(given, module))
            return [VALUE]
        makers = [(module, one) for one in module.functions.get(name, [])]
        if not makers and not name.startswith("_"):
            makers = [(other, one) for other in self.modules for one in other.functions.get(name, [])]
        if len(makers) != 1:
            return [VALUE]
        where, function = makers[0]
        returns = (one.value for one in ast.walk(function) if isinstance(one, ast.Return) and one.value is not None)
        return self._all(returns, where) or [VALUE]


def name_of(node: ast.AST) -> str:
    """The last name of `a.b.name`; empty for anything else."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def has_words(text: Text) -> bool:
    """Whether anything of the text is known but signs and single letters."""
    return _words_in(text) > 0


def is_recognisable(text: Text, least: int = 1) -> bool:
    """Whether the text can be told by its words: so many, or with values and few of them, a word at its beginning."""
    words, begins = _words_in(text), re.match(r"[A-Z]\w{3,} $", text[0] or "") is not None
    if None not in text:
        return words >= least
    return (words >= 2 and any(" " in piece for piece in text if piece)) or (least == 1 and begins)


def template_of(text: Text) -> str:
    """The text with its values numbered."""
    numbers = count()
    return "".join(f"{{{next(numbers)}}}" if piece is None else piece for piece in text)


def _words_in(text: Text) -> int:
    return sum(len(re.findall(r"(?<!\S)[^\w\s]*[^\W\d_]+", piece)) for piece in text if piece)


def _with_fields(text: Text) -> Text:
    """The text of a `.format`: its named fields are values."""
    pieces: list[str | None] = []
    for piece in text:
        for i, part in enumerate(re.split(r"\{\w+\}", piece) if piece else [piece]):
            pieces += [None] * (i > 0) + [part]
    return tuple(pieces)
