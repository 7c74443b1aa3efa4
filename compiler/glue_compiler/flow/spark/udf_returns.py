"""What the functions of UDFs surely return, against the type that is declared for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.udfs import UdfReturn
from glue_compiler.flow.core.objects import text_of
from glue_compiler.flow.spark.types import TYPE_CLASSES, spark_type
from glue_compiler.flow.spark.udf_kinds import ANY, NOTHING, Kinds
from glue_compiler.flow.spark.values import SparkObject
from glue_compiler.knowledge.udf_types import outcome
from glue_compiler.tree.syntax import children

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.state import FunctionValue
    from glue_compiler.flow.core.values import Value
    from glue_compiler.text.source import Span

_MILD = frozenset({"null", "text"})
_SERIES = frozenset({"series"})


def declared_type(value: Value, node: cst.CSTNode) -> str:
    """The type of Spark that an argument is, as Spark prints it; empty where it is not known."""
    text = text_of(value)
    if text is not None:
        return spark_type(text)
    if isinstance(value, SparkObject):
        if value.owner == "schema":
            return "struct"
        return (value.owner == "type" and value.columns and value.columns[0].type) or ""
    return _written(node)


def _written(node: cst.CSTNode) -> str:
    """The type that the calls of classes make: `ArrayType(StringType())`."""
    if type(node) is not cst.Call:
        return ""
    func = node.func.attr if type(node.func) is cst.Attribute else node.func
    name = func.value if type(func) is cst.Name else ""
    if name in TYPE_CLASSES and not node.args:
        return TYPE_CLASSES[name]
    inner = [_written(arg.value) for arg in node.args[: 1 + (name == "MapType")] if not arg.star]
    if name == "ArrayType" and len(inner) == 1 and inner[0]:
        return f"array<{inner[0]}>"
    return f"map<{','.join(inner)}>" if name == "MapType" and len(inner) == 2 and all(inner) else ""


def note_returns(
    it: Interpretation,
    function: FunctionValue,
    declared: str,
    place: Span | None,
    form: str,
    *,
    called: bool = False,
) -> None:
    """Record returns whose values do not arrive in rows; those that raise where Spark is given the UDF (`called`)."""
    if not it.recorder.on or not declared or function.scope in it.scopes.generators:
        return
    wanted = frozenset({"raises"}) if called else _MILD
    kinds = Kinds(function)
    found = [(node, kinds.of(node)) for node in _returned(function.node)]
    pandas = form == "pandas_udf"
    # Arrow converts what is no series, too.
    found = [(node, of if (of == _SERIES) is pandas else ANY) for node, of in found]
    given = {kind for _, of in found for kind in of} - {NOTHING}
    if not any(outcome(declared, kind) in wanted for kind in given):
        return
    whole = place is not None and all(outcome(declared, kind) in wanted for kind in given)
    nothing = any(NOTHING in of for _, of in found) or _ends(function.node)
    if whole and place is not None:
        _note(it, place, declared, given, called=called, whole=True, nothing=nothing)
        return
    for node, of in found:
        own = of - {NOTHING}
        if own and all(outcome(declared, kind) in wanted for kind in own):
            _note(it, it.spans[node], declared, own, called=called, nothing=NOTHING in of)


def _note(
    it: Interpretation,
    span: Span,
    declared: str,
    kinds: set[str] | frozenset[str],
    *,
    called: bool,
    nothing: bool,
    whole: bool = False,
) -> None:
    it.recorder.add(
        "udf_returns",
        UdfReturn(
            span=span,
            declared=declared,
            kinds=tuple(sorted(kinds)),
            worlds=(),
            whole=whole,
            nothing=nothing,
            called=called,
            tried=it.attempts > 0,
        ),
    )


def _returned(node: cst.FunctionDef | cst.Lambda) -> Iterator[cst.BaseExpression]:
    """The expressions that a function returns."""
    stack: list[cst.CSTNode] = [node.body]
    if type(node) is cst.Lambda:
        yield from _branches(node.body)
        return
    while stack:
        current = stack.pop()
        if type(current) is cst.Return:
            yield from _branches(current.value or cst.Name("None"))
        elif not isinstance(current, (cst.FunctionDef, cst.ClassDef, cst.BaseExpression)):
            stack += reversed(children(current))


def _branches(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """The expressions of which an expression is one."""
    if type(node) is cst.IfExp:
        yield from _branches(node.body)
        yield from _branches(node.orelse)
    else:
        yield node


def _ends(node: cst.FunctionDef | cst.Lambda) -> bool:
    """Whether the end of a function may be reached, where it returns None."""
    if isinstance(node, cst.Lambda):
        return False
    last = node.body.body[-1] if node.body.body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    return not isinstance(last, (cst.Return, cst.Raise))
