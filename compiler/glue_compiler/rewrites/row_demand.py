"""Which columns the code after a `collect()` or `toLocalIterator()` reads of its rows, where every use has a form that is known."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from glue_compiler.rewrites.pandas_demand.uses import Unknown
from glue_compiler.rewrites.readers import may_be_read

if TYPE_CHECKING:
    from glue_compiler.rewrites.model import Model
    from glue_compiler.rewrites.pandas_demand import Demand

_TUPLE = {"count", "index", "asDict"}


def row_demand(model: Model, call: ast.Call) -> Demand:
    """The columns of the rows that `call` (a `collect()`) makes which the model function can use."""
    walk = _Walk(model, call)
    try:
        walk.rows(call)
    except Unknown as problem:
        return problem.reason, problem.detail
    return walk.names, ""


class _Walk:
    """Follows the list of rows and each row, and collects the columns that a row is asked for."""

    def __init__(self, model: Model, call: ast.Call) -> None:
        self.model = model
        self.names: set[str] = set()
        self._call = call

    def rows(self, node: ast.expr) -> None:
        """One place where a list of rows is the value of `node`."""
        parent = self.model.parents[node]
        if isinstance(parent, ast.Assign) and len(parent.targets) == 1:
            self._assigned(node, parent)
        elif isinstance(parent, ast.For) and parent.iter is node:
            self._each(parent.target, self.model.function)
        elif isinstance(parent, ast.comprehension) and parent.iter is node:
            self._each(parent.target, self.model.parents[parent])
        elif isinstance(parent, ast.Subscript) and parent.value is node:
            if not isinstance(parent.ctx, ast.Load):
                raise Unknown("escapes", ast.unparse(parent)[:60])
            if isinstance(parent.slice, ast.Slice):
                self.rows(parent)
            else:
                self._row(parent)
        elif isinstance(parent, ast.Call) and node in parent.args:
            self._argument(parent, node)
        elif not _only_truth(parent, node):
            raise Unknown("frame_returned" if isinstance(parent, ast.Return) else "escapes", "")

    def _assigned(self, node: ast.expr, statement: ast.Assign) -> None:
        target = statement.targets[0]
        if not isinstance(target, ast.Name):
            raise Unknown("positional", ast.unparse(target)[:60])
        if isinstance(node, ast.Name) or self.model.reaches_out:
            raise Unknown("frame_alias", target.id)
        strict = self.model.strict
        if target.id in self.model.string_words and (strict or may_be_read(self.model, target.id)):
            raise Unknown("named_in_text", target.id)
        end = self._until(statement, target.id)
        for use in self.model.names(target.id):
            if not isinstance(use.ctx, ast.Load):
                continue
            if use not in self.model.own_nodes:
                raise Unknown("escapes", f"{target.id} is read in a nested function")
            if end is None or self.model.span(use).start < end:
                self.rows(use)

    def _until(self, statement: ast.Assign, name: str) -> int | None:
        """Where the name gets another value for good: the end of a later assignment in the same block."""
        if self.model.inside(statement, ast.For, ast.AsyncFor, ast.While):
            return None
        block = getattr(self.model.parents[statement], "body", None)
        if not isinstance(block, list) or statement not in block:
            return None
        for later in block[block.index(statement) + 1 :]:
            if isinstance(later, ast.Assign) and any(
                isinstance(target, ast.Name) and target.id == name for target in later.targets
            ):
                return self.model.span(later).end
        return None

    def _argument(self, call: ast.Call, node: ast.expr) -> None:
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        outer = self.model.parents[call]
        alone = len(call.args) == 1 and not call.keywords
        if name == "len" and alone:
            return
        if name in ("list", "reversed", "iter") and alone and not isinstance(outer, ast.Assign):
            self.rows(call)
        elif name == "enumerate" and call.args[0] is node and _numbers_in(outer, call):
            target = outer.target  # type: ignore[attr-defined]
            scope = self.model.function if isinstance(outer, ast.For) else self.model.parents[outer]
            self._each(target.elts[1], scope)
        else:
            raise Unknown("escapes", name)

    def _each(self, target: ast.expr, scope: ast.AST) -> None:
        if not isinstance(target, ast.Name):
            raise Unknown("positional", ast.unparse(target)[:60])
        if self.model.reaches_out:
            raise Unknown("frame_alias", target.id)
        for node in ast.walk(scope):
            if (
                isinstance(node, ast.Name)
                and node.id == target.id
                and isinstance(node.ctx, ast.Load)
            ):
                self._row(node)

    def _row(self, node: ast.expr) -> None:
        """One place where a row is the value of `node`."""
        parent = self.model.parents[node]
        if isinstance(parent, ast.Attribute) and isinstance(parent.ctx, ast.Load):
            if parent.attr == "asDict":
                self._dict(parent)
            elif parent.attr in _TUPLE or parent.attr.startswith("_"):
                raise Unknown("row_wise", parent.attr)
            else:
                self.names.add(parent.attr)
        elif isinstance(parent, ast.Subscript) and parent.value is node:
            key = parent.slice.value if isinstance(parent.slice, ast.Constant) else None
            if isinstance(key, str):
                self.names.add(key)
            else:
                self._position(parent, key)
        else:
            raise Unknown("row_wise" if isinstance(parent, ast.Call) else "escapes", "")

    def _dict(self, method: ast.Attribute) -> None:
        """`row.asDict()["a"]` and `row.asDict().get("a", ...)`."""
        model = self.model
        call = model.parents[method]
        if not isinstance(call, ast.Call) or call.func is not method or call.args or call.keywords:
            raise Unknown("row_wise", "asDict")
        parent = model.parents[call]
        key: ast.expr | None = None
        if isinstance(parent, ast.Subscript) and parent.value is call:
            key = parent.slice
        elif isinstance(parent, ast.Attribute) and parent.attr == "get":
            got = model.parents[parent]
            if isinstance(got, ast.Call) and got.func is parent and got.args:
                key = got.args[0]
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            raise Unknown("row_wise", "asDict")
        self.names.add(key.value)

    def _position(self, item: ast.Subscript, key: object) -> None:
        """`row[2]`: the columns up to it stay, so that it keeps its place."""
        names = self._columns()
        if names is None or type(key) is not int or not 0 <= key < len(names):
            raise Unknown("positional", ast.unparse(item)[:60])
        self.names.update(names[: key + 1])

    def _columns(self) -> tuple[str, ...] | None:
        """All columns of the rows, where the model itself names them."""
        span = self.model.span(self._call)
        actions = [a for a in self.model.here(self.model.facts.flow.actions) if a.span == span]
        schemas = [self.model.frame(action.frame).schema for action in actions]
        found = {schema.names for schema in schemas if schema.exact}
        return found.pop() if len(found) == 1 and all(s.exact for s in schemas) else None


def _only_truth(parent: ast.AST, node: ast.expr) -> bool:
    """Whether only the truth of a list counts, or an empty list is all that can be got of it."""
    if isinstance(parent, (ast.If, ast.While, ast.IfExp)):
        return parent.test is node
    if isinstance(parent, ast.BoolOp):
        return isinstance(parent.op, ast.And) and parent.values[-1] is not node
    return isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)


def _numbers_in(outer: ast.AST, call: ast.Call) -> bool:
    """Whether a loop is over `enumerate(...)` and takes the number and the row apart."""
    loop = isinstance(outer, (ast.For, ast.comprehension)) and outer.iter is call
    target = getattr(outer, "target", None)
    return loop and isinstance(target, ast.Tuple) and len(target.elts) == 2
