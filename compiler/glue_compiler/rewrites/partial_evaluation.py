"""dbt.is_incremental, dbt.config.get, dbt.config.meta_get and parts of dbt.this become the values of this run.

Branches whose test becomes a constant are left out by Python's own compiler, which still knows
the names that they bind, so that a local name stays local.
"""

from __future__ import annotations

import ast
import math
import sys
from typing import TYPE_CHECKING, Any

from glue_compiler.findings.diagnostics import Edit
from glue_compiler.rewrites.decision import APPLIED, Decision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.model import DbtUse
    from glue_compiler.rewrites.model import Model

NAME = "partial_evaluation"
_LARGEST = 200
_THIS = {"this.database", "this.schema", "this.identifier", "this.name", "this.table"}
_STANDARD = sys.stdlib_module_names


def partial_evaluation(model: Model) -> Iterator[Decision]:
    """One decision for every use of these APIs that the run reaches."""
    apis = {"is_incremental", "config.get", "config.meta_get", *_THIS}
    for use in model.uses(*apis):
        reason, value, detail = _verdict(model, use)
        if reason == APPLIED:
            edit = Edit(use.span, _text_of(value))
            yield Decision(NAME, use.span, APPLIED, (edit,), _saves(model, use, value))
        else:
            yield Decision(NAME, use.span, reason, detail=detail)
    if model.config.get("packages"):
        dead = [branch.span for branch in model.here(model.facts.flow.dead_branches)]
        for found in model.facts.imports:
            if any(span.covers(found.span) for span in dead) and found.top not in _STANDARD:
                yield Decision(NAME, found.span, "packages_stay", detail=found.top)


def _verdict(model: Model, use: DbtUse) -> tuple[str, Any, str]:
    if use.via != "direct" or not model.slice(*use.span).startswith("dbt"):
        return "via_alias", None, use.via
    node = _node(model, use)
    if node is None:
        return "in_fstring", None, ""
    if "\n" in model.slice(*use.span) or "\r" in model.slice(*use.span):
        return "spans_lines", None, ""
    if use.api == "is_incremental":
        reason = _truth_only(model, node)
        return reason, model.world == "incremental", ""
    if use.api in _THIS:
        if use.called:
            return "not_boolean", None, "called"
        part = use.api.partition(".")[2]
        key = "identifier" if part in ("name", "table") else part
        if key not in model.this:
            return "unset", None, use.api
        return APPLIED, model.this[key], ""
    reason, value, detail = _config(model, use)
    if reason == APPLIED and value is not None and not isinstance(value, bool):
        # Python warns of `"x" is not None`, `"x"["y"]` and `"x"()`, which are fine as calls.
        parent = model.parents[node]
        if isinstance(parent, ast.Compare) and any(
            isinstance(op, (ast.Is, ast.IsNot)) for op in parent.ops
        ):
            return "identity_test", None, detail
        if isinstance(parent, ast.Subscript) or (
            isinstance(parent, ast.Call) and parent.func is node
        ):
            return "value_taken_apart", None, detail
    return reason, value, detail


def _config(model: Model, use: DbtUse) -> tuple[str, Any, str]:
    arguments = [a for a in use.args if not a.star]
    names = [a.name for a in arguments]
    if not use.called or len(arguments) != len(use.args) or names not in (
        [None], [None, None], [None, "default"],
    ):  # fmt: skip
        return "computed_name", None, ""
    key = arguments[0].literal
    if key is None or not isinstance(key.value, str):
        return "computed_name", None, ""
    values = model.config if use.api == "config.get" else model.meta
    value = values.get(key.value)
    jinja = isinstance(value, str) and ("{{" in value or "{%" in value)
    if jinja or (key.value not in values and not model.config_complete):
        return "unset", None, key.value
    if value is None and len(arguments) == 2:
        default = arguments[1].literal
        if default is None:
            return "computed_name", None, "the default is computed"
        value = default.value
    if isinstance(value, str) and len(value) > _LARGEST:
        return "too_large", None, key.value
    if isinstance(value, float) and not math.isfinite(value):
        return "unset", None, key.value
    if not (value is None or isinstance(value, (str, int, float))):
        return "mutable_value", None, key.value
    return APPLIED, value, ""


def _node(model: Model, use: DbtUse) -> ast.expr | None:
    """The expression of a use; None inside of f-strings, whose inner positions Python below 3.12 does not know."""
    found = model.expressions.get(use.span)
    if found is None:
        return None
    current: ast.AST | None = found
    while current is not None:
        if isinstance(current, ast.JoinedStr):
            return None
        current = model.parents.get(current)
    return found


def _truth_only(model: Model, node: ast.expr) -> str:
    """APPLIED when a plain bool in the place of dbt.is_incremental cannot be told apart from it."""
    if isinstance(node, ast.Call):
        return APPLIED
    child: ast.AST = node
    parent = model.parents[node]
    while isinstance(parent, ast.BoolOp):
        child, parent = parent, model.parents[parent]
    if isinstance(parent, (ast.If, ast.While, ast.IfExp)) and parent.test is child:
        return APPLIED
    if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not):
        return APPLIED
    if isinstance(parent, ast.Compare) and child is node:
        if any(isinstance(op, (ast.Is, ast.IsNot)) for op in parent.ops):
            return "identity_test"
        others = [parent.left, *parent.comparators]
        constant = [isinstance(o, ast.Constant) and isinstance(o.value, bool) for o in others]
        if sum(constant) == len(others) - 1 and len(parent.ops) == 1:
            return APPLIED
    return "not_boolean"


def _text_of(value: Any) -> str:
    """A literal that can stand wherever a call can: numbers in parentheses."""
    if value is None or isinstance(value, (bool, str)):
        return repr(value)
    return f"({value!r})"


def _saves(model: Model, use: DbtUse, value: Any) -> str:
    if use.api != "is_incremental":
        return f"constant {value!r}"
    dead = [b.span for b in model.here(model.facts.flow.dead_branches) if b.test.covers(use.span)]
    unread = [
        model.slice(*found.span)
        for found in model.facts.uses("ref", "source")
        if any(span.covers(found.span) for span in dead)
    ]
    text = f"{len(dead)} branch{'' if len(dead) == 1 else 'es'} left out" if dead else "constant"
    return f"{text}; not read: {', '.join(unread)}" if unread else text
