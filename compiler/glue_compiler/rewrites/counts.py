"""Counts whose value is only reported: told apart, and left as they are, because they run before the write.

The rows that a model writes are counted by an observation of the write itself, and dbt reports
them. A `count()` inside of the model has its value where it stands: a text printed later, or an
assertion that fails after the table is there, would be another program.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from glue_compiler.rewrites.decision import Decision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.rewrites.model import Model

NAME = "counts"
_REPORTS = {"print", "info", "debug", "warning", "log"}


def counts_beside_the_write(model: Model) -> Iterator[Decision]:
    """One refusal for every count of a frame whose value goes to a log, or nowhere."""
    for span, actions in model.grouped(model.facts.flow.actions).items():
        call = model.calls.get(span)
        if actions[0].method != "count" or call is None:
            continue
        if actions[0].use == "statement":
            if not model.optimize_actions:
                yield Decision(NAME, span, "value_discarded")
        elif _reported(model, call):
            yield Decision(
                NAME, span, "count_reported", detail="dbt reports the rows that were written"
            )


def _reported(model: Model, call: ast.Call) -> bool:
    parent = model.parents[call]
    places: list[ast.AST] = [call]
    if isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Name):
        name = parent.targets[0].id
        places = [n for n in model.names(name) if isinstance(n.ctx, ast.Load)]
    return bool(places) and all(_in_report(model, place) for place in places)


def _in_report(model: Model, place: ast.AST) -> bool:
    for outer in model.around(place):
        if isinstance(outer, ast.Call):
            func = outer.func
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            if name in _REPORTS:
                return True
    return False
