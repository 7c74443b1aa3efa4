"""Calls of UDFs with what they do not take: values that are no columns, too many of them or too few."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.udfs import UdfCall
from glue_compiler.flow.core.members import kind_of
from glue_compiler.flow.core.values import NONE
from glue_compiler.flow.spark.values import MadeUdf, UdfFunction
from glue_compiler.names.scopes import dotted_name

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call, CallArgument
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.values import Value

_NO_COLUMNS = frozenset(
    {
        *("number", "bool", "none", "list", "tuple", "set", "dict", "function", "class"),
        *("grouped", "series", "rows", "session", "schema", "named"),
        *("spark frame", "pandas frame", "pandas_on_spark frame"),
    }
)

_OF_COLUMNS = frozenset({"udf", "udf_register", "pandas_udf"})
_MOST = sys.maxsize


def note_udf_call(it: Interpretation, call: Call, udf: Value) -> None:
    """Record a call that Spark refuses, or that raises in the rows."""
    if not it.recorder.on or call.open:
        return
    for arg in call.args:
        kind = "named" if arg.name is not None and not arg.from_star else _kind(arg)
        if kind.partition(" of ")[0] in _NO_COLUMNS:
            _note(it, call, arg.node, kind)
    least, most = _taken(it, udf)
    given = len(call.args)
    if (given < least or given > most) and all(arg.name is None for arg in call.args):
        _note(it, call, call.node.func, "", given, least, most)


def _note(
    it: Interpretation,
    call: Call,
    node: cst.CSTNode,
    kind: str,
    given: int = 0,
    least: int = 0,
    most: int = 0,
) -> None:
    it.recorder.add(
        "udf_calls",
        UdfCall(
            span=it.spans[node],
            name=dotted_name(call.node.func),
            kind=kind,
            worlds=(),
            given=given,
            least=least,
            most=most,
            tried=it.attempts > 0,
        ),
    )


def _kind(arg: CallArgument) -> str:
    """The word for an argument; None that stands in the call itself is nothing else."""
    if arg.value is NONE and type(arg.node) is cst.Name and arg.node.value == "None":
        return "none"
    return kind_of(arg.value)


def _taken(it: Interpretation, udf: Value) -> tuple[int, int]:
    """How many columns the function of a UDF takes, at least and at most."""
    if not isinstance(udf, (MadeUdf, UdfFunction)) or udf.form not in _OF_COLUMNS:
        return 0, _MOST
    function = udf.function if isinstance(udf, MadeUdf) else udf
    params = function.node.params
    positional = [*params.posonly_params, *params.params]
    if any("Iterator" in it.tree.text(one.annotation) for one in positional if one.annotation):
        # What comes in batches is one iterator of them all.
        return 0, _MOST
    least = sum(one.default is None for one in positional)
    return least, _MOST if type(params.star_arg) is cst.Param else len(positional)
