"""GLU639: a function for rows in batches that PySpark refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules._frames import in_world
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame
    from glue_compiler.facts.udfs import BatchFunction


def _is_refused(item: BatchFunction, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    return not item.tried


_SCREEN = Screen("batch_functions", _is_refused)


def _check(context: Context) -> Iterator[Finding]:
    for item in context.kept_by(_SCREEN):
        message, advice = _said(item)
        yield Finding(item.span, message + in_world(item.worlds), help=advice)


def _said(item: BatchFunction) -> tuple[str, str]:
    if item.problem == "untyped":
        return (
            "`pandas_udf` needs the type that the function returns",
            "Write it first: `@pandas_udf('double')`.",
        )
    if item.problem == "empty":
        return (
            "`pandas_udf` takes no function without parameters",
            "Let it take a column: a series of the length of the batch is what it has to return.",
        )
    if item.problem == "count":
        wanted = (
            "the group, or its key and the group"
            if item.form == "applyInPandas"
            else "one argument, the iterator of pandas frames"
        )
        some = "no argument" if item.given == 0 else f"{item.given} arguments"
        return (
            f"a function of `{item.form}` takes {wanted}, not {some}",
            "Bind other values before.",
        )
    if item.problem in ("parameter", "return"):
        what = "parameter" if item.problem == "parameter" else "result of"
        return (
            f"the {what} `{item.name}` has no type hint, and other parts of this pandas UDF have",
            "PySpark reads the kind of a pandas UDF from its hints: give all of them, or none.",
        )
    return (
        f"`{item.hint}` is no hint that `pandas_udf` takes beside the others"
        if item.problem == "iterator"
        else f"`{item.hint}` is no hint for a parameter of a pandas UDF, which gets columns",
        "Write `pd.Series` for each column and for the result, or `Iterator[pd.Series]` for both.",
    )


_HEAD = "from typing import Iterator\n\nimport pandas as pd\nfrom pyspark.sql.functions import PandasUDFType, pandas_udf\n\n\n"


def _udf(signature: str, decorator: str = "@pandas_udf('double')") -> str:
    return model(
        f"{decorator}\ndef found{signature}:\n    return value\n\n"
        "return dbt.ref('orders').select(found('price'))",
        head=_HEAD,
    )


def _frame(call: str) -> str:
    return model(f"df = dbt.ref('orders')\nreturn df.{call}", head=_HEAD)


RULE = Rule(
    code="GLU639",
    name="pandas-udf-hints",
    severity=Severity.ERROR,
    summary="A pandas UDF, or a function of `applyInPandas` or `mapInPandas`, has a signature that PySpark refuses.",
    why="""
PySpark reads from the type hints of a pandas UDF what it gets and gives: `pd.Series` to `pd.Series`, to a plain value,
`Iterator[pd.Series]` to the same. Where some hints are there and others are missing, or where they are those of single
values, it raises when the UDF is made. A function of `applyInPandas` has one or two parameters, one of `mapInPandas` one.
""",
    fix="Write the hints of all parameters and of the result: `def taxed(prices: pd.Series) -> pd.Series`.",
    check=_check,
    statement=_SCREEN,
    valid=(
        *(
            Case(_udf(signature))
            for signature in (
                "(value: pd.Series) -> pd.Series",
                "(value)",
                "(value: pd.Series) -> float",
                "(value: pd.DataFrame) -> pd.Series",
                "(value: Iterator[pd.Series]) -> Iterator[pd.Series]",
                "(*value: pd.Series) -> pd.Series",
                "(value: 'pd.Series') -> 'pd.Series'",
            )
        ),
        Case(_udf("(value: pd.Series)", "@pandas_udf('double', PandasUDFType.SCALAR)")),
        Case(_udf("(value: pd.Series) -> pd.Series", "@pandas_udf(returnType='double')")),
        Case(_udf("(value: pd.Series) -> pd.Series", "@pandas_udf(dbt.config.get('type'))")),
        Case(_frame("groupBy('a').applyInPandas(lambda group: group, 'a int')")),
        Case(_frame("groupBy('a').applyInPandas(lambda key, group: group, 'a int')")),
        Case(_frame("mapInPandas(lambda frames: frames, 'a int')")),
        Case(_frame("mapInPandas(lambda *frames: frames[0], 'a int')")),
        Case(_frame("mapInPandas(lambda frames, size=3: frames, 'a int')")),
    ),
    invalid=(
        Case(
            _udf("(value: pd.Series, ⟦other⟧) -> pd.Series"),
            message="the parameter `other` has no type hint",
        ),
        Case(_udf("(value: pd.Series, ⟦size⟧=1) -> pd.Series")),
        Case(
            _udf("(value: pd.Series)").replace("found(", "⟦found⟧(", 1),
            message="the result of `found`",
        ),
        Case(
            _udf("(value: ⟦float⟧) -> float"),
            message="`float` is no hint for a parameter of a pandas UDF",
        ),
        Case(_udf("(value: pd.Series, size: ⟦int⟧) -> pd.Series")),
        Case(_udf("(value: Iterator[pd.Series]) -> ⟦pd.Series⟧")),
        Case(_udf("(value: pd.Series) -> ⟦Iterator[pd.Series]⟧")),
        Case(_udf("()").replace("found()", "⟦found⟧()", 1), message="without parameters"),
        Case(
            _udf("(value: pd.Series) -> pd.Series", "@⟦pandas_udf⟧"),
            message="`pandas_udf` needs the type",
        ),
        Case(_udf("(value: pd.Series) -> pd.Series", "@⟦pandas_udf()⟧")),
        Case(
            model(
                "found = ⟦pandas_udf⟧(lambda value: value)\nreturn dbt.ref('orders').select(found('a'))",
                head=_HEAD,
            )
        ),
        Case(
            _frame("groupBy('a').applyInPandas(⟦lambda key, group, size: group⟧, 'a int')"),
            message="takes the group, or its key and the group, not 3 arguments",
        ),
        Case(_frame("groupBy('a').applyInPandas(⟦lambda: None⟧, 'a int')")),
        Case(_frame("mapInPandas(⟦lambda key, frames: frames⟧, schema='a int')")),
    ),
)
