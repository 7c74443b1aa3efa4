"""What a model asks of a pandas frame that it only aggregates: names of columns, and what is asked of each."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glue_compiler.rewrites.pandas_demand import columns_of, is_member
from glue_compiler.rewrites.pandas_demand.uses import Unknown
from glue_compiler.rewrites.readers import may_be_read

if TYPE_CHECKING:
    from glue_compiler.rewrites.model import Model

_MEASURES = {"count", "min", "max", "sum", "mean"}
_GROUPED = {*_MEASURES, "nunique"}
_BUILTINS = {"len", "sorted", "set", "frozenset", "list"}
_OPTIONS = {"as_index", "dropna", "observed", "sort"}


@dataclass
class Aggregations:
    """The columns by which rows are told apart, what is asked of others, the keys of each groupby, the counted columns."""

    keys: dict[str, None] = field(default_factory=dict)
    measures: dict[tuple[str, str], None] = field(default_factory=dict)
    grouped: dict[tuple[str, ...], None] = field(default_factory=dict)
    counted: dict[str, None] = field(default_factory=dict)
    found: int = 0

    @property
    def shown(self) -> str:
        """The aggregations as an argument list of the session's function."""
        parts = (self.keys, self.measures, self.grouped, self.counted)
        return ", ".join(repr(tuple(part)) for part in parts)


