"""GLU610: rows newer than the newest row of this model, when there may be none."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Edit, Fix, Related, Severity
from glue_compiler.rules._statements import statement_at
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import Watermark
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame


def _is_of_this(mark: Watermark, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    return not mark.guarded and mark.relation is not None and mark.relation.kind == "this"


_SCREEN = Screen("watermarks", _is_of_this)


def _check(context: Context) -> Iterator[Finding]:
    for mark in context.kept_by(_SCREEN):
        yield Finding(
            mark.span,
            "when the table is empty, its maximum is None and this keeps no row, in every run",
            help="Filter only `if maximum is not None`, or compare with a default.",
            fixes=_fixes(context, mark),
            related=(Related(None, mark.source_span, "the maximum"),),
        )


def _fixes(context: Context, mark: Watermark) -> tuple[Fix, ...]:
    """The guard, where the statement does nothing but filter a name and keep it."""
    statement = statement_at(context, mark.span.start)
    if mark.value_name is None or statement is None or not statement.one_line:
        return ()
    node = statement.node
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return ()
    target, call = node.targets[0], node.value
    if not isinstance(target, ast.Name) or not isinstance(call, ast.Call):
        return ()
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in ("filter", "where"):
        return ()
    if not isinstance(function.value, ast.Name) or function.value.id != target.id:
        return ()
    if len(call.args) != 1 or statement.source(call.args[0]) != context.text(mark.span):
        return ()
    start = statement.span.start
    newline = "\r\n" if "\r\n" in context.source.text else "\n"
    guard = f"{statement.indent}if {mark.value_name} is not None:{newline}    "
    edit = Edit(Span(start, start), guard)
    return (Fix(f"Filter only if `{mark.value_name}` is not None", (edit,), "unsafe"),)


_HEAD = "from pyspark.sql import functions as F\n\n\n"
_NEWEST = "newest = session.sql(f'select max(day) from {dbt.this}').collect()[0][0]"


def _incremental(*lines: str) -> str:
    inner = "\n".join(f"    {line}" for line in lines)
    return model(
        f"df = dbt.ref('orders')\nif dbt.is_incremental:\n    {_NEWEST}\n{inner}\nreturn df",
        head=_HEAD,
    )


RULE = Rule(
    code="GLU610",
    name="unguarded-watermark",
    severity=Severity.WARNING,
    summary="A filter by the maximum of the model's own table is not prepared for an empty table.",
    why="""
The maximum over no rows is None. `column > None` is NULL for every row, so that the filter keeps nothing,
the table stays empty, and the next run finds the same. The first run that yields no rows stops the model
for ever, silently. dbt's own documentation shows this pattern.
""",
    fix="Test the maximum for None before filtering, or give it a default.",
    check=_check,
    statement=_SCREEN,
    folds=True,
    valid=(
        Case(
            _incremental(
                "if newest is not None:", "    df = df.filter(F.col('day') > F.lit(newest))"
            )
        ),
        Case(_incremental("df = df.filter(F.col('day') > (newest or '1970-01-01'))")),
        Case(_incremental("assert newest is not None", "df = df.filter(df.day > newest)")),
        Case(
            model(
                "df = dbt.ref('orders')\nif dbt.is_incremental:\n"
                "    df = df.filter('day > current_date() - 3')\nreturn df"
            )
        ),
    ),
    invalid=(
        Case(
            _incremental("df = df.filter(⟦F.col('day') > newest⟧)"),
            fixed=_incremental(
                "if newest is not None:", "    df = df.filter(F.col('day') > newest)"
            ),
            unsafe=True,
        ),
        Case(_incremental("df = df.filter(⟦df.day >= newest⟧)")),
        Case(
            _incremental(
                "late = session.sql(f'select max(day) d from {dbt.this} where day < 9').first()['d']",
                "df = df.filter(⟦df.day > late⟧)",
            )
        ),
        Case(
            _incremental(
                "late = session.sql(f'select max(day) as d from {dbt.this}').toPandas()['d'][0]",
                "df = df.filter(⟦df.day > late⟧)",
            )
        ),
        Case(
            _incremental(
                "late = session.table(f'{dbt.this}').agg(F.max('day').alias('d')).toPandas()",
                "df = df.filter(⟦df.day > late['d'].iloc[0]⟧)",
            )
        ),
        Case(_incremental("df = df.filter(⟦f\"day > '{newest}'\"⟧)")),
        Case(_incremental("df = df.where((df.id > 3) & (⟦F.col('day') > F.lit(newest)⟧))")),
    ),
)
