"""GLU701: all rows are counted to learn whether there is one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import Action
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame

_EMPTY = frozenset({("==", "0"), ("<", "1"), ("<=", "0"), ("not", None)})
_NOT_EMPTY = frozenset({(">", "0"), ("!=", "0"), (">=", "1"), ("test", None)})
_COUNT = re.compile(r"\.(\s*)count\s*\(\s*\)\Z")


def _asked(action: Action) -> tuple[str | None, str | None]:
    return "test" if action.use == "test" else action.operator, action.operand


def _asks_for_any(action: Action, frame: Frame | None, _options: AnalysisOptions) -> bool:
    """Whether all that is asked of the count is whether there is a row."""
    if action.method != "count" or action.after_cache or frame is None or frame.kind != "spark":
        return False
    return _asked(action) in _EMPTY or _asked(action) in _NOT_EMPTY


_SCREEN = Screen("actions", _asks_for_any)


_LIMITED = re.compile(r"\.\s*limit\s*\([^()]*\)\Z")


def _check(context: Context) -> Iterator[Finding]:
    for action in context.kept_by(_SCREEN):
        origin = context.facts.flow.frames[action.frame].origin
        if origin is not None and _LIMITED.search(context.text(origin)):
            continue
        span = action.test or action.span
        yield Finding(
            span,
            "this counts all rows to learn whether there is one",
            help="`isEmpty()` stops at the first row.",
            fixes=_fixes(context, action, _asked(action) in _NOT_EMPTY),
        )


def _fixes(context: Context, action: Action, negated: bool) -> tuple[Fix, ...]:
    span = action.test or action.span
    called = context.text(action.span)
    new, changed = _COUNT.subn(r".\1isEmpty()", called)
    inside = context.text(span)
    if changed != 1 or "#" in inside.replace(called, ""):
        return ()
    edit = Edit(span, f"not {new}" if negated else new)
    return (Fix("Use isEmpty()", (edit,)),)


def _when(test: str) -> str:
    return model(
        f"df = dbt.ref('orders').filter('id > 3')\nif {test}:\n    df = dbt.ref('old')\nreturn df"
    )


RULE = Rule(
    code="GLU701",
    name="count-for-empty",
    severity=Severity.INFORMATION,
    summary="`count()` is compared with zero where `isEmpty()` would do.",
    why="""
`count()` computes every row of the frame. To learn whether there is any, `isEmpty()` stops at the first
one: the same answer, often in a fraction of the time, and the more so the more was joined and filtered.

A count on a cached frame is left alone: it is often there to fill the cache; so is one of `limit(...)`, which
stops by itself. Reported only where a run does not
stop at the first row by itself (`dbt-glue compile` shows what it does, and why it does not).
""",
    fix="Write `df.isEmpty()`, which Spark has since 3.3 (Glue 4.0).",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(_when("df.isEmpty()")),
        Case(_when("df.count() > 10")),
        Case(_when("df.limit(1).count() == 0")),
        Case(_when("df.select('id').limit(1).count()")),
        Case(
            model(
                "first = dbt.ref('orders').filter('id > 3').limit(1)\nif first.count() > 0:\n"
                "    return dbt.ref('old')\nreturn first"
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders').cache()\nif df.count() == 0:\n    return dbt.ref('old')\nreturn df"
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders').toPandas()\nif df['id'].count() == 0:\n"
                "    df = dbt.ref('old').toPandas()\nreturn df"
            )
        ),
    ),
    invalid=(
        Case(_when("⟦df.count() == 0⟧"), fixed=_when("df.isEmpty()")),
        Case(
            _when("⟦df.count() > 0⟧ and dbt.is_incremental"),
            fixed=_when("not df.isEmpty() and dbt.is_incremental"),
        ),
        Case(_when("⟦df.limit(3).filter('id > 4').count() == 0⟧")),
        Case(_when("⟦not df.count()⟧"), fixed=_when("df.isEmpty()")),
        Case(_when("⟦df.count()⟧"), fixed=_when("not df.isEmpty()")),
        Case(_when("⟦0 < df.select('id').count()⟧"), fixed=_when("not df.select('id').isEmpty()")),
    ),
)
