"""GLU705: a temporary view is registered anew in every round and read by frames that are computed later."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.text.source import Span


_SCREEN = Screen(
    "temp_views",
    lambda view, _frame, _options: view.loop is not None and view.name is not None,
)


def _check(context: Context) -> Iterator[Finding]:
    for view in context.kept_by(_SCREEN):
        reads = tuple(_lazy_reads(context, view.loop, view.name))
        if reads:
            yield Finding(
                view.name_span or view.span,
                f"every round gives `{view.name}` another meaning, and its readers are computed later",
                help="Use the frame itself, or a name of its own for each round.",
                related=tuple(Related(None, span, "read here") for span in reads),
            )


def _lazy_reads(context: Context, loop: Span, name: str) -> Iterator[Span]:
    """Reads of a view by the session in a loop that are not computed on the spot."""
    flow = context.facts.flow
    view = re.escape(name)
    in_sql = re.compile(rf"\b(?:from|join)\s+`?{view}\b", re.IGNORECASE)
    alone = re.compile(rf"\(\s*['\"]{view}['\"]\s*\)\Z", re.IGNORECASE)
    for use in flow.members:
        call = use.call
        if call is None or use.kind not in ("spark_session", "spark_reader"):
            continue
        if not loop.start <= call.start < loop.end:
            continue
        pattern = {"sql": in_sql, "table": alone}.get(use.member)
        if pattern is None or pattern.search(context.text(call)) is None:
            continue
        if use.use != "statement" and all(action.receiver != call for action in flow.actions):
            yield call


_LOOP = """
parts = []
for day in range(7):
    dbt.ref('orders').filter(f'day = {day}').createOrReplaceTempView(%s)
    parts.append(session.sql(%s))
return parts[0].union(parts[1])
"""

RULE = Rule(
    code="GLU705",
    name="view-in-loop",
    severity=Severity.HINT,
    summary="A temporary view is registered again in a loop that also reads it.",
    why="""
A Glue session looks the view up when `session.sql(...)` is called. Spark Connect (serverless platforms,
newer clients) looks it up when the frame is computed, after the loop: then all frames read the last view,
and one round's rows appear under every name.
""",
    fix="Read the frame itself in the loop, without a view, or give each round's view its own name.",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(model(_LOOP % ("f'day_{day}'", "f'select * from day_{day}'"))),
        Case(model(_LOOP % ("'daily'", "'select * from other'"))),
        Case(
            model(
                "dbt.ref('orders').createOrReplaceTempView('daily')\n"
                "parts = [session.sql(f'select * from daily where day = {i}') for i in range(7)]\n"
                "return parts[0].union(parts[1])"
            )
        ),
    ),
    invalid=(
        Case(model(_LOOP % ("⟦'daily'⟧", "'select id from daily'"))),
        Case(model(_LOOP % ("⟦'daily'⟧", "f'select {day}, id from DAILY'"))),
        Case(
            model(_LOOP.replace("session.sql(%s)", "session.table(%s)") % ("⟦'daily'⟧", "'daily'"))
        ),
    ),
)
