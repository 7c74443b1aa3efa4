"""GLU640: a column or frame of Spark is handed to code that computes on the driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Severity
from glue_compiler.knowledge.driver_functions import instead_of
from glue_compiler.rules._frames import in_world
from glue_compiler.rules._tested_names import asked_about
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.refusals import ForeignUse
    from glue_compiler.facts.schemas import Frame

_VALUES = {
    "column": "a Spark column, which is an expression and has no values",
    "frame": "a Spark frame",
}


def _raises(use: ForeignUse, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    return not use.tried and instead_of(use.callee, use.kind) is not None


_SCREEN = Screen("foreign_uses", _raises)


def _check(context: Context) -> Iterator[Finding]:
    # A star may bring a function of Spark's by the name of one of Python's.
    starred = any(item.name == "*" for item in context.facts.imports)
    for use in context.kept_by(_SCREEN):
        advice = instead_of(use.callee, use.kind)
        if advice is None or (starred and use.callee.startswith("builtins.")):
            continue
        if asked_about(context.text(use.span), context.source.text):
            continue
        name = use.callee.removeprefix("builtins.")
        who = "a pandas frame" if name.startswith("pandas[]") else f"`{name}`"
        yield Finding(
            use.span,
            f"{who} does not take {_VALUES[use.kind]}{in_world(use.worlds)}",
            help=f"{advice[0].upper() if advice[0] != '`' else '`'}{advice[1:]}.",
        )


_HEAD = "import numpy as np\nimport pandas as pd\nfrom pyspark.sql import functions as F\n\n\n"


def _case(body: str, head: str = _HEAD) -> str:
    return model(
        f"df = dbt.ref('orders')\npdf = dbt.ref('days').toPandas()\n{body}\nreturn df", head=head
    )


RULE = Rule(
    code="GLU640",
    name="spark-value-on-driver",
    severity=Severity.ERROR,
    summary="A Spark column or frame is given to a function of Python, numpy or pandas.",
    why="""
`len`, `sum`, `max`, `round`, `np.where`, `pd.to_datetime` compute at once, with values that are in the driver's
memory. A Spark column is an expression for rows that are elsewhere, and a Spark frame a plan: these functions raise
`Column is not iterable`, `object of type 'DataFrame' has no len()` or `Cannot convert column into bool`. So does a
pandas frame that is to keep a Spark column.
""",
    fix="Use the function of pyspark.sql.functions, or bring the rows to the driver first.",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(_case("n = len(df.columns) + len(pdf) + len(df.collect()) + len(pdf['a'])\nprint(n)")),
        Case(
            _case(
                "for column in df:\n    print(column)\nnames = list(df)\nprint(names, sum(pdf['a']), max(pdf.a))"
            )
        ),
        Case(_case("df = df.withColumn('x', F.round(F.col('a'), 2)).withColumn('y', F.abs('a'))")),
        Case(
            _case(
                "df = df.withColumn('x', round(F.col('a'), 2)).withColumn('z', abs(df.b))\nprint(df.agg(max(df.a)).first())",
                head="from pyspark.sql.functions import *\nfrom pyspark.sql import functions as F\n\n\n",
            )
        ),
        Case(
            _case(
                "df = df.withColumn('x', round(F.col('a'), 2))",
                head="from pyspark.sql import functions as F\nfrom pyspark.sql.functions import round\n\n\n",
            )
        ),
        Case(
            _case(
                "pdf['x'] = np.where(pdf['a'] > 1, 1, 0)\npdf['y'] = np.log(pdf['b'])\npdf = pdf[pdf['a'] > 1]"
            )
        ),
        Case(
            _case(
                "pdf['x'] = pd.to_datetime(pdf['a'])\nprint(pd.isna(pdf['a']).sum(), pd.DataFrame(pdf))"
            )
        ),
        Case(_case("try:\n    n = len(df)\nexcept TypeError:\n    n = df.count()\nprint(n)")),
        Case(
            _case(
                "rows = df.collect()\nprint(len(rows), max(row['a'] for row in rows), sum([1, 2]))"
            )
        ),
        Case(
            _case("parts = [df.a, df.b]\nprint(len(parts), list(parts), sum(parts[1:], parts[0]))")
        ),
        Case(
            _case(
                "def size(x):\n    return x.count() if isinstance(x, type(df)) else len(x)\nprint(size(df))"
            )
        ),
    ),
    invalid=(
        Case(_case("n = len(⟦df⟧)\nprint(n)"), message="`len` does not take a Spark frame"),
        Case(_case("if len(⟦df.filter(df.a > 1)⟧) > 0:\n    df = df.limit(1)")),
        Case(
            _case("total = sum(⟦df.a⟧)\nprint(total)"), message="is an expression and has no values"
        ),
        Case(_case("print(max(⟦df['a']⟧), min(⟦F.col('a')⟧))")),
        Case(_case("df = df.withColumn('x', round(⟦F.col('a')⟧, 2)).withColumn('y', abs(⟦df.b⟧))")),
        Case(_case("values = list(⟦df.select('a').a⟧)\nprint(values, set(⟦df.b⟧))")),
        Case(
            _case("df = df.withColumn('x', np.where(⟦F.col('a') > 1⟧, 1, 0))"),
            message="`numpy.where`",
        ),
        Case(_case("df = df.withColumn('x', np.log(⟦df.a⟧) + np.sqrt(⟦F.col('b')⟧))")),
        Case(_case("df = df.withColumn('x', pd.to_datetime(⟦df.a⟧)).filter(pd.isna(⟦df.b⟧))")),
        Case(
            _case("⟦pdf['x']⟧ = F.lit(1)\n⟦pdf['y']⟧ = F.col('a') + 1"),
            message="a pandas frame does not take",
        ),
        Case(_case("pdf = pdf[⟦F.col('a') > 1⟧]")),
        Case(_case("frame = pd.DataFrame(⟦df⟧)\nprint(frame)")),
    ),
)
