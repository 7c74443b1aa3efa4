"""`for row in df.collect()`: the rows of a list that only a loop sees are made while it goes, of Arrow batches.

Spark has computed all of them before the first, as for the list. The session decides by the types of the
columns and by the plan (`glue_session.rows`); here nothing but the loop may get hold of the list.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from glue_compiler.rewrites.arrow import called_instead
from glue_compiler.rewrites.decision import Decision
from glue_compiler.rewrites.hazards import trust
from glue_compiler.rewrites.model import ROWS_OF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.rewrites.model import Model

NAME = "row_loops"


def row_loops(model: Model) -> Iterator[Decision]:
    """One decision for every `collect()` of a Spark frame that a loop or a comprehension goes through."""
    for span, actions in model.grouped(model.facts.flow.actions).items():
        call = model.expressions.get(span)
        if actions[0].method != "collect" or call is None or not _is_looped(model, call):
            continue
        if any(model.frame(action.frame).kind != "spark" for action in actions):
            continue
        if "tzset" in model.code:  # a time of this process's zone is made when its row is taken
            yield Decision(NAME, span, "sets_or_writes")
            continue
        saves = "rows one Arrow batch after the other, where the types allow it"
        yield called_instead(model, span, NAME, ROWS_OF, saves, trust(model))


def _is_looped(model: Model, call: ast.expr) -> bool:
    parent = model.parents[call]
    return isinstance(parent, (ast.For, ast.comprehension)) and parent.iter is call
