"""The part of GLU612 about calls of UDFs, and its cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.knowledge.signatures import shown_kind
from glue_compiler.rules._frames import in_world
from glue_compiler.rules._tested_names import asked_about
from glue_compiler.rules.definition import Case, Context, Finding, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame
    from glue_compiler.facts.udfs import UdfCall

_TAKES_NAMES = "4"
"""From this version of Spark on, UDFs take columns under the names of parameters."""


def _is_refused(use: UdfCall, _frame: Frame | None, options: AnalysisOptions) -> bool:
    return not use.tried and (use.kind != "named" or options.spark < _TAKES_NAMES)


UDF_CALLS = Screen("udf_calls", _is_refused)


def wrong_udf_calls(context: Context) -> Iterator[Finding]:
    """The calls of UDFs that Spark refuses, or that raise in the rows."""
    for use in context.kept_by(UDF_CALLS):
        written = context.text(use.span)
        if use.kind and asked_about(written, context.source.text):
            continue
        yield Finding(use.span, _message(use) + in_world(use.worlds), help=_help(use, written))


def _message(use: UdfCall) -> str:
    udf = f"the UDF `{use.name}`" if use.name else "this UDF"
    if use.kind == "named":
        return f"{udf} takes columns by their places, not by the names of parameters"
    if use.kind:
        return f"{udf} takes columns or their names, not {shown_kind(use.kind)}"
    few = use.given < use.least
    number = use.least if few else use.most
    limit = "" if use.least == use.most else "at least " if few else "at most "
    noun = "argument" if number == 1 else "arguments"
    return f"the function of {udf} takes {limit}{number} {noun}, not {use.given}"


def _help(use: UdfCall, written: str) -> str | None:
    if use.kind in ("number", "bool", "none"):
        return f"Write `F.lit({written})` for a value."
    if use.kind in ("list", "tuple"):
        return "Write `F.array(...)` for a column of several, or give each column by itself."
    return "Spark calls the function with the values of these columns." if not use.kind else None


_HEAD = (
    "from typing import Iterator\n\nimport pandas as pd\nfrom pyspark.sql import functions as F\n"
    "from pyspark.sql.functions import pandas_udf, udf\nfrom pyspark.sql.types import StringType\n\n\n"
    "@udf(returnType=StringType())\ndef shown(value, width=3):\n    return str(value)[:width]\n\n\n"
    "@pandas_udf('double')\ndef taxed(prices: pd.Series) -> pd.Series:\n    return prices * 1.2\n\n\n"
    "@pandas_udf('double')\ndef ratios(pairs: Iterator[tuple[pd.Series, pd.Series]]) -> Iterator[pd.Series]:\n"
    "    for one, other in pairs:\n        yield one / other\n\n\n"
)


def _call(call: str, before: str = "") -> str:
    lines = f"df = dbt.ref('orders')\n{before}".strip()
    return model(f"{lines}\nreturn df.withColumn('n', {call})", head=_HEAD)


UDF_VALID = (
    *(
        Case(_call(call))
        for call in (
            "shown('id')",
            "shown(F.col('id'), 'size')",
            "shown(F.lit(5), F.lit(2))",
            "shown(df.id, df['size'])",
            "shown(*[F.col('id'), F.lit(3)])",
            "shown(*dbt.config.get('columns'))",
            "shown(dbt.config.get('column'))",
            "taxed('price')",
            "ratios('price', 'size')",
            "F.udf('string')(lambda value: 'a')('id')",
            "F.udf(returnType='int')(len)('id')",
            "F.udf(lambda *values: len(values), 'int')('id', 'size', 'price')",
            "F.udf(len, 'int')('id', 'size')",
            "F.array([shown(name) for name in df.columns])[0]",
        )
    ),
    Case(_call("shown(value='id')"), settings={"glue-version": "6.0"}),
    Case(_call("found", "try:\n    found = shown(5)\nexcept TypeError:\n    found = F.lit(5)")),
    Case(
        _call(
            "added('id', None)",
            "def added(name, width):\n    if width is None:\n        return shown(name)\n"
            "    return shown(name, width)\n",
        )
    ),
)
UDF_INVALID = (
    Case(_call("shown(⟦5⟧)"), message="the UDF `shown` takes columns or their names, not a number"),
    Case(_call("shown('id', ⟦5⟧)")),
    Case(_call("taxed(⟦None⟧)"), message="not None"),
    Case(_call("shown(⟦['id', 'size']⟧)"), message="not a list"),
    Case(_call("shown(⟦{'id': 1}⟧)")),
    Case(_call("shown(⟦df⟧)"), message="not a Spark frame"),
    Case(_call("shown(⟦True⟧)")),
    Case(_call("shown(⟦lambda value: value⟧)"), message="not a function that is not called"),
    Case(_call("found(⟦1.5⟧)", "found = udf(lambda value: value, 'double')")),
    Case(_call("found(⟦1⟧)", "found = session.udf.register('found', lambda value: value, 'int')")),
    Case(_call("F.udf('int')(lambda value: 1)(⟦3⟧)"), message="this UDF takes columns"),
    Case(_call("F.udf(len, 'int')(⟦3⟧)")),
    Case(
        _call("⟦shown⟧()"),
        message="the function of the UDF `shown` takes at least 1 argument, not 0",
    ),
    Case(_call("⟦shown⟧('id', 'size', 'price')"), message="takes at most 2 arguments, not 3"),
    Case(_call("⟦taxed⟧('price', 'size')"), message="takes 1 argument, not 2"),
    Case(_call("⟦found⟧()", "found = udf(lambda value: 1, 'int')")),
    Case(_call("shown(value=⟦'id'⟧)"), message="takes columns by their places"),
    Case(
        model(
            "parts = [T.StructField('a', ⟦'string'⟧), T.StructField('b', T.ArrayType(⟦'int'⟧))]\n"
            "return session.createDataFrame([], T.StructType([*parts, T.StructField('c', T.⟦MapType⟧(T.StringType()))]))",
            head="from pyspark.sql import types as T\n\n\n",
        ),
        message="`dataType` of `StructField` is an instance, such as `StringType()`, not a string",
    ),
)
