"""`pdf = df.toPandas()` whose first use is a comparison with a literal: the rows are compared in Spark already.

Only comparisons that mean the same on both sides are moved: a string column that equals a literal
and a double column compared with a finite number (NaN, which Spark puts above every number, is
excluded by name). The session checks the types: rows that are left out must not change the type
that pandas gives to a column, as a NULL in an integer column does.
"""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit
from glue_compiler.rewrites.decision import APPLIED, Decision
from glue_compiler.rewrites.failures import caught
from glue_compiler.rewrites.hazards import chosen_rows, hazard, seen_besides, trust
from glue_compiler.rewrites.model import FILTER
from glue_compiler.rewrites.pandas_demand import columns_of, is_member
from glue_compiler.rewrites.readers import may_be_read
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.rewrites.model import Model

NAME = "filters"
_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.NotEq: "!=",
}  # fmt: skip
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def filters(model: Model) -> Iterator[Decision]:
    """One decision for every conversion whose result is filtered by the statement after it."""
    for span, conversions in model.grouped(model.facts.flow.conversions).items():
        call = model.calls.get(span)
        if call is None or conversions[0].method != "toPandas":
            continue
        found = _filter_after(model, call)
        if found is None:
            continue
        frames = [model.frame(conversion.source) for conversion in conversions]
        reason, edits, shown = _verdict(model, call, found)
        if any(frame.kind != "spark" for frame in frames):
            reason = "kind_unknown"
        else:
            besides = (
                hazard(model, frame, call) if model.strict else seen_besides(model, frame)
                for frame in frames
            )
            reason = next(filter(None, besides), reason)
            if (
                reason == APPLIED
                and model.strict
                and any(chosen_rows(model, frame, call) for frame in frames)
            ):
                reason = "order_undefined"
        if model.opaque:
            reason = "frame_alias"
        if reason != APPLIED:
            yield Decision(NAME, span, reason)
        else:
            yield Decision(NAME, span, APPLIED, edits, f"only rows with {shown} reach the driver")


def _filter_after(model: Model, call: ast.Call) -> ast.Subscript | None:
    """The `pdf[comparison]` of the first statement that names pdf after `pdf = df.toPandas()`, if that is what it does."""
    statement = model.parents[call]
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    target = statement.targets[0]
    parent = model.parents[statement]
    body = getattr(parent, "body", [])
    if not isinstance(target, ast.Name) or not isinstance(body, list) or statement not in body:
        return None
    following = body[body.index(statement) + 1 :]
    first = next((node for node in following if _names(node, target.id)), None)
    if first is None:
        return None
    items = [
        node
        for node in ast.walk(first)
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == target.id
        and not isinstance(node.slice, (ast.Constant, ast.List, ast.Slice))
    ]
    return items[0] if len(items) == 1 and isinstance(first, ast.Assign) else None


def _names(node: ast.AST, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node))


def _verdict(
    model: Model, call: ast.Call, item: ast.Subscript
) -> tuple[str, tuple[Edit, ...], str]:
    assert isinstance(item.value, ast.Name)  # noqa: S101 - `_filter_after` tells
    name = item.value.id
    conditions = [_condition(part, name) for part in _parts(item.slice)]
    wrong = next((found for found in conditions if isinstance(found, str)), None)
    if wrong is not None:
        return wrong, (), ""
    statement = model.statement(item)
    assert isinstance(statement, ast.Assign)  # noqa: S101 - `_filter_after` tells
    target = statement.targets[0]
    if len(statement.targets) != 1 or not isinstance(target, ast.Name) or target.id != name:
        return "frame_alias", (), ""
    # The old rows can be reached no more, and the index starts anew.
    outer = model.parents[item]
    reset = model.parents[outer] if isinstance(outer, ast.Attribute) else None
    if not (isinstance(reset, ast.Call) and statement.value is reset and _resets(reset)):
        return "index_used", (), ""
    inner = [n for n in ast.walk(statement.value) if isinstance(n, ast.Name) and n.id == name]
    if len(inner) != 1 + len(conditions) or any(
        n for n in model.names(name) if n not in model.own_nodes
    ):
        return "frame_alias", (), ""
    func = call.func
    if not isinstance(func, ast.Attribute) or call.args or call.keywords:
        return "unknown_call", (), ""
    if model.strict and model.inside(call, ast.For, ast.While, ast.AsyncFor):
        return "in_loop", (), ""
    seen = ("in_try" if model.guarded(call) else "") if model.strict else caught(model, call)
    if seen:
        return seen, (), ""
    if may_be_read(model, name):
        return "named_in_text", (), ""
    if not model.plainly_called(func):
        return "chain_parentheses", (), ""
    receiver = model.span(func.value)
    trusted = trust(model)
    edits: list[Edit] = []
    shown: list[str] = []
    for column, operator, value in (found for found in conditions if not isinstance(found, str)):
        edits += [
            Edit(Span(receiver.start, receiver.start), f"{FILTER}("),
            Edit(
                Span(receiver.end, receiver.end), f", {column!r}, {operator!r}, {value!r}{trusted})"
            ),
        ]
        shown.append(f"{column} {operator} {value!r}")
    return APPLIED, tuple(edits), " and ".join(shown)


def _parts(node: ast.expr) -> list[ast.expr]:
    """The comparisons that are joined by `&`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd):
        return [*_parts(node.left), *_parts(node.right)]
    return [node]


def _resets(call: ast.Call) -> bool:
    func = call.func
    drop = [k for k in call.keywords if k.arg == "drop"]
    named = isinstance(func, ast.Attribute) and func.attr == "reset_index" and not call.args
    if not named or len(call.keywords) != 1 or not drop:
        return False
    return isinstance(drop[0].value, ast.Constant) and drop[0].value.value is True


def _condition(node: ast.expr, name: str) -> tuple[str, str, str | int | float] | str:
    """(column, operator, literal), or a reason code."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return "nan_semantics"
    operator = _OPERATORS.get(type(node.ops[0]))
    left, right = node.left, node.comparators[0]
    if isinstance(left, ast.Constant):
        left, right = right, left
        operator = _TURNED.get(operator or "", operator)
    base = left.value if isinstance(left, (ast.Subscript, ast.Attribute)) else None
    columns = columns_of(left.slice) if isinstance(left, ast.Subscript) else None
    if isinstance(left, ast.Attribute) and not is_member(left.attr):
        columns = [left.attr]
    if not isinstance(base, ast.Name) or base.id != name or columns is None or len(columns) != 1:
        return "computed_name"
    value = right.value if isinstance(right, ast.Constant) else None
    if operator is None or operator == "!=":
        return "nan_semantics"
    if isinstance(value, str) and operator == "==":
        return columns[0], operator, value
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if number and abs(value) <= 2**53 and math.isfinite(value):  # type: ignore[arg-type]
        return columns[0], operator, value  # type: ignore[return-value]
    return "nan_semantics"
