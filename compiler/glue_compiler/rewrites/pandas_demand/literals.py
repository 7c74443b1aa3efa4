"""The strings that an expression can be, or hold, where all its parts stand in the file.

An answer may have too many names, which costs columns, and never too few.
"""

from __future__ import annotations

import ast
from itertools import product
from typing import TYPE_CHECKING

from glue_compiler.rewrites.pandas_demand.uses import (
    Unknown,
    calls_of,
    index_of,
    names_in,
    own_function,
    parameter_of,
    parameters,
    scope_of,
)

if TYPE_CHECKING:
    from glue_compiler.rewrites.model import Model

_MOST = 400
_SAME = {"list", "tuple", "set", "sorted", "frozenset", "reversed"}
_READS = {"copy", "keys", "values", "items", "get", "index", "count"}
_SHRINKS = {"remove", "pop", "clear", "sort", "reverse", "discard"}
_GROWS = {"append", "extend", "add", "update"}
_COLLECTIONS = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.GeneratorExp)


class _Open(Exception):
    """A part that is not in the file."""


def columns_of(node: ast.expr) -> list[str] | None:
    """The column names that a literal is: one string, or a list of strings; None for anything else."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else None
    if not isinstance(node, ast.List) or not node.elts:
        return None
    found = [e.value for e in node.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)]
    return found if len(found) == len(node.elts) else None


def strings_of(model: Model, node: ast.expr) -> list[str] | None:
    """The strings that an expression can be or hold; None where that is not known."""
    try:
        found = _Reader(model).values(node, 0)
    except _Open:
        return None
    texts = [value for value in found if isinstance(value, str)]
    return sorted(texts) if len(texts) == len(found) else None


class _Reader:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.seen: list[tuple[ast.AST, str]] = []

    def values(self, node: ast.expr, depth: int) -> set[object]:
        """The strings and numbers that a value can be, or, of a collection, that it can hold."""
        if depth > 12:
            raise _Open
        found = self._values(node, depth + 1)
        if len(found) > _MOST:
            raise _Open
        return found

    def _values(self, node: ast.expr, depth: int) -> set[object]:
        if isinstance(node, ast.Constant):
            if isinstance(node.value, (str, int)):
                return {node.value}
            raise _Open
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return self._all(node.elts, depth)
        if isinstance(node, ast.Starred):
            return self.items(node.value, depth)
        if isinstance(node, ast.Dict):
            return self._all([self._known(key) for key in node.keys], depth)
        if isinstance(node, ast.IfExp):
            return self._all([node.body, node.orelse], depth)
        if isinstance(node, ast.JoinedStr):
            return self._joined(node, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._sum(node, depth)
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp)):
            return self.values(node.elt, depth)
        if isinstance(node, ast.Call):
            return self._call(node, depth)
        if isinstance(node, ast.Name):
            return self._name(node, depth)
        raise _Open

    @staticmethod
    def _known(node: ast.expr | None) -> ast.expr:
        if node is None:
            raise _Open
        return node

    def _all(self, nodes: list[ast.expr], depth: int) -> set[object]:
        return set().union(*(self.values(node, depth) for node in nodes))

    def _joined(self, node: ast.JoinedStr, depth: int) -> set[object]:
        parts: list[set[object]] = []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                if part.format_spec is not None or part.conversion not in (-1, 115):
                    raise _Open
                part = part.value
            parts.append(self.values(part, depth))
        return {"".join(map(str, chosen)) for chosen in product(*parts)}

    def _sum(self, node: ast.BinOp, depth: int) -> set[object]:
        left, right = self.values(node.left, depth), self.values(node.right, depth)
        if self._is_collection(node):
            return left | right
        # Two strings, or two lists: both answers together are no less than the right one.
        together = {a + b for a in left for b in right if isinstance(a, str) and isinstance(b, str)}
        return left | right | together

    def items(self, node: ast.expr, depth: int) -> set[object]:
        """What a collection can hold. Raises where it may be a text, whose items are its letters."""
        if not self._is_collection(node):
            raise _Open
        return self.values(node, depth)

    def _is_collection(self, node: ast.expr, depth: int = 0) -> bool:
        if depth > 12:
            return False
        if isinstance(node, ast.BinOp):
            return any(self._is_collection(side, depth + 1) for side in (node.left, node.right))
        if isinstance(node, ast.IfExp):
            return all(self._is_collection(side, depth + 1) for side in (node.body, node.orelse))
        if isinstance(node, ast.Call):
            func = node.func
            known = getattr(func, "id", "") in (*_SAME, "range")
            return known or (isinstance(func, ast.Attribute) and func.attr in ("copy", "keys"))
        if isinstance(node, ast.Name):
            values = self._sources(node)
            return bool(values) and all(
                isinstance(value, ast.expr) and self._is_collection(value, depth + 1)
                for value in values
            )
        return isinstance(node, _COLLECTIONS)

    def _sources(self, node: ast.Name) -> list[ast.expr | None]:
        """The expressions that a name can be, None for one that is no plain value: an item of a loop, a part of a tuple."""
        scope = self._scope(node)
        found: list[ast.expr | None] = []
        if node.id in parameters(scope):
            found += self._arguments(scope, node.id)
        for other in names_in(self.model, scope, node.id):
            parent = self.model.parents[other]
            if isinstance(other.ctx, ast.Load) or isinstance(parent, ast.AugAssign):
                continue
            plain = isinstance(parent, ast.AnnAssign) or (
                isinstance(parent, ast.Assign) and other in parent.targets
            )
            found.append(parent.value if plain else None)  # type: ignore[attr-defined]
        return found

    def _scope(self, node: ast.Name) -> ast.AST:
        return scope_of(self.model, node, node.id)

    def _call(self, node: ast.Call, depth: int) -> set[object]:
        func = node.func
        if isinstance(func, ast.Name) and not node.keywords:
            if func.id in _SAME and len(node.args) == 1:
                return self.items(node.args[0], depth)
            if func.id == "range" and all(isinstance(a, ast.Constant) for a in node.args):
                try:
                    found = range(*(a.value for a in node.args))  # type: ignore[attr-defined]
                except (TypeError, ValueError):
                    raise _Open from None
                return set(found[:_MOST]) if len(found) <= _MOST else self._open()
        if isinstance(func, ast.Attribute) and func.attr in ("copy", "keys") and not node.args:
            return self.values(func.value, depth)
        raise _Open

    def _open(self) -> set[object]:
        raise _Open

    def _name(self, node: ast.Name, depth: int) -> set[object]:
        scope = self._scope(node)
        if (scope, node.id) in self.seen or len(self.seen) > 20:
            raise _Open
        self.seen.append((scope, node.id))
        found: set[object] = set()
        bound = node.id in parameters(scope)
        if bound:
            found |= self._given(scope, node.id, depth)
        for other in names_in(self.model, scope, node.id):
            if isinstance(other.ctx, ast.Load):
                found |= self._changed(other, depth)
            else:
                bound = True
                found |= self._bound(other, depth)
        self.seen.pop()
        if not bound or self._elsewhere(node.id):
            raise _Open
        return found

    def _given(self, scope: ast.AST, name: str, depth: int) -> set[object]:
        """What a parameter of a function of the file can be."""
        if self._is_changed(scope, name):
            raise _Open
        return self._all(self._arguments(scope, name), depth)

    def _arguments(self, scope: ast.AST, name: str) -> list[ast.expr]:
        """What the calls of a function of the file give for a parameter, defaults among it."""
        if not isinstance(scope, ast.FunctionDef):
            raise _Open
        known = own_function(self.model, ast.Name(scope.name, ast.Load()))
        args = scope.args
        places = [a.arg for a in (*args.posonlyargs, *args.args)]
        if known is not scope or args.vararg is not None or args.kwarg is not None:
            raise _Open
        defaults = dict(zip(reversed(places), reversed(args.defaults), strict=False))
        defaults |= {
            a.arg: d
            for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True)
            if d is not None
        }
        try:
            calls = calls_of(self.model, scope)
        except Unknown:
            raise _Open from None
        found: list[ast.expr] = []
        for call in calls:
            if not isinstance(call.func, ast.Name) or any(
                isinstance(a, ast.Starred) for a in call.args
            ):
                raise _Open
            by_name = {k.arg: k.value for k in call.keywords}
            at = places.index(name) if name in places else len(call.args)
            value = call.args[at] if at < len(call.args) else by_name.get(name, defaults.get(name))
            if value is None or None in by_name:
                raise _Open
            found.append(value)
        return found

    def _is_changed(self, scope: ast.AST, name: str) -> bool:
        """Whether a collection that a parameter is may be changed where it came from, or is one elsewhere."""
        return any(
            isinstance(self.model.parents[node], ast.Attribute)
            and getattr(self.model.parents[node], "attr", "") in _GROWS
            for node in names_in(self.model, scope, name)
        )

    def _elsewhere(self, name: str) -> bool:
        """Whether a name is also bound by something that is no assignment: an import, a definition, `global`."""
        index = index_of(self.model)
        if name in index.declared or name in index.defined:
            return True
        return any(found.bound == name for found in self.model.facts.imports)

    def _bound(self, target: ast.Name, depth: int) -> set[object]:
        """What a name can be by one of its bindings."""
        parent = self.model.parents[target]
        if isinstance(parent, ast.Assign) and target in parent.targets:
            return self.values(parent.value, depth)
        if isinstance(parent, ast.AnnAssign) and parent.value is not None:
            return self.values(parent.value, depth)
        if isinstance(parent, ast.AugAssign) and isinstance(parent.op, ast.Add):
            value = parent.value
            return self.items(value, depth)
        if isinstance(parent, (ast.For, ast.comprehension)) and parent.target is target:
            return self.items(parent.iter, depth)
        if isinstance(parent, ast.Tuple):
            return self._one_of_pairs(parent, target, depth)
        raise _Open

    def _one_of_pairs(self, pair: ast.Tuple, target: ast.Name, depth: int) -> set[object]:
        """A name of `for i, c in enumerate(...)`, or of `for a, b in [(..., ...)]` or of a dict's items."""
        loop = self.model.parents[pair]
        if not isinstance(loop, (ast.For, ast.comprehension)) or loop.target is not pair:
            raise _Open
        source = loop.iter
        counted = isinstance(source, ast.Call) and getattr(source.func, "id", "") == "enumerate"
        if isinstance(source, ast.Call) and counted and len(source.args) == 1:
            if pair.elts[0] is target:
                raise _Open
            return self.items(source.args[0], depth)
        if isinstance(source, (ast.List, ast.Tuple)):
            at = pair.elts.index(target)
            rows = [e for e in source.elts if isinstance(e, (ast.Tuple, ast.List))]
            if len(rows) == len(source.elts) and all(len(r.elts) == len(pair.elts) for r in rows):
                return self._all([row.elts[at] for row in rows], depth)
        raise _Open

    def _changed(self, use: ast.Name, depth: int) -> set[object]:
        """What one use of a name adds to its collection. Raises where it could get another name or be changed elsewhere."""
        parent = self.model.parents[use]
        if isinstance(parent, ast.Attribute):
            call = self.model.parents[parent]
            if parent.attr in _GROWS and isinstance(call, ast.Call) and call.func is parent:
                one = parent.attr in ("append", "add")
                read = self.values if one else self.items
                return set().union(*(read(arg, depth) for arg in call.args))
            if parent.attr in _READS | _SHRINKS or not hasattr([], parent.attr):
                return set()
            raise _Open
        if isinstance(parent, ast.keyword):
            parent = self.model.parents[parent]
        if isinstance(parent, ast.Call) and parent.func is not use:
            self._handed_on(parent, use)
            return set()
        if isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Store):
            if parent.value is use:
                raise _Open
            return set()
        if isinstance(parent, (ast.Assign, ast.AnnAssign, ast.Return, ast.Dict, ast.NamedExpr)):
            # A string may have other names; a list may be changed by them.
            if not self._is_text(use):
                raise _Open
            return set()
        return set()

    def _handed_on(self, call: ast.Call, use: ast.Name) -> None:
        """Raises where a function of the file gets a collection that it may change."""
        function = own_function(self.model, call.func)
        defined = getattr(call.func, "id", "") in index_of(self.model).defined
        if function is None:
            if defined:
                raise _Open
            return
        name = parameter_of(call, use, function)
        if name is None:
            raise _Open
        for node in names_in(self.model, function, name):
            parent = self.model.parents[node]
            if isinstance(parent, ast.Attribute) and parent.attr in _GROWS:
                raise _Open
            if isinstance(parent, (ast.Assign, ast.AugAssign, ast.Return)):
                raise _Open

    def _is_text(self, use: ast.Name) -> bool:
        """Whether a name is only ever bound to a string, or to the items of something."""
        for value in self._sources(use):
            if value is not None and not isinstance(value, (ast.Constant, ast.JoinedStr)):
                return False
        return not any(
            isinstance(self.model.parents[node], ast.AugAssign)
            for node in names_in(self.model, self._scope(use), use.id)
        )

    def is_one(self, node: ast.expr) -> bool:
        """Whether an expression is certainly one string, and not a list of such."""
        if isinstance(node, ast.Name):
            values = self._sources(node)
            return bool(values) and all(
                isinstance(v, (ast.Constant, ast.JoinedStr)) for v in values
            )
        return isinstance(node, (ast.Constant, ast.JoinedStr))


def is_one_string(model: Model, node: ast.expr) -> bool:
    """Whether an expression is certainly one string that the file tells, and not a list of such."""
    try:
        return strings_of(model, node) is not None and _Reader(model).is_one(node)
    except _Open:
        return False
