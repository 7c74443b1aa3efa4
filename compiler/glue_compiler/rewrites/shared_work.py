"""Actions on the frame that the model returns read what was written, which is then written at the first of them."""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit
from glue_compiler.rewrites.counts import counts_beside_the_write
from glue_compiler.rewrites.decision import APPLIED, Decision
from glue_compiler.rewrites.model import WRITTEN, once_a_model
from glue_compiler.rewrites.purity import pure_functions
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.rewrites.model import Model

NAME = "shared_work"
_SAVES = "the frame is evaluated once, for the write; this reads the rows that were written"
_COUNTS = {"count", "isEmpty"}
_ONE_ROW = {"collect", "first", "head", "toPandas"}
_KEEP = frozenset("filter where select drop distinct dropDuplicates drop_duplicates dropna".split())  # noqa: SIM905 - a list of words reads better
"""Methods whose number of rows the order of the rows before them does not change."""

_REPORTERS = {"print", "debug", "info", "warning", "error", "critical", "exception"}
_AGGREGATES = frozenset("min max count countDistinct count_distinct".split())  # noqa: SIM905 - a list of words reads better
"""Aggregates whose value no order of the rows changes: a sum of doubles is not among them."""

_ORDER = re.compile(
    r"\b(?:first\w*|last\w*|row_number|ntile|lag|lead|nth_value|over|window|monotonically\w*|spark_partition\w*"
    r"|input_file\w*|rand\w*|uuid|sum|avg|mean|collect_\w+|array_agg|explode\w*)\b",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"\.write\b|\bwrite(?:To|Stream)\b|saveAsTable|insertInto|\.conf\b|\bset(?:CurrentDatabase|CurrentCatalog|LogLevel)\b"
    r"|refreshTable|recoverPartitions|accumulator|\bobserv(?:e|ation)\b|boto3|awswrangler|_jvm\b|_jsc\b|_jdf\b|_jsparkSession"
    r"|\bopen\(|os\.environ|subprocess",
    re.IGNORECASE,
)
_STATEMENT = re.compile(
    r"(?:\A|;)\s*(?:merge|delete|update|drop|alter|truncate|create|refresh|msck|set|reset|use|load|replace|call|optimize"
    r"|vacuum|add|cache|uncache|declare|execute)\s|\A\s*reset\s*;?\s*\Z|\binsert\s+(?:into|overwrite)\b",
    re.IGNORECASE,
)
"""SQL that changes a table, a setting, or what a name stands for."""

_KNOWN = frozenset(sys.stdlib_module_names) | frozenset(
    "pyspark pandas numpy pyarrow dateutil pytz scipy sklearn requests".split()  # noqa: SIM905 - a list of words reads better
)
"""Modules that change no table by themselves."""


@once_a_model
def shared_work(model: Model) -> tuple[Decision, ...]:
    """One decision for every action on a frame that is returned later under the same name."""
    return tuple(_decisions(model))


def _decisions(model: Model) -> Iterator[Decision]:
    waiting = [d.span for d in counts_beside_the_write(model) if d.applied]
    for span, actions in model.grouped(model.facts.flow.actions).items():
        call = model.calls.get(span)
        if call is None or any(span.start >= w.start and span.end <= w.end for w in waiting):
            continue
        name, methods = _chain(call)
        if name is None or not _is_returned(model, name):
            continue
        if any(model.frame(action.frame).kind != "spark" for action in actions):
            continue
        kept = any(model.frame(action.frame).cached or action.after_cache for action in actions)
        reason = "cached" if kept else _refusal(model, call, methods)
        edits: tuple[Edit, ...] = ()
        if not reason:
            place = model.span(name)
            pure = model.pure_udfs or pure_functions(model)
            edits = (
                Edit(Span(place.start, place.start), f"{WRITTEN}("),
                Edit(Span(place.end, place.end), f", {pure})"),
            )
        yield Decision(NAME, span, reason or APPLIED, edits, "" if reason else _SAVES)


