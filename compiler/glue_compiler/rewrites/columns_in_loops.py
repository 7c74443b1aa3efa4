"""Loops of any form that add, rename or drop columns of a frame: the steps pile up, and the session takes them together.

`for c in items:` becomes `for c in __dbt_glue_each__(items):`, and the frame whose methods its body calls
`__dbt_glue_pile__(df)`. The body runs as it is written; what looks at the frame gets all steps before
it (glue_session.piles), so that nothing needs to be known of what else stands in the loop.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit
from glue_compiler.rewrites.decision import APPLIED, Decision
from glue_compiler.rewrites.failures import let_pass
from glue_compiler.rewrites.model import EACH, PILE, walk
from glue_compiler.rewrites.places import driver_functions, function_of, own_statements
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.rewrites.model import Model

NAME = "with_columns"
_METHODS = ("withColumn", "withColumnRenamed", "drop")
_ROWS = {"collect", "toLocalIterator", "iterrows", "itertuples", "take", "head", "tail"}
"""Methods that bring rows, around which other rewrites may put calls of their own."""

_SAVES = "one analysis of the plan for all columns that do not depend on each other, instead of one per column"


def built_up(model: Model) -> Iterator[tuple[ast.For, list[ast.Name]]]:
    """The loops that build a frame up by such methods, the outermost of nested ones, with the frames' names there."""
    found: dict[ast.For, list[ast.Name]] = {}
    for loop in (node for node in model.parents if isinstance(node, ast.For)):
        places = [*_places(model, loop)]
        inside = any(isinstance(outer, ast.For) and outer in found for outer in model.above(loop))
        if places and not inside:
            found[loop] = places
    yield from found.items()


def piled(model: Model, loop: ast.For, places: list[ast.Name]) -> Decision:
    """What is decided about one of them."""
    span = model.span(loop)
    reason = _refusal(model, loop, places)
    if reason:
        return Decision(NAME, span, reason)
    return Decision(NAME, span, APPLIED, (*_each(model, loop.iter), *_piles(model, places)), _SAVES)


def reductions(model: Model) -> Iterator[Decision]:
    """One decision for every `reduce(lambda df, c: df.withColumn(...), items, df)`."""
    for call in (node for node in model.parents if isinstance(node, ast.Call)):
        func = call.func
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        step = call.args[0] if name == "reduce" and len(call.args) == 3 else None
        if not isinstance(step, ast.Lambda) or len(step.args.args) != 2:
            continue
        frame = step.args.args[0].arg
        names = [place for node in walk(step.body) if (place := _frame_of(node, frame)) is not None]
        if not names:
            continue
        span = model.span(call)
        if function_of(model, call) not in driver_functions(model):
            yield Decision(NAME, span, "in_helper")
        elif let_pass(model, call):
            yield Decision(NAME, span, "in_try")
        elif model.spark < (3, 3):
            yield Decision(NAME, span, "spark_too_old")
        else:
            edits = (*_each(model, call.args[1]), *_piles(model, names))
            yield Decision(NAME, span, APPLIED, edits, _SAVES)


def _refusal(model: Model, loop: ast.For, places: list[ast.Name]) -> str:
    if model.spark < (3, 3):
        return "spark_too_old"
    calls = [node.func for node in walk(loop.iter) if isinstance(node, ast.Call)]
    if any(isinstance(func, ast.Attribute) and func.attr in _ROWS for func in calls):
        return "iterable_lazy"
    drivers = driver_functions(model)
    if any(function_of(model, node) not in drivers for node in (loop, *places)):
        return "in_helper"
    if any(let_pass(model, node) for node in (loop, *places)):
        return "in_try"
    # Left early, the steps wait for the next use of the frame, where a failure could be let pass.
    leaves = any(
        isinstance(node, (ast.Break, ast.Return))
        for statement in loop.body
        for node in own_statements(statement)
    )
    if leaves and any(
        let_pass(model, node) for node in model.parents if isinstance(node, (ast.Expr, ast.Assign))
    ):
        return "in_try"
    return ""


def _places(model: Model, loop: ast.For) -> Iterator[ast.Name]:
    """The names of frames in a loop's own body whose methods make the next frame of the same name."""
    for node in (n for statement in loop.body for n in own_statements(statement)):
        place = _frame_of(node)
        if place is None or model.inside(place, ast.JoinedStr):
            continue
        if place.id in _assigned(model.statement(node)) and _carried(loop, place.id):
            yield place
    yield from _in_helpers(model, loop)


def _in_helpers(model: Model, loop: ast.For) -> Iterator[ast.Name]:
    """The same in a function of the file, of `df = add(df, c)` in a loop."""
    functions = {n.name: n for n in driver_functions(model) if isinstance(n, ast.FunctionDef)}
    for node in (n for statement in loop.body for n in own_statements(statement)):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        call = node.value
        function = functions.get(call.func.id) if isinstance(call.func, ast.Name) else None
        if function is None or function is model.function:
            continue
        for parameter, argument in zip(function.args.args, call.args, strict=False):
            name = argument.id if isinstance(argument, ast.Name) else None
            if name is None or name not in _assigned(node) or not _carried(loop, name):
                continue
            for inner in (n for statement in function.body for n in own_statements(statement)):
                place = _frame_of(inner, parameter.arg)
                if place is not None:
                    yield place


def _frame_of(node: ast.AST, name: str | None = None) -> ast.Name | None:
    """The name in front of `name.withColumn(...)` and the like, this or any."""
    func = node.func if isinstance(node, ast.Call) else None
    if not isinstance(func, ast.Attribute) or func.attr not in _METHODS:
        return None
    place = func.value
    return place if isinstance(place, ast.Name) and name in (None, place.id) else None


def _assigned(statement: ast.stmt) -> set[str]:
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _carried(loop: ast.For, name: str) -> bool:
    """Whether every value that a name gets in a loop is made of the one before."""
    if any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(loop.target)):
        return False
    for node in (n for statement in loop.body for n in own_statements(statement)):
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            break
    else:
        return False
    return all(
        any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(value))
        for node in (n for statement in loop.body for n in own_statements(statement))
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and name in _assigned(node)
        for value in ([node.value] if node.value is not None else [])
    )


def _each(model: Model, items: ast.expr) -> tuple[Edit, Edit]:
    start, end = model.span(items)
    # `for x in a, b:` has a tuple without parentheses.
    more = ("(", ")") if isinstance(items, ast.Tuple) else ("", "")
    return (
        Edit(Span(start, start), f"{EACH}({more[0]}"),
        Edit(Span(end, end), f"{more[1]})"),
    )


def _piles(model: Model, places: list[ast.Name]) -> list[Edit]:
    edits: list[Edit] = []
    for start, end in dict.fromkeys(model.span(place) for place in places):
        edits += [Edit(Span(start, start), f"{PILE}("), Edit(Span(end, end), ")")]
    return edits