class AggregateUses:
    """Follows a pandas frame through the model function. `problem` tells the first use that is no known aggregation."""

    def __init__(self, model: Model, call: ast.Call) -> None:
        self.model = model
        self.asked = Aggregations()
        self.problem: Unknown | None = None
        self._tracked: set[str] = set()
        self._followed(call)
        done: set[str] = set()
        while self._tracked - done:
            name = (self._tracked - done).pop()
            done.add(name)
            self._name(name)

    def _followed(self, node: ast.expr) -> None:
        try:
            self._used(node)
        except Unknown as problem:
            self.asked.found += problem.reason in ("aggregate_order", "unknown_aggregation")
            self.problem = self.problem or problem

    def _name(self, name: str) -> None:
        own = self.model.own_nodes
        if may_be_read(self.model, name):
            self.problem = self.problem or Unknown("named_in_text", name)
        for node in self.model.names(name):
            if node not in own:
                self.problem = self.problem or Unknown("escapes", f"{name} in a nested function")
            elif isinstance(node.ctx, ast.Load):
                self._followed(node)
            elif isinstance(self.model.parents[node], ast.AugAssign):
                self.problem = self.problem or Unknown("rows_used", f"{name} is changed")

    def _used(self, node: ast.expr) -> None:
        """One place where the frame is the value of `node`."""
        parent = self.model.parents[node]
        if isinstance(parent, ast.Assign) and parent.value is node:
            self._tracked.update(t.id for t in parent.targets if isinstance(t, ast.Name))
            if not all(isinstance(target, ast.Name) for target in parent.targets):
                raise Unknown("frame_alias", ast.unparse(parent)[:60])
        elif isinstance(parent, ast.AnnAssign) and isinstance(parent.target, ast.Name):
            self._tracked.add(parent.target.id)
        elif isinstance(parent, ast.Call) and self._builtin(parent, node) == "len":
            self.asked.found += 1
        elif isinstance(parent, ast.Attribute) and isinstance(parent.ctx, ast.Load):
            self._attribute(parent)
        elif isinstance(parent, ast.Subscript) and parent.value is node:
            self._item(parent)
        elif not isinstance(parent, ast.Expr):
            raise Unknown("rows_used", ast.unparse(parent).partition("\n")[0][:60])

    def _item(self, item: ast.Subscript) -> None:
        names = columns_of(item.slice)
        if names is None or not isinstance(item.ctx, ast.Load):
            raise Unknown("rows_used", ast.unparse(item)[:60])
        if isinstance(item.slice, ast.List):
            self._used(item)
        else:
            self._column(item, names[0])

    def _attribute(self, node: ast.Attribute) -> None:
        parent = self.model.parents[node]
        if node.attr == "empty":
            self.asked.found += 1
        elif node.attr == "shape":
            first = isinstance(parent, ast.Subscript) and ast.unparse(parent.slice) == "0"
            if not first:
                raise Unknown("rows_used", "shape")
            self.asked.found += 1
        elif node.attr == "groupby" and isinstance(parent, ast.Call) and parent.func is node:
            self._groups(parent)
        elif is_member(node.attr) or node.attr.startswith("_") or node.attr == "toPandas":
            raise Unknown("rows_used", node.attr)
        else:
            self._column(node, node.attr)

    def _column(self, node: ast.expr, name: str) -> None:
        call, method = self._called(node)
        plain = call is not None and not call.args and not call.keywords
        if plain and method in _MEASURES:
            self._measure(name, method)
        elif plain and method == "nunique":
            self.asked.keys[name] = None
        elif plain and call is not None and method == "unique":
            if not self._sorted_or_counted(call):
                raise Unknown("aggregate_order", "unique() gives values as they first appear")
            self.asked.keys[name] = None
        elif call is not None and method == "value_counts" and _only(call, {"normalize"}):
            self.asked.keys[name] = self.asked.counted[name] = None
        elif method == "value_counts":
            raise Unknown("unknown_aggregation", ast.unparse(call or node)[-60:])
        else:
            raise Unknown("rows_used", ast.unparse(call or node)[:60])
        self.asked.found += 1

    def _sorted_or_counted(self, values: ast.expr) -> bool:
        """Whether values go through `sorted` or `len`, a set or a list between them at most."""
        outer = self.model.parents[values]
        while isinstance(outer, ast.Call) and (name := self._builtin(outer, values)):
            if name in ("sorted", "len"):
                return True
            values, outer = outer, self.model.parents[outer]
        return False

    def _builtin(self, call: ast.Call, argument: ast.expr) -> str:
        """The builtin function that a call of one argument, this one, is of; "" for any other call."""
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        alone = len(call.args) == 1 and call.args[0] is argument and not call.keywords
        bound = name in self.model.stored or any(b.name == name for b in self.model.facts.bindings)
        return name if alone and name in _BUILTINS and not bound else ""

    def _called(self, node: ast.expr) -> tuple[ast.Call | None, str]:
        """The call of a method of `node`, and the method."""
        parent = self.model.parents[node]
        call = self.model.parents[parent] if isinstance(parent, ast.Attribute) else None
        if isinstance(parent, ast.Attribute) and isinstance(call, ast.Call) and call.func is parent:
            return call, parent.attr
        return None, ""

    def _measure(self, name: str, how: str) -> None:
        self.asked.measures[name, "sum" if how == "mean" else how] = None

    def _groups(self, call: ast.Call) -> None:
        by = call.args[0] if len(call.args) == 1 else None
        options = [k for k in call.keywords if k.arg != "by"]
        by = by or next((k.value for k in call.keywords if k.arg == "by"), None)
        names = None if by is None else columns_of(by)
        known = all(
            k.arg in _OPTIONS and isinstance(k.value, ast.Constant) and type(k.value.value) is bool
            for k in options
        )
        if names is None or len(call.args) > 1 or not known or len(set(names)) < len(names):
            raise Unknown("unknown_aggregation", ast.unparse(call)[-60:])
        given = {k.arg: k.value.value for k in options if isinstance(k.value, ast.Constant)}
        if given.get("sort") is False:
            raise Unknown("aggregate_order", "sort=False: groups as they first appear")
        asked = self._of_groups(call)
        if given.get("as_index") is False and not {label for label, _, _ in asked}.isdisjoint(
            names
        ):
            raise Unknown("unknown_aggregation", "a result named as its key")
        for _, name, how in asked:
            if how == "nunique":
                self.asked.keys[name] = None
            elif how != "size":
                self._measure(name, how)
        self.asked.keys.update(dict.fromkeys(names))
        if given.get("dropna", True):
            self.asked.grouped[tuple(names)] = None
        self.asked.found += 1

    def _of_groups(self, call: ast.Call) -> list[tuple[str, str, str]]:
        """(label, column, aggregation) of all that is asked of the groups."""
        unknown = Unknown("unknown_aggregation", ast.unparse(self.model.parents[call])[-60:])
        parent = self.model.parents[call]
        if isinstance(parent, ast.Subscript) and parent.value is call:
            names = columns_of(parent.slice)
            applied, method = self._called(parent)
            if names is None or isinstance(parent.slice, ast.List) or applied is None:
                raise unknown
            how = method
            if method in ("agg", "aggregate") and len(applied.args) == 1 and not applied.keywords:
                how = _text(applied.args[0]) or ""
            elif applied.args or applied.keywords:
                raise unknown
            if how not in _GROUPED:
                raise unknown
            return [(names[0], names[0], how)]
        applied, method = self._called(call)
        if applied is None:
            raise unknown
        if method == "size" and not applied.args and not applied.keywords:
            return [("size", "", "size")]
        found = _named(applied) if method in ("agg", "aggregate") else []
        if not found or any(how not in {*_GROUPED, "size"} for _, _, how in found):
            raise unknown
        return found


def _only(call: ast.Call, names: set[str]) -> bool:
    """Whether a call has no arguments but literals of these keywords."""
    return not call.args and all(
        k.arg in names and isinstance(k.value, ast.Constant) for k in call.keywords
    )


def _text(node: ast.expr | None) -> str | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else None


def _named(call: ast.Call) -> list[tuple[str, str, str]]:
    """The aggregations of `agg({column: how})` or `agg(label=(column, how))`; nothing where one is of another form."""
    found: list[tuple[str, str | None, str | None]] = []
    if len(call.args) == 1 and isinstance(call.args[0], ast.Dict) and not call.keywords:
        for key, value in zip(call.args[0].keys, call.args[0].values, strict=True):
            found.append((_text(key) or "", _text(key), _text(value)))
    elif not call.args:
        for keyword in call.keywords:
            pair = keyword.value.elts if isinstance(keyword.value, ast.Tuple) else []
            names = [_text(node) for node in pair]
            column, how = names if len(names) == 2 else (None, None)
            found.append((keyword.arg or "", column, how))
    known = [(label, name, how) for label, name, how in found if label and name and how]
    return known if len(known) == len(found) else []