def _chain(call: ast.Call) -> tuple[ast.Name | None, list[ast.Call]]:
    """The name that a chain of calls begins with, and the calls, first to last."""
    calls: list[ast.Call] = []
    current: ast.expr = call
    while isinstance(current, ast.Call) and isinstance(current.func, ast.Attribute):
        calls.append(current)
        current = current.func.value
    return (current if isinstance(current, ast.Name) else None), calls[::-1]


def _is_returned(model: Model, name: ast.Name) -> bool:
    """Whether a later `return` returns the name, which is not bound again from here on.

    The session compares the frames themselves: this only tells whether it is worth trying.
    """
    place = model.span(name)
    stores = [node for node in model.names(name.id) if not isinstance(node.ctx, ast.Load)]
    if not stores or any(model.span(store).start > place.start for store in stores):
        return False
    if all(_is_table(model, store) for store in stores):
        return False
    return any(
        isinstance(node, ast.Return)
        and isinstance(node.value, ast.Name)
        and node.value.id == name.id
        and model.span(node).start > place.start
        for node in model.own_nodes
    )


def _is_table(model: Model, store: ast.Name) -> bool:
    """Whether a name is given a table as it is: to read that once more costs what it costs to read a copy."""
    parent = model.parents[store]
    value = parent.value if isinstance(parent, ast.Assign) else None
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and isinstance(value.func.value, ast.Name)
        and value.func.attr in ("ref", "source", "table")
    )


def _refusal(model: Model, call: ast.Call, methods: list[ast.Call]) -> str:
    if model.inside(call, ast.For, ast.While, ast.AsyncFor):
        return "in_loop"
    if model.opaque or model.reaches_out:
        return "frame_alias"
    if _sets_or_writes(model):
        return "sets_or_writes"
    return "" if _sees_no_order(model, methods) else "order_seen"


def _sets_or_writes(model: Model) -> bool:
    """Whether something in the file might change a table or a setting between two evaluations of a frame."""
    if _CHANGES.search(model.code):
        return True
    if any(found.level or found.top not in _KNOWN for found in model.facts.imports):
        return True
    return any(
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and not isinstance(parent, ast.Expr)
        and _STATEMENT.search(node.value)
        and _is_query(model, node)
        for node, parent in model.parents.items()
    )


def _is_query(model: Model, node: ast.AST) -> bool:
    """Whether a text can be SQL: all but what a report tells."""
    for outer in model.around(node):
        if isinstance(outer, ast.Call):
            func = outer.func
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            return name not in _REPORTERS
    return True


def _sees_no_order(model: Model, methods: list[ast.Call]) -> bool:
    names = [method.func.attr for method in methods if isinstance(method.func, ast.Attribute)]
    *before, last = names
    if last in _COUNTS and set(before) <= _KEEP:
        given = [argument for method in methods for argument in _given(method)]
        return not any(_ORDER.search(ast.unparse(argument)) for argument in given)
    if last not in _ONE_ROW or not before or before[-1] != "agg" or set(before[:-1]) - _KEEP:
        return False
    given = [argument for method in methods[:-2] for argument in _given(method)]
    if any(_ORDER.search(ast.unparse(argument)) for argument in given):
        return False
    return all(_is_exact(model, argument) for argument in _given(methods[-2]))


def _given(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _is_exact(model: Model, node: ast.expr) -> bool:
    """Whether an aggregate is `F.max("x")`, perhaps under another name, or `{"x": "max"}`."""
    if isinstance(node, ast.Dict):
        words = [v.value if isinstance(v, ast.Constant) else None for v in node.values]
        return all(word in _AGGREGATES for word in words)
    if not isinstance(node, ast.Call):
        return False
    func = node.func
    if isinstance(func, ast.Attribute) and func.attr == "alias":
        return _is_exact(model, func.value)
    modules, functions = model.spark_functions
    if isinstance(func, ast.Name):
        named = functions.get(func.id) in _AGGREGATES
    else:
        module = func.value if isinstance(func, ast.Attribute) else None
        named = (
            isinstance(func, ast.Attribute)
            and isinstance(module, ast.Name)
            and module.id in modules
            and func.attr in _AGGREGATES
        )
    return named and not any(_ORDER.search(ast.unparse(given)) for given in _given(node))
