"""GLU605: a statement that makes a new frame and throws it away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.knowledge.frames import FRAME_KINDS
from glue_compiler.rules._frames import in_world
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import Discarded
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame

# pandas runs a function over the rows at once: it may be called for what it does besides.
_RUNS_CODE = frozenset(
    {"apply", "applymap", "map", "pipe", "transform", "eval", "agg", "aggregate"}
)


def _does_nothing_else(lost: Discarded, frame: Frame | None, _options: AnalysisOptions) -> bool:
    """Whether the method runs no code of the author's, which may have other effects."""
    if frame is not None and frame.kind == "spark":
        return lost.method != "transform"
    return lost.method not in _RUNS_CODE


_SCREEN = Screen("discarded", _does_nothing_else)


def _check(context: Context) -> Iterator[Finding]:
    discarded = context.kept_by(_SCREEN)
    if not discarded:
        return
    members = context.facts.flow.members
    methods = {m.call for m in members if m.kind.removesuffix("_grouped") in FRAME_KINDS}
    for lost in discarded:
        if lost.span not in methods:
            continue
        who = f"`{lost.name}` stays as it was" if lost.name else "nothing is done with it"
        yield Finding(
            lost.span,
            f"`{lost.method}` returns a new frame, and {who}{in_world(lost.worlds)}",
            help="Assign the result to a name, or remove the statement.",
            fixes=_fixes(context, lost),
        )


def _fixes(context: Context, lost: Discarded) -> tuple[Fix, ...]:
    text = context.source.text
    start = lost.span.start
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    if lost.name is None or text[line:start].strip():
        return ()
    edit = Edit(Span(start, start), f"{lost.name} = ")
    return (Fix(f"Assign the result to `{lost.name}`", (edit,), "unsafe"),)


RULE = Rule(
    code="GLU605",
    name="discarded-result",
    severity=Severity.WARNING,
    summary="The result of a frame's method is thrown away.",
    why="""
Methods of frames return a new frame and leave the old one as it is. `df.filter(...)` as a statement does
nothing: an incremental model that filters like this reads all rows in every run.
""",
    fix="Assign the result: `df = df.filter(...)`.",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(model("df = dbt.ref('orders')\ndf = df.filter('id > 0')\nreturn df")),
        Case(model("df = dbt.ref('orders')\ndf.cache()\ndf.show()\nreturn df")),
        Case(model("session.sql('create database if not exists x')\nreturn dbt.ref('orders')")),
        Case(
            model("df = dbt.ref('orders').toPandas()\ndf.drop_duplicates(inplace=True)\nreturn df")
        ),
        Case(model("df = dbt.ref('orders').toPandas()\ndf.apply(print, axis=1)\nreturn df")),
    ),
    invalid=(
        Case(
            model(
                "df = dbt.ref('orders')\nif dbt.is_incremental:\n    ⟦df.filter('id > 10')⟧\nreturn df"
            ),
            fixed=model(
                "df = dbt.ref('orders')\nif dbt.is_incremental:\n    df = df.filter('id > 10')\nreturn df"
            ),
            unsafe=True,
            message="`df` stays as it was in incremental runs",
        ),
        Case(model("df = dbt.ref('orders')\n⟦df.withColumn('x', df.id)⟧\nreturn df")),
        Case(model("df = dbt.ref('orders').toPandas()\n⟦df.dropna()⟧\nreturn df")),
        Case(model("df = dbt.ref('orders')\n⟦df.select('id').distinct()⟧\nreturn df")),
    ),
)
