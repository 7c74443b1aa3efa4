"""Functions that get rows in batches, as pandas has them, and that PySpark refuses: by their hints or their parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.udfs import BatchFunction
from glue_compiler.flow.spark.values import UdfFunction

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.state import FunctionValue

_ITERATOR = re.compile(r"(?:\w+\.)*Iterator\[")
_FRAME = re.compile(r"(?:pd|pandas)\.(?:Series|DataFrame)")
_PLAIN = frozenset({"int", "float", "str", "bool", "bytes", "list", "dict", "tuple", "set"})


def note_pandas_udf(
    it: Interpretation,
    made: cst.CSTNode,
    function: FunctionValue,
    *,
    typed: bool,
    hinted: bool,
) -> None:
    """Record why `pandas_udf` refuses a function; `made` is what makes the UDF, `hinted` that hints tell of which kind."""
    if not it.recorder.on:
        return
    node = function.node
    name = node.name.value if isinstance(node, cst.FunctionDef) else ""
    params = _all(node.params)
    if not typed:
        _note(it, made, "pandas_udf", "untyped", name)
    elif not params:
        _note(
            it,
            node.name if isinstance(node, cst.FunctionDef) else node,
            "pandas_udf",
            "empty",
            name,
        )
    elif hinted and isinstance(node, cst.FunctionDef):
        _note_hints(it, node, params, function)


def _note_hints(
    it: Interpretation, node: cst.FunctionDef, params: list[cst.Param], function: FunctionValue
) -> None:
    hints = [param.annotation.annotation for param in params if param.annotation is not None]
    if not hints and node.returns is None:
        return
    for param in params:
        if param.annotation is None:
            _note(it, param.name, "pandas_udf", "parameter", param.name.value)
            return
    if node.returns is None:
        _note(it, node.name, "pandas_udf", "return", node.name.value)
        return
    for hint in hints:
        if isinstance(hint, cst.Name) and hint.value in _PLAIN and not function.env.get(hint.value):
            _note(it, hint, "pandas_udf", "hint", node.name.value, hint.value)
            return
    result = it.tree.text(node.returns.annotation)
    taken = [it.tree.text(hint) for hint in hints]
    gives_one = _FRAME.fullmatch(result) is not None or result in _PLAIN
    in_batches = all(map(_ITERATOR.match, taken))
    as_frames = all(map(_FRAME.fullmatch, taken))
    if (in_batches and gives_one) or (as_frames and _ITERATOR.match(result)):
        _note(it, node.returns.annotation, "pandas_udf", "iterator", node.name.value, result)


def note_count(it: Interpretation, call: Call, method: str, function: FunctionValue) -> None:
    """Record a function of `applyInPandas` or `mapInPandas` that takes another number of arguments than it gets."""
    arg = call.get(0, "func")
    if not it.recorder.on or arg is None or isinstance(function, UdfFunction):
        return
    params = function.node.params
    positional = [*params.posonly_params, *params.params]
    # Spark counts the parameters, with defaults and without stars, before it groups anything.
    wrong = method == "applyInPandas" and len(positional) not in (1, 2)
    if method == "mapInPandas":
        most = 1 if isinstance(params.star_arg, cst.Param) else len(positional)
        wrong = sum(param.default is None for param in positional) > 1 or most < 1
    if wrong:
        _note(it, arg.node, method, "count", given=len(positional))


def _all(params: cst.Parameters) -> list[cst.Param]:
    stars = [star for star in (params.star_arg, params.star_kwarg) if isinstance(star, cst.Param)]
    return [*params.posonly_params, *params.params, *params.kwonly_params, *stars]


def _note(
    it: Interpretation,
    node: cst.CSTNode,
    form: str,
    problem: str,
    name: str = "",
    hint: str = "",
    given: int = 0,
) -> None:
    it.recorder.add(
        "batch_functions",
        BatchFunction(
            span=it.spans[node],
            form=form,
            problem=problem,
            worlds=(),
            name=name,
            hint=hint,
            given=given,
            tried=it.attempts > 0,
        ),
    )
