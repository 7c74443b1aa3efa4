"""Follows a pandas frame through names, functions of the file and methods, and collects the columns that it is asked for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from glue_compiler.rewrites.pandas_demand.items import Items
from glue_compiler.rewrites.pandas_demand.methods import Methods
from glue_compiler.rewrites.pandas_demand.tables import COLUMN_LIST
from glue_compiler.rewrites.pandas_demand.uses import (
    FUNCTIONS,
    Unknown,
    binds,
    calls_of,
    function_around,
    index_of,
    names_in,
    own_function,
    parameter_of,
)
from glue_compiler.rewrites.readers import may_be_read

if TYPE_CHECKING:
    from glue_compiler.rewrites.model import Model

_OF_ROWS = {"len", "bool", "isinstance", "type", "id"}
_SHOWN = {"print", "str", "repr", "display"}


class Walk(Items, Methods):
    """One conversion's frame: `used` judges one place, `follow_names` all places of the names that it got meanwhile."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.names: set[str] = set()
        self.suffixes: set[str] = {"_x", "_y"}
        self.origins: list[tuple[tuple[ast.AST, str, str], ast.stmt | None]] = []
        self.entered: set[tuple[ast.AST, str]] = set()
        self.level_rows = False
        self.several_levels = False

    def all_names(self) -> set[str]:
        """The columns, with those that a merge may have given a suffix."""
        found = set(self.names)
        for name in self.names:
            for suffix in self.suffixes:
                if suffix and name.endswith(suffix):
                    found.add(name[: -len(suffix)])
        return found

    def follow_names(self) -> None:
        """Judges every use that the frame can reach of every name that it has or gets."""
        done = 0
        while done < len(self.origins):
            (scope, name, kind), origin = self.origins[done]
            done += 1
            if may_be_read(self.model, name):
                raise Unknown("named_in_text", name)
            for node in names_in(self.model, scope, name):
                if origin is not None and not self._comes_after(node, origin, scope):
                    continue
                if isinstance(node.ctx, ast.Load):
                    self.used(node, kind)
                elif isinstance(self.model.parents[node], ast.AugAssign):
                    raise Unknown("operator_changes_rows", "an operator on the whole frame")
        if self.level_rows and self.several_levels:
            raise Unknown("row_wise", "loc of an index of several levels")

    def _comes_after(self, node: ast.Name, origin: ast.stmt, scope: ast.AST) -> bool:
        """Whether a use can come after an assignment: it stands below it, in a loop with it, or in a function inside."""
        if function_around(self.model, node) is not scope:
            return True
        end = (origin.end_lineno or 0, origin.end_col_offset or 0)
        if (node.lineno, node.col_offset) >= end:
            return True
        around = set(self._loops(origin))
        return any(loop in around for loop in self._loops(node))

    def _loops(self, node: ast.AST) -> list[ast.AST]:
        found: list[ast.AST] = []
        current = self.model.parents.get(node)
        while current is not None and not isinstance(current, FUNCTIONS):
            if isinstance(current, (ast.For, ast.While, ast.AsyncFor)):
                found.append(current)
            current = self.model.parents.get(current)
        return found

    def track(self, scope: ast.AST, name: str, kind: str, origin: ast.stmt | None = None) -> None:
        """From here on, every use of a name in a scope is one of the frame; with `origin`, those that can come after it."""
        while not isinstance(scope, ast.Module) and not binds(self.model, scope, name):
            scope = function_around(self.model, scope)
        if name in index_of(self.model).declared:
            raise Unknown("frame_alias", "global or nonlocal")
        if isinstance(scope, ast.Module):
            raise Unknown("frame_alias", f"{name} is a name of the module")
        found = ((scope, name, kind), origin)
        if found not in self.origins:
            self.origins.append(found)

    def used(self, node: ast.expr, kind: str = "frame") -> None:
        """One place where the frame, or what it is grouped to, is the value of `node`."""
        parent = self.model.parents[node]
        if self._goes_on(parent, node, kind):
            return
        if isinstance(parent, ast.Attribute):
            if kind == "groups":
                self.group_attribute(parent)
            elif kind == "row":
                self.row_attribute(parent)
            else:
                self.attribute(parent)
        elif isinstance(parent, ast.Subscript) and parent.value is node:
            if kind == "row":
                raise Unknown("positional", ast.unparse(parent)[:60])
            if kind == "groups":
                self.needs(parent.slice)
            else:
                self.item(parent)
        elif isinstance(parent, (ast.For, ast.comprehension)) and parent.iter is node:
            self._iterated(parent, kind)
        elif isinstance(parent, ast.Compare):
            if not all(isinstance(op, (ast.Is, ast.IsNot)) for op in parent.ops):
                detail = "a comparison of the whole frame, or a test of its labels"
                raise Unknown("column_list_used", detail)
        elif isinstance(parent, ast.Call) and parent.func is not node:
            self._argument(parent, node, kind)
        elif isinstance(parent, ast.keyword):
            outer = self.model.parents[parent]
            if not isinstance(outer, ast.Call):
                raise Unknown("escapes", ast.unparse(parent)[:60])
            self._argument(outer, node, kind)
        else:
            raise Unknown("escapes", ast.unparse(parent)[:60])

    def _goes_on(self, parent: ast.AST, node: ast.expr, kind: str) -> bool:
        """Whether the frame only gets a name, or is the value of what stands around it."""
        if isinstance(parent, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) and parent.value is node:
            targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
            for target in targets:
                if not isinstance(target, ast.Name):
                    raise Unknown("frame_alias", ast.unparse(target)[:60])
                origin = None if isinstance(parent, ast.NamedExpr) else parent
                self.track(function_around(self.model, target), target.id, kind, origin)
            if isinstance(parent, ast.NamedExpr):
                self.used(parent, kind)
        elif isinstance(parent, ast.Return):
            self._returned(parent, kind)
        elif isinstance(parent, ast.IfExp) and parent.test is not node:
            self.used(parent, kind)
        else:
            return isinstance(parent, ast.Expr)
        return True

    def _returned(self, node: ast.Return, kind: str) -> None:
        function = function_around(self.model, node)
        if function is self.model.function:
            raise Unknown("frame_returned")
        if not isinstance(function, ast.FunctionDef):
            raise Unknown("escapes", "returned by a function that is not followed")
        if (function, kind) in self.entered:
            return
        self.entered.add((function, kind))
        if own_function(self.model, ast.Name(function.name, ast.Load())) is not function:
            raise Unknown("escapes", function.name)
        for call in calls_of(self.model, function):
            self.used(call, kind)

    def _iterated(self, loop: ast.For | ast.comprehension, kind: str) -> None:
        target = loop.target
        scope = function_around(self.model, target)
        if kind == "rows" and isinstance(target, ast.Name):
            self.track(scope, target.id, "row")
        elif kind == "groups" and isinstance(target, ast.Tuple) and len(target.elts) == 2:
            group = target.elts[1]
            if not isinstance(group, ast.Name):
                raise Unknown("frame_alias", ast.unparse(target)[:60])
            self.track(scope, group.id, "frame")
        elif kind == "frame":
            raise Unknown("column_list_used", "the frame is iterated: that gives its column names")
        else:
            raise Unknown("positional", ast.unparse(target)[:60])

    def _argument(self, call: ast.Call, node: ast.expr, kind: str) -> None:
        func = call.func
        if isinstance(func, ast.Name) and func.id in _OF_ROWS and kind != "row":
            return
        if kind != "frame":
            raise Unknown(
                "row_wise" if kind in ("row", "rows") else "escapes", ast.unparse(func)[:60]
            )
        if self.joined(call, node):
            return
        if isinstance(func, ast.Name) and func.id in _SHOWN:
            raise Unknown("column_list_used", "the frame is shown")
        function = own_function(self.model, func)
        if function is None:
            raise Unknown("escapes", ast.unparse(func)[:60])
        self.enter(function, parameter_of(call, node, function))

    def enter(self, function: ast.AST, parameter: str | None) -> None:
        """Follows the frame as a parameter of a function of the file, or of a lambda."""
        if parameter is None or not isinstance(function, FUNCTIONS):
            raise Unknown("escapes", getattr(function, "name", "a function"))
        self.track(function, parameter, "frame")

    def column_list(self, name: str) -> None:
        """Raises where an attribute tells which columns there are."""
        if name in COLUMN_LIST:
            raise Unknown("column_list_used", name)
