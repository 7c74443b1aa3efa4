"""Which columns of a pandas frame the code after its conversion uses, where every use has a form that is known.

A use that is not listed here makes the answer "all": the list is of what is proved to depend,
row by row, on nothing but the named columns.
"""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

from glue_compiler.knowledge.frames import api, versions_of

if TYPE_CHECKING:
    from glue_compiler.rewrites.model import Model

Demand = tuple[set[str] | str, str]
"""The names and "", or a reason code and what stands in the way."""

_COLUMN_LIST = {
    "columns",
    "dtypes",
    "axes",
    "keys",
    "T",
    "values",
    "size",
    "ndim",
    "attrs",
    "style",
}
_ROW_WISE = {"iterrows", "itertuples", "apply", "to_dict", "to_numpy", "to_records", "iloc", "loc"}
_ROW_WISE |= {"at", "iat", "xs", "pop", "applymap", "map", "transform", "pipe", "stack", "melt"}


class _Unknown(Exception):
    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def pandas_demand(model: Model, call: ast.Call) -> Demand:
    """The columns of the frame that `call` (a `toPandas()`) makes which the model function can use."""
    walk = _Walk(model)
    try:
        walk.used(call)
        walk.follow_names()
    except _Unknown as problem:
        return problem.reason, problem.detail
    return walk.names, ""


@cache
def is_member(name: str) -> bool:
    """Whether a name is no column when it is an attribute of a frame, in any supported pandas."""
    return any(api("pandas", version).has(name) for version in versions_of("pandas"))


