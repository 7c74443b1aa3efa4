"""Counts that only tell whether there is a row: found by their form, and asked of the first row where the session sees that it may.

`df.count()` becomes `__dbt_glue_some__(df, ...)`, which is 0 or 1 where Spark's plan allows that, and
else the count (glue_session.emptiness). What is no Spark frame is counted as it is written, so
that nothing needs to be known of `df`.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit
from glue_compiler.rewrites.decision import APPLIED
from glue_compiler.rewrites.failures import let_pass
from glue_compiler.rewrites.hazards import makes_rdds, unknown_modules
from glue_compiler.rewrites.model import SOME, walk
from glue_compiler.rewrites.places import driver_functions, function_of
from glue_compiler.rewrites.purity import pure_functions
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.schemas import Frame
    from glue_compiler.rewrites.model import Model

_EMPTY = {("==", "0"), ("<=", "0"), ("<", "1")}
_FILLED = {("!=", "0"), (">", "0"), (">=", "1")}
_CACHES = re.compile(r"cache|persist|checkpoint", re.IGNORECASE)
_LETS_GO = re.compile(r"unpersist|uncache|clearCache|checkpoint", re.IGNORECASE)
_CHANGES_TABLES = re.compile(
    r"\.write\b|\.writeTo\b|\.writeStream\b|\.saveAsTable\b|\.insertInto\b|jdbc|\.load\(|boto3|DeltaTable"
    r"|\b(?:insert|update|delete|merge|truncate|drop|replace|refresh|overwrite|copy|alter|create)\s+(?:into|from|table|or|overwrite)\b"
    r"|\brefreshTable\b|\.execute\b",
    re.IGNORECASE,
)


def counts_of_rows(model: Model) -> Iterator[ast.Call]:
    """The calls `x.count()` of functions that run on the driver."""
    drivers = driver_functions(model)
    for node in model.parents:
        if isinstance(node, ast.Call) and not node.args and not node.keywords:
            func = node.func
            counts = isinstance(func, ast.Attribute) and func.attr == "count"
            if counts and function_of(model, node) in drivers:
                yield node


def is_number(model: Model, call: ast.Call) -> bool:
    """Whether a count is used, but nowhere tested or compared: it is printed, stored or computed with."""
    loads = _loads(model, call)
    uses = [call, *loads]
    tested = any(
        isinstance(model.parents[use], ast.Compare) or _is_tested(model, use) for use in uses
    )
    return not tested and (bool(loads) or _name_of(model, call) is None)


def is_test(model: Model, node: ast.AST) -> bool:
    """Whether only the truth of an expression is used."""
    child, parent = node, model.parents[node]
    while isinstance(parent, ast.BoolOp):
        child, parent = parent, model.parents[parent]
    if isinstance(parent, ast.comprehension):
        return child in parent.ifs
    return isinstance(parent, (ast.If, ast.While, ast.IfExp, ast.Assert)) and parent.test is child


def tests_zero(parent: ast.AST, node: ast.AST) -> bool | None:
    """True for a test of being zero, False for one of not being zero, None for anything else."""
    if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not):
        return True
    if not isinstance(parent, ast.Compare) or len(parent.ops) != 1:
        return None
    operators: dict[type[ast.cmpop], tuple[str, str]] = {
        ast.Eq: ("==", "=="),
        ast.NotEq: ("!=", "!="),
        ast.Gt: (">", "<"),
        ast.Lt: ("<", ">"),
        ast.GtE: (">=", "<="),
        ast.LtE: ("<=", ">="),
    }
    found = operators.get(type(parent.ops[0]))
    left = parent.left is node
    other = parent.comparators[0] if left else parent.left
    if found is None or not isinstance(other, ast.Constant) or type(other.value) is not int:
        return None
    test = (found[0 if left else 1], str(other.value))
    return True if test in _EMPTY else False if test in _FILLED else None


def _is_tested(model: Model, use: ast.expr) -> bool:
    """Whether an expression is only asked whether it is zero."""
    parent = model.parents[use]
    if isinstance(parent, ast.NamedExpr) and parent.value is use:
        return _is_tested(model, parent)
    if isinstance(parent, ast.Call) and parent.args == [use] and not parent.keywords:
        return isinstance(parent.func, ast.Name) and parent.func.id == "bool"
    return tests_zero(parent, use) is not None or is_test(model, use)


def _name_of(model: Model, call: ast.Call) -> ast.Name | None:
    """The name that a count is given."""
    parent = model.parents[call]
    targets = getattr(parent, "targets", [getattr(parent, "target", None)])
    stores = isinstance(parent, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) and parent.value is call
    target = targets[0] if stores and len(targets) == 1 else None
    return target if isinstance(target, ast.Name) else None


def _loads(model: Model, call: ast.Call) -> list[ast.Name]:
    name = _name_of(model, call)
    function = function_of(model, call)
    if name is None or function is None:
        return []
    return [
        n
        for n in walk(function)
        if isinstance(n, ast.Name) and n.id == name.id and isinstance(n.ctx, ast.Load)
    ]


def asked_of_the_session(
    model: Model, call: ast.Call | None, frames: list[Frame]
) -> tuple[str, tuple[Edit, ...]]:
    """The reason, and the edits where it is that the session is asked."""
    if call is None:
        return "in_helper", ()
    if model.spark < (3, 3):
        return "spark_too_old", ()
    reason = _value_used(model, call)
    if reason:
        return reason, ()
    if model.inside(call, ast.JoinedStr):
        return "in_fstring", ()
    if let_pass(model, call):
        return "in_try", ()
    if frames and not any(frame.kind == "spark" for frame in frames):
        return "kind_unknown", ()
    if any(frame.nondeterministic for frame in frames):
        return "nondeterministic", ()
    pure = model.pure_udfs or (not unknown_modules(model) and pure_functions(model))
    if not pure and any(frame.python_udf for frame in frames):
        return "python_udf", ()
    code = model.code
    caches = _CACHES.search(code) is None or not (
        _LETS_GO.search(code) or _CHANGES_TABLES.search(code)
    )
    if not caches and any(frame.cached for frame in frames):
        return "cached", ()
    edits = _edits(model, call, pure=pure, rdds=makes_rdds(model), caches=caches)
    return (APPLIED, edits) if edits else ("chain_parentheses", ())


def _value_used(model: Model, call: ast.Call) -> str:
    if _is_tested(model, call) and _name_of(model, call) is None:
        return ""
    name = _name_of(model, call)
    function = function_of(model, call)
    if name is None or function is None or model.opaque:
        return "count_value_used"
    walrus = model.parents[call]
    inline = isinstance(walrus, ast.NamedExpr) and not isinstance(model.parents[walrus], ast.Expr)
    if inline and not _is_tested(model, walrus):  # type: ignore[arg-type]
        return "count_value_used"
    elsewhere = [
        n for n in model.parents if isinstance(n, (ast.Global, ast.Nonlocal)) and name.id in n.names
    ]
    uses = [n for n in walk(function) if isinstance(n, ast.Name) and n.id == name.id]
    loads = [n for n in uses if isinstance(n.ctx, ast.Load)]
    if elsewhere or any(function_of(model, use) is not function for use in uses):
        return "count_value_used"
    if any(isinstance(model.parents[n], ast.AugAssign) or isinstance(n.ctx, ast.Del) for n in uses):
        return "count_value_used"
    if not all(_is_tested(model, use) for use in loads):
        return "count_value_used"
    return "" if loads or isinstance(walrus, ast.NamedExpr) else "value_discarded"


def _edits(
    model: Model, call: ast.Call, *, pure: bool, rdds: bool, caches: bool
) -> tuple[Edit, ...]:
    """`df.count()` as the session's function; empty where a comment stands between the dot and the name."""
    func = call.func
    assert isinstance(func, ast.Attribute)  # noqa: S101 - `counts_of_rows` tells
    whole = model.span(call)
    below, name = model.span(func.value).end, model.span(func).end - len("count")
    dot = re.search(r"\.\s*\Z", model.slice(below, name))
    if dot is None:
        return ()
    start = below + dot.start()
    breaks = "".join(re.findall(r"\r\n|\n|\r", model.slice(start, whole.end)))
    arguments = ", ".join(map(str, (pure, rdds, caches)))
    return (
        Edit(Span(whole.start, whole.start), f"{SOME}("),
        Edit(Span(start, whole.end), f", {arguments}{breaks})"),
    )
