"""GLU706: a Python UDF does what a built-in function does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules._builtin_equivalents import equivalent_of
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame
    from glue_compiler.facts.udfs import Udf

_FORMS = frozenset({"udf", "udf_register", "pandas_udf"})


def _is_one_expression(item: Udf, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    return item.form in _FORMS and item.expression is not None and len(item.parameters) == 1


_SCREEN = Screen("udfs", _is_one_expression)


def _check(context: Context) -> Iterator[Finding]:
    for item in context.kept_by(_SCREEN):
        found = equivalent_of(
            item.expression,
            item.parameters[0],
            vectorised=item.form == "pandas_udf",
            spark=context.settings.options.spark,
        )
        if found is None:
            continue
        who = "this UDF" if item.name is None else f"`{item.name}`"
        differs = f" They differ: {'; '.join(found.differs)}." if found.differs else ""
        yield Finding(
            item.span,
            f"{who} sends every row through Python for what Spark has built in",
            help=f"Use {found.text}.{differs}",
        )


_HEAD = "from pyspark.sql import functions as F\nfrom pyspark.sql.types import StringType\n\n\n"


def _udf(expression: str) -> str:
    return model(
        f"clean = ⟦F.udf(lambda value: {expression}, StringType())⟧\n"
        "return dbt.ref('orders').select(clean('name'))",
        head=_HEAD,
    )


RULE = Rule(
    code="GLU706",
    name="udf-with-builtin",
    severity=Severity.INFORMATION,
    summary="A Python UDF has a built-in equivalent.",
    why="""
A Python UDF moves every row to a Python process and back, and hides the expression from Spark's optimiser.
Where the whole function is one call that `pyspark.sql.functions` has, too, the built-in is several times
faster. Where the two are not the same (NULL, white space), the message says so.
""",
    fix="Use the built-in function; mind the differences that the message names.",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(
            _udf("parse(value)").replace("⟦", "").replace("⟧", "").replace("parse(", "str.format(")
        ),
        Case(model("return dbt.ref('orders').select(F.upper('name'))", head=_HEAD)),
        Case(_udf("value.strip('x').title()").replace("⟦", "").replace("⟧", "")),
    ),
    invalid=(
        Case(_udf("value.upper()"), message="built in"),
        Case(_udf("value.strip().lower() if value is not None else None")),
        Case(_udf("len(value)")),
        Case(
            model(
                "return dbt.ref('orders').select(shout('name'))",
                head=(
                    "import pandas as pd\nfrom pyspark.sql.functions import pandas_udf\n\n\n"
                    "⟦@pandas_udf('string')⟧\ndef shout(names: pd.Series) -> pd.Series:\n"
                    "    return names.str.upper()\n\n\n"
                ),
            )
        ),
    ),
)
