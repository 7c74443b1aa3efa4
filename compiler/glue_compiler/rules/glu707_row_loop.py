"""GLU707: a Python loop over all rows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules._frames import called_relation
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator


def _check(context: Context) -> Iterator[Finding]:
    flow = context.facts.flow
    for loop in flow.row_loops:
        frame = flow.frames[loop.frame]
        if frame.filtered or frame.projected or not frame.schema.bases:
            continue
        table = called_relation(frame.schema.bases[0].relation)
        yield Finding(
            loop.span,
            f"this goes through all rows of {table} one by one, on the driver",
            help="Express it with columns, a join or a window; or select and filter first.",
        )
    for use in flow.members:
        if (
            use.member == "iterrows"
            and use.kind == "pandas"
            and use.use == "iterate"
            and use.called
        ):
            yield Finding(
                use.call or use.span,
                "`iterrows` makes a series of every row",
                help="Use columns as a whole, or `itertuples()`, which is many times faster.",
            )


_LOOP = "total = 0\nfor row in {rows}:\n    total += row.amount\nreturn session.createDataFrame([(total,)], 'total int')"

RULE = Rule(
    code="GLU707",
    name="row-loop",
    severity=Severity.INFORMATION,
    summary="A Python loop goes over all rows of a table.",
    why="""
`for row in df.collect()` brings every row to the driver and works on one at a time, while the workers,
which are paid for, wait. `iterrows` builds a pandas series for each row.

A loop over a few rows is fine: frames that were filtered, selected from or aggregated are not reported.
""",
    fix="Use column expressions, joins or windows; in pandas whole columns, or `itertuples()`.",
    check=_check,
    valid=(
        Case(model(_LOOP.format(rows="dbt.ref('orders').filter('id < 10').collect()"))),
        Case(model(_LOOP.format(rows="dbt.ref('orders').select('amount').distinct().collect()"))),
        Case(
            model(
                "df = dbt.ref('orders').toPandas()\nnames = [row.id for row in df.itertuples()]\n"
                "df['name'] = names\nreturn df"
            )
        ),
    ),
    invalid=(
        Case(
            model(
                "ids = [row.id for row in ⟦dbt.ref('orders').collect()⟧]\nreturn use(ids)",
                head="from shared import use\n\n\n",
            ),
            settings={"modules": ["shared"]},
        ),
        Case(model(_LOOP.format(rows="⟦dbt.ref('orders').collect()⟧"))),
        Case(model(_LOOP.format(rows="⟦dbt.ref('orders').toLocalIterator()⟧"))),
        Case(
            model(
                "df = dbt.ref('orders').toPandas()\nnames = []\nfor _, row in ⟦df.iterrows()⟧:\n"
                "    names.append(row['id'])\ndf['name'] = names\nreturn df"
            )
        ),
    ),
)
