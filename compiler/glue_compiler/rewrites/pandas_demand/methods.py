"""Attributes and methods of a frame, of what it is grouped to, and of its rows as tuples."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from glue_compiler.rewrites.pandas_demand.expressions import (
    grouper_key,
    is_data,
    named_column,
    query_names,
)
from glue_compiler.rewrites.pandas_demand.literals import strings_of
from glue_compiler.rewrites.pandas_demand.tables import (
    GROUPS,
    METHODS,
    NO_COLUMNS,
    POSITIONAL,
    ROW_WISE,
    Method,
    is_member,
)
from glue_compiler.rewrites.pandas_demand.uses import (
    Unknown,
    own_function,
    parameters,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_compiler.rewrites.model import Model


class Methods:
    """A part of `Walk`."""

    model: Model
    names: set[str]
    suffixes: set[str]
    several_levels: bool
    needs: Callable[[ast.expr], None]
    used: Callable[..., None]
    enter: Callable[[ast.AST, str | None], None]
    is_column: Callable[[ast.expr | None], bool]
    located: Callable[[ast.Subscript, str], None]
    column_list: Callable[[str], None]

    def attribute(self, node: ast.Attribute) -> None:
        """`pdf.name`, called or not."""
        name = node.attr
        parent = self.model.parents[node]
        call = parent if isinstance(parent, ast.Call) and parent.func is node else None
        if not isinstance(node.ctx, ast.Load):
            if is_member(name) and name != "index":
                raise Unknown("renamed_labels", name)
            self.names.add(name)
            return
        if name in NO_COLUMNS or self._tells_rows_only(node, parent):
            return
        if name in ("loc", "at", *POSITIONAL):
            if not isinstance(parent, ast.Subscript) or parent.value is not node:
                raise Unknown("escapes", name)
            self.located(parent, name)
            return
        self.column_list(name)
        if name in ROW_WISE:
            raise Unknown("row_wise", name)
        if call is None:
            if is_member(name):
                raise Unknown("unknown_method", name)
            self.names.add(name)
            return
        self._method(name, call)

    def _tells_rows_only(self, node: ast.Attribute, parent: ast.AST) -> bool:
        """shape[0], and a test of a label among the columns, which is kept if it is there."""
        if node.attr == "shape":
            index = parent.slice if isinstance(parent, ast.Subscript) else None
            if isinstance(index, ast.Constant) and index.value == 0:
                return True
            raise Unknown("column_list_used", "shape")
        if node.attr != "columns" or not isinstance(parent, ast.Compare):
            return False
        tests = len(parent.ops) == 1 and isinstance(parent.ops[0], (ast.In, ast.NotIn))
        if not tests or parent.comparators[0] is not node:
            return False
        self.needs(parent.left)
        return True

    def _method(self, name: str, call: ast.Call) -> None:
        special = _SPECIAL.get(name)
        method = METHODS.get(name)
        if special is None and method is None:
            if not is_member(name):
                # No pandas frame has it, so that this is no pandas frame, or the model fails here.
                return
            raise Unknown("unknown_method", name)
        if any(isinstance(a, ast.Starred) for a in call.args) or any(
            k.arg is None for k in call.keywords
        ):
            raise Unknown("computed_name", "*arguments")
        if special is not None:
            special(self, call)
        elif method is not None:
            self._by_table(method, call)

    def arguments(self, parameters_: tuple[str, ...], call: ast.Call) -> dict[str, ast.expr]:
        """The arguments of a call by their parameters. Raises for one that is not followed."""
        if len(call.args) > len(parameters_):
            raise Unknown("unknown_method", "arguments by position")
        given = dict(zip(parameters_, call.args, strict=False))
        for keyword in call.keywords:
            if keyword.arg not in parameters_:
                raise Unknown("unknown_method", f"{keyword.arg}=")
            given[keyword.arg or ""] = keyword.value
        axis = given.get("axis")
        if axis is not None and not (isinstance(axis, ast.Constant) and axis.value in (0, "index")):
            raise Unknown("unknown_method", "axis=")
        return given

    def _by_table(self, method: Method, call: ast.Call) -> None:
        given = self.arguments(method.parameters, call)
        for name in method.required:
            if _is_missing(given.get(name)):
                raise Unknown(method.none, f"without {name}=")
        for name in method.names:
            value = given.get(name)
            if not _is_missing(value):
                self.needs(value)  # type: ignore[arg-type]
        if method.gives:
            self.used(call, method.gives)

    # -- methods of their own ------------------------------------------------------------------

    def sets_index(self, call: ast.Call) -> None:
        """set_index: of several columns it makes an index of several levels."""
        keys = self.arguments(METHODS["set_index"].parameters, call).get("keys")
        if keys is not None and len(strings_of(self.model, keys) or []) > 1:
            self.several_levels = True
        self.several_levels |= any(k.arg == "append" for k in call.keywords)
        self._by_table(METHODS["set_index"], call)

    def groups(self, call: ast.Call) -> None:
        """groupby: by named columns, or by what is computed of columns, whose own uses are judged where they stand."""
        method = METHODS["groupby"]
        by = self.arguments(method.parameters, call).get("by")
        if _is_missing(by):
            raise Unknown(method.none, "groupby")
        parts = by.elts if isinstance(by, (ast.List, ast.Tuple)) else [by]  # type: ignore[list-item]
        for part in parts:
            key = grouper_key(part)
            if key is not None or not self.is_column(part):
                self.needs(part if key is None else key)
        self.used(call, "groups")

    def resets(self, call: ast.Call) -> None:
        """reset_index: the index becomes a column by the name "index", or "level_0" where that is taken."""
        given = self.arguments(("level", "drop", "inplace"), call)
        drop = given.get("drop")
        if "level" in given:
            raise Unknown("column_list_used", "level=")
        if not (isinstance(drop, ast.Constant) and drop.value is True):
            self.names.update(("index", "level_0"))
        self.used(call)

    def drops(self, call: ast.Call) -> None:
        """drop of named columns, or of rows."""
        axis = next((k.value for k in call.keywords if k.arg == "axis"), None)
        kept = [k for k in call.keywords if k.arg != "axis"]
        given = self.arguments(
            ("labels",), ast.Call(call.func, call.args, [k for k in kept if k.arg == "labels"])
        )
        for keyword in kept:
            if keyword.arg == "columns":
                self.needs(keyword.value)
            elif keyword.arg not in ("labels", "index", "inplace", "errors"):
                raise Unknown("unknown_method", f"{keyword.arg}=")
        if axis is not None and not isinstance(axis, ast.Constant):
            raise Unknown("unknown_method", "axis=")
        if "labels" in given and axis is not None and axis.value in (1, "columns"):
            self.needs(given["labels"])
        elif "labels" in given and axis is not None and axis.value not in (0, "index"):
            raise Unknown("unknown_method", "axis=")
        self.used(call)

    def renames(self, call: ast.Call) -> None:
        """rename(columns={...}): the new names are looked for too, because they may be there already."""
        given = self.arguments(("columns", "inplace", "errors", "copy"), ast.Call(call.func, [], call.keywords))  # fmt: skip
        columns = given.get("columns")
        if call.args or columns is None:
            raise Unknown("renamed_labels", "rename")
        mapping = columns if isinstance(columns, ast.Dict) else self._constant(columns)
        if not isinstance(mapping, ast.Dict):
            raise Unknown("renamed_labels", "rename")
        for old, new in zip(mapping.keys, mapping.values, strict=True):
            if old is None:
                raise Unknown("computed_name", "**")
            self.needs(old)
            self.needs(new)
        self.used(call)

    def _constant(self, node: ast.expr) -> ast.expr | None:
        """The one literal that a name stands for, which nothing changes: only its uses as an argument are allowed."""
        if not isinstance(node, ast.Name) or strings_of(self.model, node) is None:
            return None
        bound = [
            self.model.parents[other]
            for other in self.model.parents
            if isinstance(other, ast.Name) and other.id == node.id
            if not isinstance(other.ctx, ast.Load)
        ]
        changed = [
            other
            for other in self.model.parents
            if isinstance(other, ast.Attribute)
            and isinstance(other.value, ast.Name)
            and other.value.id == node.id
        ]
        one = len(bound) == 1 and isinstance(bound[0], (ast.Assign, ast.AnnAssign)) and not changed
        return bound[0].value if one else None  # type: ignore[attr-defined]

    def assigns(self, call: ast.Call) -> None:
        """assign: a value that can be called gets the whole frame."""
        if call.args:
            raise Unknown("unknown_method", "assign")
        for keyword in call.keywords:
            value = keyword.value
            function = value if isinstance(value, ast.Lambda) else own_function(self.model, value)
            if function is not None:
                self.enter(function, next(iter(parameters(function)), None))
            elif not is_data(value):
                raise Unknown("escapes", f"assign({keyword.arg}=...)")
            self.names.add(keyword.arg or "")
        self.used(call)

    def by_column(self, call: ast.Call) -> None:
        """fillna and astype of named columns."""
        first = "value" if getattr(call.func, "attr", "") == "fillna" else "dtype"
        given = self.arguments((first, "inplace", "copy", "errors"), call)
        value = given.get(first)
        mapping = value if isinstance(value, ast.Dict) or value is None else self._constant(value)
        if not isinstance(mapping, ast.Dict):
            raise Unknown("operator_changes_rows", "of all columns")
        for key in mapping.keys:
            if key is None:
                raise Unknown("computed_name", "**")
            self.needs(key)
        self.used(call)

    def queries(self, call: ast.Call) -> None:
        """query: names of a literal condition are columns."""
        given = self.arguments(("expr", "inplace"), call)
        text = given.get("expr")
        found = None
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            found = query_names(text.value)
        if found is None:
            raise Unknown("computed_name", "query")
        self.names.update(found)
        self.used(call)

    def joins(self, call: ast.Call) -> None:
        """merge and join: by named columns, or by the index."""
        name = getattr(call.func, "attr", "")
        method = METHODS[name]
        given = self.arguments(method.parameters, call)
        self._joined_by(name, given)
        self._by_table(method, call)

    def _joined_by(self, name: str, given: dict[str, ast.expr]) -> None:
        if self.model.strict and (name == "join" or "suffixes" in given):
            raise Unknown("unknown_method", "names that are there twice are an error")
        sided = {"left_on", "left_index"} & set(given) and {"right_on", "right_index"} & set(given)
        how = given.get("how")
        cross = isinstance(how, ast.Constant) and how.value == "cross"
        if name == "merge" and "on" not in given and not sided and not cross:
            raise Unknown("column_list_used", "a merge without on= joins by all common columns")
        for key in ("suffixes", "lsuffix", "rsuffix"):
            value = given.get(key)
            if value is None:
                continue
            parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value]
            for part in parts:
                if isinstance(part, ast.Constant) and part.value is None:
                    continue
                found = strings_of(self.model, part)
                if found is None:
                    raise Unknown("computed_name", f"{key}=")
                self.suffixes.update(found)

    def joined(self, call: ast.Call, node: ast.expr) -> bool:
        """Whether a frame that is an argument is the other one of a join, which is followed then."""
        func = call.func
        name = func.attr if isinstance(func, ast.Attribute) else ""
        if name not in ("merge", "join") or not isinstance(func, ast.Attribute):
            return False
        library = isinstance(func.value, ast.Name) and func.value.id in ("pd", "pandas")
        method = METHODS[name]
        parameters_ = ("left", *method.parameters) if library else method.parameters
        if library and name != "merge":
            return False
        given = self.arguments(parameters_, call)
        if not any(given.get(side) is node for side in ("left", "right", "other")):
            raise Unknown("escapes", ast.unparse(func)[:60])
        self._joined_by(name, given)
        for key in method.names:
            value = given.get(key)
            if not _is_missing(value):
                self.needs(value)  # type: ignore[arg-type]
        self.used(call)
        return True

    def pipes(self, call: ast.Call) -> None:
        """pipe: a function of the file gets the frame, whose result its own returns tell."""
        function = own_function(self.model, call.args[0]) if call.args else None
        if function is None:
            raise Unknown("escapes", "pipe")
        self.enter(function, next(iter(parameters(function)), None))

    def tuples(self, call: ast.Call) -> None:
        """itertuples: cells have the types of their columns, and are read by name."""
        given = self.arguments(("index", "name"), call)
        name = given.get("name")
        if name is not None and not (
            isinstance(name, ast.Constant) and isinstance(name.value, str)
        ):
            raise Unknown("positional", "itertuples(name=None)")
        self.used(call, "rows")

    def row_attribute(self, node: ast.Attribute) -> None:
        """`row.name` of a row of itertuples; what begins with an underscore belongs to the tuple, or to a place."""
        if node.attr.startswith("_") or not isinstance(node.ctx, ast.Load):
            raise Unknown("row_wise", node.attr)
        parent = self.model.parents[node]
        called = isinstance(parent, ast.Call) and parent.func is node
        if called and node.attr in ("count", "index"):
            raise Unknown("row_wise", node.attr)
        self.names.add(node.attr)

    def aggregates(self, call: ast.Call) -> None:
        """agg by a dict of columns, or by names of their own."""
        if len(call.args) == 1 and not call.keywords:
            value = call.args[0]
            mapping = value if isinstance(value, ast.Dict) else self._constant(value)
            if isinstance(mapping, ast.Dict):
                for key in mapping.keys:
                    if key is None:
                        raise Unknown("computed_name", "**")
                    self.needs(key)
                return
        if call.args or not call.keywords:
            raise Unknown("aggregated", "agg of all columns")
        for keyword in call.keywords:
            self.needs(named_column(keyword))

    def group_attribute(self, node: ast.Attribute) -> None:
        """An attribute or a method of what `groupby` gives."""
        name = node.attr
        parent = self.model.parents[node]
        call = parent if isinstance(parent, ast.Call) and parent.func is node else None
        if call is None:
            if name in ("ngroups", "groups", "indices"):
                return
            if is_member(name):
                raise Unknown("aggregated", name)
            self.names.add(name)
        elif name in ("agg", "aggregate"):
            self.aggregates(call)
        elif name in GROUPS:
            self._by_table(GROUPS[name], call)
        else:
            raise Unknown("aggregated", name)


_SPECIAL: dict[str, Callable[[Methods, ast.Call], None]] = {
    "set_index": Methods.sets_index,
    "groupby": Methods.groups,
    "reset_index": Methods.resets,
    "drop": Methods.drops,
    "rename": Methods.renames,
    "assign": Methods.assigns,
    "fillna": Methods.by_column,
    "astype": Methods.by_column,
    "query": Methods.queries,
    "merge": Methods.joins,
    "join": Methods.joins,
    "pipe": Methods.pipes,
    "itertuples": Methods.tuples,
    "agg": Methods.aggregates,
    "aggregate": Methods.aggregates,
}


def _is_missing(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)