def columns_of(node: ast.expr) -> list[str] | None:
    """The column names that a literal is: one string, or a list of strings; None for anything else."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else None
    if not isinstance(node, ast.List) or not node.elts:
        return None
    found = [e.value for e in node.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)]
    return found if len(found) == len(node.elts) else None


class _Walk:
    """Follows a frame through names and methods, and collects the columns that it is asked for."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.names: set[str] = set()
        self.tracked: set[str] = set()
        self.own = model.own_nodes

    def follow_names(self) -> None:
        done: set[str] = set()
        while self.tracked - done:
            name = (self.tracked - done).pop()
            done.add(name)
            if name in self.model.string_words:
                raise _Unknown("named_in_text", name)
            if self.model.reaches_out:
                raise _Unknown("frame_alias", "global or nonlocal")
            for node in self.model.names(name):
                if node not in self.own:
                    raise _Unknown("escapes", f"{name} is read in a nested function")
                if isinstance(node.ctx, ast.Load):
                    self.used(node)
                elif isinstance(self.model.parents[node], ast.AugAssign):
                    raise _Unknown("operator_changes_rows", "an operator on the whole frame")

    def needs(self, node: ast.expr) -> None:
        found = columns_of(node)
        if found is None:
            raise _Unknown("computed_name", ast.unparse(node)[:60])
        self.needs_names(found)

    def needs_names(self, found: list[str]) -> None:
        for name in found:
            self.names.add(name)
            if name.endswith(("_x", "_y")):
                self.names.add(name[:-2])

    def used(self, node: ast.expr) -> None:
        """One place where the frame is the value of `node`."""
        parent = self.model.parents[node]
        if isinstance(parent, ast.Assign) and parent.value is node:
            for target in parent.targets:
                if not isinstance(target, ast.Name):
                    raise _Unknown("frame_alias", ast.unparse(target)[:60])
                self.tracked.add(target.id)
        elif isinstance(parent, ast.AnnAssign) and isinstance(parent.target, ast.Name):
            self.tracked.add(parent.target.id)
        elif isinstance(parent, ast.Attribute):
            self._attribute(parent)
        elif isinstance(parent, ast.Subscript) and parent.value is node:
            self._item(parent)
        elif isinstance(parent, ast.Return):
            raise _Unknown("frame_returned")
        elif isinstance(parent, (ast.For, ast.comprehension)):
            raise _Unknown("column_list_used", "the frame is iterated: that gives its column names")
        elif isinstance(parent, ast.Compare):
            raise _Unknown(
                "column_list_used", "a comparison of the whole frame, or a test of its labels"
            )
        elif isinstance(parent, ast.Expr) or (
            isinstance(parent, ast.Call)
            and isinstance(parent.func, ast.Name)
            and parent.func.id == "len"
        ):
            return
        elif isinstance(parent, ast.Call) and parent.func is not node:
            self._argument(parent, node)
        elif isinstance(parent, ast.keyword):
            outer = self.model.parents[parent]
            if isinstance(outer, ast.Call):
                self._argument(outer, node)
        else:
            raise _Unknown("escapes", ast.unparse(parent)[:60])

    def _item(self, item: ast.Subscript) -> None:
        index = item.slice
        if isinstance(index, ast.Constant) and isinstance(index.value, str):
            if isinstance(item.ctx, ast.Store):
                # Where a new column stands matters to nobody who names columns; `+=` also reads it.
                self.needs(index)
                return
            if isinstance(item.ctx, ast.Del):
                raise _Unknown("computed_name", "del")
            self.needs(index)
            return
        if not isinstance(item.ctx, ast.Load):
            raise _Unknown("computed_name", ast.unparse(item)[:60])
        if isinstance(index, ast.List):
            self.needs(index)
            return
        if isinstance(index, ast.Slice) or self._is_mask(index):
            self.used(item)
            return
        raise _Unknown("computed_name", ast.unparse(item)[:60])

    def _is_mask(self, node: ast.expr) -> bool:
        """Whether an index is certainly a condition over rows: comparisons and their combinations."""
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            return not any(isinstance(s, ast.Name) and s.id in self.tracked for s in sides)
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.BitAnd, ast.BitOr)):
            return self._is_mask(node.left) and self._is_mask(node.right)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
            return self._is_mask(node.operand)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            known = {"isin", "notna", "isna", "isnull", "notnull", "between", "duplicated"}
            base = node.func.value
            series = isinstance(base, ast.Subscript) and isinstance(base.slice, ast.Constant)
            return node.func.attr in known and series
        return False

    def _attribute(self, node: ast.Attribute) -> None:
        name = node.attr
        parent = self.model.parents[node]
        call = parent if isinstance(parent, ast.Call) and parent.func is node else None
        if not isinstance(node.ctx, ast.Load):
            raise _Unknown("renamed_labels", name)
        if name in ("empty", "index"):
            return
        if name == "shape":
            rows = isinstance(parent, ast.Subscript) and isinstance(parent.slice, ast.Constant)
            if rows and isinstance(parent, ast.Subscript) and parent.slice.value == 0:  # type: ignore[attr-defined]
                return
            raise _Unknown("column_list_used", "shape")
        if name in _COLUMN_LIST:
            raise _Unknown("column_list_used", name)
        if name in _ROW_WISE:
            raise _Unknown("positional" if name in ("iloc", "iat") else "row_wise", name)
        if call is None:
            if is_member(name):
                raise _Unknown("unknown_method", name)
            self.needs_names([name])
            return
        handler = _METHODS.get(name)
        if handler is None:
            raise _Unknown("unknown_method", name)
        if any(isinstance(a, ast.Starred) for a in call.args) or any(
            k.arg is None for k in call.keywords
        ):
            raise _Unknown("computed_name", "*arguments")
        handler(self, call)

    def _keyword(self, call: ast.Call, name: str) -> ast.expr | None:
        return next((k.value for k in call.keywords if k.arg == name), None)

    def _only(self, call: ast.Call, *names: str) -> None:
        for keyword in call.keywords:
            if keyword.arg not in names:
                raise _Unknown("unknown_method", f"{keyword.arg}=")

    def keeps(self, call: ast.Call) -> None:
        self._only(call, "n", "deep", "ignore_index", "ascending", "kind", "na_position")
        self.used(call)

    def resets(self, call: ast.Call) -> None:
        self._only(call, "drop")
        drop = self._keyword(call, "drop")
        if call.args or not (isinstance(drop, ast.Constant) and drop.value is True):
            # Without drop the index becomes a column, whose name depends on those that are there.
            raise _Unknown("column_list_used", "reset_index() without drop=True")
        self.used(call)

    def sorts(self, call: ast.Call) -> None:
        self._only(call, "by", "ascending", "ignore_index", "na_position", "kind")
        by = call.args[0] if len(call.args) == 1 else self._keyword(call, "by")
        if by is None:
            raise _Unknown("computed_name", "sort_values")
        self.needs(by)
        self.used(call)

    def by_subset(self, call: ast.Call) -> None:
        self._only(call, "subset", "keep", "how", "ignore_index")
        subset = self._keyword(call, "subset")
        if call.args or subset is None:
            raise _Unknown("operator_changes_rows", "without subset=")
        self.needs(subset)
        self.used(call)

    def drops(self, call: ast.Call) -> None:
        self._only(call, "columns")
        columns = self._keyword(call, "columns")
        if call.args or columns is None:
            raise _Unknown("unknown_method", "drop without columns=")
        self.needs(columns)
        self.used(call)

    def renames(self, call: ast.Call) -> None:
        self._only(call, "columns")
        columns = self._keyword(call, "columns")
        if call.args or not isinstance(columns, ast.Dict):
            raise _Unknown("renamed_labels", "rename")
        for old, new in zip(columns.keys, columns.values, strict=True):
            if old is None:
                raise _Unknown("computed_name", "**")
            self.needs(old)
            self.needs(new)
        self.used(call)

    def assigns(self, call: ast.Call) -> None:
        for keyword in call.keywords:
            # A value that can be called gets the whole frame.
            if not isinstance(keyword.value, (ast.BinOp, ast.Constant, ast.Compare)):
                raise _Unknown("escapes", f"assign({keyword.arg}=...)")
            self.needs_names([keyword.arg or ""])
        self.used(call)

    def by_column(self, call: ast.Call) -> None:
        """fillna and astype of named columns."""
        if len(call.args) != 1 or call.keywords or not isinstance(call.args[0], ast.Dict):
            raise _Unknown("operator_changes_rows", "of all columns")
        for key in call.args[0].keys:
            if key is None:
                raise _Unknown("computed_name", "**")
            self.needs(key)
        self.used(call)

    def merges(self, call: ast.Call) -> None:
        self._only(call, "on", "how", "left_on", "right_on", "right")
        keys = [self._keyword(call, key) for key in ("on", "left_on", "right_on")]
        if not any(keys) or len(call.args) > 1:
            raise _Unknown("column_list_used", "a merge without on= joins by all common columns")
        for key in keys:
            if key is not None:
                self.needs(key)
        self.used(call)

    def groups(self, call: ast.Call) -> None:
        self._only(call, "by", "as_index", "sort", "dropna", "observed")
        by = call.args[0] if len(call.args) == 1 else self._keyword(call, "by")
        if by is None:
            raise _Unknown("computed_name", "groupby")
        self.needs(by)
        parent = self.model.parents[call]
        if isinstance(parent, ast.Subscript) and parent.value is call:
            self.needs(parent.slice)
            return
        method = parent.attr if isinstance(parent, ast.Attribute) else ""
        outer = self.model.parents[parent]
        if method == "size" and isinstance(outer, ast.Call):
            return
        if method not in ("agg", "aggregate") or not isinstance(outer, ast.Call):
            raise _Unknown("aggregated", method)
        self._aggregation(outer)

    def _aggregation(self, call: ast.Call) -> None:
        if len(call.args) == 1 and isinstance(call.args[0], ast.Dict) and not call.keywords:
            for key in call.args[0].keys:
                if key is None:
                    raise _Unknown("computed_name", "**")
                self.needs(key)
            return
        if call.args or not call.keywords:
            raise _Unknown("aggregated", "agg of all columns")
        for keyword in call.keywords:
            value = keyword.value
            if not isinstance(value, ast.Tuple) or len(value.elts) != 2:
                raise _Unknown("computed_name", "agg")
            self.needs(value.elts[0])

    def _argument(self, call: ast.Call, node: ast.expr) -> None:
        func = call.func
        if isinstance(func, ast.Attribute) and func.attr == "merge" and node in (
            *call.args, self._keyword(call, "right"),
        ):  # fmt: skip
            module = isinstance(func.value, ast.Name) and func.value.id == "pd"
            if not module:
                self.merges(call)
                return
        if isinstance(func, ast.Name) and func.id in ("print", "str", "repr"):
            raise _Unknown("column_list_used", "the frame is shown")
        raise _Unknown("escapes", ast.unparse(func)[:60])


_METHODS = {
    "copy": _Walk.keeps,
    "head": _Walk.keeps,
    "tail": _Walk.keeps,
    "reset_index": _Walk.resets,
    "sort_values": _Walk.sorts,
    "drop_duplicates": _Walk.by_subset,
    "drop": _Walk.drops,
    "rename": _Walk.renames,
    "assign": _Walk.assigns,
    "fillna": _Walk.by_column,
    "astype": _Walk.by_column,
    "dropna": _Walk.by_subset,
    "merge": _Walk.merges,
    "groupby": _Walk.groups,
}
