"""GLU110: a `return` of the model gives something that is certainly not a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

_VALUES = {
    "none": "None",
    "list": "a list",
    "dict": "a dict",
    "string": "a string",
    "number": "a number",
    "bool": "a bool",
    "column": "a column",
    "grouped": "grouped data, which is not a frame before it is aggregated",
    "series": "a series",
    "rows": "rows that were collected to the driver",
    "function": "a function that is not called",
    "class": "a class",
    "dbt": "the `dbt` object",
    "session": "the session",
    "schema": "a schema",
    "writer": "a writer, which writes when it is told where",
}
_HELP = {
    "rows": "Return the frame itself, without `collect()`.",
    "grouped": "Aggregate it: `.agg(...)`, `.count()`.",
    "column": "Return a frame: `df.select(column)`.",
    "series": "Return a frame: `series.to_frame()`.",
    "list": "Make a frame of it: `session.createDataFrame(rows, schema)`.",
    "dict": "Make a frame of it: `session.createDataFrame([row], schema)`.",
}

_FRAMES = (
    "df['name'].str.split(' ', expand=True)",
    "df['name'].str.extract('(a)(b)')",
    "df['name'].str.get_dummies(';')",
    "df['name'].str.partition('-')",
    "df['at'].dt.isocalendar()",
    "df.groupby('name')['amount'].describe()",
    "df.groupby('name')['amount'].apply(lambda s: s.to_frame())",
    "df.groupby('name', as_index=False)['amount'].sum()",
    "df.groupby('name', as_index=False).size()",
    "df.groupby('name')[['amount']].sum()",
    "df.groupby('name')['amount'].sum().reset_index()",
    "df.groupby('name')['amount'].agg(['sum', 'count'])",
    "df.groupby(['name', 'kind'])['amount'].sum().unstack()",
    "df.groupby('name').size().to_frame('rows')",
    "df.pivot_table(index='name', values=['amount'])['amount']",
    "df.pivot(index='name', columns='kind')['amount']",
)


def _check(context: Context) -> Iterator[Finding]:
    function = context.facts.model_function
    if function is None or function.is_generator or function.returns == 0:
        return
    for item in context.facts.flow.returns:
        if item.implicit or item.value not in _VALUES:
            continue
        world = ""
        if len(item.worlds) == 1:
            world = " in incremental runs" if item.worlds[0] == "incremental" else " in full runs"
        yield Finding(
            item.value_span or item.span,
            f"the model returns {_VALUES[item.value]}{world}, not a frame",
            help=_HELP.get(item.value, "Return a Spark, pandas or pandas-on-Spark frame."),
        )


RULE = Rule(
    code="GLU110",
    name="returns-no-frame",
    severity=Severity.ERROR,
    summary="The model returns something that is not a frame.",
    why="""
dbt writes what the model returns. dbt-core looks at the form of the last `return` only, so that
`return None`, `return [df]` or an early `return` of a number pass, and fail in the session.
""",
    fix="Return a Spark, pandas or pandas-on-Spark frame on every path.",
    check=_check,
    valid=(
        Case(model("return dbt.ref('orders')")),
        Case(model("return dbt.ref('orders').toPandas()")),
        *(Case(model(f"df = dbt.ref('orders').toPandas()\nreturn {text}")) for text in _FRAMES),
        Case(
            model("return build(dbt.ref('orders'))", head="from shared import build\n\n\n"),
            settings={"modules": ["shared"]},
        ),
    ),
    invalid=(
        Case(model("df = dbt.ref('orders')\nreturn ⟦None⟧")),
        Case(model("df = dbt.ref('orders')\nreturn ⟦[df]⟧")),
        Case(model("df = dbt.ref('orders')\nif dbt.is_incremental:\n    ⟦return⟧\nreturn df")),
        Case(model("df = dbt.ref('orders')\nreturn ⟦df.collect()⟧")),
        Case(model("df = dbt.ref('orders').toPandas()\nreturn ⟦df['name'].str.lower()⟧")),
        Case(model("df = dbt.ref('orders')\nreturn ⟦df.groupBy('status')⟧")),
        *(
            Case(model(f"df = dbt.ref('orders').toPandas()\nreturn ⟦{text}⟧"), message="a series")
            for text in (
                "df.groupby('name')['amount'].sum()",
                "df.groupby(['name', 'kind']).amount.mean()",
                "df.groupby('name').size()",
                "df.groupby('name')['amount'].max().sort_values()",
            )
        ),
        Case(model("return ⟦dbt.ref('orders').schema⟧"), message="a schema"),
        Case(model("return ⟦dbt.ref('orders').write.mode('append')⟧"), message="a writer"),
    ),
)
